//! A node that was restored is quarantined until somebody states that the old one is dead:
//! otherwise both would tell the same notices.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use watchfire_core::event::NodeEvent;
use watchfire_server::settings::Settings;
use watchfire_server::state::Node;
use watchfire_store::Append;
use watchfire_store::policy::Write;

use crate::evidence;
use crate::exit::Failure;
use crate::open::{operator, store_failure};

/// What the file `quarantine` in the data folder says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quarantine {
    /// When the backup was taken.
    pub(crate) taken_at: jiff::Timestamp,
    /// How many entries its log had.
    pub(crate) log_size: u64,
    /// Whether the log says already that it was restored.
    pub(crate) recorded: bool,
}

fn file(settings: &Settings) -> PathBuf {
    settings.data.join("quarantine")
}

fn cannot(settings: &Settings, what: &str, error: io::Error) -> Failure {
    Failure::world(format!("`{}` cannot be {what}", file(settings).display())).because(error)
}

/// Reads whether the node is quarantined.
///
/// # Errors
/// A failure of the world if the file cannot be read: then nothing may leave.
pub(crate) fn read(settings: &Settings) -> Result<Option<Quarantine>, Failure> {
    match fs::read(file(settings)) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| cannot(settings, "understood", io::Error::other(error))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot(settings, "read", error)),
    }
}

/// Puts the node of these settings into quarantine.
///
/// # Errors
/// A failure of the world.
pub(crate) fn write(settings: &Settings, quarantine: &Quarantine) -> Result<(), Failure> {
    let bytes = serde_json::to_vec_pretty(quarantine).map_err(io::Error::other);
    bytes
        .and_then(|bytes| evidence::write_whole(&file(settings), &bytes))
        .map_err(|error| cannot(settings, "written", error))
}

/// Ends the quarantine. Returns whether there was one.
///
/// # Errors
/// A failure of the world.
pub(crate) fn release(settings: &Settings) -> Result<bool, Failure> {
    match fs::remove_file(file(settings)) {
        Ok(()) => evidence::sync_folder(&file(settings))
            .map(|()| true)
            .map_err(|error| cannot(settings, "removed", error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot(settings, "removed", error)),
    }
}

/// Records in the log that the node was restored, at its first start.
///
/// # Errors
/// A failure of the world.
pub(crate) async fn record(node: &Node, quarantine: &Quarantine) -> Result<(), Failure> {
    if quarantine.recorded {
        return Ok(());
    }
    let operator = operator();
    let grant = node.store().authorize_node::<Write>(&operator).await.map_err(store_failure)?;
    let mut append = Append::new(&operator, node.now());
    let Quarantine { taken_at, log_size, .. } = *quarantine;
    append.node(&grant, NodeEvent::Restored { taken_at, log_size });
    node.store().append(append).await.map_err(store_failure)?;
    write(node.settings(), &Quarantine { recorded: true, ..quarantine.clone() })
}
