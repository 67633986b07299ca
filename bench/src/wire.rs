//! What a client says to a node over HTTP, one request after the other on one connection, and on
//! another after a pause.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A client gives up after this.
const ANSWER_WITHIN: Duration = Duration::from_secs(600);
/// A node lets a connection go on which nothing was said for a while; well before that, another is
/// taken.
const SILENT_AT_MOST: Duration = Duration::from_secs(2);

/// How many clients this run had.
static CLIENTS: AtomicUsize = AtomicUsize::new(0);

/// A client with a token.
pub(crate) struct Wire {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
    used: Instant,
    token: String,
    /// No two clients of a run send the same, so that each write is another.
    name: String,
    sent: usize,
}

impl Wire {
    /// Connects to a node.
    ///
    /// # Errors
    /// If nobody listens.
    pub(crate) fn to(address: SocketAddr, token: &str) -> Result<Self, Box<dyn Error>> {
        let stream = connected(address)?;
        let name = format!("{}-{}", std::process::id(), CLIENTS.fetch_add(1, Ordering::Relaxed));
        let (stream, token) = (BufReader::new(stream), token.to_owned());
        Ok(Self { address, stream, used: Instant::now(), token, name, sent: 0 })
    }

    /// # Errors
    /// Another answer than success.
    pub(crate) fn get(&mut self, path: &str) -> Result<Value, Box<dyn Error>> {
        let text = self.text("GET", path, &[])?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Sends a document, or JSON.
    ///
    /// # Errors
    /// Another answer than success.
    pub(crate) fn post(&mut self, path: &str, body: &[u8]) -> Result<Value, Box<dyn Error>> {
        let text = self.text("POST", path, body)?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Reads a list to its end, page by page.
    ///
    /// # Errors
    /// Another answer than pages.
    pub(crate) fn list(&mut self, path: &str) -> Result<Vec<Value>, Box<dyn Error>> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}?limit=200{after}"))?;
            items.extend(page["items"].as_array().ok_or("no page")?.iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }

    /// Returns the body of an answer.
    ///
    /// # Errors
    /// Another answer than success.
    pub(crate) fn text(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<String, Box<dyn Error>> {
        self.sent += 1;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: bench-{}-{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            self.token,
            self.name,
            self.sent,
            body.len()
        );
        if self.used.elapsed() > SILENT_AT_MOST {
            self.stream = BufReader::new(connected(self.address)?);
        }
        let stream = self.stream.get_mut();
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let status = self.line()?;
        let mut length = None;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse::<usize>()?);
            }
        }
        let mut body = vec![0; length.ok_or("an answer that does not say how long it is")?];
        self.stream.read_exact(&mut body)?;
        self.used = Instant::now();
        let body = String::from_utf8(body)?;
        if status.starts_with("HTTP/1.1 2") {
            Ok(body)
        } else {
            Err(format!("{method} {path}: {status}: {body}").into())
        }
    }

    fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err("the node hung up".into());
        }
        Ok(line.trim_end().to_owned())
    }
}

fn connected(address: SocketAddr) -> Result<TcpStream, Box<dyn Error>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    Ok(stream)
}
