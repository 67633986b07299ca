//! A bar on stderr for what takes over a second, where somebody looks.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A bar appears after so long.
const QUIET: Duration = Duration::from_secs(1);

/// The progress of one command.
pub(super) struct Progress {
    bar: ProgressBar,
    since: Instant,
}

impl Progress {
    /// Begins work in `steps` steps.
    pub(super) fn new(steps: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden());
        Self { bar, since: Instant::now() }
    }

    /// One step is done.
    pub(super) fn step(&self) {
        self.steps(1);
    }

    /// Some steps are done.
    pub(super) fn steps(&self, count: usize) {
        let shown = !self.bar.is_hidden();
        if !shown && self.since.elapsed() >= QUIET && std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(count as u64);
    }

    /// All is done; the bar goes away.
    pub(super) fn done(self) {
        self.bar.finish_and_clear();
    }
}
