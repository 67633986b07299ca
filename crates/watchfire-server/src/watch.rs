//! The watch: what is published outside, read as documents, whatever it comes in.
//!
//! A source is a folder, an archive, a mirror of OSV, a provider of CSAF or a document by itself. A
//! reader is given what was kept of its source, and hands over what has changed since: in batches,
//! of which one is gathered while another is taken, so that memory is bounded. What it knows moves
//! on only with what was taken; a try that breaks off loses little.
//!
//! What has left a source is no news of its own everywhere:
//!
//! - A folder and an archive are the whole of what their keeper says, so that a file or a line that
//!   is no longer there is [`News::Gone`]. One in which nothing is left is trouble instead: a
//!   volume that is not mounted looks the same.
//! - A record of OSV is withdrawn by its field `withdrawn`, and never removed.
//! - A listing of CSAF says where documents are, not which hold: one is withdrawn by a revision of
//!   its own. A listing that forgets, or that lies, must not call anything safe; what it no longer
//!   names stays as it was said last.

mod archive;
mod csaf;
pub mod files;
mod files_pass;
mod mirror;
mod news;
mod osv;
mod state;

pub use archive::{Archive, Entry};
pub use news::{Batch, Handed, News};
pub use state::STATE_BYTES_MAX;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::channel::trust::Trust;
use crate::outside::fetch::{FetchError, Fetcher, Schemes};
use crate::settings::{Settings, SettingsError, WatchKind, WatchSourceSettings};
use files::Unreadable;
use files_pass::Pass;
use mirror::Mirror;
use news::Outlet;
use state::State;

/// What is held in memory of one answer: a document, or a listing that is no long one.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// What is laid down in a file of one answer.
const SPOOL_BYTES_MAX: u64 = 4 << 30;
/// The wait before a question is put a second time.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// A source of the settings, ready to be read.
#[derive(Debug, Clone)]
pub struct Source {
    pub settings: WatchSourceSettings,
    fetcher: Fetcher,
    /// Folder in which what is long is laid down while it is read.
    spool: PathBuf,
    /// The wait before a question is put a second time; each further wait is twice as long.
    pub first_pause: Duration,
}

/// A source that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What is to be kept of it.
    pub state: String,
    /// Whether there was any news.
    pub has_news: bool,
}

/// Why a source was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The other side does not give it.
    #[error("`{address}`: {error}")]
    Outside { address: String, error: FetchError },
    /// This machine does not give it.
    #[error("{}", crate::apart::in_full(.0))]
    Here(Unreadable),
    /// It is not what a source of its kind offers.
    #[error("`{address}`: {problem}")]
    Malformed { address: String, problem: String },
    /// Nothing is left where there was something.
    #[error("`{0}` holds nothing where it held documents; a volume may not be mounted")]
    Empty(String),
    /// The other side offers an older state than it did before.
    #[error("`{0}` offers an older state than it did before")]
    WentBack(String),
    /// There is more than is taken.
    #[error("there are more {0}")]
    TooMuch(&'static str),
    /// Whoever takes the news has gone, or did not take them.
    #[error("what it brought was not taken")]
    Stopped,
}

impl From<Unreadable> for Trouble {
    fn from(error: Unreadable) -> Self {
        Self::Here(error)
    }
}

impl Trouble {
    fn malformed(address: &str, problem: impl Into<String>) -> Self {
        Self::Malformed { address: shown(address).to_owned(), problem: problem.into() }
    }

    /// Returns the stable code under which it is kept and told.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Outside { error, .. } => error.code(),
            Self::Here(_) => "watch_unreadable",
            Self::Malformed { .. } => "watch_malformed",
            Self::Empty(_) => "watch_empty",
            Self::WentBack(_) => "watch_went_back",
            Self::TooMuch(_) => "watch_too_much",
            Self::Stopped => "watch_not_taken",
        }
    }

    /// Returns for how long the other side wants not to be asked.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Outside { error, .. } => error.retry_after(),
            _ => None,
        }
    }
}

/// An address as it is told: what stands behind a question mark may be a secret.
fn shown(address: &str) -> &str {
    match address.split_once('?') {
        Some((shown, _)) if address.contains("://") => shown,
        _ => address,
    }
}

impl Source {
    /// Makes ready to read a source of the settings.
    ///
    /// # Errors
    /// [`SettingsError`] if `trusted_authorities` cannot be used.
    pub fn from_settings(
        settings: &Settings,
        source: &WatchSourceSettings,
    ) -> Result<Self, SettingsError> {
        let fetcher = Fetcher {
            trust: Trust::from_settings(settings)?,
            allowed: settings.watch.allowed_networks.clone(),
            schemes: Schemes::Judged,
            within: Duration::from_secs(u64::from(source.timeout_seconds)),
            bytes_max: ANSWER_BYTES_MAX,
            kept: None,
        };
        let (settings, spool) = (source.clone(), settings.data.clone());
        Ok(Self { settings, fetcher, spool, first_pause: FIRST_PAUSE })
    }

    /// Reads what has changed since `kept` and hands it to `to`.
    ///
    /// What comes with the last batch is taken before this returns, and the state it returns holds
    /// for everything that was handed over. After trouble the last state that went with a batch
    /// holds.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn read(
        &self,
        kept: Option<&str>,
        now: Timestamp,
        to: mpsc::Sender<Handed>,
    ) -> Result<End, Trouble> {
        // It is long, and unpacking takes a while.
        let kept = kept.map(str::to_owned);
        let mut state = aside(move || State::unpack(kept.as_deref())).await;
        state.begin();
        let mirror = Mirror::new(self);
        let at = self.settings.at.as_str();
        let mut outlet = Outlet::new(to);
        let mut state = match self.settings.kind {
            WatchKind::Osv => {
                let places = &self.settings.ecosystems;
                osv::read(&mirror, at, places, &mut state, &mut outlet).await?;
                state
            }
            WatchKind::Csaf => {
                csaf::read(&mirror, at, &mut state, &mut outlet).await?;
                state
            }
            WatchKind::Folder | WatchKind::Zip | WatchKind::Document => {
                let pass = Pass::new(state, outlet, now);
                let (read, back) = files_pass::read(&mirror, &self.settings, pass).await?;
                outlet = back;
                read
            }
        };
        outlet.end().await?;
        state.end();
        let state = aside(move || state.pack()).await?;
        Ok(End { state, has_news: outlet.has_news() })
    }
}

/// Does something that takes long in a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
