//! The services of the API: a handle for each service.
//!
//! A handle consists of a connection and a path; creating one sends nothing. Its methods create
//! [requests](crate::requests). Use `send` to send a request, or `inspect` to look at it.

pub use crate::generated::services::*;
