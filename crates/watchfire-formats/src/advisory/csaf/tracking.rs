//! Versions of the document and the history of its revisions.

use std::cmp::Ordering;
use std::collections::HashSet;

use jiff::Timestamp;

use super::validate::Trial;

/// A version as CSAF has it: a whole number, or a semantic version.
#[derive(Debug, Clone, Copy)]
struct Version<'a> {
    written: &'a str,
    semantic: bool,
    numbers: [u64; 3],
    pre_release: Option<&'a str>,
}

impl<'a> Version<'a> {
    /// The schema has looked at its shape.
    fn read(written: &'a str) -> Self {
        let plain = written.split('+').next().unwrap_or_default();
        let (numbers, pre_release) = match plain.split_once('-') {
            Some((numbers, pre_release)) => (numbers, Some(pre_release)),
            None => (plain, None),
        };
        let mut parts = numbers.split('.').map(|part| part.parse().unwrap_or(u64::MAX));
        let numbers = [(); 3].map(|()| parts.next().unwrap_or_default());
        Self { written, semantic: written.contains('.'), numbers, pre_release }
    }

    /// Semantic versioning, item 11, of whole numbers too.
    fn order(&self, other: &Self) -> Ordering {
        let pre = || match (self.pre_release, other.pre_release) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(two)) => identifiers(one, two),
        };
        self.numbers.cmp(&other.numbers).then_with(pre)
    }

    fn is_first(&self) -> bool {
        self.numbers[0] == 0
    }
}

fn identifiers(one: &str, two: &str) -> Ordering {
    let (mut left, mut right) = (one.split('.'), two.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(two)) => match (one.parse::<u64>(), two.parse::<u64>()) {
                (Ok(one), Ok(two)) => one.cmp(&two),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => one.cmp(two),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

struct Revision<'a> {
    pointer: String,
    date: Option<Timestamp>,
    version: Version<'a>,
}

/// The revisions as they are written, or in the order of their dates and then of their numbers.
fn revisions<'a>(trial: &Trial<'a>, sorted: bool) -> Vec<Revision<'a>> {
    let entries = trial.entries("/document/tracking/revision_history");
    let revision = |(pointer, one): (String, &'a serde_json::Value)| {
        let number = one.get("number").and_then(serde_json::Value::as_str).unwrap_or_default();
        let date = super::super::instant(one, "date");
        Revision { pointer, date, version: Version::read(number) }
    };
    let mut revisions: Vec<Revision<'a>> = entries.into_iter().map(revision).collect();
    if sorted {
        revisions.sort_by(|one, two| {
            one.date.cmp(&two.date).then_with(|| one.version.order(&two.version))
        });
    }
    revisions
}

/// The date of the newest revision.
pub(super) fn newest_date(trial: &Trial<'_>) -> Option<Timestamp> {
    revisions(trial, false).into_iter().filter_map(|one| one.date).max()
}

fn version<'a>(trial: &Trial<'a>) -> Version<'a> {
    Version::read(trial.text("/document/tracking/version"))
}

fn is_draft(trial: &Trial<'_>) -> bool {
    trial.text("/document/tracking/status") == "draft"
}

/// Whether the document is out, and its history bounds its dates.
pub(super) fn is_released(trial: &Trial<'_>) -> bool {
    ["final", "interim"].contains(&trial.text("/document/tracking/status"))
}

pub(super) fn history_is_sorted(trial: &mut Trial<'_>) {
    let revisions = revisions(trial, true);
    for pair in revisions.windows(2) {
        if pair[0].version.order(&pair[1].version).is_gt() {
            let (one, two) = (pair[0].version.written, pair[1].version.written);
            trial.find(
                format!("{}/number", pair[1].pointer),
                format!("`{two}` is later than `{one}` by its date, and not by its number"),
            );
        }
    }
}

pub(super) fn version_is_the_newest(trial: &mut Trial<'_>) {
    let (ours, draft) = (version(trial), is_draft(trial));
    let Some(newest) = revisions(trial, true).pop() else { return };
    let same_kind = ours.semantic == newest.version.semantic;
    // Of a draft the pre-release is passed over.
    let same = ours.numbers == newest.version.numbers
        && (draft || ours.pre_release == newest.version.pre_release);
    if !same || !same_kind {
        let newest = newest.version.written;
        trial.find(
            "/document/tracking/version",
            format!("`{}` is not the newest revision, `{newest}`", ours.written),
        );
    }
}

pub(super) fn a_first_version_is_a_draft(trial: &mut Trial<'_>) {
    let version = version(trial);
    if (version.is_first() || version.pre_release.is_some()) && !is_draft(trial) {
        trial.find(
            "/document/tracking/status",
            format!("a document of version `{}` is a draft", version.written),
        );
    }
}

pub(super) fn what_is_released_has_no_draft_behind(trial: &mut Trial<'_>) {
    if !is_released(trial) {
        return;
    }
    for one in revisions(trial, false).into_iter().filter(|one| one.version.is_first()) {
        trial.find(
            format!("{}/number", one.pointer),
            format!("`{}` was a draft, and the document is not", one.version.written),
        );
    }
}

pub(super) fn history_has_no_pre_release(trial: &mut Trial<'_>) {
    for one in revisions(trial, false).into_iter().filter(|one| one.version.pre_release.is_some()) {
        trial.find(
            format!("{}/number", one.pointer),
            format!("`{}` is a pre-release", one.version.written),
        );
    }
}

pub(super) fn what_is_released_is_no_pre_release(trial: &mut Trial<'_>) {
    let version = version(trial);
    if version.pre_release.is_some() && is_released(trial) {
        trial.find(
            "/document/tracking/version",
            format!("`{}` is a pre-release, and the document is no draft", version.written),
        );
    }
}

/// 6.1.21: no number is left out, of semantic versions no major one; the first is 0 or 1.
pub(super) fn history_is_whole(trial: &mut Trial<'_>) {
    let revisions = revisions(trial, true);
    if let Some(first) = revisions.first().filter(|one| one.version.numbers[0] > 1) {
        let number = first.version.written.to_owned();
        trial.find(
            first.pointer.clone(),
            format!("the history begins with `{number}`, not with 0 or 1"),
        );
    }
    for pair in revisions.windows(2) {
        let [one, two] = [pair[0].version.numbers[0], pair[1].version.numbers[0]];
        if two > one.saturating_add(1) {
            trial.find(
                pair[1].pointer.clone(),
                format!("what is between {one} and {two} is missing"),
            );
        }
    }
}

pub(super) fn history_has_each_number_once(trial: &mut Trial<'_>) {
    let mut seen = HashSet::new();
    for one in revisions(trial, false) {
        if !seen.insert(one.version.written) {
            trial.find(
                format!("{}/number", one.pointer),
                format!("`{}` stands there before", one.version.written),
            );
        }
    }
}

pub(super) fn versions_are_of_one_kind(trial: &mut Trial<'_>) {
    let semantic = version(trial).semantic;
    for one in revisions(trial, false).into_iter().filter(|one| one.version.semantic != semantic) {
        trial.find(
            format!("{}/number", one.pointer),
            "whole numbers and semantic versions are mixed",
        );
    }
}
