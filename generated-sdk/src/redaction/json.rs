//! Secrets in JSON documents, which can be invalid or truncated.

use super::piece::Piece;
use super::tags::is_secret_key;
use crate::secret::Secrets;

/// The characters that structure a document.
const MARKS: [char; 6] = ['"', '{', '[', '}', ']', ','];

/// Passes the pieces of a document to a function, until it returns false.
pub(super) fn walk<'t>(text: &'t str, visit: &mut dyn FnMut(Piece<'t>) -> bool) -> bool {
    // The keys of the open objects and lists. Lists pass on the key of their own.
    let mut open: Vec<Option<&str>> = Vec::new();
    let mut key: Option<&str> = None;
    // The positions up to which the text was passed on, and of the next character.
    let (mut shown, mut at) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(MARKS)) {
        at += found;
        let rest = text.get(at..).unwrap_or_default();
        match rest.as_bytes().first() {
            Some(b'"') => {
                let (inside, after) = split_string(rest.get(1..).unwrap_or_default());
                at = text.len() - after.len();
                let Some(value) = after.trim_start().strip_prefix(':').map(str::trim_start) else { continue };
                let parent = open.last().copied().flatten();
                if !is_secret_key(parent, inside) {
                    key = Some(inside);
                    continue;
                }
                let begin = text.len() - value.len();
                let secret = value.get(..value_length(value)).unwrap_or(value);
                let before = text.get(shown..begin).unwrap_or_default();
                let shows = visit(Piece::Shown(before)) && visit(Piece::Shown("\"")) && visit(Piece::Secret(secret));
                if !shows || !visit(Piece::Shown("\"")) {
                    return false;
                }
                at = begin + secret.len();
                shown = at;
            }
            Some(b'{') => {
                open.push(key.take());
                at += 1;
            }
            Some(b'[') => {
                open.push(key);
                at += 1;
            }
            Some(b',') => {
                // Items of a list belong to the key of the list.
                key = open.last().copied().flatten();
                at += 1;
            }
            _ => {
                open.pop();
                at += 1;
            }
        }
        if at > shown + CHUNK {
            if !visit(Piece::Shown(text.get(shown..at).unwrap_or_default())) {
                return false;
            }
            shown = at;
        }
    }
    visit(Piece::Shown(text.get(shown..).unwrap_or_default()))
}

/// Text is passed on after this many bytes.
const CHUNK: usize = 4096;

/// Adds the strings in a secret, or else the secret itself.
pub(super) fn add_texts(secret: &str, secrets: &mut Secrets) {
    let mut rest = secret;
    while let Some((before, after)) = rest.split_once('"') {
        secrets.add(before.trim_matches(|c: char| c.is_whitespace() || "[]{},:".contains(c)));
        let (inside, more) = split_string(after);
        let unescaped = serde_json::from_str::<String>(&format!("\"{inside}\""));
        secrets.add(unescaped.as_deref().unwrap_or(inside));
        rest = more;
    }
    secrets.add(rest.trim_matches(|c: char| c.is_whitespace() || "[]{},:".contains(c)));
}

/// The members of the outermost object: keys and values as they are written. The object may be the first item of a list.
pub(crate) fn members(text: &str) -> Vec<(&str, &str)> {
    let mut members = Vec::new();
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let text = text.strip_prefix('[').map_or(text, str::trim_start);
    let Some(mut rest) = text.strip_prefix('{') else { return members };
    while let Some(after) = rest.trim_start_matches([',', ' ', '\t', '\n', '\r']).strip_prefix('"') {
        let (key, after) = split_string(after);
        let Some(value) = after.trim_start().strip_prefix(':').map(str::trim_start) else { break };
        let (value, after) = value.split_at_checked(value_length(value)).unwrap_or((value, ""));
        members.push((key, value.trim_end()));
        rest = after;
    }
    members
}

/// Splits the text after a quotation mark at the one that ends the string. The second part begins after it.
pub(super) fn split_string(text: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    match end {
        Some(end) => (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default()),
        None => (text, ""),
    }
}

/// The length of the value at the beginning of a text.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.as_bytes().first() {
            Some(b'"') => {
                let (_, after) = split_string(rest.get(1..).unwrap_or_default());
                at = text.len() - after.len();
            }
            Some(b'{' | b'[') => {
                depth += 1;
                at += 1;
            }
            // The end of the object or list that contains the value.
            Some(b'}' | b']' | b',') if depth == 0 => return at,
            Some(b'}' | b']') => {
                depth -= 1;
                at += 1;
            }
            Some(b',') => at += 1,
            _ => {
                at += rest.find(MARKS).unwrap_or(rest.len());
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}
