//! The paths in `use` declarations.

/// The paths that a `use` imports. The last part is the name in the importing module, or `*`.
pub(super) fn use_paths(tree: &syn::UseTree) -> Vec<Vec<String>> {
    let prefixed = |name: String, paths: Vec<Vec<String>>| {
        paths.into_iter().map(|path| std::iter::once(name.clone()).chain(path).collect()).collect()
    };
    match tree {
        syn::UseTree::Path(path) => prefixed(path.ident.to_string(), use_paths(&path.tree)),
        syn::UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        syn::UseTree::Rename(name) => vec![vec![name.ident.to_string()]],
        syn::UseTree::Glob(_) => vec![vec!["*".to_owned()]],
        syn::UseTree::Group(group) => group.items.iter().flat_map(use_paths).collect(),
    }
}
