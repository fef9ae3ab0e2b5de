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
    /// Whether an engine can follow it as a link.
    pub following: Following,
    /// Whether the value is a secret, such as a password.
    pub is_secret: bool,
    /// When the engine reads the value from requests, and returns it.
    pub access: Access,
    /// How a value that was sent is compared with the value that the engine returns.
    pub comparison: Comparison,
}

/// When the engine reads a value from requests, and returns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// The engine never reads the value, so it can't be set.
    pub read_only: bool,
    /// The value is fixed when the object is created.
    pub create_only: bool,
    /// The engine reads the value but never returns it.
    pub write_only: bool,
}

impl Access {
    const ANY: Self = Self { read_only: false, create_only: false, write_only: false };
}

/// How a value that was sent is compared with the value that the engine returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// Values are equal. Lists have equal items in any order.
    #[default]
    Equal,
    /// Lists have equal items in the same order.
    InOrder,
    /// The engine's list contains all items; the engine may add others.
    Contains,
    /// The engine stores whole MiB.
    WholeMebibytes,
}

/// Whether an engine can follow a member as a link: whether it returns the linked objects if a request asks for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Following {
    /// No object has such a link, or the engine fails to follow it.
    Never,
    /// Some objects lack the link. The engine fails for them, and for lists with one of them.
    Sometimes,
    /// All objects have the link.
    Always,
}

/// A member that is an element. Its name is the tag.
pub(crate) const fn element(tag: &'static str) -> Member {
    Member::new(tag)
}

/// A member that is an XML attribute. Its name is the one of the attribute.
pub(crate) const fn attribute(tag: &'static str) -> Member {
    Member { is_attribute: true, ..Member::new(tag) }
}

/// A member that is an element with items. Its name is the tag.
pub(crate) const fn list(tag: &'static str, item_tag: &'static str) -> Member {
    Member { item_tag: Some(item_tag), ..Member::new(tag) }
}

impl Member {
    const fn new(tag: &'static str) -> Self {
        Self {
            name: tag,
            tag,
            item_tag: None,
            rel: None,
            is_attribute: false,
            is_link: false,
            following: Following::Never,
            is_secret: false,
            access: Access::ANY,
            comparison: Comparison::Equal,
        }
    }

    pub(crate) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub(crate) const fn linked(self, rel: &'static str) -> Self {
        Self { following: Following::Always, ..self.unfollowed(rel) }
    }

    pub(crate) const fn unfollowed(self, rel: &'static str) -> Self {
        Self { rel: Some(rel), is_link: true, ..self }
    }

    pub(crate) const fn reference(self) -> Self {
        Self { is_link: true, ..self }
    }

    #[allow(dead_code, reason = "what can be followed depends on the model")]
    pub(crate) const fn followed(self) -> Self {
        Self { following: Following::Always, ..self }
    }

    #[allow(dead_code, reason = "what can be followed depends on the model")]
    pub(crate) const fn optional(self) -> Self {
        Self { following: Following::Sometimes, ..self }
    }

    pub(crate) const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    pub(crate) const fn read_only(self) -> Self {
        Self { access: Access { read_only: true, ..self.access }, ..self }
    }

    pub(crate) const fn create_only(self) -> Self {
        Self { access: Access { create_only: true, ..self.access }, ..self }
    }

    pub(crate) const fn write_only(self) -> Self {
        Self { access: Access { write_only: true, ..self.access }, ..self }
    }

    pub(crate) const fn in_order(self) -> Self {
        Self { comparison: Comparison::InOrder, ..self }
    }

    pub(crate) const fn contains(self) -> Self {
        Self { comparison: Comparison::Contains, ..self }
    }

    pub(crate) const fn whole_mebibytes(self) -> Self {
        Self { comparison: Comparison::WholeMebibytes, ..self }
    }
}
