//! Blocking calls.
//!
//! One background thread per process drives I/O and timers; each calling thread runs its own request.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle};

use crate::error::Error;

/// Runs a future to completion on this thread.
///
/// Fails within an async runtime, where it would block other tasks.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    if Handle::try_current().is_ok() {
        return Err(Error::runtime());
    }
    Ok(driver()?.block_on(future))
}

/// The runtime that all blocking calls of the process share.
fn driver() -> Result<&'static Handle, Error> {
    static DRIVER: OnceLock<Option<Handle>> = OnceLock::new();
    let started = DRIVER.get_or_init(|| start().ok());
    started.as_ref().ok_or_else(|| Error::custom("can't start the background thread for blocking calls"))
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let run = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("ovirt-sdk".to_owned()).spawn(run)?;
    Ok(handle)
}
