//! Documentation attributes.

use proc_macro2::TokenStream;
use quote::quote;

use crate::syntax::Docs;

/// Maximum length of a line of documentation, without indentation and slashes.
const WIDTH: usize = 100;

/// Hidden lines before and after the code of an example.
const EXAMPLE: &str = "# async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {";
const TAIL: [&str; 3] = ["# Ok(())", "# }", "```"];

/// The full documentation of an item. `fallback` is the summary if the model has none.
pub(super) fn full(docs: &Docs, fallback: &str) -> TokenStream {
    let mut paragraphs = vec![first_paragraph(docs, fallback)];
    if let Some(details) = &docs.details {
        paragraphs.push(escape(details.trim_end()));
    }
    if let Some(deprecated) = &docs.deprecated {
        let note = deprecated.note.as_deref().unwrap_or("Kept for old clients.");
        paragraphs.push(wrap(&format!("**Deprecated.** {}", escape(note))));
    }
    lines(&paragraphs.join("\n\n"))
}

/// The summary only.
pub(super) fn brief(docs: &Docs, fallback: &str) -> TokenStream {
    lines(&first_paragraph(docs, fallback))
}

/// Documentation with a fixed text.
pub(super) fn fixed(text: &str) -> TokenStream {
    lines(&wrap(text))
}

/// An example as a doctest that is compiled but not run. Hidden lines around it provide the connection and allow `?`.
pub(super) fn example(code: &str) -> TokenStream {
    let head = ["", "# Example", "", "```no_run", EXAMPLE];
    let code = code.lines().map(shown);
    let text: Vec<String> = head.map(str::to_owned).into_iter().chain(code).chain(TAIL.map(str::to_owned)).collect();
    lines(&text.join("\n"))
}

/// Escapes a leading `#`, which would make rustdoc hide the line.
fn shown(line: &str) -> String {
    let code = line.trim_start();
    let hidden = code == "#" || code.starts_with("# ") || code.starts_with("##");
    let indent = line.len() - code.len();
    if hidden { format!("{:indent$}#{code}", "") } else { line.to_owned() }
}

/// Escapes a text for a table cell.
pub(super) fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    escape(&words.join(" ")).replace('|', "\\|")
}

fn first_paragraph(docs: &Docs, fallback: &str) -> String {
    let mut text = escape(docs.summary.as_deref().unwrap_or(fallback));
    // The fallback names the item.
    if docs.rust_name.is_some()
        && docs.summary.is_some()
        && let Some(name) = fallback.split('`').nth(1)
    {
        text.push_str(&format!(" Called `{name}` in the API."));
    }
    if let Some(since) = &docs.since {
        text.push_str(&format!(" Since {since}."));
    }
    wrap(&text)
}

/// Wraps a paragraph.
pub(super) fn wrap(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ if opens_block(word) => lines.push(format!("\\{word}")),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Formats a list item. Continuation lines are indented.
pub(super) fn item(text: &str) -> String {
    format!("- {}", wrap(text).replace('\n', "\n  "))
}

/// Whether a word starts a heading or a list item in Markdown if it is the first of a line.
fn opens_block(word: &str) -> bool {
    matches!(word, "-" | "+" | "*") || !word.is_empty() && word.chars().all(|c| c == '#')
}

/// Escapes plain text that rustdoc would read as links, tags or Rust examples. Code is left as it is.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    // Leading spaces of the current line. Four spaces start a code block, which rustdoc would compile.
    let mut indent = Some(0);
    while let Some(character) = rest.chars().next() {
        if character == '`' {
            let length = rest.chars().take_while(|c| *c == '`').count();
            let (code, after) = split_code(rest, length);
            escaped.push_str(&code);
            rest = after;
            indent = None;
            continue;
        }
        if let Some((url, after)) = split_url(rest) {
            escaped.push_str(&format!("<{url}>"));
            rest = after;
            indent = None;
            continue;
        }
        indent = match (character, indent) {
            ('\n', _) => Some(0),
            (' ', Some(spaces)) => Some(spaces + 1),
            _ => None,
        };
        if matches!(character, '[' | ']' | '<' | '>') {
            escaped.push('\\');
        }
        if indent.is_none_or(|spaces| spaces < 4) {
            escaped.push(character);
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    escaped
}

/// Splits off a leading URL, which rustdoc wants in angle brackets.
fn split_url(text: &str) -> Option<(&str, &str)> {
    if !(text.starts_with("http://") || text.starts_with("https://")) {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || "()[]<>\"'`,;".contains(c)).unwrap_or(text.len());
    let url = text.get(..end)?.trim_end_matches(['.', ':', '!', '?']);
    Some((url, text.get(url.len()..)?))
}

/// Splits off leading code between the given number of backticks. Unclosed backticks are escaped. A code block without
/// a language is marked as text, so that rustdoc does not compile it.
fn split_code(text: &str, length: usize) -> (String, &str) {
    let after = text.get(length..).unwrap_or_default();
    let mark = "`".repeat(length);
    // Inline code does not cross paragraphs.
    let end = if length < 3 { after.find("\n\n") } else { None };
    let within = end.and_then(|end| after.get(..end)).unwrap_or(after);
    let is_mark = |at: usize| {
        let before = within.get(..at).is_some_and(|text| text.ends_with('`'));
        let behind = within.get(at + length..).is_some_and(|text| text.starts_with('`'));
        !before && !behind
    };
    let close = within.match_indices(&mark).map(|(at, _)| at).find(|at| is_mark(*at));
    let Some((code, rest)) = close.and_then(|at| Some((after.get(..at)?, after.get(at + length..)?))) else {
        return ("\\`".repeat(length), after);
    };
    let language = if length >= 3 && code.starts_with('\n') { "text" } else { "" };
    (format!("{mark}{language}{code}{mark}"), rest)
}

fn lines(text: &str) -> TokenStream {
    let attributes = text.lines().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#attributes)*)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_plain() {
        assert_eq!(escape("a <b> of `Vec<T>` [x]"), r"a \<b\> of `Vec<T>` \[x\]");
        assert_eq!(escape("one ` and [x]"), r"one \` and \[x\]");
        assert_eq!(escape("one ` and\n\n```\n`\n```"), "one \\` and\n\n```text\n`\n```");
        assert_eq!(escape("see http://a.b/c_d."), "see <http://a.b/c_d>.");
        assert_eq!(wrap(&"word ".repeat(30)).lines().count(), 2);
        assert_eq!(wrap("# 1 - 2"), r"\# 1 - 2");
    }

    #[test]
    fn every_line_of_an_example_is_shown() {
        assert_eq!(shown("    # a"), "    ## a");
        assert_eq!(shown("##"), "###");
        assert_eq!(shown("#cloud-config"), "#cloud-config");
        assert_eq!(shown("  #[derive(Debug)]"), "  #[derive(Debug)]");
    }

    #[test]
    fn no_example_of_a_text_is_compiled() {
        assert_eq!(escape("```\n<a>\n```\n[x]"), "```text\n<a>\n```\n\\[x\\]");
        assert_eq!(escape("```xml\n<a>\n```"), "```xml\n<a>\n```");
        assert_eq!(escape("a\n\n      b  c"), "a\n\n   b  c");
    }
}
