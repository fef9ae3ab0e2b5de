//! Descriptions of members.

/// The description of a member: an attribute or link of a struct.
#[derive(Debug)]
#[non_exhaustive]
pub struct Member {
    /// The name in the API.
    pub name: &'static str,
    /// The tag of the element, or the name of the XML attribute.
    pub tag: &'static str,
    /// The tag of the items, for a list.
    pub item_tag: Option<&'static str>,
    /// The relation of the link with the address of the list, if the engine links to it.
    pub rel: Option<&'static str>,
    /// Whether the member is an XML attribute.
    pub is_attribute: bool,
    /// Whether the member is another resource or a list of resources, not a part of the object.
    pub is_link: bool,
    /// Whether the value is a secret, such as a password.
    pub is_secret: bool,
}

impl Member {
    const fn new(tag: &'static str) -> Self {
        Self { name: tag, tag, item_tag: None, rel: None, is_attribute: false, is_link: false, is_secret: false }
    }

    pub(crate) const fn element(tag: &'static str) -> Self {
        Self::new(tag)
    }

    pub(crate) const fn attribute(tag: &'static str) -> Self {
        Self { is_attribute: true, ..Self::new(tag) }
    }

    pub(crate) const fn list(tag: &'static str, item_tag: &'static str) -> Self {
        Self { item_tag: Some(item_tag), ..Self::new(tag) }
    }

    pub(crate) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub(crate) const fn linked(self, rel: &'static str) -> Self {
        Self { rel: Some(rel), is_link: true, ..self }
    }

    pub(crate) const fn reference(self) -> Self {
        Self { is_link: true, ..self }
    }

    pub(crate) const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }
}
