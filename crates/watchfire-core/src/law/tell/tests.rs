use std::sync::Arc;

use super::*;
use crate::law::condition::{Answer, Condition};
use crate::law::confidence::Confidence;
use crate::law::count::{Counts, Ends, RollRule, Within};
use crate::law::pack::{CalendarRule, Roll, Span};
use crate::law::text::Text;
use crate::law::trace::{ExtensionIgnored, Side, Vague};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn words(en: &str, zh_cn: &str) -> Text {
    Text { en: en.into(), zh_cn: zh_cn.into() }
}

fn date(text: &str) -> jiff::civil::Date {
    text.parse().expect("a day")
}

fn span(within: &str, counts: Counts) -> Span {
    let within = Within::parse(within).expect("a span");
    let whole_days = matches!(counts, Counts::ExcludeTriggerDay | Counts::SecB1);
    let ends = if whole_days { Ends::EndOfDay } else { Ends::Exact };
    let (calendar, rolls, runs_from) = (None, None, None);
    Span { within, counts, ends, calendar, rolls, runs_from, no_later_than: Vec::new() }
}

/// The number of kinds of step. A new kind does not compile here before it is numbered, and then
/// fails [`every_kind_of_step_is_told`] until it is in the list.
const KINDS: usize = 34;

fn number(step: &Step) -> usize {
    match step {
        Step::Provision { .. } => 0,
        Step::AroseOn { .. } => 1,
        Step::ProvisionalOn { .. } => 2,
        Step::CountsAsAbsent { .. } => 3,
        Step::Retracted { .. } => 4,
        Step::Condition { .. } => 5,
        Step::Version { .. } => 6,
        Step::NotInForce { .. } => 7,
        Step::VersionAtAnchor { .. } => 8,
        Step::Reading { .. } => 9,
        Step::MemberState { .. } => 10,
        Step::Starts { .. } => 11,
        Step::Counted { .. } => 12,
        Step::Rolled { .. } => 13,
        Step::YearNotHeld { .. } => 14,
        Step::Also { .. } => 15,
        Step::Waits { .. } => 16,
        Step::NoTarget => 17,
        Step::Extended { .. } => 18,
        Step::ExtensionIgnored { .. } => 23,
        Step::SubmittedBefore { .. } => 19,
        Step::Submitted { .. } => 24,
        Step::Decide { .. } => 20,
        Step::Superseded { .. } => 21,
        Step::TimeZones { .. } => 22,
        Step::Proposed { .. } => 25,
        Step::Foreseen => 26,
        Step::Variant { .. } => 27,
        Step::NoLaterThan { .. } => 28,
        Step::RollsOnlyIf { .. } => 29,
        Step::PeriodUnknown { .. } => 30,
        Step::NoDateInTable => 31,
        Step::Met { .. } => 32,
        Step::Sourced { .. } => 33,
    }
}

fn of_the_text() -> Vec<Step> {
    let calendar_days = words("The day of discovery is not counted.", "发现当日不计入。");
    vec![
        Step::Provision {
            id: name("cn-rmsv/7.2"),
            norm: false,
            cites: Some(words("Article 7, item (2)", "第七条第二项")),
        },
        Step::Provision { id: name("cn-rmsv/8"), norm: false, cites: None },
        Step::Provision { id: name("norm-linux-distros/14"), norm: true, cites: None },
        Step::Sourced { confidence: Confidence::Primary, checked_on: Some(date("2026-11-23")) },
        Step::Sourced { confidence: Confidence::Secondary, checked_on: None },
        Step::Sourced {
            confidence: Confidence::Unverified { percent: 85 },
            checked_on: Some(date("2026-11-23")),
        },
        Step::Version { effective_from: date("2021-09-01"), zone: "Asia/Shanghai".into() },
        Step::NotInForce { first_from: Some(date("2021-09-01")), zone: "Asia/Shanghai".into() },
        Step::NotInForce { first_from: None, zone: "Asia/Shanghai".into() },
        Step::VersionAtAnchor {
            arose_under: date("2021-09-01"),
            anchored_under: date("2027-01-01"),
        },
        Step::Reading { id: "calendar-days".into(), says: calendar_days.clone() },
        Step::MemberState { code: "BE".into(), zone: "Europe/Brussels".into(), assumed: true },
        Step::MemberState { code: "FI".into(), zone: "Europe/Helsinki".into(), assumed: false },
        Step::Also {
            reading: "calendar-days".into(),
            says: calendar_days,
            due: at("2026-10-01T16:00:00Z"),
        },
        Step::Superseded { by: name("cn-rmsv/8") },
        Step::TimeZones { version: "2026b" },
    ]
}

fn of_the_facts() -> Vec<Step> {
    let predicate = || name("cn-rmsv/component-in-own-product");
    let provisional =
        |answer| Step::ProvisionalOn { fact: name("upstream"), predicate: predicate(), answer };
    let condition = |answer, undecided| Step::Condition { answer, undecided };
    let arose = |kind, towards: Option<&str>, known: &str| Step::AroseOn {
        fact: name("found"),
        kind: name(kind),
        towards: towards.map(name),
        lo: at("2026-09-29T08:20:00Z"),
        known_at: at(known),
    };
    vec![
        arose("vulnerability-known", None, "2026-09-29T08:20:00Z"),
        arose("received-by-channel", Some("vulnerability-known"), "2026-09-29T09:00:30Z"),
        provisional(Answer::Yes),
        provisional(Answer::Undecided),
        provisional(Answer::No),
        Step::CountsAsAbsent { fact: name("upstream"), predicate: predicate() },
        Step::Retracted { fact: name("found"), by: name("fact-3") },
        condition(Answer::Yes, vec![]),
        condition(Answer::No, vec![]),
        condition(Answer::Undecided, vec![]),
        condition(Answer::Undecided, vec![predicate(), name("eu-cra/severe-incident")]),
        Step::Decide { predicate: predicate(), due: at("2026-09-29T12:20:00Z") },
    ]
}

fn of_the_count() -> Vec<Step> {
    let starts = |side, vague| Step::Starts {
        side,
        fact: name("found"),
        at: at("2026-09-29T08:20:00.5Z"),
        vague,
    };
    let counted = |span| {
        let span = Arc::new(span);
        Step::Counted { side: Side::Outer, span, due: at("2026-10-08T16:00:00Z") }
    };
    let rolls = |rule, calendar, span| Span {
        rolls: Some(Roll { rule, only_if: None }),
        calendar: Some(calendar),
        ..span
    };
    let two_days = || span("2d", Counts::ExcludeTriggerDay);
    let cn = || CalendarRule::Fixed("cn".to_owned());
    let states = || CalendarRule::OfMemberState;
    let sec = Span {
        ends: Ends::At(jiff::civil::time(17, 30, 0, 0)),
        calendar: Some(CalendarRule::Fixed("us-sec".to_owned())),
        ..span("4bd", Counts::SecB1)
    };
    vec![
        starts(Side::Strict, Vague::Exact),
        starts(Side::Strict, Vague::Interval),
        starts(Side::Outer, Vague::Interval),
        starts(Side::Strict, Vague::Gap),
        starts(Side::Outer, Vague::Gap),
        starts(Side::Strict, Vague::Fold),
        starts(Side::Outer, Vague::Fold),
        Step::Counted {
            side: Side::Strict,
            span: Arc::new(span("48h", Counts::Elapsed)),
            due: at("2026-10-01T08:20:00Z"),
        },
        counted(span("1h", Counts::NextFullHour)),
        counted(span("1mo", Counts::Elapsed)),
        counted(Span { ends: Ends::EndOfDay, ..span("2w", Counts::Elapsed) }),
        counted(rolls(RollRule::NextWorkingDayEnd, cn(), two_days())),
        counted(rolls(RollRule::NextWorkingDayEnd, states(), two_days())),
        counted(rolls(RollRule::NoonNextWorkingDay, states(), span("4h", Counts::Elapsed))),
        counted(rolls(RollRule::NextBusinessDay, cn(), sec.clone())),
        counted(rolls(RollRule::PreviousBusinessDay, cn(), sec.clone())),
        counted(sec),
        Step::Rolled { calendar: "cn".into(), from: date("2026-10-01"), to: date("2026-10-08") },
        Step::YearNotHeld { calendar: "cn".into(), year: 2027 },
    ]
}

fn asks(predicate: &str) -> Arc<Condition> {
    Arc::new(Condition::Predicate(name(predicate)))
}

fn of_limits() -> Vec<Step> {
    let limit = |lapsed| Step::NoLaterThan {
        side: Side::Strict,
        fact: name("found"),
        within: Within::parse("24h").expect("a span"),
        due: at("2026-09-30T08:20:00Z"),
        lapsed,
    };
    let relief = |answer, moves| Step::RollsOnlyIf {
        side: Side::Outer,
        condition: asks("eu-dora/weekend-relief"),
        answer,
        moves,
    };
    let variant = |decided, table, remedy| Step::Variant {
        when: asks("hk-cap-653/core-function"),
        decided,
        table,
        remedy,
    };
    let met = |after_strict, late| Step::Met {
        fact: name("found"),
        kind: name("materiality-determined"),
        at: at("2026-10-01T10:00:00Z"),
        after_strict,
        late,
    };
    vec![
        Step::Proposed { proposed_on: None, foreseen_from: None, would_end: None },
        Step::Proposed {
            proposed_on: Some(date("2024-04-04")),
            foreseen_from: Some(date("2027-01-01")),
            would_end: Some(at("2026-10-02T08:20:00Z")),
        },
        Step::Foreseen,
        variant(true, false, None),
        variant(false, true, Some(words("Fix on upgrade.", "随系统升级修复。"))),
        limit(false),
        limit(true),
        relief(Answer::Yes, true),
        relief(Answer::No, false),
        relief(Answer::Undecided, true),
        Step::PeriodUnknown { why: words("No source seen.", "未见来源。") },
        Step::NoDateInTable,
        met(false, false),
        met(true, true),
    ]
}

fn of_the_end() -> Vec<Step> {
    let submitted = |after_strict, late| Step::Submitted {
        fact: name("sent"),
        at: at("2026-10-01T10:00:00Z"),
        after_strict,
        late,
    };
    let ignored = |why| Step::ExtensionIgnored { fact: name("granted"), why };
    vec![
        Step::Waits { trigger: "measure-available".to_owned(), latest: None },
        Step::Waits {
            trigger: "submitted eu-cra/14.4.b".to_owned(),
            latest: Some(at("2026-10-31T08:20:00Z")),
        },
        Step::NoTarget,
        Step::Extended {
            fact: name("granted"),
            strict: at("2026-10-31T15:00:00Z"),
            outer: at("2026-10-31T16:00:00Z"),
            under: words("Article 9", "第九条"),
        },
        ignored(ExtensionIgnored::LawKnowsNone),
        ignored(ExtensionIgnored::Earlier),
        ignored(ExtensionIgnored::TooLate),
        ignored(ExtensionIgnored::NoDate),
        Step::SubmittedBefore { fact: name("sent"), at: at("2026-09-29T08:00:00Z") },
        submitted(false, false),
        submitted(true, false),
        submitted(true, true),
    ]
}

fn all() -> Vec<Step> {
    [of_the_text(), of_the_facts(), of_the_count(), of_limits(), of_the_end()].concat()
}

#[test]
fn every_kind_of_step_is_told() {
    let told: std::collections::BTreeSet<usize> = all().iter().map(number).collect();
    assert_eq!(told.len(), KINDS);
    for language in Language::ALL {
        for line in tell(&all(), Lawbook::builtin(), language) {
            assert!(line.chars().count() > 5, "{line}");
        }
    }
}

#[test]
fn the_steps_in_english() {
    insta::assert_snapshot!(tell(&all(), Lawbook::builtin(), Language::En).join("\n"));
}

#[test]
fn the_steps_in_chinese() {
    insta::assert_snapshot!(tell(&all(), Lawbook::builtin(), Language::ZhCn).join("\n"));
}

#[test]
fn instants_stand_alone_where_no_step_knows_the_zone() {
    let steps = [Step::SubmittedBefore { fact: name("a"), at: at("2026-01-01T00:00:00Z") }];
    let told = tell(&steps, Lawbook::builtin(), Language::En);
    assert!(told[0].contains("at 2026-01-01 00:00 UTC does not"), "{told:?}");
}

#[test]
fn what_nobody_declared_is_told_by_its_name() {
    let steps = [Step::Provision { id: name("none/1"), norm: false, cites: None }];
    assert_eq!(tell(&steps, Lawbook::builtin(), Language::En), ["`none/1`: none."]);
}

#[test]
fn a_law_stands_in_one_pair_of_title_marks() {
    for (id, told) in [
        ("cn-ndsr/10", "`cn-ndsr/10`：《网络数据安全管理条例》。"),
        ("eu-gdpr/33.1", "`eu-gdpr/33.1`：《通用数据保护条例》，欧盟第2016/679号条例。"),
    ] {
        let steps = [Step::Provision { id: name(id), norm: false, cites: None }];
        assert_eq!(tell(&steps, Lawbook::builtin(), Language::ZhCn), [told]);
    }
}

#[test]
fn latin_beside_chinese_stands_apart() {
    for (left, right, told) in [
        ("《法》", "第七条", "《法》第七条"),
        ("《法》", "Article 14", "《法》 Article 14"),
        ("依据", "17 CFR 229.106", "依据 17 CFR 229.106"),
        ("Rule 7", "获准", "Rule 7 获准"),
        ("《法》", "", "《法》"),
        ("依据 ", "Rule 7", "依据 Rule 7"),
    ] {
        assert_eq!(super::beside(left, right), told);
    }
}

#[test]
fn a_condition_of_a_span_is_told_without_a_word_twice() {
    use crate::law::condition::{Condition, Value};
    let flag = || Condition::Flag(name("eu-nis2/trust-service"));
    let predicate = Condition::Predicate(name("eu-cra/severe-incident"));
    let one_of = Condition::OneOf(name("eu/member-state"), vec![Value::Text("BE".to_owned())]);
    let meant = "“The organization is a trust service provider”";
    for (condition, en, zh) in [
        (
            flag(),
            format!("(only where this holds: {meant})"),
            "（仅在“本单位为信任服务提供者”成立时）",
        ),
        (
            Condition::Not(Box::new(flag())),
            format!("(only where this does not hold: {meant})"),
            "（仅在“本单位为信任服务提供者”不成立时）",
        ),
        (predicate, "is answered with yes)".to_owned(), "回答为“是”时）"),
        (one_of, "is BE)".to_owned(), "为 BE 时）"),
    ] {
        let roll = Roll { rule: RollRule::NextWorkingDayEnd, only_if: Some(Arc::new(condition)) };
        let rolls = Span { rolls: Some(roll), ..span("2d", Counts::Elapsed) };
        let told = |language| super::span::tell(&rolls, Lawbook::builtin(), language);
        assert!(told(Language::En).ends_with(&en), "{}", told(Language::En));
        assert!(told(Language::ZhCn).ends_with(zh), "{}", told(Language::ZhCn));
    }
    // The built-in packs write such a span, too.
    let twice = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let again = words.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_owned());
        let between = |word: &str| {
            text.split(['(', '（', ';', '；']).any(|part| part.matches(word).count() > 1)
        };
        again
            .or_else(|| between("成立").then(|| "成立".to_owned()))
            .or_else(|| between(" hold").then(|| "holds".to_owned()))
    };
    assert_eq!(twice("it it is"), Some("it".to_owned()));
    assert_eq!(twice("（仅在 “甲”成立 成立时）"), Some("成立".to_owned()));
    assert_eq!(twice("(only where this holds: “it” holds)"), Some("holds".to_owned()));
    for pack in Lawbook::builtin().packs() {
        for span in pack.provisions.iter().flat_map(crate::law::pack::Provision::spans) {
            for language in [Language::En, Language::ZhCn] {
                let told = super::span::tell(span, Lawbook::builtin(), language);
                assert_eq!(twice(&told), None, "{told}");
            }
        }
    }
}
