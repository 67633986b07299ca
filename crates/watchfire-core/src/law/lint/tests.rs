use super::*;

const SHARED: [(&str, &str); 3] = [
    (
        "attributes.toml",
        "[attribute.\"eu/member-state\"]\ntype = \"member-state\"\nmeaning = \"state\"\n",
    ),
    (
        "facts.toml",
        "[fact.found]\nmeaning = \"found\"\n[fact.submitted]\nmeaning = \"sent\"\n\
         [fact.seen]\nmeaning = \"seen\"\n",
    ),
    (
        "member-states.toml",
        "default = \"BE\"\n[[member_state]]\ncode = \"BE\"\nname = \"Belgium\"\n\
         zone = \"Europe/Brussels\"\ncalendar = \"be\"\n",
    ),
];

const LAW: &str = r#"id = "xx-law"
jurisdiction = "XX"
title = "A law"
time_zone = "Asia/Shanghai"
source = "https://law.example/1"
checked_on = 2026-11-23
confidence = "primary"

[roles.maker]
name = "maker"

[authorities.office]
name = "the office"

[[provision]]
id = "xx-law/1"
class = "hard"
cites = "Article 1"
arises_on = ["found"]
owed_by = "maker"
owed_to = "office"

[[provision.version]]
effective_from = 2026-01-01
strict = { within = "24h" }

[[provision.version]]
effective_from = 2027-01-01
strict = { within = "12h" }

[[reading]]
id = "ours"
says = "so"
by = "we"
on = 2026-11-23
why = "therefore"
"#;

/// A case that arises at an instant, and what it expects.
fn case(name: &str, at: &str, expect: &str) -> String {
    format!(
        "[[case]]\nname = \"{name}\"\nroles = [\"xx-law/maker\"]\n[[case.fact]]\nkind = \"found\"\n\
         occurred_at = \"{at}\"\n[[case.expect]]\nobligation = \"xx-law/1\"\n{expect}\n\n"
    )
}

/// The cases that the pack needs.
fn cases() -> String {
    border_pairs() + ABSENT
}

/// What else happens to who owes it, on the first day of the first version.
const ABSENT: &str = "[[case]]\nname = \"e\"\nroles = [\"xx-law/maker\"]\n[[case.fact]]\n\
                      kind = \"seen\"\noccurred_at = \"2026-01-01T10:00+08:00\"\n\
                      [[case.expect]]\nobligation = \"xx-law/1\"\nabsent = true\n\n";

fn border_pairs() -> String {
    [
        case("a", "2025-12-31T23:59:59[Asia/Shanghai]", "absent = true"),
        case("b", "2026-01-01T00:00[Asia/Shanghai]", "state = \"open\""),
        case(
            "c",
            "2026-12-31T12:00[Asia/Shanghai]",
            "strict_due = \"2027-01-01T04:00Z\"\nouter_due = \"2027-01-01T04:00Z\"",
        ),
        case(
            "d",
            "2027-01-01T12:00[Asia/Shanghai]",
            "strict_due = \"2027-01-01T16:00Z\"\nouter_due = \"2027-01-01T16:00Z\"",
        ),
    ]
    .concat()
}

fn reports(law: &str, cases: &str) -> Vec<PackReport> {
    let mut files = SHARED.to_vec();
    files.push(("xx-law/law.toml", law));
    files.push(("xx-law/tests/border.toml", cases));
    check(&files, None)
}

/// Checks that one problem is found, with its code and the line on which it stands.
fn expect_one(law: &str, cases: &str, code: &str, line: usize) {
    let reports = reports(law, cases);
    let problems: Vec<&Problem> = reports.iter().flat_map(|report| &report.problems).collect();
    let [problem] = problems.as_slice() else { panic!("{code}: {problems:?}") };
    assert_eq!((problem.code, problem.line), (code, line), "{problem:?}");
    assert!(!problem.hint.is_empty() && problem.column >= 1, "{problem:?}");
    let all_load = reports.iter().all(|report| report.loads);
    assert_eq!(all_load, is_missing(code), "{reports:?}");
}

#[test]
fn a_whole_pack_has_no_problem() {
    let reports = reports(LAW, &cases());
    assert_eq!(reports.len(), 1);
    let report = &reports[0];
    assert_eq!((report.law.as_str(), report.path.as_str()), ("xx-law", "xx-law/law.toml"));
    assert!(report.loads && report.problems.is_empty(), "{report:?}");
}

/// Each row: what is replaced in the pack and by what, and the code and line of what comes of it.
#[test]
fn what_is_missing_in_a_pack_is_found_where_it_is_missing() {
    let outer = "effective_from = 2026-01-01\nouter = { within = \"2d\" }";
    let steps = "awareness = { strict = [\"assessed\"] }\nowed_by";
    let rows = [
        ("cites = \"Article 1\"\n", "", "missing_citation", 15),
        ("cites = \"Article 1\"", "cites = \" \"", "missing_citation", 15),
        ("source = \"https://law.example/1\"\n", "", "missing_source", 1),
        ("checked_on = 2026-11-23\nconf", "conf", "missing_checked_on", 1),
        ("effective_from = 2026-01-01", outer, "missing_reading", 23),
        ("effective_from = 2027-01-01", "effective_from = 2027-01-02", "missing_border_pair", 27),
        ("owed_by", steps, "undeclared", 20),
    ];
    for (part, instead, code, line) in rows {
        assert!(LAW.contains(part), "{part}");
        expect_one(&LAW.replacen(part, instead, 1), &cases(), code, line);
    }
    let read =
        LAW.replacen("effective_from = 2026-01-01", &format!("{outer}\nreading = \"ours\""), 1);
    assert!(reports(&read, &cases())[0].problems.is_empty());
}

#[test]
fn steps_of_awareness_that_differ_need_a_reading() {
    let facts = format!("{}[fact.assessed]\nmeaning = \"assessed\"\n", SHARED[1].1);
    let found = |awareness: &str| {
        let law = LAW.replacen("owed_by", &format!("awareness = {awareness}\nowed_by"), 1);
        let law = law.replace(
            "strict = { within = \"12h\" }",
            "strict = { within = \"12h\" }\nreading = \"ours\"",
        );
        let cases = cases();
        let mut files = SHARED.to_vec();
        files[1].1 = &facts;
        files.extend([("xx-law/law.toml", law.as_str()), ("xx-law/tests/b.toml", cases.as_str())]);
        let reports = check(&files, None);
        reports.iter().flat_map(|report| &report.problems).map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(found("{ strict = [\"assessed\"] }"), ["missing_reading"]);
    assert_eq!(found("{ strict = [\"assessed\"], outer = [\"assessed\"] }"), [""; 0]);
}

/// Each row: what is replaced in the cases and by what, and the version whose pair it breaks.
#[test]
fn a_border_pair_lies_on_the_border_and_says_what_changed() {
    let rows = [
        ("2025-12-31T23:59:59[Asia/Shanghai]", "2025-12-30T23:59:59[Asia/Shanghai]", 23),
        ("2025-12-31T23:59:59[Asia/Shanghai]", "2025-12-31T23:59:59[Europe/Brussels]", 23),
        ("absent = true", "state = \"open\"", 23),
        ("2026-01-01T00:00[Asia/Shanghai]", "2026-01-02T00:00[Asia/Shanghai]", 23),
        ("state = \"open\"", "absent = true", 23),
        ("2026-12-31T12:00", "2026-12-30T12:00", 27),
        ("strict_due = \"2027-01-01T04:00Z\"", "state = \"open\"", 27),
        ("outer_due = \"2027-01-01T16:00Z\"", "state = \"open\"", 27),
    ];
    for (part, instead, line) in rows {
        assert!(cases().contains(part), "{part}");
        expect_one(LAW, &cases().replacen(part, instead, 1), "missing_border_pair", line);
    }
}

#[test]
fn a_case_of_somebody_who_does_not_owe_it_is_no_border() {
    let nobody = cases().replacen("[\"xx-law/maker\"]", "[]", 1);
    expect_one(LAW, &nobody, "missing_border_pair", 23);
}

/// Each row: what is replaced in the case in which nothing must arise, and by what, so that it says
/// nothing any more.
#[test]
fn a_case_in_which_it_must_not_arise_lies_in_its_time_and_expects_that() {
    let rows = [
        ("absent = true", "state = \"open\""),
        ("[\"xx-law/maker\"]", "[]"),
        ("2026-01-01T10:00+08:00", "2025-12-31T10:00+08:00"),
        ("2026-01-01T10:00+08:00", "2026-01-01T00:00+09:00"),
        ("[[case.fact]]\nkind = \"seen\"\noccurred_at = \"2026-01-01T10:00+08:00\"\n", ""),
        (ABSENT, ""),
    ];
    for (part, instead) in rows {
        assert!(ABSENT.contains(part), "{part}");
        let cases = border_pairs() + &ABSENT.replacen(part, instead, 1);
        expect_one(LAW, &cases, "missing_absent_case", 15);
    }
    // To somebody else the very thing may happen on which it arises.
    let of_another = ABSENT.replace("\"seen\"", "\"found\"").replace("[\"xx-law/maker\"]", "[]");
    assert!(reports(LAW, &(border_pairs() + &of_another))[0].problems.is_empty());
    // After it has ended, it is for the day that nothing arises.
    let ended = LAW.replacen(
        "strict = { within = \"12h\" }",
        "effective_to = 2028-01-01\nstrict = { within = \"12h\" }",
        1,
    );
    let late = ABSENT.replace("2026-01-01", "2028-01-01");
    expect_one(&ended, &(border_pairs() + &late), "missing_absent_case", 15);
}

#[test]
fn after_a_break_the_pair_begins_with_nothing_owed_again() {
    let broken = LAW.replacen(
        "strict = { within = \"24h\" }",
        "effective_to = 2026-06-01\nstrict = { within = \"24h\" }",
        1,
    );
    expect_one(&broken, &cases(), "missing_border_pair", 28);
}

/// What keeps a pack from loading, in each of its files.
#[test]
fn what_does_not_load_is_found_with_its_own_code() {
    let rows = [
        ("jurisdiction", "jurisdictions", "toml", 2),
        ("\"Asia/Shanghai\"", "\"Asia/Atlantis\"", "value", 4),
        ("[\"found\"]", "[\"lost\"]", "undeclared", 19),
        ("owed_to = \"office\"\n", "", "unfinished", 15),
        ("effective_from = 2027-01-01", "effective_from = 2025-01-01", "versions", 27),
    ];
    for (part, instead, code, line) in rows {
        assert!(LAW.contains(part), "{part}");
        expect_one(&LAW.replacen(part, instead, 1), &cases(), code, line);
    }
    expect_one(
        LAW,
        &format!("{}[[case]]\nname = \"f\"\nroles = [\"xx/y\"]\n", cases()),
        "undeclared",
        55,
    );
}

#[test]
fn a_broken_pack_does_not_hide_what_another_lacks() {
    let other = LAW.replace("xx-law", "yy-law").replace("cites = \"Article 1\"\n", "");
    let other_cases = cases().replace("xx-law", "yy-law");
    let broken = LAW.replace("\"hard\"", "\"tough\"");
    let cases = cases();
    let mut files = SHARED.to_vec();
    files.extend([
        ("xx-law/law.toml", broken.as_str()),
        ("xx-law/tests/border.toml", cases.as_str()),
        ("yy-law/law.toml", other.as_str()),
        ("yy-law/tests/border.toml", other_cases.as_str()),
    ]);
    let reports = check(&files, None);
    let found: Vec<(&str, bool, &str)> = reports
        .iter()
        .map(|report| (report.law.as_str(), report.loads, report.problems[0].code))
        .collect();
    assert_eq!(found, [("xx-law", false, "value"), ("yy-law", true, "missing_citation")]);
    let only = BTreeSet::from(["yy-law".to_owned()]);
    assert_eq!(check(&files, Some(&only)).len(), 1);
}

#[test]
fn a_shared_file_that_does_not_load_is_told_of_whatever_is_asked_for() {
    let mut files = SHARED.to_vec();
    files[1] = ("facts.toml", "[fact.found]\nmeanings = \"x\"\n");
    files.push(("xx-law/law.toml", LAW));
    let reports = check(&files, Some(&BTreeSet::new()));
    let shared = reports.iter().find(|report| report.path == "facts.toml").expect("a report");
    assert_eq!((shared.law.as_str(), shared.loads, shared.problems[0].code), ("", false, "toml"));
}
