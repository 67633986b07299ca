//! The report of a case: what somebody told, and what is written back to them.

use maud::{Markup, html};

use super::super::form::{Input, Kind};
use super::super::layout;
use super::super::reader::Reader;
use super::super::time;
use super::{CaseView, ReportView};

pub(super) fn section(reader: &Reader, view: &CaseView) -> Markup {
    let Some(report) = &view.report else { return html! {} };
    html! {
        section aria-labelledby="report" {
            h2 #report { (reader.text("case-report")) }
            article.ob.wait {
                p.soft { (reader.text("case-report-received")) " " (time::moment(reader, report.received_at)) }
                p.said { (report.what) }
                p { (report.sure) " · " (report.exploited) }
                p { (contact(reader, report)) }
                (answers(reader, report))
                @if report.may_answer { (answer(reader, view)) }
                @if report.may_answer && report.contact.is_some() { (erase(reader, view)) }
            }
        }
    }
}

fn contact(reader: &Reader, report: &ReportView) -> Markup {
    html! {
        span.soft { (reader.text("case-report-contact")) } " "
        @match &report.contact {
            Some(contact) => { strong { (contact) } }
            None if report.contact_erased => { (reader.text("case-report-contact-erased")) }
            None => { (reader.text("case-report-contact-none")) }
        }
    }
}

fn answers(reader: &Reader, report: &ReportView) -> Markup {
    html! {
        h3 { (reader.text("report-answers")) }
        @if report.answers.is_empty() { p.soft { (reader.text("case-report-unanswered")) } }
        @else {
            ol.timeline {
                @for (at, text) in &report.answers {
                    li.message { (time::moment(reader, *at)) div { p.said { (text) } } }
                }
            }
        }
    }
}

fn answer(reader: &Reader, view: &CaseView) -> Markup {
    let form = view.form(reader, "answer");
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("case-answer")) }
            form.stack method="post" action=(view.path("report/answers")) {
                (layout::csrf(reader))
                (form.input(&Input { name: "text", label: "case-answer-text", kind: Kind::Lines(4),
                    help: Some("case-answer-help"), chars_max: 20_000, ..Input::default() }))
                div.acts { button type="submit" { (reader.text("case-answer-send")) } }
            }
        }
    }
}

fn erase(reader: &Reader, view: &CaseView) -> Markup {
    let form = view.form(reader, "erase");
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("case-erase")) }
            form.stack method="post" action=(view.path("report/contact/erase")) {
                (layout::csrf(reader))
                (form.input(&Input { name: "reason", label: "case-erase-why",
                    help: Some("case-erase-help"), chars_max: 2_000, ..Input::default() }))
                div.acts { button type="submit" { (reader.text("case-erase")) } }
            }
        }
    }
}
