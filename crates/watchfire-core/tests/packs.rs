//! The built-in packs: every case of theirs comes out as it expects, and nothing is missing.

use watchfire_core::law::{Lawbook, case_file, lint};

#[test]
fn every_case_of_every_pack_comes_out_as_expected() {
    let laws = Lawbook::builtin();
    let mut cases = 0;
    let mut problems = Vec::new();
    for pack in laws.packs() {
        for (path, text) in &pack.tests {
            match case_file::parse(path, text, laws) {
                Ok(parsed) => {
                    cases += parsed.len();
                    for case in parsed {
                        let found = case.check(laws);
                        problems.extend(
                            found.iter().map(|one| format!("{path}: {}: {one}", case.name)),
                        );
                    }
                }
                Err(found) => problems.extend(found.iter().map(ToString::to_string)),
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(cases > 100, "{cases} cases were found");
}

#[test]
fn nothing_is_missing_in_a_built_in_pack() {
    let reports = lint::check(Lawbook::builtin_files(), None);
    assert_eq!(reports.len(), Lawbook::builtin().packs().len());
    let problems: Vec<String> =
        reports.iter().flat_map(|report| &report.problems).map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
