//! The requests of the API. Methods of [service handles](crate::services) create them.
//!
//! A request is a value: setters complete it, `send` sends it, and `inspect` shows it without sending it. Requests with
//! parameters of their own are in a module for each service. Methods that have only common parameters share a request, such
//! as [`FollowRequest`], whose type parameter is what `send` returns. All requests are aliases of
//! [`MethodRequest`](crate::request::MethodRequest): the page of an alias has its setters, and the methods of all requests.

pub use crate::generated::requests::*;
