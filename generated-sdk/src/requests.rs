//! The requests of the API. Methods of [service handles](crate::services) create them.
//!
//! A request is a value: setters complete it, `send` sends it, and `inspect` shows it without sending it. Requests with
//! parameters of their own are in a module for each service. Requests that have only common parameters share a type, such
//! as [`FollowRequest`], whose type parameter is what `send` returns.

pub use crate::generated::requests::*;
