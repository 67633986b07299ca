//! Weaknesses by their numbers and names, as each release of CWE has them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::super::{list, text};
use super::validate::Trial;

/// A name of a weakness, and the releases that have it, by their place among all.
struct Named {
    first: usize,
    last: usize,
    name: &'static str,
}

struct Weaknesses {
    /// Every release, from the oldest.
    versions: Vec<&'static str>,
    by_number: HashMap<&'static str, Vec<Named>>,
}

static WEAKNESSES: LazyLock<Weaknesses> =
    LazyLock::new(|| parse(include_str!("../../../lists/weaknesses.tsv")));

fn parse(lines: &'static str) -> Weaknesses {
    let mut lines = lines.lines();
    let versions = lines.next().and_then(|line| line.split_once('\t'));
    let versions: Vec<&str> =
        versions.expect("the first line has the versions").1.split(' ').collect();
    let place = |version: &str| versions.iter().position(|one| *one == version);
    let mut by_number: HashMap<_, Vec<Named>> = HashMap::new();
    for line in lines {
        let mut cells = line.splitn(4, '\t');
        let [number, first, last, name] = [(); 4].map(|()| cells.next().expect("four cells"));
        let first = place(first).expect("the version is in the first line");
        let last = place(last).unwrap_or(versions.len() - 1);
        by_number.entry(number).or_default().push(Named { first, last, name });
    }
    Weaknesses { versions, by_number }
}

/// The parts of a release's name, which are numbers.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

/// What is wrong with a weakness, and at which of its members.
///
/// Without a release any name counts that a release has had; of a release that is later than all
/// that are listed nothing is known.
fn problem(id: &str, name: &str, version: Option<&str>) -> Option<(&'static str, String)> {
    let known = &*WEAKNESSES;
    let release =
        version.map(|version| (version, known.versions.iter().position(|one| *one == version)));
    if let Some((version, None)) = release {
        let newest = known.versions.last().map(|one| numbers(one));
        let later = newest.is_some_and(|newest| numbers(version) > newest);
        return (!later).then(|| ("version", format!("CWE has no release `{version}`")));
    }
    let release = release.and_then(|(_, place)| place);
    let names = id.strip_prefix("CWE-").and_then(|number| known.by_number.get(number));
    let within = |one: &&Named| release.is_none_or(|at| (one.first..=one.last).contains(&at));
    let mut names = names.into_iter().flatten().filter(within).peekable();
    if names.peek().is_none() {
        return Some(("id", format!("`{id}` is no weakness of CWE")));
    }
    let called = names.any(|one| one.name == name.trim());
    (!called).then(|| ("name", format!("`{id}` is not called `{name}`")))
}

pub(super) fn weaknesses_are_those_of_cwe(trial: &mut Trial<'_>) {
    for (pointer, one) in trial.vulnerabilities() {
        let single = one.get("cwe").map(|cwe| (format!("{pointer}/cwe"), cwe));
        let several = list(one, "cwes").iter().enumerate();
        let several = several.map(|(at, cwe)| (format!("{pointer}/cwes/{at}"), cwe));
        let all: Vec<(String, &Value)> = single.into_iter().chain(several).collect();
        for (pointer, cwe) in all {
            let [id, name, version] = ["id", "name", "version"].map(|key| text(cwe, key));
            let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
            if let Some((member, message)) = problem(&id, &name, version.as_deref()) {
                trial.find(format!("{pointer}/{member}"), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: CWE, releases 4.9, 4.10 and 4.13, and what they say of CWE-1324 and CWE-1419.
    #[test]
    fn a_weakness_has_the_name_of_its_release() {
        let old = "Sensitive Information Accessible by Physical Probing of JTAG Interface";
        let now = format!("DEPRECATED: {old}");
        let member = |id, name, version| problem(id, name, version).map(|(member, _)| member);
        assert_eq!(member("CWE-1324", old, Some("4.9")), None);
        assert_eq!(member("CWE-1324", old, Some("4.10")), Some("name"));
        assert_eq!(member("CWE-1324", &now, Some("4.10")), None);
        assert_eq!(member("CWE-1324", &now, Some("4.9")), Some("name"));
        assert_eq!(member("CWE-1324", old, None), None);
        let name = "Incorrect Initialization of Resource";
        assert_eq!(member("CWE-1419", name, Some("4.12")), Some("id"));
        assert_eq!(member("CWE-1419", name, Some("4.13")), None);
        assert_eq!(member("CWE-1419", name, Some("4.12.1")), Some("version"));
        assert_eq!(member("CWE-9999", "of a later release", Some("99.0")), None);
        assert_eq!(member("CWE-9999", "of none", None), Some("id"));
        assert_eq!(member("CWE-079", "with a nought", None), Some("id"));
    }
}
