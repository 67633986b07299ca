//! Reads the data of others, plain or as gzip.

use std::io::Read;
use std::path::{Path, PathBuf};

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The text of a file, whether it ends in `.gz` or not.
pub(crate) fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
        decoder.read_to_string(&mut text).expect("sound gzip of UTF-8");
    } else {
        text = String::from_utf8(bytes).expect("UTF-8");
    }
    text
}

/// The files of a folder, in the order of their names.
pub(crate) fn files(name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|path| !path.ends_with("LICENSE"));
    files.sort();
    files
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}

/// The cases of every file of a folder of `vers` suites, each with the name of its file.
pub(crate) fn cases(folder: &str) -> Vec<(String, serde_json::Value)> {
    let cases_of = |path: PathBuf| {
        let suite: serde_json::Value = serde_json::from_str(&text(&path)).expect("JSON");
        // Some suites are the list of their cases alone.
        let cases = suite.get("tests").unwrap_or(&suite);
        let cases = cases.as_array().expect("a suite has tests").clone();
        cases.into_iter().map(move |case| (name(&path), case))
    };
    files(folder).into_iter().flat_map(cases_of).collect()
}
