//! Searches: a condition and an order.

use std::fmt;

use super::condition::Condition;
use super::field::Field;
use crate::error::Error;
use crate::object::Struct;
use crate::types::List;

/// A search for objects of a type: a [`Condition`], and the order of the results.
#[must_use = "a search does nothing by itself"]
pub struct Search<T> {
    condition: Option<Condition<T>>,
    /// The name of the field, and whether the largest comes first.
    order: Option<(&'static str, bool)>,
}

impl<T> Clone for Search<T> {
    fn clone(&self) -> Self {
        Self { condition: self.condition.clone(), order: self.order }
    }
}

impl<T> fmt::Debug for Search<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        f.debug_tuple("Search").field(&text.as_ref().unwrap_or_else(|problem| problem)).finish()
    }
}

impl<T> From<Condition<T>> for Search<T> {
    fn from(condition: Condition<T>) -> Self {
        Self { condition: Some(condition), order: None }
    }
}

impl<T> Condition<T> {
    /// A search for these objects, sorted by a field, smallest first.
    pub fn sort_by<K>(self, field: Field<T, K>) -> Search<T> {
        Search::from(self).sort_by(field)
    }

    /// A search for these objects, sorted by a field, largest first.
    pub fn sort_by_descending<K>(self, field: Field<T, K>) -> Search<T> {
        Search::from(self).sort_by_descending(field)
    }
}

impl<T> Search<T> {
    /// A search for all objects.
    pub fn all() -> Self {
        Self { condition: None, order: None }
    }

    /// Sorts by a field, smallest first. The engine can sort by one field only.
    pub fn sort_by<K>(self, field: Field<T, K>) -> Self {
        Self { order: Some((field.name, false)), ..self }
    }

    /// Sorts by a field, largest first.
    pub fn sort_by_descending<K>(self, field: Field<T, K>) -> Self {
        Self { order: Some((field.name, true)), ..self }
    }

    /// The text in the search language.
    ///
    /// # Errors
    ///
    /// When the language can't express the condition.
    pub fn to_text(&self) -> Result<String, Error> {
        self.text().map_err(Error::request)
    }

    fn text(&self) -> Result<String, String> {
        let condition = self.condition.as_ref().map(Condition::text).transpose()?;
        let order = self.order.map(|(field, descending)| {
            let direction = if descending { "desc" } else { "asc" };
            format!("sortby {field} {direction}")
        });
        Ok(condition.into_iter().chain(order).collect::<Vec<_>>().join(" "))
    }
}

/// The text of a search.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct SearchText {
    pub(crate) text: Result<String, String>,
    /// Whether it was written by hand, so that it can contain mistakes.
    pub(crate) is_raw: bool,
}

/// Objects that are searched with the fields of a type, which is usually their own.
pub trait SearchedAs<T> {}

impl<T: Struct> SearchedAs<T> for T {}

/// What the `search` method of a list request takes: a text in the search language, or a [`Condition`] or [`Search`] for the
/// objects of the list.
pub trait Query<Answer> {
    /// The text of the search.
    #[doc(hidden)]
    fn into_search(self) -> SearchText;
}

impl<Answer, S: Into<String>> Query<Answer> for S {
    fn into_search(self) -> SearchText {
        SearchText { text: Ok(self.into()), is_raw: true }
    }
}

impl<T, Item: SearchedAs<T> + Struct> Query<List<Item>> for Condition<T> {
    fn into_search(self) -> SearchText {
        SearchText { text: self.text(), is_raw: false }
    }
}

impl<T, Item: SearchedAs<T> + Struct> Query<List<Item>> for Search<T> {
    fn into_search(self) -> SearchText {
        SearchText { text: self.text(), is_raw: false }
    }
}
