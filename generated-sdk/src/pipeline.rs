//! The pipeline: an ordered list of policies around a transport.
//!
//! Each request passes through these steps:
//!
//! 1. policies added [per call](Position::Call);
//! 2. headers that the connection adds to every request;
//! 3. the correlation ID;
//! 4. retries after transient failures, of idempotent requests and of requests that were never sent;
//! 5. policies added [per attempt](Position::Attempt);
//! 6. authentication, which logs in when necessary, and once more if the engine rejects an expired token;
//! 7. policies added [at the wire](Position::Wire);
//! 8. logging with `tracing`;
//! 9. the [transport](crate::transport::Transport).
//!
//! Each request is a span of `tracing` with the target `ovirt_sdk`. With the target `ovirt_sdk::curl` and the level trace,
//! each request is also logged as a command for `curl` that sends it again. Secrets are shell variables in it:
//!
//! - `OVIRT_TOKEN`, `OVIRT_USERNAME` and `OVIRT_PASSWORD`, `OVIRT_SESSION` for a cookie, and `OVIRT_AUTHORIZATION` for
//!   credentials of other schemes;
//! - `OVIRT_SECRET_…` for a secret field, parameter or header, escaped as in the request;
//! - `OVIRT_…` for a field of a form, such as `OVIRT_CLIENT_SECRET`, as it is;
//! - `OVIRT_PROXY` for the URL of a proxy with a user or a password.
//!
//! `OVIRT_BODY` is a body that is long or not XML. `OVIRT_CAFILE`, `OVIRT_CLIENT_CERTIFICATE` and `OVIRT_CLIENT_KEY` are
//! the paths of the trusted authorities, the client certificate and its key, unless the connection has them from one file.
//!
//! Requests of the login pass only through steps 2, 3 and 7 to 9.
//!
//! ```
//! use ovirt_sdk::http::{BoxFuture, Request, Response};
//! use ovirt_sdk::pipeline::{Next, Policy, Position};
//! use ovirt_sdk::{Connection, Credentials, Error};
//!
//! /// Adds a header to every request.
//! struct OriginHeader;
//!
//! impl Policy for OriginHeader {
//!     fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
//!         request.headers_mut().set("X-Origin", "nightly-report");
//!         Box::pin(async move { next.run(request).await })
//!     }
//! }
//!
//! let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
//!     .credentials(Credentials::token("t"))
//!     .policy(Position::Call, OriginHeader)
//!     .build()?;
//! # Ok::<(), Error>(())
//! ```

pub(crate) mod correlation;
pub(crate) mod curl;
pub(crate) mod default_headers;
pub(crate) mod dispatch;
pub(crate) mod logging;
mod policy;
pub(crate) mod retry;
mod timings;

pub(crate) use policy::Pipeline;
pub use policy::{Next, Policy, Position};
pub use retry::RetryPolicy;
pub use timings::{Timing, Timings};
