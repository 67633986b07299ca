//! How far a source has been read: what is kept of it between two tries.
//!
//! It is a text that nobody else reads. Of each document it holds a name and eight bytes, by which
//! the document is known again; half a million take about ten megabytes.

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Trouble;
use crate::outside::fetch::Validators;

/// A longer state is not kept, and its source not read further.
pub const STATE_BYTES_MAX: usize = 32 << 20;
/// Unpacked, it is at most so long.
const UNPACKED_BYTES_MAX: u64 = 512 << 20;
/// The form of the state; of another one nothing is known, and a source is read anew.
const FORM: u32 = 1;
/// What is set apart is asked for again at the next pass, then after two, four and more, up to so
/// many doublings.
const DOUBLINGS_MAX: u32 = 6;

/// By what a document is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Mark {
    /// By what its place says of it: time and size, checksum, or the instant of a listing.
    #[serde(rename = "s")]
    Stamp(u64),
    /// By its content.
    #[serde(rename = "d")]
    Digest(u64),
}

/// A document that was set apart and is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    tries: u32,
    /// The pass at which it is asked for again.
    due: u64,
}

/// How far a source has been read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    form: u32,
    /// How often the source was read.
    pass: u64,
    /// By address: by what the other side knows its last answer again.
    validators: BTreeMap<String, (Option<String>, Option<String>)>,
    /// Documents, and files of several, that were met in this pass.
    pub(super) units: BTreeMap<String, Mark>,
    /// Those that were met in the last one and not yet in this.
    pub(super) left: BTreeMap<String, Mark>,
    /// Of files of several documents, each line that is one.
    pub(super) lines: BTreeMap<String, BTreeMap<u64, u64>>,
    /// Archives within a folder.
    pub(super) archives: BTreeMap<String, u64>,
    /// The newest instant of each listing, in microseconds.
    pub(super) newest: BTreeMap<String, i64>,
    waiting: BTreeMap<String, Waiting>,
}

impl State {
    /// Reads what was kept; an empty state where nothing was, or nothing that can be read.
    pub(super) fn unpack(kept: Option<&str>) -> Self {
        kept.and_then(Self::read).filter(|state| state.form == FORM).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        let unpacked = ZlibDecoder::new(&bytes[..]).take(UNPACKED_BYTES_MAX);
        serde_json::from_reader(std::io::BufReader::new(unpacked)).ok()
    }

    /// Writes it down.
    ///
    /// # Errors
    /// [`Trouble::TooMuch`] if it is too long to be kept.
    pub(super) fn pack(&self) -> Result<String, Trouble> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        serde_json::to_writer(&mut packed, self).expect("a state is JSON");
        let bytes = packed.finish().expect("memory takes everything");
        let text = STANDARD_NO_PAD.encode(bytes);
        if text.len() > STATE_BYTES_MAX {
            return Err(Trouble::TooMuch("documents than can be remembered of one source"));
        }
        Ok(text)
    }

    /// Begins another pass.
    pub(super) fn begin(&mut self) {
        self.form = FORM;
        self.pass += 1;
    }

    pub(super) fn validators(&self, url: &str) -> Validators {
        let (etag, last_modified) = self.validators.get(url).cloned().unwrap_or_default();
        Validators { etag, last_modified }
    }

    /// Keeps the validators of an answer of which everything was taken. As long as something is
    /// waited for, a listing is read anew each time.
    pub(super) fn keep_validators(&mut self, url: &str, validators: Validators) {
        let both = (validators.etag, validators.last_modified);
        if self.waiting.is_empty() {
            self.validators.insert(url.to_owned(), both);
        } else {
            self.validators.remove(url);
        }
    }

    /// Ends a pass.
    pub(super) fn end(&mut self) {
        let pass = self.pass;
        // What was due and not asked for is listed nowhere any more.
        self.waiting.retain(|_, one| one.due > pass);
    }

    /// Whether a document may be asked for in this pass.
    pub(super) fn is_due(&self, name: &str) -> bool {
        self.waiting.get(name).is_none_or(|one| one.due <= self.pass)
    }

    /// Notes that a document is known, by what.
    pub(super) fn know(&mut self, name: &str, mark: Mark) {
        self.waiting.remove(name);
        self.units.insert(name.to_owned(), mark);
    }

    /// Notes that a document is still wanted.
    pub(super) fn wait_for(&mut self, name: &str) {
        let tries = self.waiting.get(name).map_or(0, |one| one.tries);
        let due = self.pass + (1 << tries.min(DOUBLINGS_MAX));
        self.waiting.insert(name.to_owned(), Waiting { tries: tries.saturating_add(1), due });
    }
}

/// Eight bytes by which content is known again.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    let whole = Sha256::digest(bytes);
    whole.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written_and_another_one_begins_anew() {
        let mut state = State::default();
        state.begin();
        state.know("a.json", Mark::Stamp(u64::MAX));
        state.know("b.json", Mark::Digest(7));
        state.lines.entry("c.jsonl".to_owned()).or_default().insert(3, 9);
        state.newest.insert("PyPI".to_owned(), -5);
        let kept = Validators { etag: Some("\"x\"".to_owned()), last_modified: None };
        state.keep_validators("https://a.example/", kept.clone());
        state.wait_for("d.json");
        let text = state.pack().expect("short");
        let again = State::unpack(Some(&text));
        assert_eq!(again, state);
        assert_eq!(again.validators("https://a.example/"), kept);
        state.form += 1;
        let other = state.pack().expect("short");
        for unknown in [None, Some(""), Some("nonsense"), Some(&text[1..]), Some(other.as_str())] {
            assert_eq!(State::unpack(unknown), State::default(), "{unknown:?}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_asked_for_ever_more_rarely() {
        let mut state = State::default();
        let mut asked = Vec::new();
        for pass in 1..=300 {
            state.begin();
            if state.is_due("a") {
                asked.push(pass);
                state.wait_for("a");
            }
            state.end();
        }
        state.keep_validators("https://a.example/", Validators::default());
        assert!(state.validators.is_empty(), "the listing is read anew");
        assert_eq!(asked, [1, 2, 4, 8, 16, 32, 64, 128, 192, 256]);
        state.know("a", Mark::Digest(1));
        assert!(state.is_due("a"));
    }

    #[test]
    fn a_state_of_half_a_million_documents_is_kept() {
        let mut state = State::default();
        for number in 0..520_000_u64 {
            let stamp = digest(&number.to_le_bytes());
            state.know(&format!("GHSA-{stamp:012x}"), Mark::Stamp(stamp));
        }
        let length = state.pack().expect("it fits").len();
        assert!(length < STATE_BYTES_MAX * 3 / 4, "{length}");
    }
}
