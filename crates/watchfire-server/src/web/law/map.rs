//! The map: what we owe on a day, for a vulnerability, for an incident and always, and why not.

use maud::{Markup, html};

use super::{Confidence, class, confidence, disclaimer, place};
use crate::web::layout::{self, Room};
use crate::web::obligation::Class;
use crate::web::reader::{Problem, Reader};
use crate::web::{query_part, ticked};

/// Width of the drawing of a row, in its own units.
const WIDTH: f64 = 300.0;
/// Minutes up to which the line of time is nearly even; beyond, each step is a multiple.
const EVEN_MINUTES: f64 = 60.0;
/// The marks on the line of time: minutes, and the key of their words.
const MARKS: [(i64, &str); 7] = [
    (60, "map-mark-hour"),
    (4 * 60, "map-mark-four-hours"),
    (24 * 60, "map-mark-day"),
    (3 * 24 * 60, "map-mark-three-days"),
    (14 * 24 * 60, "map-mark-two-weeks"),
    (43_830, "map-mark-month"),
    (3 * 43_830, "map-mark-three-months"),
];

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct MapView {
    pub organization: String,
    /// Our roles by name; empty where nobody has said what we are.
    pub roles: Vec<String>,
    /// The day that is looked at, as it was typed.
    pub day: String,
    pub today: String,
    /// `vulnerability` or `incident`; empty for both.
    pub occasion: String,
    /// What is assumed of the case, as it stands in the address.
    pub assume: String,
    /// What is assumed, in words.
    pub assumed: Vec<String>,
    /// Days to come on which something of ours begins or ends.
    pub turning: Vec<String>,
    pub sections: Vec<SectionView>,
    /// What is not owed, by law.
    pub not_owed: Vec<NotOwedLaw>,
    pub problem: Option<Problem>,
}

/// What is owed on one occasion.
#[derive(Debug, Clone)]
pub struct SectionView {
    /// Key of its heading.
    pub title: &'static str,
    /// By jurisdiction, in its own order.
    pub groups: Vec<(String, Vec<RowView>)>,
}

/// One provision that is owed or foreseen.
#[derive(Debug, Clone)]
pub struct RowView {
    pub provision: String,
    pub title: String,
    pub law_title: String,
    pub cites: String,
    pub class: Class,
    pub class_word: String,
    pub is_norm: bool,
    /// Each count in words, with what has to be so for it.
    pub spans: Vec<String>,
    /// The latest defensible reading, where it differs.
    pub outer: Option<String>,
    /// Why there is no number.
    pub no_number: Option<String>,
    /// On what it arises.
    pub arises_on: Vec<String>,
    /// What its clock runs from, where that is another fact.
    pub runs_from: Option<String>,
    pub owed_to: Option<String>,
    /// Why it is only foreseen; empty where it is owed.
    pub foreseen: Vec<String>,
    /// What the case decides: the words, and the predicate with the answer that would take it away.
    pub unless: Vec<(String, Option<String>)>,
    /// From which day the version that is shown applies.
    pub from: Option<String>,
    /// Where its clock begins and ends, in minutes.
    pub reach: Option<(i64, i64)>,
    pub confidence: Confidence,
    /// The roles through which alone it is owed, where nobody is sure that we are any of them.
    pub unsure: Vec<String>,
}

/// The provisions of a law that are not owed.
#[derive(Debug, Clone)]
pub struct NotOwedLaw {
    pub law: String,
    pub title: String,
    pub jurisdiction: String,
    pub rows: Vec<NotOwedRow>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct NotOwedRow {
    pub provision: String,
    pub title: String,
    pub cites: String,
    /// Everything that is missing.
    pub reasons: Vec<String>,
}

/// Makes the page.
pub fn page(view: &MapView, reader: &Reader) -> Markup {
    let title = reader.text("map-title");
    let below = html! {
        p.soft { (reader.text("map-below")) }
        p {
            @if view.roles.is_empty() { (reader.text("map-no-roles")) }
            @else {
                strong { (view.organization) } (reader.text("map-colon"))
                (view.roles.join(&reader.text("map-list-comma")))
            }
            " · " a href="/inquiry" { (reader.text("map-to-wizard")) }
        }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (disclaimer(reader))
        (choose(reader, view))
        (legend(reader))
        @for section in &view.sections { (one_section(reader, Some(view), section)) }
        (why_not(reader, view))
    };
    layout::page(reader, Room::Map, &title, content)
}

fn choose(reader: &Reader, view: &MapView) -> Markup {
    let occasions = [
        ("", "map-occasion-all"),
        ("vulnerability", "law-for-vulnerability"),
        ("incident", "law-for-incident"),
    ];
    html! {
        form.filters method="get" action="/map" {
            div {
                label for="map-day" { (reader.text("map-day")) }
                input #map-day type="date" name="day" value=(view.day) required;
            }
            div {
                label for="map-occasion" { (reader.text("law-filter-occasion")) }
                select #map-occasion name="for" {
                    @for (value, words) in occasions {
                        option value=(value) selected[value == view.occasion] { (reader.text(words)) }
                    }
                }
            }
            @if !view.assume.is_empty() { input type="hidden" name="assume" value=(view.assume); }
            div.acts { button type="submit" { (reader.text("map-show")) } }
        }
        p.turning {
            @if view.day != view.today {
                a href=(address(view, &view.today, &view.assume)) { (reader.text("map-today")) }
            }
            @if !view.turning.is_empty() {
                span.soft { (reader.text("map-turning")) }
                @for day in &view.turning {
                    a.num href=(address(view, day, &view.assume)) aria-current=[(*day == view.day).then_some("date")] { (day) }
                }
            }
        }
        @if !view.assumed.is_empty() {
            p.banner.past role="status" {
                strong { (reader.text("map-assumed")) }
                @for one in &view.assumed { span { (one) } }
                a href=(address(view, &view.day, "")) { (reader.text("map-assume-nothing")) }
            }
        }
    }
}

fn address(view: &MapView, day: &str, assume: &str) -> String {
    let mut address = format!("/map?day={}", query_part(day));
    for (name, value) in [("for", view.occasion.as_str()), ("assume", assume)] {
        if !value.is_empty() {
            address.push_str(&format!("&{name}={}", query_part(value)));
        }
    }
    address
}

/// The address with one more answer assumed.
fn with_answer(view: &MapView, answer: &str) -> String {
    let assume = match view.assume.is_empty() {
        true => answer.to_owned(),
        false => format!("{},{answer}", view.assume),
    };
    address(view, &view.day, &assume)
}

pub(super) fn legend(reader: &Reader) -> Markup {
    html! {
        ul.legend aria-label=(reader.text("map-legend")) {
            @for (word, norm) in [("hard", false), ("hard", true), ("soft", false), ("standing", false), ("prohibition", false), ("permission", false)] {
                li { (class(reader, word, norm)) }
            }
        }
    }
}

/// One part of the map; without a view nothing can be assumed.
pub(super) fn one_section(
    reader: &Reader,
    view: Option<&MapView>,
    section: &SectionView,
) -> Markup {
    let longest = section
        .groups
        .iter()
        .flat_map(|(_, rows)| rows)
        .filter_map(|row| row.reach.map(|(_, ends)| ends))
        .max();
    html! {
        section aria-labelledby=(section.title) {
            h2 id=(section.title) { (reader.text(section.title)) }
            @if section.groups.is_empty() { p.empty { (reader.text("map-nothing")) } }
            @for (jurisdiction, rows) in &section.groups {
                h3.where { (place(reader, jurisdiction)) " " span.count.num { (rows.len()) } }
                ul.list.owing {
                    @if let Some(longest) = longest { li.axis aria-hidden="true" { span {} span {} (axis(reader, longest)) span {} } }
                    @for row in rows { (one_row(reader, view, row, longest)) }
                }
            }
        }
    }
}

fn one_row(reader: &Reader, view: Option<&MapView>, row: &RowView, longest: Option<i64>) -> Markup {
    let foreseen = !row.foreseen.is_empty();
    html! {
        li.owes.(style(row)).(if foreseen { "foreseen" } else { "in-force" }) {
            div.within {
                @for span in &row.spans { strong.num { (ticked(span)) } }
                @if row.spans.is_empty() { span.soft { (no_date(reader, row)) } }
                @if let Some(outer) = &row.outer {
                    span.until { (reader.text("obligation-outer")) " " (ticked(outer)) }
                }
            }
            div.what {
                a href={ "/laws/" (row.provision) } { (row.title) }
                p {
                    span.chip.(style(row)) { (row.cites) } " " (row.law_title)
                    @if let Some(authority) = &row.owed_to { " · → " (authority) }
                }
                @if !row.arises_on.is_empty() {
                    p { (reader.text("map-when")) " " (row.arises_on.join(&reader.text("map-list-or"))) }
                }
                @if let Some(from) = &row.runs_from { p { (reader.text("law-runs-from")) (reader.text("map-colon")) (from) } }
                @for (words, answer) in &row.unless {
                    p.unless {
                        (words)
                        @if let (Some(answer), Some(view)) = (answer, view) {
                            " " a href=(with_answer(view, answer)) { (reader.text("map-assume")) }
                        }
                    }
                }
            }
            (bar(row, longest))
            div.kinds {
                (class(reader, &row.class_word, row.is_norm))
                @if foreseen {
                    span.chip.ahead { (reader.text("map-foreseen")) }
                    @for reason in &row.foreseen { span.next { (ticked(reason)) } }
                } @else if let Some(from) = &row.from {
                    span.next.num { (reader.text_with("law-from", &[("day", from.clone().into())])) }
                }
                @if !row.unsure.is_empty() {
                    span.chip.ahead { (reader.text("inquiry-unsure")) }
                    span.next { (reader.text_with("inquiry-only-if-we-are",
                        &[("roles", row.unsure.join(&reader.text("map-list-comma")).into())])) }
                }
                (confidence(reader, &row.confidence))
            }
        }
    }
}

fn style(row: &RowView) -> &'static str {
    match row.class {
        Class::Law => "law",
        Class::Norm => "norm",
        Class::House => "house",
        Class::Timeless => "timeless",
    }
}

fn no_date(reader: &Reader, row: &RowView) -> String {
    if let Some(why) = &row.no_number {
        return why.clone();
    }
    reader.text(match row.class_word.as_str() {
        "standing" => "map-always",
        "prohibition" => "map-never",
        "permission" => "map-may",
        _ => "map-no-number",
    })
}

/// The line of time above the rows.
fn axis(reader: &Reader, longest: i64) -> Markup {
    html! {
        svg.reach viewBox={ "0 0 " (WIDTH) " 14" } focusable="false" {
            @for (minutes, key) in MARKS.iter().filter(|(minutes, _)| *minutes <= longest) {
                @let x = place_of(*minutes, longest);
                text x=(fixed(x.min(WIDTH - 2.0))) y="11" text-anchor=(if x > WIDTH - 24.0 { "end" } else { "middle" }) { (reader.text(key)) }
            }
        }
    }
}

/// The clock of a row as a bar; the words beside it say the same.
fn bar(row: &RowView, longest: Option<i64>) -> Markup {
    let (Some((starts, ends)), Some(longest)) = (row.reach, longest) else {
        return html! { span.reach {} };
    };
    let (from, to) = (place_of(starts, longest), place_of(ends, longest));
    html! {
        svg.reach viewBox={ "0 0 " (WIDTH) " 14" } aria-hidden="true" focusable="false" {
            @for (minutes, _) in MARKS.iter().filter(|(minutes, _)| *minutes <= longest) {
                line.mark x1=(fixed(place_of(*minutes, longest))) x2=(fixed(place_of(*minutes, longest))) y1="0" y2="14" {}
            }
            rect.span x=(fixed(from)) y="3.5" width=(fixed((to - from).max(2.0))) height="7" rx="2" {}
            line.end x1=(fixed(to)) x2=(fixed(to)) y1="1" y2="13" {}
        }
    }
}

/// Minutes on a line that is nearly even at first and grows by multiples.
fn place_of(minutes: i64, longest: i64) -> f64 {
    let measure = |minutes: i64| {
        let minutes = i32::try_from(minutes.max(0)).unwrap_or(i32::MAX);
        (f64::from(minutes) / EVEN_MINUTES).ln_1p()
    };
    measure(minutes) / measure(longest.max(1)) * (WIDTH - 3.0) + 1.0
}

fn fixed(number: f64) -> String {
    format!("{number:.1}")
}

fn why_not(reader: &Reader, view: &MapView) -> Markup {
    html! {
        @if !view.not_owed.is_empty() {
            section aria-labelledby="why-not" {
                h2 #why-not {
                    (reader.text("map-why-not")) " "
                    span.count.num { (view.not_owed.iter().map(|law| law.rows.len()).sum::<usize>()) }
                }
                p.soft { (reader.text("map-why-not-below")) }
                @for law in &view.not_owed {
                    details.ob.quiet.not-owed {
                        summary {
                            (law.title) " " span.chip { (place(reader, &law.jurisdiction)) } " "
                            span.count.num { (law.rows.len()) }
                            @if let Some(reason) = shared(law) { span.next { (reason) } }
                        }
                        ul.plain {
                            @for row in &law.rows {
                                li {
                                    a href={ "/laws/" (row.provision) } { (row.title) } " "
                                    span.chip.timeless { (row.cites) }
                                    ul.items { @for reason in &row.reasons { li { (ticked(reason)) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The first reason, where every provision of a law has it.
fn shared(law: &NotOwedLaw) -> Option<&String> {
    let first = law.rows.first()?.reasons.first()?;
    law.rows.iter().all(|row| row.reasons.contains(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_lies_further_right_and_all_lies_within() {
        let places: Vec<f64> =
            MARKS.iter().map(|(minutes, _)| place_of(*minutes, 131_490)).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(places.iter().all(|x| (0.0..=WIDTH).contains(x)), "{places:?}");
        assert!(place_of(0, 60) >= 0.0 && place_of(60, 60) <= WIDTH);
        assert!(place_of(60, 0).is_finite());
    }
}
