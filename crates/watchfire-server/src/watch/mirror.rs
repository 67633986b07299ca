//! A place outside that is asked for many things: patiently, and within bounds.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;

use super::news::{KEEP_EVERY_ASKED, Outlet};
use super::state::{Mark, State};
use super::{Source, Trouble};
use crate::outside::fetch::{FetchError, Fetched, Fetcher, Kept, Spooled, Validators};
use crate::outside::guard::Denied;

/// A question is put so often before it is given up.
const TRIES_MAX: u32 = 3;
/// Somebody who wants to be left alone for longer is asked again at the next try of the source.
const PATIENCE: Duration = Duration::from_secs(60);
/// Documents that are asked for at the same time.
pub(super) const AT_ONCE_MAX: usize = 8;
/// After so many documents in a row that did not come, it is the place that is in trouble.
const STUMBLES_MAX: u32 = 3;

/// A place outside.
#[derive(Debug)]
pub(super) struct Mirror<'a> {
    source: &'a Source,
    /// The host that the settings name.
    home: Option<String>,
    /// Connections, as long as the source is read.
    kept: Kept,
}

/// What came of asking for one document.
#[derive(Debug)]
pub(super) enum Got {
    /// It.
    Document(Vec<u8>),
    /// An older one than the listing promises.
    Stale(Vec<u8>),
    /// The other side does not give it, or gives something that cannot be believed.
    Apart(String),
    /// It did not come, and the place may be the reason.
    Stumbled(String, FetchError),
}

impl<'a> Mirror<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        let url = Url::parse(&source.settings.at).ok();
        let home = url.and_then(|url| url.host_str().map(str::to_owned));
        Self { source, home, kept: Kept::default() }
    }

    /// Who asks `url`. Only the host that the settings name may lie in a private network: a listing
    /// of somebody else may not lead us around behind our own walls.
    fn fetcher(&self, url: &str) -> Fetcher {
        let mut fetcher = self.source.fetcher.clone();
        fetcher.kept = Some(self.kept.clone());
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        if host != self.home {
            fetcher.allowed.clear();
        }
        fetcher
    }

    /// Asks for something that is held in memory.
    pub(super) async fn fetch(&self, url: &str, known: &Validators) -> Result<Fetched, FetchError> {
        let fetcher = self.fetcher(url);
        let mut tries = 0;
        loop {
            tries += 1;
            match fetcher.fetch(url, known).await {
                Err(error) => self.wait(tries, error).await?,
                done => return done,
            }
        }
    }

    /// Asks for something that is laid down in a file; `None` if it is as it was.
    pub(super) async fn spool(
        &self,
        url: &str,
        known: &Validators,
        bytes_max: u64,
    ) -> Result<Option<Spooled>, Trouble> {
        let fetcher = self.fetcher(url);
        let mut tries = 0;
        loop {
            tries += 1;
            let folder: &Path = &self.source.spool;
            match fetcher.spool(url, known, folder, bytes_max).await {
                Err(error) => {
                    self.wait(tries, error).await.map_err(|error| outside(url, error))?;
                }
                Ok(spooled) => return Ok(spooled),
            }
        }
    }

    /// Waits until the same may be asked again; gives the error back if it should not.
    async fn wait(&self, tries: u32, error: FetchError) -> Result<(), FetchError> {
        let pause = self.source.first_pause * 2_u32.pow(tries - 1);
        let pause = error.retry_after().unwrap_or_default().max(pause);
        if tries == TRIES_MAX || pause > PATIENCE || !may_pass(&error) {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Asks for a document.
    pub(super) async fn document(&self, url: &str) -> Got {
        match self.fetch(url, &Validators::default()).await {
            Ok(Fetched::Whole(answer)) if is_html(&answer.bytes) => {
                Got::Apart("a page came instead of a document".to_owned())
            }
            Ok(Fetched::Whole(answer)) => Got::Document(answer.bytes),
            // Nothing was named that it could be the same as.
            Ok(Fetched::Unchanged) => Got::Apart("it answers 304".to_owned()),
            Err(error) if may_pass(&error) => Got::Stumbled(url.to_owned(), error),
            Err(error) => Got::Apart(error.to_string()),
        }
    }
}

/// Whether an error may be another one in a moment; else it is of the document alone.
fn may_pass(error: &FetchError) -> bool {
    match error {
        FetchError::Status { status, .. } => *status >= 500 || [408, 425, 429].contains(status),
        FetchError::Denied(denied) => *denied == Denied::Name,
        FetchError::Unreachable
        | FetchError::Tls
        | FetchError::Stalled(_)
        | FetchError::CutOff
        | FetchError::NoRoom(_) => true,
        FetchError::Clear | FetchError::Redirected(_) | FetchError::TooLarge(_) => false,
    }
}

pub(super) fn outside(url: &str, error: FetchError) -> Trouble {
    Trouble::Outside { address: super::shown(url).to_owned(), error }
}

/// Whether bytes are a page for people: what a proxy or a sign-in puts in place of a document.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins =
        |with: &[u8]| bytes.get(..with.len()).is_some_and(|first| first.eq_ignore_ascii_case(with));
    begins(b"<!doctype html") || begins(b"<html")
}

/// A document that is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) url: String,
    /// By what its listing knows it; without, its content is compared.
    pub(super) stamp: Option<u64>,
    /// Where hashes of it may be, the strongest first.
    pub(super) hashes: Vec<String>,
    /// Whether its listing says that they are there.
    pub(super) is_hash_promised: bool,
}

/// Takes many documents of a place, a few at a time.
#[derive(Debug)]
pub(super) struct Tour<'a> {
    pub(super) state: &'a mut State,
    pub(super) outlet: &'a mut Outlet,
    stumbles: u32,
}

impl<'a> Tour<'a> {
    pub(super) fn new(state: &'a mut State, outlet: &'a mut Outlet) -> Self {
        Self { state, outlet, stumbles: 0 }
    }

    /// Asks for those that may be asked for in this pass, with `ask`, and hands over what comes.
    pub(super) async fn take<F>(
        &mut self,
        wanted: Vec<Wanted>,
        ask: impl Fn(Wanted) -> F,
    ) -> Result<(), Trouble>
    where
        F: Future<Output = Got>,
    {
        let mut due = wanted.into_iter().filter(|one| self.state.is_due(&one.name));
        let due: Vec<Wanted> = due.by_ref().collect();
        for some in due.chunks(AT_ONCE_MAX) {
            self.outlet.check()?;
            let all = join_all(some.iter().cloned().map(&ask)).await;
            for (one, got) in some.iter().zip(all) {
                self.settle(one, got).await?;
            }
            self.outlet.keep_after(KEEP_EVERY_ASKED, self.state).await?;
        }
        Ok(())
    }

    async fn settle(&mut self, wanted: &Wanted, got: Got) -> Result<(), Trouble> {
        let name = wanted.name.as_str();
        if !matches!(got, Got::Stumbled(..)) {
            self.stumbles = 0;
        }
        match got {
            Got::Document(bytes) => {
                let digest = Mark::Digest(super::state::digest(&bytes));
                if self.state.units.get(name) != Some(&digest) {
                    self.outlet.document(name, bytes).await?;
                }
                self.state.know(name, wanted.stamp.map_or(digest, Mark::Stamp));
            }
            Got::Stale(bytes) => {
                self.outlet.document(name, bytes).await?;
                self.state.wait_for(name);
            }
            Got::Apart(reason) => {
                self.outlet.apart(name, &reason).await?;
                self.state.wait_for(name);
            }
            Got::Stumbled(url, error) => {
                self.stumbles += 1;
                let wants_rest = error.retry_after().is_some();
                if self.stumbles == STUMBLES_MAX || wants_rest {
                    self.outlet.end().await?;
                    return Err(outside(&url, error));
                }
                self.outlet.apart(name, &error.to_string()).await?;
                self.state.wait_for(name);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_how_it_begins() {
        for (text, expected) in [
            ("<!DOCTYPE html><title>Sign in</title>", true),
            ("\u{feff}\n <HTML>", true),
            ("<bom xmlns=\"x\">", false),
            ("<?xml version=\"1.0\"?><bom/>", false),
            ("{\"html\": 1}", false),
            ("<", false),
            ("", false),
        ] {
            assert_eq!(is_html(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_may_pass_is_asked_again_and_what_is_said_is_believed() {
        let status = |status| FetchError::Status { status, retry_after: None };
        for (error, expected) in [
            (status(400), false),
            (status(403), false),
            (status(404), false),
            (status(408), true),
            (status(410), false),
            (status(429), true),
            (status(500), true),
            (status(503), true),
            (FetchError::Redirected(302), false),
            (FetchError::Denied(Denied::Network), false),
            (FetchError::Denied(Denied::Name), true),
            (FetchError::TooLarge(1), false),
            (FetchError::CutOff, true),
            (FetchError::Stalled(1), true),
        ] {
            assert_eq!(may_pass(&error), expected, "{error}");
        }
    }
}
