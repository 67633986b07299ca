//! Reporting: four questions that anybody may answer, and what happens then.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::{Exploited, Sureness};

use super::form;
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use super::time;

/// The form, with what was typed, so that nothing is lost to a refusal.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    pub what: String,
    pub component: String,
    pub sure: Option<Sureness>,
    pub exploited: Option<Exploited>,
    pub found_at: String,
    pub zone: String,
    pub contact: String,
    pub problem: Option<Problem>,
}

/// What the reporter is told, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedView {
    pub received_at: Timestamp,
    /// Opens the answers; told once and never kept.
    pub tracking_code: String,
    pub receipt: Option<String>,
    /// The case, where the reporter may see it.
    pub case: Option<String>,
}

/// What the tracking code opens.
#[derive(Debug, Clone, Default)]
pub struct TrackView {
    /// What was typed, and found nothing.
    pub missed: bool,
    pub found: Option<TrackedView>,
}

/// A report as its reporter sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedView {
    pub received_at: Timestamp,
    /// What was written back, with when.
    pub answers: Vec<(Timestamp, String)>,
}

/// Makes the form.
pub fn form(view: &FormView, reader: &Reader) -> Markup {
    let title = reader.text("report-title");
    let below = html! { p.soft { (reader.text("report-below")) } };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        form.report.stack method="post" action="/report" {
            (layout::csrf(reader))
            (what(reader, view))
            (sureness(reader, view))
            (exploited(reader, view))
            (optional(reader, view))
            div.acts { button.primary type="submit" { (reader.text("report-send")) } }
            p.soft { (reader.text("report-privacy")) }
        }
        p { a href="/report/track" { (reader.text("report-track-link")) } }
    };
    layout::page(reader, Room::Report, &title, content)
}

fn what(reader: &Reader, view: &FormView) -> Markup {
    html! {
        div.ask {
            label for="report-what" { span.number aria-hidden="true" { "1" } (reader.text("report-what")) }
            textarea #report-what name="what" rows="6" required maxlength="20000"
                aria-describedby="report-what-help" { (view.what) }
            p.soft #report-what-help { (reader.text("report-what-help")) }
        }
        div.ask {
            label for="report-component" {
                span.number aria-hidden="true" { "2" } (reader.text("report-component")) " "
                (form::optional(reader))
            }
            input #report-component name="component" value=(view.component) maxlength="500"
                placeholder="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
                aria-describedby="report-component-help" autocomplete="off" spellcheck="false";
            p.soft #report-component-help { (reader.text("report-component-help")) }
        }
    }
}

/// One radio button of a question.
fn choice(reader: &Reader, name: &str, value: &str, key: &str, chosen: bool) -> Markup {
    let id = format!("report-{name}-{value}");
    html! {
        div.choice {
            input type="radio" id=(id) name=(name) value=(value) required checked[chosen];
            label for=(id) { (reader.text(key)) }
        }
    }
}

fn sureness(reader: &Reader, view: &FormView) -> Markup {
    let is = |sure| view.sure == Some(sure);
    html! {
        fieldset.ask {
            legend { span.number aria-hidden="true" { "3" } (reader.text("report-sure")) }
            (choice(reader, "sure", "sure", "report-sure-sure", is(Sureness::Sure)))
            (choice(reader, "sure", "likely", "report-sure-likely", is(Sureness::Likely)))
            (choice(reader, "sure", "unsure", "report-sure-unsure", is(Sureness::Unsure)))
        }
    }
}

fn exploited(reader: &Reader, view: &FormView) -> Markup {
    let is = |exploited| view.exploited == Some(exploited);
    html! {
        fieldset.ask {
            legend { span.number aria-hidden="true" { "4" } (reader.text("report-exploited")) }
            (choice(reader, "exploited", "yes", "report-exploited-yes", is(Exploited::Yes)))
            (choice(reader, "exploited", "no", "report-exploited-no", is(Exploited::No)))
            (choice(reader, "exploited", "unknown", "report-exploited-unknown", is(Exploited::Unknown)))
        }
    }
}

fn optional(reader: &Reader, view: &FormView) -> Markup {
    let open = !view.found_at.is_empty() || !view.contact.is_empty();
    html! {
        details.quiet open[open] {
            summary { (reader.text("report-more")) }
            div.pair {
                div {
                    label for="report-found" { (reader.text("report-found")) }
                    input.num #report-found name="found_at" value=(view.found_at) placeholder="2026-09-30"
                        autocomplete="off" spellcheck="false" aria-describedby="report-found-help";
                }
                div {
                    label for="report-zone" { (reader.text("fact-zone")) }
                    input #report-zone name="zone" value=(view.zone) autocomplete="off" spellcheck="false";
                }
            }
            p.soft #report-found-help { (reader.text("fact-instant-help")) }
            label for="report-contact" { (reader.text("report-contact")) }
            input #report-contact name="contact" value=(view.contact) maxlength="500"
                aria-describedby="report-contact-help" autocomplete="email";
            p.soft #report-contact-help { (reader.text("report-contact-help")) }
        }
    }
}

/// Makes the page that follows a report.
pub fn received(view: &ReceivedView, reader: &Reader) -> Markup {
    let title = reader.text("report-received");
    let content = html! {
        (layout::heading(reader, &title, &html! {}))
        p.lead {
            (reader.text("report-done-at")) " " strong { (time::moment(reader, view.received_at)) }
        }
        section.card aria-labelledby="code" {
            h2 #code { (reader.text("report-code")) }
            p.code { code #tracking-code { (view.tracking_code) } " " (layout::copy(reader, "tracking-code")) }
            p.soft { (reader.text("report-code-help")) }
            @if let Some(receipt) = &view.receipt {
                h2 { (reader.text("shell-receipt")) }
                p.code { code #report-receipt { (receipt) } " " (layout::copy(reader, "report-receipt")) }
                p.soft { (reader.text("report-receipt-help")) }
            }
        }
        section.card aria-labelledby="next" {
            h2 #next { (reader.text("report-next")) }
            ol {
                li { (reader.text("report-next-clock")) }
                li { (reader.text("report-next-holder")) }
                li { (reader.text("report-next-answer")) }
            }
            @if let Some(case) = &view.case {
                p { a href={ "/cases/" (case) } { (reader.text("report-case")) " " (case) } }
            }
        }
        section.card.warning aria-labelledby="dont" {
            h2 #dont { (reader.text("report-dont")) }
            ul {
                li { (reader.text("report-dont-public")) }
                li { (reader.text("report-dont-tell")) }
                li { (reader.text("report-dont-try")) }
            }
        }
    };
    layout::page(reader, Room::Report, &title, content)
}

/// Makes the page to look a report up.
pub fn track(view: &TrackView, reader: &Reader) -> Markup {
    let title = reader.text("report-track");
    let content = html! {
        (layout::heading(reader, &title, &html! { p.soft { (reader.text("report-track-below")) } }))
        @if view.missed {
            (layout::problem(Some(&Problem {
                message: reader.text("report-track-missed"),
                hint: Some(reader.text("report-track-missed-hint")),
                input: Some("track-code".to_owned()),
            })))
        }
        form.stack method="post" action="/report/track" {
            (layout::csrf(reader))
            label for="track-code" { (reader.text("report-code")) }
            input.num #track-code name="code" required autocomplete="off" spellcheck="false"
                maxlength="100" placeholder="WT-7K3F-9QX2-…";
            div.acts { button.primary type="submit" { (reader.text("report-look")) } }
        }
        @if let Some(found) = &view.found { (tracked(reader, found)) }
    };
    layout::page(reader, Room::Report, &title, content)
}

fn tracked(reader: &Reader, found: &TrackedView) -> Markup {
    html! {
        section.card aria-labelledby="tracked" {
            h2 #tracked { (reader.text("report-yours")) " " (time::moment(reader, found.received_at)) }
            h3 { (reader.text("report-answers")) }
            @if found.answers.is_empty() { p.soft { (reader.text("report-no-answers")) } }
            ol.timeline {
                @for (at, text) in &found.answers {
                    li.message { (time::moment(reader, *at)) div { p.said { (text) } } }
                }
            }
        }
    }
}
