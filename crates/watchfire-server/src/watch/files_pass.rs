//! A pass over the files of a source: a folder, an archive or a document by itself.
//!
//! It reads and unpacks in a thread of its own, and waits there until what it handed over before is taken.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use super::archive::Archive;
use super::files::{self, Unreadable};
use super::mirror::{self, Mirror};
use super::news::Outlet;
use super::state::{Mark, State, digest};
use super::{SPOOL_BYTES_MAX, Trouble};
use crate::outside::fetch::Validators;
use crate::settings::{WatchKind, WatchSourceSettings};

/// A file that changed so lately may change again without another time: some file systems count
/// in whole seconds, and clocks of two machines differ. It is known by its content until then.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// By what a file is known that broke off or could not be read: by nothing that a file could be.
const BROKEN: Mark = Mark::Stamp(0);
/// And one of which some lines were read so far.
const HALF: Mark = Mark::Digest(0);

/// Reads the files of a source in a thread of its own.
pub(super) async fn read(
    mirror: &Mirror<'_>,
    settings: &WatchSourceSettings,
    pass: Pass,
) -> Result<(State, Outlet), Trouble> {
    let at = settings.at.clone();
    if settings.is_outside() {
        return outside(mirror, settings, pass).await;
    }
    let (path, kind) = (PathBuf::from(&at), settings.kind);
    aside(pass, at, move |pass| match kind {
        WatchKind::Folder => pass.folder(&path),
        _ => pass.single(&path, kind),
    })
    .await
}

/// Reads what is published at an address: an archive, or a document.
async fn outside(
    mirror: &Mirror<'_>,
    settings: &WatchSourceSettings,
    mut pass: Pass,
) -> Result<(State, Outlet), Trouble> {
    let (at, kind) = (settings.at.clone(), settings.kind);
    let known = pass.state.validators(&at);
    let Some(spooled) = mirror.spool(&at, &known, SPOOL_BYTES_MAX).await? else {
        // Whatever was there is there still.
        pass.meet_all();
        return Ok((pass.state, pass.outlet));
    };
    let (name, said) = (name_of(&at), spooled.content_type.unwrap_or_default());
    let (file, validators) = (spooled.file, spooled.validators);
    aside(pass, at.clone(), move |pass| {
        let (input, is_archive) = files::opened(file).map_err(|error| broken(&at, error))?;
        pass.offered(&at, kind, (&name, &said), (input, is_archive))?;
        pass.validators = Some((at, validators));
        Ok(())
    })
    .await
}

/// Does something with a pass in a thread of its own, and ends the pass.
async fn aside(
    mut pass: Pass,
    at: String,
    work: impl FnOnce(&mut Pass) -> Result<(), Trouble> + Send + 'static,
) -> Result<(State, Outlet), Trouble> {
    let done = tokio::task::spawn_blocking(move || {
        work(&mut pass)?;
        pass.end(&at)?;
        Ok((pass.state, pass.outlet))
    });
    match done.await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The node stops.
        Err(_) => Err(Trouble::Stopped),
    }
}

fn broken(at: &str, error: impl std::fmt::Display) -> Trouble {
    Trouble::malformed(at, error.to_string())
}

/// The last part of an address or a path.
fn name_of(at: &str) -> String {
    let path = at.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// A pass over the files of a source.
pub(super) struct Pass {
    state: State,
    outlet: Outlet,
    now: Timestamp,
    handle: Handle,
    /// Of the answer that is read, kept once everything was taken.
    validators: Option<(String, Validators)>,
}

impl Pass {
    /// Begins a pass at `now`.
    pub(super) fn new(mut state: State, outlet: Outlet, now: Timestamp) -> Self {
        // A pass that broke off has met some; all are to be met once more.
        let mut left = std::mem::take(&mut state.units);
        left.append(&mut state.left);
        state.left = left;
        Self { state, outlet, now, handle: Handle::current(), validators: None }
    }

    /// Reads what changed in a folder.
    fn folder(&mut self, root: &Path) -> Result<(), Trouble> {
        // Whoever reads files takes one that is not there for one that cannot be read.
        fs::read_dir(root).map_err(|error| Unreadable::new(root, error))?;
        files::walk(root, &mut |path| {
            let below = path.strip_prefix(root).unwrap_or(path);
            let name = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            self.outlet.check()?;
            self.file(&name, path)
        })
    }

    fn file(&mut self, name: &str, path: &Path) -> Result<(), Trouble> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.unreadable(name, &error),
        };
        let stamp = self.settled(&metadata);
        if stamp.is_some_and(|stamp| self.is_known(name, stamp)) {
            return Ok(());
        }
        match files::open(path) {
            Err(Unreadable::Io { error, .. }) => self.unreadable(name, &error),
            Err(other) => Err(other.into()),
            Ok((input, false)) => self.unit(name, stamp, input),
            Ok((input, true)) => match Archive::open(input.into_inner()) {
                Err(error) => self.unreadable(name, &error),
                Ok(mut archive) => {
                    self.archive(&format!("{name}!"), &mut archive)?;
                    if self.state.units.remove(name).is_some() {
                        // It could not be read before, or was a document.
                        self.gone(name)?;
                    }
                    if let Some(stamp) = stamp {
                        self.state.archives.insert(name.to_owned(), stamp);
                    }
                    Ok(())
                }
            },
        }
    }

    /// Reads one file by its path: an archive, or a document.
    fn single(&mut self, path: &Path, kind: WatchKind) -> Result<(), Trouble> {
        let unreadable = |error| Unreadable::new(path, error);
        let metadata = fs::metadata(path).map_err(unreadable)?;
        let at = path.to_string_lossy();
        let name = name_of(&at);
        if !metadata.is_file() {
            return Err(Trouble::malformed(&at, "it is no file"));
        }
        let stamp = self.settled(&metadata);
        if kind == WatchKind::Document && stamp.is_some_and(|stamp| self.is_known(&name, stamp)) {
            return Ok(());
        }
        let (input, is_archive) = files::open(path)?;
        if kind == WatchKind::Document && !is_archive {
            return self.unit(&name, stamp, input);
        }
        self.offered(&at, kind, (&name, ""), (input, is_archive))
    }

    /// Reads what an address offers, which says of itself that it is `said`.
    fn offered(
        &mut self,
        at: &str,
        kind: WatchKind,
        (name, said): (&str, &str),
        (mut input, is_archive): (BufReader<File>, bool),
    ) -> Result<(), Trouble> {
        if is_archive {
            let archive = Archive::open(input.into_inner());
            return self.archive("", &mut archive.map_err(|error| broken(at, error))?);
        }
        let first = input.fill_buf().map_err(|error| broken(at, error))?;
        if mirror::is_html(first) {
            return Err(Trouble::malformed(at, "a page came instead of what it should offer"));
        }
        if kind == WatchKind::Zip {
            return Err(Trouble::malformed(at, format!("it is no ZIP; it came as `{said}`")));
        }
        self.unit(name, None, input)
    }

    /// Reads the entries of an archive; what lies in it is named behind `prefix`.
    fn archive(&mut self, prefix: &str, archive: &mut Archive) -> Result<(), Trouble> {
        for at in 0..archive.entries() {
            self.outlet.check()?;
            let entry = match archive.entry(at) {
                Ok(Some(entry)) => entry,
                Ok(None) => continue,
                Err(error) => {
                    self.apart(&format!("{prefix}{at}"), &error.to_string())?;
                    continue;
                }
            };
            let name = format!("{prefix}{}", entry.name);
            if self.is_known(&name, entry.stamp) {
                continue;
            }
            let mut reading = Reading::of(self, &name, Some(entry.stamp));
            archive.read(at, &entry, &mut |line, content| reading.take(line, content))?;
            reading.end()?;
        }
        Ok(())
    }

    fn unit(&mut self, name: &str, stamp: Option<u64>, input: impl BufRead) -> Result<(), Trouble> {
        let mut reading = Reading::of(self, name, stamp);
        files::documents(name, input, &mut |line, content| reading.take(line, content))?;
        reading.end()
    }

    /// Sets a file apart that is there and cannot be read; it is tried again at each pass.
    fn unreadable(&mut self, name: &str, error: &io::Error) -> Result<(), Trouble> {
        self.meet(name);
        self.state.units.insert(name.to_owned(), BROKEN);
        self.state.archives.remove(name);
        self.apart(name, &error.to_string())
    }

    fn apart(&mut self, name: &str, reason: &str) -> Result<(), Trouble> {
        self.handle.block_on(self.outlet.apart(name, reason))
    }

    fn gone(&mut self, name: &str) -> Result<(), Trouble> {
        self.handle.block_on(self.outlet.gone(name))
    }

    /// Whether a file or an entry is the same as before; if so, it is met, with all that is in it.
    fn is_known(&mut self, name: &str, stamp: u64) -> bool {
        if self.state.archives.get(name) == Some(&stamp) {
            self.meet_inside(name);
            return true;
        }
        let (units, left) = (&self.state.units, &self.state.left);
        let known = left.get(name).or_else(|| units.get(name)) == Some(&Mark::Stamp(stamp));
        if known {
            self.meet(name);
        }
        known
    }

    /// Notes that a file is still there, and of an archive all that lies in it.
    fn meet(&mut self, name: &str) {
        if let Some((name, mark)) = self.state.left.remove_entry(name) {
            self.state.units.insert(name, mark);
        }
        self.meet_inside(name);
    }

    fn meet_inside(&mut self, archive: &str) {
        let prefix = format!("{archive}!");
        let inside = self.state.left.range(prefix.clone()..);
        let inside = inside.take_while(|(name, _)| name.starts_with(&prefix));
        let names: Vec<String> = inside.map(|(name, _)| name.clone()).collect();
        for name in names {
            if let Some(mark) = self.state.left.remove(&name) {
                self.state.units.insert(name, mark);
            }
        }
    }

    fn meet_all(&mut self) {
        self.state.units.append(&mut self.state.left);
    }

    /// Time and size of a file, unless it may change again without another time.
    fn settled(&self, metadata: &Metadata) -> Option<u64> {
        let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let changed = i64::try_from(changed.as_micros()).ok()?;
        let settled_at = Timestamp::from_microsecond(changed).ok()? + SETTLED_AFTER;
        let size = metadata.len();
        (settled_at <= self.now)
            .then(|| digest(&[changed.to_le_bytes(), size.to_le_bytes()].concat()))
    }

    /// Ends a pass that met everything: what it did not meet is gone.
    fn end(&mut self, at: &str) -> Result<(), Trouble> {
        if self.state.units.is_empty() && !self.state.left.is_empty() {
            return Err(Trouble::Empty(super::shown(at).to_owned()));
        }
        for (name, mark) in std::mem::take(&mut self.state.left) {
            let lines = self.state.lines.remove(&name);
            let has_lines = lines.is_some();
            self.lines_gone(&name, lines.unwrap_or_default().into_keys())?;
            if !has_lines || mark == BROKEN {
                self.gone(&name)?;
            }
        }
        let State { units, archives, .. } = &mut self.state;
        // An archive of which nothing is left holds nothing, or is gone.
        archives.retain(|name, _| {
            let prefix = format!("{name}!");
            units.range(prefix.clone()..).next().is_some_and(|(unit, _)| unit.starts_with(&prefix))
        });
        if let Some((url, validators)) = self.validators.take() {
            self.state.keep_validators(&url, validators);
        }
        Ok(())
    }

    fn lines_gone(&mut self, name: &str, lines: impl Iterator<Item = u64>) -> Result<(), Trouble> {
        for line in lines {
            self.gone(&format!("{name}:{line}"))?;
        }
        Ok(())
    }
}

/// A file or an entry that is being read.
struct Reading<'a> {
    pass: &'a mut Pass,
    name: &'a str,
    stamp: Option<u64>,
    /// By what it is known again, once it was read whole.
    mark: Option<Mark>,
    /// Lines of before that were not met yet.
    before: BTreeMap<u64, u64>,
    /// Whether it broke off, the last time and this time.
    was_broken: bool,
    is_broken: bool,
}

impl<'a> Reading<'a> {
    fn of(pass: &'a mut Pass, name: &'a str, stamp: Option<u64>) -> Self {
        pass.meet(name);
        let before = pass.state.lines.get(name).cloned().unwrap_or_default();
        let was_broken = pass.state.units.get(name) == Some(&BROKEN);
        let mark = stamp.map(Mark::Stamp);
        Self { pass, name, stamp, mark, before, was_broken, is_broken: false }
    }

    fn take(&mut self, line: Option<u64>, content: io::Result<Vec<u8>>) -> Result<(), Trouble> {
        let bytes = match content {
            Ok(bytes) => bytes,
            Err(error) => {
                self.is_broken = true;
                return self.pass.apart(self.name, &error.to_string());
            }
        };
        let digest = digest(&bytes);
        let Some(line) = line else { return self.whole(digest, bytes) };
        if self.before.remove(&line) != Some(digest) {
            let name = format!("{}:{line}", self.name);
            let outlet = &mut self.pass.outlet;
            self.pass.handle.block_on(outlet.document(&name, bytes))?;
        }
        let state = &mut self.pass.state;
        if let Some(lines) = state.lines.get_mut(self.name) {
            lines.insert(line, digest);
        } else {
            state.lines.insert(self.name.to_owned(), BTreeMap::from([(line, digest)]));
            state.units.insert(self.name.to_owned(), HALF);
        }
        self.pass.handle.block_on(self.pass.outlet.keep(&self.pass.state))
    }

    fn whole(&mut self, digest: u64, bytes: Vec<u8>) -> Result<(), Trouble> {
        let known = self.pass.state.units.get(self.name) == Some(&Mark::Digest(digest));
        if self.stamp.is_none() {
            self.mark = Some(Mark::Digest(digest));
        }
        if known {
            return Ok(());
        }
        self.pass.handle.block_on(self.pass.outlet.document(self.name, bytes))
    }

    /// Ends the reading; what broke off is read again at the next pass.
    fn end(self) -> Result<(), Trouble> {
        let Self { pass, name, mark, before, was_broken, is_broken, .. } = self;
        if is_broken {
            pass.state.units.insert(name.to_owned(), BROKEN);
            return Ok(());
        }
        if let Some(lines) = pass.state.lines.get_mut(name) {
            lines.retain(|line, _| !before.contains_key(line));
            pass.lines_gone(name, before.into_keys())?;
            if was_broken {
                // The file as a whole was set apart, and is no document.
                pass.gone(name)?;
            }
        }
        pass.state.know(name, mark.unwrap_or(HALF));
        pass.handle.block_on(pass.outlet.keep(&pass.state))
    }
}
