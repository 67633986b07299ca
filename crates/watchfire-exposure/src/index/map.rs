//! A file of the index in memory without being read: the one place of the house that maps files.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use memmap2::Mmap;

/// The bytes of a file, read by the machine when they are looked at.
#[derive(Debug)]
pub struct Mapped(Mmap);

impl Mapped {
    /// Maps a file that is never changed in place: whoever replaces it writes another one beside it
    /// and renames that.
    ///
    /// # Errors
    /// What the system says; where it is no plain file, has another owner than its folder, or is
    /// open to anybody but its owner, so that somebody else could change it under our eyes.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).open(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = std::fs::metadata(folder.unwrap_or(Path::new(".")))?;
        check(&file.metadata()?, &folder)?;
        map(&file).map(Self)
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn check(file: &Metadata, folder: &Metadata) -> io::Result<()> {
    let problem = if !file.is_file() {
        "it is no plain file"
    } else if file.uid() != folder.uid() {
        "it has another owner than its folder"
    } else if file.permissions().mode() & 0o077 != 0 {
        "it is open to others than its owner"
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::PermissionDenied, problem))
}

#[expect(unsafe_code, reason = "bytes of a file can be shared with the system in no other way")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: what is mapped must not change while it is. The file is ours, for its owner alone
    // (`check`), and is written beside and renamed, so that no path leads to its bytes that anybody
    // writes to: what replaces it is another file, and this one stays as it was until it is let go.
    // A map is read-only, and what is in it is looked at once before anything relies on it.
    unsafe { Mmap::map(file) }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_file_of_its_owner_alone_is_mapped_and_stays_as_it_was_when_another_takes_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("index");
        fs::write(&path, b"first").expect("a file");
        for (mode, is_mapped) in [(0o600, true), (0o640, false), (0o602, false)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
            assert_eq!(Mapped::open(&path).is_ok(), is_mapped, "{mode:o}");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
        let mapped = Mapped::open(&path).expect("ours");
        let beside = folder.path().join("beside");
        fs::write(&beside, b"second").expect("a file");
        fs::rename(&beside, &path).expect("renamed");
        assert_eq!(mapped.as_ref(), b"first");
        assert!(Mapped::open(folder.path()).is_err(), "a folder");
        assert!(Mapped::open(&folder.path().join("missing")).is_err());
    }
}
