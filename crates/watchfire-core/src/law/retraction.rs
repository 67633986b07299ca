//! Which facts are taken back (laws/counting.md 7.2.5).
//!
//! A retraction is a fact, so it can be taken back itself; then it takes nothing back.

use std::collections::{BTreeMap, BTreeSet};

/// Returns which facts are taken back, each with the first retraction that stands against it.
///
/// `retractions` are pairs of a retraction's id and the id of the fact it takes back, in the order
/// of the case. Of retractions that take each other back in a circle none stands: a clock that runs
/// too long does less harm than one that nobody sees.
pub(crate) fn taken_back<'a, Id: Ord + ?Sized>(
    retractions: &[(&'a Id, &'a Id)],
) -> BTreeMap<&'a Id, &'a Id> {
    let target: BTreeMap<&Id, &Id> = retractions.iter().copied().collect();
    let mut unsettled: BTreeMap<&Id, usize> = target.keys().map(|id| (*id, 0)).collect();
    for of in target.values() {
        if let Some(against) = unsettled.get_mut(of) {
            *against += 1;
        }
    }
    // A retraction is settled when everything against it is, or when one that stands is against it.
    let mut ready: Vec<(&Id, bool)> =
        unsettled.iter().filter(|(_, against)| **against == 0).map(|(id, _)| (*id, true)).collect();
    let mut standing = BTreeSet::new();
    while let Some((id, stands)) = ready.pop() {
        if unsettled.remove(id).is_none() {
            continue;
        }
        if stands {
            standing.insert(id);
        }
        let Some(of) = target.get(id).copied() else { continue };
        let Some(against) = unsettled.get_mut(of) else { continue };
        *against -= 1;
        if stands {
            ready.push((of, false));
        } else if *against == 0 {
            ready.push((of, true));
        }
    }
    let mut found = BTreeMap::new();
    for (retraction, of) in retractions.iter().filter(|(id, _)| standing.contains(id)) {
        found.entry(*of).or_insert(*retraction);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(retractions: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
        taken_back::<str>(retractions).into_iter().collect()
    }

    #[test]
    fn a_retraction_that_was_taken_back_takes_nothing_back() {
        assert_eq!(gone(&[("r1", "a")]), [("a", "r1")]);
        assert_eq!(gone(&[("r1", "a"), ("r2", "r1")]), [("r1", "r2")]);
        assert_eq!(gone(&[("r1", "a"), ("r2", "r1"), ("r3", "r2")]), [("a", "r1"), ("r2", "r3")]);
        let again = [("r1", "a"), ("r2", "r1"), ("r3", "a")];
        assert_eq!(gone(&again), [("a", "r3"), ("r1", "r2")]);
    }

    #[test]
    fn of_a_circle_none_stands_unless_one_from_outside_opens_it() {
        assert_eq!(gone(&[("r1", "r2"), ("r2", "r1")]), []);
        assert_eq!(gone(&[("r1", "r2"), ("r2", "r3"), ("r3", "r1"), ("r4", "a")]), [("a", "r4")]);
        let opened = [("r1", "r2"), ("r2", "r1"), ("r3", "r1")];
        assert_eq!(gone(&opened), [("r1", "r2")]);
    }

    #[test]
    fn a_long_chain_of_retractions_is_settled_at_once() {
        let ids: Vec<String> = (0..200_000).map(|n| format!("r{n:06}")).collect();
        let chain: Vec<(&str, &str)> =
            ids.windows(2).map(|pair| (pair[1].as_str(), pair[0].as_str())).collect();
        let found = taken_back(&chain);
        assert_eq!(found.len(), 100_000);
        assert!(found.contains_key("r199998") && !found.contains_key("r199997"));
    }
}
