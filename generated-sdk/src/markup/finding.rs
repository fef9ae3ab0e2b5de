//! What a document has and the model does not.

use std::fmt;

/// Something in a document that the model does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Where it is, as a path such as `vms/vm[3]/cpu`; items are counted from 1.
    pub path: String,
    /// Where it is, as the number of bytes before it.
    pub offset: u64,
    /// The tag, the name of the attribute, the rel or the text.
    pub text: String,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// An element.
    Element,
    /// An XML attribute.
    Attribute,
    /// A link to something that no member and no service is called like.
    Link,
    /// A value of this enum.
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
