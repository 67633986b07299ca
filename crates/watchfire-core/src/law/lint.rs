//! What `watchfire law check` says of packs: what keeps them from loading, and what a pack that
//! loads still lacks.

use std::collections::{BTreeMap, BTreeSet};

mod absence;
mod border;
#[cfg(test)]
mod tests;

use super::case_file::{self, Case};
use super::lawbook::Lawbook;
use super::pack::{Pack, Provision, Version};
use super::problem::{Lines, Problem};

/// Codes of what a pack that loads may still lack.
const MISSING: [&str; 8] = [
    "missing_citation",
    "missing_source",
    "missing_checked_on",
    "missing_reading",
    "missing_border_pair",
    "missing_absent_case",
    "missing_foreseen_case",
    "missing_question",
];

/// What was found in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackReport {
    /// The law; empty for a file that all packs share, such as `facts.toml`.
    pub law: String,
    /// The file, as the caller named it.
    pub path: String,
    pub problems: Vec<Problem>,
    /// Whether nothing in the file keeps the pack from loading.
    pub loads: bool,
}

/// Returns whether a code says that something is missing in a pack that loads all the same.
pub fn is_missing(code: &str) -> bool {
    MISSING.contains(&code)
}

/// Returns whether a code advises what makes a pack better, and does not keep it from being done.
pub fn is_advice(code: &str) -> bool {
    code == "missing_absent_case"
}

/// Checks packs, given as paths relative to the folder of laws and texts, with the files that
/// they share.
///
/// There is a report for each `law.toml`, and one for each other file with problems. With `only`,
/// the packs of these laws alone are told of; problems of shared files always are.
pub fn check(files: &[(&str, &str)], only: Option<&BTreeSet<String>>) -> Vec<PackReport> {
    let (loaded, mut problems) = load(files);
    if let Some(laws) = &loaded {
        for pack in laws.packs() {
            if only.is_none_or(|only| only.contains(pack.id.as_str())) {
                problems.extend(pack_problems(pack, files, laws));
            }
        }
    }
    reports(files, problems, only)
}

/// Loads what loads. A pack that does not load is left out, so that the others are checked still.
fn load(files: &[(&str, &str)]) -> (Option<Lawbook>, Vec<Problem>) {
    let problems = match Lawbook::load(files) {
        Ok(laws) => return (Some(laws), Vec::new()),
        Err(problems) => problems,
    };
    let broken: BTreeSet<&str> = problems.iter().map(|problem| law_of(&problem.path)).collect();
    let whole: Vec<(&str, &str)> =
        files.iter().filter(|(path, _)| !broken.contains(law_of(path))).copied().collect();
    // What names a provision of a broken pack does not load without it, and is not to blame.
    (Lawbook::load(&whole).ok(), problems)
}

/// The law to which a path belongs; empty for shared files.
fn law_of(path: &str) -> &str {
    match path.split_once('/') {
        Some(("calendars", _)) | None => "",
        Some((law, _)) => law,
    }
}

fn reports(
    files: &[(&str, &str)],
    problems: Vec<Problem>,
    only: Option<&BTreeSet<String>>,
) -> Vec<PackReport> {
    let told = |law: &str| law.is_empty() || only.is_none_or(|only| only.contains(law));
    let packs = files.iter().map(|(path, _)| *path).filter(|path| path.ends_with("/law.toml"));
    let mut by_file: BTreeMap<(String, String), Vec<Problem>> = packs
        .filter(|path| told(law_of(path)))
        .map(|path| ((law_of(path).to_owned(), path.to_owned()), Vec::new()))
        .collect();
    for problem in problems.into_iter().filter(|problem| told(law_of(&problem.path))) {
        let key = (law_of(&problem.path).to_owned(), problem.path.clone());
        by_file.entry(key).or_default().push(problem);
    }
    let report = |((law, path), mut problems): ((String, String), Vec<Problem>)| {
        problems.sort_by_key(|problem| (problem.line, problem.column));
        let loads = problems.iter().all(|problem| is_missing(problem.code));
        PackReport { law, path, problems, loads }
    };
    by_file.into_iter().map(report).collect()
}

fn pack_problems(pack: &Pack, files: &[(&str, &str)], laws: &Lawbook) -> Vec<Problem> {
    let path = format!("{}/law.toml", pack.id);
    let text = files.iter().find(|(at, _)| *at == path).map_or("", |(_, text)| *text);
    let mut found = Finder { path: &path, lines: Lines::new(text), problems: Vec::new() };
    found.pack(pack);
    found.questions(pack, laws);
    let mut cases = Vec::new();
    let mut unreadable = Vec::new();
    for (path, text) in &pack.tests {
        match case_file::parse(path, text, laws) {
            Ok(parsed) => cases.extend(parsed),
            Err(mut wrong) => unreadable.append(&mut wrong),
        }
    }
    // A border pair may stand in the file that cannot be read: then nobody can say it is missing.
    if unreadable.is_empty() {
        found.border_pairs(pack, &cases, laws);
        found.absent_cases(pack, &cases, laws);
        found.foreseen_cases(pack, &cases);
    }
    found.problems.append(&mut unreadable);
    found.problems
}

struct Finder<'a> {
    path: &'a str,
    lines: Lines<'a>,
    problems: Vec<Problem>,
}

impl Finder<'_> {
    fn missing(&mut self, at: usize, code: &'static str, message: String, hint: &str) {
        let problem = Problem::on(&self.lines, self.path, at..at, code, message, hint);
        self.problems.push(problem);
    }

    fn pack(&mut self, pack: &Pack) {
        let law = &pack.id;
        let (sourced, checked) = (is_written(pack.source.as_deref()), pack.checked_on.is_some());
        if !sourced {
            let message = format!("the law `{law}` names no source");
            self.missing(0, "missing_source", message, "write `source`, the URL of its text");
        }
        if !checked {
            let message = format!("nobody says when the law `{law}` was compared with its source");
            let hint = "write `checked_on`, the day on which a person compared them";
            self.missing(0, "missing_checked_on", message, hint);
        }
        for provision in &pack.provisions {
            self.provision(provision);
            for version in &provision.versions {
                self.reading(provision, version);
            }
        }
    }

    /// Who asks at all, asks for every role.
    fn questions(&mut self, pack: &Pack, laws: &Lawbook) {
        if pack.questions.is_empty() {
            return;
        }
        for role in laws.roles_without_question(pack) {
            let message = format!("no question finds the role `{role}`");
            let hint = "add one to `questions.toml`, in words that everybody understands";
            self.missing(0, "missing_question", message, hint);
        }
    }

    fn provision(&mut self, provision: &Provision) {
        let at = provision.span.start;
        let cites = |text: Option<&super::text::Text>| is_written(text.map(|text| &*text.en));
        let of_versions = provision.versions.iter().map(|version| version.cites.as_ref());
        let proposed = provision.proposals.iter().map(|proposal| proposal.cites.as_ref());
        let cited = cites(provision.cites.as_ref()) || of_versions.chain(proposed).all(cites);
        if !cited {
            let message = format!("the provision `{}` names no article", provision.id);
            self.missing(at, "missing_citation", message, "write `cites`, as one cites it");
        }
        if provision.source.is_some() && !is_written(provision.source.as_deref()) {
            let message = format!("the provision `{}` names an empty source", provision.id);
            let hint = "write the URL of its text, or leave `source` to the law";
            self.missing(at, "missing_source", message, hint);
        }
    }

    /// Where the text leaves a choice, somebody has to have made it.
    fn reading(&mut self, provision: &Provision, version: &Version) {
        let differs = |strict: &Option<_>, outer: &Option<_>| outer.is_some() && outer != strict;
        let outer_differs = differs(&version.strict, &version.outer)
            || version.variants.iter().any(|variant| differs(&variant.strict, &variant.outer));
        let (strict, outer): (BTreeSet<_>, BTreeSet<_>) = (
            provision.awareness.strict.iter().collect(),
            provision.awareness.outer.iter().collect(),
        );
        let steps_differ = provision.is_timed() && strict != outer;
        if version.reading.is_some() || !(outer_differs || steps_differ) {
            return;
        }
        let why = if outer_differs {
            "`outer` differs from `strict`"
        } else {
            "the steps of awareness differ"
        };
        let message = format!(
            "the version of {} of `{}` records no reading, and {why}",
            version.effective_from, provision.id
        );
        let hint = "record a `[[reading]]` (who, when, why) and name it with `reading`";
        self.missing(version.span.start, "missing_reading", message, hint);
    }

    /// What is proposed has no border yet, but a case that it is foreseen and never open.
    fn foreseen_cases(&mut self, pack: &Pack, cases: &[Case]) {
        let proposed = |provision: &&Provision| provision.is_timed() && provision.is_proposed();
        for provision in pack.provisions.iter().filter(proposed) {
            let is_foreseen = |case: &Case| {
                border::owes(case, provision)
                    && case
                        .expects
                        .iter()
                        .any(|expect| expect.obligation == provision.id && expect.is_foreseen())
            };
            if cases.iter().any(is_foreseen) {
                continue;
            }
            let message =
                format!("the proposal `{}` has no case where it is foreseen", provision.id);
            let hint = "add a case to `tests/` that expects `foreseen = true` and no date";
            self.missing(provision.span.start, "missing_foreseen_case", message, hint);
        }
    }

    /// A clock that never stands still would pass every other case.
    fn absent_cases(&mut self, pack: &Pack, cases: &[Case], laws: &Lawbook) {
        let in_force = |provision: &&Provision| provision.is_timed() && !provision.is_proposed();
        for provision in pack.provisions.iter().filter(in_force) {
            if cases.iter().any(|case| absence::shows(case, pack, provision, laws)) {
                continue;
            }
            let message = format!("`{}` has no case in which it must not arise", provision.id);
            self.missing(provision.span.start, "missing_absent_case", message, ABSENT_HINT);
        }
    }

    fn border_pairs(&mut self, pack: &Pack, cases: &[Case], laws: &Lawbook) {
        for provision in pack.provisions.iter().filter(|provision| provision.is_timed()) {
            for place in 0..provision.versions.len() {
                let version = &provision.versions[place];
                let Some(lacks) = border::lacks(pack, provision, place, cases, laws) else {
                    continue;
                };
                let message = format!(
                    "the version of {} of `{}` has no border pair: {lacks}",
                    version.effective_from, provision.id
                );
                let hint = "add the cases to `tests/`, one day apart at `effective_from`, in the \
                            authority's zone";
                self.missing(version.span.start, "missing_border_pair", message, hint);
            }
        }
    }
}

/// What needs a case, and the hint how one is written.
const ABSENT_HINT: &str = "add a case to `tests/` that expects `absent = true` while the provision \
                           is in force: other facts, another role, or an answer that excludes it";

fn is_written(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}
