//! Signs of life to an address outside, so that somebody is told when they stop.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Client;

use super::in_full;
use crate::channel::trust::Trust;
use crate::settings::{Settings, SettingsError};

/// A sign of life is given up after this.
const SECONDS_MAX: u64 = 10;

/// Gives signs of life at a pace.
#[derive(Debug)]
pub struct Heartbeat {
    client: Client,
    url: String,
    every: SignedDuration,
    last: Mutex<Timestamp>,
}

/// What became of one look at whether a sign of life is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// None is due.
    NotYet,
    /// The other side took it.
    Taken,
    /// The other side did not take it, or was not there.
    NotTaken,
    /// One is due, and none was given, because the ticker stands still.
    Withheld,
}

impl Heartbeat {
    /// Makes what the settings name; `None` if they name no address.
    ///
    /// The first sign is due a whole period after `began_at`: a node that falls again and again
    /// soon after its start must not look alive.
    ///
    /// # Errors
    /// [`SettingsError`] if `trusted_authorities` cannot be used or the client cannot be made.
    pub fn from_settings(
        settings: &Settings,
        began_at: Timestamp,
    ) -> Result<Option<Self>, SettingsError> {
        let Some(heartbeat) = &settings.heartbeat else { return Ok(None) };
        let within = Duration::from_secs(SECONDS_MAX);
        let client = Trust::from_settings(settings)?.web().timeout(within).build();
        let client = client.map_err(|error| SettingsError {
            setting: "heartbeat.url",
            problem: in_full(&error),
        })?;
        Ok(Some(Self {
            client,
            url: heartbeat.url.clone(),
            every: SignedDuration::from_secs(i64::from(heartbeat.every_seconds.max(1))),
            last: Mutex::new(began_at),
        }))
    }

    /// Gives a sign of life if one is due at `now` and the ticker works.
    pub async fn beat_once(&self, is_ticking: bool, now: Timestamp) -> Beat {
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if now.duration_since(*last) < self.every {
                return Beat::NotYet;
            }
            *last = now;
        }
        if !is_ticking {
            tracing::error!("the ticker stands still, so no sign of life is given");
            return Beat::Withheld;
        }
        match self.client.get(&self.url).send().await {
            Ok(answer) if answer.status().is_success() => Beat::Taken,
            Ok(answer) => {
                tracing::warn!(status = answer.status().as_u16(), "the sign of life was not taken");
                Beat::NotTaken
            }
            Err(error) => {
                let error = in_full(&error.without_url());
                tracing::warn!(error, "the sign of life did not arrive");
                Beat::NotTaken
            }
        }
    }
}
