//! Pages → HTML, with Tera.

use serde::Serialize;
use tera::{Context, Tera, Value};

use super::links::ROOT_OF_FOLDERS;
use super::mark::{COMMAND, MARK};
use super::pages::Site;
use super::search;
use ovirt_sdk_generator::files::Files;

/// A page that could not be rendered. This is a bug in the generator, not in the model.
#[derive(Debug)]
pub struct ReferenceError {
    /// The file.
    pub path: String,
    /// The cause.
    pub cause: String,
}

impl ReferenceError {
    fn new(path: &str, cause: impl std::error::Error) -> Self {
        let mut causes = cause.to_string();
        let mut source = cause.source();
        while let Some(inner) = source {
            causes.push_str(&format!(": {inner}"));
            source = inner.source();
        }
        Self { path: path.to_owned(), cause: causes }
    }
}

impl std::fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't render `{}`: {}\nnote: this is a bug in the generator", self.path, self.cause)
    }
}

impl std::error::Error for ReferenceError {}

const TEMPLATES: [(&str, &str); 6] = [
    ("base.html", include_str!("templates/base.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("service.html", include_str!("templates/service.html")),
    ("start.html", include_str!("templates/start.html")),
    ("tree.html", include_str!("templates/tree.html")),
    ("type.html", include_str!("templates/type.html")),
];

const STYLE: &str = include_str!("templates/reference.css");
const SCRIPT: &str = include_str!("templates/reference.js");

/// Renders all files of the site, by path.
pub(super) fn files(site: &Site<'_>) -> Result<Files, ReferenceError> {
    let mut tera = Tera::default();
    tera.add_raw_templates(TEMPLATES).map_err(|cause| ReferenceError::new("templates", cause))?;
    let mut pages = Pages { tera, context: shared(site), files: Files::new() };
    let model = site.model;
    pages.add("index.html".to_owned(), "start.html", &site.start())?;
    pages.add("tree.html".to_owned(), "tree.html", &site.tree())?;
    for (id, _) in model.types() {
        pages.add(site.links.ty(id), "type.html", &site.ty(id))?;
    }
    for (id, _) in model.services() {
        pages.add(site.links.service(id), "service.html", &site.service(id))?;
    }
    let mut files = pages.files;
    let index = search::script(model, site.names).map_err(|cause| ReferenceError::new("search-index.js", cause))?;
    files.insert("search-index.js".to_owned(), index);
    files.insert("reference.css".to_owned(), format!("/* {MARK} */\n{STYLE}"));
    files.insert("reference.js".to_owned(), format!("// {MARK}\n{SCRIPT}"));
    Ok(files)
}

/// The template variables that all pages share.
fn shared(site: &Site<'_>) -> Context {
    let mut context = Context::new();
    let texts = [("api", &*site.model.title), ("version", &*site.model.version), ("mark", MARK), ("command", COMMAND)];
    for (key, text) in texts {
        context.insert_value(key, Value::normal_string(text));
    }
    context
}

struct Pages {
    tera: Tera,
    context: Context,
    files: Files,
}

impl Pages {
    fn add(&mut self, path: String, template: &str, page: &impl Serialize) -> Result<(), ReferenceError> {
        let root = if path.contains('/') { ROOT_OF_FOLDERS } else { "" };
        self.context.insert_value("root", Value::normal_string(root));
        let value = Value::try_from_serializable(page).map_err(|cause| ReferenceError::new(&path, cause))?;
        self.context.insert_value("page", value);
        let text = self.tera.render(template, &self.context).map_err(|cause| ReferenceError::new(&path, cause))?;
        self.files.insert(path, text);
        Ok(())
    }
}
