//! Links between objects: constants with types, the parameter `follow` of requests, and following the links that an engine
//! sent.
//!
//! The structs of the API have a constant for each link that an engine can follow. The compiler rejects links of other
//! objects, and links that an engine can't follow:
//!
//! ```no_run
//! # async fn f(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
//! use ovirt_sdk::types::{DiskAttachment, Vm};
//!
//! let disks = Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK);
//! let mut vms = connection.system().vms().list().follow(Vm::NICS.and(disks.clone())).send().await?;
//! for vm in &vms {
//!     println!("{} has {} NICs and {} disks", vm.try_name()?, Vm::NICS.of(vm).len(), disks.of(vm).len());
//! }
//!
//! // Not all virtual machines have a host.
//! connection.follow_each(&mut vms, Vm::HOST).await?;
//! for host in vms.iter().filter_map(|vm| Vm::HOST.of(vm)) {
//!     println!("{}", host.try_address()?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! See the [guide](crate::guide::following) for more.

mod each;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::connection::Connection;
use crate::error::Error;
use crate::generated::services::Root;
pub use crate::link::{Certain, Link, Path, Paths, Query, Target};
use crate::list::List;
use crate::object::{Object, Struct, fill, get, references};
use crate::request::{Answer, Sending, TypedRequest};
use crate::service::{Location, Service};
use crate::unknown::HREF;
use crate::xml;
pub use each::Fetch;

/// A value that can have a link to its full representation: an object, a list, or a field with one of them.
///
/// Sealed: the crate implements it.
pub trait Linked: sealed::Sealed {
    /// The type that the link leads to.
    type Target: xml::Root + Answer<Sent = Self::Target> + Send + 'static;

    /// The `href` that the engine sent, if any.
    fn href(&self) -> Option<&str>;
}

mod sealed {
    use super::{List, Struct};

    pub trait Sealed {}
    impl<T: Struct> Sealed for T {}
    impl<T: Struct> Sealed for List<T> {}
    impl<T: Struct> Sealed for Option<Box<T>> {}
    impl<T: Struct> Sealed for Option<List<T>> {}
}

/// The problem of a value without `href`.
pub(crate) const NO_LINK: &str = "no link to follow: the value has no `href`; nested objects and results of `add` can lack links \
    that `get` returns";

pub(crate) fn href_of(object: &(impl Object + ?Sized)) -> Option<&str> {
    get::<_, String>(object, HREF).map(String::as_str)
}

impl<T: Struct> Linked for T {
    type Target = T;

    fn href(&self) -> Option<&str> {
        href_of(self)
    }
}

impl<T: Struct> Linked for List<T> {
    type Target = Self;

    fn href(&self) -> Option<&str> {
        List::href(self)
    }
}

impl<T: Struct> Linked for Option<Box<T>> {
    type Target = T;

    fn href(&self) -> Option<&str> {
        self.as_ref().and_then(|object| href_of(&**object))
    }
}

impl<T: Struct> Linked for Option<List<T>> {
    type Target = List<T>;

    fn href(&self) -> Option<&str> {
        self.as_ref().and_then(List::href)
    }
}

impl Connection {
    /// Returns the service at the base URL, the starting point for all others.
    pub fn system(&self) -> Root {
        Root::at(Location::root(self.clone()))
    }

    /// Returns the service at a path relative to the base URL, such as `vms/123/nics`, or at an `href` that the engine
    /// sent.
    ///
    /// ```no_run
    /// # fn f(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// use ovirt_sdk::services::VmNicsService;
    ///
    /// let nics: VmNicsService = connection.service("vms/123/nics")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the path is not below the connection's base URL, or does not lead to the service `S`.
    pub fn service<S: Service>(&self, path: &str) -> Result<S, Error> {
        let path = self.relative_href(path)?;
        let root = Root::info();
        match root.find(&path) {
            Some(info) if info.name == S::info().name => Ok(S::at(Location::encoded(self.clone(), &path))),
            Some(info) => Err(Error::request(format!(
                "`{path}` leads to the service `{}`, not to `{}`",
                info.name,
                S::info().name
            ))),
            None => Err(Error::request(format!("`{path}` is not the path of a service"))),
        }
    }

    /// Fetches the object or list that a link leads to: `connection.follow(&vm.nics)`.
    ///
    /// # Errors
    ///
    /// When there is no `href`, when it is not below the connection's base URL, or when the request fails.
    pub fn follow<L: Linked>(&self, link: &L) -> Sending<L::Target> {
        self.send_to(link.href(), TypedRequest::<L::Target>::get)
    }

    /// Sends a request to where the `href` of a value leads.
    pub(crate) fn send_to<T: Send + 'static>(
        &self,
        href: Option<&str>,
        request: impl FnOnce(&Location) -> TypedRequest<T>,
    ) -> Sending<T> {
        match self.location_of(href) {
            Ok(location) => request(&location).send(),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    /// The location that the `href` of a value leads to.
    pub(crate) fn location_of(&self, href: Option<&str>) -> Result<Location, Error> {
        let path = self.relative_href(href.ok_or_else(|| Error::request(NO_LINK))?)?;
        Ok(Location::encoded(self.clone(), &path))
    }

    /// Reads the objects to which an object refers and sets the names of the references, of which engines send only IDs.
    ///
    /// An object with names can be written to a file or [created on another engine](crate::object::writable).
    ///
    /// # Errors
    ///
    /// When a request fails. References to missing objects are left as they are.
    pub fn with_names<T: Struct>(&self, object: T) -> Sending<T> {
        let objects = self.all_with_names([object]);
        Box::pin(async move { Ok(objects.await?.pop().unwrap_or_default()) })
    }

    /// The same as [`with_names`](Self::with_names) for many objects. Each object to which they refer is read once.
    ///
    /// # Errors
    ///
    /// The same errors.
    pub fn all_with_names<T: Struct>(&self, objects: impl IntoIterator<Item = T>) -> Sending<Vec<T>> {
        let (connection, mut objects) = (self.clone(), objects.into_iter().collect::<Vec<T>>());
        Box::pin(async move {
            let mut known: HashMap<String, Option<Box<dyn Object>>> = HashMap::new();
            for object in &mut objects {
                for reference in references(object) {
                    let referenced = match known.entry(reference.href) {
                        Entry::Occupied(entry) => entry.into_mut(),
                        Entry::Vacant(entry) => {
                            let referenced = connection.read_object(entry.key()).await?;
                            entry.insert(referenced)
                        }
                    };
                    if let Some(referenced) = referenced {
                        fill(object, &reference.steps, &**referenced, Some("name"));
                    }
                }
            }
            Ok(objects)
        })
    }

    /// Blocking counterpart of [`with_names`](Self::with_names).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn with_names_blocking<T: Struct>(&self, object: T) -> Result<T, Error> {
        crate::blocking::block_on(self.with_names(object))?
    }

    /// Blocking counterpart of [`all_with_names`](Self::all_with_names).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn all_with_names_blocking<T: Struct>(&self, objects: impl IntoIterator<Item = T>) -> Result<Vec<T>, Error> {
        crate::blocking::block_on(self.all_with_names(objects))?
    }

    /// Blocking counterpart of [`follow`](Self::follow).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn follow_blocking<L: Linked>(&self, link: &L) -> Result<L::Target, Error> {
        crate::blocking::block_on(self.follow(link))?
    }
}
