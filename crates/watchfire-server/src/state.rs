//! What every door and every hand shares: one [`Node`].

use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::settings::Settings;

/// One running Watchfire. Cheap to clone; every clone is the same node.
#[derive(Debug, Clone)]
pub struct Node(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    clock: Clock,
}

impl Node {
    /// Puts a node together.
    pub fn new(settings: Settings, clock: Clock) -> Self {
        Self(Arc::new(Parts { settings, clock }))
    }

    /// Returns the settings it was started with.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Returns the only clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Returns what time it is.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}
