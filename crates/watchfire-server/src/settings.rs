//! Every setting of a node, with its meaning and its default.
//!
//! The binary reads them from one TOML file and from flags; here stands what they mean. An unknown
//! key is an error, so that a misspelt setting cannot disarm anything silently.

mod law;
mod watch;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use watchfire_store::KEPT_DOCUMENT_BYTES_MAX;

pub use law::{LawFeedSettings, LawSettings};
pub use watch::{WatchKind, WatchSettings, WatchSourceSettings};

/// The port that nobody has to remember.
pub const PORT_DEFAULT: u16 = 8470;

/// All settings of a node.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address to listen on. Without [`Settings::tls`] only a loopback address is taken.
    pub listen: SocketAddr,
    /// Listens without TLS on an address that is not loopback: for a proxy on a private network
    /// that adds TLS. Passwords then cross that network in the clear.
    pub insecure_listen: bool,
    /// Certificate and key. Read anew when the files change.
    pub tls: Option<TlsSettings>,
    /// Proxies that may say who is asking (`X-Forwarded-For`, `X-Forwarded-Proto`,
    /// `X-Request-Id`). Nobody else is believed.
    pub trusted_proxies: Vec<Network>,
    /// The address under which people reach this node: `https://watchfire.example.com`. Used in
    /// notices and to recognize our own pages; by default the address we listen on.
    pub public_url: Option<String>,
    /// Folder for the embedded database, the log's key, its last checkpoint and the index of what
    /// the house has.
    pub data: PathBuf,
    /// `postgres://…`, or absent for the embedded database in [`Settings::data`].
    pub database: Option<String>,
    /// File with the signing key of the evidence log; by default `log.key` in the data folder.
    pub log_key: Option<PathBuf>,
    /// File in which the latest checkpoint is kept outside the database; by default
    /// `checkpoint` in the data folder.
    pub checkpoint: Option<PathBuf>,
    /// Seconds between two public checkpoints. Fixed when the log begins; every node of one
    /// database has the same.
    pub checkpoint_every_seconds: u32,
    /// Name of the organization, used when its database is made.
    pub organization: String,
    /// Folder of law packs that are used beside the built-in ones.
    pub laws: Option<PathBuf>,
    /// Whose bundles of law are taken, and from where they are fetched.
    pub law: LawSettings,
    /// What is watched: from where advisories and other documents are read.
    pub watch: WatchSettings,
    /// Seconds between two looks at what is due.
    pub tick_every_seconds: u32,
    /// How far the machine's time may be from what we expect before it is doubted, in seconds.
    pub clock_doubt_seconds: u32,
    /// File with certificates (PEM) of authorities that are trusted beside the known ones by
    /// whatever leaves: mail, webhooks, signs of life, questions to feeds and sources. No setting
    /// switches the check off.
    pub trusted_authorities: Option<PathBuf>,
    /// How notices leave by mail.
    pub mail: Option<MailSettings>,
    /// How notices leave by webhook.
    pub webhook: WebhookSettings,
    /// Where a sign of life goes, so that somebody outside notices when it stops.
    pub heartbeat: Option<HeartbeatSettings>,
    /// What `/.well-known/security.txt` says.
    pub security_txt: Option<SecurityTxtSettings>,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
    /// Sizes and rates.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT_DEFAULT),
            insecure_listen: false,
            tls: None,
            trusted_proxies: Vec::new(),
            public_url: None,
            data: PathBuf::from("."),
            database: None,
            log_key: None,
            checkpoint: None,
            checkpoint_every_seconds: 300,
            organization: "Our organization".to_owned(),
            laws: None,
            law: LawSettings::default(),
            watch: WatchSettings::default(),
            tick_every_seconds: 1,
            clock_doubt_seconds: 2,
            trusted_authorities: None,
            mail: None,
            webhook: WebhookSettings::default(),
            heartbeat: None,
            security_txt: None,
            metrics: MetricsAccess::Loopback,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// Returns the file of the log's signing key.
    pub fn log_key_file(&self) -> PathBuf {
        self.log_key.clone().unwrap_or_else(|| self.data.join("log.key"))
    }

    /// Returns the file that keeps the latest checkpoint outside the database.
    pub fn checkpoint_file(&self) -> PathBuf {
        self.checkpoint.clone().unwrap_or_else(|| self.data.join("checkpoint"))
    }

    /// Returns the address under which people reach this node, without a slash at the end.
    pub fn base_url(&self) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.listen)
    }

    /// Returns whether browsers reach this node by TLS alone, as far as we know.
    pub fn is_https(&self) -> bool {
        self.tls.is_some() || self.base_url().starts_with("https://")
    }

    /// Checks what no single field can know.
    ///
    /// # Errors
    /// [`SettingsError`], with the name of the setting and the remedy.
    pub fn check(&self) -> Result<(), SettingsError> {
        let wrong =
            |setting, problem: &str| Err(SettingsError { setting, problem: problem.to_owned() });
        if self.tls.is_none() && !self.listen.ip().is_loopback() && !self.insecure_listen {
            return wrong(
                "listen",
                "an address that is not loopback needs `tls`, or `insecure_listen = true` behind \
                 a proxy that adds it",
            );
        }
        if let Some(url) = &self.public_url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            return wrong("public_url", "it must begin with `https://` or `http://`");
        }
        if self.checkpoint_every_seconds == 0 {
            return wrong("checkpoint_every_seconds", "it must be at least 1");
        }
        if self.tick_every_seconds == 0 {
            return wrong("tick_every_seconds", "it must be at least 1");
        }
        self.law.check()?;
        self.watch.check()?;
        self.limits.check()
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting `{setting}` cannot be used: {problem}")]
pub struct SettingsError {
    /// Its name in the file.
    pub setting: &'static str,
    /// What is wrong, and the remedy.
    pub problem: String,
}

/// Files of the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// The chain, PEM, leaf first.
    pub certificate: PathBuf,
    /// The private key, PEM (PKCS#8, PKCS#1 or SEC 1).
    pub key: PathBuf,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Host of the relay.
    pub host: String,
    /// Port of the relay: 587 with `starttls`, 465 with `tls`.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// Address of the sender: `Watchfire <watchfire@example.com>`.
    pub from: String,
    /// Name to sign in with.
    #[serde(default)]
    pub login: Option<String>,
    /// File that holds the password, and nothing else.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Seconds until a try is given up, with an unknown result if mail was on its way.
    #[serde(default = "send_timeout_seconds")]
    pub timeout_seconds: u32,
}

/// How the connection to the mail relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    /// TLS is agreed on after the greeting, or nothing is sent.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: for a relay on this machine alone.
    None,
}

/// How webhooks leave. Where to is each person's own address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// File that holds the secret for the signature; without it no webhook is sent.
    pub secret_file: Option<PathBuf>,
    /// Private networks that webhooks may reach all the same; by default none.
    pub allowed_networks: Vec<Network>,
    /// Seconds until a try is given up, with an unknown result if the request was on its way.
    pub timeout_seconds: u32,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            secret_file: None,
            allowed_networks: Vec::new(),
            timeout_seconds: send_timeout_seconds(),
        }
    }
}

const fn send_timeout_seconds() -> u32 {
    30
}

/// Where a sign of life goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeartbeatSettings {
    /// Address that is asked (`GET`) as long as the ticker ticks.
    pub url: String,
    /// Seconds between two signs.
    #[serde(default = "heartbeat_every_seconds")]
    pub every_seconds: u32,
}

const fn heartbeat_every_seconds() -> u32 {
    60
}

/// What `/.well-known/security.txt` says (RFC 9116).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityTxtSettings {
    /// Further addresses to report to, such as `mailto:psirt@example.com`. The report form of this
    /// node is always named first.
    #[serde(default)]
    pub contact: Vec<String>,
    /// When it stops being true: an RFC 3339 instant, less than a year ahead.
    pub expires: jiff::Timestamp,
    /// Address of the disclosure policy.
    #[serde(default)]
    pub policy: Option<String>,
}

/// Who may read `/metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricsAccess {
    /// Whoever asks from this machine.
    Loopback,
    /// Whoever signs in as an administrator.
    Administrator,
    /// Nobody.
    Off,
}

/// Sizes and rates, so that nobody can exhaust a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes_max: usize,
    /// Bytes of an SBOM that is attached, as it is sent.
    pub sbom_bytes_max: usize,
    /// Documents that people send, SBOMs and advisories, that are taken in and read at one time;
    /// others wait, and are answered 503 with `Retry-After` if it takes long.
    pub sboms_at_once_max: usize,
    /// Seconds for a request from its headers to its answer.
    pub request_seconds_max: u32,
    /// Connections at one time.
    pub connections_max: usize,
    /// Requests worked on at one time; more are answered 503 with `Retry-After`.
    pub requests_at_once_max: usize,
    /// Reports from one source in an hour.
    pub reports_per_hour_max: u32,
    /// Tries to sign in from one source in a minute.
    pub logins_per_minute_max: u32,
    /// Questions with a tracking code or a receipt from one source in a minute.
    pub lookups_per_minute_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1 << 20,
            sbom_bytes_max: 64 << 20,
            sboms_at_once_max: 2,
            request_seconds_max: 30,
            connections_max: 4_096,
            requests_at_once_max: 512,
            reports_per_hour_max: 60,
            logins_per_minute_max: 10,
            lookups_per_minute_max: 60,
        }
    }
}

impl Limits {
    fn check(&self) -> Result<(), SettingsError> {
        let positive = [
            ("limits.body_bytes_max", self.body_bytes_max),
            ("limits.sbom_bytes_max", self.sbom_bytes_max),
            ("limits.sboms_at_once_max", self.sboms_at_once_max),
            ("limits.request_seconds_max", self.request_seconds_max as usize),
            ("limits.connections_max", self.connections_max),
            ("limits.requests_at_once_max", self.requests_at_once_max),
            ("limits.reports_per_hour_max", self.reports_per_hour_max as usize),
            ("limits.logins_per_minute_max", self.logins_per_minute_max as usize),
            ("limits.lookups_per_minute_max", self.lookups_per_minute_max as usize),
        ];
        if let Some((setting, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(SettingsError { setting, problem: "it must be at least 1".to_owned() });
        }
        if self.sbom_bytes_max > KEPT_DOCUMENT_BYTES_MAX {
            let problem = format!("it must be at most {KEPT_DOCUMENT_BYTES_MAX}");
            return Err(SettingsError { setting: "limits.sbom_bytes_max", problem });
        }
        Ok(())
    }
}

/// A network in the notation `10.0.0.0/8` or `fd00::/8`; a plain address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Returns whether `address` lies in the network. An IPv4 address written as IPv6 is IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network: it should look like `10.0.0.0/8` or `fd00::/8`")]
pub struct NetworkError(String);

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let wrong = || NetworkError(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => widest,
        };
        if bits > widest { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_first_and_last_address_and_not_their_neighbours() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        for (address, inside) in [
            ("10.0.255.255", false),
            ("10.1.0.0", true),
            ("10.1.255.255", true),
            ("10.2.0.0", false),
            ("::ffff:10.1.2.3", true),
            ("fd00::1", false),
        ] {
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{address}");
        }
        let everything: Network = "0.0.0.0/0".parse().unwrap();
        assert!(everything.contains("255.255.255.255".parse().unwrap()));
        let one: Network = "::1".parse().unwrap();
        assert!(one.contains("::1".parse().unwrap()));
        assert!(!one.contains("::2".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_unless_somebody_says_so() {
        let on = |listen: &str, insecure_listen| Settings {
            listen: listen.parse().unwrap(),
            insecure_listen,
            ..Settings::default()
        };
        assert!(on("127.0.0.1:8470", false).check().is_ok());
        assert!(on("[::1]:8470", false).check().is_ok());
        assert_eq!(on("0.0.0.0:8470", false).check().unwrap_err().setting, "listen");
        assert!(on("0.0.0.0:8470", true).check().is_ok());
        let tls = TlsSettings { certificate: "c.pem".into(), key: "k.pem".into() };
        let with_tls = Settings { tls: Some(tls), ..on("0.0.0.0:8470", false) };
        assert!(with_tls.check().is_ok());
        assert_eq!(with_tls.base_url(), "https://0.0.0.0:8470");
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        let limits = Limits { logins_per_minute_max: 0, ..Limits::default() };
        let refused = Settings { limits, ..Settings::default() }.check().unwrap_err();
        assert_eq!(refused.setting, "limits.logins_per_minute_max");
    }

    #[test]
    fn no_larger_sboms_are_taken_than_can_be_kept() {
        for (sbom_bytes_max, is_taken) in
            [(KEPT_DOCUMENT_BYTES_MAX, true), (KEPT_DOCUMENT_BYTES_MAX + 1, false)]
        {
            let limits = Limits { sbom_bytes_max, ..Limits::default() };
            let checked = Settings { limits, ..Settings::default() }.check();
            assert_eq!(checked.is_ok(), is_taken, "{checked:?}");
        }
    }
}
