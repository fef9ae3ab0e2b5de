//! Documentation attributes.

use proc_macro2::TokenStream;
use quote::quote;

use crate::syntax::Docs;

/// Longest line of a documentation comment, without its indentation and slashes.
const WIDTH: usize = 100;

/// The whole documentation of an item. `fallback` is said when the model has no text for it.
pub(super) fn full(docs: &Docs, fallback: &str) -> TokenStream {
    let mut paragraphs = vec![first_paragraph(docs, fallback)];
    if let Some(details) = &docs.details {
        paragraphs.push(escape(details.trim_end()));
    }
    if let Some(deprecated) = &docs.deprecated {
        let note = deprecated.note.as_deref().unwrap_or("The engine keeps it for old clients.");
        paragraphs.push(wrap(&format!("**Deprecated.** {}", escape(note))));
    }
    lines(&paragraphs.join("\n\n"))
}

/// The first sentence alone.
pub(super) fn brief(docs: &Docs, fallback: &str) -> TokenStream {
    lines(&first_paragraph(docs, fallback))
}

/// A documentation of our own.
pub(super) fn own(text: &str) -> TokenStream {
    lines(&wrap(text))
}

fn first_paragraph(docs: &Docs, fallback: &str) -> String {
    let mut text = escape(docs.summary.as_deref().unwrap_or(fallback));
    if let Some(since) = &docs.since {
        text.push_str(&format!(" Since {since}."));
    }
    wrap(&text)
}

/// Breaks a paragraph into lines.
pub(super) fn wrap(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Breaks an item of a list into lines; those after the first are indented.
pub(super) fn wrap_item(text: &str) -> String {
    wrap(text).replace('\n', "\n  ")
}

/// Keeps rustdoc from reading links and tags where the model means plain text; code between backticks stays.
fn escape(text: &str) -> String {
    let mut code = false;
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '`' => code = !code,
            '[' | ']' | '<' | '>' if !code => escaped.push('\\'),
            _ => {}
        }
        escaped.push(character);
    }
    escaped
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
        assert_eq!(wrap(&"word ".repeat(30)).lines().count(), 2);
    }
}
