//! Listens, and speaks HTTP/1.1 and HTTP/2, with TLS or on loopback without.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::route;
use crate::state::Node;
use crate::tls::{Certificate, TlsError};

/// A side that does not send its headers in this time is cut off.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// A side that does not finish the TLS handshake in this time is cut off.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Requests that are worked on when the node stops get this long.
const FINISH_WITHIN: Duration = Duration::from_secs(20);
/// How often the files of the certificate are looked at.
const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(10);
/// Waited after the system refused a connection, such as for want of file descriptors.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// Bytes of the headers of an HTTP/1.1 request.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// Bytes of the headers of an HTTP/2 request.
const HTTP2_HEADER_BYTES_MAX: u32 = 32 * 1024;
/// Requests at one time on one HTTP/2 connection.
const HTTP2_STREAMS_MAX: u32 = 64;
/// A silent HTTP/2 connection is asked for a sign of life this often.
const HTTP2_ALIVE_EVERY: Duration = Duration::from_secs(30);

/// Why a node does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Listens on the address of the settings.
///
/// # Errors
/// [`ServeError::Listen`].
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Answers requests until `stop` says so, then lets those that are worked on finish.
///
/// # Errors
/// [`ServeError::Tls`] before the first connection.
pub async fn serve(
    node: &Node,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ServeError> {
    let certificate = node.settings().tls.as_ref().map(Certificate::load).transpose()?;
    let acceptor = match &certificate {
        Some(certificate) => Some(TlsAcceptor::from(Arc::new(certificate.server_config()?))),
        None => None,
    };
    let watching = certificate.map(|certificate| tokio::spawn(watch_files(certificate)));
    let door = Door {
        router: route::router(node),
        acceptor,
        open: GracefulShutdown::new(),
        free: Arc::new(Semaphore::new(node.settings().limits.connections_max)),
    };
    tokio::select! {
        () = door.accept(&listener) => {}
        _ = stop.wait_for(|stopped| *stopped) => {}
    }
    drop(listener);
    if let Some(watching) = watching {
        watching.abort();
    }
    if tokio::time::timeout(FINISH_WITHIN, door.open.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish before the node stopped");
    }
    Ok(())
}

/// What a connection needs.
struct Door {
    router: Router,
    acceptor: Option<TlsAcceptor>,
    open: GracefulShutdown,
    free: Arc<Semaphore>,
}

impl Door {
    /// Takes connections for ever.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            let Ok(permit) = self.free.clone().acquire_owned().await else { return };
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(problem) => {
                    tracing::warn!(%problem, "a connection could not be taken");
                    tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                    continue;
                }
            };
            let watcher = self.open.watcher();
            let router = self.router.clone();
            let acceptor = self.acceptor.clone();
            tokio::spawn(async move {
                converse(stream, peer, router, acceptor, watcher).await;
                drop(permit);
            });
        }
    }
}

/// Speaks with one side until it has no more to ask.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    acceptor: Option<TlsAcceptor>,
    watcher: Watcher,
) {
    if let Err(problem) = stream.set_nodelay(true) {
        tracing::debug!(%problem, "answers to this side may be delayed");
    }
    let Some(acceptor) = acceptor else {
        return answer(stream, peer, router, watcher).await;
    };
    match tokio::time::timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => answer(stream, peer, router, watcher).await,
        Ok(Err(problem)) => tracing::debug!(%problem, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn answer<S>(stream: S, peer: SocketAddr, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HTTP2_ALIVE_EVERY)
        .max_concurrent_streams(HTTP2_STREAMS_MAX)
        .max_header_list_size(HTTP2_HEADER_BYTES_MAX);
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(problem) = watcher.watch(connection).await {
        tracing::debug!(%problem, "a connection ended early");
    }
}

/// Looks at the files of the certificate again and again.
async fn watch_files(certificate: Arc<Certificate>) {
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK_EVERY).await;
        match certificate.reload_if_changed() {
            Ok(false) => {}
            Ok(true) => tracing::info!("the certificate was read anew"),
            Err(problem) => {
                tracing::error!(%problem, "the changed certificate cannot be used; the old one stays");
            }
        }
    }
}
