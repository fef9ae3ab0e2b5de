//! Listening for connections, also across restarts of the engine.

use std::convert::Infallible;
use std::future::{poll_fn, ready};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::plain;
use super::respond::respond;
use super::restarts::Phase;
use super::shared::Shared;
use super::tls_connection::TlsConnection;

/// The longest TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the server waits for running requests when it stops.
const GRACE: Duration = Duration::from_millis(200);
/// The time between two attempts to listen.
const AGAIN: Duration = Duration::from_millis(10);
/// The first byte of a TLS connection.
const TLS_HANDSHAKE: u8 = 0x16;
/// The number of connections that wait until they are accepted.
const BACKLOG: u32 = 1024;

/// The tasks of all connections.
type Connections = Arc<Mutex<JoinSet<()>>>;

/// What each connection needs.
struct Serving {
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    graceful: Arc<GracefulShutdown>,
    connections: Connections,
}

/// Serves until `stopped` ends.
pub(super) async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<Infallible>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let serving = Serving { acceptor, shared, graceful: Arc::clone(&graceful), connections: Connections::default() };
    let connections = Arc::clone(&serving.connections);
    let running = tokio::spawn(run(listener, serving));
    // The receiver ends when the sender is dropped.
    let _ = stopped.await;
    running.abort();
    let _ = running.await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }
    drop(connections);
}

/// Accepts connections, except while the engine restarts.
async fn run(mut listener: TcpListener, serving: Serving) {
    let Ok(address) = listener.local_addr() else { return };
    let shared = Arc::clone(&serving.shared);
    loop {
        until(shared.wait_for(|phase| phase == Phase::Down), accept(&listener, &serving)).await;
        drop(listener);
        serving.connections.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        // A port to which a socket is bound that doesn't listen refuses connections, and nobody else can take it.
        let reserved = bind(address);
        shared.restarts.set_listening(false);
        shared.wait_for(|phase| phase != Phase::Down).await;
        listener = listen_again(reserved.ok(), address).await;
        shared.restarts.set_listening(true);
    }
}

fn bind(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn listen_again(mut reserved: Option<TcpSocket>, address: SocketAddr) -> TcpListener {
    loop {
        let socket = reserved.take().map_or_else(|| bind(address), Ok);
        match socket.and_then(|socket| socket.listen(BACKLOG)) {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// Polls work that has no end, until something else ends.
async fn until(end: impl Future<Output = ()>, work: impl Future<Output = Infallible>) {
    let (mut end, mut work) = (pin!(end), pin!(work));
    poll_fn(|cx| match end.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => work.as_mut().poll(cx).map(|never| match never {}),
    })
    .await;
}

async fn accept(listener: &TcpListener, serving: &Serving) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => {
                // Each response is written at once: waiting for more data gains nothing.
                let _ = tcp.set_nodelay(true);
                let (acceptor, shared) = (serving.acceptor.clone(), Arc::clone(&serving.shared));
                let connection = serve_tcp(tcp, acceptor, shared, serving.graceful.watcher());
                let mut connections = serving.connections.lock().unwrap_or_else(PoisonError::into_inner);
                while connections.try_join_next().is_some() {}
                connections.spawn(connection);
            }
            // Out of file descriptors, or the client has disconnected.
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// Handles the requests of one connection: with TLS, or the few that are answered without.
async fn serve_tcp(tcp: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>, watcher: Watcher) {
    let mut first = [0];
    let Ok(Ok(1)) = tokio::time::timeout(HANDSHAKE, tcp.peek(&mut first)).await else { return };
    if first != [TLS_HANDSHAKE] {
        let service = service_fn(move |request| ready(plain::respond(&request, &shared)));
        // The client goes on with TLS.
        let mut builder = http1::Builder::new();
        let builder = builder.timer(TokioTimer::new()).keep_alive(false);
        let connection = builder.serve_connection(TokioIo::new(tcp), service);
        let _ = watcher.watch(connection).await;
        return;
    }
    let Ok(Ok(tls)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(tcp)).await else { return };
    let reset = Arc::new(AtomicBool::new(false));
    let io = TokioIo::new(TlsConnection::new(tls, Arc::clone(&reset), shared.body_timeout));
    let service = service_fn(move |request| respond(request, Arc::clone(&shared), Arc::clone(&reset)));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service);
    // Errors of a connection are the client's, or injected.
    let _ = watcher.watch(connection).await;
}
