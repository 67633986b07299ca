use super::*;
use crate::law::text::Language;

/// The built-in files with some parts replaced: path, what stands there, what comes instead.
pub(in crate::law) fn edited(edits: &[(&str, &str, &str)]) -> Lawbook {
    let mut files: Vec<(&str, String)> =
        Lawbook::builtin_files().iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
    for (path, part, instead) in edits {
        let (_, text) = files.iter_mut().find(|(name, _)| name == path).expect(path);
        assert!(text.contains(part), "{path} does not hold {part}");
        *text = text.replacen(part, instead, 1);
    }
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    Lawbook::load(&files).unwrap_or_else(|problems| panic!("{problems:?}"))
}

const RMSV: &str = "cn-rmsv/law.toml";
const STRICT: &str = r#"strict         = { within = "48h", counts = "elapsed" }
outer          = { within = "2d""#;
/// A line of `cn-rmsv/7.2`, at the end of its version.
const LAST_OF_7_2: &str = r#"also           = [{ reading = "calendar-days", within = "2d", counts = "exclude-trigger-day" }]"#;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn now() -> Timestamp {
    at("2026-11-24T00:00Z")
}

fn diff(edits: &[(&str, &str, &str)]) -> Diff {
    Diff::between(Lawbook::builtin(), &edited(edits), now())
}

/// The one change of an edit.
fn change(edits: &[(&str, &str, &str)]) -> Change {
    let diff = diff(edits);
    assert_eq!(diff.changes.len(), 1, "{:#?}", diff.changes);
    diff.changes.into_iter().next().expect("one change")
}

fn day(text: &str) -> Option<Date> {
    Some(text.parse().expect("a day"))
}

fn new_version(from: &str, within: &str) -> String {
    format!(
        "{LAST_OF_7_2}\n\n[[provision.version]]\neffective_from = {from}\nstrict = {{ within = \
         \"{within}\" }}\nouter = {{ within = \"2d\", counts = \"exclude-trigger-day\", ends = \
         \"end-of-day\", rolls = \"next-working-day-end\", calendar = \"cn\" }}\nreading = \
         \"forty-eight-hours\"\n"
    )
}

#[test]
fn a_lawbook_does_not_differ_from_itself() {
    let again = edited(&[]);
    assert!(Diff::between(Lawbook::builtin(), &again, now()).is_empty());
}

#[test]
fn a_new_version_is_told_against_the_one_before_it() {
    let change = change(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "24h"))]);
    assert_eq!((change.kind, change.nature), (ChangeKind::Added, Nature::Coming));
    assert_eq!((change.from, change.direction), (day("2027-03-01"), Direction::Stricter));
    let provision = "cn-rmsv/7.2".parse().expect("an id");
    let from = "2027-03-01".parse().expect("a day");
    assert_eq!(change.subject, Subject::Version { provision, from });
    let parts: Vec<Part> = change.moves.iter().map(|one| one.part).collect();
    assert_eq!(parts, [Part::Strict, Part::Also]);
    let laxer = diff(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "72h"))]);
    assert_eq!(laxer.changes[0].direction, Direction::Laxer);
}

#[test]
fn a_version_of_tomorrow_is_coming_and_one_of_today_came_late() {
    let new = edited(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "24h"))]);
    // Midnight in Shanghai is 16:00 UTC of the day before.
    for (now, nature) in [
        ("2027-02-28T15:59:59Z", Nature::Coming),
        ("2027-02-28T16:00:00Z", Nature::Late),
        ("2027-03-01T00:00:00Z", Nature::Late),
    ] {
        let diff = Diff::between(Lawbook::builtin(), &new, at(now));
        assert_eq!(diff.changes[0].nature, nature, "{now}");
        assert_eq!(nature.reaches_back(), nature == Nature::Late);
    }
}

#[test]
fn an_edit_of_what_is_in_force_is_a_correction_and_one_of_what_is_to_come_is_not() {
    let stricter = STRICT.replace("48h", "24h");
    let in_force = change(&[(RMSV, STRICT, &stricter)]);
    assert_eq!((in_force.kind, in_force.nature), (ChangeKind::Changed, Nature::Correction));
    assert_eq!((in_force.from, in_force.direction), (day("2021-09-01"), Direction::Stricter));
    let old = edited(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "24h"))]);
    let new = edited(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "36h"))]);
    let to_come = Diff::between(&old, &new, now()).changes;
    assert_eq!(to_come.len(), 1);
    assert_eq!((to_come[0].nature, to_come[0].direction), (Nature::Coming, Direction::Laxer));
    let gone = Diff::between(&old, Lawbook::builtin(), now()).changes;
    assert_eq!((gone[0].kind, gone[0].nature), (ChangeKind::Removed, Nature::Coming));
    let gone = Diff::between(&old, Lawbook::builtin(), at("2027-03-01T00:00Z")).changes;
    assert_eq!((gone[0].kind, gone[0].nature), (ChangeKind::Removed, Nature::Correction));
}

#[test]
fn a_version_that_is_put_off_is_one_change_and_not_two() {
    let old = edited(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "24h"))]);
    let new = edited(&[(RMSV, LAST_OF_7_2, &new_version("2027-09-01", "24h"))]);
    let changes = Diff::between(&old, &new, now()).changes;
    assert_eq!(changes.len(), 1, "{changes:#?}");
    let put_off = &changes[0];
    assert_eq!((put_off.nature, put_off.from), (Nature::Coming, day("2027-03-01")));
    assert_eq!((put_off.moves.len(), put_off.moves[0].part), (1, Part::EffectiveFrom));
    assert_eq!(put_off.direction, Direction::Laxer, "a stricter version comes later");
    let back = Diff::between(&new, &old, now()).changes;
    assert_eq!(back[0].direction, Direction::Stricter);
}

type Row<'a> = (&'a [(&'a str, &'a str, &'a str)], Part, Nature, Direction);

fn check_rows(rows: &[Row<'_>]) {
    for (edits, part, nature, direction) in rows {
        let found = change(edits);
        assert_eq!(found.moves.len(), 1, "{found:#?}");
        let told = (found.moves[0].part, found.nature, found.direction);
        assert_eq!(told, (*part, *nature, *direction), "{edits:?}");
    }
}

#[test]
fn each_part_of_a_provision_is_found_with_its_direction() {
    let rmsv = |part, instead| (RMSV, part, instead);
    check_rows(&[
        (
            &[rmsv(
                "owed_by   = \"provider\"\nowed_to   = \"cn-nvdb\"",
                "owed_by   = [\"provider\", \"operator\"]\nowed_to   = \"cn-nvdb\"",
            )],
            Part::OwedBy,
            Nature::Correction,
            Direction::Stricter,
        ),
        (
            &[rmsv("owed_to   = \"cn-nvdb\"", "owed_to   = \"cn-miit\"")],
            Part::OwedTo,
            Nature::Correction,
            Direction::Unclear,
        ),
        (
            &[rmsv("form      = \"vulnerability-report\"\n", "")],
            Part::Form,
            Nature::Correction,
            Direction::Unclear,
        ),
        (
            &[rmsv("Report the vulnerability to the ministry's", "Report it to the ministry's")],
            Part::Title,
            Nature::Editorial,
            Direction::Neutral,
        ),
        (
            &[rmsv(
                "cn-rmsv/5.log\"\nclass         = \"standing\"\n",
                "cn-rmsv/5.log\"\nclass         = \"standing\"\nmeasured_at   = \"known_at\"\n",
            )],
            Part::MeasuredAt,
            Nature::Correction,
            Direction::Laxer,
        ),
        (
            &[rmsv("keep_at_least = \"6mo\"", "keep_at_least = \"12mo\"")],
            Part::KeepAtLeast,
            Nature::Correction,
            Direction::Stricter,
        ),
        (
            &[(RMSV, STRICT, &STRICT.replace("elapsed\"", "elapsed\", ends = \"end-of-day\""))],
            Part::Strict,
            Nature::Correction,
            Direction::Laxer,
        ),
    ]);
}

#[test]
fn what_stands_around_provisions_is_found_too() {
    let rmsv = |part, instead| (RMSV, part, instead);
    check_rows(&[
        (
            &[rmsv("confidence   = \"secondary\"", "confidence   = \"primary\"")],
            Part::Confidence,
            Nature::Editorial,
            Direction::Neutral,
        ),
        (
            &[rmsv("time_zone    = \"Asia/Shanghai\"", "time_zone    = \"Asia/Urumqi\"")],
            Part::TimeZone,
            Nature::Correction,
            Direction::Unclear,
        ),
        (
            &[(
                "cn-rmsv/forms/vulnerability-report.toml",
                "id    = \"model\"\nlabel = { en = \"Model\", zh-CN = \"型号\" }\nneed  = \"required\"",
                "id    = \"model\"\nlabel = { en = \"Model\", zh-CN = \"型号\" }\nneed  = \"optional\"",
            )],
            Part::Need,
            Nature::AtOnce,
            Direction::Laxer,
        ),
        (
            &[(
                "calendars/cn.toml",
                "2018-10-06, 2018-10-07]",
                "2018-10-06, 2018-10-07, 2018-10-08]",
            )],
            Part::DaysOff,
            Nature::Correction,
            Direction::Unclear,
        ),
        (
            &[(
                "member-states.toml",
                "zone     = \"Europe/Vienna\"",
                "zone     = \"Europe/Berlin\"",
            )],
            Part::TimeZone,
            Nature::AtOnce,
            Direction::Unclear,
        ),
    ]);
}

#[test]
fn confidence_alone_touches_nothing_and_a_zone_every_provision_of_its_law() {
    let old = ReadsIndex::of(Lawbook::builtin());
    let touched = |edits: &[(&str, &str, &str)]| {
        let new = edited(edits);
        let diff = Diff::between(Lawbook::builtin(), &new, now());
        diff.touched(&old, &ReadsIndex::of(&new))
    };
    let words = touched(&[(RMSV, "confidence   = \"secondary\"", "confidence   = \"primary\"")]);
    assert!(words.is_empty(), "{words:?}");
    let zone = touched(&[(RMSV, "\"Asia/Shanghai\"", "\"Asia/Urumqi\"")]);
    let pack = Lawbook::builtin().pack("cn-rmsv").expect("the pack");
    assert!(pack.provisions.iter().all(|one| zone.contains(&one.id)));
    let predecessor = touched(&[(RMSV, STRICT, &STRICT.replace("48h", "24h"))]);
    // A platform passes on what was submitted under 7.2.
    let ids: Vec<&str> = predecessor.iter().map(ProvisionId::as_str).collect();
    assert_eq!(ids, ["cn-rmsv/7.2", "cn-rmsv/7.platform"]);
}

#[test]
fn a_law_that_is_added_comes_with_its_provisions() {
    let without: Vec<(&str, &str)> = Lawbook::builtin_files()
        .iter()
        .copied()
        .filter(|(path, _)| !path.starts_with("cn-rmsv/"))
        .collect();
    let without = Lawbook::load(&without).expect("the rest loads");
    let diff = Diff::between(&without, Lawbook::builtin(), now());
    let pack = Lawbook::builtin().pack("cn-rmsv").expect("the pack");
    let added = |change: &&Change| change.kind == ChangeKind::Added;
    assert_eq!(diff.of_law("cn-rmsv").count(), diff.changes.len());
    let provisions = diff
        .changes
        .iter()
        .filter(added)
        .filter(|one| matches!(one.subject, Subject::Provision(_)));
    assert_eq!(provisions.count(), pack.provisions.len());
    assert!(diff.changes.iter().all(|one| one.nature == Nature::Late), "it applies since 2021");
    let back = Diff::between(Lawbook::builtin(), &without, now());
    assert!(back.changes.iter().all(|one| one.nature == Nature::Correction));
}

#[test]
fn directions_of_spans_are_told_only_where_no_case_could_show_the_opposite() {
    let span = |within: &str, counts| Span {
        within: Within::parse(within).expect("a span"),
        counts,
        ends: crate::law::count::Ends::Exact,
        calendar: None,
        rolls: None,
        runs_from: None,
        no_later_than: Vec::new(),
    };
    use crate::law::count::Counts::{Elapsed, ExcludeTriggerDay, NextFullHour};
    for (before, after, expected) in [
        (span("72h", Elapsed), span("24h", Elapsed), Direction::Stricter),
        (span("24h", Elapsed), span("24h", NextFullHour), Direction::Laxer),
        (span("24h", Elapsed), span("1d", Elapsed), Direction::Unclear),
        (span("1mo", Elapsed), span("4w", Elapsed), Direction::Unclear),
        (span("1mo", Elapsed), span("26d", Elapsed), Direction::Stricter),
        (span("48h", Elapsed), span("2d", ExcludeTriggerDay), Direction::Unclear),
        (span("48h", Elapsed), span("3d", ExcludeTriggerDay), Direction::Laxer),
        (span("4bd", ExcludeTriggerDay), span("72h", Elapsed), Direction::Stricter),
        (span("4bd", ExcludeTriggerDay), span("10d", Elapsed), Direction::Unclear),
    ] {
        assert_eq!(strictness::spans(Some(&before), Some(&after)), expected, "{after:?}");
    }
}

#[test]
fn changes_are_told_in_both_languages() {
    let old = edited(&[(RMSV, LAST_OF_7_2, &new_version("2027-03-01", "24h"))]);
    let new = edited(&[
        (RMSV, STRICT, &STRICT.replace("48h", "36h")),
        (RMSV, LAST_OF_7_2, &new_version("2027-09-01", "24h")),
        (
            RMSV,
            "arises_on     = [\"vendor-notified\"]",
            "arises_on     = [\"vendor-notified\", \"vulnerability-known\"]",
        ),
        (RMSV, "confidence   = \"secondary\"", "confidence   = \"primary\""),
        ("cn-rmsv/forms/vulnerability-report.toml", "need  = \"required\"", "need  = \"optional\""),
        ("calendars/cn.toml", "2018-10-06, 2018-10-07]", "2018-10-06, 2018-10-07, 2018-10-08]"),
        (
            "eu-dora/law.toml",
            "within = \"24h\", runs_from = \"incident-discovered\", unless_past = true }] }",
            "within = \"12h\", runs_from = \"incident-discovered\" }] }",
        ),
        (
            "hk-cap-653/law.toml",
            "strict = { within = \"12h\", counts = \"elapsed\" }",
            "strict = { within = \"6h\", counts = \"elapsed\" }",
        ),
        ("member-states.toml", "zone     = \"Europe/Vienna\"", "zone     = \"Europe/Berlin\""),
    ]);
    let diff = Diff::between(&old, &new, now());
    for language in Language::ALL {
        let told: Vec<String> = diff
            .changes
            .iter()
            .map(|change| tell(change, &old, &new, language).join("\n  "))
            .collect();
        let name = match language {
            Language::En => "the_changes_in_english",
            Language::ZhCn => "the_changes_in_chinese",
        };
        insta::assert_snapshot!(name, told.join("\n"));
    }
}

#[test]
fn the_condition_of_a_roll_is_told_by_its_name_and_once() {
    let part = r#"rolls = "noon-next-working-day", rolls_if = "eu-dora/weekend-relief""#;
    let instead = r#"rolls = "noon-next-working-day", rolls_if = "eu-nis2/trust-service""#;
    let new = edited(&[("eu-dora/law.toml", part, instead)]);
    let diff = Diff::between(Lawbook::builtin(), &new, now());
    let told = |language| {
        let changes = diff.changes.iter();
        let told = changes.flat_map(|one| tell::tell(one, Lawbook::builtin(), &new, language));
        told.collect::<Vec<_>>().join("\n")
    };
    let en = told(Language::En);
    assert!(en.contains("(only where `eu-nis2/trust-service` holds)"), "{en}");
    let zh = told(Language::ZhCn);
    assert!(zh.contains("（仅在 `eu-nis2/trust-service` 成立时）"), "{zh}");
}
