//! Links that the engine follows on request, as the model's files state them.

use super::Positioned;
use crate::name::Name;

/// Exceptions from the rule for the links of a struct that the engine can follow.
#[derive(Clone, Debug, Default)]
pub struct Follow {
    /// References that all objects have.
    pub always: Vec<Positioned<Name>>,
    /// Links that some objects lack, with the reason.
    pub sometimes: Vec<FollowException>,
    /// Lists that the engine fails to follow, with the reason.
    pub never: Vec<FollowException>,
}

/// A link with a reason.
#[derive(Clone, Debug)]
pub struct FollowException {
    /// The link.
    pub link: Positioned<Name>,
    /// Why it is an exception.
    pub reason: String,
}

impl Follow {
    /// The links of all lists.
    pub fn links(&self) -> impl Iterator<Item = &Positioned<Name>> {
        self.always.iter().chain(self.sometimes.iter().chain(&self.never).map(|it| &it.link))
    }
}
