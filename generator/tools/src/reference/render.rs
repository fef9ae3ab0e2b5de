//! Pages → HTML, with Tera.

use serde::Serialize;
use tera::{Context, Tera, Value};

use super::pages::Site;
use super::{COMMAND, MARK, ReferenceError, search};
use ovirt_sdk_generator::files::Files;

/// What leads from pages in folders to the root of the site.
pub(super) const ROOT_OF_FOLDERS: &str = "../";

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

/// All files of the site, by path.
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

/// What every page knows.
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
