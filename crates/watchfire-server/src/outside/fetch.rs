//! Asks an address for what is new there: within bounds of size and time, and from nobody else.
//!
//! What it answered before is named in the question (`ETag`, `Last-Modified`), so that nothing is
//! sent twice. Nothing of an answer is handed on before it is whole.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use reqwest::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    RETRY_AFTER,
};
use reqwest::{Client, Response, StatusCode, Url};
use tokio::io::AsyncWriteExt;

use super::guard::{self, Denied};
use crate::channel::trust::{Trust, is_of_tls};
use crate::settings::Network;

/// Connections are kept to so many machines.
const KEPT_MAX: usize = 16;
/// A validator that is longer is not kept.
const VALIDATOR_BYTES_MAX: usize = 1_024;
/// Of what an answer says of itself, so many signs are told.
const CONTENT_TYPE_CHARS_MAX: usize = 100;

/// Asks, as far as the settings let it reach.
#[derive(Debug, Clone)]
pub struct Fetcher {
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Private networks that may be reached all the same.
    pub allowed: Vec<Network>,
    /// Whether an address may be asked in the clear.
    pub schemes: Schemes,
    /// From the question for its address to the last byte.
    pub within: Duration,
    /// A longer answer is not taken.
    pub bytes_max: usize,
    /// Where connections are kept for the next question, if they are.
    pub kept: Option<Kept>,
}

/// Connections to machines that were judged, for whoever asks them many things in a row.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<HashMap<String, (Client, String)>>>);

impl Kept {
    fn find(&self, origin: &str) -> Option<(Client, String)> {
        self.lock().get(origin).cloned()
    }

    fn keep(&self, origin: String, way: (Client, String)) {
        let mut kept = self.lock();
        if kept.len() < KEPT_MAX {
            kept.insert(origin, way);
        }
    }

    fn forget(&self, origin: &str) {
        self.lock().remove(origin);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Client, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an address may begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemes {
    /// `https` alone.
    Tls,
    /// `https`, and `http` into networks that the settings allow.
    Judged,
}

/// By what the other side knows its last answer again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing is new since the answer that was named.
    Unchanged,
    /// A whole answer.
    Whole(Answer),
}

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub bytes: Vec<u8>,
    /// What it says that it is.
    pub content_type: Option<String>,
    pub validators: Validators,
    /// Who gave it: scheme, host and port.
    pub endpoint: String,
}

/// A whole answer in a file that is gone once it is closed.
#[derive(Debug)]
pub struct Spooled {
    /// At its beginning.
    pub file: File,
    /// What it says that it is.
    pub content_type: Option<String>,
    pub validators: Validators,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address leads where nothing is asked.
    #[error("{}", .0.detail())]
    Denied(Denied),
    /// It is no address of TLS.
    #[error("the address does not begin with `https://`")]
    Clear,
    /// Nobody listens there.
    #[error("there is no connection")]
    Unreachable,
    /// TLS failed.
    #[error("TLS failed: the certificate is not believed, or it is no TLS")]
    Tls,
    /// No whole answer in time.
    #[error("there was no whole answer within {0} s")]
    Stalled(u64),
    /// The other side sends us elsewhere, and we do not go.
    #[error("it answers {0} and leads elsewhere; write the new address into the settings")]
    Redirected(u16),
    /// No success.
    #[error("it answers {status}")]
    Status {
        status: u16,
        /// When to come back, if it says so.
        retry_after: Option<Duration>,
    },
    /// Longer than allowed.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(u64),
    /// The connection ended before the answer did.
    #[error("the answer is cut off")]
    CutOff,
    /// This machine has no room for it.
    #[error("the answer cannot be laid down here: {0}")]
    NoRoom(io::ErrorKind),
}

impl FetchError {
    /// Returns the stable code under which it is kept and told.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(Denied::Name) | Self::Unreachable => "feed_unreachable",
            Self::Denied(_) | Self::Clear => "feed_address_denied",
            Self::Tls => "feed_tls_failed",
            Self::Stalled(_) => "feed_stalled",
            Self::Redirected(_) => "feed_redirected",
            Self::Status { .. } => "feed_status",
            Self::TooLarge(_) => "feed_too_large",
            Self::CutOff => "feed_cut_off",
            Self::NoRoom(_) => "feed_no_room",
        }
    }

    /// Returns for how long the other side wants not to be asked.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl Fetcher {
    /// Asks `url` once for what is new since the answer that `known` names.
    ///
    /// # Errors
    /// [`FetchError`]; a redirect, an answer in part and one that is too long are such.
    pub async fn fetch(&self, url: &str, known: &Validators) -> Result<Fetched, FetchError> {
        // Over everything, the question for the address of a name too.
        let asked = tokio::time::timeout(self.within, self.ask(url, known)).await;
        asked.unwrap_or_else(|_| Err(self.stalled()))
    }

    /// Asks as [`Fetcher::fetch`] does, and lays the answer down in a file of its own in `folder`;
    /// `None` if nothing is new.
    ///
    /// # Errors
    /// [`FetchError`]; as those of [`Fetcher::fetch`].
    pub async fn spool(
        &self,
        url: &str,
        known: &Validators,
        folder: &Path,
        bytes_max: u64,
    ) -> Result<Option<Spooled>, FetchError> {
        let asked = tokio::time::timeout(self.within, async {
            let Some(head) = self.head(url, known).await? else { return Ok(None) };
            let file = self.lay_down(head.response, folder, bytes_max).await?;
            let (content_type, validators) = (head.content_type, head.validators);
            Ok(Some(Spooled { file, content_type, validators }))
        });
        asked.await.unwrap_or_else(|_| Err(self.stalled()))
    }

    async fn ask(&self, url: &str, known: &Validators) -> Result<Fetched, FetchError> {
        let Some(head) = self.head(url, known).await? else { return Ok(Fetched::Unchanged) };
        let Head { response, content_type, validators, endpoint } = head;
        let bytes = self.whole(response).await?;
        Ok(Fetched::Whole(Answer { bytes, content_type, validators, endpoint }))
    }

    /// Asks, up to where an answer begins; `None` if nothing is new.
    async fn head(&self, url: &str, known: &Validators) -> Result<Option<Head>, FetchError> {
        if self.schemes == Schemes::Tls && !url.starts_with("https://") {
            return Err(FetchError::Clear);
        }
        let url = guard::read(url).map_err(FetchError::Denied)?;
        let origin = url.origin().ascii_serialization();
        let (client, endpoint) = self.way(&url, &origin).await?;
        let mut request = client.get(url);
        let conditions = [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)];
        let mut is_conditional = false;
        for (name, value) in conditions {
            if let Some(value) = value {
                request = request.header(name, value);
                is_conditional = true;
            }
        }
        let response = request.send().await.map_err(|error| {
            if let Some(kept) = &self.kept {
                kept.forget(&origin);
            }
            self.failed(&error)
        })?;
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED && is_conditional {
            return Ok(None);
        }
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            return Err(FetchError::Redirected(status.as_u16()));
        }
        // A part of an answer (206) or its absence (204) is none.
        if status != StatusCode::OK {
            let retry_after = retry_after(response.headers());
            return Err(FetchError::Status { status: status.as_u16(), retry_after });
        }
        let validators = Validators {
            etag: validator(response.headers(), &ETAG),
            last_modified: validator(response.headers(), &LAST_MODIFIED),
        };
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let content_type =
            content_type.map(|text| text.chars().take(CONTENT_TYPE_CHARS_MAX).collect());
        Ok(Some(Head { response, content_type, validators, endpoint }))
    }

    /// A client that reaches the machine of `url` and no other, and how the machine is called.
    async fn way(&self, url: &Url, origin: &str) -> Result<(Client, String), FetchError> {
        if let Some(way) = self.kept.as_ref().and_then(|kept| kept.find(origin)) {
            return Ok(way);
        }
        let judged = guard::judge(url.as_str(), &self.allowed).await;
        let destination = judged.map_err(FetchError::Denied)?;
        let client = super::client(&self.trust, &destination, self.within);
        let way = (client.map_err(|_| FetchError::Unreachable)?, destination.endpoint());
        if let Some(kept) = &self.kept {
            kept.keep(origin.to_owned(), way.clone());
        }
        Ok(way)
    }

    async fn whole(&self, response: Response) -> Result<Vec<u8>, FetchError> {
        let mut pieces = Pieces::of(response, self.bytes_max as u64)?;
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.next(self).await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    async fn lay_down(
        &self,
        response: Response,
        folder: &Path,
        bytes_max: u64,
    ) -> Result<File, FetchError> {
        let no_room = |error: io::Error| FetchError::NoRoom(error.kind());
        let mut pieces = Pieces::of(response, bytes_max)?;
        let file = tempfile::tempfile_in(folder).map_err(no_room)?;
        let mut laid = tokio::fs::File::from_std(file);
        while let Some(piece) = pieces.next(self).await? {
            laid.write_all(&piece).await.map_err(no_room)?;
        }
        laid.flush().await.map_err(no_room)?;
        let mut file = laid.into_std().await;
        file.rewind().map_err(no_room)?;
        Ok(file)
    }

    fn failed(&self, error: &reqwest::Error) -> FetchError {
        if error.is_timeout() {
            return self.stalled();
        }
        if is_of_tls(error) {
            return FetchError::Tls;
        }
        if error.is_connect() { FetchError::Unreachable } else { FetchError::CutOff }
    }

    fn stalled(&self) -> FetchError {
        FetchError::Stalled(self.within.as_secs())
    }
}

/// Where an answer begins.
struct Head {
    response: Response,
    content_type: Option<String>,
    validators: Validators,
    endpoint: String,
}

/// An answer piece by piece, up to a length.
struct Pieces {
    response: Response,
    bytes: u64,
    bytes_max: u64,
}

impl Pieces {
    fn of(response: Response, bytes_max: u64) -> Result<Self, FetchError> {
        if response.content_length().unwrap_or(0) > bytes_max {
            return Err(FetchError::TooLarge(bytes_max));
        }
        Ok(Self { response, bytes: 0, bytes_max })
    }

    async fn next(&mut self, fetcher: &Fetcher) -> Result<Option<Bytes>, FetchError> {
        let piece = self.response.chunk().await.map_err(|error| fetcher.failed(&error))?;
        self.bytes += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        if self.bytes > self.bytes_max {
            return Err(FetchError::TooLarge(self.bytes_max));
        }
        Ok(piece)
    }
}

fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    let fits = !value.is_empty() && value.len() <= VALIDATOR_BYTES_MAX;
    fits.then(|| value.to_owned())
}

/// Reads `Retry-After` in seconds; the form of a date is rare, and our own pace does then.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests;
