//! What all made cases at once took, beside what others took for the same.

use super::{DUTIES, beside};
use crate::measure::{Floor, Measure, percentile, sorted};

/// What all cases at once took, round by round, in seconds. Pairs are (theirs, ours).
#[derive(Default)]
pub(super) struct Times {
    pub(super) floors: Vec<(f64, f64)>,
    /// Ours on two threads, by the wall.
    pub(super) two: Vec<f64>,
    /// By the wall, with as many threads as each uses of two.
    pub(super) openfisca: Vec<(f64, f64)>,
    /// One thread of each, processor time.
    pub(super) openfisca_alone: Vec<(f64, f64)>,
    pub(super) openfisca_one: Vec<f64>,
    /// For each case.
    pub(super) regorus: Vec<(f64, f64)>,
    pub(super) replayed: Vec<(f64, f64)>,
}

impl Times {
    /// Returns the figures, each beside what it is measured against.
    pub(super) fn told(self, n: usize) -> Vec<Measure> {
        let median = |all: Vec<f64>| percentile(&sorted(all.into_iter()), 50.0);
        let ours = median(self.floors.iter().map(|(_, ours)| *ours).collect());
        let mut measure = Measure::new("p2/a-bulk", n, ours, "s");
        measure.also = vec![
            ("two threads, wall", median(self.two)),
            ("M duty-evaluations/s", (n * DUTIES) as f64 / ours / 1e6),
        ];
        measure.floor = Some(Floor::of("a loop of constants over rows, dates alone", &self.floors));
        let mut found = vec![measure];
        if !self.openfisca.is_empty() {
            let (peer, pairs) = ("openfisca-core 46.0.1", &self.openfisca);
            let mut beside = beside("p2/a-openfisca", n, "s (wall)", peer, pairs, 3.0);
            let alone = Floor::of(peer, &self.openfisca_alone);
            beside.also = vec![
                ("processor time of our one thread over theirs", alone.ratio),
                ("in the worst pair", alone.ratio_max),
                ("openfisca, one case, s", median(self.openfisca_one)),
            ];
            found.push(beside);
        }
        let regorus = "regorus 0.14.1 (RVM)";
        found.push(beside("p2/a-regorus", n, "s/case", regorus, &self.regorus, 100.0));
        let mut replay =
            beside("p2/e-replay", n, "s", "the present state (a)", &self.replayed, 0.25);
        replay.goal =
            replay.floor.as_ref().map(|floor| ("≤ 4 × (a)".to_owned(), floor.ratio_max <= 4.0));
        found.push(replay);
        found
    }
}
