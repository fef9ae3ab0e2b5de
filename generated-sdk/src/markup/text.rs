//! References, excerpts and line ends of XML text.

use std::borrow::Cow;

use super::scalar::is_xml;

/// The tag of links in documents.
pub const LINK: &str = "link";

/// Whether a character is XML white space.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Returns the character of a reference, given without `&` and `;`. Entities beyond the five of XML are errors, because
/// declarations are not supported.
pub(super) fn reference(name: &str) -> Result<char, String> {
    let code = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
            (Some(digits), _) => u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+')),
            (None, Some(digits)) => digits.parse().ok().filter(|_| !digits.starts_with('+')),
            (None, None) => {
                return Err(format!("the entity `&{};` is not declared; entities are not expanded", excerpt(name)));
            }
        },
    };
    code.and_then(char::from_u32)
        .filter(|character| is_xml(*character))
        .ok_or_else(|| format!("`&{};` is not a valid XML character", excerpt(name)))
}

/// Returns the beginning of a text for messages: on one line, without control characters.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let mut short = String::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(MOST) {
        if character.is_control() {
            short.extend(character.escape_debug());
        } else {
            short.push(character);
        }
    }
    if !characters.as_str().is_empty() {
        short.push('…');
    }
    short
}

/// Normalizes line ends to line feeds.
pub(super) fn normalized(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Returns the hint for a web page, by the name of the document type or the root tag.
pub(super) fn web_page_note(name: &str) -> &'static str {
    if name.eq_ignore_ascii_case("html") {
        "; this is a web page: the response may come from a proxy, or from another address of the engine"
    } else {
        ""
    }
}
