//! The draft of a submission, laid out as the authority's form, and the record that it was made.

use jiff::Timestamp;
use maud::{Markup, html};

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
    /// When it was decided that it is kept to what the law itself asks for, if that stands.
    pub minimum_since: Option<Timestamp>,
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
    /// What the law calls this stage of it.
    pub stage: String,
    pub source: String,
    pub checked_on: String,
    /// What a reader should know of the form as a whole.
    pub note: Option<String>,
    pub fields: Vec<FieldView>,
    pub counts: Counts,
}

/// How much of the form is answered, by how far it is needed: answered, and asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub required_now: (usize, usize),
    pub if_available: (usize, usize),
    pub later: (usize, usize),
    pub optional: (usize, usize),
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
    /// How it must be spelled, where that is not free.
    pub spelling: Option<String>,
    pub value: String,
    /// Where the answer comes from, if nobody has typed it here.
    pub from: Option<String>,
    /// Why the answer is not taken.
    pub problem: Option<String>,
    /// The provisions for which it is left out on purpose, or may be; and whether it is.
    pub left_out: Option<(String, bool)>,
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
    pub pass_reason: String,
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
        p.acts.print-hidden {
            a.button href=(obligation.path("draft/print")) { (reader.text("submission-print")) }
            a.button href=(obligation.path("draft/export")) download { (reader.text("submission-export")) }
        }
        p.soft.print-hidden { (reader.text("submission-late-rather")) }
        form.draft #draft method="post" action=(obligation.path("draft")) {
            (layout::csrf(reader))
            @if let Some(decided) = view.minimum_since {
                input type="hidden" name="minimum" value=(decided);
                p.soft { (reader.text("submission-minimum")) " " (time::moment(reader, decided)) }
            }
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
    let counts = form.counts;
    let (done, asked) = counts.required_now;
    let share = (done * 100).checked_div(asked).unwrap_or(100);
    let missing = || form.fields.iter().filter(|it| it.need == Need::Required && it.is_empty());
    html! {
        div.meter {
            p { (count(reader, "submission-count-now", counts.required_now)) }
            svg.burn.filled viewBox="0 0 100 10" preserveAspectRatio="none" role="img"
                aria-label={ (share) " %" } {
                rect.track x="0" y="2" width="100" height="6" rx="1.5" {}
                rect.used x="0" y="2" width=(share) height="6" rx="1.5" {}
            }
            p.soft {
                (count(reader, "submission-count-available", counts.if_available)) " · "
                (count(reader, "submission-count-later", counts.later)) " · "
                (count(reader, "submission-count-optional", counts.optional))
            }
            @if missing().next().is_some() {
                p.missing {
                    (reader.text("submission-missing"))
                    @for field in missing() {
                        " " a.missing-field href={ "#field-" (field.id) } { (field.label) }
                    }
                }
            }
        }
    }
}

fn count(reader: &Reader, key: &str, (done, asked): (usize, usize)) -> Markup {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let arguments = [("done", number(done).into()), ("asked", number(asked).into())];
    html! { span.num { (reader.text_with(key, &arguments)) } }
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
    let invalid = field.problem.as_ref().map(|_| "true");
    let several =
        field.spelling.is_none() && field.limit.is_none_or(|limit| limit >= SEVERAL_LINES_FROM);
    html! {
        li.field.(style).unfilled[field.is_empty()].wrong[field.problem.is_some()] {
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
                    select id=(input) name=(name) aria-describedby=(help)
                        aria-invalid=[invalid] disabled[!may_write] {
                        option value="" { "–" }
                        @for (value, words) in &field.choices {
                            option value=(value) selected[*value == field.value] { (words) }
                        }
                    }
                } @else if several {
                    textarea id=(input) name=(name) rows="3" aria-describedby=(help)
                        aria-invalid=[invalid] readonly[!may_write] placeholder=[field.draft.as_ref()] { (field.value) }
                } @else {
                    input id=(input) name=(name) value=(field.value) aria-describedby=(help)
                        aria-invalid=[invalid] readonly[!may_write] placeholder=[field.draft.as_ref()];
                }
                (layout::copy(reader, &input))
            }
            p.soft id=(help) {
                @if let Some(problem) = &field.problem {
                    strong.late { span.shape aria-hidden="true" { "✕" } " " (problem) } " "
                }
                @if let Some(from) = &field.from { (from) " " }
                @if let Some(spelling) = &field.spelling { (spelling) " " }
                @if let Some(text) = &field.help { (text) " " }
                @if let Some(limit) = field.limit { (length(reader, field, limit)) }
            }
            @if let Some((provisions, is_left_out)) = &field.left_out {
                p.soft {
                    input type="checkbox" id={ "left-out-" (field.id) } name={ "left_out." (field.id) }
                        value=(provisions) checked[*is_left_out] disabled[!may_write];
                    " " label for={ "left-out-" (field.id) } {
                        (reader.text_with("submission-left-out", &[("provisions", provisions.clone().into())]))
                    }
                }
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
            label for="pass-reason" {
                (reader.text("gate-pass-reason")) " " (form::optional(reader))
            }
            input #pass-reason name="pass_reason" value=(sending.pass_reason) maxlength="2000";
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

/// Makes the form as a page of paper: what is asked and what is answered, and nothing to press.
pub fn print(view: &DraftView, reader: &Reader) -> Markup {
    let (obligation, form) = (&view.obligation, &view.form);
    let below = html! {
        p { (form.title) @if form.stage != form.title { " · " (form.stage) } }
        p.soft {
            span.id { (obligation.case) } " · " (obligation.case_title) " · "
            (obligation.law.cites)
        }
    };
    let content = html! {
        (layout::heading(reader, &obligation.title, &below))
        @if let Some(note) = &form.note { p.soft { (note) } }
        table.paper {
            thead { tr {
                th scope="col" { (reader.text("submission-print-field")) }
                th scope="col" { (reader.text("submission-print-answer")) }
            } }
            tbody {
                @for field in &form.fields {
                    tr {
                        th scope="row" {
                            (field.label)
                            p.soft { (reader.text(field.need.signs().0))
                                @if let Some(cites) = &field.cites { " · " (cites) } }
                        }
                        td {
                            @if field.is_empty() { span.soft { "–" } } @else {
                                @for line in field.shown().lines() { (line) br; }
                            }
                            @if let Some(problem) = &field.problem { p.late { (problem) } }
                        }
                    }
                }
            }
        }
        p { (count(reader, "submission-count-now", form.counts.required_now)) }
        p.soft {
            (reader.text("submission-form")) " " (form.source) " · "
            (reader.text_with("submission-checked", &[("day", form.checked_on.clone().into())]))
        }
        p.acts.print-hidden {
            a.button href=(obligation.path("draft")) { (reader.text("submission-print-back")) }
        }
    };
    layout::page(reader, Room::Cases, &obligation.title, content)
}

impl FieldView {
    /// The answer as a reader reads it: of a choice its words.
    fn shown(&self) -> &str {
        let chosen = self.choices.iter().find(|(value, _)| *value == self.value);
        chosen.map_or(self.value.as_str(), |(_, words)| words.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(value: &str) -> FieldView {
        FieldView {
            id: "x".into(),
            label: "X".into(),
            need: Need::Required,
            limit: Some(3),
            help: None,
            cites: None,
            draft: None,
            choices: vec![("yes".into(), "Yes, it is".into())],
            spelling: None,
            value: value.into(),
            from: None,
            problem: None,
            left_out: None,
        }
    }

    #[test]
    fn signs_are_counted_and_blanks_fill_nothing() {
        assert!(!field("漏洞库").is_too_long());
        assert!(field("abcd").is_too_long());
        assert!(field(" \n").is_empty());
    }

    #[test]
    fn paper_shows_the_words_of_a_choice() {
        assert_eq!(field("yes").shown(), "Yes, it is");
        assert_eq!(field("other").shown(), "other");
    }
}
