//! Chains of submissions that no built-in pack has: three links, and circles.

use watchfire_core::law::{Lawbook, case_file};

const HEAD: &str = r#"
id           = "xx-chain"
jurisdiction = "XX"
title        = "A law of three reports"
time_zone    = "UTC"
source       = "https://law.example/chain"
checked_on   = 2026-11-23
confidence   = "primary"

[roles.maker]
name = "maker"

[authorities.office]
name = "the office"
"#;

/// Returns the provision `xx-chain/<article>` with the lines that say where it hangs.
fn provision(article: &str, hangs: &str) -> String {
    format!(
        r#"
[[provision]]
id      = "xx-chain/{article}"
class   = "hard"
cites   = "Article {article}"
{hangs}
owed_by = "maker"
owed_to = "office"

[[provision.version]]
effective_from = 2020-01-01
strict         = {{ within = "24h" }}
"#
    )
}

fn load(provisions: &[(&str, &str)]) -> Result<Lawbook, Vec<String>> {
    let mut text = HEAD.to_owned();
    text.extend(provisions.iter().map(|(article, hangs)| provision(article, hangs)));
    let mut files = Lawbook::builtin_files().to_vec();
    files.push(("xx-chain/law.toml", &text));
    Lawbook::load(&files).map_err(|found| found.iter().map(ToString::to_string).collect())
}

fn three() -> Lawbook {
    let arises = r#"arises_on = ["vulnerability-known"]"#;
    let second = format!("{arises}\nruns_from = {{ submitted = \"xx-chain/1\" }}");
    let third = format!("{arises}\nruns_from = {{ submitted = \"xx-chain/2\" }}");
    load(&[("1", arises), ("2", &second), ("3", &third)]).expect("a chain without a circle")
}

fn holds(laws: &Lawbook, facts: &str, expects: &str) {
    let text = format!(
        "[[case]]\nname = \"a chain\"\nroles = [\"xx-chain/maker\"]\n\
         [[case.fact]]\nkind = \"vulnerability-known\"\noccurred_at = \"2026-11-02T10:00Z\"\n\
         {facts}{expects}"
    );
    let cases = case_file::parse("chain.toml", &text, laws).expect("a case file");
    assert_eq!(cases[0].check(laws), Vec::<String>::new());
}

fn submitted(article: &str, at: &str) -> String {
    format!(
        "[[case.fact]]\nkind = \"submitted\"\nobligation = \"xx-chain/{article}\"\n\
         occurred_at = \"{at}\"\n"
    )
}

#[test]
fn a_report_sent_while_its_clock_waits_does_not_start_the_next() {
    let expects = r#"
[[case.expect]]
obligation = "xx-chain/2"
state      = "waiting-for-anchor"

[[case.expect]]
obligation = "xx-chain/3"
state      = "waiting-for-anchor"
strict_due = "none"
"#;
    holds(&three(), &submitted("2", "2026-11-02T11:00Z"), expects);
}

#[test]
fn each_report_sent_in_its_time_starts_the_next() {
    let facts = submitted("1", "2026-11-02T12:00Z") + &submitted("2", "2026-11-02T13:00Z");
    let expects = r#"
[[case.expect]]
obligation = "xx-chain/2"
state      = "satisfied"
strict_due = "2026-11-03T12:00Z"

[[case.expect]]
obligation = "xx-chain/3"
state      = "open"
strict_due = "2026-11-03T13:00Z"
"#;
    holds(&three(), &facts, expects);
}

#[test]
fn a_report_sent_before_its_clock_began_does_not_start_the_next() {
    let facts = submitted("2", "2026-11-02T11:00Z") + &submitted("1", "2026-11-02T12:00Z");
    let expects = r#"
[[case.expect]]
obligation = "xx-chain/2"
state      = "open"
strict_due = "2026-11-03T12:00Z"

[[case.expect]]
obligation = "xx-chain/3"
state      = "waiting-for-anchor"
"#;
    holds(&three(), &facts, expects);
}

#[test]
fn a_clock_that_hangs_on_itself_does_not_load() {
    let circles: [&[(&str, &str)]; 3] = [
        &[("1", r#"arises_on = [{ submitted = "xx-chain/1" }]"#)],
        &[
            ("1", r#"arises_on = [{ submitted = "xx-chain/2" }]"#),
            ("2", r#"arises_on = [{ submitted = "xx-chain/1" }]"#),
        ],
        &[
            ("1", r#"arises_on = [{ submitted = "xx-chain/2" }]"#),
            (
                "2",
                "arises_on = [\"vulnerability-known\"]\nruns_from = { submitted = \"xx-chain/1\" }",
            ),
        ],
    ];
    for provisions in circles {
        let problems = load(provisions).expect_err("a circle");
        assert!(
            problems.iter().all(|problem| problem.contains("runs from itself")),
            "{problems:?}"
        );
        assert_eq!(problems.len(), provisions.len());
    }
}
