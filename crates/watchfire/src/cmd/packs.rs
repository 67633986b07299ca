//! Where packs and case files come from: built in, a folder of the operator's own, a file, or
//! standard input.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use watchfire_core::law::Lawbook;
use watchfire_core::law::case_file::{self, Case};
use watchfire_core::law::files::Files;
use watchfire_core::law::problem::Problem;

use crate::cli::Laws;
use crate::cmd::problems::Source;
use crate::cmd::{problems, progress::Progress};
use crate::exit::Failure;

/// A file of law or of cases is at most so many bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// A folder of packs holds at most so many files.
const FILES_MAX: usize = 20_000;
/// The files that all packs share.
const SHARED: [&str; 4] = ["attributes.toml", "facts.toml", "member-states.toml", "places.toml"];

/// A folder of packs, as it lies on the disk.
pub(super) struct Folder {
    /// Path under `laws/`, path on the disk, and text.
    files: Vec<(String, PathBuf, String)>,
}

impl Folder {
    /// Reads a folder of packs, of calendars or of both, or one pack: a folder with a `law.toml`.
    ///
    /// # Errors
    /// A request that was wrong: no such folder, nothing of law in it, a file that cannot be read.
    pub(super) fn read(at: &Path) -> Result<Self, Failure> {
        let mut folder = Self { files: Vec::new() };
        if at.join("law.toml").is_file() {
            let law = name_of(at)?;
            folder.pack(at, &law)?;
            return Ok(folder);
        }
        let mut packs = 0;
        for (path, name) in entries(at)? {
            if path.join("law.toml").is_file() {
                folder.pack(&path, &name)?;
                packs += 1;
            } else if name == "calendars" && path.is_dir() {
                folder.room(&path, "calendars")?;
            } else if SHARED.contains(&name.as_str()) {
                folder.file(&path, name)?;
            } else if path.is_dir() && is_of_a_pack(&path)? {
                return Err(Failure::request(format!("`{}` has no `law.toml`", path.display()))
                    .hint("write it, or take the folder away"));
            }
        }
        if packs == 0 && !folder.files.iter().any(|(path, ..)| path.starts_with("calendars/")) {
            let message = format!("there is no pack and no calendar in `{}`", at.display());
            return Err(Failure::request(message).hint(
                "name a folder with packs or with a folder `calendars`, or one pack: a folder with a \
                 `law.toml`",
            ));
        }
        Ok(folder)
    }

    fn pack(&mut self, at: &Path, law: &str) -> Result<(), Failure> {
        for (path, name) in entries(at)? {
            let quote = name.starts_with("text.") && has_ending(&path, "md");
            if ["law.toml", "questions.toml"].contains(&name.as_str()) || quote {
                self.file(&path, format!("{law}/{name}"))?;
            } else if ["forms", "tests"].contains(&name.as_str()) && path.is_dir() {
                self.room(&path, &format!("{law}/{name}"))?;
            }
        }
        Ok(())
    }

    fn room(&mut self, at: &Path, under: &str) -> Result<(), Failure> {
        for (path, name) in entries(at)? {
            if has_ending(&path, "toml") {
                self.file(&path, format!("{under}/{name}"))?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, under: String) -> Result<(), Failure> {
        if self.files.len() == FILES_MAX {
            return Err(Failure::request(format!("the folder holds more than {FILES_MAX} files")));
        }
        let text = text_of(path)?;
        self.files.push((under, path.to_owned(), text));
        Ok(())
    }

    /// Its files, under the paths that they have under `laws/`.
    pub(super) fn to_files(&self) -> Files {
        Files::new(self.files.iter().map(|(path, _, text)| (path.clone(), text.clone())))
    }

    /// The laws that stand in it.
    pub(super) fn laws(&self) -> BTreeSet<String> {
        let laws = self.files.iter().filter_map(|(path, ..)| path.strip_suffix("/law.toml"));
        laws.map(str::to_owned).collect()
    }

    /// Its files over the built-in ones.
    pub(super) fn over_builtin(&self) -> Files {
        let builtin = Lawbook::builtin_files().iter();
        let builtin = builtin.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        self.to_files().over(&Files::new(builtin))
    }

    /// Where a file under `laws/` lies on the disk, and its text; built-in files keep their name.
    pub(super) fn source(&self, path: &str) -> Source<'_> {
        let own = self.files.iter().find(|(under, ..)| under == path);
        match own {
            Some((_, at, text)) => Source { path: at.display().to_string(), text },
            None => builtin_source(path),
        }
    }
}

/// A built-in file, by the name it has in the repository.
pub(super) fn builtin_source(path: &str) -> Source<'static> {
    let found = Lawbook::builtin_files().iter().find(|(under, _)| *under == path);
    Source { path: format!("laws/{path}"), text: found.map_or("", |(_, text)| text) }
}

/// The built-in packs, or the operator's over them.
///
/// # Errors
/// A request that was wrong: a folder that cannot be read or a pack that does not load; its
/// problems are printed to stderr.
pub(crate) fn lawbook(laws: &Laws) -> Result<std::borrow::Cow<'static, Lawbook>, Failure> {
    let Some(at) = &laws.folder else {
        return Ok(std::borrow::Cow::Borrowed(Lawbook::builtin()));
    };
    let folder = Folder::read(at)?;
    Lawbook::from_files(&folder.over_builtin()).map(std::borrow::Cow::Owned).map_err(|found| {
        problems::say(&found, |path| folder.source(path));
        Failure::request(format!("the packs of `{}` do not load", at.display()))
            .hint(format!("`watchfire law check {}` tells everything", at.display()))
    })
}

/// A case file that was read: its name, and its cases.
pub(super) struct CaseFile {
    pub(super) name: String,
    pub(super) cases: Vec<Case>,
}

/// Reads case files; `-` is standard input.
///
/// # Errors
/// A request that was wrong: a file that cannot be read or is not a case file; every problem of
/// every file is printed to stderr.
pub(super) fn case_files(paths: &[PathBuf], laws: &Lawbook) -> Result<Vec<CaseFile>, Failure> {
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    let progress = Progress::new(paths.len());
    for path in paths {
        progress.step();
        let text = text_of(path)?;
        let name = if is_stdin(path) { "-".to_owned() } else { path.display().to_string() };
        match case_file::parse(&name, &text, laws) {
            Ok(cases) => files.push(CaseFile { name, cases }),
            Err(found) => {
                let source = |_: &str| Source { path: name.clone(), text: &text };
                problems::say(&found, source);
                wrong.push(name);
            }
        }
    }
    progress.done();
    if wrong.is_empty() {
        return Ok(files);
    }
    let message = format!("not a case file: `{}`", wrong.join("`, `"));
    Err(Failure::request(message).hint("`laws/README.md` describes the keys of a case file"))
}

/// The case files of the packs themselves.
///
/// # Errors
/// As [`case_files`].
pub(super) fn own_cases(laws: &Lawbook) -> Result<Vec<CaseFile>, Failure> {
    let mut files = Vec::new();
    let mut wrong: Vec<Problem> = Vec::new();
    let tests: Vec<&(String, String)> = laws.packs().iter().flat_map(|pack| &pack.tests).collect();
    for (path, text) in tests {
        match case_file::parse(path, text, laws) {
            Ok(cases) => files.push(CaseFile { name: format!("laws/{path}"), cases }),
            Err(mut found) => {
                problems::say(&found, |path| Source { path: format!("laws/{path}"), text });
                wrong.append(&mut found);
            }
        }
    }
    if wrong.is_empty() {
        return Ok(files);
    }
    Err(Failure::request(format!("{} problems in the packs' own case files", wrong.len())))
}

/// Whether a folder holds what belongs to a pack, so that without a `law.toml` something is missing.
fn is_of_a_pack(at: &Path) -> Result<bool, Failure> {
    Ok(entries(at)?.iter().any(|(path, name)| {
        let room = ["forms", "tests"].contains(&name.as_str()) && path.is_dir();
        let quote = name.starts_with("text.") && has_ending(path, "md");
        room || quote || has_ending(path, "toml")
    }))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a text file, or standard input.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::request(format!("`{}` cannot be read", path.display())).because(error)
    };
    let mut bytes = Vec::new();
    let limit = FILE_BYTES_MAX + 1;
    if is_stdin(path) {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(cannot)?;
    } else {
        let file = std::fs::File::open(path).map_err(cannot)?;
        file.take(limit).read_to_end(&mut bytes).map_err(cannot)?;
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let message = format!("`{}` is larger than {FILE_BYTES_MAX} bytes", path.display());
        return Err(Failure::request(message));
    }
    String::from_utf8(bytes).map_err(|error| {
        Failure::request(format!("`{}` is not UTF-8", path.display())).because(error)
    })
}

/// What lies in a folder, by name; hidden things are passed over.
fn entries(at: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::request(format!("the folder `{}` cannot be read", at.display())).because(error)
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(at).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push((path, name));
        }
    }
    found.sort();
    Ok(found)
}

/// The name of a folder, also where it is given as `.`.
fn name_of(at: &Path) -> Result<String, Failure> {
    let whole = at.canonicalize().map_err(|error| {
        Failure::request(format!("the folder `{}` cannot be read", at.display())).because(error)
    })?;
    Ok(whole.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}
