//! The watch: every clock that is running, the soonest first.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::layout::{self, Room};
use super::obligation::{self, Class, ObligationView, State};
use super::reader::Reader;
use super::time;

/// How far the nearest group reaches.
const NEAR_HOURS: i64 = 24;
/// Seconds between two refreshes of an open page, where script is allowed.
const REFRESH_SECONDS: u32 = 30;

/// What the watch shows.
#[derive(Debug, Clone, Default)]
pub struct WatchView {
    /// Open obligations of this page, in order of time left; those without a date last.
    pub open: Vec<ObligationView>,
    /// Questions that nobody has answered, on this first page.
    pub questions: Vec<QuestionView>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub continued: bool,
}

/// Something that somebody has to decide, with the clock of its own.
#[derive(Debug, Clone)]
pub struct QuestionView {
    pub asks: Asks,
    /// In the reader's words.
    pub question: String,
    /// Where its clock begins, and when it should be decided: a house target. Without it, it does
    /// not ring.
    pub from: Option<Timestamp>,
    pub due: Option<Timestamp>,
    /// What hangs on it; the first is that whose question is due first, or whose people are asked.
    pub hangs: Vec<ObligationView>,
}

/// What is to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A question on which clocks hang.
    Question,
    /// What to do where duties collide: no clock waits for it.
    Conflict,
}

impl Asks {
    /// Where on the page of the case it is decided.
    fn place(self) -> &'static str {
        match self {
            Self::Question => "decisions",
            Self::Conflict => "conflicts",
        }
    }
}

/// The groups of the watch, in the order in which they want somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Gap,
    Near,
    Later,
    Waiting,
}

const GROUPS: [(Group, &str); 4] = [
    (Group::Gap, "watch-gaps"),
    (Group::Near, "watch-near"),
    (Group::Later, "watch-later"),
    (Group::Waiting, "watch-waiting"),
];

fn group(view: &ObligationView, now: Timestamp) -> Group {
    let near = now.saturating_add(SignedDuration::from_hours(NEAR_HOURS)).unwrap_or(Timestamp::MAX);
    if view.state == State::WaitingForAnchor {
        return Group::Waiting;
    }
    if view.is_gap() && view.law.class != Class::Timeless {
        return Group::Gap;
    }
    match view.strict_due {
        Some(due) if due <= near => Group::Near,
        Some(_) => Group::Later,
        None => Group::Waiting,
    }
}

/// Makes the page.
pub fn page(view: &WatchView, reader: &Reader) -> Markup {
    let title = reader.text("watch-title");
    let below = html! { p.soft { (reader.text("watch-below")) } };
    let content = html! {
        (layout::heading(reader, &title, &below))
        div #clocks hx-get=(reader.path) hx-trigger={ "every " (REFRESH_SECONDS) "s" }
            hx-select="#clocks" hx-target="#clocks" hx-swap="outerMorph" {
            (clocks(view, reader))
        }
        (keys(reader))
    };
    layout::page(reader, Room::Watch, &title, content)
}

fn clocks(view: &WatchView, reader: &Reader) -> Markup {
    html! {
        @if view.open.is_empty() && !view.continued {
            div.empty {
                p { strong { (reader.text("watch-empty")) } }
                p.soft { (reader.text("watch-empty-why")) }
                p { a.button href="/report" { (reader.text("shell-report")) } }
            }
        }
        (questions(view, reader))
        @for (wanted, key) in GROUPS {
            @let rows = rows(view, reader, wanted);
            @if !rows.is_empty() {
                section aria-labelledby=(key) {
                    h2 id=(key) { (reader.text(key)) " " span.count.num { (rows.len()) } }
                    ul.list.gap[wanted == Group::Gap] {
                        @for row in rows { (line(reader, row)) }
                    }
                }
            }
        }
        @if let Some(next) = &view.next {
            nav.paging aria-label=(reader.text("watch-paging")) {
                a.button href={ "/watch?after=" (super::query_part(next)) } rel="next" { (reader.text("watch-next")) }
            }
        }
    }
}

fn questions(view: &WatchView, reader: &Reader) -> Markup {
    html! {
        @if !view.questions.is_empty() {
            section aria-labelledby="watch-questions" {
                h2 #watch-questions {
                    (reader.text("watch-questions")) " " span.count.num { (view.questions.len()) }
                }
                ul.list {
                    @for question in &view.questions { (question_line(reader, question)) }
                }
            }
        }
    }
}

fn question_line(reader: &Reader, view: &QuestionView) -> Markup {
    let Some(first) = view.hangs.first() else { return html! {} };
    let past = view.due.is_some_and(|due| reader.now >= due);
    let titles: Vec<String> = view.hangs.iter().map(|hangs| hangs.title.clone()).collect();
    html! {
        li.row.late[past] data-row {
            div.clock { @if let Some(due) = view.due { (question_clock(reader, view.from, due)) } }
            div.what {
                a href={ "/cases/" (first.case) "#" (view.asks.place()) } data-open { (view.question) }
                p { span.id { (first.case) } " · " (first.case_title) }
                p.soft {
                    @match view.asks {
                        Asks::Question => {
                            (reader.text("watch-question-hangs")) " " (obligation::list(reader, &titles))
                        }
                        Asks::Conflict => {
                            span.shape aria-hidden="true" { "⚖" } " " (reader.text("watch-conflict-goes-on"))
                        }
                    }
                }
            }
            div.law {
                (obligation::chip(reader, &first.law))
                " " span.note { (reader.text("obligation-house-target")) }
            }
            div.holding { (obligation::who(reader, first)) }
        }
    }
}

fn question_clock(reader: &Reader, from: Option<Timestamp>, due: Timestamp) -> Markup {
    let past = reader.now >= due;
    let span = time::span(reader.language, reader.now, due);
    let key = if past { "obligation-past" } else { "obligation-left" };
    html! {
        span.left.num.late[past] {
            @if past { span.shape aria-hidden="true" { "▲ " } }
            (reader.text_with(key, &[("span", span.into())]))
        }
        small.until { (reader.text("watch-question-until")) " " (time::moment(reader, due)) }
        (obligation::used(reader, from, due, reader.now, &[]))
    }
}

/// The rows of a group in order of time left; among the gaps, what the law asks comes first.
fn rows<'v>(view: &'v WatchView, reader: &Reader, wanted: Group) -> Vec<&'v ObligationView> {
    let mut rows: Vec<&ObligationView> =
        view.open.iter().filter(|row| group(row, reader.now) == wanted).collect();
    if wanted == Group::Gap {
        rows.sort_by_key(|row| row.law.class);
    }
    rows
}

/// One row of the list.
pub fn line(reader: &Reader, view: &ObligationView) -> Markup {
    html! {
        li.row.late[obligation::wants_somebody(view)] id=(view.element()) data-row {
            (obligation::clock(reader, view))
            div.what {
                a href={ "/cases/" (view.case) "#" (view.element()) } data-open { (view.title) }
                p { span.id { (view.case) } " · " (view.case_title) }
                @if let Some(question) = &view.question {
                    p.question {
                        span.shape aria-hidden="true" { "?" } " "
                        (reader.text("watch-undecided")) " " (question)
                    }
                }
            }
            div.law {
                (obligation::chip(reader, &view.law))
                @if let Some(authority) = &view.owed_to {
                    span.next {
                        (reader.text_with("obligation-owed-to", &[("authority", authority.clone().into())]))
                    }
                }
                @if view.state.is_open() && view.strict_due.is_some() {
                    (obligation::state(reader, view.state))
                }
            }
            div.holding {
                (obligation::who(reader, view))
                (obligation::claim(reader, view))
            }
        }
    }
}

fn keys(reader: &Reader) -> Markup {
    html! {
        p.keys.soft {
            kbd { "j" } " " kbd { "k" } " " (reader.text("watch-key-move")) " · "
            kbd { "↵" } " " (reader.text("watch-key-open")) " · "
            kbd { "t" } " " (reader.text("watch-key-take"))
        }
    }
}
