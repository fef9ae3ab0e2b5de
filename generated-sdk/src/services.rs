//! The services of the API: a handle for each service, and a request for each method.
//!
//! A handle consists of a connection and a path; creating one sends nothing. Its methods create requests. Use `send` to
//! send a request, or `inspect` to look at it.

pub use crate::generated::services::*;
