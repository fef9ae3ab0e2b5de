//! Running a parsed search.

use std::cmp::Ordering;

use super::entity::{Content, Order};
use super::operand::Operand;
use super::pattern::Pattern;
use super::relation::Relation;
use super::sorting::Key;
use super::subject::Subject;

/// A parsed search.
#[derive(Debug)]
pub(crate) struct Query {
    /// All of them must hold.
    pub(super) conditions: Vec<Alternatives>,
    pub(super) sort: Vec<Sort>,
    /// The page, from 1.
    pub(super) page: Option<usize>,
}

/// Groups of conditions. All conditions of at least one group must hold.
pub(super) type Alternatives = Vec<Vec<Condition>>;

#[derive(Debug)]
pub(super) enum Condition {
    Compare(Comparison),
    /// A text that at least one of these fields must contain or, if negative, must not contain.
    FreeText {
        paths: Vec<String>,
        pattern: Pattern,
        negative: bool,
    },
}

/// A comparison of a field.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) path: String,
    pub(super) relation: Relation,
    pub(super) operand: Operand,
    pub(super) unit: f64,
    /// Whether a negation applies to the list of values as a whole. Otherwise the engine has a row for each value and finds
    /// an object if one of its rows matches.
    pub(super) listed: bool,
}

/// A key of the order.
#[derive(Debug)]
pub(super) struct Sort {
    pub(super) path: String,
    pub(super) content: Content,
    pub(super) descending: bool,
}

impl From<&Order> for Sort {
    fn from(order: &Order) -> Self {
        Self { path: order.path.to_owned(), content: order.content, descending: order.descending }
    }
}

impl Query {
    /// Whether an object matches.
    pub(crate) fn matches(&self, subject: &dyn Subject, case_sensitive: bool) -> bool {
        let holds = |condition: &Condition| condition.holds(subject, case_sensitive);
        self.conditions.iter().all(|alternatives| alternatives.iter().any(|group| group.iter().all(holds)))
    }

    /// The matching objects in order, limited to the page of the search. A page has at most `max` objects; without `max`,
    /// the first page has all.
    pub(crate) fn select<S: Subject>(&self, subjects: Vec<S>, case_sensitive: bool, max: Option<usize>) -> Vec<S> {
        let found = subjects.into_iter().filter(|subject| self.matches(subject, case_sensitive));
        let mut keyed: Vec<(Vec<Key>, usize, S)> =
            found.enumerate().map(|(number, subject)| (self.keys(&subject), number, subject)).collect();
        let max = max.unwrap_or(usize::MAX);
        let before = self.page.map_or(0, |page| page.saturating_sub(1).saturating_mul(max));
        // The order is stable.
        let order = |one: &(Vec<Key>, usize, S), other: &(Vec<Key>, usize, S)| {
            self.order(&one.0, &other.0).then(one.1.cmp(&other.1))
        };
        // Sort only what is returned.
        let end = before.saturating_add(max);
        if end < keyed.len() {
            keyed.select_nth_unstable_by(end, order);
            keyed.truncate(end);
        }
        keyed.sort_unstable_by(order);
        keyed.into_iter().skip(before).map(|(_, _, subject)| subject).collect()
    }

    fn keys(&self, subject: &dyn Subject) -> Vec<Key> {
        let key = |sort: &Sort| match subject.text(&sort.path).and_then(|text| Key::of_text(sort.content, text)) {
            Some(key) => key,
            None => Key::new(sort.content, &subject.values(&sort.path)),
        };
        self.sort.iter().map(key).collect()
    }

    fn order(&self, one: &[Key], other: &[Key]) -> Ordering {
        let each = self.sort.iter().zip(one.iter().zip(other)).map(|(sort, (one, other))| {
            let ordering = one.partial_cmp(other).unwrap_or(Ordering::Equal);
            if sort.descending { ordering.reverse() } else { ordering }
        });
        each.fold(Ordering::Equal, Ordering::then)
    }
}

impl Condition {
    fn holds(&self, subject: &dyn Subject, case_sensitive: bool) -> bool {
        match self {
            Self::Compare(comparison) => comparison.holds(subject, case_sensitive),
            Self::FreeText { paths, pattern, negative } => paths.iter().any(|path| {
                let values = subject.values(path);
                values.iter().any(|value| pattern.matches(&value.to_text(), case_sensitive) != *negative)
            }),
        }
    }
}

impl Comparison {
    fn holds(&self, subject: &dyn Subject, case_sensitive: bool) -> bool {
        let negative = self.relation == Relation::Other;
        if let (Operand::Like(pattern), Relation::Equal) = (&self.operand, self.relation)
            && let Some(text) = subject.text(&self.path)
        {
            return pattern.matches(text, case_sensitive);
        }
        let values = subject.values(&self.path);
        if let Operand::Absent = self.operand {
            return values.is_empty() != negative;
        }
        let mut related = values.iter().map(|value| {
            let relation = if self.listed { Relation::Equal } else { self.relation };
            self.operand.relates(relation, value, self.unit, case_sensitive)
        });
        match negative {
            true if self.listed => !related.any(|equal| equal),
            true => values.is_empty() || related.any(|differs| differs),
            false => related.any(|holds| holds),
        }
    }
}
