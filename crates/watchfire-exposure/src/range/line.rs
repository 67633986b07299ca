//! Versions put into a line, where their order is one.

use std::cmp::Ordering;

use crate::Ecosystem;
use crate::key::Key;

/// Where a version has no key, each is held against each other, and so many at most.
const HELD_MAX: usize = 512;

/// Sorts `items` by their versions; what is equal stays as it stood.
///
/// `None` where the order of the ecosystem does not explain a version, or is no line on these: by
/// Maven, `1.x` is before `1-alpha`, which is before `1`, which is before `1.x`.
pub(super) fn in_line<T>(
    ecosystem: Ecosystem,
    items: Vec<T>,
    version: impl Fn(&T) -> &str,
) -> Option<Vec<T>> {
    let mut keyed: Vec<(Option<Key>, T)> =
        items.into_iter().map(|item| (ecosystem.key(version(&item)), item)).collect();
    if keyed.iter().all(|(key, _)| key.is_some()) {
        keyed.sort_by(|one, two| one.0.cmp(&two.0));
        return Some(keyed.into_iter().map(|(_, item)| item).collect());
    }
    if keyed.len() > HELD_MAX {
        return None;
    }
    let order = |one: &T, two: &T| ecosystem.order(version(one), version(two));
    let mut line: Vec<T> = Vec::with_capacity(keyed.len());
    for (_, item) in keyed {
        // Sorting of the library may panic where an order is no line.
        let at = line.partition_point(|before| order(before, &item).is_some_and(Ordering::is_le));
        line.insert(at, item);
    }
    // The place of each, where what is equal shares one.
    let mut places = Vec::with_capacity(line.len());
    for (nth, item) in line.iter().enumerate() {
        let last = nth.checked_sub(1).map(|last| (places[last], &line[last]));
        places.push(match last {
            Some((place, last)) if order(last, item)?.is_eq() => place,
            Some((place, _)) => place + 1,
            None => 0,
        });
    }
    let agrees = |one: usize, two: usize| {
        order(&line[one], &line[two]) == Some(places[one].cmp(&places[two]))
    };
    let is_line = (0..line.len()).all(|two| (0..=two).all(|one| agrees(one, two)));
    is_line.then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(ecosystem: Ecosystem, versions: &[&'static str]) -> Option<Vec<&'static str>> {
        in_line(ecosystem, versions.to_vec(), |version| version)
    }

    #[test]
    fn what_is_no_line_is_put_into_none() {
        let good = ["1.0.0-a", "1.0.0", "2.0.0"];
        for turned in 0..good.len() {
            let mut versions = good;
            versions.rotate_left(turned);
            assert_eq!(line(Ecosystem::SemVer, &versions), Some(good.to_vec()));
        }
        assert_eq!(line(Ecosystem::SemVer, &["1.0.0", "main"]), None);
        // Two of them have an order, and all three have none.
        assert_eq!(line(Ecosystem::Maven, &["1", "1.x"]), Some(vec!["1", "1.x"]));
        for turned in 0..3 {
            let mut versions = ["1.x", "1-alpha", "1"];
            versions.rotate_left(turned);
            assert_eq!(line(Ecosystem::Maven, &versions), None, "{versions:?}");
        }
        let many = vec!["1.x"; HELD_MAX + 1];
        assert_eq!(line(Ecosystem::Maven, &many[1..]).map(|line| line.len()), Some(HELD_MAX));
        assert_eq!(line(Ecosystem::Maven, &many), None);
    }
}
