//! How a notice leaves the house: mail and webhook, one folder each.

pub mod mail;
pub mod trust;
pub mod webhook;
pub mod wording;

use std::sync::Arc;

use jiff::Timestamp;
use watchfire_core::event::{SendEvidence, SendResult};
use watchfire_core::ids::NoticeId;

use crate::settings::{Settings, SettingsError};
use mail::Mail;
use trust::Trust;
use webhook::Webhook;

/// A notice as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same at every try, so that the other side knows a second copy for what it is.
    pub id: NoticeId,
    /// When the notice came to be, whichever try this is.
    pub created_at: Timestamp,
    /// One line, without control signs.
    pub subject: String,
    /// The text, with the address to go to.
    pub text: String,
    /// Where to go: a page of this node.
    pub link: String,
    /// Language tag of subject and text.
    pub language: &'static str,
    /// Name of what it is about, for machines; `notice` where nothing may be told.
    pub topic: &'static str,
}

/// What became of one try, as it is recorded: never the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whether the other side has it.
    pub result: SendResult,
    /// Status or class of error.
    pub detail: String,
    /// Whom it reached, and with what.
    pub evidence: SendEvidence,
}

impl Delivery {
    /// A try with this end, of which nothing else is known.
    pub(crate) fn new(result: SendResult, detail: impl Into<String>) -> Self {
        Self { result, detail: detail.into(), evidence: SendEvidence::default() }
    }

    /// The same with its evidence.
    pub(crate) fn with(self, evidence: SendEvidence) -> Self {
        Self { evidence, ..self }
    }
}

/// The channels that are set up.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    mail: Option<Arc<Mail>>,
    webhook: Option<Arc<Webhook>>,
}

impl Channels {
    /// Sets up what the settings name, and reads the secrets they point at.
    ///
    /// # Errors
    /// [`SettingsError`] if a secret cannot be read or a relay would be spoken to in the clear.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let trust = Trust::from_settings(settings)?;
        let mail = settings.mail.as_ref().map(|mail| Mail::from_settings(mail, &trust));
        let mail = mail.transpose()?;
        let webhook = Webhook::from_settings(&settings.webhook, &trust)?;
        Ok(Self { mail: mail.map(Arc::new), webhook: webhook.map(Arc::new) })
    }

    /// Tries once to bring `letter` to `address` on the channel of this name, at `now`.
    pub async fn deliver(
        &self,
        channel: &str,
        address: &[u8],
        letter: &Letter,
        now: Timestamp,
    ) -> Delivery {
        let Some(address) = std::str::from_utf8(address).ok().filter(|text| is_line(text)) else {
            return Delivery::new(SendResult::Refused, "the address is not one line of text");
        };
        match (channel, &self.mail, &self.webhook) {
            ("mail", Some(mail), _) => mail.deliver(address, letter).await,
            ("webhook", _, Some(webhook)) => webhook.deliver(address, letter, now).await,
            ("mail" | "webhook", ..) => {
                Delivery::new(SendResult::Failed, "the channel is not set up on this node")
            }
            _ => Delivery::new(SendResult::Refused, "there is no such channel"),
        }
    }
}

/// Whether a text has no sign that could begin a header, a command or a second line.
pub(crate) fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
