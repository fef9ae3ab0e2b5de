//! Pieces of text that XML documents are made of.

use std::borrow::Cow;

use super::scalar::is_xml;

/// The tag of links in documents.
pub const LINK: &str = "link";

/// Whether a character is a blank of XML.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// The character of a reference, given without `&` and `;`. Entities beyond the five of XML itself are an error: a
/// document has no way to declare them here.
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
        .ok_or_else(|| format!("`&{};` is no character of XML", excerpt(name)))
}

/// The beginning of a text, for messages: on one line, and without characters that a terminal obeys.
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

/// Line ends are line feeds, whatever the document has.
pub(super) fn normalized(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// What to add for the name of a document's type, or the tag of its root, when the document is a web page.
pub(super) fn web_page_note(name: &str) -> &'static str {
    if name.eq_ignore_ascii_case("html") {
        "; this is a web page: the answer may come from a proxy, or from another address of the engine"
    } else {
        ""
    }
}
