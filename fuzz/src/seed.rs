//! Where a target begins: what the repository holds of its kind, and the files of its corpus.
//!
//! Nothing that stands elsewhere in the repository is kept twice: packs, cases, calendars and forms
//! come from `laws/`, tiles and probes from the tests of core, bundles and receipts are sealed
//! here. `corpus/TARGET/` holds what is none of that, and every input that once broke a promise.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use watchfire_core::law::Lawbook;

use crate::{advisory, log};

/// Returns the inputs from which `target` begins, each with a name.
///
/// # Errors
/// What the disk says of the corpus and of the data of core's tests.
pub fn seeds(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = read_folder(&corpus(target))?;
    let laws = |is_one: fn(&str) -> bool| {
        let files = Lawbook::builtin_files().iter().filter(move |(path, _)| is_one(path));
        files.map(|(path, text)| (path.replace('/', "-"), text.as_bytes().to_vec()))
    };
    match target {
        "law_pack" => found.extend(laws(|path| path.ends_with("/law.toml"))),
        "case_file" => found.extend(laws(|path| path.contains("/tests/"))),
        "form" => found.extend(laws(|path| path.contains("/forms/"))),
        "calendar" => found.extend(laws(|path| path.starts_with("calendars/"))),
        "tile" => found.extend(read_folder(&merkle().join("tessera-log/tile/0/000.p"))?),
        "note" => found.extend(checkpoints()?),
        "receipt" => {
            found.push(("sealed".to_owned(), log::sound_receipt().into_bytes()));
            found.extend(probes()?);
        }
        "segment" => found.push(("sound".to_owned(), advisory::sound_segment())),
        "bundle" => {
            let sealed = log::sealed().iter().enumerate();
            found.extend(
                sealed.map(|(at, text)| (format!("sealed-{at}"), text.clone().into_bytes())),
            );
        }
        _ => {}
    }
    Ok(found)
}

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// Test vectors of others, with their licence beside them.
fn merkle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/watchfire-core/tests/data/merkle")
}

/// The files of a folder in the order of their names; a folder that is not there holds none.
fn read_folder(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push((name, fs::read(entry.path())?));
        }
    }
    files.sort();
    Ok(files)
}

fn checkpoints() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = read_folder(&merkle().join("tessera-log"))?;
    // A checkpoint alone is the text of a note.
    let texts: Vec<_> = files
        .iter()
        .filter_map(|(name, note)| {
            let end = note.windows(2).position(|pair| pair == b"\n\n")?;
            Some((format!("{name}-text"), note[..=end].to_vec()))
        })
        .collect();
    files.extend(texts);
    Ok(files)
}

/// Every twentieth probe of each kind: they are alike.
fn probes() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for name in ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"] {
        let text = fs::read_to_string(merkle().join(format!("{name}.jsonl")))?;
        let lines = text.lines().enumerate().step_by(20).take(20);
        found.extend(lines.map(|(at, line)| (format!("{name}-{at}"), line.as_bytes().to_vec())));
    }
    Ok(found)
}
