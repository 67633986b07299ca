//! What an index held at a moment, to be made one segment beside it while it is used.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Delta, Index, Merged, Number, Segment, merge};

/// What an index held when it was frozen. It shares with the index what both hold.
#[derive(Debug)]
pub struct Frozen {
    segments: Vec<Segment>,
    deltas: Vec<Arc<Delta>>,
    removed: HashSet<Number>,
    known: HashSet<Number>,
    /// Of the index, at that moment.
    puts: u64,
}

impl Frozen {
    /// The documents that counted, in their order.
    pub fn documents(&self) -> Vec<Number> {
        let mut documents: Vec<Number> = self.known.difference(&self.removed).copied().collect();
        documents.sort_unstable();
        documents
    }

    /// One segment of all that counted.
    pub fn merged(&self) -> Merged {
        let mut parts = self.segments.clone();
        parts.extend(self.deltas.iter().map(|delta| Segment::of_delta(delta)));
        merge::merged(&parts, &self.removed)
    }
}

impl Index {
    /// Returns what it holds now, which is searched here until [`Index::put`]. What comes from now on
    /// stands apart.
    pub fn freeze(&mut self) -> Frozen {
        if self.delta.rows() > 0 {
            self.frozen.push(Arc::new(std::mem::take(&mut self.delta)));
        }
        Frozen {
            segments: self.segments.clone(),
            deltas: self.frozen.clone(),
            removed: self.removed.clone(),
            known: self.known.clone(),
            puts: self.puts,
        }
    }

    /// Puts the segment that was made of what was frozen into its place, and returns whether it did:
    /// it does nothing where another one was put there meanwhile.
    pub fn put(&mut self, frozen: &Frozen, segment: Segment) -> bool {
        if frozen.puts != self.puts {
            return false;
        }
        self.puts += 1;
        self.segments = vec![segment];
        self.frozen.drain(..frozen.deltas.len());
        // Whatever was taken out before is not in it; what was taken out since is.
        self.removed.retain(|document| !frozen.removed.contains(document));
        self.known.retain(|document| !frozen.removed.contains(document));
        true
    }
}
