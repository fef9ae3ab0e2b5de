//! The contents of pages before rendering. URLs are relative to the root of the site. Texts are already HTML.

pub(super) mod calls;
pub(super) mod methods;
pub(super) mod searches;
mod services;
pub(super) mod start;
pub(super) mod tree;
pub(super) mod types;
mod waiters;

use serde::Serialize;

use super::links::{Links, Scope};
use super::service_paths::ServicePaths;
use super::text::TextRenderer;
use super::uses::Uses;
use ovirt_sdk_generator::model::{BaseType, Model, Primitive, ServiceId, TypeId, TypeRef};
use ovirt_sdk_generator::names::Names;
use ovirt_sdk_generator::syntax;

/// The inputs of all pages.
#[derive(Debug)]
pub(super) struct Site<'m> {
    pub(super) model: &'m Model,
    pub(super) names: &'m Names,
    pub(super) links: &'m Links<'m>,
    pub(super) paths: &'m ServicePaths,
    pub(super) uses: &'m Uses<'m>,
}

/// A piece of a line of code or of a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Piece {
    text: String,
    href: Option<String>,
    /// Whether a long line can break before it.
    breaks: bool,
    /// Whether it is a placeholder for a value.
    variable: bool,
}

impl Piece {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None, breaks: false, variable: false }
    }

    pub(super) fn link(text: impl Into<String>, href: String) -> Self {
        Self { href: Some(href), ..Self::text(text) }
    }

    fn breaking(self) -> Self {
        Self { breaks: true, ..self }
    }

    fn variable(self) -> Self {
        Self { variable: true, ..self }
    }
}

/// The length of a line of pieces.
fn length(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.text.chars().count()).sum()
}

/// The documentation of an item.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RenderedDocs {
    summary: String,
    details: Option<String>,
    since: Option<String>,
    deprecated: Option<String>,
}

/// A section in the table of contents of a page.
#[derive(Debug, Serialize)]
pub(super) struct Contents {
    title: &'static str,
    anchor: &'static str,
    items: Vec<Entry>,
}

/// An item in the table of contents.
#[derive(Debug, Serialize)]
struct Entry {
    text: String,
    anchor: String,
    deprecated: bool,
}

impl Contents {
    fn new(title: &'static str, anchor: &'static str) -> Self {
        Self { title, anchor, items: Vec::new() }
    }

    fn entry(&mut self, name: impl ToString, deprecated: bool) {
        let text = name.to_string();
        self.entry_at(&text, &text, deprecated);
    }

    /// An entry whose anchor is not its name.
    fn entry_at(&mut self, name: &str, anchor: &str, deprecated: bool) {
        self.items.push(Entry { anchor: anchor.to_owned(), text: name.to_owned(), deprecated });
    }
}

impl<'m> Site<'m> {
    /// Renders texts for pages in a folder.
    fn texts(&self) -> TextRenderer<'m> {
        TextRenderer { links: self.links, root: super::links::ROOT_OF_FOLDERS }
    }

    /// The documentation of an item.
    fn docs(&self, docs: &syntax::Docs, scope: Scope<'_>) -> RenderedDocs {
        self.docs_or(docs, None, scope)
    }

    /// Like [`docs`](Self::docs), with a summary for items that have none.
    fn docs_or(&self, docs: &syntax::Docs, shared: Option<&String>, scope: Scope<'_>) -> RenderedDocs {
        let texts = self.texts();
        let summary = docs.summary.as_ref().or(shared).map(String::as_str).unwrap_or_default();
        let deprecated = docs.deprecated.as_ref().map(|deprecated| {
            let note = deprecated.note.as_deref().unwrap_or("Kept for old clients.");
            texts.inline(note, scope)
        });
        RenderedDocs {
            summary: texts.inline(summary, scope),
            details: docs.details.as_deref().map(|details| texts.block(details, scope)),
            since: docs.since.clone(),
            deprecated,
        }
    }

    /// The Rust name of a type as a link.
    fn type_link(&self, id: TypeId) -> Piece {
        Piece::link(self.names.type_names(id).ident.to_string(), self.links.ty(id))
    }

    /// The model name of a type as a link.
    fn type_name(&self, id: TypeId) -> Piece {
        Piece::link(self.model.ty(id).name.as_str(), self.links.ty(id))
    }

    /// The model name of a service as a link.
    fn service_name(&self, id: ServiceId) -> Piece {
        Piece::link(self.model.service(id).name.as_str(), self.links.service(id))
    }

    /// A type in Rust.
    fn rust_type(&self, ty: TypeRef) -> Vec<Piece> {
        let one = match ty.base {
            BaseType::Primitive(Primitive::Boolean) => Piece::text("bool"),
            BaseType::Primitive(Primitive::Date) => Piece::text("DateTime"),
            BaseType::Primitive(Primitive::Decimal) => Piece::text("f64"),
            BaseType::Primitive(Primitive::Integer) => Piece::text("i64"),
            BaseType::Primitive(Primitive::String) => Piece::text("String"),
            BaseType::Struct(id) | BaseType::Enum(id) => self.type_link(id),
        };
        match (ty.list, ty.base) {
            (false, _) => vec![one],
            (true, BaseType::Struct(_)) => vec![Piece::text("List<"), one, Piece::text(">")],
            (true, _) => vec![Piece::text("Vec<"), one, Piece::text(">")],
        }
    }
}
