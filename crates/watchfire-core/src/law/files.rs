//! Files of law as data: what a lawbook is loaded from, kept verbatim, and laid one over another.
//!
//! A pack takes the place of another of the same law as a whole; of the files that all packs share,
//! each declaration takes the place of the one with the same name.

use std::collections::BTreeSet;

use super::calendar::Calendars;
use super::house_reading::HOUSE_READINGS;
use super::lawbook::{self, Lawbook};

/// A set of files holds at most so many.
pub const FILES_MAX: usize = 20_000;
/// A set of files is at most so many bytes.
pub const FILES_BYTES_MAX: usize = 64 << 20;
/// The first line of the form in which files are kept.
const MAGIC: &str = "watchfire law files 1";
/// Files whose entries are declarations, and the tables that hold them.
const DECLARING: [&str; 3] = ["attributes.toml", "facts.toml", HOUSE_READINGS];
const DECLARATIONS: [&str; 4] = ["attribute", "predicate", "fact", "reading"];

/// Files under `laws/`: path and text, ordered. A path may stand twice, where declarations of two
/// origins stand beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files(Vec<(String, String)>);

/// Why bytes are no files of law.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the kept files of law cannot be read: {0}")]
pub struct FilesError(&'static str);

impl Files {
    /// Takes up files.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<(String, String)> = files.into_iter().collect();
        files.sort();
        Self(files)
    }

    /// Returns path and text of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Returns the files as [`Lawbook::load`] takes them.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.iter().collect()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the laws of which a pack is among them.
    pub fn laws(&self) -> BTreeSet<&str> {
        self.0.iter().filter_map(|(path, _)| path.strip_suffix("/law.toml")).collect()
    }

    /// Returns these files without the readings of the house: what the packs say by themselves.
    #[must_use]
    pub fn without_house_readings(&self) -> Self {
        Self(self.0.iter().filter(|(path, _)| path != HOUSE_READINGS).cloned().collect())
    }

    /// Returns whether a reading of the house is among them.
    pub fn has_house_readings(&self) -> bool {
        self.0.iter().any(|(path, _)| path == HOUSE_READINGS)
    }

    /// Returns the digest over every path and text, in lower-case hexadecimal; that of the lawbook
    /// which they give.
    pub fn digest(&self) -> String {
        let digest = lawbook::digest(&self.pairs());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns these files over others.
    #[must_use]
    pub fn over(&self, below: &Self) -> Self {
        let laws = self.laws();
        // What brings years to a calendar stands beside it, whatever its name.
        let is_update =
            |path: &str, text: &str| path.starts_with("calendars/") && Calendars::is_update(text);
        let own = self.0.iter().filter(|(path, text)| !is_update(path, text));
        let own: BTreeSet<&str> = own.map(|(path, _)| path.as_str()).collect();
        let mut together = self.0.clone();
        for (path, text) in &below.0 {
            let law = path.split_once('/').map(|(law, _)| law);
            if law.is_some_and(|law| laws.contains(law)) {
                continue;
            }
            if !own.contains(path.as_str()) {
                together.push((path.clone(), text.clone()));
            } else if DECLARING.contains(&path.as_str()) {
                together.extend(self.undeclared(path, text).map(|rest| (path.clone(), rest)));
            }
        }
        Self::new(together)
    }

    /// Returns the declarations of `text` that these files do not make themselves, or nothing
    /// where there is none left. What is no TOML is left to [`Lawbook::load`] to tell.
    fn undeclared(&self, path: &str, text: &str) -> Option<String> {
        let Ok(mut below) = toml::from_str::<toml::Table>(text) else {
            return Some(text.to_owned());
        };
        let own = self.0.iter().filter(|(name, _)| name == path);
        let own: Vec<toml::Table> = own.filter_map(|(_, text)| toml::from_str(text).ok()).collect();
        let mut changed = false;
        for table in DECLARATIONS {
            let Some(words) = below.get_mut(table).and_then(toml::Value::as_table_mut) else {
                continue;
            };
            let before = words.len();
            let is_own = |name: &str| {
                own.iter().any(|own| {
                    own.get(table)
                        .and_then(toml::Value::as_table)
                        .is_some_and(|own| own.contains_key(name))
                })
            };
            words.retain(|name, _| !is_own(name));
            changed |= words.len() != before;
        }
        if !changed {
            return Some(text.to_owned());
        }
        let is_left = below.values().any(|value| value.as_table().is_none_or(|it| !it.is_empty()));
        is_left.then(|| below.to_string())
    }

    /// Writes the one form in which files are kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("{MAGIC}\n");
        for (path, text) in &self.0 {
            head.push_str(&format!("{} {path}\n", text.len()));
        }
        head.push('\n');
        let mut bytes = head.into_bytes();
        self.0.iter().for_each(|(_, text)| bytes.extend_from_slice(text.as_bytes()));
        bytes
    }

    /// Reads files back.
    ///
    /// # Errors
    /// [`FilesError`] if the bytes are not what [`Files::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FilesError> {
        if bytes.len() > FILES_BYTES_MAX {
            return Err(FilesError("they are too large"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| FilesError("they are not UTF-8"))?;
        let (head, mut rest) = text.split_once("\n\n").ok_or(FilesError("there is no list"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(MAGIC) {
            return Err(FilesError("they begin otherwise"));
        }
        let mut files = Vec::new();
        for line in lines {
            let entry =
                line.split_once(' ').and_then(|(length, path)| Some((length.parse().ok()?, path)));
            let (length, path): (usize, &str) = entry.ok_or(FilesError("the list is damaged"))?;
            let (text, after) =
                rest.split_at_checked(length).ok_or(FilesError("a file is cut off"))?;
            files.push((path.to_owned(), text.to_owned()));
            rest = after;
        }
        if rest.is_empty() {
            Ok(Self(files))
        } else {
            Err(FilesError("something follows the files"))
        }
    }
}

impl Lawbook {
    /// Loads a set of files.
    ///
    /// # Errors
    /// As [`Lawbook::load`].
    pub fn from_files(files: &Files) -> Result<Self, Vec<super::problem::Problem>> {
        Self::load(&files.pairs())
    }

    /// Returns the lawbook as its packs say it by themselves, without the readings of the house.
    ///
    /// # Panics
    /// Never: readings lie over packs that have loaded.
    pub fn without_house_readings(&self) -> &Self {
        if !self.files().has_house_readings() {
            return self;
        }
        self.plain.get_or_init(|| {
            let plain = Self::from_files(&self.files().without_house_readings());
            Box::new(plain.expect("packs that load under readings load without them"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        Files::new(all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
    }

    #[test]
    fn what_is_kept_is_read_back_to_the_byte() {
        let builtin = Lawbook::builtin().files();
        let bytes = builtin.to_bytes();
        assert_eq!(Files::from_bytes(&bytes).as_ref(), Ok(builtin));
        assert_eq!(builtin.digest(), Lawbook::builtin().digest_hex());
        assert!(Files::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(Files::from_bytes(&[&bytes[..], b"x"].concat()).is_err());
        assert!(Files::from_bytes(b"").is_err());
    }

    #[test]
    fn a_pack_takes_the_place_of_another_as_a_whole() {
        let below = files(&[("a/law.toml", "1"), ("a/text.en.md", "1"), ("b/law.toml", "1")]);
        let over = files(&[("a/law.toml", "2")]).over(&below);
        assert_eq!(over.pairs(), [("a/law.toml", "2"), ("b/law.toml", "1")]);
    }

    #[test]
    fn a_declaration_takes_the_place_of_the_one_with_its_name() {
        let below = files(&[("facts.toml", "[fact.one]\nmeaning = 1\n[fact.two]\nmeaning = 1\n")]);
        let over = files(&[("facts.toml", "[fact.one]\nmeaning = 2\n")]).over(&below);
        let texts: Vec<&str> = over.iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["[fact.one]\nmeaning = 2\n", "[fact.two]\nmeaning = 1\n"]);
        let again = files(&[("facts.toml", "[fact.two]\nmeaning = 3\n")]).over(&over);
        let texts: Vec<&str> = again.iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["[fact.one]\nmeaning = 2\n", "[fact.two]\nmeaning = 3\n"]);
    }

    #[test]
    fn a_new_year_of_a_calendar_stands_beside_it() {
        let below = files(&[("calendars/cn.toml", "id = \"cn\"\n")]);
        let year = files(&[("calendars/cn.toml", "updates = \"cn\"\n")]);
        assert_eq!(year.over(&below).len(), 2);
        let whole = files(&[("calendars/cn.toml", "id = \"cn\" # anew\n")]);
        assert_eq!(whole.over(&below).pairs(), whole.pairs());
    }

    #[test]
    fn a_built_in_pack_laid_over_the_built_in_ones_changes_nothing() {
        let builtin = Lawbook::builtin().files();
        let one = builtin.iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
        let one = Files::new(one.map(|(path, text)| (path.to_owned(), text.to_owned())));
        assert_eq!(one.over(builtin).digest(), builtin.digest());
    }
}
