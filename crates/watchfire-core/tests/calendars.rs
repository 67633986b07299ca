//! The calendars of `laws/calendars`, compared with what others have published.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use watchfire_core::law::calendar::{Calendar, Calendars, DayOff};
use watchfire_core::law::member_state::MemberStates;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn calendars() -> Calendars {
    let folder = repository().join("laws/calendars");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("laws/calendars is there")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).expect("a file")))
        .collect();
    files.sort();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Calendars::load(&files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

const MEMBER_STATES: [&str; 27] = [
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it",
    "lt", "lu", "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
];

const ELSEWHERE: [&str; 12] =
    ["au", "cn", "eu-institutions", "hk", "in", "jp", "kr", "sg", "tw", "uk", "us", "us-sec"];

/// Calendars beside those of the Member States, with the merged list that each is compared with.
const ELSEWHERE_LISTED: [(&str, &str); 10] = [
    ("au", "AU"),
    ("hk", "HK"),
    ("in", "IN"),
    ("jp", "JP"),
    ("kr", "KR"),
    ("sg", "SG"),
    ("tw", "TW"),
    ("uk", "GB"),
    ("us", "US"),
    ("us-sec", "US"),
];

#[test]
fn every_place_has_a_calendar_named_after_it() {
    let calendars = calendars();
    let ids: BTreeSet<_> = calendars.iter().map(|calendar| &*calendar.id).collect();
    assert!(MEMBER_STATES.iter().chain(&ELSEWHERE).all(|id| ids.contains(id)), "{ids:?}");
    // An authority within a place adds its own name: `us-sec`.
    for calendar in calendars.iter() {
        let place = calendar.id.split('-').next().unwrap_or_default();
        assert_eq!(calendar.jurisdiction.to_lowercase(), place);
    }
    let path = repository().join("laws/member-states.toml");
    let text = std::fs::read_to_string(path).expect("laws/member-states.toml");
    let states = MemberStates::load("member-states.toml", &text).expect("it loads");
    let named: Vec<_> = states.iter().map(|state| state.calendar.as_str()).collect();
    assert_eq!(named, MEMBER_STATES);
    assert_eq!(states.default_state().zone, "Europe/Brussels");
}

#[derive(serde::Deserialize)]
struct Notice {
    year: i16,
    days: Vec<NoticeDay>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoticeDay {
    name: String,
    date: String,
    is_off_day: bool,
}

fn notices(folder: &Path) -> Vec<Notice> {
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let files = files.map(|entry| entry.expect("an entry").path()).filter(|path| {
        path.extension().is_some_and(|extension| extension == "json")
            && path.file_stem().is_some_and(|stem| stem != "schema")
    });
    files
        .map(|path| std::fs::read_to_string(path).expect("a file"))
        .map(|text| serde_json::from_str(&text).expect("the published form"))
        .collect()
}

/// Days on which China's calendar and `notice` differ, with the sign of who has more.
fn differences(calendars: &Calendars, notice: &Notice) -> Vec<String> {
    let cn = calendars.get("cn").expect("cn");
    let listed: BTreeMap<Date, &NoticeDay> =
        notice.days.iter().map(|day| (day.date.parse().expect("a date"), day)).collect();
    let mut found = Vec::new();
    for (day, listed) in &listed {
        let named = match cn.day_off(*day) {
            Some(DayOff::Holiday(holiday)) => Some(&*holiday.name.zh_cn),
            _ => None,
        };
        let expected = listed.is_off_day.then_some(listed.name.as_str());
        if named != expected {
            found.push(format!("{day}: ours {named:?}, published {expected:?}"));
        }
    }
    let named = cn.holidays().map(|(day, _)| day).filter(|day| day.year() == notice.year);
    for day in named.filter(|day| !listed.contains_key(day)) {
        // The first days of the next year's first holiday stand in the next year's notice.
        if !(day.month() == 12 && day.day() >= 30) {
            found.push(format!("{day}: ours only"));
        }
    }
    found
}

#[test]
fn china_has_the_days_off_and_the_working_weekends_of_the_notices() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/holidays-cn");
    let calendars = calendars();
    let cn = calendars.get("cn").expect("cn");
    let notices = notices(&folder);
    assert_eq!(notices.len(), 15);
    for notice in &notices {
        assert_eq!(cn.holds_year(notice.year), !notice.days.is_empty(), "{}", notice.year);
        assert_eq!(differences(&calendars, notice), Vec::<String>::new(), "{}", notice.year);
    }
}

#[test]
fn a_day_that_a_notice_does_not_have_would_be_found() {
    let calendars = calendars();
    let without = Notice { year: 2026, days: Vec::new() };
    assert_eq!(differences(&calendars, &without).len(), 33);
    let day = NoticeDay { name: "元旦".into(), date: "2026-01-05".into(), is_off_day: true };
    let more = Notice { year: 2006, days: vec![day] };
    assert_eq!(differences(&calendars, &more).len(), 1);
}

#[test]
fn the_week_after_the_national_day_of_2026_works_on_its_saturday() {
    let calendars = calendars();
    let cn = calendars.get("cn").expect("cn");
    assert_eq!(cn.next_working_day(date(2026, 10, 1)).date, date(2026, 10, 8));
    assert_eq!(cn.next_working_day(date(2026, 10, 10)).date, date(2026, 10, 10));
    assert!(cn.is_working_weekend(date(2026, 10, 10)));
    // Spring Festival of 2026: off from Sunday 15 to Monday 23, Saturday 14 and 28 worked.
    assert_eq!(cn.next_working_day(date(2026, 2, 14)).date, date(2026, 2, 14));
    assert_eq!(cn.next_working_day(date(2026, 2, 15)).date, date(2026, 2, 24));
    assert_eq!(cn.next_working_day(date(2026, 2, 28)).date, date(2026, 2, 28));
    // No notice for 2027 was out: weekends alone.
    let next = cn.next_working_day(date(2027, 10, 2));
    assert_eq!((next.date, next.year_not_held), (date(2027, 10, 4), Some(2027)));
}

#[test]
fn christmas_of_2026_rolls_as_each_member_state_has_it() {
    let calendars = calendars();
    let rolled = |id: &str, day| calendars.get(id).expect(id).next_working_day(day).date;
    for (id, day) in [("be", 28), ("de", 28), ("ie", 28), ("pt", 28), ("bg", 29)] {
        assert_eq!(rolled(id, date(2026, 12, 25)), date(2026, 12, day), "{id}");
    }
    // The Monday of the western and of the orthodox Easter of 2027.
    assert_eq!(rolled("fr", date(2027, 3, 27)), date(2027, 3, 30));
    assert_eq!(rolled("pt", date(2027, 3, 27)), date(2027, 3, 29));
    assert_eq!(rolled("gr", date(2027, 3, 29)), date(2027, 3, 29));
    assert_eq!(rolled("gr", date(2027, 4, 30)), date(2027, 5, 4));
    assert_eq!(rolled("ro", date(2027, 4, 30)), date(2027, 5, 4));
}

#[test]
fn the_next_working_day_is_the_first_that_is_no_day_off() {
    let calendars = calendars();
    for calendar in calendars.iter() {
        for day in date(2025, 12, 1).series(1.day()).take(800) {
            let next = calendar.next_working_day(day);
            assert!(!calendar.is_day_off(next.date), "{} {day}", calendar.id);
            let between = day.series(1.day()).take_while(|between| *between < next.date);
            assert!(between.into_iter().all(|between| calendar.is_day_off(between)));
            let lacking = (day.year()..=next.date.year()).find(|year| !calendar.holds_year(*year));
            assert_eq!(next.year_not_held, lacking, "{} {day}", calendar.id);
        }
    }
}

/// Whether `day` is off in the calendar `id`, and whether its year is held.
fn off(calendars: &Calendars, id: &str, day: &str) -> bool {
    let calendar = calendars.get(id).expect(id);
    let day: Date = day.parse().expect("a date");
    assert!(calendar.holds_year(day.year()), "{id} {day}");
    calendar.is_day_off(day)
}

#[test]
fn days_that_an_authority_set_for_one_year_alone_are_off_in_that_year_alone() {
    let calendars = calendars();
    let closed = [
        // A memorandum for the offices in Delhi, and the birthday that is declared year by year.
        ("in", ["2023-09-08", "2021-04-14", "2025-04-14"]),
        // Polling days, one of them a Saturday, which is otherwise worked.
        ("sg", ["2020-07-10", "2023-09-01", "2025-05-03"]),
        // Labour Day since 2026, and days in place of it and of Constitution Day.
        ("kr", ["2026-05-01", "2027-05-03", "2027-07-19"]),
        // Days off for a worked Saturday, and the day in place of the next year's first.
        ("tw", ["2023-10-09", "2018-12-31", "2027-12-31"]),
        ("hk", ["2022-12-27", "2023-10-02", "2027-02-09"]),
        ("gr", ["2021-05-04", "2022-05-02", "2024-05-07"]),
    ];
    for (id, days) in closed {
        assert!(days.iter().all(|day| off(&calendars, id, day)), "{id}");
    }
    let worked = [
        ("in", ["2024-09-09", "2026-04-14", "2022-09-08"]),
        ("sg", ["2021-07-09", "2024-09-02", "2026-05-02"]),
        ("kr", ["2025-05-01", "2024-05-03", "2025-07-17"]),
        ("tw", ["2023-09-23", "2018-12-22", "2025-02-08"]),
        ("hk", ["2021-12-28", "2023-10-03", "2027-02-10"]),
        ("gr", ["2023-05-02", "2022-05-03", "2024-05-01"]),
    ];
    for (id, days) in worked {
        assert!(days.iter().all(|day| !off(&calendars, id, day)), "{id}");
    }
}

#[test]
fn a_year_that_no_list_was_seen_of_counts_its_weekends_alone_and_says_so() {
    let calendars = calendars();
    for (id, first, last) in [
        ("hk", 2018, 2027),
        ("in", 2021, 2026),
        ("kr", 2018, 2027),
        ("sg", 2018, 2027),
        ("tw", 2018, 2027),
    ] {
        let calendar = calendars.get(id).expect(id);
        assert!(calendar.years_held().eq(first..=last), "{id}");
        // The first of January after the last list is worked, unless it is of the weekend.
        let next = calendar.next_working_day(date(last + 1, 1, 1));
        assert_eq!(next.year_not_held, Some(last + 1), "{id}");
    }
}

/// Who alone has a day: the published list, or the legal calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Only {
    Theirs,
    Ours,
}
const THEIRS: Only = Only::Theirs;
const OURS: Only = Only::Ours;

/// Why a merged list and a legal calendar differ: whose, who has the day alone, how the name of
/// the day begins, and the reason.
const EXPLAINED: &[(&str, Only, &str, &str)] = &[
    ("at", THEIRS, "Good Friday", "free for banks or by the calendar of the Protestant churches"),
    ("at", THEIRS, "Christmas Eve", "free for banks or by the calendar of the Protestant churches"),
    (
        "at",
        THEIRS,
        "New Year's Eve",
        "free for banks or by the calendar of the Protestant churches",
    ),
    ("be", THEIRS, "Good Friday", "a holiday of banks only"),
    ("be", THEIRS, "Friday after Ascension Day", "a holiday of banks only"),
    ("be", THEIRS, "Bank Holiday", "a holiday of banks only"),
    ("bg", THEIRS, "The Day of the People's Awakeners", "a holiday of schools only"),
    ("cy", THEIRS, "Easter Tuesday", "a holiday of banks, or of one customary half day"),
    ("cy", THEIRS, "Christmas Eve", "a holiday of banks, or of one customary half day"),
    ("dk", THEIRS, "Workers' Day", "free by agreement, not a holiday of the church"),
    ("dk", THEIRS, "Constitution Day", "free by agreement, not a holiday of the church"),
    ("dk", THEIRS, "Christmas Eve", "free by agreement, not a holiday of the church"),
    ("dk", THEIRS, "New Year's Eve", "free by agreement, not a holiday of the church"),
    (
        "ee",
        THEIRS,
        "Pre-holiday day (workday shortened by 3 hours)",
        "a working day shortened by three hours",
    ),
    ("fi", THEIRS, "Runeberg Day", "a day of flags, on which one works"),
    ("fi", THEIRS, "Kalevala Day, Day of Finnish Culture", "a day of flags, on which one works"),
    ("fi", THEIRS, "Minna Canth Day, Day of Equality", "a day of flags, on which one works"),
    (
        "fi",
        THEIRS,
        "Mikael Agricola Day, Day of the Finnish Language",
        "a day of flags, on which one works",
    ),
    ("fi", THEIRS, "National War Veterans' Day", "a day of flags, on which one works"),
    ("fi", THEIRS, "Flag Day of the Finnish Defense Forces", "a day of flags, on which one works"),
    (
        "fi",
        THEIRS,
        "Midsummer Eve",
        "an eve: alike for time limits (150/1930), but not a public holiday",
    ),
    (
        "fi",
        THEIRS,
        "Eino Leino Day, Day of Summer and Poetry",
        "a day of flags, on which one works",
    ),
    (
        "fi",
        THEIRS,
        "Miina Sillanpää Day, Day of Civic Participation",
        "a day of flags, on which one works",
    ),
    (
        "fi",
        THEIRS,
        "Aleksis Kivi Day, Day of Finnish Literature",
        "a day of flags, on which one works",
    ),
    ("fi", THEIRS, "United Nations Day", "a day of flags, on which one works"),
    (
        "fi",
        THEIRS,
        "Finnish Swedish Heritage Day, svenska dagen",
        "a day of flags, on which one works",
    ),
    (
        "fi",
        THEIRS,
        "Christmas Eve",
        "an eve: alike for time limits (150/1930), but not a public holiday",
    ),
    (
        "fi",
        THEIRS,
        "J. V. Snellman Day, Day of Finnish Heritage",
        "a day of flags, on which one works",
    ),
    ("fi", THEIRS, "Day of Children's Rights", "a day of flags, on which one works"),
    ("fi", THEIRS, "Jean Sibelius Day, Day of Finnish Music", "a day of flags, on which one works"),
    ("fi", THEIRS, "Europe Day", "a day of flags, on which one works"),
    ("gr", THEIRS, "Christmas Eve", "half a working day by custom"),
    ("gr", THEIRS, "New Year's Eve", "half a working day by custom"),
    (
        "gr",
        THEIRS,
        "Labor Day (observed)",
        "the list foresees a decision of the minister that is not out",
    ),
    ("hu", THEIRS, "Day off (substituted from", "a rest day exchanged for a working Saturday"),
    (
        "hu",
        OURS,
        "Christmas Eve",
        "a public holiday since Act LXXII of 2026, which the list does not know",
    ),
    ("ie", THEIRS, "Good Friday", "a holiday of banks, not in the Second Schedule"),
    ("lu", THEIRS, "Good Friday", "a holiday of banks only"),
    ("lu", THEIRS, "Christmas Eve (afternoon)", "a holiday of banks only"),
    ("lu", THEIRS, "New Year's Eve", "a holiday of banks only"),
    ("lv", THEIRS, "Day off (substituted from", "a rest day exchanged for a working Saturday"),
    ("pt", THEIRS, "Carnival", "optional, municipal or granted each year (Article 235)"),
    ("pt", THEIRS, "Saint Anthony's Day", "optional, municipal or granted each year (Article 235)"),
    ("pt", THEIRS, "Christmas Eve", "optional, municipal or granted each year (Article 235)"),
    (
        "pt",
        THEIRS,
        "Second Day of Christmas",
        "optional, municipal or granted each year (Article 235)",
    ),
    ("pt", THEIRS, "New Year's Eve", "optional, municipal or granted each year (Article 235)"),
    ("se", THEIRS, "Twelfth Night (from 2pm)", "not in the act on public holidays"),
    ("se", THEIRS, "Maundy Thursday (from 2pm)", "not in the act on public holidays"),
    ("se", THEIRS, "Walpurgis Night (from 2pm)", "not in the act on public holidays"),
    ("se", THEIRS, "Day before Ascension Day (from 2pm)", "not in the act on public holidays"),
    ("se", THEIRS, "Squeeze day", "not in the act on public holidays"),
    ("se", THEIRS, "Day before Pentecost Eve (from 2pm)", "not in the act on public holidays"),
    ("se", THEIRS, "Day before Midsummer Eve (from 2pm)", "not in the act on public holidays"),
    (
        "se",
        THEIRS,
        "Midsummer Eve",
        "an eve: alike for time limits (1930:173), but not in the act on public holidays",
    ),
    ("se", THEIRS, "All Saints' Eve (from 2pm)", "not in the act on public holidays"),
    (
        "se",
        THEIRS,
        "Christmas Eve",
        "an eve: alike for time limits (1930:173), but not in the act on public holidays",
    ),
    (
        "se",
        THEIRS,
        "New Year's Eve",
        "an eve: alike for time limits (1930:173), but not in the act on public holidays",
    ),
    ("se", THEIRS, "Day before Christmas Eve (from 2pm)", "not in the act on public holidays"),
    ("se", THEIRS, "Day before New Year's Eve (from 2pm)", "not in the act on public holidays"),
    ("si", THEIRS, "Primož Trubar Day", "a national holiday on which one works"),
    (
        "si",
        THEIRS,
        "Unification of Prekmurje Slovenes with the Mother Nation",
        "a national holiday on which one works",
    ),
    ("si", THEIRS, "Sovereignty Day", "a national holiday on which one works"),
    ("si", THEIRS, "Rudolf Maister Day", "a national holiday on which one works"),
    (
        "si",
        THEIRS,
        "Return of Primorska into the Homeland",
        "a national holiday on which one works",
    ),
    ("si", THEIRS, "Slovenian Sport's Day", "a national holiday on which one works"),
    (
        "si",
        THEIRS,
        "Integration of Primorska into the Homeland",
        "a national holiday on which one works",
    ),
    (
        "sk",
        THEIRS,
        "Day of the Establishment of the Independent Czech-Slovak State",
        "a state holiday on which one works",
    ),
    ("sk", THEIRS, "Day of Victory over Fascism", "suspended as a day of rest for 2026 (261/2025)"),
    ("sk", THEIRS, "Constitution Day", "a state holiday on which one works"),
    (
        "sk",
        THEIRS,
        "Day of Our Lady of the Seven Sorrows",
        "suspended as a day of rest for 2026 (261/2025)",
    ),
    ("sk", THEIRS, "Struggle for Freedom and Democracy Day", "a state holiday on which one works"),
    (
        "hk",
        THEIRS,
        "The day following National Day",
        "the list has two days in place of one; the Government and the exchange had one",
    ),
    ("in", THEIRS, "", "restricted, of a State, or not closed in the year for offices in Delhi"),
    ("in", OURS, "Closed for the G20 summit", "a single memorandum for offices in Delhi"),
    ("jp", OURS, "Closed from 29 December", "a day off of the State alone, from the 29th on"),
    ("kr", THEIRS, "Workers' Day", "free for employees; for offices since 2026 alone"),
    (
        "kr",
        OURS,
        "Alternative holiday",
        "of Labour Day and Constitution Day of 2027, decreed after the list was made",
    ),
    ("tw", THEIRS, "", "a commemorative day on which one works"),
    ("uk", OURS, "Easter Monday", "not a holiday in Scotland"),
    ("uk", OURS, "Summer bank holiday", "not on that day in Scotland"),
    (
        "us",
        THEIRS,
        "",
        "no legal public holiday: an observance, or a day closed by executive order",
    ),
    ("us-sec", THEIRS, "", "an observance, or a day on which no word of the Commission was seen"),
];

/// The days of `list` that its own years cover, on which `id` differs, with their names.
fn world_differences(
    calendars: &Calendars,
    id: &str,
    list: &BTreeMap<Date, String>,
) -> Vec<(Date, Only, String)> {
    let calendar = calendars.get(id).expect(id);
    let years: BTreeSet<i16> = list.keys().map(|day| day.year()).collect();
    let mut found = Vec::new();
    for year in years.into_iter().filter(|year| calendar.holds_year(*year)) {
        for day in date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year) {
            match (calendar.day_off(day), list.get(&day)) {
                (None, Some(name)) => found.push((day, Only::Theirs, name.clone())),
                (Some(DayOff::Holiday(holiday)), None) if !is_weekend(day) => {
                    found.push((day, Only::Ours, holiday.name.en.to_string()));
                }
                _ => {}
            }
        }
    }
    found
}

/// Saturday or Sunday, whatever the place.
fn is_weekend(day: Date) -> bool {
    day.weekday().to_monday_one_offset() > 5
}

fn shared_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WATCHFIRE_SHARED_DATA")
        .map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    folder.join("holidays/world").is_dir().then_some(folder)
}

#[test]
fn every_difference_from_the_merged_lists_of_the_world_is_explained() {
    let Some(shared) = shared_data() else {
        eprintln!("SKIPPED: no holidays/world in WATCHFIRE_SHARED_DATA; nothing was compared");
        return;
    };
    let calendars = calendars();
    let mut unexplained = Vec::new();
    let mut used = BTreeSet::new();
    let of_states = MEMBER_STATES.map(|id| (id, id.to_uppercase()));
    let elsewhere = ELSEWHERE_LISTED.map(|(id, list)| (id, list.to_owned()));
    for (id, list) in of_states.into_iter().chain(elsewhere) {
        let path = shared.join(format!("holidays/world/{list}_COMMON.json"));
        let text = std::fs::read_to_string(&path).expect("the list of a place");
        let list: BTreeMap<String, String> = serde_json::from_str(&text).expect("names by date");
        let list =
            list.into_iter().map(|(day, name)| (day.parse().expect("a date"), name)).collect();
        for (day, only, name) in world_differences(&calendars, id, &list) {
            let explanation = EXPLAINED.iter().position(|(whose, side, begin, _)| {
                *whose == id && *side == only && name.starts_with(begin)
            });
            match explanation {
                Some(index) => {
                    used.insert(index);
                }
                None => unexplained.push(format!("{id} {day} {only:?} {name}")),
            }
        }
    }
    assert!(unexplained.is_empty(), "unexplained:\n{}", unexplained.join("\n"));
    for (index, (id, _, name, reason)) in EXPLAINED.iter().enumerate() {
        assert!(used.contains(&index), "{id} {name}: explained ({reason}), but not different");
    }
}

/// What a calendar says of its days, asked day by day of what it lists and of nothing else.
struct Naive {
    off: BTreeSet<Date>,
    working: BTreeSet<Date>,
    weekend: Vec<jiff::civil::Weekday>,
}

impl Naive {
    fn of(calendar: &Calendar) -> Self {
        Self {
            off: calendar.holidays().map(|(day, _)| day).collect(),
            working: calendar.working_days_decreed().collect(),
            weekend: calendar.weekend().to_vec(),
        }
    }

    fn works(&self, day: Date) -> bool {
        let free = self.off.contains(&day) || self.weekend.contains(&day.weekday());
        self.working.contains(&day) || !free
    }

    /// The first working day from `day` on, one day after the other, in either direction.
    fn from(&self, day: Date, step: jiff::Span) -> Date {
        let mut days = day.series(step);
        days.find(|day| self.works(*day)).expect("a working day")
    }

    /// The `count`th working day after `day`.
    fn after(&self, day: Date, count: i32) -> Date {
        let days = day.tomorrow().expect("a day").series(1.day());
        let place = usize::try_from(count - 1).expect("a number");
        days.filter(|day| self.works(*day)).nth(place).expect("a working day")
    }
}

#[test]
fn every_day_of_every_year_held_counts_as_one_would_walk_in_both_directions() {
    let mut days = 0;
    for calendar in calendars().iter() {
        let naive = Naive::of(calendar);
        let lacking = |from: Date, to: Date| {
            (from.year()..=to.year()).find(|year| !calendar.holds_year(*year))
        };
        // Two years that nobody holds stand for all of those.
        for year in calendar.years_held().chain([1999, 2050]) {
            let whole = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
            for (place, day) in whole.enumerate() {
                let at = format!("{}: {day}", calendar.id);
                assert_eq!(calendar.is_day_off(day), !naive.works(day), "{at}");
                let next = calendar.next_working_day(day);
                let wanted = naive.from(day, 1.day());
                assert_eq!((next.date, next.year_not_held), (wanted, lacking(day, wanted)), "{at}");
                let before = calendar.previous_working_day(day);
                let wanted = naive.from(day, -1.day());
                let lacks = lacking(wanted, day);
                assert_eq!((before.date, before.year_not_held), (wanted, lacks), "{at}");
                // Each day with one number; every number comes with every kind of day.
                let count = [1, 4, 2, 10, 3, 5, 23, 30][place % 8];
                let found = calendar.add_working_days(day, count).expect("a day");
                let wanted = naive.after(day, count);
                let lacks = lacking(day, wanted);
                assert_eq!((found.date, found.year_not_held), (wanted, lacks), "{at} and {count}");
                days += 1;
            }
        }
    }
    assert!(days > 200_000, "{days} days were compared");
}

#[test]
fn many_years_of_business_days_are_added_at_once() {
    let calendars = calendars();
    let sec = calendars.get("us-sec").expect("us-sec");
    let start = date(2018, 1, 1);
    let found = sec.add_working_days(start, 4_000).expect("a day");
    assert_eq!(found.date, Naive::of(sec).after(start, 4_000));
    assert!(sec.add_working_days(date(9999, 12, 30), 10).is_none());
}

#[test]
fn the_day_before_a_day_off_is_found_backwards() {
    let calendars = calendars();
    let sec = calendars.get("us-sec").expect("us-sec");
    // New Year's Day, a Friday; before it the last business day of the year.
    assert_eq!(sec.previous_working_day(date(2027, 1, 1)).date, date(2026, 12, 31));
    assert_eq!(sec.previous_working_day(date(2027, 1, 3)).date, date(2026, 12, 31));
    assert_eq!(sec.next_working_day(date(2027, 1, 1)).date, date(2027, 1, 4));
    assert_eq!(sec.previous_working_day(date(2026, 12, 31)).date, date(2026, 12, 31));
}

#[test]
fn the_commission_is_closed_on_federal_holidays_and_where_they_are_kept() {
    let calendars = calendars();
    let sec = calendars.get("us-sec").expect("us-sec");
    let closed = [
        (2021, 6, 18),
        (2021, 7, 5),
        (2021, 12, 24),
        (2021, 12, 31),
        (2022, 6, 20),
        (2022, 12, 26),
        (2024, 10, 14),
        (2025, 1, 9),
        (2025, 1, 20),
        (2026, 2, 16),
        (2026, 5, 25),
        (2026, 7, 3),
        (2026, 11, 26),
        (2027, 1, 1),
        (2028, 11, 10),
    ];
    for (year, month, day) in closed {
        assert!(sec.is_day_off(date(year, month, day)), "{year}-{month}-{day}");
    }
    // A holiday before it was one, the Friday after Thanksgiving, and Good Friday are not kept.
    for (year, month, day) in [(2020, 6, 19), (2026, 11, 27), (2026, 4, 3), (2022, 1, 3)] {
        assert!(!sec.is_day_off(date(year, month, day)), "{year}-{month}-{day}");
    }
}
