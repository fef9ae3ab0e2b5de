//! The macros of the SDK's hand-written sources, which generated code calls, and their expansion.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ovirt_sdk_generator::files::GENERATED;
use proc_macro2::{TokenStream, TokenTree};

use super::description::ApiError;
use super::pattern::{self, Part};
use super::use_paths::use_paths;

/// The hand-written sources of the SDK, relative to the root of the workspace.
const SOURCES: &str = "generated-sdk/src";

/// A rule of a macro: a pattern and its replacement.
#[derive(Debug)]
struct Rule {
    pattern: Vec<Part>,
    replacement: Vec<Part>,
}

/// What generated code needs from the hand-written sources of the SDK: the macros that it calls, and the public names
/// under which its items are exported.
#[derive(Debug, Default)]
pub struct Runtime {
    macros: BTreeMap<String, Vec<Rule>>,
    /// Public exports: the public module, and the path in the generated sources; `*` exports a whole module.
    pub(super) exports: Vec<(String, Vec<String>)>,
}

impl Runtime {
    /// Reads the hand-written sources of a workspace.
    pub fn read(root: &Path) -> Result<Self, ApiError> {
        let mut runtime = Self::default();
        let sources = root.join(SOURCES);
        let mut folders = vec![sources.clone()];
        while let Some(folder) = folders.pop() {
            let failed = |error: std::io::Error| ApiError::new(&folder.to_string_lossy(), error);
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path.is_dir() && path != root.join(GENERATED) {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    runtime.add(&sources, &path)?;
                }
            }
        }
        runtime.exports.sort();
        Ok(runtime)
    }

    fn add(&mut self, sources: &Path, path: &PathBuf) -> Result<(), ApiError> {
        let shown = path.to_string_lossy();
        let text = fs::read_to_string(path).map_err(|error| ApiError::new(&shown, error))?;
        let file = syn::parse_file(&text).map_err(|error| ApiError::new(&shown, error))?;
        let module = path.strip_prefix(sources).unwrap_or(path).with_extension("");
        let module: Vec<_> = module.iter().map(|part| part.to_string_lossy()).collect();
        let module = module.join("::");
        let module = if module == "lib" { "" } else { &module };
        for item in &file.items {
            match item {
                syn::Item::Macro(item) if item.mac.path.is_ident("macro_rules") && !is_off(&item.attrs) => {
                    if let Some(name) = &item.ident {
                        self.macros.insert(name.to_string(), rules(item.mac.tokens.clone()));
                    }
                }
                syn::Item::Use(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
                    for path in use_paths(&item.tree) {
                        let path = path.into_iter().skip_while(|part| part == "crate").collect::<Vec<_>>();
                        if let Some((first, rest)) = path.split_first()
                            && first == "generated"
                        {
                            self.exports.push((module.to_owned(), rest.to_vec()));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Expands the call of a macro to items.
    pub(super) fn expand(&self, path: &syn::Path, tokens: TokenStream) -> Result<TokenStream, String> {
        let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let rules = self.macros.get(&name).ok_or_else(|| format!("unknown macro `{name}`"))?;
        let found = rules.iter().find_map(|rule| Some((rule, pattern::matches(&rule.pattern, tokens.clone())?)));
        let (rule, values) = found.ok_or_else(|| format!("no rule of `{name}` matches `{tokens}`"))?;
        Ok(pattern::replaced(&rule.replacement, &values))
    }
}

/// Whether an item exists only without a feature. The description covers all features.
fn is_off(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            list.tokens.clone().into_iter().next().is_some_and(|first| first.to_string() == "not")
        }
        _ => false,
    })
}

/// The rules of a macro: pairs of groups with `=>` between them.
fn rules(tokens: TokenStream) -> Vec<Rule> {
    let groups: Vec<TokenStream> = tokens
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        })
        .collect();
    let pairs = groups.chunks_exact(2).filter_map(|pair| match pair {
        [pattern, replacement] => {
            Some(Rule { pattern: pattern::parse(pattern.clone()), replacement: pattern::parse(replacement.clone()) })
        }
        _ => None,
    });
    pairs.collect()
}
