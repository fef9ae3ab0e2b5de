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
    /// A text in the order of a dictionary; see [`text_key`].
    Text(Vec<u8>),
}

/// The order of characters in the engine's database: punctuation, digits, letters.
#[derive(Clone, Copy)]
enum Class {
    Mark = 1,
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
        key.unwrap_or_else(|| Self::Text(text_key(&value.to_text())))
    }
}

/// Bytes in the order of a dictionary: letters count first, then their case: `a`, `A`, `b`. They are made once for each
/// text, because each is compared several times.
fn text_key(text: &str) -> Vec<u8> {
    const LETTERS_END: u8 = 0;
    let mut key = Vec::with_capacity(3 * text.len() + 1);
    for letter in text.chars().flat_map(char::to_lowercase) {
        let class = match letter {
            letter if letter.is_alphabetic() => Class::Letter,
            digit if digit.is_numeric() => Class::Digit,
            _ => Class::Mark,
        };
        key.push(class as u8);
        key.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    key.push(LETTERS_END);
    key.extend(text.chars().map(|letter| u8::from(letter.is_uppercase())));
    key
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
