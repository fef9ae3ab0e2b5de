//! What every service handle is: a connection and a path.

use std::fmt;
use std::sync::Arc;

use crate::connection::Connection;
use crate::error::Error;
use crate::url::{encode_segment, identifier_problem};

/// A service of the API, as a type.
///
/// Sealed: the crate implements it for every service of the model.
pub trait Service: Clone + fmt::Debug + sealed::Sealed {
    /// What the model says of the service.
    const INFO: &'static ServiceInfo;
    /// The handle at a place.
    #[doc(hidden)]
    fn at(location: Location) -> Self;
    /// The place of the handle.
    #[doc(hidden)]
    fn location(&self) -> &Location;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A service below another one, by its segment of the path.
type Child = (&'static str, fn() -> &'static ServiceInfo);

/// What the model says of a service.
pub struct ServiceInfo {
    /// Its name in the API: `vm_nics`.
    pub name: &'static str,
    /// The services below it, by segment of the path.
    pub(crate) children: &'static [Child],
    /// The service of one object, when the next segment is its identifier.
    pub(crate) object: Option<fn() -> &'static ServiceInfo>,
}

impl fmt::Debug for ServiceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceInfo").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ServiceInfo {
    /// The services below it: their segments of the path and what the model says of them.
    pub fn children(&self) -> impl Iterator<Item = (&'static str, &'static ServiceInfo)> {
        self.children.iter().map(|(segment, info)| (*segment, info()))
    }

    /// The service of one object, when the next segment of the path is an identifier.
    pub fn object(&self) -> Option<&'static ServiceInfo> {
        self.object.map(|info| info())
    }

    /// The service to which a path below this one leads. Segments are those of the model first, identifiers then.
    pub fn find(&'static self, path: &str) -> Option<&'static Self> {
        let mut found = self;
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            let child = found.children().find(|(name, _)| *name == segment).map(|(_, info)| info);
            found = child.or_else(|| found.object())?;
        }
        Some(found)
    }
}

/// What the model says of a service; the tables point here.
pub(crate) fn info<S: Service>() -> &'static ServiceInfo {
    S::INFO
}

/// A place on an engine: a connection, and a path below its base URL.
#[derive(Clone)]
#[doc(hidden)]
pub struct Location {
    connection: Connection,
    path: String,
    /// What is wrong with the path; told when a request is made of it.
    problem: Option<Arc<str>>,
}

impl Location {
    pub(crate) fn root(connection: Connection) -> Self {
        Self { connection, path: String::new(), problem: None }
    }

    /// The place of a path that is encoded already.
    pub(crate) fn encoded(connection: Connection, path: &str) -> Self {
        Self { connection, path: path.trim_matches('/').to_owned(), problem: None }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The path below the base URL, encoded: `vms/123/nics`.
    pub(crate) fn path(&self) -> Result<&str, Error> {
        match &self.problem {
            Some(problem) => Err(Error::request(problem.to_string())),
            None => Ok(&self.path),
        }
    }

    /// The place below, by a segment of the model.
    pub(crate) fn child(&self, segment: &str) -> Self {
        let mut below = self.clone();
        below.push(segment);
        below
    }

    /// The place of an object, by its identifier.
    pub(crate) fn object(&self, id: &str) -> Self {
        let mut below = self.clone();
        if let Some(problem) = identifier_problem(id)
            && below.problem.is_none()
        {
            below.problem = Some(format!("{problem}, below `{}`", self.path).into());
        }
        below.push(&encode_segment(id));
        below
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

/// What is the same for every service handle but its names.
macro_rules! service {
    ($service:ident; $name:literal, [$(($segment:literal, $child:ty)),*], $object:tt) => {
        impl crate::service::sealed::Sealed for $service {}

        impl crate::service::Service for $service {
            const INFO: &'static crate::service::ServiceInfo = &crate::service::ServiceInfo {
                name: $name,
                children: &[$(($segment, crate::service::info::<$child>)),*],
                object: crate::service::service!(@object $object),
            };

            fn at(location: crate::service::Location) -> Self {
                Self(location)
            }

            fn location(&self) -> &crate::service::Location {
                &self.0
            }
        }
    };
    (@object ()) => { None };
    (@object ($object:ty)) => { Some(crate::service::info::<$object>) };
}
pub(crate) use service;
