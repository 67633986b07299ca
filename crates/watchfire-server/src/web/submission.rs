//! The draft of a submission, laid out as the authority's form, and the record that it was made.

use jiff::Timestamp;
use maud::{Markup, html};

use super::case::{self, Completeness};
use super::form;
use super::layout::{self, Room};
use super::obligation::{self, ObligationView};
use super::reader::{Problem, Reader};
use super::time;

/// From this many characters allowed on a field gets several lines.
const SEVERAL_LINES_FROM: usize = 200;

/// What the draft page shows.
#[derive(Debug, Clone)]
pub struct DraftView {
    pub obligation: ObligationView,
    pub form: FormView,
    pub saved_at: Option<Timestamp>,
    /// What was typed about how it was sent, so that nothing is lost to a refusal.
    pub sending: Sending,
    /// Other open obligations that the same submission may meet.
    pub also: Vec<(String, String)>,
    pub may_write: bool,
    pub problem: Option<Problem>,
}

/// A form of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormView {
    pub id: String,
    pub title: String,
    pub source: String,
    pub checked_on: String,
    pub fields: Vec<FieldView>,
}

/// A field of a form, with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    pub id: String,
    pub label: String,
    pub need: Need,
    pub limit: Option<usize>,
    pub help: Option<String>,
    pub cites: Option<String>,
    /// Wording to start from.
    pub draft: Option<String>,
    /// What may be chosen: value and words; empty where anything may be written.
    pub choices: Vec<(String, String)>,
    pub value: String,
}

/// Whether a field must be filled in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    IfAvailable,
    Optional,
    Automatic,
    Copied,
}

impl Need {
    fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Required => ("submission-required", "need-now"),
            Self::IfAvailable => ("submission-if-available", "need-later"),
            Self::Optional => ("shell-optional", "need-not"),
            Self::Automatic => ("submission-automatic", "need-not"),
            Self::Copied => ("submission-copied", "need-later"),
        }
    }
}

/// What was typed about how a submission was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sending {
    pub submitted_at: String,
    pub zone: String,
    pub channel: String,
    pub number: String,
    pub incomplete_reason: String,
}

impl FormView {
    /// Returns how complete it is: of the required fields, how many are filled in.
    pub fn completeness(&self) -> Completeness {
        let required = || self.fields.iter().filter(|field| field.need == Need::Required);
        let missing: Vec<String> =
            required().filter(|field| field.is_empty()).map(|field| field.label.clone()).collect();
        let required = required().count();
        Completeness { filled: required - missing.len(), required, missing }
    }
}

impl FieldView {
    fn is_empty(&self) -> bool {
        self.value.trim().is_empty()
    }

    fn is_too_long(&self) -> bool {
        self.limit.is_some_and(|limit| self.value.chars().count() > limit)
    }
}

/// Makes the page.
pub fn page(view: &DraftView, reader: &Reader) -> Markup {
    let obligation = &view.obligation;
    let below = html! {
        p.soft {
            a href={ "/cases/" (obligation.case) "#" (obligation.element()) } {
                span.id { (obligation.case) } " · " (obligation.case_title)
            }
        }
        p { (obligation::chip(reader, &obligation.law)) }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &obligation.title, &below))
        div.draft-head {
            (obligation::clock(reader, obligation))
            (meter(reader, &view.form))
        }
        p.soft.print-hidden { (reader.text("submission-late-rather")) }
        form.draft #draft method="post" action=(obligation.path("draft")) {
            (layout::csrf(reader))
            (fields(reader, view))
            @if view.may_write {
                div.acts.print-hidden {
                    button type="submit" { (reader.text("submission-save")) }
                    @if let Some(at) = view.saved_at {
                        span.soft { (reader.text("submission-saved")) " " (time::moment(reader, at)) }
                    }
                }
                (sending(reader, view))
            }
        }
        p.soft {
            (reader.text("submission-form")) " " (view.form.title) " · "
            a href=(view.form.source) rel="noreferrer" { (reader.text("obligation-quote-source")) }
            " · " (reader.text_with("submission-checked", &[("day", view.form.checked_on.clone().into())]))
        }
    };
    layout::page(reader, Room::Cases, &obligation.title, content)
}

fn meter(reader: &Reader, form: &FormView) -> Markup {
    let complete = form.completeness();
    let share = (complete.filled * 100).checked_div(complete.required).unwrap_or(100);
    html! {
        div.meter {
            p { (case::completeness(reader, &Completeness { missing: Vec::new(), ..complete.clone() })) }
            svg.burn.filled viewBox="0 0 100 10" preserveAspectRatio="none" role="img"
                aria-label={ (share) " %" } {
                rect.track x="0" y="2" width="100" height="6" rx="1.5" {}
                rect.used x="0" y="2" width=(share) height="6" rx="1.5" {}
            }
            @if !complete.missing.is_empty() {
                p.missing {
                    (reader.text("submission-missing"))
                    @for field in form.fields.iter().filter(|field| field.need == Need::Required && field.is_empty()) {
                        " " a.missing-field href={ "#field-" (field.id) } { (field.label) }
                    }
                }
            }
        }
    }
}

fn fields(reader: &Reader, view: &DraftView) -> Markup {
    html! {
        ol.fields {
            @for field in &view.form.fields { (field_input(reader, field, view.may_write)) }
        }
    }
}

fn field_input(reader: &Reader, field: &FieldView, may_write: bool) -> Markup {
    let (input, help) = (format!("field-{}", field.id), format!("help-{}", field.id));
    let name = format!("field.{}", field.id);
    let (key, style) = field.need.signs();
    let several = field.limit.is_none_or(|limit| limit >= SEVERAL_LINES_FROM);
    html! {
        li.field.(style).unfilled[field.is_empty()] {
            div.label {
                label for=(input) { (field.label) }
                span.need {
                    span.shape aria-hidden="true" { @if field.is_empty() { "○" } @else { "✓" } } " "
                    (reader.text(key))
                    @if let Some(cites) = &field.cites { " · " (cites) }
                }
            }
            div.value {
                @if !field.choices.is_empty() {
                    select id=(input) name=(name) aria-describedby=(help) disabled[!may_write] {
                        option value="" { "–" }
                        @for (value, words) in &field.choices {
                            option value=(value) selected[*value == field.value] { (words) }
                        }
                    }
                } @else if several {
                    textarea id=(input) name=(name) rows="3" aria-describedby=(help)
                        readonly[!may_write] placeholder=[field.draft.as_ref()] { (field.value) }
                } @else {
                    input id=(input) name=(name) value=(field.value) aria-describedby=(help)
                        readonly[!may_write] placeholder=[field.draft.as_ref()];
                }
                (layout::copy(reader, &input))
            }
            p.soft id=(help) {
                @if let Some(text) = &field.help { (text) " " }
                @if let Some(limit) = field.limit { (length(reader, field, limit)) }
            }
        }
    }
}

fn length(reader: &Reader, field: &FieldView, limit: usize) -> Markup {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let used = number(field.value.chars().count());
    let arguments = [("used", used.into()), ("limit", number(limit).into())];
    html! {
        span.num.late[field.is_too_long()] data-count={ "field-" (field.id) } {
            (reader.text_with("submission-length", &arguments))
        }
    }
}

fn sending(reader: &Reader, view: &DraftView) -> Markup {
    let sending = &view.sending;
    let action = view.obligation.path("submission");
    html! {
        fieldset.sending.print-hidden {
            legend { (reader.text("submission-record")) }
            p.soft { (reader.text("submission-record-help")) }
            div.pair {
                div {
                    label for="submitted-at" { (reader.text("submission-at")) }
                    input.num #submitted-at name="submitted_at" value=(sending.submitted_at)
                        autocomplete="off" spellcheck="false";
                }
                div {
                    label for="submitted-zone" { (reader.text("fact-zone")) }
                    input #submitted-zone name="zone" value=(sending.zone) autocomplete="off"
                        spellcheck="false";
                }
                div {
                    label for="submitted-channel" { (reader.text("submission-channel")) }
                    input #submitted-channel name="channel" value=(sending.channel) maxlength="200";
                }
                div {
                    label for="submitted-number" {
                        (reader.text("submission-number")) " "
                        (form::optional(reader))
                    }
                    input.num #submitted-number name="number" value=(sending.number) maxlength="200";
                }
            }
            @if !view.also.is_empty() { (also(reader, view)) }
            label for="incomplete" { (reader.text("submission-incomplete")) }
            input #incomplete name="incomplete_reason" value=(sending.incomplete_reason) maxlength="2000";
            div.acts {
                button.primary type="submit" formaction=(action) { (reader.text("submission-record-button")) }
            }
        }
    }
}

fn also(reader: &Reader, view: &DraftView) -> Markup {
    html! {
        fieldset.plain {
            legend { (reader.text("submission-also")) }
            @for (place, (id, title)) in view.also.iter().enumerate() {
                @let input = format!("also-{place}");
                div.choice {
                    input type="checkbox" id=(input) name={ "also." (id) } value="yes";
                    label for=(input) { (title) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_required_fields_count_and_blanks_fill_nothing() {
        let field = |need, value: &str| FieldView {
            id: "x".into(),
            label: "X".into(),
            need,
            limit: Some(3),
            help: None,
            cites: None,
            draft: None,
            choices: Vec::new(),
            value: value.into(),
        };
        let form = FormView {
            id: "f".into(),
            title: "F".into(),
            source: String::new(),
            checked_on: String::new(),
            fields: vec![
                field(Need::Required, "abc"),
                field(Need::Required, " \n"),
                field(Need::Optional, ""),
                field(Need::IfAvailable, ""),
            ],
        };
        let complete = form.completeness();
        assert_eq!((complete.filled, complete.required), (1, 2));
        assert_eq!(complete.missing, ["X"]);
        assert!(!field(Need::Required, "漏洞库").is_too_long());
        assert!(field(Need::Required, "abcd").is_too_long());
    }
}
