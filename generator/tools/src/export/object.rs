//! JSON objects.

use ovirt_sdk_generator::syntax::Docs;
use serde_json::{Map, Value as Json};

/// A JSON object without absent and false entries.
#[derive(Default)]
pub(super) struct Object(pub(super) Map<String, Json>);

impl Object {
    pub(super) fn text(mut self, key: &str, value: &str) -> Self {
        self.0.insert(key.to_owned(), Json::from(value));
        self
    }

    pub(super) fn maybe(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    pub(super) fn number(mut self, key: &str, value: Option<u32>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), Json::from(value));
        }
        self
    }

    /// A list, unless it is empty.
    pub(super) fn some(self, key: &str, items: impl IntoIterator<Item = Json>) -> Self {
        let mut items = items.into_iter().peekable();
        if items.peek().is_some() { self.list(key, items) } else { self }
    }

    pub(super) fn flag(mut self, key: &str, value: bool) -> Self {
        if value {
            self.0.insert(key.to_owned(), Json::Bool(true));
        }
        self
    }

    pub(super) fn list(mut self, key: &str, items: impl IntoIterator<Item = Json>) -> Self {
        self.0.insert(key.to_owned(), items.into_iter().collect());
        self
    }

    /// An object, unless it is empty.
    pub(super) fn object(mut self, key: &str, inner: Self) -> Self {
        if !inner.0.is_empty() {
            self.0.insert(key.to_owned(), inner.done());
        }
        self
    }

    pub(super) fn docs(self, docs: &Docs) -> Self {
        let note = docs.deprecated.as_ref().and_then(|deprecated| deprecated.note.as_deref());
        self.maybe("since", docs.since.as_deref())
            .flag("deprecated", docs.deprecated.is_some())
            .maybe("deprecated_note", note)
            .maybe("summary", docs.summary.as_deref())
            .maybe("details", docs.details.as_deref())
    }

    pub(super) fn done(self) -> Json {
        Json::Object(self.0)
    }
}
