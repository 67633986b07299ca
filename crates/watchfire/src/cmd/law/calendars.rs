//! `watchfire law calendars`: which days are off, in which years that is known, and who says so.

use jiff::civil::Date;
use serde::Serialize;
use watchfire_core::law::Language;
use watchfire_core::law::calendar::{Calendar, Holiday};

use super::list::{Words, confidence};
use crate::cli::Laws;
use crate::cmd::{obligations, packs};
use crate::exit::{Exit, Failure};
use crate::print;

#[derive(Serialize)]
struct Answer {
    calendars: Vec<ListedCalendar>,
}

#[derive(Serialize)]
struct ListedCalendar {
    calendar: String,
    jurisdiction: String,
    title: Words,
    source: String,
    checked_on: String,
    confidence: String,
    note: Option<Words>,
    weekend: Vec<String>,
    years_held: Vec<i16>,
    updates: Vec<ListedUpdate>,
}

/// Years that a file of the operator's folder brought.
#[derive(Serialize)]
struct ListedUpdate {
    file: String,
    checked_on: String,
    years: Vec<i16>,
}

#[derive(Serialize)]
struct ShownYear {
    #[serde(flatten)]
    calendar: ListedCalendar,
    year: i16,
    /// Whether the days of the year are known; if not, its weekends alone count.
    held: bool,
    days: Vec<ShownDay>,
}

#[derive(Serialize)]
struct ShownDay {
    date: String,
    /// `off`, or `working` for a day of the weekend that is worked.
    kind: &'static str,
    name: Option<Words>,
    source: Option<String>,
}

impl ListedCalendar {
    fn of(calendar: &Calendar) -> Self {
        let updates = calendar.updates.iter().map(|update| ListedUpdate {
            file: update.path.clone(),
            checked_on: update.checked_on.to_string(),
            years: update.years.iter().copied().collect(),
        });
        Self {
            calendar: calendar.id.to_string(),
            jurisdiction: calendar.jurisdiction.clone(),
            title: Words::of(&calendar.title),
            source: calendar.source.clone(),
            checked_on: calendar.checked_on.to_string(),
            confidence: confidence(calendar.confidence),
            note: calendar.note.as_ref().map(Words::of),
            weekend: calendar
                .weekend()
                .iter()
                .map(|day| format!("{day:?}").to_lowercase())
                .collect(),
            years_held: calendar.years_held().collect(),
            updates: updates.collect(),
        }
    }
}

/// Lists the calendars.
pub(super) fn list(language: &str, json: bool, laws: &Laws) -> Result<Exit, Failure> {
    let language = obligations::language(language)?;
    let laws = packs::lawbook(laws)?;
    let calendars = laws.calendars();
    if json {
        print::json(&Answer { calendars: calendars.iter().map(ListedCalendar::of).collect() })?;
        return Ok(Exit::Done);
    }
    let mut table = print::table(&["calendar", "title", "years held", "checked on", "confidence"]);
    for calendar in calendars.iter() {
        let years: Vec<i16> = calendar.years_held().collect();
        let cells = [
            calendar.id.to_string(),
            calendar.title.in_language(language).to_owned(),
            spans(&years),
            calendar.checked_on.to_string(),
            confidence(calendar.confidence),
        ];
        table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
    }
    print::data(&table.to_string())?;
    Ok(Exit::Done)
}

/// Shows the days of one calendar in a year.
pub(super) fn show(
    id: &str,
    year: Option<i16>,
    language: &str,
    json: bool,
    laws: &Laws,
) -> Result<Exit, Failure> {
    let language = obligations::language(language)?;
    let laws = packs::lawbook(laws)?;
    let Some(calendar) = laws.calendars().get(id) else {
        return Err(Failure::request(format!("there is no calendar `{id}`"))
            .hint("`watchfire law calendars` tells them"));
    };
    let Some(year) = year.or_else(|| calendar.years_held().last()) else {
        return Err(Failure::request(format!("the calendar `{id}` holds no year"))
            .hint("name a year with `--year`: its weekends alone count"));
    };
    let days = days(calendar, year);
    let listed = ListedCalendar::of(calendar);
    let held = calendar.holds_year(year);
    if json {
        print::json(&ShownYear { calendar: listed, year, held, days })?;
        return Ok(Exit::Done);
    }
    print::data(&print::plain(&heading(calendar, &listed, year, language)))?;
    let mut table = print::table(&["date", "day", "name", "source"]);
    for day in &days {
        let name = day.name.as_ref().map_or_else(String::new, |name| name.in_language(language));
        let cells = [&day.date, day.kind, &name, day.source.as_deref().unwrap_or_default()];
        table.add_row(cells.map(print::plain).to_vec());
    }
    print::data(&table.to_string())?;
    Ok(Exit::Done)
}

fn heading(calendar: &Calendar, listed: &ListedCalendar, year: i16, language: Language) -> String {
    let mut lines = vec![
        format!("{} ({})", calendar.title.in_language(language), calendar.id),
        format!("source: {}", listed.source),
        format!("compared on {}, {}", listed.checked_on, listed.confidence),
        format!("weekend: {}", listed.weekend.join(", ")),
        format!("years held: {}", spans(&listed.years_held)),
    ];
    for update in &listed.updates {
        let years = spans(&update.years);
        lines.push(format!("{years} from `{}`, compared on {}", update.file, update.checked_on));
    }
    lines.extend(calendar.note.as_ref().map(|note| note.in_language(language).to_owned()));
    if !calendar.holds_year(year) {
        lines.push(format!(
            "{year} is not held: its weekends alone count, until its days are known"
        ));
    }
    lines.join("\n") + "\n"
}

/// The named days of a year and its worked weekends, in order of time.
fn days(calendar: &Calendar, year: i16) -> Vec<ShownDay> {
    let off = calendar.holidays().map(|(date, holiday)| (date, Some(holiday)));
    let working = calendar.working_days_decreed().map(|date| (date, None));
    let mut days: Vec<_> = off.chain(working).filter(|(date, _)| date.year() == year).collect();
    days.sort_unstable_by_key(|(date, _)| *date);
    let shown = |(date, holiday): (Date, Option<&Holiday>)| ShownDay {
        date: date.to_string(),
        kind: if holiday.is_some() { "off" } else { "working" },
        name: holiday.map(|holiday| Words::of(&holiday.name)),
        source: holiday.map(|holiday| holiday.source.clone()),
    };
    days.into_iter().map(shown).collect()
}

/// Years in short: `2007-2026`, `2014, 2023`.
fn spans(years: &[i16]) -> String {
    let runs = years.chunk_by(|one, next| one + 1 == *next);
    let run = |run: &[i16]| match run {
        [] => String::new(),
        [one] => one.to_string(),
        [first, .., last] => format!("{first}-{last}"),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::spans;

    #[test]
    fn years_that_follow_each_other_are_told_in_short() {
        assert_eq!(spans(&[2007, 2008, 2009, 2011, 2013, 2014]), "2007-2009, 2011, 2013-2014");
        assert_eq!(spans(&[]), "");
    }
}
