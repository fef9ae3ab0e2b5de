//! Encodings of addresses, forms, headers and texts.

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
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if form => b' ',
            b'%' => digit(rest.next())? * 16 + digit(rest.next())?,
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| Malformed)
}

fn digit(byte: Option<u8>) -> Result<u8, Malformed> {
    let digit = byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(Malformed)?;
    u8::try_from(digit).map_err(|_| Malformed)
}

/// Decodes base64, with or without padding.
pub(crate) fn base64_decoded(text: &str) -> Result<Vec<u8>, Malformed> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(Malformed),
        };
        held = (held << 6 | u32::from(value)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xFF) as u8);
        }
    }
    Ok(bytes)
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
