//! What a request does, and where its result is.

use crate::object::Member;

/// How a request travels.
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

/// Where the result of an action stands in the answer.
#[derive(Clone, Copy, Debug, Default)]
#[doc(hidden)]
pub struct ResultTag {
    pub(super) tag: &'static str,
    pub(super) item_tag: Option<&'static str>,
}

impl ResultTag {
    pub(super) fn member(self) -> Member {
        match self.item_tag {
            Some(item_tag) => Member::list(self.tag, item_tag),
            None => Member::element(self.tag),
        }
    }
}
