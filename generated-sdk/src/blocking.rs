//! Requests without an async runtime.
//!
//! One thread of the process drives the network; those who wait run their requests themselves.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle};

use crate::error::Error;

/// Runs a future to its end on this thread.
///
/// Within an async runtime that would keep others from running, so it is an error there.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    if Handle::try_current().is_ok() {
        return Err(Error::runtime());
    }
    Ok(driver()?.block_on(future))
}

/// The runtime that all blocking requests of the process share.
fn driver() -> Result<&'static Handle, Error> {
    static DRIVER: OnceLock<Option<Handle>> = OnceLock::new();
    let started = DRIVER.get_or_init(|| start().ok());
    started.as_ref().ok_or_else(|| Error::custom("the thread for blocking requests can't be started"))
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let run = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("ovirt-sdk".to_owned()).spawn(run)?;
    Ok(handle)
}
