//! The services of the API: a handle for each, and a request for each of their methods.
//!
//! A handle is a connection and a path; it costs nothing to make. Its methods make requests, which are sent with
//! `send`, or looked at with `inspect`.

pub use crate::generated::services::*;
