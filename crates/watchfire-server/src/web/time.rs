//! How instants and spans are shown: in the reader's zone, the authority's and UTC.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::reader::Reader;
use crate::locale::Language;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// From this length on a span is told in days; below, hours are easier to plan with.
const DAYS_FROM: i64 = 2 * DAY;

/// The words for the zones of authorities; other zones are called by their own city.
const CITIES: [(&str, &str); 36] = [
    ("America/New_York", "time-city-new-york"),
    ("Asia/Hong_Kong", "time-city-hong-kong"),
    ("Asia/Kolkata", "time-city-kolkata"),
    ("Asia/Nicosia", "time-city-nicosia"),
    ("Asia/Seoul", "time-city-seoul"),
    ("Asia/Singapore", "time-city-singapore"),
    ("Asia/Taipei", "time-city-taipei"),
    ("Asia/Tokyo", "time-city-tokyo"),
    ("Australia/Sydney", "time-city-sydney"),
    ("Europe/Amsterdam", "time-city-amsterdam"),
    ("Europe/Athens", "time-city-athens"),
    ("Europe/Berlin", "time-city-berlin"),
    ("Europe/Bratislava", "time-city-bratislava"),
    ("Europe/Brussels", "time-city-brussels"),
    ("Europe/Bucharest", "time-city-bucharest"),
    ("Europe/Budapest", "time-city-budapest"),
    ("Europe/Copenhagen", "time-city-copenhagen"),
    ("Europe/Dublin", "time-city-dublin"),
    ("Europe/Helsinki", "time-city-helsinki"),
    ("Europe/Lisbon", "time-city-lisbon"),
    ("Europe/Ljubljana", "time-city-ljubljana"),
    ("Europe/London", "time-city-london"),
    ("Europe/Luxembourg", "time-city-luxembourg"),
    ("Europe/Madrid", "time-city-madrid"),
    ("Europe/Malta", "time-city-malta"),
    ("Europe/Paris", "time-city-paris"),
    ("Europe/Prague", "time-city-prague"),
    ("Europe/Riga", "time-city-riga"),
    ("Europe/Rome", "time-city-rome"),
    ("Europe/Sofia", "time-city-sofia"),
    ("Europe/Stockholm", "time-city-stockholm"),
    ("Europe/Tallinn", "time-city-tallinn"),
    ("Europe/Vienna", "time-city-vienna"),
    ("Europe/Vilnius", "time-city-vilnius"),
    ("Europe/Warsaw", "time-city-warsaw"),
    ("Europe/Zagreb", "time-city-zagreb"),
];

fn weekday(language: Language, day: Weekday) -> String {
    let key = match day {
        Weekday::Monday => "time-monday",
        Weekday::Tuesday => "time-tuesday",
        Weekday::Wednesday => "time-wednesday",
        Weekday::Thursday => "time-thursday",
        Weekday::Friday => "time-friday",
        Weekday::Saturday => "time-saturday",
        Weekday::Sunday => "time-sunday",
    };
    language.text(key)
}

fn month(language: Language, month: i8) -> String {
    const KEYS: [&str; 12] = [
        "time-january",
        "time-february",
        "time-march",
        "time-april",
        "time-may",
        "time-june",
        "time-july",
        "time-august",
        "time-september",
        "time-october",
        "time-november",
        "time-december",
    ];
    let index = usize::try_from(month - 1).unwrap_or_default();
    language.text(KEYS[index.min(KEYS.len() - 1)])
}

/// Returns the day of `at` in `zone`; the year only where it is not that of `now`.
pub fn day(language: Language, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let civil = zone.to_datetime(at);
    if civil.year() != zone.to_datetime(now).year() {
        return day_of_year(language, at, zone);
    }
    let arguments = [
        ("weekday", weekday(language, civil.weekday()).into()),
        ("day", i64::from(civil.day()).into()),
        ("month", month(language, civil.month()).into()),
    ];
    language.text_with("time-day", &arguments)
}

/// Returns the day of `at` in `zone`, with its year.
fn day_of_year(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    let civil = zone.to_datetime(at);
    let arguments = [
        ("weekday", weekday(language, civil.weekday()).into()),
        ("day", i64::from(civil.day()).into()),
        ("month", month(language, civil.month()).into()),
        ("year", civil.year().to_string().into()),
    ];
    language.text_with("time-day-of-year", &arguments)
}

/// Returns the wall-clock time of `at` in `zone`, to the minute; seconds where there are any.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    let civil = zone.to_datetime(at);
    if civil.second() == 0 {
        return format!("{:02}:{:02}", civil.hour(), civil.minute());
    }
    format!("{:02}:{:02}:{:02}", civil.hour(), civil.minute(), civil.second())
}

fn instant(language: Language, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    on_day(language, at, zone, day(language, at, zone, now))
}

fn instant_of_year(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    on_day(language, at, zone, day_of_year(language, at, zone))
}

fn on_day(language: Language, at: Timestamp, zone: &TimeZone, day: String) -> String {
    language.text_with("time-instant", &[("day", day.into()), ("clock", clock(at, zone).into())])
}

/// Returns the name people give to `zone`: `Beijing time`, `Brussels time`, `UTC`.
pub fn zone_name(language: Language, zone: &TimeZone) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    match name {
        "UTC" | "Etc/UTC" => "UTC".to_owned(),
        "Asia/Shanghai" => language.text("time-zone-beijing"),
        other => {
            let known = CITIES.iter().find(|(zone, _)| *zone == other);
            let city = known
                .map(|(_, key)| language.text(key))
                .unwrap_or_else(|| other.rsplit('/').next().unwrap_or(other).replace('_', " "));
            language.text_with("time-zone-other", &[("city", city.into())])
        }
    }
}

/// Returns an instant in the reader's zone, for the midst of a sentence.
pub fn in_words(reader: &Reader, at: Timestamp) -> String {
    instant(reader.language, at, &reader.zone, reader.now)
}

/// Shows an instant in the reader's zone, with UTC behind it.
pub fn moment(reader: &Reader, at: Timestamp) -> Markup {
    let shown = instant(reader.language, at, &reader.zone, reader.now);
    html! { time.num datetime=(at) title=(in_full(reader, at)) { (shown) } }
}

/// Shows the day of an instant in the reader's zone, with the rest behind it.
pub fn date(reader: &Reader, at: Timestamp) -> Markup {
    let shown = day(reader.language, at, &reader.zone, reader.now);
    html! { time.num datetime=(at) title=(in_full(reader, at)) { (shown) } }
}

fn in_full(reader: &Reader, at: Timestamp) -> String {
    let own = instant_of_year(reader.language, at, &reader.zone);
    format!("{own} {} · {at}", zone_name(reader.language, &reader.zone))
}

/// Shows an instant that a law cares about, in three zones: the reader's, the authority's and UTC.
///
/// Zones that show the same wall clock at that instant are shown once.
pub fn deadline(reader: &Reader, at: Timestamp, authority: &TimeZone) -> Markup {
    let mut zones: Vec<&TimeZone> = Vec::new();
    let utc = TimeZone::UTC;
    for zone in [&reader.zone, authority, &utc] {
        if zones.iter().all(|seen| seen.to_offset(at) != zone.to_offset(at)) {
            zones.push(zone);
        }
    }
    let same_as_authority = reader.zone.to_offset(at) == authority.to_offset(at);
    html! {
        span.deadline {
            @for (place, zone) in zones.iter().enumerate() {
                @let name = if place == 0 && same_as_authority { authority } else { zone };
                @let shown = instant(reader.language, at, zone, reader.now);
                @if place == 0 {
                    time.num datetime=(at) { (shown) } " " span.zone { (zone_name(reader.language, name)) }
                } @else {
                    " " span.also.num { (shown) " " (zone_name(reader.language, name)) }
                }
            }
        }
    }
}

/// Returns a span in words, rounded down: `7 h 20 m`, `6 d 2 h`. Its sign is not told.
pub fn span(language: Language, from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().abs();
    if seconds >= DAYS_FROM {
        let arguments =
            [("days", (seconds / DAY).into()), ("hours", (seconds % DAY / HOUR).into())];
        return language.text_with("time-days-hours", &arguments);
    }
    if seconds >= HOUR {
        let minutes = seconds % HOUR / MINUTE;
        let arguments = [("hours", (seconds / HOUR).into()), ("minutes", minutes.into())];
        return language.text_with("time-hours-minutes", &arguments);
    }
    language.text_with("time-minutes", &[("minutes", (seconds / MINUTE).into())])
}

/// Shows the present instant at the head of a page, with the year that the dates below it share.
pub fn now(reader: &Reader) -> Markup {
    let utc = TimeZone::UTC;
    html! {
        p.now.num {
            strong { (instant_of_year(reader.language, reader.now, &reader.zone)) }
            span { (zone_name(reader.language, &reader.zone)) }
            @if reader.zone.to_offset(reader.now) != utc.to_offset(reader.now) {
                " · " span { (clock(reader.now, &utc)) " UTC" }
            }
        }
    }
}

/// Returns `at` as the value of an `<input type="datetime-local">` in the reader's zone.
pub fn input_value(reader: &Reader, at: Timestamp) -> String {
    let civil = reader.zone.to_datetime(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use watchfire_core::law::Lawbook;
    use watchfire_core::law::pack::Zone;

    use super::super::sample;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_span_is_told_in_the_unit_one_plans_with() {
        let from = at("2021-11-24T00:00Z");
        for (to, en, zh) in [
            ("2021-11-24T00:00Z", "0 m", "0 分"),
            ("2021-11-24T00:59:59Z", "59 m", "59 分"),
            ("2021-11-24T01:00Z", "1 h 0 m", "1 小时 0 分"),
            ("2021-11-25T23:59:59Z", "47 h 59 m", "47 小时 59 分"),
            ("2021-11-26T00:00Z", "2 d 0 h", "2 天 0 小时"),
            ("2021-11-23T23:00Z", "1 h 0 m", "1 小时 0 分"),
        ] {
            assert_eq!(span(Language::En, from, at(to)), en);
            assert_eq!(span(Language::ZhCn, from, at(to)), zh);
        }
    }

    #[test]
    fn a_deadline_shows_the_readers_zone_the_authoritys_and_utc() {
        let mut reader = sample::reader(Language::En);
        let beijing = TimeZone::get("Asia/Shanghai").expect("a zone");
        reader.zone = TimeZone::get("Europe/Brussels").expect("a zone");
        let shown = deadline(&reader, at("2021-11-25T16:00Z"), &beijing).into_string();
        assert!(shown.contains("Thu 25 Nov, 17:00"), "{shown}");
        assert!(shown.contains("Fri 26 Nov, 00:00 Beijing time"), "{shown}");
        assert!(shown.contains("Thu 25 Nov, 16:00 UTC"), "{shown}");
        reader.zone = beijing.clone();
        let shown = deadline(&reader, at("2021-11-25T16:00Z"), &beijing).into_string();
        assert_eq!(shown.matches("Beijing time").count(), 1, "{shown}");
    }

    #[test]
    fn the_zone_of_every_authority_has_a_name_in_both_languages() {
        let laws = Lawbook::builtin();
        let packs = laws.packs().iter().filter_map(|pack| match &pack.zone {
            Zone::Fixed { name, .. } => Some(name.as_str()),
            Zone::OfMemberState => None,
        });
        let states = laws.member_states().iter().map(|state| state.zone.as_str());
        let zones: BTreeSet<&str> = packs.chain(states).filter(|zone| *zone != "UTC").collect();
        assert!(zones.len() > 30, "{zones:?}");
        for name in zones {
            let zone = TimeZone::get(name).expect("a zone");
            let told = zone_name(Language::ZhCn, &zone);
            assert!(!told.chars().any(|sign| sign.is_ascii_lowercase()), "{name}: {told}");
        }
    }

    #[test]
    fn the_year_is_shown_where_it_is_not_this_one() {
        let utc = TimeZone::UTC;
        let now = at("2026-11-24T00:00Z");
        let shown = |language| day(language, at("2021-11-24T00:00Z"), &utc, now);
        assert_eq!(shown(Language::En), "Wed 24 Nov 2021");
        assert_eq!(shown(Language::ZhCn), "2021年11月24日 周三");
        let reader = Reader { now, ..sample::reader(Language::En) };
        let same = moment(&reader, at("2026-01-02T03:04Z")).into_string();
        assert!(same.contains(">Fri 2 Jan, 11:04<"), "{same}");
        assert!(same.contains("Fri 2 Jan 2026"), "the title has the year: {same}");
        let head = super::now(&reader).into_string();
        assert!(head.contains("Tue 24 Nov 2026, 08:00"), "{head}");
    }
}
