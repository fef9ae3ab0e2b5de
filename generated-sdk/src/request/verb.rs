//! The kinds of requests, and the element with the result.

use crate::object::{Member, element, list};

/// The kind of a request, which determines its HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Verb {
    Add,
    Get,
    List,
    Update,
    Remove,
    Action,
}

impl Verb {
    /// Whether the request changes nothing.
    pub(super) fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::List)
    }
}

/// The element of the response that contains the result of an action.
#[derive(Clone, Copy, Debug, Default)]
#[doc(hidden)]
pub struct ResultTag {
    pub(super) tag: &'static str,
    pub(super) item_tag: Option<&'static str>,
}

impl ResultTag {
    pub(super) fn member(self) -> Member {
        match self.item_tag {
            Some(item_tag) => list(self.tag, item_tag),
            None => element(self.tag),
        }
    }
}
