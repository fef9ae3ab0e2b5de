//! What holds inside of the fake engine beyond layers: every effect and every signal that is declared is registered.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::root;
use crate::sources::Sources;

const FAKE_ENGINE: &str = "generated-sdk/fake-engine/src";

#[test]
fn each_effect_is_registered_exactly_once() {
    let sources = Sources::read(&root(), FAKE_ENGINE);
    let declared = variants(&sources, "effects");
    let registered = variants(&sources, "on_effect");
    assert!(!declared.is_empty(), "no effects are declared with `effects!`");
    let mut problems = Vec::new();
    for (effect, places) in &declared {
        match registered.get(effect).map_or(&[][..], Vec::as_slice) {
            [_] => {}
            [] => problems.push(format!("{}: `{effect}` is never registered", places.join(", "))),
            places => problems.push(format!("`{effect}` is registered {} times: {}", places.len(), places.join(", "))),
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn each_signal_is_emitted_and_has_subscribers() {
    let sources = Sources::read(&root(), FAKE_ENGINE);
    let declared = variants(&sources, "signals");
    let subscribed = variants(&sources, "on_signal");
    assert!(!declared.is_empty(), "no signals are declared with `signals!`");
    let unheard: Vec<&String> = declared.keys().filter(|signal| !subscribed.contains_key(*signal)).collect();
    assert!(unheard.is_empty(), "signals without a subscriber: {unheard:?}");
}

/// The names followed by braces in all calls of a macro, with the files and lines of the calls.
fn variants(sources: &Sources, name: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources.iter() {
        let mut calls = Calls { name, tokens: Vec::new() };
        calls.visit_file(&source.syntax);
        for (variant, line) in calls.tokens.into_iter().flat_map(names_before_braces) {
            found.entry(variant).or_default().push(format!("{}:{line}", source.shown));
        }
    }
    found
}

/// The tokens of all calls of one macro.
struct Calls<'n> {
    name: &'n str,
    tokens: Vec<TokenStream>,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.segments.last().is_some_and(|segment| segment.ident == self.name) {
            self.tokens.push(call.tokens.clone());
        }
        visit::visit_macro(self, call);
    }
}

/// Every name in capitals that is followed by braces at the top level of a macro's tokens.
fn names_before_braces(tokens: TokenStream) -> Vec<(String, usize)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    let names = pairs.filter_map(|(name, braces)| match (name, braces) {
        (TokenTree::Ident(name), TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Some((name.to_string(), name.span().start().line))
        }
        _ => None,
    });
    names.filter(|(name, _)| name.starts_with(char::is_uppercase)).collect()
}
