//! Somebody who reads a source again and again, and takes what it brings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use watchfire_server::settings::{Settings, WatchKind, WatchSettings, WatchSourceSettings};
use watchfire_server::watch::{Handed, News, Source};
use watchfire_sinks::{Authority, Offer, Publisher};

/// What one reading brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    pub(crate) documents: BTreeMap<String, Vec<u8>>,
    pub(crate) apart: BTreeMap<String, String>,
    pub(crate) gone: BTreeSet<String>,
    /// The code of its trouble, and its words.
    pub(crate) trouble: Option<(&'static str, String)>,
}

impl Brought {
    /// The names of the documents.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.documents.keys().map(String::as_str).collect()
    }

    pub(crate) fn gone(&self) -> Vec<&str> {
        self.gone.iter().map(String::as_str).collect()
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.trouble.as_ref().map(|(code, _)| *code)
    }

    fn take(&mut self, news: News, twice: Option<&str>) {
        match news {
            News::Document { name, bytes } => {
                let may_again = twice == Some(name.as_str());
                let before = self.documents.insert(name, bytes);
                assert!(may_again || before.is_none(), "a document comes once");
            }
            News::Apart { name, reason } => drop(self.apart.insert(name, reason)),
            News::Gone { name } => assert!(self.gone.insert(name), "gone once"),
        }
    }
}

/// Somebody who watches one source.
pub(crate) struct Watcher {
    source: Source,
    pub(crate) kept: Option<String>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) now: Timestamp,
    /// From this batch on, counted from none, nothing is taken.
    pub(crate) refuses_from: usize,
    /// A document that may come more than once in one reading.
    pub(crate) twice: Option<String>,
}

impl Watcher {
    /// Watches something of this machine, below a folder of its own.
    pub(crate) fn here(kind: WatchKind, below: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().join(below).display().to_string();
        Self::of(folder, kind, at, &[], None)
    }

    /// Watches something that a publisher offers; a slash begins a path there.
    pub(crate) fn of_publisher(
        kind: WatchKind,
        (publisher, authority): (&Publisher, &Authority),
        path: &str,
        ecosystems: &[&str],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = format!("{}{path}", publisher.url);
        Self::of(folder, kind, at, ecosystems, Some(authority))
    }

    fn of(
        folder: tempfile::TempDir,
        kind: WatchKind,
        at: String,
        ecosystems: &[&str],
        authority: Option<&Authority>,
    ) -> Self {
        let trusted_authorities = authority.map(|authority| {
            let file = folder.path().join("authorities.pem");
            std::fs::write(&file, authority.pem()).expect("a file");
            file
        });
        let settings = WatchSourceSettings {
            name: "source".to_owned(),
            kind,
            at,
            ecosystems: ecosystems.iter().map(|it| (*it).to_owned()).collect(),
            every_seconds: 3_600,
            timeout_seconds: 2,
            silent_after_periods: 3,
        };
        let allowed_networks = vec!["127.0.0.1".parse().expect("a network")];
        let watch = WatchSettings { sources: vec![settings.clone()], allowed_networks };
        let data = folder.path().to_owned();
        let all = Settings { data, trusted_authorities, watch, ..Settings::default() };
        all.check().expect("fine settings");
        let mut source = Source::from_settings(&all, &settings).expect("fine settings");
        source.first_pause = Duration::from_millis(1);
        let now = "2099-01-01T00:00:00Z".parse().expect("an instant");
        Self { source, kept: None, folder, now, refuses_from: usize::MAX, twice: None }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file below the folder.
    pub(crate) fn write(&self, below: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    /// Reads the source once, and keeps what is to be kept.
    pub(crate) async fn reads(&mut self) -> Brought {
        let (to, mut from) = mpsc::channel::<Handed>(1);
        let read = self.source.read(self.kept.as_deref(), self.now, to);
        let mut brought = Brought::default();
        let mut kept = None;
        let (refuses_from, twice) = (self.refuses_from, self.twice.clone());
        let taking = async {
            let mut batches = 0;
            while let Some(handed) = from.recv().await {
                // Whoever met with trouble meanwhile waits for no word.
                if batches == refuses_from {
                    handed.taken.send(false).ok();
                    break;
                }
                batches += 1;
                handed.batch.news.into_iter().for_each(|news| brought.take(news, twice.as_deref()));
                kept = handed.batch.state.or(kept.take());
                handed.taken.send(true).ok();
            }
        };
        let (read, ()) = tokio::join!(read, taking);
        match read {
            Ok(end) => {
                let is_news = !brought.documents.is_empty() || !brought.gone.is_empty();
                assert_eq!(end.has_news, is_news);
                self.kept = Some(end.state);
            }
            Err(trouble) => {
                self.kept = kept.or(self.kept.take());
                brought.trouble = Some((trouble.code(), trouble.to_string()));
            }
        }
        brought
    }
}

/// Pages of a site, by their paths.
#[derive(Default)]
pub(crate) struct Site(pub(crate) BTreeMap<String, Offer>);

impl Site {
    /// Offers a document at a path, or another one in its place.
    pub(crate) fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        let offer = Offer::Document { bytes: bytes.into(), content_type: "application/json" };
        self.0.insert(path.to_owned(), offer);
    }

    pub(crate) fn put_offer(&mut self, path: &str, offer: Offer) {
        self.0.insert(path.to_owned(), offer);
    }

    pub(crate) fn offer(&self) -> Offer {
        Offer::Site(self.0.clone())
    }

    /// Starts a publisher of it, over TLS.
    pub(crate) async fn start(&self) -> (Publisher, Authority) {
        let authority = Authority::new();
        let identity = authority.identity(&["127.0.0.1"]);
        (Publisher::start(self.offer(), Some(identity)).await, authority)
    }
}

/// The paths that were asked for since the last time.
pub(crate) fn asked(publisher: &Publisher) -> Vec<String> {
    publisher.took().into_iter().map(|asked| asked.path).collect()
}

pub(crate) fn status(status: u16, headers: &[(&'static str, &str)]) -> Offer {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Offer::Status { status, headers }
}

pub(crate) fn page() -> Offer {
    let bytes = b"<!doctype html><title>Sign in</title>".to_vec();
    Offer::Document { bytes, content_type: "text/html" }
}

/// A ZIP archive of so many files.
pub(crate) fn zip<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).expect("an entry");
        writer.write_all(bytes).expect("an entry");
    }
    writer.finish().expect("an archive").into_inner()
}

/// Something of the shared data, or `None` after saying so.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WATCHFIRE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let found = data.join(name);
    if found.exists() {
        return Some(found);
    }
    println!("SKIPPED: {} is not there, see WATCHFIRE_SHARED_DATA", found.display());
    None
}
