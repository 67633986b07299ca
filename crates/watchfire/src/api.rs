//! Speaks to a node over its API.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use watchfire_core::log::bundle::DOCUMENT_BYTES_MAX;
use watchfire_server::secret::{hex, random};

use crate::cli::Server;
use crate::exit::Failure;
use crate::open::block_on;

/// Rows of one page; the most that a node gives.
const PAGE_ROWS: &str = "200";
/// An answer that takes longer is not waited for.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A node, as a client knows it.
pub(crate) struct Api<'a> {
    server: &'a Server,
    client: Client,
}

impl<'a> Api<'a> {
    /// Makes a client of the node at `server`.
    ///
    /// # Errors
    /// A failure of the request for an address that is none.
    pub(crate) fn of(server: &'a Server) -> Result<Self, Failure> {
        if !server.server.starts_with("https://") && !server.server.starts_with("http://") {
            return Err(Failure::request(format!("`{}` is no address of a node", server.server))
                .hint("it begins with `https://` or `http://`"));
        }
        // Each request has a runtime of its own, so no connection outlives it.
        // A second provider is refused, and the first is the same.
        let _same = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(ANSWER_WITHIN).pool_max_idle_per_host(0).build();
        let client = client.map_err(|error| {
            Failure::world("requests cannot be made on this machine").because(error)
        })?;
        Ok(Self { server, client })
    }

    /// Asks for what stands under `path`.
    ///
    /// # Errors
    /// A failure of the request for what the node refuses, of the world where it does not answer.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
        self.send(self.request(Method::GET, path).query(query), DOCUMENT_BYTES_MAX)
    }

    /// As [`Api::get`], for an answer of so many bytes.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn get_up_to(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        self.send(self.request(Method::GET, path), bytes_max)
    }

    /// Asks for a list to its last page.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn all(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>, Failure> {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut asked = query.to_vec();
            asked.push(("limit", PAGE_ROWS));
            asked.extend(after.as_deref().map(|after| ("after", after)));
            let mut page = self.get_json(path, &asked)?;
            if let Value::Array(items) = page["items"].take() {
                all.extend(items);
            }
            match page["next"].as_str() {
                Some(next) => after = Some(next.to_owned()),
                None => return Ok(all),
            }
        }
    }

    /// As [`Api::get`], for an answer in JSON.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn get_json(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        read(&self.get(path, query)?)
    }

    /// Sends `body` to `path`, under a new key, so that the network may repeat it.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.write(Method::POST, path, body)
    }

    /// Asks with a body, which changes nothing and needs no key.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn ask(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<Value, Failure> {
        let request = self.request(Method::POST, path).query(query).json(body);
        read(&self.send(request, DOCUMENT_BYTES_MAX)?)
    }

    /// As [`Api::post`], in the place of what is there.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.write(Method::PUT, path, body)
    }

    /// As [`Api::post`], so that something ends.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn delete(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.write(Method::DELETE, path, body)
    }

    /// As [`Api::post`], for a document of others, as it is.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn post_document(
        &self,
        path: &str,
        query: &[(&str, &str)],
        document: Vec<u8>,
    ) -> Result<Value, Failure> {
        let request = self.keyed(Method::POST, path).query(query);
        let request = request.header(CONTENT_TYPE, "application/octet-stream").body(document);
        read(&self.send(request, DOCUMENT_BYTES_MAX)?)
    }

    fn write(&self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        read(&self.send(self.keyed(method, path).json(body), DOCUMENT_BYTES_MAX)?)
    }

    fn keyed(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("idempotency-key", hex(&random::<16>()))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}{path}", self.server.server.trim_end_matches('/'));
        let request = self.client.request(method, address);
        match &self.server.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn send(&self, request: RequestBuilder, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let silent = |error: reqwest::Error| {
            Failure::world(format!("the node at `{}` does not answer", self.server.server))
                .because(error.without_url())
                .hint("does it run? name another with `--server`")
        };
        block_on(async {
            let mut response = request.send().await.map_err(silent)?;
            let status = response.status();
            let wait = response.headers().get(RETRY_AFTER).cloned();
            let mut body = Vec::new();
            while let Some(piece) = response.chunk().await.map_err(silent)? {
                body.extend_from_slice(&piece);
                if body.len() > bytes_max {
                    return Err(Failure::world("the node's answer is too long"));
                }
            }
            if status.is_success() {
                return Ok(body);
            }
            let wait = wait.as_ref().and_then(|seconds| seconds.to_str().ok());
            Err(refused(status.as_u16(), &body, wait))
        })
    }
}

/// What a problem (RFC 9457) is to whoever typed the command.
fn refused(status: u16, body: &[u8], wait: Option<&str>) -> Failure {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| problem[name].as_str().map(str::to_owned);
    let detail = text("detail").unwrap_or_else(|| format!("the node answers with status {status}"));
    // A hint may speak of it.
    let pointer = text("pointer").filter(|pointer| !pointer.is_empty());
    let pointer = pointer.map(|pointer| format!("`pointer`: {pointer}"));
    let line = problem["line"].as_u64().map(|line| format!("line {line}"));
    let place: Vec<String> = pointer.into_iter().chain(line).collect();
    let detail = if place.is_empty() { detail } else { format!("{detail} ({})", place.join(", ")) };
    let failure = if status >= 500 { Failure::world(detail) } else { Failure::request(detail) };
    let in_files = serde_json::from_value(problem["problems"].clone()).unwrap_or_default();
    let failure = failure.coded(text("code")).in_files(in_files);
    let hint = match (text("code").as_deref(), wait) {
        (Some("entry_pending"), Some(seconds)) => {
            Some(format!("ask again in {seconds} s; auditors may take `--internal`"))
        }
        _ => text("hint"),
    };
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn read(body: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::world("the node's answer is no JSON").because(error))
}
