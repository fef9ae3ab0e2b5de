//! What a field is compared to.

use std::cmp::Ordering;

use super::date::{self, DAY};
use super::entity::{Content, Field};
use super::enumeration::{Choice, Enumeration};
use super::error::Problem;
use super::pattern::Pattern;
use super::subject::Value;

/// How a field and a value relate.
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
    /// The relations as they are written; longer ones first, since the engine takes the longest that fits.
    pub(super) const WRITTEN: [(&str, Self); 6] = [
        ("<=", Self::LessOrEqual),
        (">=", Self::MoreOrEqual),
        ("!=", Self::Other),
        ("<", Self::Less),
        (">", Self::More),
        ("=", Self::Equal),
    ];

    /// Whether it holds between two that compare so; `None` when they can't be compared.
    fn holds(self, ordering: Option<Ordering>) -> bool {
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

/// What a field is compared to.
#[derive(Debug)]
pub(super) enum Operand {
    Like(Pattern),
    /// This text and no other.
    Exact(String),
    /// No value.
    Absent,
    Number(f64),
    Flag(bool),
    /// Milliseconds since 1970.
    Date(i64),
    /// From a date to a day after it.
    Day(i64),
    Choice(&'static Enumeration, Choice),
}

impl Operand {
    /// Reads the value of a search for a field.
    pub(super) fn read(field: &Field, relation: Relation, text: &str, now: i64) -> Result<Self, Problem> {
        let absent = text.is_empty() || text.eq_ignore_ascii_case("null");
        let operand = match field.content {
            Content::Text | Content::Address | Content::Tag | Content::Account => Some(Self::Like(Pattern::new(text))),
            Content::Listed => Some(Self::Like(Pattern::literal(text))),
            Content::Part => Some(Self::Like(Pattern::within(text))),
            Content::Nullable | Content::Exact | Content::Identifier | Content::Size | Content::LooseFlag if absent => {
                Some(Self::Absent)
            }
            Content::Nullable | Content::Exact => Some(Self::Exact(text.to_owned())),
            Content::Identifier => Some(Self::Exact(identifier(text).ok_or_else(|| refused("uuid", text))?)),
            Content::Integer => text.parse::<i32>().ok().map(|number| Self::Number(number.into())),
            Content::Size => Some(Self::Number(decimal(text).ok_or_else(|| refused("bigint", text))?)),
            Content::Decimal => decimal(text).map(Self::Number),
            Content::Flag => text.to_ascii_lowercase().parse().ok().map(Self::Flag),
            Content::LooseFlag => Some(Self::Flag(flag(text).ok_or_else(|| refused("boolean", text))?)),
            Content::Day | Content::Date => date::instant(text, now).map(|date| match (field.content, relation) {
                (Content::Day, Relation::Equal) => Self::Day(date),
                (Content::Day, _) => Self::Date(date.div_euclid(DAY) * DAY),
                _ => Self::Date(date),
            }),
            Content::Span => date::span(text).map(Self::Number),
            Content::Choice(of) => of.find(text).map(|choice| Self::Choice(of, choice)),
        };
        operand.ok_or(Problem::Value)
    }

    /// Whether one value of an object stands in a relation to this.
    pub(super) fn relates(&self, relation: Relation, value: &Value, unit: f64, case_sensitive: bool) -> bool {
        relation.holds(self.compare(value, unit, case_sensitive))
    }

    /// How a value compares to this.
    fn compare(&self, value: &Value, unit: f64, case_sensitive: bool) -> Option<Ordering> {
        let equal = |equal: bool| equal.then_some(Ordering::Equal);
        match self {
            Self::Like(pattern) => equal(pattern.matches(&value.to_text(), case_sensitive)),
            Self::Exact(text) => equal(value.to_text() == text.as_str()),
            Self::Absent => None,
            Self::Number(number) => (value.to_number()? / unit).partial_cmp(number),
            Self::Flag(flag) => equal(value.to_flag()? == *flag),
            Self::Date(date) => Some(value.to_date()?.cmp(date)),
            Self::Day(date) => {
                let since = value.to_date()?.saturating_sub(*date);
                equal((0..=DAY).contains(&since))
            }
            Self::Choice(_, choice) if value.to_text() == choice.text => Some(Ordering::Equal),
            Self::Choice(of, choice) => Some(of.rank(value)?.cmp(&choice.rank)),
        }
    }
}

/// What the engine's database says of a text that it can't read.
fn refused(kind: &str, text: &str) -> Problem {
    Problem::Refused(format!("ERROR: invalid input syntax for type {kind}: \"{text}\""))
}

/// An identifier in the form in which the engine writes it.
fn identifier(text: &str) -> Option<String> {
    let bare = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let digits: String = bare.chars().filter(|digit| *digit != '-').map(|digit| digit.to_ascii_lowercase()).collect();
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut written = String::with_capacity(36);
    for (index, digit) in digits.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            written.push('-');
        }
        written.push(digit);
    }
    Some(written)
}

/// A number, but none of the words that Rust takes for one.
fn decimal(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(number)
}

/// A flag as a database reads it.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "tru" | "tr" | "t" | "yes" | "ye" | "y" | "on" | "1" => Some(true),
        "false" | "fals" | "fal" | "fa" | "f" | "no" | "n" | "off" | "of" | "0" => Some(false),
        _ => None,
    }
}
