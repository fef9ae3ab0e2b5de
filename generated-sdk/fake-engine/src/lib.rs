//! An in-memory oVirt engine over real HTTPS: for tests, and to try things out without a cluster.
//!
//! ```no_run
//! use std::time::Duration;
//! use ovirt_fake_engine::{FakeEngine, InjectedFailure};
//! use ovirt_sdk::types::{Cluster, Template, Vm};
//!
//! # async fn example() -> Result<(), ovirt_sdk::Error> {
//! let engine = FakeEngine::builder().manual_clock().start().await?;
//! let connection = engine.connect().build()?;
//!
//! let vms = connection.system().vms();
//! let wanted = Vm::new().name("web1").cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
//! let vm = vms.add(wanted).send().await?;
//!
//! // Operations take time on the engine's own clock.
//! vms.vm(vm.try_id()?).start().send().await?;
//! engine.advance(Duration::from_secs(60));
//!
//! // Inject failures.
//! engine.inject(InjectedFailure::unavailable().on("vms/*").times(2));
//! println!("{:?}", vms.vm(vm.try_id()?).get().send().await?.status);
//!
//! // Inspect the requests.
//! let started = engine.assert_called("POST", "vms/*/start");
//! assert_eq!(started.status(), Some(200));
//! # Ok(())
//! # }
//! ```
//!
//! # Starting an engine
//!
//! [`FakeEngine::start`] listens on a free port, and dropping the engine removes everything, so each test can have its
//! own engine. An engine has its own thread. Tests without a runtime use [`FakeEngine::start_blocking`].
//! [`FakeEngineBuilder`] has the options.
//!
//! The program `ovirt-fake-engine` runs an engine for other clients and prints how to connect. In a checkout, start it
//! with `cargo xtask fake-engine`.
//!
//! # Logging in
//!
//! [`connect`](FakeEngine::connect) returns a [`ConnectionBuilder`](ovirt_sdk::ConnectionBuilder) with the URL, the
//! certificate authority and the administrator's account. Other clients need [`url`](FakeEngine::url),
//! [`ca_pem`](FakeEngine::ca_pem), [`username`](FakeEngine::username) and [`password`](FakeEngine::password). OAuth,
//! basic authentication and sessions with a cookie work, and Kerberos with
//! [known tokens](FakeEngineBuilder::negotiate). Logins expire by the engine's clock, or all at once with
//! [`expire_logins`](FakeEngine::expire_logins).
//!
//! # When things go wrong
//!
//! [`InjectedFailure`] lets requests fail. [`Incident`] lets accepted work fail, and hosts, storage domains and the engine
//! itself go away for a while. Other processes cause both over HTTP, below `/fake-engine`.
//!
//! # Differences from an engine
//!
//! The README of this package lists them, each with its reason. All disks together hold 512 MiB of uploaded data; with
//! [`image_daemon`](FakeEngineBuilder::image_daemon), a real daemon serves the data.

#![deny(missing_docs)]

mod api;
mod builder;
mod clock;
mod effect;
mod encoding;
mod engine;
mod entities;
mod fake_engine;
mod fields;
mod generated {
    #[rustfmt::skip]
    pub(crate) mod routes;
    #[rustfmt::skip]
    pub(crate) mod search;
}
mod hooks;
mod image_daemon;
mod incident;
mod note;
mod occurrences;
mod path;
mod pattern;
mod random;
mod resources;
mod routes;
mod scenario;
mod search;
mod seed;
mod server;
mod services;
mod signal;
mod state;
mod stored;
mod table;
mod text_form;

pub use builder::FakeEngineBuilder;
pub use clock::Clock;
pub use fake_engine::FakeEngine;
pub use image_daemon::{ImageDaemon, ImageTicket, TicketStatus};
pub use incident::Incident;
pub use scenario::Scenario;
pub use server::{InjectedFailure, LoggedRequest};
