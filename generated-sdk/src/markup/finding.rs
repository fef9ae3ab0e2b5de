//! Unknown content of documents.

use std::fmt;

/// Content of a document that the model does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of content.
    pub kind: FindingKind,
    /// The position as a path, such as `vms/vm[3]/cpu`. Items are counted from 1.
    pub path: String,
    /// The position as a byte offset.
    pub offset: u64,
    /// The tag, the name of the attribute, the relation or the text.
    pub text: String,
}

/// The kind of unknown content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// An element.
    Element,
    /// An XML attribute.
    Attribute,
    /// A link whose relation is neither a member nor a service.
    Link,
    /// A value of an enum.
    Value {
        /// The enum's name in the API.
        name: &'static str,
    },
    /// Text where only elements are expected.
    Text,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, offset, text, .. } = self;
        write!(f, "`{path}` (byte {offset}): ")?;
        match self.kind {
            FindingKind::Element => write!(f, "unknown element `<{text}>`"),
            FindingKind::Attribute => write!(f, "unknown attribute `{text}`"),
            FindingKind::Link => write!(f, "unknown link `{text}`"),
            FindingKind::Value { name } => write!(f, "unknown {name} `{text}`"),
            FindingKind::Text => write!(f, "unexpected text `{text}`"),
        }
    }
}
