//! Trees of comparisons.

/// A relation between a field and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

impl Relation {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::More => ">",
            Self::MoreOrEqual => ">=",
        }
    }
}

/// A comparison of a field with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    /// The name of the related object, if the field is one of its fields.
    pub(super) related: Option<&'static str>,
    pub(super) field: &'static str,
    pub(super) relation: Relation,
    pub(super) value: String,
}

/// A tree of comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Is(Comparison),
    All(Vec<Tree>),
    Any(Vec<Tree>),
}

impl Tree {
    /// Calls a function for each comparison.
    pub(super) fn each(&mut self, change: &mut dyn FnMut(&mut Comparison) -> Result<(), String>) -> Result<(), String> {
        match self {
            Self::Is(comparison) => change(comparison),
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().try_for_each(|part| part.each(change)),
        }
    }

    pub(super) fn negated(self) -> Result<Self, String> {
        let all = |parts: Vec<Self>| parts.into_iter().map(Self::negated).collect::<Result<Vec<_>, _>>();
        match self {
            Self::Is(comparison) => {
                let relation = match comparison.relation {
                    Relation::Equal => Relation::NotEqual,
                    Relation::NotEqual => Relation::Equal,
                    // Objects without a value fulfill neither a comparison nor the opposite one.
                    other => {
                        let (field, written) = (comparison.field, other.as_str());
                        return Err(format!("a search can't negate `{field}{written}…`; use the opposite relation"));
                    }
                };
                Ok(Self::Is(Comparison { relation, ..comparison }))
            }
            Self::All(parts) => Ok(Self::Any(all(parts)?)),
            Self::Any(parts) => Ok(Self::All(all(parts)?)),
        }
    }
}
