//! The engine where facts pile up: extensions upon extensions, retractions of retractions, and
//! more of them than anybody would write by hand.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use watchfire_core::law::{Language, Lawbook, case_file, tell};

fn problems(laws: &Lawbook, text: &str) -> Vec<String> {
    let cases = case_file::parse("a.toml", text, laws).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    cases.iter().flat_map(|case| case.check(laws)).collect()
}

/// A fix on 2026-03-02 at noon, to be out on the 9th; each extension as when it was granted, and
/// until when.
fn kernel(extensions: &[(&str, &str)], expect: &str) -> String {
    let mut text = "[[case]]\nname = \"extended\"\nroles = [\"norm-linux-kernel/team\"]\n\
                    [[case.fact]]\nkind = \"fix-available\"\noccurred_at = \"2026-03-02T12:00Z\"\n"
        .to_owned();
    for (granted, until) in extensions {
        write!(
            text,
            "[[case.fact]]\nkind = \"extension-granted\"\nobligation = \"norm-linux-kernel/7\"\n\
             occurred_at = \"{granted}\"\nnew_due = \"{until}\"\n"
        )
        .expect("a text takes more");
    }
    text + "[[case.expect]]\nobligation = \"norm-linux-kernel/7\"\n" + expect
}

#[test]
fn an_extension_that_moves_nothing_leaves_the_one_before_it_as_it_was() {
    let laws = Lawbook::builtin();
    let until = |day: &str| format!("strict_due = \"{day}\"\nouter_due = \"{day}\"\n");
    let first = ("2026-03-05T12:00Z", "2026-03-12T12:00Z");
    for (extensions, expected) in [
        (vec![first], "2026-03-12T12:00Z"),
        // The last one counts.
        (vec![first, ("2026-03-11T12:00Z", "2026-03-14T12:00Z")], "2026-03-14T12:00Z"),
        (vec![first, ("2026-03-12T12:00Z", "2026-03-14T12:00Z")], "2026-03-14T12:00Z"),
        // Granted after the instant that the first had moved.
        (vec![first, ("2026-03-12T12:00:01Z", "2026-03-14T12:00Z")], "2026-03-12T12:00Z"),
        // Earlier than the law itself.
        (vec![first, ("2026-03-06T12:00Z", "2026-03-07T12:00Z")], "2026-03-12T12:00Z"),
        // One that came too late makes no room for another.
        (
            vec![
                ("2026-03-10T12:00Z", "2026-03-20T12:00Z"),
                ("2026-03-11T12:00Z", "2026-03-21T12:00Z"),
            ],
            "2026-03-09T12:00Z",
        ),
    ] {
        let found = problems(laws, &kernel(&extensions, &until(expected)));
        assert_eq!(found, Vec::<String>::new(), "{extensions:?}");
    }
}

#[test]
fn the_reason_names_the_fact_that_carries_it_and_not_another() {
    let text = "[[case]]\nname = \"two\"\nroles = [\"cn-rmsv/provider\"]\n\
                [[case.fact]]\nid = \"later\"\nkind = \"vulnerability-known\"\n\
                occurred_at = \"2026-07-07T10:00Z\"\n\
                [[case.fact]]\nid = \"first\"\nkind = \"vulnerability-known\"\n\
                occurred_at = \"2026-07-06T10:00Z\"\n\
                [[case.fact]]\nid = \"last\"\nkind = \"vulnerability-known\"\n\
                occurred_at = \"2026-07-07T11:00Z\"\n";
    let laws = Lawbook::builtin();
    let cases = case_file::parse("a.toml", text, laws).expect("a case file");
    let (_, listed) = cases[0].run(laws, None, None);
    let report = listed.iter().find(|one| one.provision.as_str() == "cn-rmsv/7.2").expect("owed");
    assert_eq!(report.from_fact.as_ref().map(|fact| fact.as_str()), Some("first"));
    let told = tell::reason(report, laws, Language::En);
    assert!(told.contains("`first`") && !told.contains("`last`"), "{told}");
}

#[test]
fn a_fact_whose_retraction_was_taken_back_stands_for_every_rule() {
    // Also for the rule that an answer must not contradict a recorded decision.
    let text = r#"
[[case]]
name    = "taken back, and back again"
roles   = ["eu-cra/manufacturer"]
answers = { "eu-cra/severe-incident" = "no" }

[[case.fact]]
id          = "severe"
kind        = "severe-incident-known"
occurred_at = "2026-10-01T10:00Z"

[[case.fact]]
id          = "mistake"
kind        = "retracted"
of          = "severe"
occurred_at = "2026-10-01T11:00Z"

[[case.fact]]
kind        = "retracted"
of          = "mistake"
occurred_at = "2026-10-01T12:00Z"
"#;
    let found = case_file::parse("a.toml", text, Lawbook::builtin()).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].line, found[0].code), (5, "value"));
    assert!(found[0].message.contains("contradicts the fact `severe`"), "{}", found[0]);
}

#[test]
fn many_facts_take_a_moment_and_not_a_day() {
    let mut text = "[[case]]\nname = \"many\"\nroles = [\"cn-rmsv/provider\"]\n[[case.fact]]\n\
                    id = \"r0\"\nkind = \"vulnerability-known\"\noccurred_at = \"2026-03-02T12:00Z\"\n"
        .to_owned();
    for n in 1..=20_000 {
        write!(
            text,
            "[[case.fact]]\nid = \"r{n}\"\nkind = \"retracted\"\nof = \"r{}\"\n\
             occurred_at = \"2026-03-02T13:00Z\"\n",
            n - 1
        )
        .expect("a text takes more");
    }
    text += "[[case.expect]]\nobligation = \"cn-rmsv/7.2\"\nstrict_due = \"2026-03-04T12:00Z\"\n";
    let begun = Instant::now();
    assert_eq!(problems(Lawbook::builtin(), &text), Vec::<String>::new());
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn many_cases_of_one_file_take_a_moment_and_not_a_day() {
    let laws = Lawbook::builtin();
    let mut text = String::new();
    for n in 0..20_000 {
        write!(
            text,
            "[[case]]\nname = \"{n}\"\nroles = [\"cn-rmsv/provider\"]\n[[case.fact]]\n\
             kind = \"vulnerability-know\"\noccurred_at = \"2026-03-02T12:00Z\"\n"
        )
        .expect("a text takes more");
    }
    let begun = Instant::now();
    let found = case_file::parse("a.toml", &text, laws).unwrap_err();
    assert_eq!(found.len(), 20_000);
    assert_eq!((found[19_999].line, found[19_999].column), (119_999, 8));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn an_instant_without_quotes_is_told_as_what_it_is() {
    let case = "[[case]]\nname = \"n\"\nroles = [\"cn-rmsv/provider\"]\n[[case.fact]]\n\
                kind = \"vulnerability-known\"\noccurred_at = ";
    for written in ["2026-03-02T12:00:00Z", "2026-03-02", "2026-03-02T12:00:00"] {
        let text = format!("{case}{written}\n");
        let found = case_file::parse("a.toml", &text, Lawbook::builtin()).unwrap_err();
        assert_eq!((found.len(), found[0].line, found[0].column), (1, 6, 15));
        assert!(found[0].message.contains("without quotes"), "{}", found[0]);
    }
    let table = format!("{case}{{ at = 1 }}\n");
    let found = case_file::parse("a.toml", &table, Lawbook::builtin()).unwrap_err();
    assert!(!found[0].message.contains("without quotes"), "{}", found[0]);
}
