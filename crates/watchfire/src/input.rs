//! What a command is given to read: a file, or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::exit::Failure;

/// Reads a file, or standard input where it is called `-`, up to `max` bytes and one more, by which
/// whoever reads them sees that there are too many.
///
/// # Errors
/// A failure of the request where it cannot be read.
pub(crate) fn bytes(path: &Path, max: u64) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error| Failure::request(format!("`{}` cannot be read", path.display())).because(error);
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(unreadable)?)
    };
    let mut bytes = Vec::new();
    input.take(max.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
