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

impl Key {
    /// The key of a text, in fields whose values are compared as texts.
    pub(super) fn of_text(content: Content, text: &str) -> Option<Self> {
        matches!(content, Content::Text).then(|| Self::Text(text_key(text)))
    }

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

/// Ends the letters of a key.
const END: u8 = 0;
/// Precede the characters beyond ASCII of each class. Those of ASCII have lower ranks than these.
const OTHER_MARK: u8 = 128;
const OTHER_DIGIT: u8 = OTHER_MARK + 11;
const OTHER_LETTER: u8 = OTHER_DIGIT + 27;

/// The rank of an ASCII character in the order of the engine's database: punctuation, digits, letters in any case.
fn rank(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => OTHER_DIGIT + 1 + (letter - b'a'),
        digit @ b'0'..=b'9' => OTHER_MARK + 1 + (digit - b'0'),
        mark => mark.max(END + 1),
    }
}

/// Bytes in the order of a dictionary: letters count first, then their case: `a`, `A`, `b`. They are made once for each
/// text, because each is compared several times.
fn text_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(2 * text.len() + 1);
    if text.is_ascii() {
        key.extend(text.bytes().map(rank));
    } else {
        for letter in text.chars().flat_map(char::to_lowercase) {
            match u8::try_from(letter) {
                Ok(byte) if byte.is_ascii() => key.push(rank(byte)),
                _ => {
                    key.push(match letter {
                        letter if letter.is_alphabetic() => OTHER_LETTER,
                        digit if digit.is_numeric() => OTHER_DIGIT,
                        _ => OTHER_MARK,
                    });
                    key.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
    }
    key.push(END);
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
