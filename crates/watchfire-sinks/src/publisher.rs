//! A server that offers one document or many, well or badly (RFC 9110, RFC 9112).

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::certificate::{Identity, sha256};

/// Longer than any test waits.
const SILENCE: Duration = Duration::from_secs(60);
/// The pause between two bytes of somebody who is slow.
const DRIP_EVERY: Duration = Duration::from_millis(50);
/// Of an answer without an end, so many bytes at once.
const FLOOD_BYTES: usize = 64 * 1024;

/// What a publisher does when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Gives the document, or says that it is the one that the asker names.
    Document { bytes: Vec<u8>, content_type: &'static str },
    /// Answers with this status and these headers, and no document.
    Status { status: u16, headers: Vec<(&'static str, String)> },
    /// Announces the whole document, gives the first half, and goes.
    Half(Vec<u8>),
    /// Announces so many bytes, and gives none.
    Announced(u64),
    /// Gives bytes without length and without end.
    Endless,
    /// Gives byte after byte, slowly, without end.
    Drip,
    /// Says nothing.
    Silence,
    /// Has an offer of its own at each path, and 404 elsewhere.
    Site(BTreeMap<String, Offer>),
}

impl Offer {
    /// What is offered at a path.
    fn at(&self, path: &str) -> Self {
        match self {
            Self::Site(pages) => {
                let absent = || Self::Status { status: 404, headers: Vec::new() };
                pages.get(path).map_or_else(absent, |offer| offer.at(path))
            }
            other => other.clone(),
        }
    }
}

/// A question that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    /// Returns the value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// A publisher on a port of this machine.
#[derive(Debug)]
pub struct Publisher {
    /// Its address, without a path: `https://127.0.0.1:1234`.
    pub url: String,
    shared: Shared,
}

#[derive(Debug, Clone)]
struct Shared {
    offer: Arc<Mutex<Offer>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Publisher {
    /// Starts a publisher; with an identity it speaks TLS alone.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start(offer: Offer, identity: Option<Identity>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let scheme = if identity.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        let shared = Shared { offer: Arc::new(Mutex::new(offer)), asked: Arc::default() };
        let for_all = shared.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, identity.clone(), for_all.clone()));
            }
        });
        Self { url, shared }
    }

    /// From the next question on, does so.
    pub fn offers(&self, offer: Offer) {
        *self.shared.offer.lock().unwrap_or_else(PoisonError::into_inner) = offer;
    }

    /// Takes what was asked since the last time.
    pub fn took(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(socket: TcpStream, identity: Option<Identity>, shared: Shared) -> io::Result<()> {
    // An asker that goes in the middle of it is the asker's affair.
    match identity {
        None => answer(socket, &shared).await,
        Some(identity) => answer(identity.acceptor().accept(socket).await?, &shared).await,
    }
}

async fn answer(socket: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) -> io::Result<()> {
    let mut line = BufReader::new(socket);
    let Some(asked) = question(&mut line).await? else { return Ok(()) };
    let known = asked.header("if-none-match").to_owned();
    let offer = shared.offer.lock().unwrap_or_else(PoisonError::into_inner).at(&asked.path);
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    match offer {
        Offer::Document { bytes, content_type } => {
            let tag = format!("\"{}\"", sha256(&bytes));
            if known == tag {
                head(&mut line, 304, &[("etag", tag)]).await?;
            } else {
                let headers = [
                    ("content-length", bytes.len().to_string()),
                    ("content-type", content_type.to_owned()),
                    ("etag", tag),
                    ("last-modified", "Wed, 24 Nov 2021 08:00:00 GMT".to_owned()),
                ];
                head(&mut line, 200, &headers).await?;
                line.write_all(&bytes).await?;
            }
        }
        Offer::Status { status, headers } => {
            let mut all = vec![("content-length", "0".to_owned())];
            all.extend(headers);
            head(&mut line, status, &all).await?;
        }
        Offer::Half(bytes) => {
            head(&mut line, 200, &[("content-length", bytes.len().to_string())]).await?;
            line.write_all(&bytes[..bytes.len() / 2]).await?;
        }
        Offer::Announced(length) => {
            head(&mut line, 200, &[("content-length", length.to_string())]).await?;
        }
        Offer::Endless => {
            head(&mut line, 200, &[]).await?;
            loop {
                line.write_all(&[b'x'; FLOOD_BYTES]).await?;
            }
        }
        Offer::Drip => {
            head(&mut line, 200, &[]).await?;
            loop {
                line.write_all(b"x").await?;
                line.flush().await?;
                tokio::time::sleep(DRIP_EVERY).await;
            }
        }
        Offer::Silence => tokio::time::sleep(SILENCE).await,
        Offer::Site(_) => unreachable!("a site was asked for what it has at a path"),
    }
    line.shutdown().await
}

/// Reads a question up to the empty line after its headers.
async fn question(
    line: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>,
) -> io::Result<Option<Asked>> {
    let mut first = String::new();
    if line.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut next = String::new();
        line.read_line(&mut next).await?;
        let Some((name, value)) = next.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(Some(Asked { path, headers }))
}

async fn head(
    line: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>,
    status: u16,
    headers: &[(&str, String)],
) -> io::Result<()> {
    let mut text = format!("HTTP/1.1 {status} x\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    line.write_all(text.as_bytes()).await?;
    line.flush().await
}
