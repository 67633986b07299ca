//! For whom a page is made: language, zone, who it is, and what the page must know of them.

use std::collections::BTreeSet;

use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchfire_core::event::Duty;
use watchfire_core::ids::PartyId;

use crate::locale::Language;

/// The reader of a page.
#[derive(Debug, Clone)]
pub struct Reader {
    /// In which language they read.
    pub language: Language,
    /// In which zone they live; UTC where nobody has said.
    pub zone: TimeZone,
    /// The node's time when the page was asked for.
    pub now: Timestamp,
    /// Who it is, if they are signed in.
    pub account: Option<Account>,
    /// Proof that a form of ours was sent by a page of ours.
    pub csrf: String,
    /// Name of the node.
    pub node: String,
    /// The page's own path and query, to return to.
    pub path: String,
    /// How many gaps the reader can see, for the mark beside `Watch`.
    pub gaps: usize,
    /// What the last act did, told once.
    pub done: Option<Done>,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Their name in the log.
    pub party: PartyId,
    /// As people call them.
    pub name: String,
    /// What they may do besides what everybody may.
    pub duties: BTreeSet<Duty>,
}

/// An act that was done, and its receipt of the evidence log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Key of the words that say what was done.
    pub act: &'static str,
    /// The receipt, if the act was recorded.
    pub receipt: Option<String>,
}

/// What a page says when an act was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What happened, in the reader's language.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Id of the input concerned.
    pub input: Option<String>,
}

impl Reader {
    /// Returns the words of `key` in the reader's language.
    pub fn text(&self, key: &str) -> String {
        self.language.text(key)
    }

    /// Returns the words of `key` with `arguments` put in.
    pub fn text_with(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        self.language.text_with(key, arguments)
    }

    /// Returns whether the reader has `duty`.
    pub fn has(&self, duty: Duty) -> bool {
        self.account.as_ref().is_some_and(|account| account.duties.contains(&duty))
    }

    /// Returns whether `party` is the reader.
    pub fn is(&self, party: &PartyId) -> bool {
        self.account.as_ref().is_some_and(|account| account.party == *party)
    }
}
