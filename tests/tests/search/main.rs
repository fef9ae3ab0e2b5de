//! Typed searches and pages, on the fake engine.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]

mod oracle;
mod pages;
mod text;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::types::{Cluster, Template, Vm};

/// An engine whose time stands still, and a connection to it.
async fn engine() -> (FakeEngine, Connection) {
    let engine = FakeEngine::builder().manual_clock().start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    (engine, connection)
}

/// A virtual machine to add.
fn vm(name: impl Into<String>) -> Vm {
    Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"))
}
