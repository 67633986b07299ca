//! What tells one value from another, without keeping either.

use std::hash::{BuildHasher as _, Hash};

use foldhash::quality::RandomState;

/// Makes digests of 128 bits; two values with one digest are taken for the same.
///
/// They are made under keys that are drawn anew by each process, so that nobody can write a document
/// whose values are told apart badly. They are never kept longer than a document is read.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    halves: [RandomState; 2],
}

impl Digests {
    pub(crate) fn of(&self, value: impl Hash) -> u128 {
        let [high, low] = self.halves.each_ref().map(|half| u128::from(half.hash_one(&value)));
        (high << 64) | low
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Digests;

    #[test]
    fn values_are_told_apart_in_either_half() {
        let digests = Digests::default();
        let texts = (0..20_000).map(|at| digests.of(format!("text {at}")));
        let found: Vec<u128> = texts.chain((0..20_000).map(|at: u64| digests.of(at))).collect();
        for half in [u128::from(u64::MAX), u128::from(u64::MAX) << 64] {
            let apart: HashSet<u128> = found.iter().map(|digest| digest & half).collect();
            assert_eq!(apart.len(), found.len());
        }
        assert_eq!(digests.of("text 7"), digests.of("text 7".to_owned()));
        assert_ne!(digests.of("text 7"), Digests::default().of("text 7"), "the keys are drawn");
    }
}
