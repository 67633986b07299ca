//! A receiver of webhooks that checks their signatures (Standard Webhooks 1.0.0).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::certificate::Identity;

/// Longer than any test waits.
const SILENCE: Duration = Duration::from_secs(60);

/// What a receiver does with a request that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Answers with this status; one that leads elsewhere names `/elsewhere`.
    Status(u16),
    /// Says nothing.
    Silence,
    /// Cuts the connection.
    Cut,
}

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub method: Method,
    /// Path and query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Hook {
    /// Returns the value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Reads the body.
    ///
    /// # Panics
    /// If it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body in JSON")
    }

    /// Whether one of its signatures was made with `secret` (`whsec_…`) over id, time and body.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let Some(Ok(secret)) = secret.strip_prefix("whsec_").map(|text| STANDARD.decode(text))
        else {
            return false;
        };
        let (id, time) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signatures = self.header("webhook-signature").split(' ');
        signatures.filter_map(|text| STANDARD.decode(text.strip_prefix("v1,")?).ok()).any(
            |signature| {
                let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("any key will do");
                mac.update(format!("{id}.{time}.").as_bytes());
                mac.update(&self.body);
                mac.verify_slice(&signature).is_ok()
            },
        )
    }
}

#[derive(Clone)]
struct Shared {
    hooks: Arc<Mutex<Vec<Hook>>>,
    reply: Arc<Mutex<Reply>>,
}

/// A receiver on a port of this machine.
pub struct Receiver {
    /// Its address, without a path: `http://127.0.0.1:1234`.
    pub url: String,
    shared: Shared,
}

impl Receiver {
    /// Starts a receiver; with an identity it speaks TLS alone.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start(reply: Reply, identity: Option<Identity>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let scheme = if identity.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        let shared = Shared { hooks: Arc::default(), reply: Arc::new(Mutex::new(reply)) };
        let app = Router::new().fallback(take).with_state(shared.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, app.clone(), identity.clone()));
            }
        });
        Self { url, shared }
    }

    /// From the next request on, answers so.
    pub fn answers(&self, reply: Reply) {
        *self.shared.reply.lock().unwrap_or_else(PoisonError::into_inner) = reply;
    }

    /// Takes what arrived since the last time.
    pub fn took(&self) -> Vec<Hook> {
        std::mem::take(&mut *self.shared.hooks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(socket: TcpStream, app: Router, identity: Option<Identity>) {
    let cut = Arc::new(Notify::new());
    let app = app.layer(Extension(cut.clone()));
    let held = async {
        match identity {
            None => hold(socket, app).await,
            Some(identity) => {
                if let Ok(inner) = identity.acceptor().accept(socket).await {
                    hold(inner, app).await;
                }
            }
        }
    };
    tokio::select! {
        () = held => {}
        () = cut.notified() => {}
    }
}

async fn hold(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, app: Router) {
    let builder = Builder::new(TokioExecutor::new());
    let service = TowerToHyperService::new(app);
    // A client that goes in the middle of it is the client's affair.
    drop(builder.serve_connection(TokioIo::new(socket), service).await);
}

async fn take(
    State(shared): State<Shared>,
    Extension(cut): Extension<Arc<Notify>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let hook = Hook { method, path: uri.to_string(), headers, body };
    shared.hooks.lock().unwrap_or_else(PoisonError::into_inner).push(hook);
    let reply = *shared.reply.lock().unwrap_or_else(PoisonError::into_inner);
    match reply {
        Reply::Status(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("location", "/elsewhere")]).into_response()
        }
        Reply::Silence => {
            tokio::time::sleep(SILENCE).await;
            StatusCode::OK.into_response()
        }
        Reply::Cut => {
            cut.notify_one();
            std::future::pending().await
        }
    }
}
