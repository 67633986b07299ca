//! Reading a calendar file: its keys, and what must be true of their values.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::law::confidence::Confidence;
use crate::law::problem::Problem;
use crate::law::text::Text;

use super::rule::{self, Computus, MonthDay, Rule, StatutoryDay};
use super::{Calendar, Holiday, Listed};

/// The longest span of years that a calendar may claim to hold.
const YEARS_MAX: i16 = 200;
/// The years that a calendar may speak of: from the Gregorian reform on.
const YEARS: RangeInclusive<i16> = 1583..=9000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    title: Text,
    jurisdiction: String,
    confidence: Confidence,
    checked_on: Spanned<Datetime>,
    source: String,
    note: Option<Text>,
    weekend: Spanned<Vec<WeekdayName>>,
    held: Option<Spanned<Held>>,
    #[serde(default)]
    day: Vec<Spanned<DayTable>>,
    #[serde(default)]
    year: Vec<Spanned<YearTable>>,
}

/// Years for a calendar that is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UpdateFile {
    updates: Spanned<String>,
    checked_on: Spanned<Datetime>,
    confidence: Option<Confidence>,
    source: Option<String>,
    held: Option<Spanned<Held>>,
    #[serde(default)]
    day: Vec<Spanned<DayTable>>,
    #[serde(default)]
    year: Vec<Spanned<YearTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    from_year: i16,
    until_year: i16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayTable {
    name: Text,
    source: Option<String>,
    fixed: Option<Spanned<String>>,
    easter: Option<ComputusName>,
    offset_days: Option<i64>,
    weekday: Option<WeekdayName>,
    on_or_after: Option<Spanned<String>>,
    dates: Option<Vec<Spanned<Datetime>>>,
    from_year: Option<i16>,
    until_year: Option<i16>,
    #[serde(default)]
    except_years: Vec<i16>,
    #[serde(default)]
    decreed: Vec<Spanned<Datetime>>,
    #[serde(default)]
    moves: BTreeMap<WeekdayName, i64>,
    #[serde(default)]
    also: BTreeMap<WeekdayName, i64>,
    substitute: Option<Substitute>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearTable {
    year: i16,
    sources: Vec<String>,
    working: Vec<Spanned<Datetime>>,
    off: Vec<OffTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OffTable {
    name: Text,
    dates: Vec<Spanned<Datetime>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ComputusName {
    Western,
    Orthodox,
}

#[derive(Clone, Copy, Deserialize)]
enum Substitute {
    #[serde(rename = "following-working-day")]
    FollowingWorkingDay,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl WeekdayName {
    fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Monday,
            Self::Tuesday => Weekday::Tuesday,
            Self::Wednesday => Weekday::Wednesday,
            Self::Thursday => Weekday::Thursday,
            Self::Friday => Weekday::Friday,
            Self::Saturday => Weekday::Saturday,
            Self::Sunday => Weekday::Sunday,
        }
    }
}

/// Returns whether a file brings years to a calendar that is there: it has the key `updates`.
pub(super) fn is_update(text: &str) -> bool {
    // Most files do not have the word at all, and need not be read twice.
    let has_key =
        || toml::from_str::<toml::Table>(text).is_ok_and(|file| file.contains_key("updates"));
    text.contains("updates") && has_key()
}

/// Reads one calendar file.
pub(super) fn calendar(path: &str, text: &str) -> Result<Calendar, Vec<Problem>> {
    let mut reader = Reader { path, text, problems: Vec::new() };
    let file: File = parse(path, text)?;
    let calendar = reader.build(file);
    reader.done(calendar)
}

/// Reads the years that a file brings to one of `calendars`, as a calendar of these years alone.
pub(super) fn update(
    path: &str,
    text: &str,
    calendars: &BTreeMap<String, Calendar>,
) -> Result<Calendar, Vec<Problem>> {
    let mut reader = Reader { path, text, problems: Vec::new() };
    let file: UpdateFile = parse(path, text)?;
    let Some(base) = calendars.get(file.updates.get_ref()) else {
        let message = format!("there is no calendar `{}` to update", file.updates.get_ref());
        let hint = "correct the name, or write a whole calendar with `id`";
        let at = file.updates.span();
        return Err(vec![Problem::at(path, text, at, "undeclared", message, hint)]);
    };
    let checked_on = reader.date(&file.checked_on).unwrap_or(base.checked_on);
    let mut years = Calendar {
        confidence: file.confidence.unwrap_or(base.confidence),
        source: file.source.unwrap_or_else(|| base.source.clone()),
        checked_on,
        years: Default::default(),
        tables: Default::default(),
        holidays: Default::default(),
        working: Default::default(),
        updates: Vec::new(),
        ..base.clone()
    };
    reader.years(&mut years, file.updates.span(), file.held, file.day, file.year);
    reader.done(Some(years))
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, Vec<Problem>> {
    toml::from_str(text).map_err(|error| {
        let hint = "see the keys of a calendar file in `laws/README.md`";
        vec![Problem::of_toml(path, text, &error, hint)]
    })
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn refuse(&mut self, at: Range<usize>, message: String, hint: &str) {
        self.problems.push(Problem::at(self.path, self.text, at, "value", message, hint));
    }

    fn done(self, calendar: Option<Calendar>) -> Result<Calendar, Vec<Problem>> {
        match calendar {
            Some(calendar) if self.problems.is_empty() => Ok(calendar),
            _ => Err(self.problems),
        }
    }

    fn build(&mut self, file: File) -> Option<Calendar> {
        let weekend: Vec<Weekday> =
            file.weekend.get_ref().iter().copied().map(WeekdayName::weekday).collect();
        if weekend.len() >= 7 {
            let hint = "name the days of the week on which nobody works";
            self.refuse(file.weekend.span(), "every day is a weekend".to_owned(), hint);
        }
        let checked_on = self.date(&file.checked_on);
        let mut calendar = Calendar {
            id: file.id.get_ref().as_str().into(),
            title: file.title,
            jurisdiction: file.jurisdiction,
            confidence: file.confidence,
            checked_on: checked_on?,
            source: file.source,
            note: file.note,
            updates: Vec::new(),
            weekend,
            years: Default::default(),
            tables: Default::default(),
            holidays: BTreeMap::new(),
            working: Default::default(),
        };
        self.years(&mut calendar, file.id.span(), file.held, file.day, file.year);
        Some(calendar)
    }

    /// Reads the years of a file, which has them in one of two forms.
    fn years(
        &mut self,
        calendar: &mut Calendar,
        named_at: Range<usize>,
        held: Option<Spanned<Held>>,
        days: Vec<Spanned<DayTable>>,
        years: Vec<Spanned<YearTable>>,
    ) {
        match (held, days.is_empty(), years.is_empty()) {
            (Some(held), false, true) => self.by_rules(calendar, &held, days),
            (None, true, false) => self.by_years(calendar, years),
            _ => self.refuse(
                named_at,
                "a calendar has either `held` and `[[day]]` tables, or `[[year]]` tables"
                    .to_owned(),
                "write rules with the years they hold for, or the published list of each year",
            ),
        }
    }

    fn by_rules(
        &mut self,
        calendar: &mut Calendar,
        held: &Spanned<Held>,
        tables: Vec<Spanned<DayTable>>,
    ) {
        let Held { from_year, until_year } = *held.get_ref();
        if !YEARS.contains(&from_year)
            || until_year < from_year
            || until_year - from_year > YEARS_MAX
        {
            let hint = "`from_year` comes first, and at most 200 years are held";
            self.refuse(held.span(), "the years held are no span of years".to_owned(), hint);
            return;
        }
        let days: Vec<_> =
            tables.into_iter().filter_map(|table| self.statutory_day(table, calendar)).collect();
        calendar.years = (from_year..=until_year).collect();
        let days = rule::expand(&days, &calendar.years, &calendar.weekend);
        let listed =
            |(date, holiday): (Date, Holiday)| (date, Listed { of_year: date.year(), holiday });
        calendar.holidays = days.into_iter().map(listed).collect();
    }

    fn by_years(&mut self, calendar: &mut Calendar, tables: Vec<Spanned<YearTable>>) {
        for table in tables {
            let span = table.span();
            let table = table.into_inner();
            let year = table.year;
            if !YEARS.contains(&year) {
                let hint = "write the year as in `year = 2027`";
                self.refuse(span.clone(), format!("{year} is no year of a calendar"), hint);
            }
            if table.sources.is_empty() || !calendar.years.insert(year) {
                let hint = "each year is written once and names the notice it comes from";
                self.refuse(span, format!("the year {year} has no source or two tables"), hint);
            }
            let source = table.sources.join("; ");
            for off in table.off {
                let holiday = Holiday { name: off.name, source: source.clone() };
                for date in off.dates.iter().filter_map(|date| self.date_of(year, date)) {
                    let listed = Listed { of_year: year, holiday: holiday.clone() };
                    calendar.holidays.insert(date, listed);
                }
            }
            for written in &table.working {
                let Some(date) = self.date_of(year, written) else { continue };
                calendar.working.insert(date, year);
                if calendar.holidays.contains_key(&date) {
                    let hint = "take the date out of `off` or out of `working`";
                    self.refuse(written.span(), format!("{date} is both off and working"), hint);
                }
            }
        }
    }

    /// A date in the list of a year. The first days of a holiday at the turn of the year stand in
    /// the list of the year that begins.
    fn date_of(&mut self, year: i16, written: &Spanned<Datetime>) -> Option<Date> {
        let date = self.date(written)?;
        let before = date.year() == year - 1 && date.month() == 12;
        if date.year() != year && !before {
            let hint = "a list has the days of its year, and of the December before it";
            self.refuse(written.span(), format!("{date} is no day of {year}"), hint);
            return None;
        }
        Some(date)
    }

    fn statutory_day(
        &mut self,
        table: Spanned<DayTable>,
        calendar: &Calendar,
    ) -> Option<StatutoryDay> {
        let span = table.span();
        let table = table.into_inner();
        let rule = self.rule(&table, span)?;
        let by_weekday = |map: &BTreeMap<WeekdayName, i64>| {
            map.iter().map(|(name, days)| (name.weekday().to_monday_one_offset(), *days)).collect()
        };
        let source = table.source.as_ref().unwrap_or(&calendar.source).clone();
        Some(StatutoryDay {
            rule,
            from_year: table.from_year,
            until_year: table.until_year,
            decreed: table.decreed.iter().filter_map(|date| self.date(date)).collect(),
            moves: by_weekday(&table.moves),
            also: by_weekday(&table.also),
            substituted: matches!(table.substitute, Some(Substitute::FollowingWorkingDay)),
            except_years: table.except_years,
            holiday: Holiday { name: table.name, source },
        })
    }

    fn rule(&mut self, table: &DayTable, span: Range<usize>) -> Option<Rule> {
        let anchors = (&table.fixed, table.easter, table.weekday, &table.dates);
        match (anchors, table.offset_days, &table.on_or_after) {
            ((Some(day), None, None, None), None, None) => self.month_day(day).map(Rule::Fixed),
            ((None, Some(name), None, None), Some(offset_days), None) => {
                let computus = match name {
                    ComputusName::Western => Computus::Western,
                    ComputusName::Orthodox => Computus::Orthodox,
                };
                Some(Rule::Easter { computus, offset_days })
            }
            ((None, None, Some(weekday), None), None, Some(from)) => {
                let from = self.month_day(from)?;
                Some(Rule::WeekdayFrom { weekday: weekday.weekday(), from })
            }
            ((None, None, None, Some(dates)), None, None) => {
                Some(Rule::Dates(dates.iter().filter_map(|date| self.date(date)).collect()))
            }
            _ => {
                let hint = "write exactly one of `fixed`, `easter` with `offset_days`, `weekday` \
                            with `on_or_after`, `dates`";
                let message = format!("the day `{}` needs one rule", table.name.en);
                self.refuse(span, message, hint);
                None
            }
        }
    }

    fn month_day(&mut self, written: &Spanned<String>) -> Option<MonthDay> {
        let day = MonthDay::parse(written.get_ref());
        if day.is_none() {
            let message = format!("`{}` is not a day of every year", written.get_ref());
            self.refuse(written.span(), message, "write month and day as in `12-25`");
        }
        day
    }

    fn date(&mut self, written: &Spanned<Datetime>) -> Option<Date> {
        let value = written.get_ref();
        let date = match (value.date, value.time, value.offset) {
            (Some(date), None, None) => i16::try_from(date.year)
                .ok()
                .zip(i8::try_from(date.month).ok().zip(i8::try_from(date.day).ok()))
                .and_then(|(year, (month, day))| Date::new(year, month, day).ok()),
            _ => None,
        };
        if date.is_none() {
            let message = format!("`{value}` is not a day");
            self.refuse(written.span(), message, "write a date without a time, as in 2026-11-23");
        }
        date
    }
}
