//! Tests of the connection through its public API, against a real HTTPS server over real sockets.

#![allow(
    clippy::expect_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

mod arriving;
mod authentication;
mod blocking;
mod cancelling;
mod conflicts;
mod curl;
mod errors;
mod failures;
mod hooks;
mod kerberos;
mod login_methods;
mod logs;
#[cfg(target_os = "linux")]
mod memory;
mod negotiating;
mod options;
mod paths;
mod proxies;
mod readme;
mod reasons;
mod reported;
mod retrying;
mod secrets;
mod support;
mod timings;
mod tls;
