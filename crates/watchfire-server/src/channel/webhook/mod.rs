//! Notices by webhook: signed, to a judged address, without redirects.
//!
//! An answer decides; without one, once the request was on its way, the result is *unknown* and
//! the same notice is sent again under the same `webhook-id`, by which the receiver knows it.

mod signature;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use reqwest::tls::TlsInfo;
use reqwest::{Response, StatusCode};
use serde::Serialize;
use watchfire_core::event::{SendEvidence, SendResult};

use super::trust::{Trust, is_of_tls, sha256};
use super::{Delivery, Letter};
use crate::outside;
use crate::outside::guard::{self, Denied};
use crate::settings::{Network, SettingsError, WebhookSettings};
use signature::Secrets;

/// What signs, and how far it may reach.
#[derive(Debug)]
pub struct Webhook {
    secrets: Secrets,
    allowed: Vec<Network>,
    trust: Trust,
    within: Duration,
}

/// The body. Fields may be added, none is renamed.
#[derive(Serialize)]
struct Wire<'a> {
    r#type: &'a str,
    timestamp: String,
    data: WireData<'a>,
}

#[derive(Serialize)]
struct WireData<'a> {
    id: &'a str,
    language: &'a str,
    subject: &'a str,
    text: &'a str,
    link: &'a str,
}

impl Webhook {
    /// Reads the secrets; `trust` says whose certificates are believed. `None` where no file of
    /// secrets is named: then no webhook is sent.
    ///
    /// # Errors
    /// [`SettingsError`] if the file cannot be read or holds no secret.
    pub fn from_settings(
        settings: &WebhookSettings,
        trust: &Trust,
    ) -> Result<Option<Self>, SettingsError> {
        let Some(file) = &settings.secret_file else { return Ok(None) };
        let wrong = |problem| SettingsError { setting: "webhook.secret_file", problem };
        let text = std::fs::read_to_string(file)
            .map_err(|error| wrong(format!("`{}`: {error}", file.display())))?;
        let secrets = Secrets::parse(&text).ok_or_else(|| {
            wrong("each line must be `whsec_` and 24 to 64 bytes in base 64".to_owned())
        })?;
        let within = Duration::from_secs(u64::from(settings.timeout_seconds.max(1)));
        let allowed = settings.allowed_networks.clone();
        Ok(Some(Self { secrets, allowed, trust: trust.clone(), within }))
    }

    /// Gives up a try after `within` instead of what the settings say.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// Tries once to post `letter` to `address`, signed at `now`.
    pub async fn deliver(&self, address: &str, letter: &Letter, now: Timestamp) -> Delivery {
        let destination = match guard::judge(address, &self.allowed).await {
            Ok(destination) => destination,
            Err(denied @ Denied::Name) => {
                return Delivery::new(SendResult::Failed, denied.detail());
            }
            Err(denied) => return Delivery::new(SendResult::Refused, denied.detail()),
        };
        let body = body(letter);
        let mut evidence = SendEvidence {
            endpoint: Some(destination.endpoint()),
            peer_sha256: None,
            body_sha256: Some(sha256(&body)),
        };
        let seconds = now.as_second();
        let id = letter.id.as_str();
        let Ok(client) = outside::client(&self.trust, &destination, self.within) else {
            let failed = Delivery::new(SendResult::Failed, "the client cannot be made");
            return failed.with(evidence);
        };
        let request = client
            .post(destination.url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", self.secrets.sign(id, seconds, &body))
            .body(body);
        match request.send().await {
            Ok(answer) => {
                evidence.peer_sha256 = peer(&answer);
                answered(answer.status()).with(evidence)
            }
            Err(error) => unanswered(&error).with(evidence),
        }
    }
}

fn body(letter: &Letter) -> Vec<u8> {
    let wire = Wire {
        r#type: letter.topic,
        timestamp: letter.created_at.to_string(),
        data: WireData {
            id: letter.id.as_str(),
            language: letter.language,
            subject: &letter.subject,
            text: &letter.text,
            link: &letter.link,
        },
    };
    serde_json::to_vec(&wire).expect("texts have a JSON form")
}

/// Returns the SHA-256 of the certificate that the other side showed.
fn peer(answer: &Response) -> Option<String> {
    answer.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate).map(sha256)
}

/// Judges by the status alone; the body of the answer is never read.
fn answered(status: StatusCode) -> Delivery {
    let temporary = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
        // Access is often granted a moment later than the address is given.
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
    ];
    let result = if status.is_success() {
        SendResult::Accepted
    } else if status.is_server_error() || temporary.contains(&status) {
        SendResult::Failed
    } else {
        SendResult::Refused
    };
    Delivery::new(result, status.as_str())
}

fn unanswered(error: &reqwest::Error) -> Delivery {
    if error.is_builder() {
        return Delivery::new(SendResult::Refused, "the request cannot be made");
    }
    if error.is_connect() {
        let detail = if is_of_tls(error) { "TLS failed" } else { "no connection" };
        return Delivery::new(SendResult::Failed, detail);
    }
    if error.is_timeout() {
        return Delivery::new(SendResult::Unknown, "no answer in time");
    }
    Delivery::new(SendResult::Unknown, "the connection was lost before the answer")
}
