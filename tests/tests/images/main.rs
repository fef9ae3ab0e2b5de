//! Uploads and downloads of disk images, with the daemon of real hosts: `ovirt-imageio`. The engine is a fake one.
//!
//! The tests need `ovirt-imageio` and `qemu-img`. `OVIRT_IMAGEIO` names the Python of an environment with the former;
//! `.ci/run` sets it. Without it, or without `qemu-img`, they are skipped with a message.

#![cfg(unix)]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]

mod backups;
mod daemon;
mod failures;
mod image;
mod own_server;
mod proxy;
mod qcow2;
mod raw;
mod relay;
mod resuming;
mod setup;
