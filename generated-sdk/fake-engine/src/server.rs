//! The HTTPS server. Each engine has its own thread.

mod body;
mod certificates;
mod control;
mod disconnect;
mod failure_text;
mod gzip;
mod injected_failures;
mod listening;
mod observe;
mod page;
mod parameters;
mod plain;
mod request_log;
mod respond;
mod restarts;
mod router;
mod services;
mod shared;
mod sso;
mod tls_connection;

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

pub(crate) use certificates::Certificates;
pub use injected_failures::InjectedFailure;
pub(crate) use injected_failures::InjectedFailures;
use ovirt_sdk::Error;
use ovirt_sdk::unstable::io_error;
pub use request_log::LoggedRequest;
pub(crate) use request_log::RequestLog;
pub(crate) use restarts::Restarts;
pub(crate) use router::Router;
pub(crate) use shared::Shared;

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// The values that the server's thread prepares.
pub(crate) type Prepared = (Arc<Shared>, TlsAcceptor);

impl Server {
    /// Starts the thread of the server. It calls `open` with its address to prepare what handles requests, which may
    /// take a while, and `started` with the result.
    pub(crate) fn start<O, S>(address: SocketAddr, open: O, started: S) -> Result<Self, Error>
    where
        O: FnOnce(SocketAddr) -> Result<Prepared, Error> + Send + 'static,
        S: FnOnce(Result<(SocketAddr, Arc<Shared>), Error>) + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let run = move || match listen(address, open) {
            Err(error) => started(Err(error)),
            Ok((listener, address, shared, acceptor, runtime)) => {
                started(Ok((address, Arc::clone(&shared))));
                runtime.block_on(listening::serve(listener, acceptor, shared, stopped));
                // Abort requests that are never answered.
                runtime.shutdown_background();
            }
        };
        let thread = std::thread::Builder::new().name("ovirt-fake-engine".to_owned()).spawn(run);
        let thread = thread.map_err(|error| io_error("start the thread of the fake engine", error))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was already reported.
            let _ = thread.join();
        }
    }
}

type Listening = (tokio::net::TcpListener, SocketAddr, Arc<Shared>, TlsAcceptor, tokio::runtime::Runtime);

fn listen(address: SocketAddr, open: impl FnOnce(SocketAddr) -> Result<Prepared, Error>) -> Result<Listening, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| io_error("start the runtime of the fake engine", error))?;
    let listener = TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|error| Error::custom(format!("the fake engine can't listen at {address}: {error}")))?;
    let entered = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)
        .map_err(|error| io_error("listen for the requests of the fake engine", error))?;
    drop(entered);
    let address = listener.local_addr().map_err(|error| io_error("find the port of the fake engine", error))?;
    let (shared, acceptor) = open(address)?;
    Ok((listener, address, shared, acceptor, runtime))
}
