//! Relations of the search language.

use std::cmp::Ordering;

/// A relation between a field and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Less,
    LessOrEqual,
    Equal,
    Other,
    MoreOrEqual,
    More,
}

impl Relation {
    /// The relations in the search language. Longer ones come first: the engine takes the longest match.
    pub(super) const WRITTEN: [(&str, Self); 6] = [
        ("<=", Self::LessOrEqual),
        (">=", Self::MoreOrEqual),
        ("!=", Self::Other),
        ("<", Self::Less),
        (">", Self::More),
        ("=", Self::Equal),
    ];

    /// Whether the relation holds for the result of a comparison; `None` means that the values can't be compared.
    pub(super) fn holds(self, ordering: Option<Ordering>) -> bool {
        match self {
            Self::Less => ordering == Some(Ordering::Less),
            Self::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
            Self::Equal => ordering == Some(Ordering::Equal),
            Self::Other => ordering != Some(Ordering::Equal),
            Self::MoreOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
            Self::More => ordering == Some(Ordering::Greater),
        }
    }
}
