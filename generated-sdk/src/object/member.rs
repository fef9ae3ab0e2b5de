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
    Member {
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

/// A member that is an element with items. Its name is the tag.
pub(crate) const fn list(tag: &'static str, item_tag: &'static str) -> Member {
    Member { item_tag: Some(item_tag), ..element(tag) }
}

/// The members of a struct, from words: for each member the name of its field, then what differs from an element that can be
/// read and written, such as `disks of disk rel disks followed`, then `;`. The compiler checks words faster than an expression
/// with a field or a call for each property, and reads them faster than a text that must be split.
///
/// Fails on an unknown property; in a constant, that is an error of the compiler.
#[allow(clippy::indexing_slicing, clippy::panic, reason = "errors of the compiler")]
pub(crate) const fn table<const N: usize>(words: &'static [&'static str]) -> [Member; N] {
    let mut members = [const { element("") }; N];
    let (mut index, mut at) = (0, 0);
    while at < words.len() {
        let mut member = element(words[at]);
        let mut is_ended = false;
        while !is_ended {
            at += 1;
            match words[at].as_bytes() {
                b";" => is_ended = true,
                b"attribute" => member.is_attribute = true,
                b"link" => member.is_link = true,
                b"followed" => member.following = Following::Always,
                b"sometimes-followed" => member.following = Following::Sometimes,
                b"secret" => member.is_secret = true,
                b"read-only" => member.access.read_only = true,
                b"create-only" => member.access.create_only = true,
                b"write-only" => member.access.write_only = true,
                b"in-order" => member.comparison = Comparison::InOrder,
                b"contains" => member.comparison = Comparison::Contains,
                b"whole-mebibytes" => member.comparison = Comparison::WholeMebibytes,
                property => {
                    at += 1;
                    match property {
                        b"name" => (member.name, member.tag) = (words[at], words[at]),
                        b"tag" => member.tag = words[at],
                        b"of" => member.item_tag = Some(words[at]),
                        b"rel" => (member.rel, member.is_link) = (Some(words[at]), true),
                        _ => panic!("unknown property of a member"),
                    }
                }
            }
        }
        members[index] = member;
        (index, at) = (index + 1, at + 1);
    }
    assert!(index == N, "as many members as fields");
    members
}

/// The words of [`table`]. Each row: the name of a field, then its properties.
macro_rules! words {
    ($($label:literal $($property:literal)*;)*) => {
        &[$($label, $($property,)* ";"),*]
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::{Comparison, Following, table};

    #[test]
    fn properties_become_members() {
        let [id, name, image, disks, comment] = table(words!(
            "id" "attribute";
            "name" "name" "title" "tag" "displayName" "secret" "write-only" "create-only";
            "image" "link" "sometimes-followed" "read-only";
            "disks" "of" "disk" "rel" "diskattachments" "followed" "in-order";
            "comment";
        ));
        assert!(id.is_attribute && !id.is_link && !id.is_secret && id.item_tag.is_none() && id.rel.is_none());
        assert_eq!((id.name, id.tag, id.following, id.comparison), ("id", "id", Following::Never, Comparison::Equal));
        assert_eq!((name.name, name.tag, name.is_secret), ("title", "displayName", true));
        assert!(name.access.write_only && name.access.create_only && !name.access.read_only);
        assert!(image.is_link && image.access.read_only && image.rel.is_none());
        assert_eq!(image.following, Following::Sometimes);
        assert_eq!((disks.item_tag, disks.rel, disks.is_link), (Some("disk"), Some("diskattachments"), true));
        assert_eq!((disks.following, disks.comparison), (Following::Always, Comparison::InOrder));
        assert_eq!((comment.name, comment.tag), ("comment", "comment"));
    }
}
