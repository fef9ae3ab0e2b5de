//! Content that the model does not know.

use std::sync::Arc;

/// The member with the address of an object.
pub(crate) const HREF: &str = "href";

/// Content of an object or a list that the model does not know. It is kept, readable, and not written back unless
/// [requested](crate::xml::EncodeOptions::unknown). An empty value takes the space of one pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unknown(Option<Box<Content>>);

#[derive(Clone, Debug, Default, PartialEq)]
struct Content {
    attributes: Vec<(Box<str>, Box<str>)>,
    elements: Vec<Box<str>>,
    /// The tag of an element with links to paths directly below the object, and their names.
    /// Shared, because nearly all objects of a list have the same.
    actions: Option<Arc<str>>,
    links: Vec<Link>,
    /// The names of links to paths directly below the object. They are only written: what is read is in `links`.
    links_below: Option<Box<str>>,
}

/// A `<link>` that is not a member of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The relation, such as `backups`.
    pub rel: String,
    /// The address.
    pub href: String,
}

impl Unknown {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// Whether there is no unknown content.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The XML attributes: names and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|content| &content.attributes).map(|(name, value)| (&**name, &**value))
    }

    /// The names of the actions that the engine lists for the object, such as `start` and `detach`.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions_element().into_iter().flat_map(|(_, names)| names)
    }

    /// The tag of the element with the actions, and their names.
    pub(crate) fn actions_element(&self) -> Option<(&str, impl Iterator<Item = &str>)> {
        let mut words = self.0.as_ref()?.actions.as_deref()?.split(' ');
        Some((words.next()?, words))
    }

    pub(crate) fn set_actions(&mut self, words: impl Into<Arc<str>>) {
        self.content().actions = Some(words.into());
    }

    /// The names of links to paths directly below the object that are written besides [`links`](Self::links).
    pub(crate) fn links_below(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|content| content.links_below.as_deref()).flat_map(str::split_ascii_whitespace)
    }

    pub(crate) fn set_links_below(&mut self, names: String) {
        self.content().links_below = Some(names.into());
    }

    /// The elements, each as the XML that the engine sent.
    pub fn elements(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|content| &content.elements).map(|element| &**element)
    }

    /// Returns the first element with a tag, as the XML that the engine sent.
    pub fn element(&self, tag: &str) -> Option<&str> {
        self.elements().find(|element| element_tag(element) == tag)
    }

    /// Links.
    pub fn links(&self) -> &[Link] {
        self.0.as_deref().map(|content| content.links.as_slice()).unwrap_or_default()
    }

    /// Returns the address of the link with a relation.
    pub fn link(&self, rel: &str) -> Option<&str> {
        self.links().iter().find(|link| link.rel == rel).map(|link| link.href.as_str())
    }

    /// Removes all unknown content.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    fn content(&mut self) -> &mut Content {
        self.0.get_or_insert_default()
    }

    pub(crate) fn push_attribute(&mut self, name: &str, value: &str) {
        self.content().attributes.push((name.into(), value.into()));
    }

    pub(crate) fn push_element(&mut self, xml: &str) {
        let elements = &mut self.content().elements;
        // Usually the only element: the envelope's `actions`.
        if elements.is_empty() {
            elements.reserve_exact(1);
        }
        elements.push(xml.into());
    }

    pub(crate) fn push_link(&mut self, rel: &str, href: &str) {
        let links = &mut self.content().links;
        // Usually the only one.
        if links.is_empty() {
            links.reserve_exact(1);
        }
        links.push(Link { rel: rel.to_owned(), href: href.to_owned() });
    }
}

/// Returns the tag of an element that is kept as text.
pub(crate) fn element_tag(xml: &str) -> &str {
    let inner = xml.strip_prefix('<').unwrap_or(xml);
    let end = inner.find(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace()).unwrap_or(inner.len());
    inner.get(..end).unwrap_or(inner)
}
