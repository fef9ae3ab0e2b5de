//! Requests as values: methods of service handles create them, setters complete them, and `send` sends them.

mod answer;
mod items;
mod typed;
mod verb;

pub use answer::{ActionObject, ActionOutput, ActionStatus, Answer, Output, Reply};
#[cfg(feature = "blocking")]
pub use items::BlockingItems;
pub use items::Items;
pub use typed::{Sending, TypedRequest};
pub use verb::Verb;

/// Defines the type of a request with the methods that all requests have.
macro_rules! request {
    // Requests of lists can also stream the items.
    ($request:ident: types::List<$item:ty>; $service:ident::list) => {
        crate::request::request!($request: (types::List<$item>); $service::list);

        impl $request {
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
    ($request:ident: ($answer:ty); $service:ident::$method:ident) => {
        crate::request::request!($request: $answer; $service::$method);
    };
    ($request:ident: $answer:ty; $service:ident::$method:ident) => {
        #[doc = concat!("The request of [`", stringify!($service), "::", stringify!($method), "`](super::", stringify!($service), "::", stringify!($method), ").")]
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct $request(pub(super) crate::request::TypedRequest<$answer>);

        impl $request {
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
            pub fn correlation_id(self, id: impl Into<std::string::String>) -> Self {
                Self(self.0.correlation_id(id))
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
            pub fn send(self) -> crate::request::Sending<<$answer as crate::request::Answer>::Sent> {
                self.0.send()
            }

            /// Sends the request and returns the result with the status code and the correlation ID of the response.
            pub fn send_reply(
                self,
            ) -> crate::request::Sending<crate::request::Reply<<$answer as crate::request::Answer>::Value>> {
                self.0.send_reply()
            }

            /// Blocking counterpart of [`send`](Self::send).
            ///
            /// # Errors
            ///
            /// The errors of `send`; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn send_blocking(
                self,
            ) -> std::result::Result<<$answer as crate::request::Answer>::Sent, crate::Error> {
                self.0.send_blocking()
            }

            /// Blocking counterpart of [`send_reply`](Self::send_reply).
            ///
            /// # Errors
            ///
            /// The errors of `send_reply`; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn send_reply_blocking(
                self,
            ) -> std::result::Result<crate::request::Reply<<$answer as crate::request::Answer>::Value>, crate::Error>
            {
                self.0.send_reply_blocking()
            }
        }
    };
}
pub(crate) use request;
