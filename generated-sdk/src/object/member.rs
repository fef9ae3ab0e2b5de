//! What the model says of a member.

/// What the model says of a member.
#[derive(Debug)]
pub struct Member {
    /// Its name in the API.
    pub name: &'static str,
    /// The tag of its element, or the name of its XML attribute.
    pub tag: &'static str,
    /// The tag of the items, when it is a list.
    pub item_tag: Option<&'static str>,
    /// The rel of the link that tells where the list is, when the engine links to it.
    pub rel: Option<&'static str>,
    /// Whether it is an XML attribute.
    pub is_attribute: bool,
    /// Whether it is another resource, or a list of them, and not a part of the object.
    pub is_link: bool,
    /// Whether its value must not be shown: a password or the like.
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
