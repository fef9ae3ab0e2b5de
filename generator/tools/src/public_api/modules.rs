//! The generated sources as a tree of modules, with all macros expanded, and the public paths of their items.

use std::collections::BTreeMap;

use ovirt_sdk_generator::files::{Files, GENERATED};

use super::description::ApiError;
use super::macros::Runtime;
use super::pattern;
use super::use_paths::use_paths;

/// The items of all modules, by the path of the module in the generated sources.
pub(super) struct Modules {
    pub(super) items: BTreeMap<Vec<String>, Vec<syn::Item>>,
    /// The public paths of items, by their paths in the generated sources.
    pub(super) public: BTreeMap<Vec<String>, Vec<String>>,
}

impl Modules {
    pub(super) fn read(files: &Files, runtime: &Runtime) -> Result<Self, ApiError> {
        let mut modules = Self { items: BTreeMap::new(), public: BTreeMap::new() };
        for (path, text) in files {
            let inside = path.strip_prefix(GENERATED).and_then(|rest| rest.strip_prefix('/'));
            let Some(inside) = inside.and_then(|inside| inside.strip_suffix(".rs")) else { continue };
            let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
            module.pop_if(|last| last == "mod");
            let file = syn::parse_file(text).map_err(|error| ApiError::new(path, error))?;
            modules.add(module, file.items, runtime).map_err(|cause| ApiError::new(path, cause))?;
        }
        for (public, inside) in &runtime.exports {
            let prefix: Vec<String> = public.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
            modules.export_path(inside, &prefix);
        }
        Ok(modules)
    }

    fn add(&mut self, module: Vec<String>, items: Vec<syn::Item>, runtime: &Runtime) -> Result<(), String> {
        for item in items {
            match item {
                syn::Item::Macro(call) if call.ident.is_none() => {
                    let tokens = runtime.expand(&call.mac.path, call.mac.tokens)?;
                    // Calls in the expansion see invisible groups, everything else does not.
                    for item in expanded(tokens)? {
                        self.add(module.clone(), vec![item], runtime)?;
                    }
                }
                syn::Item::Mod(mut inner) => {
                    let mut path = module.clone();
                    path.push(inner.ident.to_string());
                    if let Some((_, items)) = inner.content.take() {
                        self.add(path, items, runtime)?;
                    }
                    self.items.entry(module.clone()).or_default().push(syn::Item::Mod(inner));
                }
                item => self.items.entry(module.clone()).or_default().push(item),
            }
        }
        Ok(())
    }

    /// Exports an item, or everything in a module, under a public path.
    fn export_path(&mut self, inside: &[String], prefix: &[String]) {
        match inside.split_last() {
            Some((last, module)) if last == "*" => self.export_module(module, prefix),
            Some((last, module)) => {
                let public = prefix.iter().chain([last]).cloned().collect();
                self.export_item(module, last, public);
            }
            None => {}
        }
    }

    fn export_item(&mut self, module: &[String], name: &str, public: Vec<String>) {
        let path: Vec<String> = module.iter().cloned().chain([name.to_owned()]).collect();
        if self.items.contains_key(&path) {
            self.export_module(&path, &public);
        } else if let Some((module, name)) = self.find_use(module, name) {
            self.export_item(&module, &name, public);
        } else {
            self.public.entry(path).or_insert(public);
        }
    }

    /// The path that a module imports under a name.
    fn find_use(&self, module: &[String], name: &str) -> Option<(Vec<String>, String)> {
        let uses = self.items.get(module)?.iter().filter_map(|item| match item {
            syn::Item::Use(item) => Some(&item.tree),
            _ => None,
        });
        let mut paths = uses.flat_map(use_paths).filter(|path| path.last().is_some_and(|last| last == name));
        let path = absolute(module, &paths.next()?);
        let (last, module) = path.split_last()?;
        Some((module.to_vec(), last.clone()))
    }

    fn export_module(&mut self, module: &[String], prefix: &[String]) {
        let mut names = Vec::new();
        for item in self.items.get(module).into_iter().flatten() {
            match item {
                syn::Item::Use(item) if is_public(&item.vis) => {
                    names.extend(use_paths(&item.tree).into_iter().map(|path| absolute(module, &path)));
                }
                item => names.extend(declared(item).map(|name| module.iter().cloned().chain([name]).collect())),
            }
        }
        for path in names {
            self.export_path(&path, prefix);
        }
    }

    /// The public path of a path in a module, as written there. `None` if it is not public.
    pub(super) fn public_path(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let inside = absolute(module, path);
        let imported = || {
            let (last, module) = inside.split_last()?;
            let (mut path, name) = self.find_use(module, last)?;
            path.push(name);
            self.public.get(&path)
        };
        let is_public = || self.public.values().any(|public| *public == inside);
        match self.public.get(&inside).or_else(imported) {
            Some(public) => Some(public.clone()),
            None => is_public().then(|| inside.clone()),
        }
    }
}

/// Parses the expansion of a macro.
fn expanded(tokens: proc_macro2::TokenStream) -> Result<Vec<syn::Item>, String> {
    let failed = |error: syn::Error| format!("can't parse the expansion of a macro: {error}");
    let file: syn::File = syn::parse2(tokens).map_err(failed)?;
    let flat = |item: syn::Item| match item {
        call @ syn::Item::Macro(_) => Ok(call),
        item => syn::parse2(pattern::flat(quote::ToTokens::into_token_stream(item))).map_err(failed),
    };
    file.items.into_iter().map(flat).collect()
}

/// A path relative to the root of the generated sources. `crate::types` is where the generated types are exported, so
/// paths through it are public already.
fn absolute(module: &[String], path: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = path;
    loop {
        match rest.split_first() {
            Some((first, others)) if first == "super" => {
                base.pop();
                rest = others;
            }
            Some((first, others)) if first == "crate" => {
                base.clear();
                rest = others;
            }
            Some((first, others)) if first == "self" || (first == "generated" && base.is_empty()) => rest = others,
            _ => break,
        }
    }
    base.extend(rest.iter().cloned());
    base
}

pub(super) fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// The name of a public item.
fn declared(item: &syn::Item) -> Option<String> {
    let (visibility, name) = match item {
        syn::Item::Const(item) => (&item.vis, &item.ident),
        syn::Item::Enum(item) => (&item.vis, &item.ident),
        syn::Item::Fn(item) => (&item.vis, &item.sig.ident),
        syn::Item::Mod(item) => (&item.vis, &item.ident),
        syn::Item::Static(item) => (&item.vis, &item.ident),
        syn::Item::Struct(item) => (&item.vis, &item.ident),
        syn::Item::Trait(item) => (&item.vis, &item.ident),
        syn::Item::Type(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    is_public(visibility).then(|| name.to_string())
}
