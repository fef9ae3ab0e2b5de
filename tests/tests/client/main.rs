//! The connection as its users use it, against a real HTTPS server over real sockets.

mod authentication;
mod blocking;
mod errors;
mod failures;
mod hooks;
mod options;
mod paths;
mod support;
mod tls;
