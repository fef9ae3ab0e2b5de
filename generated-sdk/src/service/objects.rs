//! Objects as arguments, and the services of objects.

use super::Service;
use crate::markup::DataError;
use crate::object::{Object, Struct, get};

/// What identifies an object of type `T`: its ID as text, the object, or a field that refers to it.
///
/// The compiler infers `Form`.
///
/// ```no_run
/// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
/// let (vms, clusters) = (connection.system().vms(), connection.system().clusters());
/// let vm = vms.find("web1").await?;
/// vms.vm(&vm).start().send().await?;
/// vms.vm("123").stop().send().await?;
/// let cluster = clusters.cluster(&vm.cluster).get().send().await?;
/// # Ok(())
/// # }
/// ```
///
/// An object of another type is an error of the compiler:
///
/// ```compile_fail
/// # fn example(connection: &ovirt_sdk::Connection, cluster: ovirt_sdk::types::Cluster) {
/// let vm = connection.system().vms().vm(&cluster);
/// # }
/// ```
///
/// Sealed: the crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not identify an object of type `{T}`",
    label = "expected an ID as text, or a reference to a `{T}`"
)]
pub trait ObjectId<T, Form>: sealed::Sealed<Form> {
    /// The ID, if it is set.
    #[doc(hidden)]
    fn id(&self) -> Result<&str, DataError>;
}

mod sealed {
    use super::{ObjectForm, Struct, TextForm};

    pub trait Sealed<Form> {}
    impl<S: AsRef<str>> Sealed<TextForm> for S {}
    impl<T: Struct> Sealed<ObjectForm> for &T {}
    impl<T: Struct> Sealed<ObjectForm> for &Option<Box<T>> {}
}

/// The form of an [`ObjectId`] that is a text.
#[derive(Clone, Copy, Debug)]
pub enum TextForm {}

/// The form of an [`ObjectId`] that is an object.
#[derive(Clone, Copy, Debug)]
pub enum ObjectForm {}

impl<T, S: AsRef<str>> ObjectId<T, TextForm> for S {
    fn id(&self) -> Result<&str, DataError> {
        Ok(self.as_ref())
    }
}

impl<T: Struct> ObjectId<T, ObjectForm> for &T {
    fn id(&self) -> Result<&str, DataError> {
        id_of(*self)
    }
}

impl<T: Struct> ObjectId<T, ObjectForm> for &Option<Box<T>> {
    fn id(&self) -> Result<&str, DataError> {
        self.as_deref().map_or_else(|| Err(DataError::absent(T::INFO.name, "id")), |object| id_of(object))
    }
}

/// The ID of an object.
pub(crate) fn id_of(object: &dyn Object) -> Result<&str, DataError> {
    let id = get::<_, String>(object, "id").map(String::as_str);
    id.ok_or_else(|| DataError::absent(object.info().name, "id"))
}

/// A type with a main service for its objects: the one below a collection at the root of the API, or else the only one.
///
/// Sealed: the crate implements it, for structs only. [`Struct`] is not a part of it: for each implementation, the compiler
/// would follow the fields of the struct to all others.
pub trait Located {
    /// The service of an object.
    type Service: Service;

    /// The path segment of the collection, if it is directly below the root.
    #[doc(hidden)]
    const COLLECTION: Option<&'static str>;
}

/// A type whose objects can be created in a collection at the root of the API.
///
/// Sealed: the crate implements it.
pub trait Creatable: Located {}

/// States that a service is the main one for the objects of a type.
macro_rules! located {
    ($type:ty => $service:ident) => {
        crate::service::located!(@ $type, $service, None);
    };
    ($type:ty => $service:ident, $collection:literal) => {
        crate::service::located!(@ $type, $service, Some($collection));
    };
    ($type:ty => $service:ident, $collection:literal; create) => {
        crate::service::located!($type => $service, $collection);

        impl crate::service::Creatable for $type {}
    };
    (@ $type:ty, $service:ident, $collection:expr) => {
        impl crate::service::Located for $type {
            type Service = $service;

            const COLLECTION: Option<&'static str> = $collection;
        }
    };
}
pub(crate) use located;
