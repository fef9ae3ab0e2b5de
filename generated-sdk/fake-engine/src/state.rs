//! The state of the engine: objects by path, pending effects, the audit log and the contents of disks.
//!
//! Every object lives in one collection, at its [path](crate::path). Resources that show it elsewhere register a
//! [view](crate::api::Registry::view). This module knows no resource: effects and signals run functions that are
//! registered from outside.

mod actor;
mod audit_log;
mod changes;
mod collection;
mod collections;
mod contents;
mod error;
mod file;
mod incidents;
mod journal;
mod names;
mod persistence;
mod record;
mod schedule;
mod store;
mod tasks;

pub(crate) use actor::Actor;
pub(crate) use error::StateError;
pub(crate) use persistence::Kept;
pub(crate) use schedule::date;
pub(crate) use store::State;

/// The severity of an event.
pub(crate) type Severity = ovirt_sdk::types::LogSeverity;
