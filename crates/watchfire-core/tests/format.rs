//! What a pack can say, with a law that nobody made: each key does what `laws/README.md` says, and
//! each wrong key is told with its line and column.

use watchfire_core::law::problem::Problem;
use watchfire_core::law::{Lawbook, case_file, lint, tell};

const HEAD: &str = r#"
id           = "xx-law"
jurisdiction = "XX"
title        = "A law of every kind"
time_zone    = "Europe/Brussels"
source       = "https://law.example/every-kind"
checked_on   = 2026-11-23
confidence   = "primary"

[roles.maker]
name = "maker"

[authorities.office]
name = "the office"
"#;

const WORDS: &str = r#"
[attribute."xx-law/core"]
type    = "yes-no"
meaning = "core"

[attribute."xx-law/shown"]
type     = "yes-no"
meaning  = "shown by a fact"
shown_by = "kev-listed"

[attribute."xx-law/size"]
type    = "one-of"
values  = ["small", "middle", "large"]
meaning = "size"

[predicate."xx-law/oral"]
question = "Was it oral?"
"#;

/// A provision with lines of its own and one version.
fn provision(lines: &str, version: &str) -> String {
    format!(
        "\n[[provision]]\nid = \"xx-law/1\"\nclass = \"hard\"\ncites = \"Article 1\"\n\
         owed_by = \"maker\"\nowed_to = \"office\"\n{lines}\n\n[[provision.version]]\n{version}\n"
    )
}

fn files<'a>(law: &'a str, words: &'a str) -> Vec<(&'a str, &'a str)> {
    let builtin = Lawbook::builtin_files().iter().copied();
    // What all packs share, without the packs.
    let shared = |path: &str| !path.contains('/') || path.starts_with("calendars/");
    let mut files: Vec<_> =
        builtin.filter(|(path, _)| shared(path) && *path != "attributes.toml").collect();
    files.push(("attributes.toml", words));
    files.push(("xx-law/law.toml", law));
    files
}

fn with_words() -> String {
    let builtin = Lawbook::builtin_files().iter().find(|(path, _)| *path == "attributes.toml");
    format!("{}\n{WORDS}", builtin.expect("the words").1)
}

fn load(text: &str) -> Result<Lawbook, Vec<Problem>> {
    Lawbook::load(&files(text, &with_words()))
}

fn loaded(lines: &str, version: &str) -> Lawbook {
    load(&format!("{HEAD}{}", provision(lines, version)))
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

const ARISES: &str = "arises_on = [\"incident-discovered\"]";
const SINCE: &str = "effective_from = 2020-01-01\n";

/// Checks one case: `head` are attributes, answers and `now`, `rest` facts and expects.
#[track_caller]
fn holds(laws: &Lawbook, head: &str, rest: &str) {
    let text = format!("[[case]]\nname = \"a case\"\nroles = [\"xx-law/maker\"]\n{head}\n{rest}");
    let cases = case_file::parse("format.toml", &text, laws).expect("a case file");
    assert_eq!(cases[0].check(laws), Vec::<String>::new());
}

fn fact(kind: &str, at: &str) -> String {
    format!("[[case.fact]]\nkind = \"{kind}\"\noccurred_at = \"{at}\"\n")
}

fn expect(lines: &str) -> String {
    format!("[[case.expect]]\nobligation = \"xx-law/1\"\n{lines}\n")
}

#[test]
fn a_variant_holds_for_those_it_is_for_and_strict_and_outer_part_while_that_is_open() {
    let version = format!(
        "{SINCE}strict = {{ within = \"48h\" }}\n\n[[provision.version.variant]]\n\
         when = \"xx-law/core\"\nstrict = {{ within = \"12h\" }}"
    );
    let laws = loaded(ARISES, &version);
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let both = |strict: &str, outer: &str| {
        format!(
            "{found}{}",
            expect(&format!(
                "state = \"open\"\nprovisional = false\nstrict_due = \"{strict}\"\nouter_due = \"{outer}\""
            ))
        )
    };
    let core = |value| format!("attributes = {{ \"xx-law/core\" = \"{value}\" }}");
    holds(&laws, &core("yes"), &both("2026-11-02T22:00Z", "2026-11-02T22:00Z"));
    holds(&laws, &core("no"), &both("2026-11-04T10:00Z", "2026-11-04T10:00Z"));
    holds(&laws, "", &both("2026-11-02T22:00Z", "2026-11-04T10:00Z"));
}

#[test]
fn a_variant_that_hangs_on_a_question_makes_it_provisional() {
    let version = format!(
        "{SINCE}strict = {{ within = \"48h\" }}\n\n[[provision.version.variant]]\n\
         when = \"xx-law/oral\"\nstrict = {{ within = \"84h\" }}"
    );
    let laws = loaded(ARISES, &version);
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let open = "state = \"needs-decision\"\nprovisional = true\n\
                strict_due = \"2026-11-04T10:00Z\"\nouter_due = \"2026-11-05T22:00Z\"";
    holds(&laws, "", &format!("{found}{}", expect(open)));
    let decided = "state = \"open\"\nprovisional = false\nstrict_due = \"2026-11-05T22:00Z\"";
    holds(&laws, "answers = { \"xx-law/oral\" = \"yes\" }", &format!("{found}{}", expect(decided)));
}

const TABLE: &str = r#"
[provision.version.table]
columns = ["xx-law/shown", "xx-law/size"]
rows = [
  { is = ["yes", "large"], strict = { within = "1d", counts = "exclude-trigger-day" }, remedy = "At once." },
  { is = ["yes", "middle"], strict = { within = "3d", counts = "exclude-trigger-day" } },
  { is = ["yes", "small"], strict = { within = "5d", counts = "exclude-trigger-day" } },
  { is = ["no", "*"] },
]
"#;

#[test]
fn the_row_of_a_table_holds_and_a_fact_shows_what_an_attribute_is() {
    let laws = loaded(ARISES, &format!("{SINCE}{TABLE}"));
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let listed = fact("kev-listed", "2026-11-02T11:00Z");
    let large = "attributes = { \"xx-law/size\" = \"large\", \"xx-law/shown\" = \"no\" }";
    let none = expect("state = \"open\"\nstrict_due = \"none\"\nouter_due = \"none\"");
    holds(&laws, large, &format!("{found}{none}"));
    let one = expect("strict_due = \"2026-11-03T23:00Z\"\nouter_due = \"2026-11-03T23:00Z\"");
    holds(&laws, large, &format!("{found}{listed}{one}"));
    let open = expect("strict_due = \"2026-11-03T23:00Z\"\nouter_due = \"2026-11-07T23:00Z\"");
    holds(&laws, "", &format!("{found}{listed}{open}"));
    let widest = expect("strict_due = \"2026-11-03T23:00Z\"\nouter_due = \"none\"");
    holds(&laws, "", &format!("{found}{widest}"));
}

#[test]
fn the_trace_names_the_row_and_what_has_to_be_done() {
    let laws = loaded(ARISES, &format!("{SINCE}{TABLE}"));
    let facts =
        [fact("incident-discovered", "2026-11-02T10:00Z"), fact("kev-listed", "2026-11-02T11:00Z")];
    let head = "[[case]]\nname = \"a case\"\nroles = [\"xx-law/maker\"]\n\
                attributes = { \"xx-law/size\" = \"large\" }\n";
    let text = format!("{head}{}", facts.concat());
    let cases = case_file::parse("format.toml", &text, &laws).expect("a case file");
    let (_, listed) = cases[0].run(&laws, None, None);
    let remedy = listed[0].remedy.as_ref().expect("a remedy");
    assert_eq!(&*remedy.en, "At once.");
    let told = tell::tell(&listed[0].trace, &laws, watchfire_core::law::Language::En);
    let row = "The row of the table `(xx-law/shown and xx-law/size is large)` holds. At once.";
    assert!(told.iter().any(|line| line == row), "{told:#?}");
}

#[test]
fn a_proposal_is_foreseen_and_never_a_clock() {
    let version = "proposed_on = 2024-04-04\nstrict = { within = \"72h\" }";
    let laws = loaded(&format!("{ARISES}\nstatus = \"proposed\""), version);
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let foreseen = "state = \"not-applicable\"\nforeseen = true\nprovisional = false\n\
                    strict_due = \"none\"\nouter_due = \"none\"";
    holds(&laws, "", &format!("{found}{}", expect(foreseen)));
    holds(&laws, "now = \"2036-01-01T00:00Z\"", &format!("{found}{}", expect(foreseen)));
    let before = fact("incident-discovered", "2024-04-03T10:00Z");
    let nothing = "state = \"not-applicable\"\nforeseen = false";
    holds(&laws, "", &format!("{before}{}", expect(nothing)));
}

#[test]
fn what_was_adopted_is_foreseen_until_it_applies() {
    let version =
        "effective_from = 2027-12-11\nadopted_on = 2024-11-20\nstrict = { within = \"24h\" }";
    let laws = loaded(ARISES, version);
    let case = |found: &str, now: &str, lines: &str| {
        let found = fact("incident-discovered", found);
        holds(&laws, &format!("now = \"{now}\""), &format!("{found}{}", expect(lines)));
    };
    let foreseen = "foreseen = true\nstate = \"not-applicable\"\nstrict_due = \"none\"";
    let not = "foreseen = false\nstate = \"not-applicable\"";
    case("2026-11-02T10:00Z", "2026-11-02T10:00Z", foreseen);
    case("2027-12-10T22:59:59Z", "2027-12-10T22:59:59Z", foreseen);
    case("2027-12-10T22:59:59Z", "2027-12-10T23:00Z", not);
    case("2021-11-02T10:00Z", "2021-11-02T10:00Z", not);
    case("2027-12-10T23:00Z", "2027-12-10T23:00Z", "foreseen = false\nstate = \"open\"");
}

#[test]
fn a_clock_of_law_without_a_known_number_has_no_date() {
    let laws = loaded(ARISES, &format!("{SINCE}period_unknown = \"No ordinance was seen.\""));
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let open = "state = \"open\"\nstrict_due = \"none\"\nouter_due = \"none\"";
    holds(&laws, "now = \"2036-01-01T00:00Z\"", &format!("{found}{}", expect(open)));
}

#[test]
fn what_comes_before_another_fact_carries_nothing_and_each_later_one_does() {
    let lines = "arises_on = [\"fact-confirmed\"]\narises_after = \"incident-determined\"\nanchor = \"each\"";
    let laws = loaded(lines, &format!("{SINCE}strict = {{ within = \"24h\" }}"));
    let confirmed = |id: &str, at: &str| {
        format!(
            "[[case.fact]]\nid = \"{id}\"\nkind = \"fact-confirmed\"\nof = \"seen\"\noccurred_at = \"{at}\"\n"
        )
    };
    let seen = "[[case.fact]]\nid = \"seen\"\nkind = \"incident-discovered\"\noccurred_at = \"2026-11-01T00:00Z\"\n";
    let early = confirmed("early", "2026-11-01T10:00Z");
    let determined = fact("incident-determined", "2026-11-02T10:00Z");
    let late = confirmed("late", "2026-11-02T10:00Z");
    let later = confirmed("later", "2026-11-05T10:00Z");
    let absent = expect("absent = true");
    holds(&laws, "", &format!("{seen}{early}{late}{absent}"));
    let of = |id: &str, lines: &str| expect(&format!("from_fact = \"{id}\"\n{lines}"));
    let expects = [
        of("early", "absent = true"),
        of("late", "strict_due = \"2026-11-03T10:00Z\""),
        of("later", "strict_due = \"2026-11-06T10:00Z\""),
    ];
    let facts = [seen, &early, &determined, &late, &later].concat();
    holds(&laws, "", &format!("{facts}{}", expects.concat()));
}

#[test]
fn a_decision_meets_what_asks_for_it_whatever_it_says() {
    let lines =
        format!("{ARISES}\nmet_by = [\"incident-determined\", {{ decided = \"xx-law/oral\" }}]");
    let laws = loaded(&lines, &format!("{SINCE}strict = {{ within = \"24h\" }}"));
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let decided = |answer: &str, at: &str| {
        format!("{}predicate = \"xx-law/oral\"\nanswer = \"{answer}\"\n", fact("decided", at))
    };
    let state = |state: &str| expect(&format!("state = \"{state}\""));
    let in_time = "2026-11-03T10:00Z";
    for answer in ["yes", "no"] {
        holds(&laws, "", &format!("{found}{}{}", decided(answer, in_time), state("satisfied")));
    }
    let undecided = decided("undecided", in_time);
    holds(&laws, "", &format!("{found}{undecided}{}", state("overdue")));
    let late = decided("no", "2026-11-03T10:00:01Z");
    holds(&laws, "", &format!("{found}{late}{}", state("satisfied-late")));
    let other = fact("incident-determined", in_time);
    holds(&laws, "", &format!("{found}{other}{}", state("satisfied")));
    let before = fact("incident-determined", "2026-11-02T09:59:59Z");
    holds(&laws, "", &format!("{found}{before}{}", state("open")));
}

#[test]
fn facts_are_asked_for_with_a_limit_or_without() {
    let when = "when = { not = { recorded = \"fix-available\", within = \"90d\", of = \"vendor-notified\" } }";
    let lines = format!("arises_on = [\"vendor-notified\"]\n{when}");
    let laws = loaded(&lines, &format!("{SINCE}strict = {{ within = \"90d\" }}"));
    let told = fact("vendor-notified", "2026-11-23T10:00Z");
    // 90 days over the end of no summer time: the same time of day on 21 February.
    let fixed = |at: &str| fact("fix-available", at);
    holds(&laws, "", &format!("{told}{}", expect("strict_due = \"2027-02-21T10:00Z\"")));
    let in_time = fixed("2027-02-21T10:00Z");
    holds(&laws, "", &format!("{told}{in_time}{}", expect("absent = true")));
    let late = fixed("2027-02-21T10:00:01Z");
    holds(&laws, "", &format!("{told}{late}{}", expect("state = \"overdue\"")));
}

#[test]
fn the_earliest_of_several_limits_ends_a_span() {
    let strict = "strict = { within = \"10h\", no_later_than = [{ within = \"24h\", runs_from = \"incident-noticed\" }, \
                  { within = \"2h\", runs_from = \"disclosed\", unless_past = true }] }";
    let laws = loaded(ARISES, &format!("{SINCE}{strict}"));
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let due = |facts: &str, due: &str| {
        let due = expect(&format!("strict_due = \"{due}\"\nouter_due = \"{due}\""));
        holds(&laws, "", &format!("{found}{facts}{due}"));
    };
    due("", "2026-11-02T20:00Z");
    due(&fact("incident-noticed", "2026-11-02T01:00Z"), "2026-11-02T20:00Z");
    due(&fact("incident-noticed", "2026-11-01T16:00Z"), "2026-11-02T16:00Z");
    // Without `unless_past` a limit that is past stays the limit.
    due(&fact("incident-noticed", "2026-11-01T06:00Z"), "2026-11-02T06:00Z");
    due(&fact("disclosed", "2026-11-02T08:00Z"), "2026-11-02T10:00Z");
    due(&fact("disclosed", "2026-11-02T07:59:59Z"), "2026-11-02T20:00Z");
}

#[test]
fn strict_is_never_after_outer_where_vague_facts_turn_a_limit_round() {
    let strict = "strict = { within = \"10h\", no_later_than = [{ within = \"2h\", runs_from = \"disclosed\", unless_past = true }] }";
    let laws = loaded(ARISES, &format!("{SINCE}{strict}"));
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let disclosed = fact("disclosed", "2026-11-02T07:00Z/2026-11-02T09:00Z");
    let both = "strict_due = \"2026-11-02T11:00Z\"\nouter_due = \"2026-11-02T20:00Z\"";
    holds(&laws, "", &format!("{found}{disclosed}{}", expect(both)));
}

#[test]
fn every_way_of_rolling_keeps_or_sets_the_time_of_day() {
    // 2027-03-27 is a Saturday; clocks go forward on the Sunday; the Monday is Easter Monday.
    let rows = [
        ("next-working-day-end", "", "2027-03-30T22:00Z"),
        ("noon-next-working-day", "", "2027-03-30T10:00Z"),
        ("next-business-day", "", "2027-03-30T07:30Z"),
        ("previous-business-day", "", "2027-03-26T08:30Z"),
        ("next-business-day", ", ends = \"17:30\"", "2027-03-30T15:30Z"),
        ("previous-business-day", ", ends = \"17:30\"", "2027-03-26T16:30Z"),
        ("previous-business-day", ", ends = \"end-of-day\"", "2027-03-26T23:00Z"),
    ];
    let found = fact("incident-discovered", "2027-03-26T08:30Z");
    for (rule, ends, due) in rows {
        let strict =
            format!("strict = {{ within = \"24h\", rolls = \"{rule}\", calendar = \"be\"{ends} }}");
        let laws = loaded(ARISES, &format!("{SINCE}{strict}"));
        let expect = expect(&format!("strict_due = \"{due}\"\nouter_due = \"{due}\""));
        holds(&laws, "", &format!("{found}{expect}"));
    }
}

#[test]
fn business_days_can_leave_out_the_day_of_the_event_and_end_with_the_day() {
    let strict =
        "strict = { within = \"2bd\", counts = \"exclude-trigger-day\", calendar = \"be\" }";
    let laws = loaded(ARISES, &format!("{SINCE}{strict}"));
    for (found, due) in [
        ("2027-03-25T10:00Z", "2027-03-30T22:00Z"),
        ("2027-03-26T10:00Z", "2027-03-31T22:00Z"),
        ("2027-03-28T10:00Z", "2027-03-31T22:00Z"),
    ] {
        let found = fact("incident-discovered", found);
        let due = expect(&format!("strict_due = \"{due}\""));
        holds(&laws, "", &format!("{found}{due}"));
    }
}

/// Where `fragment` begins in `text`: line and column, counted from 1.
fn place_of(text: &str, fragment: &str) -> (usize, usize) {
    let at = text.find(fragment).unwrap_or_else(|| panic!("{fragment} is not in\n{text}"));
    let line = text[..at].matches('\n').count() + 1;
    let begins = text[..at].rfind('\n').map_or(0, |end| end + 1);
    (line, text[begins..at].chars().count() + 1)
}

/// Each row: lines of the provision, of the version, the code, what the place points to, and a word
/// of the message.
const WRONG: &[(&str, &str, &str, &str, &str)] = &[
    ("status = \"maybe\"", STRICT, "value", "\"maybe\"", "no status"),
    ("", "status = \"maybe\"", "value", "\"maybe\"", "no status"),
    ("", "strict = { within = \"4bd\" }", "value", "{ within", "cannot be counted so"),
    (
        "",
        "strict = { within = \"4bd\", counts = \"sec-b1\" }",
        "value",
        "{ within",
        "by which calendar",
    ),
    (
        "",
        "strict = { within = \"4h\", counts = \"sec-b1\", calendar = \"be\" }",
        "value",
        "{ within",
        "cannot be counted so",
    ),
    ("", "strict = { within = \"4h\", ends = \"25:00\" }", "value", "\"25:00\"", "no end"),
    ("", "strict = { within = \"4h\", ends = \"7:30\" }", "value", "\"7:30\"", "no end"),
    (
        "",
        "strict = { within = \"4h\", rolls = \"backwards\", calendar = \"be\" }",
        "value",
        "\"backwards\"",
        "no rule",
    ),
    (
        "",
        "strict = { within = \"4h\", rolls_if = \"xx-law/core\" }",
        "value",
        "\"xx-law/core\"",
        "does nothing",
    ),
    ("", "strict = { within = \"4h\", calendar = \"be\" }", "value", "\"be\"", "does nothing"),
    (
        "",
        "strict = { within = \"4h\", runs_from = \"no-such-kind\" }",
        "undeclared",
        "\"no-such-kind\"",
        "no-such-kind",
    ),
    (
        "",
        "strict = { within = \"4h\", no_later_than = [{ within = \"4bd\", runs_from = \"disclosed\" }] }",
        "value",
        "\"4bd\"",
        "business days",
    ),
    ("met_by = [3]", STRICT, "value", "3]", "meets nothing"),
    ("arises_after = \"nothing\"", STRICT, "undeclared", "\"nothing\"", "nothing"),
    (
        "when = { recorded = \"disclosed\", within = \"2d\" }",
        STRICT,
        "value",
        "{ recorded",
        "no condition",
    ),
    (
        "when = { recorded = \"disclosed\", within = \"2bd\", of = \"disclosed\" }",
        STRICT,
        "value",
        "{ recorded",
        "business days",
    ),
    (
        "",
        "proposed_on = 2024-01-01\nstrict = { within = \"4h\" }",
        "value",
        "2024-01-01",
        "not proposed",
    ),
    (
        "",
        "status = \"proposed\"\nadopted_on = 2024-01-01",
        "value",
        "2024-01-01",
        "neither been adopted",
    ),
    (
        "",
        "[[provision.version.variant]]\nwhen = \"xx-law/core\"\nstrict = { within = \"4h\" }",
        "value",
        "[[provision.version]]",
        "none fits",
    ),
    ("anchor = \"each\"\nruns_from = \"disclosed\"", STRICT, "value", "[[provision]]", "repeats"),
    // A comparison that could never be true would stop a clock.
    (
        "when = { attribute = \"xx-law/size\", is = \"larg\" }",
        STRICT,
        "value",
        "{ attribute",
        "none of small, middle, large",
    ),
    (
        "when = { attribute = \"xx-law/size\", one_of = [\"large\", 3] }",
        STRICT,
        "value",
        "{ attribute",
        "none of small, middle, large",
    ),
    (
        "when = { attribute = \"eu/member-state\", is = \"UK\" }",
        STRICT,
        "value",
        "{ attribute",
        "no Member State",
    ),
    (
        "when = { attribute = \"xx-law/core\", is = \"maybe\" }",
        STRICT,
        "value",
        "{ attribute",
        "neither `yes` nor `no`",
    ),
    (
        "when = { attribute = \"xx-law/core\", at_least = true }",
        STRICT,
        "value",
        "{ attribute",
        "is no number",
    ),
    (
        "when = { attribute = \"xx-law/size\", one_of = [] }",
        STRICT,
        "value",
        "{ attribute",
        "comparison is none",
    ),
    // Nothing hangs on a step of awareness by itself.
    ("met_by = [\"assessed\"]", STRICT, "value", "\"assessed\"", "step of awareness"),
    ("runs_from = \"assessed\"", STRICT, "value", "\"assessed\"", "step of awareness"),
    (
        "provisional_on = { assessed = \"xx-law/oral\" }",
        STRICT,
        "value",
        "\"xx-law/oral\"",
        "step of awareness",
    ),
    // What does nothing where it stands.
    ("allowed_when = \"xx-law/oral\"", STRICT, "value", "\"xx-law/oral\"", "does nothing"),
    ("keep_at_least = \"6mo\"", STRICT, "value", "\"6mo\"", "does nothing"),
    ("supersedes_from = 2021-01-01", STRICT, "value", "2021-01-01", "does nothing"),
    ("supersedes = \"xx-law/1\"", STRICT, "value", "\"xx-law/1\"\n\n", "its own place"),
    // A span of more than a hundred years has no end that can be written.
    ("", "strict = { within = \"1201mo\" }", "value", "\"1201mo\"", "no span"),
    (
        "",
        "strict = { within = \"2h\", counts = \"elapsd\" }",
        "value",
        "\"elapsd\"",
        "no counting rule",
    ),
];

const STRICT: &str = "strict = { within = \"24h\" }";

#[test]
fn every_wrong_key_is_told_with_its_line_and_column() {
    for (lines, version, code, fragment, word) in WRONG {
        let lines = format!("{ARISES}\n{lines}");
        let text = format!("{HEAD}{}", provision(&lines, &format!("{SINCE}{version}")));
        let problems = load(&text).expect_err(word);
        let found = problems.iter().find(|problem| problem.message.contains(word));
        let problem = found.unwrap_or_else(|| panic!("{word}: {problems:#?}"));
        assert_eq!(problem.code, *code, "{problem}");
        assert_eq!((problem.line, problem.column), place_of(&text, fragment), "{problem}\n{text}");
    }
}

#[test]
fn whom_it_is_owed_to_and_by_and_who_read_it_is_said() {
    let reading =
        "\n[[reading]]\nid = \"r\"\nsays = \"s\"\nby = \"b\"\non = 2026-11-23\nwhy = \"w\"\n";
    let whole = format!("{HEAD}{}{reading}", provision(ARISES, &format!("{SINCE}{STRICT}")));
    load(&whole).expect("a pack");
    for (part, instead, code, word) in [
        ("owed_to = \"office\"", "owed_to = \"offise\"", "undeclared", "`offise`"),
        ("owed_to = \"office\"", "owed_to = \" \"", "value", "names nobody"),
        ("owed_by = \"maker\"", "owed_by = [\"maker\", 3]", "value", "names no role"),
        ("owed_by = \"maker\"", "owed_by = []", "value", "names no role"),
        ("by = \"b\"", "by = \" \"", "unfinished", "left empty"),
        ("why = \"w\"", "why = \"\"", "unfinished", "left empty"),
        ("\"Europe/Brussels\"", "\"Etc/Unknown\"", "value", "not a time zone"),
    ] {
        let text = whole.replacen(part, instead, 1);
        assert_ne!(text, whole, "{part}");
        let problems = load(&text).expect_err(word);
        let found = problems.iter().find(|problem| problem.message.contains(word));
        assert_eq!(found.map(|problem| problem.code), Some(code), "{problems:#?}");
    }
    for to in ["internal", "users", "public"] {
        let text = whole.replacen("\"office\"", &format!("\"{to}\""), 1);
        load(&text).unwrap_or_else(|problems| panic!("{to}: {problems:#?}"));
    }
}

#[test]
fn a_pack_with_very_many_problems_is_told_in_a_moment() {
    let one = provision(ARISES, &format!("{SINCE}{STRICT}")).replace("\"hard\"", "\"tough\"");
    let text = format!("{HEAD}{}", one.repeat(5_000));
    let begun = std::time::Instant::now();
    assert_eq!(load(&text).expect_err("no class").len(), 5_000);
    // Looking for the line from the beginning each time would take many minutes.
    assert!(begun.elapsed() < std::time::Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[test]
fn a_version_in_force_says_since_when() {
    let text = format!("{HEAD}{}", provision(ARISES, "strict = { within = \"24h\" }"));
    let problems = load(&text).expect_err("no day");
    assert!(problems[0].message.contains("from when on"), "{problems:#?}");
}

#[test]
fn a_table_has_exactly_one_row_for_everything() {
    let told = |change: &dyn Fn(&str) -> String| {
        let table = change(TABLE);
        assert_ne!(table, TABLE);
        let text = format!("{HEAD}{}", provision(ARISES, &format!("{SINCE}{table}")));
        let problems = load(&text).expect_err("a wrong table");
        let problem = problems.iter().find(|problem| problem.code == "table");
        problem.unwrap_or_else(|| panic!("{problems:#?}")).message.clone()
    };
    let without = told(&|table| table.replace("  { is = [\"no\", \"*\"] },\n", ""));
    assert!(without.contains("no row for (no, small)"), "{without}");
    let twice = told(&|table| table.replace("[\"no\", \"*\"]", "[\"*\", \"small\"]"));
    assert!(twice.contains("(*, small) overlaps row 3"), "{twice}");
    let short = told(&|table| table.replace("[\"no\", \"*\"]", "[\"no\"]"));
    assert!(short.contains("1 values for 2 columns"), "{short}");
    let wrong = told(&|table| table.replace("\"middle\"", "\"huge\""));
    assert!(wrong.contains("`huge` cannot stand under `xx-law/size`"), "{wrong}");
}

#[test]
fn a_proposal_wants_a_case_where_it_is_foreseen_in_the_place_of_a_border_pair() {
    let version = "strict = { within = \"72h\" }";
    let law = format!("{HEAD}{}", provision(&format!("{ARISES}\nstatus = \"proposed\""), version));
    let words = with_words();
    let found = fact("incident-discovered", "2026-11-02T10:00Z");
    let codes = |lines: &str| -> Vec<&str> {
        let case = format!(
            "[[case]]\nname = \"a case\"\nroles = [\"xx-law/maker\"]\n{found}{}",
            expect(lines)
        );
        let mut files = files(&law, &words);
        files.push(("xx-law/tests/a.toml", &case));
        let only = ["xx-law".to_owned()].into();
        let reports = lint::check(&files, Some(&only));
        let problems = reports.iter().flat_map(|report| &report.problems);
        problems.map(|problem| problem.code).collect()
    };
    assert_eq!(codes("absent = true"), ["missing_foreseen_case"]);
    assert_eq!(codes("foreseen = true"), Vec::<&str>::new());
}
