//! Documents of others: some lie in `tests/data`, more beside the repository.

use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of the shared data, or `None` after saying so.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WATCHFIRE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let folder = data.join("sbom").join(name);
    if folder.exists() {
        return Some(folder);
    }
    println!("SKIPPED: {} is not there, see WATCHFIRE_SHARED_DATA", folder.display());
    None
}

/// The bytes of a file, as they lie there.
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Undoes gzip.
pub(crate) fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes);
    reader.read_to_string(&mut text).expect("gzip of UTF-8");
    text
}

/// A case of a suite: its name and its text.
pub(crate) type Case = (String, String);

/// The official suite of `CycloneDX`, JSON and XML.
pub(crate) fn suite() -> Vec<Case> {
    let packed = include_bytes!("../data/cyclonedx/suite.jsonl.gz");
    let case = |line: &str| {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| case[key].as_str().expect("a text").to_owned();
        (text("name"), text("text"))
    };
    unpacked(packed).lines().map(case).collect()
}

/// All files of a folder and its folders, by their paths.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
