//! Readings of the house, on the built-in packs.

use jiff::civil::date;

use super::*;
use crate::law::case_file;

const PROVISION: &str = "cn-rmsv/7.2";

fn text(words: &str) -> Text {
    Text { en: words.into(), zh_cn: words.into() }
}

/// A reading of `cn-rmsv/7.2`, which counts 48 hours by its pack.
fn reading(within: &str, counts: Counts, from: Date) -> HouseReading {
    HouseReading {
        provision: PROVISION.parse().expect("an id"),
        from,
        within: Within::parse(within).expect("a number and a unit"),
        counts,
        says: text("within \"a day\""),
        by: "Eva Employee".to_owned(),
        on: date(2026, 11, 30),
        why: text("the ministry said so\nby telephone"),
    }
}

fn first_of_december(within: &str) -> HouseReading {
    reading(within, Counts::Elapsed, date(2026, 12, 1))
}

fn laid(readings: &[HouseReading], over: &Files) -> Lawbook {
    let mut files = over.clone();
    for reading in readings {
        files = reading.to_files().over(&files);
    }
    Lawbook::from_files(&files).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Checks what a provider owes who learns of a vulnerability at these instants.
fn owes(book: &Lawbook, expected: &[(&str, &str, &str)]) {
    for (known_at, strict, outer) in expected {
        let case = format!(
            "[[case]]\nname = \"{known_at}\"\nroles = [\"cn-rmsv/provider\"]\n[[case.fact]]\nkind \
             = \"vulnerability-known\"\noccurred_at = \"{known_at}\"\n[[case.expect]]\nobligation \
             = \"{PROVISION}\"\nstrict_due = \"{strict}\"\nouter_due = \"{outer}\"\n"
        );
        let cases = case_file::parse("x.toml", &case, book).expect("a case");
        assert!(!cases.is_empty());
        for case in cases {
            let wrong: Vec<String> = case.check(book).iter().map(ToString::to_string).collect();
            assert!(wrong.is_empty(), "{known_at}: {wrong:?}");
        }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn refused(reading: &HouseReading) -> ReadingRefusal {
    reading.check(Lawbook::builtin(), at("2026-11-30T08:00:00Z")).expect_err("it is refused")
}

#[test]
fn a_stricter_reading_counts_from_its_day_and_moves_no_outer_date() {
    let reading = first_of_december("24h");
    assert_eq!(reading.check(Lawbook::builtin(), at("2026-11-30T15:59:59Z")), Ok(()));
    let book = laid(std::slice::from_ref(&reading), Lawbook::builtin().files());
    // The last moment of 30 November and the first of December in Shanghai.
    owes(
        &book,
        &[
            ("2026-11-30T23:59:59[Asia/Shanghai]", "2026-12-02T15:59:59Z", "2026-12-02T16:00Z"),
            ("2026-12-01T00:00[Asia/Shanghai]", "2026-12-01T16:00Z", "2026-12-03T16:00Z"),
        ],
    );
    owes(
        Lawbook::builtin(),
        &[("2026-12-01T00:00[Asia/Shanghai]", "2026-12-02T16:00Z", "2026-12-03T16:00Z")],
    );
    let (pack, provision) = book.provision(PROVISION).expect("there");
    let version = provision.versions.last().expect("a version");
    assert_eq!(version.reading.as_deref(), Some("house-7.2-2026-12-01"));
    assert_eq!(pack.readings["house-7.2-2026-12-01"].by, "Eva Employee");
    assert!(version.also.iter().any(|(id, _)| &**id == "forty-eight-hours"), "the pack's is told");
}

#[test]
fn a_laxer_reading_is_refused_with_the_reason() {
    for (within, counts, code) in [
        ("47h", Counts::Elapsed, None),
        ("48h", Counts::Elapsed, Some("reading_same")),
        ("49h", Counts::Elapsed, Some("reading_laxer")),
        ("1d", Counts::Elapsed, None),
        // Two days are 47, 48 or 49 hours.
        ("2d", Counts::Elapsed, Some("reading_not_stricter")),
        ("1d", Counts::ExcludeTriggerDay, Some("reading_not_stricter")),
        ("3d", Counts::ExcludeTriggerDay, Some("reading_laxer")),
        ("24h", Counts::NextFullHour, None),
        ("48h", Counts::NextFullHour, Some("reading_laxer")),
        ("1mo", Counts::Elapsed, Some("reading_laxer")),
        ("1bd", Counts::ExcludeTriggerDay, Some("reading_uncountable")),
        ("24h", Counts::ExcludeTriggerDay, Some("reading_uncountable")),
    ] {
        let found = reading(within, counts, date(2026, 12, 1));
        let found = found.check(Lawbook::builtin(), at("2026-11-30T08:00:00Z"));
        assert_eq!(found.as_ref().err().map(ReadingRefusal::code), code, "{within} {counts}");
    }
    let told = refused(&first_of_december("49h")).to_string();
    for part in [PROVISION, "48h", "49h", "stricter"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn the_past_and_what_has_no_clock_are_not_read_anew() {
    let reading = |from| reading("24h", Counts::Elapsed, from);
    // 30 November has begun in Shanghai when it is still the 29th in UTC.
    let now = at("2026-11-29T16:00:00Z");
    let builtin = Lawbook::builtin();
    assert_eq!(reading(date(2026, 11, 30)).check(builtin, now), Ok(()));
    let past = reading(date(2026, 11, 29)).check(builtin, now).expect_err("past");
    assert_eq!(past.code(), "reading_past");
    let of = |provision: &str| {
        let provision = provision.parse().expect("an id");
        refused(&HouseReading { provision, ..first_of_december("24h") }).code()
    };
    assert_eq!(of("cn-rmsv/2"), "reading_without_clock");
    assert_eq!(of("cn-rmsv/99"), "provision_unknown");
    let silent = HouseReading { why: text(" "), ..first_of_december("24h") };
    assert_eq!(refused(&silent).code(), "text_length");
}

#[test]
fn every_clock_of_plain_hours_is_read_an_hour_sooner_and_not_an_hour_later() {
    let builtin = Lawbook::builtin();
    let mut tried = 0;
    for provision in builtin.packs().iter().flat_map(|pack| &pack.provisions) {
        let Some(now) = provision.applying(date(2026, 12, 1)).and_then(|it| it.strict.as_ref())
        else {
            continue;
        };
        let is_plain = now.within.unit == Unit::Hours
            && now.counts == Counts::Elapsed
            && now.ends == Ends::Exact
            && now.rolls.is_none();
        if !is_plain || now.within.amount == 1 {
            continue;
        }
        tried += 1;
        for (more, code) in [(-1, None), (0, Some("reading_same")), (1, Some("reading_laxer"))] {
            let within = Within { amount: now.within.amount + more, ..now.within };
            let provision = provision.id.clone();
            let reading = HouseReading { provision, within, ..first_of_december("24h") };
            let found = reading.check_stricter(builtin);
            assert_eq!(found.as_ref().err().map(ReadingRefusal::code), code, "{reading:?}");
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn what_has_no_outer_end_keeps_the_packs_own() {
    let builtin = Lawbook::builtin();
    let mut all = builtin.packs().iter().flat_map(|pack| &pack.provisions);
    let day = date(2026, 12, 1);
    let found = all.find(|provision| {
        provision.class == Class::Hard
            && provision.applying(day).is_some_and(|version| {
                version.outer.is_none()
                    && version.strict.as_ref().is_some_and(|now| now.to_string() == "24h elapsed")
            })
    });
    let provision = found.expect("a clock of 24 hours without an outer end");
    let reading = HouseReading { provision: provision.id.clone(), ..first_of_december("12h") };
    let book = laid(&[reading], builtin.files());
    let (_, counted) = book.provision(provision.id.as_str()).expect("there");
    let version = counted.applying(day).expect("in force");
    let ends = (version.strict.as_ref(), version.outer.as_ref());
    assert_eq!(ends.0.map(ToString::to_string).as_deref(), Some("12h elapsed"));
    assert_eq!(ends.1.map(ToString::to_string).as_deref(), Some("24h elapsed"));
}

/// The pack with another version from 2027 on.
fn with_version(within: &str) -> Files {
    let last = "also           = [{ reading = \"calendar-days\", within = \"2d\", counts = \"exclude-trigger-day\" }]";
    let version = format!(
        "{last}\n[[provision.version]]\neffective_from = 2027-01-01\nstrict = {{ within = \
         \"{within}\" }}\nreading = \"forty-eight-hours\"\n"
    );
    let edited = Lawbook::builtin().files().iter().map(|(path, text)| {
        let text = match path {
            "cn-rmsv/law.toml" => text.replacen(last, &version, 1),
            _ => text.to_owned(),
        };
        (path.to_owned(), text)
    });
    Files::new(edited)
}

#[test]
fn a_reading_outlasts_a_version_of_the_pack_unless_that_is_as_strict() {
    for (within, strict) in [("96h", "24h"), ("24h", "24h"), ("12h", "12h")] {
        let book = laid(&[first_of_december("24h")], &with_version(within));
        let (_, provision) = book.provision(PROVISION).expect("there");
        let found = provision.applying(date(2027, 1, 1)).expect("in force");
        let found = found.strict.as_ref().expect("a clock").within.to_string();
        assert_eq!(found, strict, "the pack says {within}");
        let before = provision.applying(date(2026, 12, 31)).expect("in force");
        assert_eq!(before.strict.as_ref().expect("a clock").within.to_string(), "24h");
    }
}

#[test]
fn a_second_reading_begins_where_it_says_and_the_first_holds_until_then() {
    let first = first_of_december("24h");
    let book = laid(std::slice::from_ref(&first), Lawbook::builtin().files());
    let second = reading("12h", Counts::Elapsed, date(2026, 12, 10));
    assert_eq!(second.check_stricter(&book), Ok(()));
    let back = reading("36h", Counts::Elapsed, date(2026, 12, 10));
    assert_eq!(back.check_stricter(&book).map_err(|it| it.code()), Err("reading_laxer"));
    let book = laid(&[second, first], Lawbook::builtin().files());
    let (_, provision) = book.provision(PROVISION).expect("there");
    let on = |day: Date| {
        let version = provision.applying(day).expect("in force");
        version.strict.as_ref().expect("a clock").within.to_string()
    };
    for (day, expected) in [
        (date(2026, 11, 30), "48h"),
        (date(2026, 12, 1), "24h"),
        (date(2026, 12, 9), "24h"),
        (date(2026, 12, 10), "12h"),
    ] {
        assert_eq!(on(day), expected, "{day}");
    }
}

#[test]
fn a_reading_is_read_as_it_is_written_and_what_is_none_does_not_load() {
    let reading = first_of_december("24h");
    assert_eq!(HouseReading::of_files(&reading.to_files()), std::slice::from_ref(&reading));
    let files = reading.to_files();
    let (_, good) = files.iter().next().expect("a file");
    for (part, instead) in [
        ("cn-rmsv/7.2 2026-12-01", "cn-rmsv/7.2"),
        ("cn-rmsv/7.2 2026-12-01", "2026-12-01"),
        ("\"24h\"", "\"soon\""),
        ("\"elapsed\"", "\"sec-b1\""),
        ("\"elapsed\"", "\"exclude-trigger-day\""),
        ("within =", "outer ="),
        ("2026-11-30", "yesterday"),
    ] {
        assert!(good.contains(part), "{part}");
        let wrong = good.replacen(part, instead, 1);
        assert!(read(HOUSE_READINGS, &wrong).is_err(), "{wrong}");
        let files = Files::new([(HOUSE_READINGS.to_owned(), wrong)]);
        let problems = Lawbook::from_files(&files.over(Lawbook::builtin().files()));
        assert!(problems.is_err_and(|it| it.iter().all(|it| it.path == HOUSE_READINGS)));
    }
    let gone = HouseReading { provision: "cn-gone/1".parse().expect("an id"), ..reading };
    laid(&[gone], Lawbook::builtin().files());
}

#[test]
fn readings_of_two_provisions_from_one_day_stand_beside_each_other() {
    let builtin = Lawbook::builtin();
    let law = builtin.packs().iter().find_map(|pack| {
        let day = date(2026, 12, 1);
        let counts = |it: &&Provision| {
            let strict = it.applying(day).and_then(|version| version.strict.as_ref());
            strict.is_some_and(|now| first_of_december("1h").gains(now))
        };
        let timed: Vec<_> = pack.provisions.iter().filter(counts).map(|it| &it.id).collect();
        (timed.len() > 1).then_some(timed)
    });
    let both: Vec<HouseReading> = law
        .expect("a law with two clocks")
        .into_iter()
        .take(2)
        .map(|provision| HouseReading {
            provision: provision.clone(),
            says: text(&format!("an hour of {provision}")),
            ..first_of_december("1h")
        })
        .collect();
    let book = laid(&both, builtin.files());
    for reading in &both {
        let (pack, provision) = book.provision(reading.provision.as_str()).expect("there");
        let version = provision.applying(reading.from).expect("in force");
        let strict = version.strict.as_ref().expect("a clock").within.to_string();
        let kept = &pack.readings[version.reading.as_deref().expect("a reading")];
        assert_eq!((strict.as_str(), &kept.says), ("1h", &reading.says), "{}", reading.provision);
        assert!(is_of_house(&kept.id));
    }
    let own = builtin.packs().iter().flat_map(|pack| pack.readings.keys());
    assert_eq!(own.filter(|id| is_of_house(id)).count(), 0, "packs name theirs otherwise");
}

#[test]
fn what_is_used_later_than_it_says_begins_on_the_day_after() {
    let builtin = Lawbook::builtin();
    let used = |reading: HouseReading, at_: &str| reading.used_at(builtin, at(at_)).from;
    let of_china = first_of_december("24h");
    // The last moment of 29 November and the first of the 30th in Shanghai.
    assert_eq!(used(of_china.clone(), "2026-11-29T15:59:59Z"), date(2026, 12, 1), "in time");
    assert_eq!(used(of_china.clone(), "2026-11-30T15:59:59Z"), date(2026, 12, 1));
    assert_eq!(used(of_china, "2026-11-30T16:00:00Z"), date(2026, 12, 2));
    // In Finland it is the first of December two hours before it is in UTC.
    let of_union = HouseReading {
        provision: "eu-cra/14.2.a".parse().expect("an id"),
        ..first_of_december("12h")
    };
    assert_eq!(used(of_union.clone(), "2026-11-30T21:59:59Z"), date(2026, 12, 1));
    assert_eq!(used(of_union, "2026-11-30T22:00:00Z"), date(2026, 12, 2));
}

#[test]
fn a_lawbook_without_the_readings_of_the_house_is_that_of_its_packs() {
    let builtin = Lawbook::builtin();
    assert!(std::ptr::eq(builtin.without_house_readings(), builtin), "there is none");
    let book = laid(&[first_of_december("24h")], builtin.files());
    let plain = book.without_house_readings();
    assert_eq!(plain.digest_hex(), builtin.digest_hex());
    assert_ne!(plain.digest_hex(), book.digest_hex());
    let (pack, provision) = plain.provision(PROVISION).expect("there");
    assert!(pack.readings.keys().all(|id| !is_of_house(id)));
    let strict = provision.applying(date(2026, 12, 1)).and_then(|it| it.strict.as_ref());
    assert_eq!(strict.map(|now| now.within.to_string()).as_deref(), Some("48h"));
}

const SEC: &str = "us-sec-8k/1.05";

fn of_sec(within: &str, counts: Counts) -> HouseReading {
    let provision = SEC.parse().expect("an id");
    HouseReading { provision, ..reading(within, counts, date(2026, 12, 1)) }
}

#[test]
fn business_days_are_read_sooner_where_the_pack_counts_them_alike_and_nowhere_else() {
    let builtin = Lawbook::builtin();
    for (within, counts, code) in [
        ("3bd", Counts::SecB1, None),
        ("1bd", Counts::SecB1, None),
        ("4bd", Counts::SecB1, Some("reading_same")),
        ("5bd", Counts::SecB1, Some("reading_laxer")),
        ("3bd", Counts::ExcludeTriggerDay, Some("reading_uncountable")),
        ("3bd", Counts::Elapsed, Some("reading_uncountable")),
        ("3bd", Counts::NextFullHour, Some("reading_uncountable")),
        ("3d", Counts::SecB1, Some("reading_uncountable")),
    ] {
        let found = of_sec(within, counts).check_stricter(builtin);
        assert_eq!(found.as_ref().err().map(ReadingRefusal::code), code, "{within} {counts}");
    }
    // Hours have no calendar of which business days could be counted.
    for counts in [Counts::SecB1, Counts::ExcludeTriggerDay] {
        let found = reading("1bd", counts, date(2026, 12, 1)).check_stricter(builtin);
        assert_eq!(found.map_err(|it| it.code()), Err("reading_uncountable"));
    }
    let written = of_sec("3bd", Counts::SecB1);
    assert_eq!(HouseReading::of_files(&written.to_files()), std::slice::from_ref(&written));
    let book = laid(&[written], builtin.files());
    let version = |book: &Lawbook| {
        let (_, provision) = book.provision(SEC).expect("there");
        provision.applying(date(2026, 12, 1)).expect("in force").clone()
    };
    let (before, after) = (version(builtin), version(&book));
    let strict = after.strict.expect("a clock");
    let within = Within::parse("3bd").expect("a span");
    let before_strict = before.strict.as_deref().expect("a clock").clone();
    assert_eq!(Span { within, ..before_strict }, *strict);
    assert_eq!(after.outer, before.outer, "the latest defensible date stays");
}

#[test]
fn a_reading_in_business_days_is_never_later_than_its_pack_on_any_day() {
    let builtin = Lawbook::builtin();
    let book = laid(&[of_sec("3bd", Counts::SecB1)], builtin.files());
    let due = |book: &Lawbook, at: &str| {
        let case = format!(
            "[[case]]\nname = \"a\"\nroles = [\"us-sec-8k/registrant\"]\n[[case.fact]]\nkind = \
             \"materiality-determined\"\noccurred_at = \"{at}\"\n[[case.expect]]\nobligation = \
             \"{SEC}\"\n"
        );
        let cases = case_file::parse("x.toml", &case, book).expect("a case");
        let owed = book.obligations(&cases[0].question);
        let owed = owed.iter().find(|one| one.provision.as_str() == SEC).expect("it is owed");
        (owed.strict_due.expect("a date"), owed.outer_due.expect("a date"))
    };
    let mut day = date(2026, 12, 1);
    // Weekends and holidays lie in them.
    for _ in 0..120 {
        for hour in ["00:00", "12:00", "17:30", "23:59:59"] {
            let at = format!("{day}T{hour}[America/New_York]");
            let (pack, house) = (due(builtin, &at), due(&book, &at));
            assert!(house.0 < pack.0, "{at}: {} is not before {}", house.0, pack.0);
            assert_eq!(house.1, pack.1, "{at}");
        }
        day = day.tomorrow().expect("a day");
    }
}
