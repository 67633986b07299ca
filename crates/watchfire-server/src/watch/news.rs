//! What a source brings, and how it is handed over: in batches. While one is taken the next is
//! gathered, and no more.

use tokio::sync::{mpsc, oneshot};

use super::Trouble;
use super::state::{State, digest};

/// A batch has at most so many documents.
const NEWS_MAX: usize = 1_000;
/// And is handed over once it has so many bytes.
const NEWS_BYTES: usize = 16 << 20;
/// After so many documents the state goes with a batch.
const KEEP_EVERY: usize = 10_000;
/// And after so many where each is asked for by itself.
pub(super) const KEEP_EVERY_ASKED: usize = 500;
/// A reason has so many signs at most; parts of it are the other side's.
const REASON_CHARS_MAX: usize = 500;
/// A name has so many bytes at most; of a longer one the rest becomes a digest.
const NAME_BYTES_MAX: usize = 900;

/// What is new of one document. Its name is its own within the source, and stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It is new, or another than before.
    Document { name: String, bytes: Vec<u8> },
    /// It cannot be had, or cannot be believed.
    Apart { name: String, reason: String },
    /// It is no longer there, and its source is one where that says something.
    Gone { name: String },
}

impl News {
    /// The name of its document.
    pub(crate) fn name(&self) -> &str {
        let (Self::Document { name, .. } | Self::Apart { name, .. } | Self::Gone { name }) = self;
        name
    }

    fn length(&self) -> usize {
        match self {
            Self::Document { name, bytes } => name.len() + bytes.len(),
            Self::Apart { name, reason } => name.len() + reason.len(),
            Self::Gone { name } => name.len(),
        }
    }
}

/// News that are taken together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    pub news: Vec<News>,
    /// How far the source has been read once these are taken, where it is time to write that down.
    pub state: Option<String>,
}

/// A batch on its way; the reader hands over no other until somebody says whether it was taken.
#[derive(Debug)]
pub struct Handed {
    pub batch: Batch,
    pub taken: oneshot::Sender<bool>,
}

/// Where a reader puts what it finds.
#[derive(Debug)]
pub(super) struct Outlet {
    to: mpsc::Sender<Handed>,
    /// What will be said of the batch that was handed over last.
    last: Option<oneshot::Receiver<bool>>,
    waiting: Vec<News>,
    bytes: usize,
    /// Documents since the state went along.
    unkept: usize,
    /// Whether there was any news.
    has_news: bool,
}

impl Outlet {
    pub(super) fn new(to: mpsc::Sender<Handed>) -> Self {
        Self { to, last: None, waiting: Vec::new(), bytes: 0, unkept: 0, has_news: false }
    }

    /// Gives the outlet to another thread for a while.
    pub(super) fn lend(&mut self) -> Self {
        let empty = Self::new(self.to.clone());
        std::mem::replace(self, empty)
    }

    /// Takes it back.
    pub(super) fn back(&mut self, lent: Self) {
        *self = lent;
    }

    pub(super) fn has_news(&self) -> bool {
        self.has_news
    }

    /// Whether somebody still takes anything.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        if self.to.is_closed() { Err(Trouble::Stopped) } else { Ok(()) }
    }

    /// Hands over a document.
    pub(super) async fn document(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        self.has_news = true;
        self.hand(News::Document { name: told(name), bytes }).await
    }

    /// Hands over that a document is set apart.
    pub(super) async fn apart(&mut self, name: &str, reason: &str) -> Result<(), Trouble> {
        let reason = plain(reason).chars().take(REASON_CHARS_MAX).collect();
        self.hand(News::Apart { name: told(name), reason }).await
    }

    /// Hands over that a document is gone.
    pub(super) async fn gone(&mut self, name: &str) -> Result<(), Trouble> {
        self.has_news = true;
        self.hand(News::Gone { name: told(name) }).await
    }

    async fn hand(&mut self, news: News) -> Result<(), Trouble> {
        self.bytes += news.length();
        self.unkept += 1;
        self.waiting.push(news);
        if self.waiting.len() < NEWS_MAX && self.bytes < NEWS_BYTES {
            return Ok(());
        }
        self.send(None).await
    }

    /// Sends the state along if it is time for it: it must hold for all that was handed over.
    pub(super) async fn keep(&mut self, state: &State) -> Result<(), Trouble> {
        self.keep_after(KEEP_EVERY, state).await
    }

    pub(super) async fn keep_after(&mut self, every: usize, state: &State) -> Result<(), Trouble> {
        if self.unkept < every {
            return Ok(());
        }
        self.unkept = 0;
        self.send(Some(state.pack()?)).await
    }

    /// Hands over what is still waiting, and waits until all is taken.
    pub(super) async fn end(&mut self) -> Result<(), Trouble> {
        if !self.waiting.is_empty() {
            self.send(None).await?;
        }
        self.taken().await
    }

    /// Waits until what was handed over last is taken.
    async fn taken(&mut self) -> Result<(), Trouble> {
        match self.last.take() {
            None => Ok(()),
            Some(last) => match last.await {
                Ok(true) => Ok(()),
                Ok(false) | Err(_) => Err(Trouble::Stopped),
            },
        }
    }

    async fn send(&mut self, state: Option<String>) -> Result<(), Trouble> {
        let news = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        self.taken().await?;
        let (taken, answer) = oneshot::channel();
        let handed = Handed { batch: Batch { news, state }, taken };
        self.to.send(handed).await.map_err(|_| Trouble::Stopped)?;
        self.last = Some(answer);
        Ok(())
    }
}

/// A name as it is handed over: the other side may have chosen it, and it is kept and shown. Two
/// names stay two.
fn told(name: &str) -> String {
    let is_plain = !name.contains(char::is_control);
    if is_plain && !name.is_empty() && name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let mut begin = plain(name);
    begin.truncate(begin.floor_char_boundary(NAME_BYTES_MAX));
    format!("{begin}~{:016x}", digest(name.as_bytes()))
}

/// A text without signs that only steer.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain_and_two_names_stay_two() {
        let long = "é".repeat(NAME_BYTES_MAX);
        let longest = "a".repeat(NAME_BYTES_MAX);
        let names = ["a.json", "a\0.json", "a\n.json", "", &long, &format!("{long}x"), &longest];
        let all: std::collections::BTreeSet<String> = names.iter().map(|it| told(it)).collect();
        assert_eq!(all.len(), names.len());
        assert!(all.iter().all(|it| !it.is_empty() && !it.contains(char::is_control)), "{all:?}");
        assert!(all.iter().all(|it| it.len() <= NAME_BYTES_MAX + 17), "{all:?}");
        assert_eq!((told("a.json").as_str(), told(&longest)), ("a.json", longest));
    }
}
