//! Tokens → text on one line, with the usual spaces.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// Formats tokens. Paths through the standard library to names that are always in scope are shortened.
pub(super) fn compact(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    for (path, name) in PRELUDE {
        text = text.replace(path, name);
    }
    // Formatted code has a comma after the last parameter of a long list.
    text.replace(", >", ">").trim().to_owned()
}

/// Names of the prelude. Files of the generated code write their paths only if a type of the model has the same name.
const PRELUDE: [(&str, &str); 14] = [
    ("std::boxed::Box", "Box"),
    ("std::clone::Clone", "Clone"),
    ("std::convert::AsRef", "AsRef"),
    ("std::convert::From", "From"),
    ("std::convert::Into", "Into"),
    ("std::default::Default", "Default"),
    ("std::iter::IntoIterator", "IntoIterator"),
    ("std::iter::Iterator", "Iterator"),
    ("std::option::Option", "Option"),
    ("std::result::Result", "Result"),
    ("std::string::String", "String"),
    ("std::vec::Vec", "Vec"),
    ("impl::serde::", "impl serde::"),
    (">::serde::", "> serde::"),
];

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Bracket if text.ends_with(char::is_alphanumeric) => (" [", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.truncate(text.trim_end().len());
                text.push_str(close);
            }
            TokenTree::Punct(mark) => {
                let joint = mark.spacing() == Spacing::Joint;
                let before = text.chars().next_back();
                match (mark.as_char(), before) {
                    // `->`, `=>`
                    ('>', Some('-' | '=')) => text.push_str("> "),
                    ('-' | '=' | '+', _) => {
                        if !text.ends_with(' ') {
                            text.push(' ');
                        }
                        text.push(mark.as_char());
                        if !joint {
                            text.push(' ');
                        }
                    }
                    (':', Some(':')) => text.push(':'),
                    (':', _) => text.push_str(if joint { ":" } else { ": " }),
                    (',' | ';', _) => text.push_str(&format!("{} ", mark.as_char())),
                    (mark, _) => text.push(mark),
                }
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                if text.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | ')' | ']' | '>'))
                    && !text.ends_with("::")
                {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
            }
        }
    }
}
