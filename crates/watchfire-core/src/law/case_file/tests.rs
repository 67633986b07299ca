use super::*;

const CASE: &str = r#"[[case]]
name = "a case"
roles = ["eu-cra/manufacturer"]
attributes = { "eu/member-state" = "BE", "cn-rmsv/major-event" = true }
answers = { "eu-cra/severe-incident" = "no" }
now = "2026-12-12T00:00Z"

[[case.fact]]
id = "exploited"
kind = "exploitation-known"
occurred_at = "2026-09-30T10:00[Europe/Brussels]"
note = "a customer told us"

[[case.fact]]
kind = "submitted"
obligation = "eu-cra/14.2.a"
occurred_at = "2026-09-30T20:00Z"

[[case.expect]]
obligation = "eu-cra/14.2.a"
from_fact = "exploited"
state = "satisfied"
strict_due = "2026-10-01T08:00Z"
outer_due = "none"
"#;

fn parsed(text: &str) -> Result<Vec<Case>, Vec<Problem>> {
    parse("c.toml", text, Lawbook::builtin())
}

#[test]
fn a_case_is_read_as_it_is_written() {
    let cases = parsed(CASE).unwrap();
    let [case] = cases.as_slice() else { panic!("{cases:?}") };
    assert_eq!((case.name.as_str(), case.line), ("a case", 1));
    assert_eq!(case.question.now, Some("2026-12-12T00:00:00Z".parse().unwrap()));
    let ids: Vec<&str> = case.question.facts.iter().map(|fact| fact.id.as_str()).collect();
    assert_eq!(ids, ["exploited", "fact-2"]);
    assert_eq!(case.question.attributes.len(), 2);
    let expect = &case.expects[0];
    assert_eq!(expect.state, Some(State::Satisfied));
    assert_eq!(expect.outer_due, Some(ExpectedDue::None));
    assert!(!expect.absent && expect.provisional.is_none());
}

#[test]
fn a_case_without_facts_and_expects_is_a_case() {
    let cases = parsed("[[case]]\nname = \"x\"\nroles = []\n").unwrap();
    assert_eq!(cases[0].run(Lawbook::builtin(), None, None).1, []);
    assert!(cases[0].check(Lawbook::builtin()).is_empty());
}

/// Each row: what is replaced in [`CASE`], by what, and the line, column, code and part of the
/// message of the one problem that comes of it.
#[test]
fn every_mistake_is_refused_where_it_stands() {
    let same_id = "id = \"exploited\"\nkind = \"submitted\"";
    let taken = "kind = \"retracted\"\nof = \"fact-9\"\noccurred_at = \"2026-10-01T00:00Z\"\n\
                 [[case.expect]]";
    let decided = "kind = \"severe-incident-known\"\noccurred_at = \"2026-10-01T00:00Z\"\n\n\
                   [[case.expect]]";
    let step = |of: &str| {
        format!(
            "kind = \"assessed\"\nof = \"{of}\"\noccurred_at = \"2026-10-01T00:00Z\"\n[[case.expect]]"
        )
    };
    let extended = |to: &str| {
        format!(
            "kind = \"extension-granted\"\nobligation = \"eu-cra/14.2.a\"\nnew_due = \"{to}\"\n\
             occurred_at = \"2026-10-01T00:00Z\"\n[[case.expect]]"
        )
    };
    let stretch = "2026-10-09T10:00[Europe/Brussels]/2026-10-09T12:00[Europe/Brussels]";
    let known_before = "10:00[Europe/Brussels]\"\nknown_at = \"2026-09-30T07:59Z";
    let fact = |rest: &str| format!("[[case.fact]]\n{rest}");
    let rows = [
        ("name = \"a case\"\n", "", 1, 1, "toml", "missing field `name`"),
        ("name = \"a case\"", "name = \" \"", 2, 8, "value", "no name"),
        ("now = ", "then = ", 6, 1, "toml", "unknown field `then`"),
        ("roles = [\"eu-cra/manufacturer\"]\n", "", 1, 1, "toml", "missing field `roles`"),
        ("eu-cra/manufacturer", "eu-cra/maker", 3, 10, "undeclared", "the role `eu-cra/maker`"),
        ("\"BE\"", "\"XX\"", 4, 36, "value", "no Member State"),
        ("eu/member-state", "eu/state", 4, 16, "undeclared", "the attribute `eu/state`"),
        ("= true", "= [1]", 4, 66, "value", "no value of an attribute"),
        ("\"eu-cra/severe-", "\"eu-cra/big-", 5, 13, "undeclared", "`eu-cra/big-incident`"),
        ("= \"no\"", "= \"maybe\"", 5, 40, "value", "`maybe` is no answer"),
        ("= \"no\"", "= false", 5, 40, "toml", "invalid type"),
        ("-12T00:00Z", "-12", 6, 7, "value", "`now`"),
        ("-12T00:00Z", "-12[Asia/Shanghai]", 6, 7, "value", "stands for several"),
        ("exploitation-known", "exploited-known", 10, 8, "undeclared", "`exploited-known`"),
        ("10:00[Europe/Brussels]", "10:00", 11, 15, "value", "without zone or offset"),
        ("10:00[Europe/Brussels]", known_before, 12, 12, "value", "lies before `occurred_at`"),
        ("[[case.expect]]", &fact(&step("evidence-held")), 21, 6, "value", "`evidence-held`"),
        ("[[case.expect]]", &fact(&step("submitted")), 21, 6, "value", "step of awareness leads"),
        ("[[case.expect]]", &fact(&extended(stretch)), 22, 11, "value", "nor a day"),
        ("[[case.expect]]", &fact(&extended("2026-10-09T10:00")), 22, 11, "value", "nor a day"),
        ("note = ", "remark = ", 12, 1, "toml", "unknown field `remark`"),
        ("obligation = \"eu-cra/14.2.a\"\nocc", "occ", 14, 1, "value", "needs `obligation`"),
        ("= \"eu-cra/14.2.a\"\nocc", "= 5\nocc", 16, 14, "toml", "a provision id or a list"),
        ("= \"eu-cra/14.2.a\"\nocc", "= [\"x/1\"]\nocc", 16, 14, "undeclared", "`x/1`"),
        ("kind = \"submitted\"", same_id, 15, 6, "twice", "the id `exploited` stands twice"),
        ("[[case.expect]]", &fact(taken), 21, 6, "undeclared", "`fact-9`"),
        ("[[case.expect]]", &fact(decided), 5, 40, "value", "contradicts the fact `fact-3`"),
        ("\"eu-cra/14.2.a\"\nfrom", "\"eu-cra/99\"\nfrom", 20, 14, "undeclared", "`eu-cra/99`"),
        ("from_fact = \"exploited\"", "from_fact = \"x\"", 21, 13, "undeclared", "`from_fact`"),
        ("\"satisfied\"", "\"done\"", 22, 9, "value", "`done` is no state"),
        ("\"none\"", "\"never\"", 24, 13, "value", "`outer_due`"),
        ("\"none\"\n", "\"none\"\nabsent = true\n", 25, 10, "value", "has no state"),
        ("\"none\"\n", "\"none\"\nabsent = 1\n", 25, 10, "toml", "invalid type"),
    ];
    for (part, instead, line, column, code, message) in rows {
        assert!(CASE.contains(part), "{part}");
        let problems = parsed(&CASE.replacen(part, instead, 1)).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{part}: {problems:?}") };
        assert_eq!((problem.line, problem.column, problem.code), (line, column, code), "{problem}");
        assert!(problem.message.contains(message), "{problem}");
    }
}

#[test]
fn a_file_needs_a_case_and_each_case_a_name_of_its_own() {
    for empty in ["", "# nothing\n"] {
        assert_eq!(parsed(empty).unwrap_err()[0].message, "the file holds no case");
    }
    let problems = parsed(&format!("{CASE}\n{CASE}")).unwrap_err();
    assert_eq!((problems.len(), problems[0].code, problems[0].line), (1, "twice", 27));
    assert_eq!(parsed("[[case]\n").unwrap_err()[0].code, "toml");
}

#[test]
fn several_mistakes_are_told_at_once() {
    let text = CASE.replace("manufacturer", "maker").replace("exploitation-known", "x");
    assert_eq!(parsed(&text).unwrap_err().len(), 2, "{:?}", parsed(&text));
}

#[test]
fn an_answer_contradicts_only_what_stands_and_says_otherwise() {
    let with = |answer: &str, facts: &str| {
        let answers = format!("answers = {{ \"eu-cra/severe-incident\" = \"{answer}\" }}");
        parsed(&format!("[[case]]\nname = \"x\"\nroles = []\n{answers}\n{facts}"))
    };
    let known = "[[case.fact]]\nkind = \"severe-incident-known\"\noccurred_at = \
                 \"2026-10-01T00:00Z\"\n";
    let taken_back = "[[case.fact]]\nkind = \"retracted\"\nof = \"fact-1\"\noccurred_at = \
                      \"2026-10-02T00:00Z\"\n";
    let decided = |answer: &str| {
        format!(
            "[[case.fact]]\nkind = \"decided\"\npredicate = \"eu-cra/severe-incident\"\n\
             answer = \"{answer}\"\noccurred_at = \"2026-10-01T00:00Z\"\n"
        )
    };
    assert!(with("no", known).is_err());
    assert!(with("yes", known).is_ok());
    assert!(with("undecided", known).is_ok());
    assert!(with("no", &format!("{known}{taken_back}")).is_ok());
    assert!(with("no", &decided("yes")).is_err());
    assert!(with("yes", &decided("no")).is_err());
    assert!(with("no", &decided("no")).is_ok());
}

mod what_came_out {
    use super::*;
    use crate::law::pack::Class;

    fn obligation(state: State, from_fact: &str) -> Obligation {
        Obligation {
            provision: "eu-cra/14.2.a".parse().unwrap(),
            from_fact: Some(from_fact.parse().unwrap()),
            per_fact: false,
            class: Class::Hard,
            state,
            foreseen: false,
            provisional: false,
            after_strict: false,
            strict_from: None,
            strict_due: Some("2026-10-01T08:00:00Z".parse().unwrap()),
            outer_due: None,
            decision_due: None,
            projected_latest: None,
            satisfied_by: None,
            cites: None,
            version_from: None,
            reading: None,
            owed_by: [].into(),
            owed_to: None,
            form: None,
            remedy: None,
            trace: Vec::new(),
        }
    }

    fn expect(keys: &str) -> Expect {
        let (head, _) = CASE.split_once("from_fact").unwrap();
        let text = format!("{head}\n{keys}");
        parsed(&text).unwrap_or_else(|problems| panic!("{problems:?}")).remove(0).expects.remove(0)
    }

    /// Each row: the keys of an expect, what is listed, and how many problems it makes.
    #[test]
    fn only_what_is_written_is_checked() {
        let open = [obligation(State::Open, "exploited")];
        let gone = [obligation(State::NotApplicable, "exploited")];
        let to_come = [Obligation { foreseen: true, ..gone[0].clone() }];
        let both = [obligation(State::Open, "fact-2"), obligation(State::Overdue, "exploited")];
        let cases: &[(&str, &[Obligation], usize)] = &[
            ("", &open, 0),
            ("", &gone, 1),
            ("", &[], 1),
            ("absent = true", &open, 1),
            ("absent = true", &gone, 0),
            ("absent = true", &[], 0),
            ("absent = false", &gone, 1),
            ("absent = true\nfrom_fact = \"fact-2\"", &open, 0),
            ("state = \"not-applicable\"", &gone, 0),
            ("state = \"not-applicable\"", &[], 0),
            ("state = \"not-applicable\"", &open, 1),
            ("state = \"not-applicable\"\nstrict_due = \"none\"\nprovisional = false", &[], 0),
            ("state = \"not-applicable\"\nstrict_due = \"2026-10-01T08:00Z\"", &[], 1),
            ("foreseen = true", &to_come, 0),
            ("foreseen = true\nabsent = true", &to_come, 0),
            ("foreseen = true", &gone, 1),
            ("foreseen = true", &open, 1),
            ("foreseen = true", &[], 1),
            ("foreseen = false", &to_come, 1),
            ("foreseen = false", &open, 0),
            ("state = \"superseded\"", &[], 1),
            ("state = \"open\"\nprovisional = false\nafter_strict = false", &open, 0),
            ("state = \"due-soon\"\nprovisional = true\nafter_strict = true", &open, 3),
            ("strict_due = \"2026-10-01T10:00+02:00\"\nouter_due = \"none\"", &open, 0),
            ("strict_due = \"none\"\nouter_due = \"2026-10-01T08:00Z\"", &open, 2),
            ("strict_due = \"2026-10-01T08:00:01Z\"", &open, 1),
            ("state = \"overdue\"", &both, 0),
            ("state = \"overdue\"\nfrom_fact = \"fact-2\"", &both, 1),
            ("from_fact = \"fact-2\"", &open, 1),
        ];
        for (keys, listed, problems) in cases {
            let found = check::problems(&expect(keys), listed);
            assert_eq!(found.len(), *problems, "{keys}: {found:?}");
        }
    }

    #[test]
    fn a_difference_is_told_with_both_sides() {
        let open = [obligation(State::Open, "exploited")];
        let keys = "from_fact = \"exploited\"\nstrict_due = \"none\"";
        assert_eq!(
            check::problems(&expect(keys), &open),
            ["eu-cra/14.2.a from `exploited`: strict_due expected none, came out \
                 2026-10-01T08:00:00Z"]
        );
    }
}
