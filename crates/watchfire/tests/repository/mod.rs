//! The repository as its own tests see it: its root, and every file git knows or would add.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One file of the repository: its path with `/` from the root, and its text.
/// Files that are not UTF-8 (pictures, fonts) have an empty text.
pub(crate) struct RepositoryFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Returns the folder that holds `Cargo.toml`, `laws/` and `crates/`.
pub(crate) fn root() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).expect("crates/watchfire lies two folders deep").to_owned()
}

/// Returns all files of the repository, tracked or new, in the order of their paths.
/// Ignored files are left out, and so are deleted ones that git still lists.
pub(crate) fn files() -> Vec<RepositoryFile> {
    let root = root();
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .expect("git runs: the tests need it to know the files of the repository");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("paths of this repository are UTF-8");
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert!(paths.len() > 20, "only {} files found: wrong folder?", paths.len());
    paths
        .into_iter()
        .filter_map(|path| {
            let bytes = std::fs::read(root.join(path)).ok()?;
            Some(RepositoryFile {
                path: path.to_owned(),
                text: String::from_utf8(bytes).unwrap_or_default(),
            })
        })
        .collect()
}

/// Fails with all `problems`, one a line, so that one run shows everything that is wrong.
pub(crate) fn expect_none(rule: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{rule}:\n  {}\n", problems.join("\n  "));
}
