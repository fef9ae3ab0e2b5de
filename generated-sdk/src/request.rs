//! What all requests share: how they are sent, and what they return. [`requests`](crate::requests) has the requests.

mod answer;
mod conflicts;
mod items;
mod operation;
mod typed;
mod verb;

pub(crate) use answer::{ActionObject, ActionOutput};
pub use answer::{ActionStatus, Answer, Output, Reply};
#[cfg(feature = "blocking")]
pub use items::BlockingItems;
pub use items::Items;
pub use operation::Operation;
pub(crate) use operation::OperationState;
pub use typed::Sending;
pub(crate) use typed::TypedRequest;
pub use verb::Verb;

/// The methods that all requests have: generic parameters, the type of the request, and what it returns.
macro_rules! common_methods {
    ([$($generics:tt)*] $request:ty, $value:ty) => {
        impl<$($generics)*> $request {
            /// Adds a header.
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            /// Sets a query parameter by name, for parameters without a setter.
            pub fn query(self, key: &str, value: impl std::fmt::Display) -> Self {
                Self(self.0.query(key, value))
            }

            /// Sets the timeout of this request, in place of the connection's. It covers the login and all attempts.
            pub fn timeout(self, timeout: std::time::Duration) -> Self {
                Self(self.0.timeout(timeout))
            }

            /// Sets the correlation ID, which marks the operation in the log, the events and the jobs of the engine: 1
            /// to 36 letters, digits, `_` or `-`. By default, a random one is generated.
            pub fn correlation_id(self, id: impl std::convert::Into<std::string::String>) -> Self {
                Self(self.0.correlation_id(id))
            }

            /// Repeats the request for a period while the engine refuses it because of a temporary conflict, such as a
            /// locked disk. The delay starts at about 1 s, and grows to 15 s. The timeout of the request applies to
            /// each attempt.
            ///
            /// Other errors are returned at once, including permanent conflicts such as a name that is in use. By
            /// default, only requests that are idempotent are repeated, as the policy of the connection says
            /// ([`RetryPolicy`](crate::pipeline::RetryPolicy)).
            pub fn retry_conflicts(self, period: std::time::Duration) -> Self {
                Self(self.0.retry_conflicts(period))
            }

            /// Returns the request as it would be sent, without sending it.
            ///
            /// # Errors
            ///
            /// When the request is not valid, for example because of an invalid identifier, or of a character that XML
            /// does not allow.
            pub fn inspect(&self) -> std::result::Result<crate::Inspected, crate::Error> {
                self.0.inspect()
            }

            /// Sends the request and returns the result.
            pub fn send(self) -> crate::request::Sending<$value> {
                self.0.send()
            }

            /// Sends the request and returns the result with the status code and the correlation ID of the response.
            pub fn send_reply(self) -> crate::request::Sending<crate::request::Reply<$value>> {
                self.0.send_reply()
            }

            /// Sends the request and returns the operation that it started, to [wait](crate::operations::Operation::wait)
            /// for its end. Requests that only read fail without being sent.
            pub fn send_operation(self) -> crate::request::Sending<crate::request::Operation<$value>> {
                self.0.send_operation()
            }

            /// Blocking counterpart of [`send`](Self::send).
            ///
            /// # Errors
            ///
            /// The errors of `send`; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> std::result::Result<$value, crate::Error> {
                self.0.send_blocking()
            }

            /// Blocking counterpart of [`send_reply`](Self::send_reply).
            ///
            /// # Errors
            ///
            /// The errors of `send_reply`; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn send_reply_blocking(self) -> std::result::Result<crate::request::Reply<$value>, crate::Error> {
                self.0.send_reply_blocking()
            }

            /// Blocking counterpart of [`send_operation`](Self::send_operation).
            ///
            /// # Errors
            ///
            /// The errors of `send_operation`; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn send_operation_blocking(
                self,
            ) -> std::result::Result<crate::request::Operation<$value>, crate::Error> {
                self.0.send_operation_blocking()
            }
        }
    };
}
pub(crate) use common_methods;

/// The methods of requests of lists: generic parameters, the type of the request, and the type of the items.
macro_rules! item_methods {
    ([$($generics:tt)*] $request:ty, $item:ty) => {
        impl<$($generics)*> $request {
            /// Sends the request and streams the items of the response, for lists that don't fit into memory.
            pub fn items(self) -> crate::request::Items<$item> {
                self.0.items()
            }

            /// Blocking counterpart of [`items`](Self::items); returns an iterator.
            #[cfg(feature = "blocking")]
            pub fn items_blocking(self) -> crate::request::BlockingItems<$item> {
                self.0.items_blocking()
            }
        }
    };
}
pub(crate) use item_methods;
