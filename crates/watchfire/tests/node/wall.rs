//! The wall clock that the processes of a house see, moved by libfaketime. Their monotonic clock
//! stays true, as on a machine whose time somebody sets.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

/// Where Debian keeps the library, by the machine's architecture.
const LIBRARIES: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A wall clock that can be set.
pub(crate) struct Wall {
    library: PathBuf,
    /// What the library reads at each look at the clock.
    file: PathBuf,
}

impl Wall {
    /// The wall clock of whatever reads `file`; `None`, loudly, where there is no libfaketime.
    pub(crate) fn of(file: PathBuf) -> Option<Self> {
        let folders = fs::read_dir(LIBRARIES).expect("a Debian machine");
        let library = folders
            .filter_map(|folder| Some(folder.ok()?.path().join(LIBRARY)))
            .find(|library| library.exists());
        let Some(library) = library else {
            // Around the capture of the test harness, so that it is always seen.
            let mut stderr = std::io::stderr();
            stderr.write_all(b"SKIPPED: no libfaketime (Debian: faketime)\n").expect("stderr");
            return None;
        };
        let wall = Self { library, file };
        wall.set_off(0);
        Some(wall)
    }

    /// Sets it so many seconds off the machine's.
    pub(crate) fn set_off(&self, seconds: i64) {
        self.write(&format!("{seconds:+}"));
    }

    /// Stops it at an instant.
    pub(crate) fn stand_at(&self, at: Timestamp) {
        self.write(&at.strftime("%Y-%m-%d %H:%M:%S").to_string());
    }

    /// As a whole, since it is read at any moment.
    fn write(&self, text: &str) {
        let new = self.file.with_extension("new");
        fs::write(&new, text).and_then(|()| fs::rename(&new, &self.file)).expect("written");
    }

    /// What a process finds in its environment.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &PathBuf| path.to_str().expect("text").to_owned();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}
