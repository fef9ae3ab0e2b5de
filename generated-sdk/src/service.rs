//! Service handles: a connection and a path.

mod objects;

use std::fmt;
use std::sync::Arc;

use crate::connection::Connection;
use crate::error::Error;
use crate::markup::DataError;
use crate::object::short_type_name;
use crate::url::{encode_segment, identifier_problem};
pub use objects::{Creatable, Located, ObjectForm, ObjectId, TextForm};
pub(crate) use objects::{id_of, located};

/// A handle of a service of the API.
///
/// Sealed: the crate implements it for all services of the model.
pub trait Service: Clone + fmt::Debug + sealed::Sealed {
    /// The description of the service in the model.
    fn info() -> &'static ServiceInfo;
    /// Creates a handle for a location.
    #[doc(hidden)]
    fn at(location: Location) -> Self;
    /// The location of the service.
    #[doc(hidden)]
    fn location(&self) -> &Location;
}

mod sealed {
    pub trait Sealed {}
    impl<S: super::Service> Sealed for S {}
}

/// The path segment and the description of a subordinate service.
type Child = (&'static str, fn() -> &'static ServiceInfo);

/// The description of a service in the model.
#[non_exhaustive]
pub struct ServiceInfo {
    /// The name of the service in the API, such as `vm_nics`.
    pub name: &'static str,
    /// Subordinate services with their path segments.
    pub(crate) children: &'static [Child],
    /// The service of a single object, whose path segment is the object's identifier.
    pub(crate) object: Option<fn() -> &'static ServiceInfo>,
}

impl fmt::Debug for ServiceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceInfo").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ServiceInfo {
    /// The subordinate services: their path segments and descriptions.
    pub fn children(&self) -> impl Iterator<Item = (&'static str, &'static ServiceInfo)> {
        self.children.iter().map(|(segment, info)| (*segment, info()))
    }

    /// The service of a single object, whose path segment is the object's identifier; `None` if there is none.
    pub fn object(&self) -> Option<&'static ServiceInfo> {
        self.object.map(|info| info())
    }

    /// Finds the service at a path relative to this one. A segment that is not in the model is an identifier.
    pub fn find(&'static self, path: &str) -> Option<&'static Self> {
        let mut found = self;
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            let child = found.children().find(|(name, _)| *name == segment).map(|(_, info)| info);
            found = child.or_else(|| found.object())?;
        }
        Some(found)
    }
}

/// A connection and a path relative to its base URL.
#[derive(Clone)]
#[doc(hidden)]
pub struct Location {
    connection: Connection,
    path: String,
    /// The problem with the path, reported when a request is sent.
    problem: Option<Arc<str>>,
}

impl Location {
    pub(crate) fn root(connection: Connection) -> Self {
        Self { connection, path: String::new(), problem: None }
    }

    /// The collection with a path segment at the root of the API; `None` without a segment.
    pub(crate) fn at_root(connection: &Connection, segment: Option<&str>) -> Option<Self> {
        segment.map(|segment| Self::root(connection.clone()).child(segment))
    }

    /// Creates a location from a percent-encoded path.
    pub(crate) fn encoded(connection: Connection, path: &str) -> Self {
        Self { connection, path: path.trim_matches('/').to_owned(), problem: None }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The percent-encoded path relative to the base URL, such as `vms/123/nics`.
    pub(crate) fn path(&self) -> Result<&str, Error> {
        match &self.problem {
            Some(problem) => Err(Error::request(problem.to_string())),
            None => Ok(&self.path),
        }
    }

    /// The location of a subordinate service, by its path segment in the model.
    pub(crate) fn child(&self, segment: &str) -> Self {
        let mut child = self.clone();
        child.push(segment);
        child
    }

    /// The location of an object, by its identifier.
    pub(crate) fn object(&self, id: &str) -> Self {
        let mut object = self.clone();
        if let Some(problem) = identifier_problem(id)
            && object.problem.is_none()
        {
            object.problem = Some(format!("{problem} (below `{}`)", self.path).into());
        }
        object.push(&encode_segment(id));
        object
    }

    /// The location of an object, by what identifies it.
    pub(crate) fn object_by_id<T, Form>(&self, id: &impl ObjectId<T, Form>) -> Self {
        self.object_or(id.id())
    }

    fn object_or(&self, id: Result<&str, DataError>) -> Self {
        match id {
            Ok(id) => self.object(id),
            Err(error) => {
                let mut object = self.clone();
                object.problem.get_or_insert_with(|| format!("{error} (below `{}`)", self.path).into());
                object
            }
        }
    }

    /// The collection that contains the object, and the percent-encoded identifier of the object.
    pub(crate) fn object_in_collection(&self) -> Result<(Self, &str), Error> {
        match self.path()?.rsplit_once('/') {
            Some((collection, id)) => Ok((Self::encoded(self.connection.clone(), collection), id)),
            None => Err(Error::request(format!("`{}` is not the path of an object in a collection", self.path))),
        }
    }

    fn push(&mut self, segment: &str) {
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(segment);
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.path, f)
    }
}

/// `Debug` for all handles, because derives take long to compile.
pub(crate) fn debug<S: Service>(service: &S, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_tuple(short_type_name::<S>()).field(service.location()).finish()
}

/// Implements the traits of a service handle.
macro_rules! service {
    ($service:ident; $name:literal, [$(($segment:literal, $child:ty)),*], $object:tt) => {
        impl crate::service::Service for $service {
            fn info() -> &'static crate::service::ServiceInfo {
                &crate::service::ServiceInfo {
                    name: $name,
                    children: &[$(($segment, <$child as crate::service::Service>::info)),*],
                    object: crate::service::service!(@object $object),
                }
            }

            fn at(location: crate::service::Location) -> Self {
                Self(location)
            }

            fn location(&self) -> &crate::service::Location {
                &self.0
            }
        }

        impl std::fmt::Debug for $service {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::service::debug(self, f)
            }
        }
    };
    (@object ()) => { None };
    (@object ($object:ty)) => { Some(<$object as crate::service::Service>::info) };
}
pub(crate) use service;
