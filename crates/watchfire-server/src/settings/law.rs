//! Whose bundles of law are taken, and from where they are fetched.

use serde::Deserialize;
use watchfire_core::log::VerifierKey;

use super::{Network, SettingsError};

/// Feeds of law are at most so many.
const FEEDS_MAX: usize = 100;
/// A feed is asked no more often.
const EVERY_SECONDS_MIN: u32 = 60;
/// And at least so often: thirty days.
const EVERY_SECONDS_MAX: u32 = 30 * 86_400;
/// An answer is waited for no longer.
const TIMEOUT_SECONDS_MAX: u32 = 600;
/// The name of a feed has at most so many signs.
const NAME_BYTES_MAX: usize = 40;

/// Whose bundles of law are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LawSettings {
    /// The public keys of issuers, as `watchfire law key` prints them: `name+id+base64`. Without
    /// one no bundle is taken.
    pub trusted_keys: Vec<String>,
    /// Addresses at which issuers offer their newest bundle.
    pub feeds: Vec<LawFeedSettings>,
    /// Private networks that feeds may lead into all the same; by default none.
    pub allowed_networks: Vec<Network>,
}

/// An address at which an issuer offers the newest bundle.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawFeedSettings {
    /// Its name here: small letters, digits and `-`.
    pub name: String,
    /// Where the bundle is: `https://law.example/newest.bundle`.
    pub url: String,
    /// The keys that are believed of this feed; by default those of
    /// [`LawSettings::trusted_keys`].
    #[serde(default)]
    pub trusted_keys: Vec<String>,
    /// Seconds between two questions for what is new.
    #[serde(default = "every_seconds")]
    pub every_seconds: u32,
    /// Seconds until a try is given up.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u32,
    /// After so many periods without success people are told.
    #[serde(default = "silent_after_periods")]
    pub silent_after_periods: u32,
}

const fn every_seconds() -> u32 {
    6 * 3_600
}

const fn timeout_seconds() -> u32 {
    60
}

const fn silent_after_periods() -> u32 {
    4
}

impl LawSettings {
    /// Reads the keys whose bundles are taken, whoever brings them.
    ///
    /// # Errors
    /// [`SettingsError`] if one is no key.
    pub fn keys(&self) -> Result<Vec<VerifierKey>, SettingsError> {
        read(&self.trusted_keys, "law.trusted_keys")
    }

    /// Reads the keys that are believed of a feed.
    ///
    /// # Errors
    /// [`SettingsError`] if one is no key.
    pub fn keys_of(&self, feed: &LawFeedSettings) -> Result<Vec<VerifierKey>, SettingsError> {
        if feed.trusted_keys.is_empty() {
            return self.keys();
        }
        read(&feed.trusted_keys, "law.feeds.trusted_keys")
    }

    /// Checks what no single field can know.
    ///
    /// # Errors
    /// [`SettingsError`], with the name of the setting and the remedy.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        self.keys()?;
        let wrong = |setting, problem: String| Err(SettingsError { setting, problem });
        if self.feeds.len() > FEEDS_MAX {
            return wrong("law.feeds", format!("there may be {FEEDS_MAX} at most"));
        }
        for (at, feed) in self.feeds.iter().enumerate() {
            let name = &feed.name;
            if self.feeds[..at].iter().any(|other| other.name == *name) {
                return wrong("law.feeds.name", format!("`{name}` stands twice"));
            }
            if self.keys_of(feed)?.is_empty() {
                let problem = format!("`{name}` has no key by which its bundles are believed");
                return wrong("law.feeds.trusted_keys", problem);
            }
            feed.check()?;
        }
        Ok(())
    }
}

impl LawFeedSettings {
    fn check(&self) -> Result<(), SettingsError> {
        let name = &self.name;
        let wrong = |setting, problem: String| Err(SettingsError { setting, problem });
        let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
            let signs = "small letters, digits and `-`";
            let problem = format!("`{name}` must have 1 to {NAME_BYTES_MAX} {signs}");
            return wrong("law.feeds.name", problem);
        }
        let is_address = reqwest::Url::parse(&self.url).is_ok_and(|url| {
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
        });
        if !is_address {
            let problem = format!("that of `{name}` is no `https` address without a login in it");
            return wrong("law.feeds.url", problem);
        }
        let bounds = [
            ("law.feeds.every_seconds", self.every_seconds, EVERY_SECONDS_MIN, EVERY_SECONDS_MAX),
            ("law.feeds.timeout_seconds", self.timeout_seconds, 1, TIMEOUT_SECONDS_MAX),
            ("law.feeds.silent_after_periods", self.silent_after_periods, 1, 1_000),
        ];
        for (setting, value, min, max) in bounds {
            if !(min..=max).contains(&value) {
                return wrong(setting, format!("that of `{name}` must be {min} to {max}"));
            }
        }
        Ok(())
    }
}

fn read(keys: &[String], setting: &'static str) -> Result<Vec<VerifierKey>, SettingsError> {
    let read = |text: &String| {
        VerifierKey::parse(text.trim())
            .map_err(|error| SettingsError { setting, problem: format!("`{text}`: {error}") })
    };
    keys.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use watchfire_core::log::SignerKey;

    use super::*;

    type Change = fn(&mut LawFeedSettings);

    fn feed() -> LawFeedSettings {
        let key = SignerKey::from_seed("law.example", &[1; 32]).expect("a key");
        LawFeedSettings {
            name: "law-example".to_owned(),
            url: "https://law.example/newest.bundle".to_owned(),
            trusted_keys: vec![key.verifier().to_string()],
            every_seconds: every_seconds(),
            timeout_seconds: timeout_seconds(),
            silent_after_periods: silent_after_periods(),
        }
    }

    #[test]
    fn a_feed_that_could_bring_nothing_is_refused_by_the_name_of_its_setting() {
        let check = |feeds: Vec<LawFeedSettings>| {
            LawSettings { feeds, ..LawSettings::default() }.check().map_err(|it| it.setting)
        };
        assert_eq!(check(vec![feed()]), Ok(()));
        let with = |change: Change| {
            let mut feed = feed();
            change(&mut feed);
            feed
        };
        let cases: [(Change, &str); 10] = [
            (|feed| feed.name = String::new(), "law.feeds.name"),
            (|feed| feed.name = "Law".to_owned(), "law.feeds.name"),
            (|feed| feed.url = "http://law.example/".to_owned(), "law.feeds.url"),
            (|feed| feed.url = "https://a:b@law.example/".to_owned(), "law.feeds.url"),
            (|feed| feed.trusted_keys.clear(), "law.feeds.trusted_keys"),
            (|feed| feed.trusted_keys[0].push('x'), "law.feeds.trusted_keys"),
            (|feed| feed.every_seconds = 59, "law.feeds.every_seconds"),
            (|feed| feed.timeout_seconds = 0, "law.feeds.timeout_seconds"),
            (|feed| feed.timeout_seconds = 601, "law.feeds.timeout_seconds"),
            (|feed| feed.silent_after_periods = 0, "law.feeds.silent_after_periods"),
        ];
        for (change, setting) in cases {
            assert_eq!(check(vec![with(change)]), Err(setting), "{:?}", with(change));
        }
        assert_eq!(check(vec![feed(), feed()]), Err("law.feeds.name"));
    }
}
