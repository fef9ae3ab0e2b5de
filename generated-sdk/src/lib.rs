//! SDK for the REST API of the oVirt Engine, version 4 (also of OLVM and RHV).
//!
//! The [guide] explains [getting started](guide::getting_started), [authentication](guide::authentication),
//! [errors](guide::errors), [searching](guide::searching), [following links](guide::following), [waiting](guide::waiting),
//! [events](guide::events) and [testing](guide::testing).
//!
//! - [`Connection`]: a connection to an engine, created with a [`ConnectionBuilder`];
//! - [`credentials`]: ways to log in: passwords, tokens, sessions and custom providers;
//! - [`http`]: requests and responses as policies and transports see them;
//! - [`pipeline`]: the steps that each request passes through, and how to add custom ones;
//! - [`transport`]: sending requests over the network, recording exchanges and replaying them;
//! - [`services`]: all services of the API, with a request for each method; start at [`Connection::system`];
//! - [`requests`]: the requests that these methods create;
//! - [`types`]: all types of the API as plain Rust structs and enums;
//! - [`ensure`]: bringing an object into a desired state ([guide](guide::desired_state));
//! - [`search`]: conditions of searches, checked by the compiler ([guide](guide::searching));
//! - [`follow`]: links between objects, checked by the compiler ([guide](guide::following));
//! - [`jobs`]: waiting until an object is in a state ([guide](guide::waiting));
//! - [`events`]: watching the events of the engine ([guide](guide::events));
//! - [`operations`]: following what a request has started ([guide](guide::waiting));
//! - [`xml`]: lossless conversion between these types and the XML of the engine;
//! - [`object`] and [`registry`]: types and fields by name, for generic code;
//! - [`Error`]: the error type of the crate; documents and values fail with a [`DataError`], which converts into it;
//! - [`coming_from_python`]: a guide for users of the Python SDK.
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
//! Documents can be read and written without a connection:
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
//!         Some(VmStatus::Up) => println!("{} is running", vm.try_name()?),
//!         Some(VmStatus::Unknown(text)) => println!("status of a newer engine: {text}"),
//!         _ => {}
//!     }
//! }
//!
//! let vm = Vm::new().name("web2").cluster(Cluster::with_name("Default")).memory(1 << 30);
//! assert!(xml::to_string(&vm)?.contains("<memory>1073741824</memory>"));
//! # Ok::<(), ovirt_sdk::DataError>(())
//! ```
//!
//! # Features
//!
//! Without features, the crate provides the whole API with async methods, and TLS with rustls. The features add:
//!
//! - `blocking`: a blocking counterpart of every async method;
//! - `clap`: options of credentials as arguments of a program (`credentials::LoginMethods::arguments`);
//! - `images`: uploads, downloads and backups of disk images (`images`; guide "Images");
//! - `kerberos`: Kerberos logins without system libraries (`credentials::Kerberos`);
//! - `stream`: lists that are read item by item as `futures_core::Stream`;
//! - `serde`: the types as JSON, YAML, TOML and other formats of serde (`formats`).
//!
//! The crate `ovirt-fake-engine` provides an in-memory engine for tests.

// On docs.rs, the documentation of each item names the feature that it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]

mod action;
mod authentication;
#[cfg(feature = "blocking")]
mod blocking;
mod clock;
// Documentation only, without code.
#[cfg(doc)]
#[doc = include_str!("../PYTHON.md")]
pub mod coming_from_python {}
// The examples of the package's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
/// Guides, one for each topic.
#[cfg(doc)]
pub mod guide {
    #[doc = include_str!("../guide/events.md")]
    pub mod events {}
    #[cfg(feature = "images")]
    #[doc = include_str!("../guide/images.md")]
    pub mod images {}
    #[doc = include_str!("../guide/authentication.md")]
    pub mod authentication {}
    #[doc = include_str!("../guide/errors.md")]
    pub mod errors {}
    #[doc = include_str!("../guide/following.md")]
    pub mod following {}
    #[doc = include_str!("../guide/getting_started.md")]
    pub mod getting_started {}
    #[doc = include_str!("../guide/searching.md")]
    pub mod searching {}
    #[doc = include_str!("../guide/testing.md")]
    pub mod testing {}
    #[doc = include_str!("../guide/waiting.md")]
    pub mod waiting {}
    #[doc = include_str!("../guide/desired_state.md")]
    pub mod desired_state {}
}
mod connection;
mod correlation_id;
pub mod credentials;
mod date_time;
pub mod ensure;
mod error;
pub mod events;
mod find;
pub mod follow;
#[cfg(feature = "serde")]
pub mod formats;
#[rustfmt::skip]
mod generated;
pub mod http;
mod identity;
#[cfg(feature = "images")]
pub mod images;
pub mod jobs;
mod link;
mod list;
mod markup;
pub mod object;
mod objects;
pub mod operations;
pub mod pipeline;
mod random;
mod redaction;
pub mod registry;
pub mod request;
pub mod requests;
mod roles;
pub mod search;
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
pub use error::{Error, ErrorKind, TransportErrorKind};
pub use follow::Linked;
pub use generated::wire::API_VERSION;
pub use identity::Identity;
pub use markup::DataError;
