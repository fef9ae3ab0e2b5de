//! Reading, creating, updating and removing objects of any type.

use crate::connection::{Call, Connection};
use crate::error::Error;
use crate::follow::{Linked, NO_LINK, href_of};
use crate::http::Method;
use crate::list::List;
use crate::object::Struct;
use crate::request::{ActionStatus, Sending, TypedRequest};
use crate::service::{Creatable, Located, Location, Service, id_of};

impl Connection {
    /// Returns the service of an object, found by its `href`, or by its `id` if its collection is directly below the
    /// root of the API.
    ///
    /// ```no_run
    /// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// for vm in &connection.system().vms().list().search("status=down").send().await? {
    ///     connection.of(vm)?.start().send().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the object has neither, or when the `href` does not lead to the main service of the type. Some types have
    /// several services, such as networks of clusters; use [`service`](Self::service) with the `href` for these.
    pub fn of<T: Located + Struct>(&self, object: &T) -> Result<T::Service, Error> {
        match (href_of(object), T::COLLECTION) {
            (Some(href), _) => self.service(href),
            (None, Some(collection)) => {
                let id = id_of(object)?;
                Ok(T::Service::at(Location::root(self.clone()).child(collection).object(id)))
            }
            (None, None) => Err(Error::request(NO_LINK)),
        }
    }

    /// Creates an object in the collection of its type: `connection.create(Vm::new().name("web1"))`.
    ///
    /// # Errors
    ///
    /// When the request fails.
    pub fn create<T: Creatable + Struct>(&self, object: T) -> Sending<T> {
        let collection = Location::root(self.clone()).child(T::COLLECTION.unwrap_or_default());
        TypedRequest::<T>::add(&collection, &object).send()
    }

    /// Creates an object in the collection that a link leads to: `connection.create_in(&vm.nics, Nic::new().name("nic1"))`.
    ///
    /// # Errors
    ///
    /// When the list has no `href`, or when the request fails.
    pub fn create_in<T: Struct>(&self, list: &impl Linked<Target = List<T>>, object: impl Into<T>) -> Sending<T> {
        self.send_to(list.href(), |collection| TypedRequest::add(collection, &object.into()))
    }

    /// Updates an object: sends all its fields to its `href`, and returns the updated object. To change single fields,
    /// send an object that has only these and the `href`.
    ///
    /// # Errors
    ///
    /// When the object has no `href`, or when the request fails.
    pub fn update<T: Struct>(&self, object: &T) -> Sending<T> {
        self.send_to(href_of(object), |location| TypedRequest::update(location, object))
    }

    /// Removes the object at the `href` of an object.
    ///
    /// # Errors
    ///
    /// When the object has no `href`, or when the request fails.
    pub fn remove<T: Struct>(&self, object: &T) -> Sending<ActionStatus> {
        self.send_to(href_of(object), TypedRequest::remove)
    }

    /// Whether the object at the `href` of an object exists. Sends a `HEAD` request, so the object is not transferred.
    ///
    /// # Errors
    ///
    /// When the object has no `href`, or when the request fails for another reason than a missing object.
    pub fn exists<T: Struct>(&self, object: &T) -> Sending<bool> {
        let (connection, location) = (self.clone(), self.location_of(href_of(object)));
        Box::pin(async move {
            let location = location?;
            match connection.call(Call::new(Method::Head, location.path()?)).await {
                Ok(_) => Ok(true),
                Err(error) if error.is_not_found() => Ok(false),
                Err(error) => Err(error),
            }
        })
    }
}

#[cfg(feature = "blocking")]
impl Connection {
    /// Blocking counterpart of [`create`](Self::create).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    pub fn create_blocking<T: Creatable + Struct>(&self, object: T) -> Result<T, Error> {
        crate::blocking::block_on(self.create(object))?
    }

    /// Blocking counterpart of [`create_in`](Self::create_in).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    pub fn create_in_blocking<T: Struct>(
        &self,
        list: &impl Linked<Target = List<T>>,
        object: impl Into<T>,
    ) -> Result<T, Error> {
        crate::blocking::block_on(self.create_in(list, object))?
    }

    /// Blocking counterpart of [`update`](Self::update).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    pub fn update_blocking<T: Struct>(&self, object: &T) -> Result<T, Error> {
        crate::blocking::block_on(self.update(object))?
    }

    /// Blocking counterpart of [`remove`](Self::remove).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    pub fn remove_blocking<T: Struct>(&self, object: &T) -> Result<ActionStatus, Error> {
        crate::blocking::block_on(self.remove(object))?
    }

    /// Blocking counterpart of [`exists`](Self::exists).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    pub fn exists_blocking<T: Struct>(&self, object: &T) -> Result<bool, Error> {
        crate::blocking::block_on(self.exists(object))?
    }
}
