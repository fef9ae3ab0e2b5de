//! The HTTPS server. Each engine has its own thread.

mod body;
mod certificates;
mod disconnect;
mod gzip;
mod injected_failures;
mod parameters;
mod request_log;
mod router;
mod services;
mod sso;
mod tls_connection;

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT_ENCODING, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::api::{ApiResponse, pages};
use crate::engine::HttpRequest;
use body::Body;
pub(crate) use certificates::Certificates;
use disconnect::Disconnect;
use gzip::compressed;
pub use injected_failures::InjectedFailure;
pub(crate) use injected_failures::{FailureKind, InjectedFailures};
use ovirt_sdk::Error;
use ovirt_sdk::unstable::io_error;
pub use request_log::LoggedRequest;
pub(crate) use request_log::RequestLog;
pub(crate) use router::Router;
use tls_connection::TlsConnection;

/// The longest body that is accepted.
const MAX_BODY: usize = 16 << 20;
/// The longest TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the server waits for running requests when it stops.
const GRACE: Duration = Duration::from_millis(200);

/// The data that the server and [`FakeEngine`](crate::FakeEngine) share.
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) request_log: RequestLog,
    pub(crate) failures: InjectedFailures,
}

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
                runtime.block_on(serve(listener, acceptor, shared, stopped));
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

/// Serves until `stopped` ends.
async fn serve(
    listener: tokio::net::TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<Infallible>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let accepting = tokio::spawn(accept(listener, acceptor, shared, Arc::clone(&graceful)));
    // The receiver ends when the sender is dropped.
    let _ = stopped.await;
    accepting.abort();
    let _ = accepting.await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    graceful: Arc<GracefulShutdown>,
) {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => {
                // Each response is written at once: waiting for more data gains nothing.
                let _ = tcp.set_nodelay(true);
                let (acceptor, shared, watcher) = (acceptor.clone(), Arc::clone(&shared), graceful.watcher());
                tokio::spawn(async move {
                    if let Ok(Ok(tls)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(tcp)).await {
                        serve_connection(tls, shared, watcher).await;
                    }
                });
            }
            // Out of file descriptors, or the client has disconnected.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Handles the requests of one connection.
async fn serve_connection(tls: tls_connection::Tls, shared: Arc<Shared>, watcher: Watcher) {
    let reset = Arc::new(AtomicBool::new(false));
    let io = TokioIo::new(TlsConnection::new(tls, Arc::clone(&reset)));
    let service = service_fn(move |request| respond(request, Arc::clone(&shared), Arc::clone(&reset)));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service);
    // Errors of a connection are the client's, or injected.
    let _ = watcher.watch(connection).await;
}

async fn respond(
    request: hyper::Request<Incoming>,
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
) -> Result<hyper::Response<Body>, Disconnect> {
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (request, is_too_long) = receive(request).await?;
    let HttpRequest { method, path, query, headers, body } = &request;
    let number = shared.request_log.add(LoggedRequest::new(method, path, query, headers, body));
    let outcome = shared.failures.outcome(method, path);
    if !outcome.delay.is_zero() {
        tokio::time::sleep(outcome.delay).await;
    }
    let (response, failure) = match outcome.instead {
        Some(FailureKind::Replaced(response)) => (response, FailureKind::None),
        Some(failure) => (ApiResponse::default(), failure),
        None if is_too_long => (pages::too_large(), FailureKind::None),
        None => (handle(&shared, request).await, outcome.afterwards),
    };
    let (response, is_truncated) = match failure {
        FailureKind::None => (response, false),
        FailureKind::Truncated => (response, true),
        FailureKind::Replaced(other) => (other, false),
        FailureKind::Silence => std::future::pending().await,
        FailureKind::Reset => {
            reset.store(true, Ordering::SeqCst);
            return Err(Disconnect);
        }
    };
    shared.request_log.set_status(number, response.status);
    Ok(to_hyper(compressed(response, accepts.as_deref()), is_truncated))
}

/// Reads a request; also returns whether its body is too long.
async fn receive(request: hyper::Request<Incoming>) -> Result<(HttpRequest, bool), Disconnect> {
    let (head, body) = request.into_parts();
    let header = |(name, value): (&hyper::header::HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let mut received = HttpRequest {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(header).collect(),
        body: Vec::new(),
    };
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => received.body = body.to_bytes().to_vec(),
        Err(error) if error.is::<LengthLimitError>() => return Ok((received, true)),
        Err(_) => return Err(Disconnect),
    }
    Ok((received, false))
}

/// Handles a request on a thread for blocking work, so that it doesn't delay other requests.
async fn handle(shared: &Arc<Shared>, request: HttpRequest) -> ApiResponse {
    let shared = Arc::clone(shared);
    let handling = move || {
        let response = std::panic::catch_unwind(AssertUnwindSafe(|| shared.router.handle(&request)));
        response.unwrap_or_else(|_| pages::error(500, "The fake engine panicked. This is a bug; please report it"))
    };
    match tokio::task::spawn_blocking(handling).await {
        Ok(response) => response,
        Err(_) => pages::error(500, "The fake engine is stopping"),
    }
}

fn to_hyper(from: ApiResponse, is_truncated: bool) -> hyper::Response<Body> {
    let mut response = hyper::Response::new(Body::new(from.body, is_truncated));
    *response.status_mut() = hyper::StatusCode::from_u16(from.status).unwrap_or_default();
    for (name, value) in from.headers {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
