//! Ranges of commits: what is between two of them only the history of the repository tells.

use std::collections::HashMap;

use super::Number;
use crate::range::Answer;

/// Where a vulnerability came into a repository, and where it left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GitRange {
    /// Commits from which on it is there; `0` is the first of all.
    pub introduced: Vec<String>,
    /// Commits from which on it is not.
    pub fixed: Vec<String>,
    /// Commits behind which it is not.
    pub last_affected: Vec<String>,
}

impl GitRange {
    /// Whether a commit is affected, as far as its name alone tells.
    ///
    /// A commit that the range names is decided by that; of any other, history would be asked, so
    /// that it is undecided.
    pub fn answer(&self, commit: &str) -> Answer {
        let named = |list: &[String]| list.iter().any(|one| one.eq_ignore_ascii_case(commit));
        if named(&self.fixed) {
            return Answer::No;
        }
        if named(&self.introduced) || named(&self.last_affected) {
            return Answer::Yes;
        }
        Answer::Undecided
    }
}

/// Ranges of commits by repository.
#[derive(Debug, Default)]
pub struct Repositories {
    by_address: HashMap<String, Vec<(Number, GitRange)>>,
}

/// Hosts that find a repository by its name in any case.
const ANY_CASE: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

/// An address without what differs between two that lead to the same.
///
/// `git@host:path` is how `ssh` writes one without a scheme.
/// Source: git, "GIT URLS".
fn normal(address: &str) -> String {
    let address = address.trim();
    let address = address.split_once(['?', '#']).map_or(address, |(address, _)| address);
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    let address = address.strip_prefix("git+").unwrap_or(address);
    let (host, path) = match address.split_once("://") {
        Some((_, behind)) => behind.split_once('/').unwrap_or((behind, "")),
        None => match address.split_once([':', '/']) {
            Some((host, path)) => (host, path.trim_start_matches('/')),
            None => (address, ""),
        },
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let named = host.split_once(':').map_or(host, |(named, _)| named);
    let path = if ANY_CASE.contains(&named) { path.to_lowercase() } else { path.to_owned() };
    format!("{host}/{path}")
}

impl Repositories {
    /// Adds what an advisory says of a repository.
    pub fn add(&mut self, advisory: Number, address: &str, range: GitRange) {
        self.by_address.entry(normal(address)).or_default().push((advisory, range));
    }

    /// Takes away all that an advisory says.
    pub fn remove(&mut self, advisory: Number) {
        self.by_address.retain(|_, ranges| {
            ranges.retain(|(one, _)| *one != advisory);
            !ranges.is_empty()
        });
    }

    /// The advisories that speak of a commit of a repository, each with whether that is sure.
    pub fn of(&self, address: &str, commit: &str) -> Vec<(Number, Answer)> {
        let ranges = self.by_address.get(&normal(address)).into_iter().flatten();
        let answers = ranges.map(|(advisory, range)| (*advisory, range.answer(commit)));
        let mut found: Vec<(Number, Answer)> =
            answers.filter(|(_, answer)| *answer != Answer::No).collect();
        found.sort_unstable_by_key(|(advisory, answer)| (*advisory, *answer != Answer::Yes));
        found.dedup_by_key(|(advisory, _)| *advisory);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_repository_meet_and_of_two_do_not() {
        for (one, two, same) in [
            (
                "https://github.com/Bouke/django-two-factor-auth",
                "github.com/bouke/django-two-factor-auth",
                true,
            ),
            ("git@github.com:A/b.git", "https://github.com/a/b", true),
            ("git+ssh://git@gitlab.com/a/b/c.git", "https://GitLab.com/A/b/c/", true),
            ("https://www.github.com/a/b#readme", "https://github.com/a/b", true),
            ("ssh://git@example.org:2222/a/b", "git@example.org:a/b", false),
            ("https://git.example.org/A/b", "https://git.example.org/a/b", false),
            ("https://github.com/a/b", "https://github.com/a/c", false),
            ("https://github.com/a/b", "https://gitlab.com/a/b", false),
        ] {
            assert_eq!(normal(one) == normal(two), same, "{one} {two}");
        }
    }

    #[test]
    fn a_commit_that_a_range_does_not_name_is_undecided() {
        let mut repositories = Repositories::default();
        let text = |text: &str| vec![text.to_owned()];
        let range =
            GitRange { introduced: text("aa"), fixed: text("bb"), last_affected: text("cc") };
        repositories.add(7, "https://GitHub.com/a/b.git", range);
        let of = |commit: &str| repositories.of("git://github.com/a/b/", commit);
        assert_eq!(of("aa"), [(7, Answer::Yes)]);
        assert_eq!(of("CC"), [(7, Answer::Yes)]);
        assert_eq!(of("bb"), []);
        assert_eq!(of("dd"), [(7, Answer::Undecided)]);
        assert_eq!(repositories.of("https://github.com/a/c", "aa"), []);
        repositories.remove(7);
        assert_eq!(repositories.of("https://github.com/a/b", "aa"), []);
    }
}
