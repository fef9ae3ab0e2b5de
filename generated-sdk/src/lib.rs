//! The SDK for the REST API of the oVirt Engine, version 4 (also of OLVM and RHV).
//!
//! - [`Connection`]: the way to an engine, made by a [`ConnectionBuilder`];
//! - [`credentials`]: who we are; passwords, tokens, sessions, and ways of one's own;
//! - [`http`]: requests and responses as hooks see them;
//! - [`pipeline`]: what each request passes through, and how to hook into it;
//! - [`transport`]: what carries requests; also recordings, and what replays them;
//! - [`services`]: every service of the API and a request for each of its methods, from [`Connection::system`];
//! - [`types`]: every type of the API as a plain Rust struct or enum;
//! - [`xml`]: these types from and to the XML of the engine, without loss;
//! - [`object`] and [`registry`]: all types by name, for code that works on any of them;
//! - [`Error`]: the one error of the crate; errors of documents and values are a [`DataError`], which converts into it;
//! - [`coming_from_python`]: for those who know the Python SDK.
//!
//! ```no_run
//! # async fn example() -> Result<(), ovirt_sdk::Error> {
//! use ovirt_sdk::{Connection, Credentials};
//!
//! let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
//!     .credentials(Credentials::password("admin@ovirt@internalsso", "secret"))
//!     .ca_file("ca.pem")
//!     .build()?;
//! for vm in &connection.system().vms().list().search("status=up").send().await? {
//!     println!("{}", vm.try_name()?);
//! }
//! connection.close().await
//! # }
//! ```
//!
//! Documents can be read and written without a connection, too:
//!
//! ```
//! use ovirt_sdk::types::{Cluster, List, Vm, VmStatus};
//! use ovirt_sdk::xml;
//!
//! let vms: List<Vm> = xml::from_str(
//!     r#"<vms><vm id="7"><name>web1</name><status>up</status><link rel="nics" href="/api/vms/7/nics"/></vm></vms>"#,
//! )?;
//! for vm in &vms {
//!     match &vm.status {
//!         Some(VmStatus::Up) => println!("{} runs", vm.try_name()?),
//!         Some(VmStatus::Unknown(text)) => println!("a newer engine says {text}"),
//!         _ => {}
//!     }
//! }
//!
//! let wanted = Vm::new().name("web2").cluster(Cluster::with_name("Default")).memory(1 << 30);
//! assert!(xml::to_string(&wanted)?.contains("<memory>1073741824</memory>"));
//! # Ok::<(), ovirt_sdk::DataError>(())
//! ```
//!
//! # Features
//!
//! The default is the whole API, asynchronous, with TLS by rustls. What else there is:
//!
//! - `blocking`: each request and each operation that is awaited has a form that waits by itself;
//! - `kerberos`: tickets without a library of the system: `credentials::Kerberos`;
//! - `serde`: the types as JSON, YAML, TOML and the like, by the traits of serde: `formats`.
//!
//! Tests can run against the in-memory engine of the crate `ovirt-fake-engine`.

#![deny(missing_docs)]

mod authentication;
#[cfg(feature = "blocking")]
mod blocking;
// A page and no code: only rustdoc sees it.
#[cfg(doc)]
#[doc = include_str!("../PYTHON.md")]
pub mod coming_from_python {}
mod connection;
mod correlation_id;
pub mod credentials;
mod date_time;
mod error;
mod find;
mod follow;
#[cfg(feature = "serde")]
pub mod formats;
#[rustfmt::skip]
mod generated;
pub mod http;
mod list;
mod markup;
pub mod object;
pub mod pipeline;
mod random;
pub mod registry;
pub mod request;
mod secret;
pub mod service;
pub mod services;
pub mod transport;
pub mod types;
mod unknown;
#[doc(hidden)]
pub mod unstable;
mod url;
pub mod xml;

pub use connection::{Connection, ConnectionBuilder, Inspected, RawRequest, RawResponse};
pub use credentials::Credentials;
pub use error::{Error, TransportErrorKind};
pub use follow::Linked;
pub use generated::wire::API_VERSION;
pub use markup::DataError;
