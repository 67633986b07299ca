//! Forms: an input with its label and its help, what was typed into it, and why it was refused.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::reader::{Problem, Reader};

/// What was typed into a form that was refused, so that nothing is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Name of the form; the ids of its inputs begin with it.
    pub form: String,
    pub values: BTreeMap<String, String>,
}

/// A form as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    pub reader: &'a Reader,
    /// Its name, unique on its page.
    pub name: &'a str,
    pub typed: &'a Typed,
    pub problem: Option<&'a Problem>,
}

/// What an input takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Line,
    Lines(u8),
    /// An instant as people type it.
    Instant,
    /// A civil day.
    Day,
    /// A password; it is never put into a page again.
    Password {
        new: bool,
    },
}

/// An input of a form.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub name: &'a str,
    /// Keys of its words.
    pub label: &'a str,
    pub help: Option<&'a str>,
    /// What stands in it where nothing was typed.
    pub value: &'a str,
    pub kind: Kind,
    pub required: bool,
    pub chars_max: u32,
}

/// A choice of one among several.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choice<'a> {
    pub name: &'a str,
    /// Keys of its words.
    pub label: &'a str,
    pub help: Option<&'a str>,
    /// What is chosen where nothing was typed.
    pub value: &'a str,
    /// What is chosen where nothing is, in words; absent where something must be.
    pub none: Option<&'a str>,
    pub required: bool,
    /// Values with their words.
    pub among: &'a [(String, String)],
}

impl Default for Input<'_> {
    fn default() -> Self {
        Self {
            name: "",
            label: "",
            help: None,
            value: "",
            kind: Kind::Line,
            required: true,
            chars_max: 200,
        }
    }
}

impl Form<'_> {
    /// Returns whether it is the form that was refused, and stands open therefore.
    pub fn is_refused(&self) -> bool {
        self.typed.form == self.name
    }

    /// Returns the id of one of its inputs.
    pub fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.name)
    }

    /// Returns what was typed into `name`, or `default` if the form was not refused.
    pub fn value<'v>(&'v self, name: &str, default: &'v str) -> &'v str {
        if !self.is_refused() {
            return default;
        }
        self.typed.values.get(name).map_or("", String::as_str)
    }

    /// The input with its label, its help, and why it was refused.
    pub fn input(&self, input: &Input<'_>) -> Markup {
        let (id, reader) = (self.id(input.name), self.reader);
        let help = input.help.map(|_| format!("{id}-help"));
        let described = described(self.problem, &id, help.as_deref());
        let invalid = invalid(self.problem, &id);
        let value = self.value(input.name, input.value);
        html! {
            label for=(id) {
                (reader.text(input.label))
                @if !input.required { " " (optional(reader)) }
            }
            @match input.kind {
                Kind::Lines(rows) => {
                    textarea id=(id) name=(input.name) rows=(rows) required[input.required]
                        maxlength=(input.chars_max) aria-describedby=[described]
                        aria-invalid=[invalid] { (value) }
                }
                Kind::Password { new } => {
                    input id=(id) name=(input.name) type="password" required[input.required]
                        maxlength=(input.chars_max) aria-describedby=[described]
                        aria-invalid=[invalid]
                        autocomplete=(if new { "new-password" } else { "current-password" });
                }
                Kind::Day => {
                    input id=(id) name=(input.name) type="date" value=(value)
                        required[input.required] aria-describedby=[described]
                        aria-invalid=[invalid];
                }
                Kind::Line | Kind::Instant => {
                    input.num[input.kind == Kind::Instant] id=(id) name=(input.name) value=(value)
                        required[input.required] maxlength=(input.chars_max)
                        aria-describedby=[described] aria-invalid=[invalid] autocomplete="off"
                        spellcheck=[(input.kind == Kind::Instant).then_some("false")];
                }
            }
            @if let (Some(key), Some(help)) = (input.help, help) {
                p.soft id=(help) { (reader.text(key)) }
            }
            (wrong(self.problem, &id))
        }
    }

    /// The choice with its label, its help, and why it was refused.
    pub fn choice(&self, choice: &Choice<'_>) -> Markup {
        let (id, reader) = (self.id(choice.name), self.reader);
        let help = choice.help.map(|_| format!("{id}-help"));
        let described = described(self.problem, &id, help.as_deref());
        let chosen = self.value(choice.name, choice.value);
        html! {
            label for=(id) { (reader.text(choice.label)) }
            select id=(id) name=(choice.name) required[choice.required]
                aria-describedby=[described]
                aria-invalid=[invalid(self.problem, &id)] {
                @if let Some(none) = choice.none { option value="" { (reader.text(none)) } }
                @for (value, words) in choice.among {
                    option value=(value) selected[value == chosen] { (words) }
                }
            }
            @if let (Some(key), Some(help)) = (choice.help, help) {
                p.soft id=(help) { (reader.text(key)) }
            }
            (wrong(self.problem, &id))
        }
    }

    /// The input that takes a file; a browser never fills it again.
    pub fn file(&self, name: &str, label: &str, help: &str) -> Markup {
        let (id, reader) = (self.id(name), self.reader);
        let described = described(self.problem, &id, Some(&format!("{id}-help")));
        html! {
            label for=(id) { (reader.text(label)) }
            input id=(id) name=(name) type="file" required aria-describedby=[described]
                aria-invalid=[invalid(self.problem, &id)];
            p.soft id={ (id) "-help" } { (reader.text(help)) }
            (wrong(self.problem, &id))
        }
    }
}

/// Says that an input may stay empty.
pub fn optional(reader: &Reader) -> Markup {
    html! { span.soft { (reader.text("shell-optional-mark")) } }
}

fn of<'p>(problem: Option<&'p Problem>, input: &str) -> Option<&'p Problem> {
    problem.filter(|problem| problem.input.as_deref() == Some(input))
}

/// Returns the value of `aria-invalid` of an input.
pub fn invalid(problem: Option<&Problem>, input: &str) -> Option<&'static str> {
    of(problem, input).map(|_| "true")
}

/// Returns the value of `aria-describedby` of an input: its help, and why it was refused.
pub fn described(problem: Option<&Problem>, input: &str, help: Option<&str>) -> Option<String> {
    let why = of(problem, input).map(|_| format!("{input}-wrong"));
    let parts: Vec<String> = help.map(str::to_owned).into_iter().chain(why).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Says below an input why it was refused.
pub fn wrong(problem: Option<&Problem>, input: &str) -> Markup {
    html! {
        @if let Some(problem) = of(problem, input) {
            p.wrong id={ (input) "-wrong" } {
                span.shape aria-hidden="true" { "✕" } " " (problem.message)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::locale::Language;

    fn drawn(problem: Option<&Problem>, kind: Kind) -> String {
        let reader = sample::reader(Language::En);
        let values = BTreeMap::from([("title".to_owned(), "typed \"so\"".to_owned())]);
        let typed = Typed { form: "rename".to_owned(), values };
        let form = Form { reader: &reader, name: "rename", typed: &typed, problem };
        let input = Input { name: "title", label: "case-title", kind, ..Input::default() };
        form.input(&input).into_string()
    }

    #[test]
    fn a_refused_input_says_why_and_keeps_what_was_typed() {
        let problem = Problem {
            message: "too long".to_owned(),
            hint: None,
            input: Some("rename-title".to_owned()),
        };
        let refused = drawn(Some(&problem), Kind::Line);
        assert!(refused.contains("aria-invalid=\"true\""), "{refused}");
        assert!(refused.contains("aria-describedby=\"rename-title-wrong\""), "{refused}");
        assert!(refused.contains("id=\"rename-title-wrong\""), "{refused}");
        assert!(refused.contains("typed &quot;so&quot;"), "{refused}");
        let other = Problem { input: Some("rename-other".to_owned()), ..problem };
        assert!(!drawn(Some(&other), Kind::Line).contains("aria-invalid"));
        assert!(!drawn(None, Kind::Line).contains("wrong"));
    }

    #[test]
    fn a_password_is_never_put_into_a_page_again() {
        assert!(!drawn(None, Kind::Password { new: true }).contains("typed"));
        assert!(drawn(None, Kind::Lines(2)).contains("typed &quot;so&quot;</textarea>"));
    }
}
