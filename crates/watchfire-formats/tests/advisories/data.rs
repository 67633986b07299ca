//! Reads the data of others, plain or as gzip, beside the project or within it.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder or file of the shared data, or `None` after saying so.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WATCHFIRE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let found = data.join(name);
    if found.exists() {
        return Some(found);
    }
    println!("SKIPPED: {} is not there, see WATCHFIRE_SHARED_DATA", found.display());
    None
}

pub(crate) fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_none_or(|ending| ending != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
    decoder.read_to_end(&mut plain).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    plain
}

/// The lines of a file.
pub(crate) fn lines(path: &Path) -> Vec<String> {
    let text = String::from_utf8(bytes(path)).expect("UTF-8");
    text.lines().map(str::to_owned).collect()
}

/// The lines of a file, each of them JSON.
pub(crate) fn json_lines(path: &Path) -> Vec<Value> {
    lines(path).iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Every file within a folder, however deep, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}
