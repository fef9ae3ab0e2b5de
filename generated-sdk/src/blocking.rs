//! Blocking calls.
//!
//! One background thread per process drives I/O and timers; each calling thread runs its own request.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use tokio::runtime::{Builder, Handle};

use crate::error::Error;

/// Runs a future to completion on this thread.
///
/// Fails within async code, where it would block other tasks. Threads that a runtime provides for blocking code are
/// fine: those of `spawn_blocking`, and `block_in_place`.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    if is_async() {
        return Err(Error::runtime());
    }
    // I/O, timers and tasks belong to the driver, even if the thread belongs to another runtime. A block_on of tokio
    // would panic where `is_async` is wrong.
    let _driver = driver()?.enter();
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return Ok(output),
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Wakes a thread that waits for a future.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Whether the thread runs async code of tokio. Only there tasks have a limited budget, after which they must yield to
/// others; using it up costs the task one turn. There is no other way to tell these threads from those for blocking code.
fn is_async() -> bool {
    /// More than the budget of a task.
    const STEPS: usize = 1024;
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    (0..STEPS).any(|_| pin!(tokio::task::consume_budget()).poll(&mut context).is_pending())
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
