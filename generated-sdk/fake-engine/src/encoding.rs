//! Encodings of addresses, forms, headers and texts.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// An invalid encoding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Decodes percent-encoded bytes: `%2F`.
pub(crate) fn percent_decoded(text: &str) -> Result<String, Malformed> {
    decoded(text, false)
}

/// Decodes the pairs of a query or a form. A name without `=` has an empty value.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, Malformed> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts.map(|part| pair(part, true)).collect()
}

/// Decodes a pair `name=value`. In a form, `+` is a space.
pub(crate) fn pair(text: &str, form: bool) -> Result<(String, String), Malformed> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    Ok((decoded(name, form)?, decoded(value, form)?))
}

fn decoded(text: &str, form: bool) -> Result<String, Malformed> {
    let is_encoded = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(is_encoded) {
        return Err(Malformed);
    }
    let spaces = if form { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&spaces).decode_utf8().map(Cow::into_owned).map_err(|_| Malformed)
}

/// Decodes base64, with or without padding.
pub(crate) fn base64_decoded(text: &str) -> Result<Vec<u8>, Malformed> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text).map_err(|_| Malformed)
}

/// Escapes a text for the content of an HTML or XML element.
pub(crate) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Quotes a text as a JSON string.
pub(crate) fn json(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns a random token of letters, digits, `-` and `_`.
pub(crate) fn token(length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letters = std::iter::repeat_with(ovirt_sdk::unstable::random).flat_map(u64::to_le_bytes);
    letters.filter_map(|byte| ALPHABET.get(usize::from(byte & 63))).take(length).map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoded_bytes_are_decoded() {
        assert_eq!(percent_decoded("a%2Fb+c%C3%BC").as_deref(), Ok("a/b+cü"));
        for malformed in ["%", "%4", "%4g", "%FF", "%+1"] {
            assert_eq!(percent_decoded(malformed), Err(Malformed), "{malformed}");
        }
    }

    #[test]
    fn queries_are_decoded_to_pairs() {
        let expected = [("search", "name=a b&c"), ("async", ""), ("x", "1=2")];
        let expected: Vec<(String, String)> =
            expected.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        assert_eq!(pairs("search=name%3Da+b%26c&async&&x=1=2"), Ok(expected));
        assert_eq!(pairs(""), Ok(Vec::new()));
    }

    #[test]
    fn base64_is_decoded() {
        for (text, expected) in [
            ("", ""),
            ("YQ==", "a"),
            ("YWI=", "ab"),
            ("YWJj", "abc"),
            ("YWI", "ab"),
            ("YWRtaW5AaW50ZXJuYWw6c2VjcmV0", "admin@internal:secret"),
        ] {
            assert_eq!(base64_decoded(text).as_deref(), Ok(expected.as_bytes()));
        }
        assert_eq!(base64_decoded("YQ==x"), Err(Malformed));
        assert_eq!(base64_decoded("Y Q"), Err(Malformed));
    }

    #[test]
    fn texts_are_quoted() {
        assert_eq!(json("a\"b\\c\nü"), "\"a\\\"b\\\\c\\u000aü\"");
        assert_eq!(html("<a & b>"), "&lt;a &amp; b&gt;");
    }

    #[test]
    fn tokens_differ() {
        assert_eq!(token(86).len(), 86);
        assert_ne!(token(86), token(86));
    }
}
