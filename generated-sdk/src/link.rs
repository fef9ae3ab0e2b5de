//! The links of objects to others, as constants with types: the objects that have a link, and what it leads to.
//!
//! The structs of the API have a constant for each link that an engine can follow, such as
//! [`Vm::NICS`](crate::types::Vm::NICS).

mod query;

use std::fmt;
use std::marker::PhantomData;

use crate::list::List;
use crate::markup::DataError;
use crate::object::{Object, Struct, get, inner_objects, member};
pub use query::Query;
pub(crate) use query::{FollowText, unfollowed};

/// A link from objects of the type `F` to `T`: an object, a [`List`] of objects, or an `Option` of one of them, if not all
/// objects have the link.
///
/// The constants of the types are links: [`Vm::NICS`](crate::types::Vm::NICS). See [`follow`](crate::follow).
pub struct Link<F, T> {
    /// The name of the field in the API.
    name: &'static str,
    of: PhantomData<fn() -> (F, T)>,
}

impl<F, T> Clone for Link<F, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, T> Copy for Link<F, T> {}

impl<F, T> fmt::Debug for Link<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.name).finish()
    }
}

/// What a [`Link`] leads to.
///
/// Sealed: the crate implements it.
pub trait Target: sealed::Sealed {
    /// The type of the object, or of the items of the list.
    type Object: Struct;
}

/// What a [`Link`] leads to that all objects have, so that the engine can follow it for all of them.
///
/// Sealed: the crate implements it.
#[diagnostic::on_unimplemented(
    message = "the engine can't follow a link to `{Self}`, because not all objects have it",
    note = "the request would fail as soon as one object lacks the link",
    note = "send the request without it, and then read the link with `Connection::follow_each`"
)]
pub trait Certain: Target {}

mod sealed {
    use super::{List, Struct};

    pub trait Sealed {}
    impl<T: Struct> Sealed for T {}
    impl<T: Struct> Sealed for List<T> {}
    impl<T: Sealed> Sealed for Option<T> {}
}

impl<T: Struct> Target for T {
    type Object = T;
}

impl<T: Struct> Target for List<T> {
    type Object = T;
}

impl<T: Target> Target for Option<T> {
    type Object = T::Object;
}

impl<T: Struct> Certain for T {}

impl<T: Struct> Certain for List<T> {}

impl<F, T> Link<F, T> {
    #[allow(dead_code, reason = "whether structs have links depends on the model")]
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    /// The name in the API.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<F: Struct, T: Struct> Link<F, T> {
    /// The linked object.
    ///
    /// # Errors
    ///
    /// When the object has no such link.
    pub fn of(self, object: &F) -> Result<&T, DataError> {
        get::<_, Box<T>>(object, self.name)
            .map(|linked| &**linked)
            .ok_or_else(|| DataError::absent(F::INFO.name, self.name))
    }
}

impl<F: Struct, T: Struct> Link<F, Option<T>> {
    /// The linked object, or `None` if the object has no such link.
    pub fn of(self, object: &F) -> Option<&T> {
        get::<_, Box<T>>(object, self.name).map(|linked| &**linked)
    }
}

impl<F: Struct, T: Struct> Link<F, List<T>> {
    /// The linked objects. Empty if the link was not followed, which [`List::is_link`] tells.
    pub fn of(self, object: &F) -> &[T] {
        get::<_, List<T>>(object, self.name).map_or(&[], |list| list)
    }
}

impl<F: Struct, T: Struct> Link<F, Option<List<T>>> {
    /// The linked objects. Empty if the object has no such link, or if it was not followed, which [`List::is_link`] tells.
    pub fn of(self, object: &F) -> &[T] {
        get::<_, List<T>>(object, self.name).map_or(&[], |list| list)
    }
}

impl<F: Struct, T: Certain> Link<F, T> {
    /// The link and one of the linked objects: `Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK)`.
    pub fn then<O: Struct>(self, next: impl Into<Path<T::Object, O>>) -> Path<F, O> {
        Path::from(self).then(next)
    }

    /// This link and others.
    pub fn and(self, others: impl Into<Paths<F>>) -> Paths<F> {
        Paths::from(self).and(others)
    }
}

/// Links that are followed one after the other, from objects of the type `F` to objects of the type `T`.
pub struct Path<F, T> {
    links: Vec<&'static str>,
    of: PhantomData<fn() -> (F, T)>,
}

impl<F, T> Clone for Path<F, T> {
    fn clone(&self) -> Self {
        Self { links: self.links.clone(), of: PhantomData }
    }
}

impl<F, T> fmt::Debug for Path<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Path").field(&self.text()).finish()
    }
}

impl<F: Struct, T: Certain> From<Link<F, T>> for Path<F, T::Object> {
    fn from(link: Link<F, T>) -> Self {
        Self { links: vec![link.name], of: PhantomData }
    }
}

impl<F, T> Path<F, T> {
    /// The text of the path, such as `disk_attachments.disk`.
    pub fn text(&self) -> String {
        self.links.join(".")
    }
}

impl<F: Struct, T: Struct> Path<F, T> {
    /// The path and one of the links of the objects to which it leads.
    pub fn then<O: Struct>(self, next: impl Into<Path<T, O>>) -> Path<F, O> {
        let mut links = self.links;
        links.extend(next.into().links);
        Path { links, of: PhantomData }
    }

    /// This path and others.
    pub fn and(self, others: impl Into<Paths<F>>) -> Paths<F> {
        Paths::from(self).and(others)
    }

    /// All objects to which the path leads from an object, if it was followed.
    pub fn of<'o>(&self, object: &'o F) -> Vec<&'o T> {
        let mut found: Vec<&'o dyn Object> = vec![object];
        for link in &self.links {
            found = found.into_iter().filter_map(|object| member(object, link)).flat_map(inner_objects).collect();
        }
        found.into_iter().filter_map(|object| (object as &dyn std::any::Any).downcast_ref()).collect()
    }
}

/// Several paths from objects of the type `F`.
pub struct Paths<F> {
    texts: Vec<String>,
    of: PhantomData<fn() -> F>,
}

impl<F> Clone for Paths<F> {
    fn clone(&self) -> Self {
        Self { texts: self.texts.clone(), of: PhantomData }
    }
}

impl<F> fmt::Debug for Paths<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Paths").field(&self.text()).finish()
    }
}

impl<F: Struct, T: Certain> From<Link<F, T>> for Paths<F> {
    fn from(link: Link<F, T>) -> Self {
        Path::from(link).into()
    }
}

impl<F, T> From<Path<F, T>> for Paths<F> {
    fn from(path: Path<F, T>) -> Self {
        Self { texts: vec![path.text()], of: PhantomData }
    }
}

impl<F> Paths<F> {
    /// These paths and others.
    pub fn and(mut self, others: impl Into<Self>) -> Self {
        self.texts.extend(others.into().texts);
        self
    }

    /// The text of the parameter `follow`, such as `nics,disk_attachments.disk`.
    pub fn text(&self) -> String {
        self.texts.join(",")
    }
}
