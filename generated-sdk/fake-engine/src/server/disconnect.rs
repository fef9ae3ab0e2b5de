//! The error that ends a connection.

use std::fmt;

/// Ends the connection to a client.
#[derive(Debug)]
pub(super) struct Disconnect;

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fake engine closes the connection")
    }
}

impl std::error::Error for Disconnect {}
