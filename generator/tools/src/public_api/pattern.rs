//! The patterns of declarative macros: matching tokens, and replacing them.

use std::collections::BTreeMap;
use std::rc::Rc;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};

/// A part of a pattern or of its replacement.
#[derive(Debug)]
pub(super) enum Part {
    /// A token that stands for itself.
    Token(TokenTree),
    /// Parts between delimiters.
    Group(Delimiter, Vec<Part>),
    /// `$name`, in a pattern with the kind of syntax that it matches.
    Variable(String, String),
    /// `$(…)*`, with a separator.
    Repeated(Vec<Part>, Option<TokenTree>),
}

/// What a variable matched.
#[derive(Clone, Debug)]
enum Value {
    Once(TokenStream),
    Repeated(Rc<Vec<Values>>),
}

/// What the variables of a pattern matched, by name.
pub(super) type Values = BTreeMap<String, Matched>;

/// What a variable matched, in a repetition or not.
#[derive(Clone, Debug)]
pub(super) struct Matched(Value);

/// Parses a pattern or a replacement.
pub(super) fn parse(tokens: TokenStream) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let part = match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match rest.next() {
                Some(TokenTree::Ident(name)) if name == "crate" => Part::Token(TokenTree::Ident(name)),
                Some(TokenTree::Ident(name)) => {
                    let kind = kind_of(&mut rest);
                    Part::Variable(name.to_string(), kind)
                }
                Some(TokenTree::Group(group)) => {
                    let mut separator = None;
                    for next in rest.by_ref() {
                        match &next {
                            TokenTree::Punct(mark) if matches!(mark.as_char(), '*' | '+' | '?') => break,
                            _ => separator = Some(next),
                        }
                    }
                    Part::Repeated(parse(group.stream()), separator)
                }
                Some(other) => Part::Token(other),
                None => break,
            },
            TokenTree::Group(group) => Part::Group(group.delimiter(), parse(group.stream())),
            other => Part::Token(other),
        };
        parts.push(part);
    }
    parts
}

/// Takes `:kind` off the tokens, if they begin with it.
fn kind_of(rest: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) -> String {
    const KINDS: [&str; 13] =
        ["block", "expr", "ident", "item", "lifetime", "literal", "meta", "pat", "path", "stmt", "tt", "ty", "vis"];
    let mut ahead = rest.clone();
    let colon = matches!(ahead.next(), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    match ahead.next() {
        Some(TokenTree::Ident(kind)) if colon && KINDS.contains(&kind.to_string().as_str()) => {
            *rest = ahead;
            kind.to_string()
        }
        _ => String::new(),
    }
}

/// Matches tokens with a whole pattern.
pub(super) fn matches(pattern: &[Part], tokens: TokenStream) -> Option<Values> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (values, rest) = match_parts(pattern, &tokens)?;
    rest.is_empty().then_some(values)
}

/// Matches the start of the tokens. Returns the values and the other tokens.
fn match_parts<'t>(pattern: &[Part], tokens: &'t [TokenTree]) -> Option<(Values, &'t [TokenTree])> {
    let mut values = Values::new();
    let mut rest = tokens;
    for part in pattern {
        match part {
            Part::Token(wanted) => {
                let (first, others) = rest.split_first()?;
                (wanted.to_string() == first.to_string()).then_some(())?;
                rest = others;
            }
            Part::Group(delimiter, parts) => {
                let (TokenTree::Group(group), others) = rest.split_first()? else { return None };
                (group.delimiter() == *delimiter).then_some(())?;
                values.extend(matches(parts, group.stream())?);
                rest = others;
            }
            Part::Variable(name, kind) => {
                let (value, others) = match_kind(kind, rest)?;
                values.insert(name.clone(), Matched(Value::Once(value)));
                rest = others;
            }
            Part::Repeated(parts, separator) => {
                let mut all = Vec::new();
                while let Some((found, others)) = match_parts(parts, rest) {
                    if others.len() == rest.len() {
                        break;
                    }
                    all.push(found);
                    rest = others;
                    match (separator, rest.split_first()) {
                        (None, _) => {}
                        (Some(wanted), Some((first, others))) if wanted.to_string() == first.to_string() => {
                            rest = others;
                        }
                        _ => break,
                    }
                }
                let all = Rc::new(all);
                for name in names(parts) {
                    values.insert(name, Matched(Value::Repeated(Rc::clone(&all))));
                }
            }
        }
    }
    Some((values, rest))
}

/// The variables in a part of a pattern.
fn names(parts: &[Part]) -> Vec<String> {
    let of_part = |part: &Part| match part {
        Part::Token(_) => Vec::new(),
        Part::Variable(name, _) => vec![name.clone()],
        Part::Group(_, parts) | Part::Repeated(parts, _) => names(parts),
    };
    parts.iter().flat_map(of_part).collect()
}

/// Matches one piece of syntax. What is more than a token is kept in an invisible group, which matches no token of
/// another pattern, as in the compiler.
fn match_kind<'t>(kind: &str, tokens: &'t [TokenTree]) -> Option<(TokenStream, &'t [TokenTree])> {
    let (first, others) = tokens.split_first()?;
    let one = || Some((TokenStream::from(first.clone()), others));
    match (kind, first) {
        ("tt", _) | ("ident", TokenTree::Ident(_)) | ("literal", TokenTree::Literal(_)) => one(),
        ("literal", TokenTree::Ident(word)) if word == "true" || word == "false" => one(),
        ("ty", _) => parsed::<syn::Type>(tokens),
        ("expr", _) => parsed::<syn::Expr>(tokens),
        ("path", _) => parsed::<syn::Path>(tokens),
        ("block", _) => parsed::<syn::Block>(tokens),
        ("item", _) => parsed::<syn::Item>(tokens),
        ("vis", _) => parsed::<syn::Visibility>(tokens),
        ("lifetime", _) => parsed::<syn::Lifetime>(tokens),
        ("meta", _) => parsed::<syn::Meta>(tokens),
        _ => None,
    }
}

fn parsed<T: syn::parse::Parse + ToTokens>(tokens: &[TokenTree]) -> Option<(TokenStream, &[TokenTree])> {
    let stream: TokenStream = tokens.iter().cloned().collect();
    let parser = |input: ParseStream<'_>| Ok((input.parse::<T>()?, input.parse::<TokenStream>()?));
    let (found, rest) = parser.parse2(stream).ok()?;
    let group = Group::new(Delimiter::None, found.into_token_stream());
    let consumed = tokens.len().checked_sub(rest.into_iter().count())?;
    Some((TokenTree::Group(group).into(), tokens.get(consumed..)?))
}

/// Replaces the variables by their values.
pub(super) fn replaced(parts: &[Part], values: &Values) -> TokenStream {
    let mut tokens = TokenStream::new();
    for part in parts {
        match part {
            Part::Token(token) => tokens.extend([token.clone()]),
            Part::Group(delimiter, parts) => {
                tokens.extend([TokenTree::Group(Group::new(*delimiter, replaced(parts, values)))]);
            }
            Part::Variable(name, _) => match values.get(name) {
                Some(Matched(Value::Once(value))) => tokens.extend(value.clone()),
                // `$name` without a value stays visible, so that parsing the result fails.
                _ => tokens.extend([TokenTree::Ident(Ident::new("_", proc_macro2::Span::call_site()))]),
            },
            Part::Repeated(parts, separator) => {
                // Variables of several repetitions advance together.
                let repeated: Vec<_> = names(parts)
                    .into_iter()
                    .filter_map(|name| match values.get(&name) {
                        Some(Matched(Value::Repeated(all))) => Some(all),
                        _ => None,
                    })
                    .collect();
                let count = repeated.iter().map(|all| all.len()).min().unwrap_or(0);
                let outer: Values = values
                    .iter()
                    .filter(|(_, value)| matches!(value.0, Value::Once(_)))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                for index in 0..count {
                    if index > 0 {
                        tokens.extend(separator.clone());
                    }
                    let mut all = outer.clone();
                    for inner in repeated.iter().filter_map(|all| all.get(index)) {
                        all.extend(inner.clone());
                    }
                    tokens.extend(replaced(parts, &all));
                }
            }
        }
    }
    tokens
}

/// Removes invisible groups.
pub(super) fn flat(tokens: TokenStream) -> TokenStream {
    let mut found = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => found.extend(flat(group.stream())),
            TokenTree::Group(group) => {
                found.extend([TokenTree::Group(Group::new(group.delimiter(), flat(group.stream())))]);
            }
            other => found.extend([other]),
        }
    }
    found
}
