use jiff::civil::date;

use super::*;

fn one(text: &str) -> Result<Calendar, Vec<Problem>> {
    Calendars::load(&[("test.toml", text)]).map(|calendars| calendars.get("x").unwrap().clone())
}

fn with(rest: &str) -> String {
    format!(
        r#"id = "x"
title = {{ en = "X", zh-CN = "某地" }}
jurisdiction = "XX"
confidence = "unverified 0.80"
checked_on = 2026-11-23
source = "an act"
weekend = ["saturday", "sunday"]
{rest}"#
    )
}

fn rules(day: &str) -> String {
    with(&format!(
        "held = {{ from_year = 2020, until_year = 2030 }}\n[[day]]\nname = {{ en = \"D\", zh-CN = \"日\" }}\n{day}"
    ))
}

fn named_days(text: &str) -> Vec<Date> {
    one(text).unwrap().holidays().map(|(date, _)| date).collect()
}

#[test]
fn a_fixed_day_holds_from_its_first_to_its_last_year() {
    let text =
        rules("fixed = \"05-09\"\nfrom_year = 2022\nuntil_year = 2024\nexcept_years = [2023]");
    assert_eq!(named_days(&text), [date(2022, 5, 9), date(2024, 5, 9)]);
}

#[test]
fn a_day_is_moved_or_doubled_only_on_the_weekday_named() {
    let moved = named_days(&rules("fixed = \"04-27\"\nmoves = { sunday = -1 }"));
    assert!(moved.contains(&date(2025, 4, 26)) && !moved.contains(&date(2025, 4, 27)));
    assert!(moved.contains(&date(2026, 4, 27)));
    let doubled = named_days(&rules("fixed = \"05-04\"\nalso = { saturday = 2, sunday = 1 }"));
    assert!(doubled.contains(&date(2025, 5, 4)) && doubled.contains(&date(2025, 5, 5)));
    assert!(!doubled.contains(&date(2026, 5, 5)));
}

#[test]
fn a_weekday_from_a_day_may_be_that_day_itself() {
    let days = named_days(&rules("weekday = \"monday\"\non_or_after = \"10-25\""));
    assert!(days.contains(&date(2027, 10, 25)) && days.contains(&date(2022, 10, 31)));
}

#[test]
fn two_holidays_on_one_weekend_take_the_two_working_days_after_it() {
    let day = |on: &str| {
        format!(
            "[[day]]\nname = {{ en = \"D\", zh-CN = \"日\" }}\nfixed = \"{on}\"\nsubstitute = \"following-working-day\"\n"
        )
    };
    let held = "held = { from_year = 2027, until_year = 2027 }\n";
    let text = with(&format!("{held}{}{}", day("12-25"), day("12-26")));
    let expected = [25, 26, 27, 28].map(|d| date(2027, 12, d));
    assert_eq!(named_days(&text), expected);
}

#[test]
fn a_decreed_date_takes_the_place_of_the_rule_in_its_year_only() {
    let days = named_days(&rules("fixed = \"05-01\"\ndecreed = [2024-05-07]"));
    assert!(days.contains(&date(2024, 5, 7)) && !days.contains(&date(2024, 5, 1)));
    assert!(days.contains(&date(2026, 5, 1)));
}

fn published() -> Calendar {
    one(&with(
        "[[year]]\nyear = 2026\nsources = [\"a notice\"]\nworking = [2026-10-10]\n\
         off = [{ name = { en = \"N\", zh-CN = \"节\" }, dates = [2026-10-01, 2026-10-02] }]",
    ))
    .unwrap()
}

#[test]
fn a_working_weekend_is_a_working_day_and_its_neighbour_is_not() {
    let calendar = published();
    assert!(!calendar.is_day_off(date(2026, 10, 10)));
    assert!(calendar.is_working_weekend(date(2026, 10, 10)));
    assert_eq!(calendar.day_off(date(2026, 10, 11)), Some(DayOff::Weekend));
    let next = calendar.next_working_day(date(2026, 10, 10));
    assert_eq!(next, NextWorkingDay { date: date(2026, 10, 10), year_not_held: None });
}

#[test]
fn a_year_not_held_has_its_weekends_alone_and_says_so() {
    let calendar = published();
    assert!(!calendar.holds_year(2027));
    let next = calendar.next_working_day(date(2027, 10, 2));
    assert_eq!(next, NextWorkingDay { date: date(2027, 10, 4), year_not_held: Some(2027) });
    let next = calendar.next_working_day(date(2026, 10, 1));
    assert_eq!(next, NextWorkingDay { date: date(2026, 10, 5), year_not_held: None });
}

#[test]
fn a_file_that_is_wrong_is_refused_where_it_is_wrong() {
    let rows = [
        (rules("fixed = \"02-29\""), 11, "not a day of every year"),
        (rules("fixed = \"02-28\"\nfixde = 1"), 12, "unknown field `fixde`"),
        (rules("easter = \"western\""), 9, "needs one rule"),
        (rules("fixed = \"12-24\"\ndates = [2026-12-24]"), 9, "needs one rule"),
        (rules("dates = [2026-12-24T10:00:00]"), 11, "is not a day"),
        (rules("fixed = \"12-24\"\nmoves = { someday = 1 }"), 12, "unknown variant `someday`"),
        (
            with(
                "held = { from_year = 2030, until_year = 2020 }\n[[day]]\nname = { en = \"D\", zh-CN = \"日\" }\nfixed = \"01-01\"",
            ),
            8,
            "no span of years",
        ),
        (with("").replace("unverified 0.80", "sure"), 4, "`sure` is no confidence"),
        (with(""), 1, "either `held`"),
        (with("[[year]]\nyear = 2026\nsources = []\nworking = []\noff = []"), 8, "no source"),
        (
            with(
                "[[year]]\nyear = 2026\nsources = [\"n\"]\nworking = [2026-01-01]\noff = [{ name = { en = \"N\", zh-CN = \"节\" }, dates = [2026-01-01] }]",
            ),
            11,
            "both off and working",
        ),
    ];
    for (text, line, message) in rows {
        let problems = one(&text).expect_err(&text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].message.contains(message), "{problems:?}");
        assert_eq!(problems[0].line, line, "{problems:?}\n{text}");
    }
}

#[test]
fn one_id_is_not_given_twice() {
    let text = rules("fixed = \"01-01\"");
    let problems = Calendars::load(&[("a.toml", &text), ("b.toml", &text)]).unwrap_err();
    assert_eq!(problems[0].path, "b.toml");
}

/// A file that brings years to the calendar `x`.
fn update(rest: &str) -> String {
    format!("updates = \"x\"\nchecked_on = 2026-12-01\n{rest}")
}

fn year(year: i16, off: &str, working: &str) -> String {
    format!(
        "[[year]]\nyear = {year}\nsources = [\"notice of {year}\"]\nworking = [{working}]\n\
         off = [{{ name = {{ en = \"N\", zh-CN = \"节\" }}, dates = [{off}] }}]\n"
    )
}

fn updated(base: &str, updates: &[&str]) -> Result<Calendar, Vec<Problem>> {
    let paths: Vec<String> = (0..updates.len()).map(|place| format!("u{place}.toml")).collect();
    let mut files = vec![("x.toml", base)];
    files.extend(paths.iter().zip(updates).map(|(path, text)| (path.as_str(), *text)));
    Calendars::load(&files).map(|calendars| calendars.get("x").expect("x").clone())
}

#[test]
fn a_new_year_is_brought_by_a_further_file_and_leaves_the_others_alone() {
    let base = with(&(year(2026, "2026-10-01", "2026-10-10") + &year(2025, "2025-12-31", "")));
    let new = update(&year(2027, "2026-12-31, 2027-10-01", "2027-10-09"));
    // Asked before: what was reckoned then must not be kept.
    let before = one(&base).unwrap();
    assert_eq!(before.add_working_days(date(2027, 9, 30), 1).unwrap().date, date(2027, 10, 1));
    let calendar = updated(&base, &[&new]).unwrap();
    assert!([2025, 2026, 2027].into_iter().all(|year| calendar.holds_year(year)));
    assert!(!calendar.holds_year(2028));
    let next = calendar.next_working_day(date(2027, 10, 1));
    assert_eq!(next, NextWorkingDay { date: date(2027, 10, 4), year_not_held: None });
    assert!(
        calendar.is_working_weekend(date(2027, 10, 9)) && calendar.is_day_off(date(2026, 12, 31))
    );
    assert!(
        calendar.is_day_off(date(2026, 10, 1)) && calendar.is_working_weekend(date(2026, 10, 10))
    );
    assert_eq!(calendar.checked_on, date(2026, 11, 23));
    let years = BTreeSet::from([2027]);
    let brought = Update { path: "u0.toml".into(), checked_on: date(2026, 12, 1), years };
    assert_eq!(calendar.updates, [brought]);
    let DayOff::Holiday(holiday) = calendar.day_off(date(2027, 10, 1)).unwrap() else { panic!() };
    assert_eq!(holiday.source, "notice of 2027");
}

#[test]
fn a_year_that_is_brought_again_takes_the_place_of_the_whole_year() {
    let base = with(
        &(year(2026, "2025-12-31, 2026-01-01, 2026-10-01", "2026-10-10")
            + &year(2025, "2025-05-01", "")),
    );
    let corrected = update(&year(2026, "2026-01-01, 2026-10-02", "2026-10-11"));
    let calendar = updated(&base, &[&corrected]).unwrap();
    let off: Vec<Date> = calendar.holidays().map(|(day, _)| day).collect();
    assert_eq!(off, [date(2025, 5, 1), date(2026, 1, 1), date(2026, 10, 2)]);
    assert_eq!(calendar.working_days_decreed().collect::<Vec<_>>(), [date(2026, 10, 11)]);
}

#[test]
fn a_list_may_take_the_place_of_the_rules_of_a_year_and_rules_may_bring_years() {
    let base = rules("fixed = \"05-01\"");
    let calendar = updated(&base, &[&update(&year(2027, "2027-05-03", ""))]).unwrap();
    assert!(calendar.is_day_off(date(2027, 5, 3)) && calendar.is_day_off(date(2028, 5, 1)));
    // The 1st of May of 2027 is a Saturday; nobody calls it a holiday any more.
    assert_eq!(calendar.day_off(date(2027, 5, 1)), Some(DayOff::Weekend));
    let more = "confidence = \"unverified 0.50\"\nheld = { from_year = 2031, until_year = 2032 }\n\
                [[day]]\nname = { en = \"D\", zh-CN = \"日\" }\nfixed = \"05-02\"\n";
    let calendar = updated(&base, &[&update(more)]).unwrap();
    assert!(calendar.is_day_off(date(2031, 5, 2)) && !calendar.is_day_off(date(2031, 5, 1)));
    assert!(calendar.is_day_off(date(2030, 5, 1)));
    assert_eq!(calendar.confidence, Confidence::Unverified { percent: 50 });
}

#[test]
fn where_two_lists_speak_of_one_day_the_one_that_is_brought_counts() {
    let base = with(&year(2026, "2026-10-01", "2026-12-27"));
    let calendar = updated(&base, &[&update(&year(2027, "2026-12-27", ""))]).unwrap();
    assert!(matches!(calendar.day_off(date(2026, 12, 27)), Some(DayOff::Holiday(_))));
    let base = with(&year(2026, "2026-12-31", ""));
    let calendar = updated(&base, &[&update(&year(2027, "2027-01-01", "2026-12-31"))]).unwrap();
    assert!(!calendar.is_day_off(date(2026, 12, 31)));
}

#[test]
fn an_update_that_is_wrong_is_refused_where_it_is_wrong() {
    let base = with(&year(2026, "2026-10-01", ""));
    let good = update(&year(2027, "2027-10-01", ""));
    let rows = [
        (good.replace("\"x\"", "\"y\""), 1, "there is no calendar `y` to update"),
        (good.replace("updates", "id = \"x\"\nupdates"), 1, "unknown field `id`"),
        (update(""), 1, "either `held`"),
        (update(&year(2027, "2028-01-01", "")), 7, "is no day of 2027"),
        (update(&year(2027, "2026-11-30", "")), 7, "is no day of 2027"),
        (update(&year(2027, "2027-10-01", "2026-10-10")), 6, "is no day of 2027"),
        (update(&year(12, "2027-10-01", "")), 3, "12 is no year"),
        (good.replace("[\"notice of 2027\"]", "[]"), 3, "has no source"),
        (good.replace("checked_on = 2026-12-01\n", ""), 1, "missing field `checked_on`"),
    ];
    for (text, line, message) in rows {
        let problems = updated(&base, &[&text]).expect_err(&text);
        assert!(problems[0].message.contains(message), "{problems:?}");
        assert_eq!(
            (problems[0].line, &*problems[0].path),
            (line, "u0.toml"),
            "{problems:?}\n{text}"
        );
    }
    let problems = updated(&base, &[&good, &good]).unwrap_err();
    assert_eq!(problems[0].path, "u1.toml");
    assert!(problems[0].message.contains("2027") && problems[0].message.contains("u0.toml"));
}
