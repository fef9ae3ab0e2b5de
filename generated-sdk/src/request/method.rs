//! The requests that methods of service handles return.

use std::fmt;
use std::time::Duration;

use super::answer::Reply;
#[cfg(feature = "blocking")]
use super::items::BlockingItems;
use super::items::Items;
use super::operation::Operation;
#[cfg(feature = "blocking")]
use super::pages::BlockingPages;
use super::pages::{Paged, Pages};
use super::typed::{Sending, TypedRequest};
use crate::connection::Inspected;
use crate::error::Error;
use crate::list::List;
use crate::object::Struct;

/// A request of a method of the API. `send` returns a `T`.
///
/// The module [`requests`](crate::requests) names the requests of all methods and has their setters. `P` stands for the
/// parameters of the method: what is common to all requests is compiled once, and not for each method.
#[must_use = "a request does nothing until it is sent"]
pub struct MethodRequest<P, T>(pub(crate) TypedRequest<T, P>);

impl<P, T> Clone for MethodRequest<P, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P, T> fmt::Debug for MethodRequest<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MethodRequest").field(&self.0).finish()
    }
}

impl<P: 'static, T: Send + 'static> MethodRequest<P, T> {
    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Sets a query parameter by name, for parameters without a setter.
    pub fn query(self, key: &str, value: impl fmt::Display) -> Self {
        Self(self.0.query(key, value))
    }

    /// Sets the timeout of this request, in place of the connection's. It covers the login and all attempts.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }

    /// Sets the correlation ID, which marks the operation in the log, the events and the jobs of the engine: 1
    /// to 36 letters, digits, `_` or `-`. By default, a random one is generated.
    pub fn correlation_id(self, id: impl Into<String>) -> Self {
        Self(self.0.correlation_id(id))
    }

    /// Repeats the request for a period while the engine refuses it because of a temporary conflict, such as a
    /// locked disk. The delay starts at about 1 s, and grows to 15 s. The timeout of the request applies to
    /// each attempt.
    ///
    /// Other errors are returned at once, including permanent conflicts such as a name that is in use. By
    /// default, only requests that are idempotent are repeated, as the policy of the connection says
    /// ([`RetryPolicy`](crate::pipeline::RetryPolicy)).
    pub fn retry_conflicts(self, period: Duration) -> Self {
        Self(self.0.retry_conflicts(period))
    }

    /// Returns the request as it would be sent, without sending it.
    ///
    /// # Errors
    ///
    /// When the request is not valid, for example because of an invalid identifier, or of a character that XML
    /// does not allow.
    pub fn inspect(&self) -> Result<Inspected, Error> {
        self.0.inspect()
    }

    /// Sends the request and returns the result.
    pub fn send(self) -> Sending<T> {
        self.0.send()
    }

    /// Sends the request and returns the result with the status code and the correlation ID of the response.
    pub fn send_reply(self) -> Sending<Reply<T>> {
        self.0.send_reply()
    }

    /// Sends the request and returns the operation that it started, to [wait](crate::operations::Operation::wait)
    /// for its end. Requests that only read fail without being sent.
    pub fn send_operation(self) -> Sending<Operation<T>> {
        self.0.send_operation()
    }

    /// Blocking counterpart of [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// The errors of `send`; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<T, Error> {
        crate::blocking::block_on(self.send())?
    }

    /// Blocking counterpart of [`send_reply`](Self::send_reply).
    ///
    /// # Errors
    ///
    /// The errors of `send_reply`; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_reply_blocking(self) -> Result<Reply<T>, Error> {
        crate::blocking::block_on(self.send_reply())?
    }

    /// Blocking counterpart of [`send_operation`](Self::send_operation).
    ///
    /// # Errors
    ///
    /// The errors of `send_operation`; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_operation_blocking(self) -> Result<Operation<T>, Error> {
        crate::blocking::block_on(self.send_operation())?
    }
}

impl<P: 'static, T: Struct> MethodRequest<P, List<T>> {
    /// Sends the request and streams the items of the response, for lists that don't fit into memory.
    pub fn items(self) -> Items<T> {
        self.0.items()
    }

    /// Blocking counterpart of [`items`](Self::items); returns an iterator.
    #[cfg(feature = "blocking")]
    pub fn items_blocking(self) -> BlockingItems<T> {
        self.0.items_blocking()
    }
}

impl<P: Paged + 'static, T: Struct> MethodRequest<P, List<T>> {
    /// Reads the list in pages with at most this number of items.
    pub fn pages(self, size: usize) -> Pages<T> {
        Pages::new(self.0.without_parameters(), P::SEARCH, P::LIMIT, size)
    }

    /// Blocking counterpart of [`pages`](Self::pages); returns an iterator.
    #[cfg(feature = "blocking")]
    pub fn pages_blocking(self, size: usize) -> BlockingPages<T> {
        BlockingPages::new(self.pages(size))
    }
}
