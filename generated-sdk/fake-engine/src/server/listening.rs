//! Listening for connections.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::plain;
use super::respond::respond;
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

/// What each connection needs.
struct Serving {
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    graceful: Arc<GracefulShutdown>,
}

/// Serves until `stopped` ends.
pub(super) async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<Infallible>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let serving = Serving { acceptor, shared, graceful: Arc::clone(&graceful) };
    let running = tokio::spawn(accept(listener, serving));
    // The receiver ends when the sender is dropped.
    let _ = stopped.await;
    running.abort();
    let _ = running.await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }
}

async fn accept(listener: TcpListener, serving: Serving) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => {
                // Each response is written at once: waiting for more data gains nothing.
                let _ = tcp.set_nodelay(true);
                let (acceptor, shared) = (serving.acceptor.clone(), Arc::clone(&serving.shared));
                tokio::spawn(serve_tcp(tcp, acceptor, shared, serving.graceful.watcher()));
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
