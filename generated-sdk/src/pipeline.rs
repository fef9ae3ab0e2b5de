//! How a request becomes a response: policies in an order around a transport.
//!
//! Each request passes through
//!
//! 1. the policies added [per call](Position::Call);
//! 2. headers: what the connection adds to every request;
//! 3. the correlation id;
//! 4. retries, of idempotent requests after transient failures only;
//! 5. the policies added [per attempt](Position::Attempt);
//! 6. authentication: log in when needed, and once more when the engine does not know the token any longer;
//! 7. the policies added [at the wire](Position::Wire);
//! 8. logging with `tracing`;
//! 9. the [transport](crate::transport::Transport).
//!
//! Requests of the login itself pass through 3 and 7 to 9.
//!
//! ```
//! use ovirt_sdk::http::{BoxFuture, Request, Response};
//! use ovirt_sdk::pipeline::{Next, Policy, Position};
//! use ovirt_sdk::{Connection, Credentials, Error};
//!
//! /// Marks every request.
//! struct Mark;
//!
//! impl Policy for Mark {
//!     fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
//!         request.headers_mut().set("X-Origin", "nightly-report");
//!         Box::pin(async move { next.run(request).await })
//!     }
//! }
//!
//! let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
//!     .credentials(Credentials::token("t"))
//!     .policy(Position::Call, Mark)
//!     .build()?;
//! # Ok::<(), Error>(())
//! ```

pub(crate) mod correlation;
pub(crate) mod default_headers;
pub(crate) mod dispatch;
pub(crate) mod logging;
mod policy;
pub(crate) mod retry;

pub(crate) use policy::Pipeline;
pub use policy::{Next, Policy, Position};
pub use retry::RetryPolicy;
