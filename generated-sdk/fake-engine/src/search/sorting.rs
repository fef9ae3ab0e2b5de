//! The order of values.

use std::net::IpAddr;

use super::entity::Content;
use super::subject::Value;

/// A key by which objects are sorted.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(super) enum Key {
    /// Objects without a value come first.
    Absent,
    Rank(usize),
    Number(f64),
    Date(i64),
    Address(IpAddr),
    Text(Vec<(Class, char)>, Vec<bool>),
}

/// The order of characters in the engine's database: punctuation, digits, letters.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) enum Class {
    Mark,
    Digit,
    Letter,
}

impl Key {
    /// The key of an object with these values in a field.
    pub(super) fn new(content: Content, values: &[Value]) -> Self {
        let Some(value) = values.first() else { return Self::Absent };
        let key = match content {
            Content::Integer | Content::Size | Content::Decimal | Content::Span => value.to_number().map(Self::Number),
            Content::Flag | Content::LooseFlag => value.to_flag().map(|flag| Self::Rank(flag.into())),
            Content::Day | Content::Date => value.to_date().map(Self::Date),
            Content::Choice(of) => of.rank(value).map(Self::Rank),
            Content::Address => value.to_text().parse().ok().map(Self::Address),
            _ => None,
        };
        key.unwrap_or_else(|| Self::text(&value.to_text()))
    }

    /// Compares letters first, then their case: `a`, `A`, `b`.
    fn text(text: &str) -> Self {
        let letters = text.chars().flat_map(char::to_lowercase).map(|letter| match letter {
            letter if letter.is_alphabetic() => (Class::Letter, letter),
            digit if digit.is_numeric() => (Class::Digit, digit),
            mark => (Class::Mark, mark),
        });
        Self::Text(letters.collect(), text.chars().map(char::is_uppercase).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::search::entity::Content;
    use crate::search::subject::Value;

    #[track_caller]
    fn sorted(content: Content, texts: &[&str]) {
        let keys: Vec<Key> = texts.iter().map(|text| Key::new(content, &[Value::Text((*text).into())])).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        assert!(Key::Absent < keys[0]);
    }

    #[test]
    fn texts_are_sorted_as_a_dictionary_does() {
        sorted(Content::Text, &["", "-a", "10", "2", "a", "A", "a1", "ab", "Ab", "b", "ä"]);
    }

    #[test]
    fn addresses_are_sorted_by_their_numbers() {
        sorted(Content::Address, &["10.0.0.2", "10.0.0.10", "192.168.0.1", "::1"]);
        sorted(Content::Address, &["10.0.0.2", "no address"]);
    }

    #[test]
    fn numbers_are_sorted_as_numbers() {
        sorted(Content::Integer, &["2", "10"]);
    }
}
