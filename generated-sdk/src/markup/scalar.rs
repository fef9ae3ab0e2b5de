//! Scalars: values that are text in XML.

#[cfg(feature = "serde")]
use std::borrow::Cow;
use std::fmt::Write as _;

use super::words::{self, Marks, Wanted, Word};
use crate::date_time::DateTime;

/// The kind of a scalar: a value that is neither an object nor a list.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ScalarKind {
    /// Text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// A date.
    Date,
    /// One of the texts of an enum.
    Enum {
        /// The enum's name in the API.
        name: &'static str,
        /// The texts that the model knows.
        texts: fn() -> Vec<&'static str>,
    },
}

/// The value of a scalar, independent of the format.
#[cfg(feature = "serde")]
#[derive(Clone, Debug)]
pub enum Datum<'d> {
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// Also dates and values of enums.
    Text(Cow<'d, str>),
}

/// A value that is text in XML.
pub trait Scalar: Clone + std::fmt::Debug + std::fmt::Display + PartialEq + Send + Sync + Sized + 'static {
    /// A description of valid texts, for errors.
    const EXPECTED: &'static str;
    /// The kind of the value.
    fn kind() -> ScalarKind;
    /// Parses a text.
    fn parse(text: &str) -> Option<Self>;
    /// The enum's name and the text, if the model does not know the value.
    fn unknown(&self) -> Option<(&'static str, &str)> {
        None
    }
    /// Writes the text.
    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText>;
    /// The value, independent of the format.
    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_>;
    /// Converts a value that is independent of the format.
    #[cfg(feature = "serde")]
    fn from_datum(datum: Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Text(text) => Self::parse(&text),
            _ => None,
        }
    }
}

/// Why a value can't be written as XML text.
#[derive(Debug)]
pub struct InvalidText(pub(crate) String);

/// Writes the text of a scalar, escaped.
#[derive(Debug)]
pub struct TextWriter<'o> {
    pub(crate) out: &'o mut String,
    pub(crate) in_attribute: bool,
}

impl TextWriter<'_> {
    /// Writes text that may need escaping.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), InvalidText> {
        // Few texts need escaping.
        if !words::contains::<Special>(text.as_bytes()) {
            self.out.push_str(text);
            return Ok(());
        }
        self.escaped(text)
    }

    #[cold]
    fn escaped(&mut self, text: &str) -> Result<(), InvalidText> {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(Special::is) {
            let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.out.push_str(plain);
            let mut characters = special.chars();
            let Some(character) = characters.next() else { break };
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\r' => self.out.push_str("&#13;"),
                '\n' if self.in_attribute => self.out.push_str("&#10;"),
                '\t' if self.in_attribute => self.out.push_str("&#9;"),
                character if is_xml(character) => self.out.push(character),
                character => return Err(InvalidText(format!("XML does not allow the character {character:?}"))),
            }
            rest = characters.as_str();
        }
        self.out.push_str(rest);
        Ok(())
    }
}

/// Bytes that may need escaping: control characters, XML syntax, and the first byte of U+FFFE and U+FFFF.
enum Special {}

impl Wanted for Special {
    fn in_word(word: Word) -> Marks {
        word.below(b' ') | word.either(b'<', b'>') | word.either(b'"', b'&') | word.equal(0xEF)
    }

    fn is(byte: u8) -> bool {
        // `|` instead of `||` avoids a branch each.
        (byte < b' ') | (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"') | (byte == 0xEF)
    }
}

/// Whether XML allows a character.
pub(crate) fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// The text without white space around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

impl Scalar for String {
    const EXPECTED: &'static str = "a text";

    fn kind() -> ScalarKind {
        ScalarKind::Text
    }

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        out.text(self)
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Text(self.into())
    }

    #[cfg(feature = "serde")]
    fn from_datum(datum: Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn kind() -> ScalarKind {
        ScalarKind::Boolean
    }

    fn parse(text: &str) -> Option<Self> {
        match trim(text) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        out.out.push_str(if *self { "true" } else { "false" });
        Ok(())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Boolean(*self)
    }

    #[cfg(feature = "serde")]
    fn from_datum(datum: Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Boolean(value) => Some(value),
            Datum::Text(text) => Self::parse(&text),
            _ => None,
        }
    }
}

impl Scalar for i64 {
    const EXPECTED: &'static str = "an integer of at most 64 bits";

    fn kind() -> ScalarKind {
        ScalarKind::Integer
    }

    fn parse(text: &str) -> Option<Self> {
        trim(text).parse().ok()
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        out.out.push_str(itoa::Buffer::new().format(*self));
        Ok(())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Integer(*self)
    }

    #[cfg(feature = "serde")]
    fn from_datum(datum: Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Integer(value) => Some(value),
            Datum::Text(text) => Self::parse(&text),
            _ => None,
        }
    }
}

/// The name of a number that is not finite, in XML Schema.
pub(crate) fn decimal_name(value: f64) -> Option<&'static str> {
    match value {
        _ if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("INF"),
        f64::NEG_INFINITY => Some("-INF"),
        _ => None,
    }
}

impl Scalar for f64 {
    const EXPECTED: &'static str = "a number";

    fn kind() -> ScalarKind {
        ScalarKind::Decimal
    }

    fn parse(text: &str) -> Option<Self> {
        trim(text).parse().ok()
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        match decimal_name(*self) {
            Some(name) => out.out.push_str(name),
            None => write!(out.out, "{self}").map_err(|_| InvalidText(String::new()))?,
        }
        Ok(())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Decimal(*self)
    }

    /// Integers are valid decimals.
    #[cfg(feature = "serde")]
    fn from_datum(datum: Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Decimal(value) => Some(value),
            Datum::Integer(value) => Some(value as Self),
            Datum::Text(text) => Self::parse(&text),
            Datum::Boolean(_) => None,
        }
    }
}

impl Scalar for DateTime {
    const EXPECTED: &'static str = "a date such as 2026-04-05T11:00:25.000+02:00";

    fn kind() -> ScalarKind {
        ScalarKind::Date
    }

    fn parse(text: &str) -> Option<Self> {
        trim(text).parse().ok()
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        out.out.push_str(self.digits().as_str());
        Ok(())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Text(self.to_string().into())
    }

    #[cfg(feature = "serde")]
    fn from_datum(datum: Datum<'_>) -> Option<Self> {
        match datum {
            Datum::Text(text) => Self::parse(&text),
            // The engine's JSON has milliseconds.
            Datum::Integer(millis) => Self::from_unix_millis(millis),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_wherever_it_is_needed() {
        let mut text = String::new();
        for (given, escaped) in [
            ("plain \u{e9}\u{ef00}\t\n", Ok("plain \u{e9}\u{ef00}\t\n")),
            ("a<b", Ok("a&lt;b")),
            ("&", Ok("&amp;")),
            ("a long text whose last character is special\r", Ok("a long text whose last character is special&#13;")),
            ("\u{0}", Err(())),
            ("a long text whose last character does not fit\u{ffff}", Err(())),
        ] {
            text.clear();
            let written = TextWriter { out: &mut text, in_attribute: false }.text(given);
            assert_eq!(written.map(|()| text.as_str()).map_err(drop), escaped, "{given:?}");
        }
    }

    #[test]
    fn whole_numbers_are_written_as_fmt_does() {
        let mut values = vec![0, 1, 9, 10, 11, 99, 100, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1];
        values.extend((0..63).flat_map(|bit| [1 << bit, (1 << bit) - 1, -(1 << bit)]));
        values.extend((0..19).flat_map(|power| [10_i64.pow(power), 10_i64.pow(power) - 1, -(10_i64.pow(power))]));
        for value in values {
            let mut text = String::new();
            value.write(&mut TextWriter { out: &mut text, in_attribute: false }).unwrap();
            assert_eq!(text, value.to_string());
        }
    }
}
