//! Secrets in XML documents.

use super::piece::Piece;
use super::tags::is_secret;
use crate::secret::Secrets;

/// Passes the pieces of a document to a function, until it returns false. Reads each byte a fixed number of times,
/// whether or not the document is well-formed.
pub(super) fn walk<'t>(text: &'t str, visit: &mut dyn FnMut(Piece<'t>) -> bool) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = find(rest, '<') {
        let (before, markup) = split(rest, start);
        let (tag, after) = split(markup, end_of(markup));
        if !visit(Piece::Shown(before)) || !visit(Piece::Shown(tag)) {
            return false;
        }
        rest = after;
        let Some(inside) = tag.strip_prefix('<') else { break };
        if inside.starts_with(['!', '?']) {
            continue;
        }
        if inside.starts_with('/') {
            open.pop();
            continue;
        }
        if tag.ends_with("/>") {
            continue;
        }
        let name = inside.split(|c: char| c.is_whitespace() || c == '/' || c == '>').next().unwrap_or_default();
        if is_secret(open.last().copied(), name) {
            // Without an end tag, all that follows may be the secret.
            let (secret, after) = split(rest, end_tag(rest, name).unwrap_or(rest.len()));
            if !visit(Piece::Secret(secret)) {
                return false;
            }
            rest = after;
        }
        open.push(name);
    }
    visit(Piece::Shown(rest))
}

/// Adds the texts between the tags of a secret.
pub(super) fn add_texts(secret: &str, secrets: &mut Secrets) {
    let mut rest = secret;
    loop {
        let (text, markup) = split(rest, find(rest, '<').unwrap_or(rest.len()));
        match quick_xml::escape::unescape(text) {
            Ok(value) => secrets.add(value.trim()),
            Err(_) => secrets.add(text.trim()),
        }
        if markup.is_empty() {
            break;
        }
        let (tag, after) = split(markup, end_of(markup));
        if let Some(section) = tag.strip_prefix(SECTION) {
            secrets.add(section.strip_suffix(SECTION_END).unwrap_or(section));
        }
        rest = after;
    }
}

const SECTION: &str = "<![CDATA[";
const SECTION_END: &str = "]]>";

/// The position of the end tag of an element; `None` if there is none. Tags in CDATA sections do not count.
fn end_tag(text: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let start = find(rest, '<')?;
        at += start;
        let markup = rest.get(start..)?;
        let closes = markup.strip_prefix("</").and_then(|tag| tag.strip_prefix(name));
        if closes.is_some_and(|after| after.starts_with(|c: char| c == '>' || c.is_whitespace())) {
            return Some(at);
        }
        at += match markup.starts_with(SECTION) {
            true => markup.find(SECTION_END)? + SECTION_END.len(),
            false => '<'.len_utf8(),
        };
    }
}

/// The length of the markup at the beginning of a text.
fn end_of(markup: &str) -> usize {
    let closed_by = |end: &str| markup.find(end).map(|at| at + end.len());
    let end = match () {
        () if markup.starts_with("<!--") => closed_by("-->"),
        () if markup.starts_with(SECTION) => closed_by(SECTION_END),
        () => {
            let mut quote = None;
            let end = markup.bytes().position(|byte| match (quote, byte) {
                (None, b'>') => true,
                (None, b'"' | b'\'') => {
                    quote = Some(byte);
                    false
                }
                (Some(open), byte) if open == byte => {
                    quote = None;
                    false
                }
                _ => false,
            });
            end.map(|at| at + 1)
        }
    };
    end.unwrap_or(markup.len())
}

fn find(text: &str, character: char) -> Option<usize> {
    memchr::memchr(character as u8, text.as_bytes())
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}
