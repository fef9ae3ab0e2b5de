//! The HTTPS server: a thread for each engine.

mod body;
mod line;

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

use super::exchange::Answer;
use super::front::{Front, Received};
use super::gzip::compressed;
use super::journal::{Journal, Request};
use super::pages;
use super::trouble::{Troubles, What};
use body::Body;
use line::Line;
use ovirt_sdk::Error;
use ovirt_sdk::unstable::io_error;

/// The longest body that is read.
const LONGEST_BODY: usize = 16 << 20;
/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long requests that are under way may take when the engine stops.
const GRACE: Duration = Duration::from_millis(200);

/// What the server and its owner share.
pub(crate) struct Shared {
    pub(crate) front: Front,
    pub(crate) journal: Journal,
    pub(crate) troubles: Troubles,
}

/// A server that runs, until it is dropped.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// What there is when a server has begun.
pub(crate) type Opened = (Arc<Shared>, TlsAcceptor);

impl Server {
    /// Starts a thread that listens. There it is also prepared what answers, since that may take a while: `open` is
    /// told the address, `begun` how it went.
    pub(crate) fn start<O, B>(address: SocketAddr, open: O, begun: B) -> Result<Self, Error>
    where
        O: FnOnce(SocketAddr) -> Result<Opened, Error> + Send + 'static,
        B: FnOnce(Result<(SocketAddr, Arc<Shared>), Error>) + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let run = move || match prepare(address, open) {
            Err(error) => begun(Err(error)),
            Ok((listener, address, shared, acceptor, runtime)) => {
                begun(Ok((address, Arc::clone(&shared))));
                runtime.block_on(serve(listener, acceptor, shared, stopped));
                // Whoever hides in a request that is never answered is let go.
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
            // It has said already what there is to say about a panic.
            let _ = thread.join();
        }
    }
}

type Prepared = (tokio::net::TcpListener, SocketAddr, Arc<Shared>, TlsAcceptor, tokio::runtime::Runtime);

fn prepare(address: SocketAddr, open: impl FnOnce(SocketAddr) -> Result<Opened, Error>) -> Result<Prepared, Error> {
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

/// Serves until it is stopped.
async fn serve(
    listener: tokio::net::TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<Infallible>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let accepting = tokio::spawn(accept(listener, acceptor, shared, Arc::clone(&graceful)));
    // It ends when the sender is dropped.
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
                // Answers are written at once, so that nothing is gained by waiting for more.
                let _ = tcp.set_nodelay(true);
                let (acceptor, shared, watcher) = (acceptor.clone(), Arc::clone(&shared), graceful.watcher());
                tokio::spawn(async move {
                    if let Ok(Ok(tls)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(tcp)).await {
                        converse(tls, shared, watcher).await;
                    }
                });
            }
            // No file is left, or the client has gone.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Answers the requests of one TCP connection.
async fn converse(tls: line::Tls, shared: Arc<Shared>, watcher: Watcher) {
    let reset = Arc::new(AtomicBool::new(false));
    let line = TokioIo::new(Line::new(tls, Arc::clone(&reset)));
    let service = service_fn(move |request| respond(request, Arc::clone(&shared), Arc::clone(&reset)));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(line, service);
    // What is wrong with a connection is the client's business, or was wanted.
    let _ = watcher.watch(connection).await;
}

/// The connection is to break off.
#[derive(Debug)]
struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the fake engine breaks the connection off")
    }
}

impl std::error::Error for BrokenOff {}

async fn respond(
    request: hyper::Request<Incoming>,
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
) -> Result<hyper::Response<Body>, BrokenOff> {
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (received, is_too_long) = receive(request).await?;
    let Received { method, path, query, headers, body } = &received;
    let number = shared.journal.add(Request::new(method, path, query, headers, body));
    let fate = shared.troubles.fate(method, path);
    if !fate.delay.is_zero() {
        tokio::time::sleep(fate.delay).await;
    }
    let (answer, what) = match fate.instead {
        Some(What::Replaced(answer)) => (answer, What::Answered),
        Some(what) => (Answer::default(), what),
        None if is_too_long => (pages::too_large(), What::Answered),
        None => (answer(&shared, received).await, fate.afterwards),
    };
    let (answer, is_truncated) = match what {
        What::Answered => (answer, false),
        What::Truncated => (answer, true),
        What::Replaced(other) => (other, false),
        What::Silence => std::future::pending().await,
        What::Reset => {
            reset.store(true, Ordering::SeqCst);
            return Err(BrokenOff);
        }
    };
    shared.journal.answered(number, answer.status);
    Ok(response(compressed(answer, accepts.as_deref()), is_truncated))
}

/// Reads a request; and whether its body was too long to be read.
async fn receive(request: hyper::Request<Incoming>) -> Result<(Received, bool), BrokenOff> {
    let (head, body) = request.into_parts();
    let header = |(name, value): (&hyper::header::HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let mut received = Received {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(header).collect(),
        body: Vec::new(),
    };
    match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => received.body = body.to_bytes().to_vec(),
        Err(error) if error.is::<LengthLimitError>() => return Ok((received, true)),
        Err(_) => return Err(BrokenOff),
    }
    Ok((received, false))
}

/// Lets the engine answer where that does not hold up other requests.
async fn answer(shared: &Arc<Shared>, received: Received) -> Answer {
    let shared = Arc::clone(shared);
    let answering = move || {
        let answer = std::panic::catch_unwind(AssertUnwindSafe(|| shared.front.answer(&received)));
        answer.unwrap_or_else(|_| pages::error(500, "The fake engine panicked: this is a bug of it"))
    };
    match tokio::task::spawn_blocking(answering).await {
        Ok(answer) => answer,
        Err(_) => pages::error(500, "The fake engine stops"),
    }
}

fn response(answer: Answer, is_truncated: bool) -> hyper::Response<Body> {
    let mut response = hyper::Response::new(Body::new(answer.body, is_truncated));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or_default();
    for (name, value) in answer.headers {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
