//! What is owed in a case, each as a card; and what is not, and why.

use maud::{Markup, html};

use super::super::form::Input;
use super::super::layout;
use super::super::obligation::{self, Class, ObligationView, State};
use super::super::reader::Reader;
use super::super::{ticked, time};
use super::{CaseView, Completeness, Detail, NotOwed};

pub(super) fn obligations(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="obligations" {
            h2 #obligations {
                (reader.text("case-obligations")) " " span.count.num { (view.obligations.len()) }
            }
            @if view.obligations.is_empty() { p.soft { (reader.text("case-no-obligations")) } }
            @for detail in &view.obligations { (obligation_card(reader, view, detail)) }
        }
    }
}

fn card_style(detail: &Detail) -> &'static str {
    let state = detail.view.state;
    if state.is_met() {
        return "met";
    }
    if detail.view.law.class == Class::House {
        return "house";
    }
    if state == State::WaitingForAnchor { "wait" } else { "open" }
}

fn obligation_card(reader: &Reader, case: &CaseView, detail: &Detail) -> Markup {
    let view = &detail.view;
    html! {
        article.ob.(card_style(detail)) id=(view.element()) data-row {
            header {
                h3 { (view.title) }
                (obligation::left(reader, view))
            }
            div.marks {
                (obligation::chip(reader, &view.law)) " "
                @if view.strict_due.is_some() && view.state.is_open() {
                    (obligation::state(reader, view.state))
                }
                @if view.after_strict { " " span.chip.late { (reader.text("obligation-after-strict")) } }
            }
            @if view.state.is_open() { (obligation::burn(reader, view)) }
            @for quote in &detail.quotes {
                blockquote lang=(quote.language) cite=(quote.source) { p { (quote.text) } }
            }
            @if let Some(question) = &view.question {
                p.question {
                    span.shape aria-hidden="true" { "?" } " "
                    (reader.text("obligation-provisional")) " " a href="#decisions" { (question) }
                }
            }
            (dates(reader, detail))
            @if let Some(met_by) = &detail.met_by { p.stamp { (met_by) } }
            (obligation::chain(reader, view))
            (acts(reader, case, view))
            (why(reader, detail))
        }
    }
}

fn dates(reader: &Reader, detail: &Detail) -> Markup {
    let view = &detail.view;
    html! {
        dl.dates {
            @if let Some(authority) = &view.owed_to {
                dt { (reader.text("case-owed-to")) } dd { (authority) }
            }
            @if let Some(from) = view.strict_from {
                dt { (reader.text("obligation-runs-from")) }
                dd { (time::deadline(reader, from, &view.zone)) }
            }
            @if let Some(due) = view.strict_due {
                dt { (reader.text(if view.law.class == Class::House { "obligation-house-target" } else { "obligation-strict" })) }
                dd { strong { (time::deadline(reader, due, &view.zone)) } }
            } @else if view.state.is_open() {
                dt { (reader.text("obligation-strict")) }
                dd { (obligation::no_date(reader, view)) }
            }
            @if let Some(due) = view.outer_due.filter(|due| Some(*due) != view.strict_due) {
                dt { (reader.text("obligation-outer")) }
                dd {
                    (time::deadline(reader, due, &view.zone))
                    " " span.soft { (reader.text("obligation-outer-why")) }
                }
            }
            @if view.state.is_open() {
                dt { (reader.text("obligation-held-by")) }
                dd { (obligation::who(reader, view)) }
            }
            @if let Some(form) = detail.form.as_ref().filter(|_| view.state.is_open()) {
                dt { (reader.text("obligation-form")) }
                dd { (completeness(reader, form)) }
            }
        }
    }
}

/// How complete a form is, in words, and what is missing.
pub fn completeness(reader: &Reader, form: &Completeness) -> Markup {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let arguments =
        [("filled", number(form.filled).into()), ("required", number(form.required).into())];
    html! {
        (reader.text_with("obligation-form-complete", &arguments))
        @if !form.missing.is_empty() {
            " " span.missing {
                (reader.text_with("obligation-form-missing",
                    &[("fields", obligation::list(reader, &form.missing).into())]))
            }
        }
    }
}

fn acts(reader: &Reader, case: &CaseView, view: &ObligationView) -> Markup {
    let acts = view.acts;
    if acts == obligation::Acts::default() {
        return html! {};
    }
    html! {
        div.acts {
            (obligation::claim(reader, view))
            @if acts.acknowledge {
                (obligation::act(reader, view, "acknowledge", &html! {
                    button.primary type="submit" { (reader.text("obligation-acknowledge")) }
                }))
            }
            @if acts.draft {
                a.button href=(view.path("draft")) { (reader.text("obligation-draft")) }
            }
            @if acts.assign && !case.people.is_empty() { (assign(reader, case, view)) }
            @if acts.escalate { (escalate(reader, case, view)) }
            @if acts.release { (release(reader, case, view)) }
        }
    }
}

fn assign(reader: &Reader, case: &CaseView, view: &ObligationView) -> Markup {
    let input = format!("to-{}", view.id);
    html! {
        details.quiet {
            summary data-key="a" { (reader.text("obligation-assign")) " " kbd aria-hidden="true" { "a" } }
            form method="post" action=(view.path("assign")) {
                (layout::csrf(reader))
                label for=(input) { (reader.text("obligation-assign-to")) }
                select id=(input) name="to" required {
                    @for (party, name) in &case.people { option value=(party) { (name) } }
                }
                button type="submit" { (reader.text("obligation-assign")) }
            }
        }
    }
}

/// The form by which anybody asks for the next of the chain without waiting for a rung.
fn escalate(reader: &Reader, case: &CaseView, view: &ObligationView) -> Markup {
    let name = format!("escalate-{}", view.id);
    let form = case.form(reader, &name);
    html! {
        details.quiet open[form.is_refused()] {
            summary data-key="e" { (reader.text("obligation-escalate")) " " kbd aria-hidden="true" { "e" } }
            form method="post" action=(view.path("escalate")) {
                (layout::csrf(reader))
                (form.input(&Input { name: "reason", label: "obligation-escalate-why",
                    chars_max: 2_000, ..Input::default() }))
                button type="submit" { (reader.text("obligation-escalate")) }
            }
        }
    }
}

fn release(reader: &Reader, case: &CaseView, view: &ObligationView) -> Markup {
    let name = format!("release-{}", view.id);
    let form = case.form(reader, &name);
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("obligation-release")) }
            form method="post" action=(view.path("release")) {
                (layout::csrf(reader))
                (form.input(&Input { name: "reason", label: "obligation-release-why",
                    chars_max: 2_000, ..Input::default() }))
                button type="submit" { (reader.text("obligation-release")) }
            }
        }
    }
}

fn why(reader: &Reader, detail: &Detail) -> Markup {
    if detail.trace.is_empty() {
        return html! {};
    }
    html! {
        details.why {
            summary data-key="w" { (reader.text("obligation-why")) }
            ol { @for step in &detail.trace { li { (ticked(step)) } } }
            @if let Some(reading) = &detail.reading {
                p.soft { (reader.text("obligation-reading")) " " (reading) }
            }
            p.soft {
                @if let Some(day) = &detail.version_from {
                    (reader.text_with("obligation-version", &[("day", day.clone().into())])) " · "
                }
                code { (detail.view.law.provision) }
                @if let Some(quote) = detail.quotes.first() {
                    " · " a href=(quote.source) rel="noreferrer" { (reader.text("obligation-quote-source")) }
                }
            }
        }
    }
}

/// What is foreseen, and apart from it what is not owed, each with its reason.
pub(super) fn not_owed(reader: &Reader, view: &CaseView) -> Markup {
    let of = |foreseen| view.not_owed.iter().filter(move |item| item.foreseen == foreseen);
    html! {
        (not_owed_group(reader, "foreseen", "case-foreseen", &of(true).collect::<Vec<_>>()))
        (not_owed_group(reader, "not-owed", "case-not-owed", &of(false).collect::<Vec<_>>()))
    }
}

fn not_owed_group(reader: &Reader, id: &str, title: &str, items: &[&NotOwed]) -> Markup {
    html! {
        @if !items.is_empty() {
            section.foreseen aria-labelledby=(id) {
                h2 id=(id) { (reader.text(title)) " " span.count.num { (items.len()) } }
                @for item in items {
                    details.ob.quiet {
                        summary {
                            span { (item.title) } " " (obligation::chip(reader, &item.law)) " "
                            (obligation::state(reader, item.state))
                            span.soft.reason { (item.reason) }
                        }
                        ol { @for step in &item.why { li { (step) } } }
                    }
                }
            }
        }
    }
}
