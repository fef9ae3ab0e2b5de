//! Uploads and downloads a disk image with a progress bar.
//!
//! ```sh
//! cargo run --example image --features images -- upload fedora.qcow2 fedora data
//! cargo run --example image --features images -- download fedora copy.qcow2
//! ```
//!
//! An upload that was interrupted continues when the same command runs again: its state is in `FILE.upload`.

#![allow(clippy::print_stderr, unreachable_pub, reason = "a command-line program")]

mod common;

use std::path::Path;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use ovirt_sdk::images::{ImageFormat, Progress};
use ovirt_sdk::types::{Disk, StorageDomain};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["upload", file, disk, storage_domain] => upload(connection, Path::new(file), disk, storage_domain).await,
        ["download", disk, file] => download(connection, disk, Path::new(file)).await,
        _ => common::usage(include_str!("image.rs")),
    })
}

/// Creates a disk from an image file.
pub async fn upload(connection: &Connection, file: &Path, disk: &str, storage_domain: &str) -> Result<(), Error> {
    let bar = bar();
    let shown = bar.clone();
    let mut state = file.as_os_str().to_owned();
    state.push(".upload");
    let uploaded = connection
        .upload(file)
        .into(Disk::new().name(disk).storage_domains([StorageDomain::with_name(storage_domain)]))
        .state_file(state)
        .on_progress(move |progress| show(&shown, progress))
        .send()
        .await;
    bar.finish();
    eprintln!("uploaded disk {}", uploaded?.try_id()?);
    Ok(())
}

/// Downloads a disk to a file: QCOW2 if its name ends with `.qcow2`, otherwise raw.
pub async fn download(connection: &Connection, disk: &str, file: &Path) -> Result<(), Error> {
    let found = connection.system().disks().find(disk).await?;
    let is_qcow2 = file.extension().is_some_and(|extension| extension == "qcow2");
    let bar = bar();
    let shown = bar.clone();
    let downloaded = connection
        .download(found)
        .format(if is_qcow2 { ImageFormat::Qcow2 } else { ImageFormat::Raw })
        .to(file)
        .on_progress(move |progress| show(&shown, progress))
        .send()
        .await;
    bar.finish();
    downloaded
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} % of {total_bytes} {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
    let rate = progress.rate / 1e6;
    match progress.remaining.filter(|remaining| *remaining > Duration::ZERO) {
        Some(remaining) => bar.set_message(format!("{rate:.0} MB/s, {} left", HumanDuration(remaining))),
        None => bar.set_message(format!("{rate:.0} MB/s")),
    }
}
