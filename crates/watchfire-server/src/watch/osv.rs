//! A mirror of OSV as OSV itself publishes: `<ecosystem>/modified_id.csv`, which says when each
//! record changed last, `<ecosystem>/<id>.json`, and `<ecosystem>/all.zip` with all of them.
//!
//! The listing decides: a record of which it names a later instant than the one we have is fetched,
//! wherever in the listing it stands. Where many are unknown, the archive is read first, and what it
//! does not hold yet is fetched one by one.
//!
//! Source: <https://google.github.io/osv.dev/data/#data-dumps>.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use jiff::Timestamp;
use reqwest::Url;
use serde::Deserialize;
use tokio::runtime::Handle;

use super::archive::Archive;
use super::mirror::{Got, Mirror, Tour, Wanted};
use super::news::Outlet;
use super::state::{Mark, State};
use super::{SPOOL_BYTES_MAX, Trouble, aside};
use crate::outside::fetch::{FetchError, Validators};

/// A listing is at most so long.
const LISTING_BYTES_MAX: u64 = 256 << 20;
/// A listing has so many lines at most.
const LINES_MAX: usize = 1_000_000;
/// A line of a listing has so many bytes at most.
const LINE_BYTES_MAX: u64 = 512;
/// Where more records than this are unknown, the archive of all of them is read first.
const SINGLY_MAX: usize = 1_000;
/// A listing and a record may tell the same instant with other fractions of a second.
const SAME_MICROSECONDS: i64 = 1_000_000;

/// A record as a listing names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    /// Where in the mirror: nothing, or an ecosystem.
    place: Option<String>,
    id: String,
    /// When it changed last, in microseconds.
    at: i64,
}

/// What is read of a record to know which it is.
#[derive(Debug, Deserialize)]
struct Head {
    id: String,
    modified: Timestamp,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    fn at(&self) -> i64 {
        self.modified.as_microsecond()
    }
}

/// Reads what changed in the ecosystems that are named, or in all.
pub(super) async fn read(
    mirror: &Mirror<'_>,
    base: &str,
    ecosystems: &[String],
    state: &mut State,
    outlet: &mut Outlet,
) -> Result<(), Trouble> {
    let base = Url::parse(base).map_err(|error| Trouble::malformed(base, error.to_string()))?;
    if ecosystems.is_empty() {
        return Part { mirror, base: &base, place: None }.read(state, outlet).await;
    }
    let mut first = None;
    for ecosystem in ecosystems {
        let part = Part { mirror, base: &base, place: Some(ecosystem) };
        // One that cannot be had holds up none of the others.
        match part.read(state, outlet).await {
            Ok(()) => outlet.keep_after(1, state).await?,
            Err(Trouble::Stopped) => return Err(Trouble::Stopped),
            Err(trouble) => drop(first.get_or_insert(trouble)),
        }
    }
    first.map_or(Ok(()), Err)
}

/// An ecosystem of a mirror, or all of it.
struct Part<'a> {
    mirror: &'a Mirror<'a>,
    base: &'a Url,
    place: Option<&'a str>,
}

impl Part<'_> {
    fn url(&self, place: Option<&str>, file: &str) -> String {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(place).push(file);
        }
        url.to_string()
    }

    async fn read(&self, state: &mut State, outlet: &mut Outlet) -> Result<(), Trouble> {
        let url = self.url(self.place, "modified_id.csv");
        let known = state.validators(&url);
        let spooled = self.mirror.spool(&url, &known, LISTING_BYTES_MAX).await?;
        let Some(spooled) = spooled else { return Ok(()) };
        let (address, has_places) = (url.clone(), self.place.is_none());
        let listed = aside(move || listing(&address, spooled.file, has_places)).await?;
        let newest = listed.iter().map(|one| one.at).max();
        let newest = newest.ok_or_else(|| Trouble::malformed(&url, "it lists nothing"))?;
        let part = self.place.unwrap_or_default().to_owned();
        let before = state.newest.get(&part).copied();
        if before.is_some_and(|before| newest + SAME_MICROSECONDS < before) {
            return Err(Trouble::WentBack(super::shown(&url).to_owned()));
        }
        let mut unknown = unknown(listed, state);
        if unknown.len() > SINGLY_MAX {
            self.archive(&unknown, state, outlet).await?;
            unknown.retain(|one| !is_known(one, state));
        }
        self.singly(unknown, state, outlet).await?;
        state.newest.insert(part, newest);
        state.keep_validators(&url, spooled.validators);
        Ok(())
    }

    /// Takes all records of the archive that are newer than what is known; a mirror may have none.
    async fn archive(
        &self,
        listed: &[Listed],
        state: &mut State,
        outlet: &mut Outlet,
    ) -> Result<(), Trouble> {
        let url = self.url(self.place, "all.zip");
        let spooled = self.mirror.spool(&url, &Validators::default(), SPOOL_BYTES_MAX).await;
        let spooled = match spooled {
            Ok(spooled) => spooled,
            Err(Trouble::Outside {
                error: FetchError::Status { status: 404 | 410, .. }, ..
            }) => {
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let Some(spooled) = spooled else { return Ok(()) };
        let listed = listed.iter().map(|one| (one.id.clone(), one.at)).collect();
        let (taken, given) = (std::mem::take(state), outlet.lend());
        let mut all = All { state: taken, outlet: given, listed, handle: Handle::current() };
        let (all, done) = aside(move || {
            let done = all.read(&url, spooled.file);
            (all, done)
        })
        .await;
        *state = all.state;
        outlet.back(all.outlet);
        done
    }

    async fn singly(
        &self,
        listed: Vec<Listed>,
        state: &mut State,
        outlet: &mut Outlet,
    ) -> Result<(), Trouble> {
        let mut wanted = Vec::new();
        for one in listed {
            let name = one.id.as_str();
            if !is_plain(name) || !one.place.as_deref().is_none_or(is_plain) {
                outlet.apart(name, "its name in the listing leads elsewhere").await?;
                continue;
            }
            let place = one.place.as_deref().or(self.place);
            let url = self.url(place, &format!("{name}.json"));
            wanted.push(Wanted {
                url,
                stamp: Some(one.at.cast_unsigned()),
                name: one.id,
                hashes: Vec::new(),
                is_hash_promised: false,
            });
        }
        Tour::new(state, outlet).take(wanted, |wanted| self.record(wanted)).await
    }

    async fn record(&self, wanted: Wanted) -> Got {
        let got = self.mirror.document(&wanted.url).await;
        let Got::Document(bytes) = got else { return got };
        let Some(head) = Head::read(&bytes) else {
            return Got::Apart("what came is no record of OSV".to_owned());
        };
        if head.id != wanted.name {
            return Got::Apart(format!("what came is the record `{}`", head.id));
        }
        let listed = wanted.stamp.unwrap_or_default().cast_signed();
        let is_stale = head.at() + SAME_MICROSECONDS < listed;
        if is_stale { Got::Stale(bytes) } else { Got::Document(bytes) }
    }
}

/// The archive of all records, while it is read.
struct All {
    state: State,
    outlet: Outlet,
    listed: BTreeMap<String, i64>,
    handle: Handle,
}

impl All {
    fn read(&mut self, url: &str, file: File) -> Result<(), Trouble> {
        let broken = |error: std::io::Error| Trouble::malformed(url, error.to_string());
        let mut archive = Archive::open(file).map_err(broken)?;
        for at in 0..archive.entries() {
            self.outlet.check()?;
            let Some(entry) = archive.entry(at).map_err(broken)? else { continue };
            let stem = entry.name.strip_suffix(".json").unwrap_or(&entry.name).to_owned();
            archive.read(at, &entry, &mut |_, content| match content {
                Ok(bytes) => self.record(&stem, bytes),
                Err(error) => {
                    let reason = error.to_string();
                    self.handle.block_on(self.outlet.apart(&stem, &reason))
                }
            })?;
        }
        Ok(())
    }

    fn record(&mut self, stem: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        let head = Head::read(&bytes);
        let id = head.as_ref().map_or(stem, |head| head.id.as_str()).to_owned();
        // A record that cannot be read is not asked for again by itself: it is the same there.
        let listed = self.listed.get(&id).copied().unwrap_or_default();
        let at = head.map_or(listed, |head| head.at());
        if known_at(&id, &self.state).is_some_and(|known| known >= at) {
            return Ok(());
        }
        self.handle.block_on(self.outlet.document(&id, bytes))?;
        self.state.know(&id, Mark::Stamp(at.cast_unsigned()));
        self.handle.block_on(self.outlet.keep(&self.state))
    }
}

fn known_at(id: &str, state: &State) -> Option<i64> {
    match state.units.get(id) {
        Some(Mark::Stamp(at)) => Some(at.cast_signed()),
        _ => None,
    }
}

fn is_known(one: &Listed, state: &State) -> bool {
    known_at(&one.id, state).is_some_and(|known| known + SAME_MICROSECONDS >= one.at)
}

/// Those of a listing that are new or newer, each once.
fn unknown(listed: Vec<Listed>, state: &State) -> Vec<Listed> {
    let mut newest: BTreeMap<String, Listed> = BTreeMap::new();
    for one in listed.into_iter().filter(|one| !is_known(one, state)) {
        match newest.get(&one.id) {
            Some(other) if other.at >= one.at => {}
            _ => drop(newest.insert(one.id.clone(), one)),
        }
    }
    newest.into_values().collect()
}

/// Reads a listing: an instant and a name a line.
fn listing(url: &str, file: File, has_places: bool) -> Result<Vec<Listed>, Trouble> {
    let mut input = BufReader::new(file);
    let mut listed = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        if read.map_err(|error| Trouble::malformed(url, error.to_string()))? == 0 {
            return Ok(listed);
        }
        if listed.len() == LINES_MAX {
            return Err(Trouble::TooMuch("lines in a listing than are read"));
        }
        let number = listed.len() + 1;
        let wrong = || {
            let form = if has_places { "instant,ecosystem/id" } else { "instant,id" };
            Trouble::malformed(url, format!("line {number} is no `{form}`"))
        };
        let text = std::str::from_utf8(&line).map_err(|_| wrong())?.trim_end();
        listed.push(listed_in(text, has_places).ok_or_else(wrong)?);
    }
}

fn listed_in(line: &str, has_places: bool) -> Option<Listed> {
    let (at, name) = line.split_once(',')?;
    let at = at.parse::<Timestamp>().ok()?.as_microsecond();
    let (place, id) = if has_places {
        let (place, id) = name.split_once('/')?;
        (Some(place.to_owned()), id)
    } else {
        (None, name)
    };
    (!id.is_empty()).then(|| Listed { place, id: id.to_owned(), at })
}

/// Whether a name is one part of a path and leads nowhere else.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(|sign: char| sign.is_control() || "/\\?#%".contains(sign))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    fn read(text: &str, has_places: bool) -> Result<Vec<(String, i64)>, String> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file.rewind().expect("a file");
        let listed = listing("https://osv.example/", file, has_places);
        let listed = listed.map_err(|error| error.to_string())?;
        Ok(listed.into_iter().map(|one| (one.id, one.at)).collect())
    }

    #[test]
    fn a_listing_is_read_line_by_line_and_what_is_none_is_told_by_its_line() {
        let first = ("A-1".to_owned(), 1_000_000);
        let lines = "1970-01-01T00:00:01Z,A-1\n1970-01-01T00:00:00.5Z,RHSA-2022:0216\n";
        let second = ("RHSA-2022:0216".to_owned(), 500_000);
        assert_eq!(read(lines, false), Ok(vec![first.clone(), second]));
        assert_eq!(read("1970-01-01T00:00:01Z,Rocky Linux/A-1\r\n", true), Ok(vec![first]));
        assert_eq!(read("", false), Ok(vec![]));
        for (text, has_places) in [
            ("1970-01-01T00:00:01Z,A-1\n<!doctype html>\n", false),
            ("1970-01-01T00:00:01Z,A-1\n\n", false),
            ("1970-01-01T00:00:01Z,A-1\nyesterday,A-2\n", false),
            ("1970-01-01T00:00:01Z,A-1\n1970-01-01T00:00:01Z,\n", false),
            ("1970-01-01T00:00:01Z,PyPI/A-1\n1970-01-01T00:00:01Z,A-2\n", true),
        ] {
            let told = read(text, has_places).expect_err(text);
            assert!(told.contains("line 2 is no `instant,"), "{told}");
        }
        let long = format!("1970-01-01T00:00:01Z,{}\n", "A".repeat(600));
        assert!(read(&long, false).is_err());
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_none() {
        for (name, expected) in [
            ("GHSA-jfh8-c2jp-5v3q", true),
            ("RHSA-2022:0216", true),
            ("Rocky Linux", true),
            ("..", false),
            ("../x", false),
            ("a/b", false),
            ("a\\b", false),
            ("a%2fb", false),
            ("a?b", false),
            ("a\nb", false),
            ("", false),
        ] {
            assert_eq!(is_plain(name), expected, "{name}");
        }
    }
}
