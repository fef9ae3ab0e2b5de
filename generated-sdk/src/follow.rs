//! From a path, or from what the engine sent, to a service or an object.

use crate::connection::Connection;
use crate::error::Error;
use crate::generated::services::Root;
use crate::list::List;
use crate::object::{Object, Struct, get};
use crate::request::{Answer, Sending, TypedRequest};
use crate::service::{Location, Service};
use crate::unknown::HREF;
use crate::xml;

/// What knows where it is on the engine: an object, a list, or the member that holds one.
///
/// Sealed: the crate implements it.
pub trait Linked: sealed::Sealed {
    /// What is there.
    type Target: xml::Root + Answer<Value = Self::Target> + Send + 'static;

    /// The address that the engine told, if it did.
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

/// What is wrong when there is no address.
const NO_LINK: &str = "there is no link to follow: the engine sent none; what stands inside of another object, and what \
    `add` gives, may lack links that the object has when it is asked for with `get`";

fn href_of(object: &impl Object) -> Option<&str> {
    get::<_, String>(object, HREF).map(String::as_str)
}

impl<T: Struct + Send> Linked for T {
    type Target = T;

    fn href(&self) -> Option<&str> {
        href_of(self)
    }
}

impl<T: Struct + Send> Linked for List<T> {
    type Target = Self;

    fn href(&self) -> Option<&str> {
        List::href(self)
    }
}

impl<T: Struct + Send> Linked for Option<Box<T>> {
    type Target = T;

    fn href(&self) -> Option<&str> {
        self.as_ref().and_then(|object| href_of(&**object))
    }
}

impl<T: Struct + Send> Linked for Option<List<T>> {
    type Target = List<T>;

    fn href(&self) -> Option<&str> {
        self.as_ref().and_then(List::href)
    }
}

impl Connection {
    /// The service at the base URL, from which all others are reached.
    pub fn system(&self) -> Root {
        Root::at(Location::root(self.clone()))
    }

    /// The service at a path below the base URL, such as `vms/123/nics`, or at an address that the engine sent.
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
    /// When the address is outside of the connection's base URL, when no service is there, or another one.
    pub fn service<S: Service>(&self, path: &str) -> Result<S, Error> {
        let path = self.relative_href(path)?;
        let root = Root::INFO;
        match root.find(&path) {
            Some(info) if info.name == S::INFO.name => Ok(S::at(Location::encoded(self.clone(), &path))),
            Some(info) => {
                Err(Error::request(format!("`{path}` leads to the service `{}`, not to `{}`", info.name, S::INFO.name)))
            }
            None => Err(Error::request(format!("no service of the API is at `{path}`"))),
        }
    }

    /// Reads what a link leads to: `connection.follow(&vm.nics)`.
    ///
    /// # Errors
    ///
    /// When the engine told no address, or one outside of the connection's base URL; otherwise as any request.
    pub fn follow<L: Linked>(&self, link: &L) -> Sending<L::Target> {
        let location = link
            .href()
            .ok_or_else(|| Error::request(NO_LINK))
            .and_then(|href| self.relative_href(href))
            .map(|path| Location::encoded(self.clone(), &path));
        match location {
            Ok(location) => TypedRequest::<L::Target>::get(&location).send(),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    /// As [`follow`](Self::follow), for programs without an async runtime.
    ///
    /// # Errors
    ///
    /// As there, and when it is called within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn follow_blocking<L: Linked>(&self, link: &L) -> Result<L::Target, Error> {
        self.block_on(self.follow(link))?
    }
}
