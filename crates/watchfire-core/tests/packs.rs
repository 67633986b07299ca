//! The built-in packs: every case of theirs comes out as it expects, and nothing is missing.

use std::collections::BTreeSet;

use watchfire_core::law::{Lawbook, case_file, lint};

/// The rows of the table of worked cases.
const WORKED_ROWS: [&str; 22] = [
    "1", "2", "4", "6", "7", "9", "10", "11", "13", "15", "17", "18", "19", "21", "22", "23", "25",
    "27", "28", "30", "32", "34",
];

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
    assert!(cases > 800, "{cases} cases were found");
}

#[test]
fn every_worked_case_and_every_trap_comes_out_one_by_one() {
    let laws = Lawbook::builtin();
    let text = include_str!("data/worked-cases.toml");
    let cases = case_file::parse("worked-cases.toml", text, laws)
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    let numbers = |of: &str| -> BTreeSet<String> {
        let names = cases.iter().filter_map(|case| case.name.strip_prefix(of)?.split_once(':'));
        names.map(|(number, _)| number.to_owned()).collect()
    };
    assert_eq!(numbers("row "), WORKED_ROWS.map(str::to_owned).into());
    assert_eq!(numbers("trap "), ["1", "3", "4", "5", "6", "7"].map(str::to_owned).into());
    for case in cases {
        assert!(!case.expects.is_empty(), "{}", case.name);
        assert_eq!(case.check(laws), Vec::<String>::new(), "{}", case.name);
    }
}

#[test]
fn nothing_is_missing_in_a_built_in_pack() {
    let reports = lint::check(Lawbook::builtin_files(), None);
    assert_eq!(reports.len(), Lawbook::builtin().packs().len());
    let problems: Vec<String> =
        reports.iter().flat_map(|report| &report.problems).map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
