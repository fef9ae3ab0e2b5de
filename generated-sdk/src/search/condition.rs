//! Conditions and their combinations.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Not;

use super::normal_form;
use super::tree::{Comparison, Relation, Tree};
use crate::error::Error;

/// A condition on objects of a type.
///
/// It is a value: nothing is sent until a list request with it is. A condition that the search language can't express
/// makes the request fail.
#[must_use = "a condition does nothing by itself"]
pub struct Condition<T> {
    /// The comparisons, or why they can't be expressed.
    tree: Result<Tree, String>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Condition<T> {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone(), of: PhantomData }
    }
}

impl<T> fmt::Debug for Condition<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        f.debug_tuple("Condition").field(&text.as_ref().unwrap_or_else(|problem| problem)).finish()
    }
}

impl<T> Condition<T> {
    fn new(tree: Result<Tree, String>) -> Self {
        Self { tree, of: PhantomData }
    }

    pub(super) fn comparison(field: &'static str, relation: Relation, value: Result<String, String>) -> Self {
        Self::new(value.map(|value| Tree::Is(Comparison { related: None, field, relation, value })))
    }

    pub(super) fn invalid(problem: String) -> Self {
        Self::new(Err(problem))
    }

    pub(super) fn of_related<Related>(self, name: &'static str) -> Condition<Related> {
        let tree = self.tree.and_then(|mut tree| {
            tree.each(&mut |comparison| match comparison.related.replace(name) {
                None => Ok(()),
                Some(other) => Err(format!("a search can't contain `{name}.{other}.{}`", comparison.field)),
            })?;
            Ok(tree)
        });
        Condition::new(tree)
    }

    fn joined(conditions: impl IntoIterator<Item = Self>, join: fn(Vec<Tree>) -> Tree) -> Self {
        let trees: Result<Vec<Tree>, String> = conditions.into_iter().map(|condition| condition.tree).collect();
        Self::new(trees.and_then(|trees| match trees.as_slice() {
            [] => Err("a search needs at least one condition".to_owned()),
            [only] => Ok(only.clone()),
            _ => Ok(join(trees)),
        }))
    }

    /// Objects that fulfill at least one of the conditions. There must be one.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(conditions, Tree::Any)
    }

    /// Objects that fulfill all of the conditions. There must be one.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(conditions, Tree::All)
    }

    /// Objects that fulfill both conditions.
    pub fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// Objects that fulfill at least one of both conditions.
    pub fn or(self, other: Self) -> Self {
        Self::any([self, other])
    }

    /// The text in the search language.
    ///
    /// # Errors
    ///
    /// When the language can't express the condition.
    pub fn to_text(&self) -> Result<String, Error> {
        self.text().map_err(Error::request)
    }

    pub(super) fn text(&self) -> Result<String, String> {
        normal_form::text(self.tree.as_ref().map_err(Clone::clone)?)
    }
}

/// Objects that do not fulfill the condition. Objects without a value differ from every value. `<` and `>` can't be
/// negated, because objects without a value fulfill neither a comparison nor the opposite one: the request fails.
impl<T> Not for Condition<T> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(self.tree.and_then(Tree::negated))
    }
}
