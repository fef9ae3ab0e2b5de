//! The right side of a comparison.

use std::cmp::Ordering;

use super::date::{self, DAY};
use super::entity::{Content, Field};
use super::enumeration::{Choice, Enumeration};
use super::error::Problem;
use super::pattern::Pattern;
use super::relation::Relation;
use super::subject::Value;

/// The value to which a field is compared.
#[derive(Debug)]
pub(super) enum Operand {
    Like(Pattern),
    /// A text without wildcards.
    Exact(String),
    /// No value.
    Absent,
    Number(f64),
    Flag(bool),
    /// Milliseconds since 1970.
    Date(i64),
    /// A day that begins at a date.
    Day(i64),
    Choice(&'static Enumeration, Choice),
}

impl Operand {
    /// Parses a value for a field.
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
                // The engine ignores the time of the day.
                (Content::Day, Relation::Equal) => Self::Day(date.div_euclid(DAY) * DAY),
                (Content::Day, _) => Self::Date(date.div_euclid(DAY) * DAY),
                _ => Self::Date(date),
            }),
            Content::Span => date::span(text).map(Self::Number),
            Content::Choice(of) => of.find(text).map(|choice| Self::Choice(of, choice)),
        };
        operand.ok_or(Problem::Value)
    }

    /// Whether the relation holds between a value of an object and this operand.
    pub(super) fn relates(&self, relation: Relation, value: &Value, unit: f64, case_sensitive: bool) -> bool {
        relation.holds(self.compare(value, unit, case_sensitive))
    }

    /// Compares a value to this operand.
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

/// The error of the engine's database for an invalid text.
fn refused(kind: &str, text: &str) -> Problem {
    Problem::Refused(format!("ERROR: invalid input syntax for type {kind}: \"{text}\""))
}

/// An identifier in the engine's form.
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

/// Parses a number; unlike Rust, without words such as `inf`.
fn decimal(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(number)
}

/// Parses a flag as the database does.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "tru" | "tr" | "t" | "yes" | "ye" | "y" | "on" | "1" => Some(true),
        "false" | "fals" | "fal" | "fa" | "f" | "no" | "n" | "off" | "of" | "0" => Some(false),
        _ => None,
    }
}
