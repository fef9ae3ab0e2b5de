//! The differences between two public APIs, and what they mean for programs.

use std::collections::BTreeSet;

use super::description::{ApiItem, PublicApi};

/// A difference of an item.
#[derive(Clone, Debug)]
pub struct ApiChange<'a> {
    /// The path of the item.
    pub path: &'a str,
    /// The item before, unless it is new.
    pub old: Option<&'a ApiItem>,
    /// The item now, unless it was removed.
    pub new: Option<&'a ApiItem>,
    /// Whether programs that use the item may no longer compile.
    pub is_breaking: bool,
}

/// Compares two public APIs. The differences are sorted by path.
pub fn compare<'a>(old: &'a PublicApi, new: &'a PublicApi) -> Vec<ApiChange<'a>> {
    let paths: BTreeSet<&String> = old.items.keys().chain(new.items.keys()).collect();
    let change = |path: &'a String| {
        let (old_item, new_item) = (old.items.get(path), new.items.get(path));
        let is_breaking = match (old_item, new_item) {
            (Some(a), Some(b)) if a.text == b.text => return None,
            (Some(a), Some(b)) => !only_gains_bounds(&a.text, &b.text) && !accepts_more(&a.text, &b.text),
            (Some(_), None) => true,
            (None, Some(added)) => breaks_owner(old, added),
            (None, None) => return None,
        };
        Some(ApiChange { path, old: old_item, new: new_item, is_breaking })
    };
    paths.into_iter().filter_map(change).collect()
}

/// Whether a trait only gets further supertraits. Only types of this crate implement the traits.
fn only_gains_bounds(old: &str, new: &str) -> bool {
    let bounds = |text: &str| -> Option<(String, BTreeSet<String>)> {
        let (name, bounds) = text.strip_prefix("trait ")?.split_once(": ")?;
        Some((name.to_owned(), bounds.split(" + ").map(str::to_owned).collect()))
    };
    match (bounds(old), bounds(new)) {
        (Some((a, old)), Some((b, new))) => a == b && old.is_subset(&new),
        _ => false,
    }
}

/// The beginnings of arguments that accept every text and more: the traits are implemented for all texts.
const TEXTS_AND_MORE: [&str; 3] = ["impl search::Query<", "impl link::Query<", "impl crate::link::Query<"];

/// Whether a function only accepts more than before.
fn accepts_more(old: &str, new: &str) -> bool {
    with_texts(new).is_some_and(|new| new == old)
}

/// The declaration with arguments that accept only texts, in place of those that accept more. `None` if there are none.
fn with_texts(text: &str) -> Option<String> {
    let (start, beginning) = TEXTS_AND_MORE.iter().find_map(|beginning| Some((text.find(beginning)?, beginning)))?;
    let (before, rest) = (text.get(..start)?, text.get(start + beginning.len()..)?);
    let mut depth = 1;
    let is_end = |c: char| {
        depth += match c {
            '<' => 1,
            '>' => -1,
            _ => 0,
        };
        depth == 0
    };
    let (_, after) = rest.split_at_checked(rest.find(is_end)? + 1)?;
    let text = format!("{before}impl Into<String>{after}");
    Some(with_texts(&text).unwrap_or(text))
}

/// Whether a new item breaks programs that use its owner: an item that implementations of a trait must have, or a field or
/// variant of a type that programs can list completely.
fn breaks_owner(old: &PublicApi, added: &ApiItem) -> bool {
    let Some(owner) = old.items.get(&added.owner) else { return false };
    let is_part = ["field ", "variant "].iter().any(|kind| added.text.starts_with(kind));
    added.text.starts_with("required ") || (is_part && !owner.text.contains("#[non_exhaustive]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(items: &[(&str, &str, &str)]) -> PublicApi {
        let item = |(path, owner, text): &(&str, &str, &str)| {
            let item =
                ApiItem { owner: (*owner).to_owned(), name: None, text: (*text).to_owned(), is_deprecated: false };
            ((*path).to_owned(), item)
        };
        PublicApi { items: items.iter().map(item).collect() }
    }

    fn breaks(old: &[(&str, &str, &str)], new: &[(&str, &str, &str)]) -> Vec<bool> {
        compare(&api(old), &api(new)).iter().map(|change| change.is_breaking).collect()
    }

    #[test]
    fn an_argument_that_accepts_more_does_not_break() {
        let texts = ("L::search", "L", "fn L::search(self, impl Into<String>) -> Self");
        let more = ("L::search", "L", "fn L::search(self, impl search::Query<List<types::Vm>>) -> Self");
        assert_eq!(breaks(&[texts], &[more]), [false]);
        assert_eq!(breaks(&[more], &[texts]), [true]);
        let other = ("L::search", "L", "fn L::search(self, impl search::Query<List<types::Vm>>) -> u8");
        assert_eq!(breaks(&[texts], &[other]), [true]);
    }

    #[test]
    fn what_breaks() {
        let open = ("E", "E", "enum E");
        let variant = ("E::A", "E", "variant E::A");
        assert_eq!(breaks(&[open], &[open, variant]), [true]);
        let closed = ("E", "E", "#[non_exhaustive] enum E");
        assert_eq!(breaks(&[closed], &[closed, variant]), [false]);
        assert_eq!(breaks(&[closed, variant], &[closed]), [true]);
        assert_eq!(breaks(&[open], &[closed]), [true]);
        assert_eq!(breaks(&[], &[open, variant]), [false, false]);
        let (one, two) = (("T", "T", "trait T: A"), ("T", "T", "trait T: A + B"));
        assert_eq!(breaks(&[one], &[two]), [false]);
        assert_eq!(breaks(&[two], &[one]), [true]);
        assert_eq!(breaks(&[one], &[one, ("T::f", "T", "required fn T::f()")]), [true]);
        assert_eq!(breaks(&[one], &[one, ("T::f", "T", "fn T::f()")]), [false]);
    }
}
