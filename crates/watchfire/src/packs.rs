//! Reads a folder of law packs from disk.

use std::fs;
use std::path::Path;

use crate::exit::Failure;

/// A file of a pack is at most so long, in bytes.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// Folders within folders that are looked into: pack, and `forms` or `tests`.
const DEPTH_MAX: usize = 3;

/// Returns the files of a folder of packs: the path below it, with `/`, and the text.
///
/// # Errors
/// A failure of the request for a folder or file that cannot be read.
pub(crate) fn files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    collect(folder, "", 0, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(
    folder: &Path,
    below: &str,
    depth: usize,
    found: &mut Vec<(String, String)>,
) -> Result<(), Failure> {
    let cannot = |path: &Path| {
        let message = format!("`{}` cannot be read", path.display());
        move |error: std::io::Error| Failure::request(message).because(error)
    };
    for entry in fs::read_dir(folder).map_err(cannot(folder))? {
        let path = entry.map_err(cannot(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        let about = fs::metadata(&path).map_err(cannot(&path))?;
        if about.is_dir() && depth < DEPTH_MAX {
            collect(&path, &name, depth + 1, found)?;
        } else if about.is_file() && (name.ends_with(".toml") || name.ends_with(".md")) {
            if about.len() > FILE_BYTES_MAX {
                let message = format!("`{}` is over {FILE_BYTES_MAX} bytes", path.display());
                return Err(Failure::request(message));
            }
            found.push((name, fs::read_to_string(&path).map_err(cannot(&path))?));
        }
    }
    Ok(())
}
