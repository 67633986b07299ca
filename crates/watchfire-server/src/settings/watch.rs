//! What is watched: from where documents that others publish are read.

use serde::Deserialize;

use super::{Network, SettingsError};

/// Sources are at most so many.
const SOURCES_MAX: usize = 100;
/// A source is read no more often.
const EVERY_SECONDS_MIN: u32 = 60;
/// And at least so often: thirty days.
const EVERY_SECONDS_MAX: u32 = 30 * 86_400;
/// An answer is waited for no longer.
const TIMEOUT_SECONDS_MAX: u32 = 3_600;
/// The name of a source has at most so many signs.
const NAME_BYTES_MAX: usize = 40;
/// A source names so many ecosystems at most.
const ECOSYSTEMS_MAX: usize = 200;
/// The name of an ecosystem has at most so many signs.
const ECOSYSTEM_BYTES_MAX: usize = 60;

/// What is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchSettings {
    /// From where documents are read.
    pub sources: Vec<WatchSourceSettings>,
    /// Private networks in which sources may lie all the same; by default none.
    pub allowed_networks: Vec<Network>,
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchKind {
    /// A folder of this machine, with all that lies below it.
    Folder,
    /// A ZIP archive, as a file or at an address.
    Zip,
    /// A mirror laid out as OSV publishes.
    Osv,
    /// A provider of CSAF documents.
    Csaf,
    /// A document by itself, as a file or at an address.
    Document,
}

impl WatchKind {
    /// As the settings name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Zip => "zip",
            Self::Osv => "osv",
            Self::Csaf => "csaf",
            Self::Document => "document",
        }
    }
}

/// From where documents are read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchSourceSettings {
    /// Its name here: small letters, digits and `-`.
    pub name: String,
    /// What it is: `folder`, `zip`, `osv`, `csaf` or `document`.
    pub kind: WatchKind,
    /// Where it is: a path, or an address. Of `osv` the address above the ecosystems, of `csaf` that
    /// of `provider-metadata.json` or of the host of its provider.
    pub at: String,
    /// Of `osv`: the ecosystems that are read, as OSV names them; by default all.
    #[serde(default)]
    pub ecosystems: Vec<String>,
    /// Seconds between two looks for what is new.
    #[serde(default = "every_seconds")]
    pub every_seconds: u32,
    /// Seconds until a question is given up; a source may need many of them.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u32,
    /// After so many periods without success people are told.
    #[serde(default = "silent_after_periods")]
    pub silent_after_periods: u32,
}

const fn every_seconds() -> u32 {
    3_600
}

const fn timeout_seconds() -> u32 {
    300
}

const fn silent_after_periods() -> u32 {
    24
}

impl WatchSettings {
    /// Checks what no single field can know.
    ///
    /// # Errors
    /// [`SettingsError`], with the name of the setting and the remedy.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if self.sources.len() > SOURCES_MAX {
            return wrong("watch.sources", format!("there may be {SOURCES_MAX} at most"));
        }
        for (at, source) in self.sources.iter().enumerate() {
            let name = &source.name;
            if self.sources[..at].iter().any(|other| other.name == *name) {
                return wrong("watch.sources.name", format!("`{name}` stands twice"));
            }
            source.check()?;
        }
        Ok(())
    }
}

fn wrong(setting: &'static str, problem: String) -> Result<(), SettingsError> {
    Err(SettingsError { setting, problem })
}

impl WatchSourceSettings {
    /// Whether it is asked for at an address, and not read from this machine.
    pub fn is_outside(&self) -> bool {
        self.at.starts_with("https://") || self.at.starts_with("http://")
    }

    fn check(&self) -> Result<(), SettingsError> {
        let name = &self.name;
        let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
            let signs = "small letters, digits and `-`";
            let problem = format!("`{name}` must have 1 to {NAME_BYTES_MAX} {signs}");
            return wrong("watch.sources.name", problem);
        }
        self.check_place()?;
        self.check_ecosystems()?;
        let bounds = [
            (
                "watch.sources.every_seconds",
                self.every_seconds,
                EVERY_SECONDS_MIN,
                EVERY_SECONDS_MAX,
            ),
            ("watch.sources.timeout_seconds", self.timeout_seconds, 1, TIMEOUT_SECONDS_MAX),
            ("watch.sources.silent_after_periods", self.silent_after_periods, 1, 1_000),
        ];
        for (setting, value, min, max) in bounds {
            if !(min..=max).contains(&value) {
                return wrong(setting, format!("that of `{name}` must be {min} to {max}"));
            }
        }
        Ok(())
    }

    fn check_place(&self) -> Result<(), SettingsError> {
        let (setting, name, kind) = ("watch.sources.at", &self.name, self.kind.name());
        let parsed = reqwest::Url::parse(&self.at).ok();
        let is_address = self.is_outside()
            && parsed.is_some_and(|url| url.username().is_empty() && url.password().is_none());
        let is_path = !self.at.is_empty() && !self.at.contains("://");
        let (fits, what) = match self.kind {
            WatchKind::Folder => (is_path, "a path"),
            WatchKind::Osv | WatchKind::Csaf => {
                (is_address, "an `https` address without a login in it")
            }
            WatchKind::Zip | WatchKind::Document => {
                (is_path || is_address, "a path, or an `https` address without a login in it")
            }
        };
        if fits {
            return Ok(());
        }
        wrong(setting, format!("that of `{name}` must be {what}, since it is of kind `{kind}`"))
    }

    fn check_ecosystems(&self) -> Result<(), SettingsError> {
        let (setting, name) = ("watch.sources.ecosystems", &self.name);
        if self.kind != WatchKind::Osv && !self.ecosystems.is_empty() {
            return wrong(setting, format!("`{name}` has none, since it is not of kind `osv`"));
        }
        if self.ecosystems.len() > ECOSYSTEMS_MAX {
            return wrong(setting, format!("`{name}` may name {ECOSYSTEMS_MAX} at most"));
        }
        let signs = |sign: char| sign.is_alphanumeric() || " .:-_+".contains(sign);
        let is_one = |it: &String| {
            (1..=ECOSYSTEM_BYTES_MAX).contains(&it.len())
                && !it.starts_with('.')
                && it.chars().all(signs)
        };
        match self.ecosystems.iter().find(|it| !is_one(it)) {
            Some(it) => wrong(setting, format!("`{it}` of `{name}` is no name of an ecosystem")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut WatchSourceSettings);

    fn source() -> WatchSourceSettings {
        WatchSourceSettings {
            name: "osv-example".to_owned(),
            kind: WatchKind::Osv,
            at: "https://osv.example/".to_owned(),
            ecosystems: vec!["crates.io".to_owned(), "Rocky Linux:9".to_owned()],
            every_seconds: every_seconds(),
            timeout_seconds: timeout_seconds(),
            silent_after_periods: silent_after_periods(),
        }
    }

    fn check(change: Change) -> Result<(), &'static str> {
        let mut source = source();
        change(&mut source);
        let settings = WatchSettings { sources: vec![source], ..WatchSettings::default() };
        settings.check().map_err(|error| error.setting)
    }

    #[test]
    fn a_source_that_could_bring_nothing_is_refused_by_the_name_of_its_setting() {
        let cases: [(Change, &str); 14] = [
            (|it| it.name = String::new(), "watch.sources.name"),
            (|it| it.name = "OSV".to_owned(), "watch.sources.name"),
            (|it| it.at = String::new(), "watch.sources.at"),
            (|it| it.at = "mirror".to_owned(), "watch.sources.at"),
            (|it| it.at = "ftp://osv.example/".to_owned(), "watch.sources.at"),
            (|it| it.at = "https://a:b@osv.example/".to_owned(), "watch.sources.at"),
            (|it| it.ecosystems.push("../PyPI".to_owned()), "watch.sources.ecosystems"),
            (|it| it.ecosystems.push("..".to_owned()), "watch.sources.ecosystems"),
            (|it| it.ecosystems.push(String::new()), "watch.sources.ecosystems"),
            (|it| it.kind = WatchKind::Csaf, "watch.sources.ecosystems"),
            (|it| it.every_seconds = 59, "watch.sources.every_seconds"),
            (|it| it.timeout_seconds = 3_601, "watch.sources.timeout_seconds"),
            (|it| it.timeout_seconds = 0, "watch.sources.timeout_seconds"),
            (|it| it.silent_after_periods = 0, "watch.sources.silent_after_periods"),
        ];
        assert_eq!(check(|_| {}), Ok(()));
        for (at, (change, setting)) in cases.into_iter().enumerate() {
            assert_eq!(check(change), Err(setting), "{at}");
        }
        let sources = vec![source(), source()];
        let twice = WatchSettings { sources, ..WatchSettings::default() };
        assert_eq!(twice.check().map_err(|it| it.setting), Err("watch.sources.name"));
    }

    #[test]
    fn each_kind_lies_where_it_can() {
        let cases: [(WatchKind, &str, bool); 8] = [
            (WatchKind::Folder, "advisories", true),
            (WatchKind::Folder, "https://a.example/", false),
            (WatchKind::Zip, "all.zip", true),
            (WatchKind::Zip, "https://a.example/all.zip", true),
            (WatchKind::Document, "http://a.example/kev.json", true),
            (WatchKind::Document, "file:///kev.json", false),
            (WatchKind::Csaf, "https://a.example", true),
            (WatchKind::Csaf, "provider-metadata.json", false),
        ];
        for (kind, at, expected) in cases {
            let (at, ecosystems) = (at.to_owned(), Vec::new());
            let source = WatchSourceSettings { kind, at, ecosystems, ..source() };
            assert_eq!(source.check().is_ok(), expected, "{source:?}");
        }
    }
}
