//! Half-open intervals of keys, in which an index searches.

use super::bound;
use crate::Ecosystem;
use crate::key::Key;

/// From these bytes on, and up to those without them; `None` is without end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Interval {
    start: Vec<u8>,
    end: Option<Vec<u8>>,
}

/// Intervals of keys that do not touch each other, in their order.
///
/// `start` is the empty text where there is no lower bound: it is before every key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intervals(Vec<Interval>);

impl Intervals {
    /// Adds an interval and unites it with those that it meets.
    pub(super) fn add(&mut self, start: Vec<u8>, end: Option<Vec<u8>>) {
        if end.as_ref().is_some_and(|end| *end <= start) {
            return;
        }
        self.0.push(Interval { start, end });
        self.normalize();
    }

    /// Sorts the intervals, and unites those that meet.
    fn normalize(&mut self) {
        self.0.sort_by(|one, two| one.start.cmp(&two.start));
        let mut united: Vec<Interval> = Vec::with_capacity(self.0.len());
        for next in self.0.drain(..) {
            match united.last_mut() {
                Some(last) if last.end.as_ref().is_none_or(|end| next.start <= *end) => {
                    let longer = match (&last.end, &next.end) {
                        (None, _) => false,
                        (Some(_), None) => true,
                        (Some(one), Some(two)) => two > one,
                    };
                    if longer {
                        last.end = next.end;
                    }
                }
                _ => united.push(next),
            }
        }
        self.0 = united;
    }

    /// Takes an interval away.
    pub(super) fn remove(&mut self, start: &[u8], end: &[u8]) {
        let mut left = Self::default();
        for Interval { start: low, end: high } in self.0.drain(..) {
            let below =
                high.as_ref().map_or(start.to_vec(), |high| start.to_vec().min(high.clone()));
            left.add(low.clone(), Some(below));
            left.add(low.max(end.to_vec()), high);
        }
        *self = left;
    }

    /// Takes away what is not before `end`.
    pub(super) fn cut(&mut self, end: &[u8]) {
        self.0.retain(|one| one.start.as_slice() < end);
        for one in &mut self.0 {
            if one.end.as_ref().is_none_or(|high| high.as_slice() > end) {
                one.end = Some(end.to_vec());
            }
        }
    }

    /// The interval of a version and of all that equal it; `None` where it has no key.
    pub fn at(ecosystem: Ecosystem, version: &str) -> Option<Self> {
        let mut one = Self::default();
        one.add(bound::at(ecosystem, version)?, bound::behind(ecosystem, version));
        Some(one)
    }

    /// All that lies in one of `parts`.
    pub fn union(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self(parts.into_iter().flat_map(|part| part.0).collect());
        all.normalize();
        all
    }

    /// All keys that lie in none of them.
    pub fn complement(&self) -> Self {
        let mut rest = Self::default();
        let mut open = Some(Vec::new());
        for Interval { start, end } in &self.0 {
            if let Some(since) = open.take() {
                rest.add(since, Some(start.clone()));
            }
            open.clone_from(end);
        }
        if let Some(since) = open {
            rest.add(since, None);
        }
        rest
    }

    /// Whether `key` lies in one of them.
    pub fn contains(&self, key: &Key) -> bool {
        let bytes = key.as_bytes();
        self.iter().any(|(start, end)| start <= bytes && end.is_none_or(|end| bytes < end))
    }

    /// Each interval: from these bytes on, up to those without them or without end.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.0.iter().map(|one| (one.start.as_slice(), one.end.as_deref()))
    }
}
