//! Positions in a document.

use std::fmt;

use crate::object::Member;

/// A path in a document, for messages: `vm.nics[0].mac`. It lives on the stack and becomes text only when shown.
#[derive(Clone, Copy)]
pub(super) struct FieldPath<'p> {
    within: Option<&'p FieldPath<'p>>,
    step: Step,
    level: u32,
    /// Whether the value at the path is a secret.
    is_secret: bool,
    leniency: Leniency,
}

/// What a document may contain that the model does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// Nothing.
    Nothing,
    /// Values of enums.
    Values,
    /// Values of enums, and members, which are ignored.
    Members,
}

#[derive(Clone, Copy)]
enum Step {
    Name(&'static str),
    Index(usize),
}

impl<'p> FieldPath<'p> {
    /// The maximum nesting of objects and lists. Not every format has its own limit.
    pub(super) const MOST: u32 = 128;

    pub(super) fn root(name: &'static str, leniency: Leniency) -> Self {
        Self { within: None, step: Step::Name(name), level: 0, is_secret: false, leniency }
    }

    pub(super) fn member(&'p self, member: &Member) -> Self {
        let path = self.step(Step::Name(member.name));
        Self { is_secret: self.is_secret || member.is_secret, ..path }
    }

    /// A key that is not a field.
    pub(super) fn key(&'p self, name: &'static str) -> Self {
        self.step(Step::Name(name))
    }

    pub(super) fn item(&'p self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&'p self, step: Step) -> Self {
        Self { within: Some(self), step, level: self.level + 1, ..*self }
    }

    /// Whether enums may have texts that the model does not know.
    pub(super) fn allows_any_value(&self) -> bool {
        self.leniency != Leniency::Nothing
    }

    /// Whether unknown members are ignored.
    pub(super) fn ignores_unknown(&self) -> bool {
        self.leniency == Leniency::Members
    }

    pub(super) fn is_secret(&self) -> bool {
        self.is_secret
    }

    /// Fails if the path is too deep.
    pub(super) fn check<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.level < Self::MOST {
            return Ok(());
        }
        let most = Self::MOST;
        Err(E::custom(format_args!("`{self}`: maps and sequences are nested more than {most} deep")))
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = self.within {
            within.fmt(f)?;
        }
        match self.step {
            Step::Name(name) if self.within.is_some() => write!(f, ".{name}"),
            Step::Name(name) => f.write_str(name),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}
