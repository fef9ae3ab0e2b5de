//! Requests are values: made by a service handle, completed by setters, sent or looked at.

mod answer;
mod items;
mod typed;
mod verb;

pub use answer::{ActionObject, ActionOutput, ActionStatus, Answer, Reply};
#[cfg(feature = "blocking")]
pub use items::BlockingItems;
pub use items::Items;
pub use typed::{Sending, TypedRequest};
pub use verb::Verb;

/// What is the same for every request but its names.
macro_rules! request {
    // Lists can be read item by item, too.
    ($request:ident: types::List<$item:ty>; $service:ident::list) => {
        crate::request::request!($request: (types::List<$item>); $service::list);

        impl $request {
            /// The items of the answer one by one, as they come; for lists that are too long to hold all of them.
            pub fn items(self) -> crate::request::Items<$item> {
                self.0.items()
            }

            /// As [`items`](Self::items), for programs without an async runtime: an iterator.
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

            /// Sets a parameter of the query that the model does not have.
            pub fn query(self, key: &str, value: impl std::fmt::Display) -> Self {
                Self(self.0.query(key, value))
            }

            /// How long the request may take, instead of what the connection says.
            pub fn timeout(self, timeout: std::time::Duration) -> Self {
                Self(self.0.timeout(timeout))
            }

            /// The text that marks the operation in the log, the events and the jobs of the engine.
            pub fn correlation_id(self, id: impl Into<std::string::String>) -> Self {
                Self(self.0.correlation_id(id))
            }

            /// What would be sent, without sending it.
            ///
            /// # Errors
            ///
            /// When it can't be sent: an identifier that is none, a text that XML can't have, and the like.
            pub fn inspect(&self) -> std::result::Result<crate::Inspected, crate::Error> {
                self.0.inspect()
            }

            /// Sends the request; gives what the engine answers.
            pub fn send(self) -> crate::request::Sending<<$answer as crate::request::Answer>::Value> {
                self.0.send()
            }

            /// Sends the request; gives what the engine answers with status and correlation id.
            pub fn send_reply(
                self,
            ) -> crate::request::Sending<crate::request::Reply<<$answer as crate::request::Answer>::Value>> {
                self.0.send_reply()
            }

            /// As [`send`](Self::send), for programs without an async runtime.
            ///
            /// # Errors
            ///
            /// As `send`, and within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn send_blocking(
                self,
            ) -> std::result::Result<<$answer as crate::request::Answer>::Value, crate::Error> {
                self.0.send_blocking()
            }

            /// As [`send_reply`](Self::send_reply), for programs without an async runtime.
            ///
            /// # Errors
            ///
            /// As `send_reply`, and within an async runtime.
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
