//! Masking of secrets in texts.

mod text;

use std::borrow::Cow;
use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};

pub(crate) use text::SecretText;

/// The text that replaces secrets.
pub const MASK: &str = "***";

/// The minimum length of a secret word in a header, in bytes. Shorter words could be ordinary text.
const MIN_WORD: usize = 8;

/// Secrets of fewer characters are masked only where they stand alone, not within words.
const SHORT: usize = 4;

/// The end of an excerpt that was cut.
const CUT: &str = "…";

/// The maximum length of an excerpt, in bytes.
const MAX_EXCERPT: usize = 1024;

/// The maximum length of an escaped character: `&amp;amp;#x10FFFF;`.
const MAX_ESCAPE: usize = 24;

/// Texts to mask in logs, errors and recordings, also where they are escaped as XML, HTML, JSON or in URLs.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Adds a secret.
    pub(crate) fn add(&mut self, secret: &str) {
        if !secret.trim().is_empty() && !self.0.iter().any(|known| known == secret) {
            // The longest first: a secret can contain another one.
            let position = self.0.partition_point(|known| known.len() >= secret.len());
            self.0.insert(position, secret.to_owned());
        }
    }

    /// Adds the secrets in the value of a header: its words, and the password of basic authentication.
    pub(crate) fn add_header(&mut self, value: &str) {
        value.split(['=', ' ', ';']).filter(|word| word.len() >= MIN_WORD).for_each(|word| self.add(word));
        let basic = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        let decoded = basic.and_then(|(_, encoded)| BASE64_STANDARD.decode(encoded.trim()).ok());
        let decoded = decoded.and_then(|decoded| String::from_utf8(decoded).ok());
        if let Some((_, password)) = decoded.as_deref().and_then(|decoded| decoded.split_once(':')) {
            self.add(password);
        }
    }

    /// Adds other secrets.
    pub(crate) fn extend(&mut self, others: &Self) {
        others.0.iter().for_each(|secret| self.add(secret));
    }

    /// The maximum length of a masked text, in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.0.first().map_or(0, |secret| secret.len().saturating_mul(MAX_ESCAPE))
    }

    /// Masks the secrets in a text with excerpts, which can end within a secret.
    pub(crate) fn hide_in_excerpts(&self, text: String) -> String {
        let text = self.hide(text);
        if self.0.is_empty() || !text.contains(CUT) {
            return text;
        }
        let mut parts: Vec<String> = text.split(CUT).map(str::to_owned).collect();
        let last = parts.pop();
        for part in &mut parts {
            if let Some(at) = self.start_of_cut(part) {
                part.truncate(at);
                part.push_str(MASK);
            }
        }
        parts.extend(last);
        parts.join(CUT)
    }

    /// The position at which a secret begins that a text ends within.
    fn start_of_cut(&self, text: &str) -> Option<usize> {
        let starts = text.char_indices().filter(|(at, _)| text.len() - at <= MAX_EXCERPT);
        let mut starts = starts.filter_map(|(at, _)| Some((at, text.get(at..)?)));
        let begins = |rest: &str, secret: &str| {
            let shorter = secret.char_indices().skip(SHORT).map(|(end, _)| end).chain([secret.len()]);
            shorter.filter_map(|end| secret.get(..end)).any(|start| match_length(rest, start) == Some(rest.len()))
        };
        starts.find(|(_, rest)| self.0.iter().any(|secret| begins(rest, secret))).map(|(at, _)| at)
    }

    /// Masks the secrets in a text.
    pub(crate) fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| match masked(&text, secret) {
            Cow::Owned(masked) => masked,
            Cow::Borrowed(_) => text,
        })
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(zeroize::Zeroize::zeroize);
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

/// Masks a secret in a text.
fn masked<'t>(text: &'t str, secret: &str) -> Cow<'t, str> {
    let Some(first) = secret.chars().next() else { return Cow::Borrowed(text) };
    let short = secret.chars().count() < SHORT;
    let mut shown = String::new();
    // The positions after the last match, and of the next search.
    let (mut copied, mut next) = (0, 0);
    while let Some(at) = find_start(text, next, first) {
        let rest = text.get(at..).unwrap_or_default();
        let length = match_length(rest, secret).filter(|length| {
            let (before, after) = (text.get(..at).unwrap_or_default(), rest.get(*length..).unwrap_or_default());
            !short || !(before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric))
        });
        match length {
            Some(length) => {
                shown.push_str(text.get(copied..at).unwrap_or_default());
                shown.push_str(MASK);
                copied = at + length;
                next = copied;
            }
            None => next = at + rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(shown)
}

/// The next position at which a text with this first character can begin, escaped or not.
fn find_start(text: &str, from: usize, first: char) -> Option<usize> {
    let candidates = |c: char| c == first || matches!(c, '&' | '\\' | '%' | '+');
    text.get(from..)?.find(candidates).map(|at| from + at)
}

/// The length of the secret at the beginning of a text.
fn match_length(text: &str, secret: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for wanted in secret.chars() {
        let length = escape_length(rest, wanted).or_else(|| rest.starts_with(wanted).then(|| wanted.len_utf8()))?;
        rest = rest.get(length..)?;
    }
    Some(text.len() - rest.len())
}

/// The length of the escaped character at the beginning of a text.
fn escape_length(text: &str, wanted: char) -> Option<usize> {
    match text.as_bytes().first()? {
        b'&' => entity_length(text, wanted),
        b'\\' => json_length(text, wanted),
        b'%' => percent_length(text, wanted),
        b'+' => (wanted == ' ').then_some(1),
        _ => None,
    }
}

/// The length of a reference of XML or HTML, which can be escaped repeatedly: `&lt;` as `&amp;lt;`.
fn entity_length(text: &str, wanted: char) -> Option<usize> {
    let mut end = '&'.len_utf8();
    let mut found = None;
    for _ in 0..3 {
        let name = text.get(end..).and_then(|rest| {
            let length = rest.bytes().take(10).position(|byte| byte == b';')?;
            rest.get(..length)
        });
        let Some(name) = name else { break };
        end += name.len() + 1;
        let code = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix('#').map(|code| (code.strip_prefix(['x', 'X']), code)) {
                Some((Some(digits), _)) => code(digits, 16),
                Some((None, digits)) => code(digits, 10),
                None => None,
            },
        };
        if character == Some(wanted) {
            found = Some(end);
        }
        if character != Some('&') {
            break;
        }
    }
    found
}

/// The length of an escape sequence of JSON.
fn json_length(text: &str, wanted: char) -> Option<usize> {
    let escaped = text.strip_prefix('\\')?;
    let code = |text: &str| u16::from_str_radix(text.strip_prefix("u")?.get(..4)?, 16).ok();
    if let Some(unit) = code(escaped) {
        let mut units = [0; 2];
        return match wanted.encode_utf16(&mut units) {
            [one] => (*one == unit).then_some(6),
            [high, low] => {
                let second = escaped.get(5..).and_then(|rest| code(rest.strip_prefix('\\')?));
                (*high == unit && second == Some(*low)).then_some(12)
            }
            _ => None,
        };
    }
    let character = match escaped.chars().next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        other => other,
    };
    (character == wanted).then(|| '\\'.len_utf8() + escaped.chars().next().map_or(0, char::len_utf8))
}

/// The length of a percent-encoded character.
fn percent_length(text: &str, wanted: char) -> Option<usize> {
    let mut rest = text;
    for byte in wanted.encode_utf8(&mut [0; 4]).bytes() {
        let digits = rest.strip_prefix('%')?.get(..2)?;
        if u8::from_str_radix(digits, 16) != Ok(byte) {
            return None;
        }
        rest = rest.get(3..)?;
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(all: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        all.iter().for_each(|secret| secrets.add(secret));
        secrets
    }

    #[test]
    fn escaped_forms_are_masked() {
        let secrets = secrets(&["pä&s<\"w' d/\\>"]);
        for escaped in [
            "pä&s<\"w' d/\\>",
            "p\u{e4}&amp;s&lt;&quot;w&apos; d/\\&gt;",
            "p&#228;&#38;s&#x3C;&#34;w&#39; d&#x2f;&#92;&#62;",
            "pä&amp;amp;s&amp;lt;&amp;quot;w&amp;#39; d/\\&amp;gt;",
            r#"pä&s<\"w' d\/\\>"#,
            r#"p\u00e4\u0026s\u003C\"w\u0027 d/\\\u003e"#,
            "p%C3%A4%26s%3c%22w%27+d%2F%5C%3E",
            "p%C3%A4%26s%3C%22w%27%20d%2F%5C%3E",
        ] {
            assert_eq!(secrets.hide(format!("a{escaped}&amp;{escaped}+")), "a***&amp;***+", "{escaped}");
        }
        assert_eq!(secrets.hide("pä&s<\"w' d/\\".to_owned()), "pä&s<\"w' d/\\");
    }

    #[test]
    fn other_text_stays() {
        assert_eq!(secrets(&["token"]).hide("tokn & token; %74oken".to_owned()), "tokn & ***; ***");
        assert_eq!(secrets(&["abc", "abcdef"]).hide("abcdef abc xabc".to_owned()), "*** *** xabc");
        assert_eq!(secrets(&["", "  "]).hide("a  b".to_owned()), "a  b");
        assert_eq!(secrets(&["&amp;x"]).hide("1 &amp;x".to_owned()), "1 ***");
        assert_eq!(secrets(&["🦀crab"]).hide(r"\ud83e\udd80crab".to_owned()), "***");
    }

    #[test]
    fn secrets_at_the_end_of_an_excerpt_are_masked() {
        let secrets = secrets(&["s3cret &word", "other"]);
        assert_eq!(secrets.hide_in_excerpts("found `x s3cret…` at y…".to_owned()), "found `x ***…` at y…");
        assert_eq!(secrets.hide_in_excerpts("s3cret &amp;wo…".to_owned()), "***…");
        assert_eq!(secrets.hide_in_excerpts("the s3…, the end".to_owned()), "the s3…, the end");
        assert_eq!(secrets.hide_in_excerpts("no cut s3cret".to_owned()), "no cut s3cret");
    }

    #[test]
    fn headers_contain_words_and_passwords() {
        let mut secrets = Secrets::default();
        secrets.add_header(&format!("Basic {}", BASE64_STANDARD.encode("admin@internal:pa:ss")));
        secrets.add_header("Bearer the-long-token");
        let shown = secrets.hide("the-long-token pa:ss YWRtaW5AaW50ZXJuYWw6cGE6c3M= admin".to_owned());
        assert_eq!(shown, "*** *** ***= admin");
    }
}
