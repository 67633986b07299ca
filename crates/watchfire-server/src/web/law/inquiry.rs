//! The inquiry: plain questions in short groups, and what the answers say.
//!
//! The answers stand in the address of the page, so nothing is kept before it is recorded, one can
//! go back, and a colleague can be sent the whole.

mod result;

use maud::{Markup, html};

use super::map::SectionView;
use super::{disclaimer, place};
use crate::web::layout::{self, Room};
use crate::web::obligation;
use crate::web::reader::{Problem, Reader};

pub use result::result;

/// So many articles are named before the others are folded.
const ARTICLES_SHOWN: usize = 3;

/// Answers as they stand in an address and in forms: names of fields, and what was answered.
pub type Carried = Vec<(String, String)>;

/// The first page: how it goes, and what was recorded.
#[derive(Debug, Clone, Default)]
pub struct StartView {
    pub recorded: Option<RecordedView>,
}

/// What was recorded of the reader's organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedView {
    pub day: String,
    /// Who; none where it was the node's operator.
    pub who: Option<String>,
    /// Address of the page with these answers.
    pub address: String,
    /// Whether the laws are still those that asked.
    pub same_laws: bool,
    /// How many questions are open.
    pub open: usize,
    /// Questions that were answered and say nothing under the laws in use.
    pub unread: Vec<String>,
}

/// A group of questions.
#[derive(Debug, Clone, Default)]
pub struct RoundView {
    pub id: String,
    /// Of a pack: the law and its title; otherwise jurisdictions are asked for.
    pub law: Option<(String, String)>,
    pub jurisdiction: String,
    /// Its place among the groups, and how many there are.
    pub at: usize,
    pub count: usize,
    pub questions: Vec<QuestionView>,
    /// What was answered in other groups.
    pub carried: Carried,
    /// What is wrong with the answers, in words.
    pub faults: Vec<String>,
}

/// A question.
#[derive(Debug, Clone, Default)]
pub struct QuestionView {
    pub id: String,
    pub asks: String,
    pub help: Option<String>,
    /// The article that says what is asked.
    pub cites: Option<String>,
    /// The articles that make it matter.
    pub matters: Vec<ArticleRef>,
    pub takes: Takes,
    pub answer: String,
}

/// An article, by the provision that it is in the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleRef {
    pub provision: String,
    pub cites: String,
    pub title: String,
}

/// What a question is answered with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Takes {
    #[default]
    YesNo,
    /// One of these: the value, and its words.
    OneOf(Vec<(String, String)>),
    Text,
}

/// What the answers say.
#[derive(Debug, Clone, Default)]
pub struct ResultView {
    pub carried: Carried,
    pub roles: Vec<FoundView>,
    /// Meaning and value.
    pub attributes: Vec<(String, String)>,
    /// The meaning of those that are unknown, since nobody is sure, with the address of the question.
    pub unsure_attributes: Vec<(String, String)>,
    /// What would change in the profile; nothing for whoever has no organization.
    pub changes: Option<ChangesView>,
    /// Questions that are asked and that nobody has answered, with the address of their group.
    pub open: Vec<(String, String)>,
    /// Roles that no question finds, by name.
    pub unasked: Vec<String>,
    /// Why questions are left out, in words, and those.
    pub left_out: Vec<(String, Vec<String>)>,
    /// Questions that were answered and that no pack asks.
    pub unread: Vec<String>,
    pub sections: Vec<SectionView>,
    /// Address of the group before.
    pub back: String,
    pub may_record: MayRecord,
    pub problem: Option<Problem>,
}

/// Who the reader is to the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MayRecord {
    Yes,
    /// Only an administrator may.
    No,
    /// Nobody is signed in.
    #[default]
    Nobody,
}

/// A role that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundView {
    pub name: String,
    pub law: String,
    pub law_title: String,
    pub is_sure: bool,
    /// The question that found it.
    pub asks: String,
    /// Address of its group.
    pub change: String,
    pub matters: Vec<ArticleRef>,
}

/// What would change in the profile of the reader's organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangesView {
    pub gained: Vec<String>,
    pub lost: Vec<String>,
    /// Kept, since nobody answered whether it is so.
    pub kept: Vec<String>,
}

fn room(reader: &Reader) -> Room {
    if reader.account.is_some() { Room::Organization } else { Room::Laws }
}

/// Makes the first page.
pub fn start(view: &StartView, reader: &Reader) -> Markup {
    let title = reader.text("inquiry-title");
    let content = html! {
        (layout::heading(reader, &title, &html! { p.soft { (reader.text("inquiry-below")) } }))
        (disclaimer(reader))
        @if let Some(recorded) = &view.recorded {
            section.ours aria-label=(reader.text("inquiry-section")) {
                (recorded_words(reader, recorded))
                p { a href=(recorded.address) { (reader.text("inquiry-go-on")) } }
            }
        }
        h2 { (reader.text("inquiry-how")) }
        ul.items {
            li { (reader.text("inquiry-how-places")) }
            li { (reader.text("inquiry-how-unsure")) }
            li { (reader.text("inquiry-how-nothing-kept")) }
        }
        form method="get" action="/inquiry" {
            div.acts {
                button.primary type="submit" name="go" value="next" {
                    (reader.text(if view.recorded.is_some() { "inquiry-begin-anew" } else { "inquiry-begin" }))
                }
            }
        }
    };
    layout::page(reader, room(reader), &title, content)
}

/// By whom and when it was answered, and what is open.
pub(in crate::web) fn recorded_words(reader: &Reader, recorded: &RecordedView) -> Markup {
    let who = recorded.who.clone();
    let who = who.unwrap_or_else(|| reader.text("inquiry-recorded-by-node"));
    let arguments = [("day", recorded.day.clone().into()), ("who", who.into())];
    html! {
        p {
            (reader.text_with("inquiry-recorded", &arguments)) " "
            @if recorded.open > 0 {
                (reader.text_with("inquiry-section-open", &[("count", count(recorded.open).into())])) " "
            }
            @if !recorded.same_laws { (reader.text("inquiry-other-laws")) }
        }
        (unread(reader, &recorded.unread))
    }
}

/// Answers that say nothing under the laws in use, by the names of their questions.
fn unread(reader: &Reader, unread: &[String]) -> Markup {
    html! {
        @if !unread.is_empty() {
            p {
                (reader.text("inquiry-unread")) " "
                @for (at, id) in unread.iter().enumerate() {
                    @if at > 0 { ", " }
                    code { (id) }
                }
            }
        }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn carried(answers: &Carried) -> Markup {
    html! {
        @for (name, answer) in answers { input type="hidden" name=(name) value=(answer); }
    }
}

/// Makes the page of a group of questions.
pub fn round(view: &RoundView, reader: &Reader) -> Markup {
    let title = reader.text("inquiry-title");
    let step = [("at", count(view.at).into()), ("count", count(view.count).into())];
    let below = html! { p.soft.num { (reader.text_with("inquiry-step", &step)) } };
    let content = html! {
        (faults(reader, view))
        (layout::heading(reader, &title, &below))
        form.inquiry method="get" action="/inquiry" {
            (carried(&view.carried))
            input type="hidden" name="at" value=(view.id);
            h2 {
                @match &view.law {
                    Some((law, title)) => {
                        a href={ "/laws/" (law) } { (title) } " "
                        span.chip { (place(reader, &view.jurisdiction)) }
                    }
                    None => { (reader.text("inquiry-places")) }
                }
            }
            @for question in &view.questions { (one(reader, question)) }
            div.acts {
                button.primary type="submit" name="go" value="next" { (reader.text("inquiry-next")) }
                button type="submit" name="go" value="back" { (reader.text("inquiry-back")) }
                button type="submit" name="go" value="result" { (reader.text("inquiry-to-result")) }
                @if !view.faults.is_empty() {
                    button type="submit" name="go" value="take-back" { (reader.text("inquiry-take-back")) }
                }
            }
        }
    };
    layout::page(reader, room(reader), &title, content)
}

fn faults(reader: &Reader, view: &RoundView) -> Markup {
    html! {
        @if !view.faults.is_empty() {
            div.problem role="alert" {
                p { span.shape aria-hidden="true" { "✕" } " " (reader.text("inquiry-contradicts")) }
                ul.items { @for fault in &view.faults { li { (fault) } } }
                p.soft { (reader.text("inquiry-contradicts-hint")) }
            }
        }
    }
}

fn one(reader: &Reader, question: &QuestionView) -> Markup {
    let id = format!("answer-{}", obligation::anchor(&question.id));
    let input_id = format!("{id}-value");
    let name = format!("a.{}", question.id);
    html! {
        fieldset.question id=(id) {
            legend { (question.asks) }
            @if let Some(help) = &question.help { p.soft { (help) } }
            (why(reader, question))
            @match &question.takes {
                Takes::YesNo => {
                    div.answers {
                        @for (value, key) in [("yes", "inquiry-yes"), ("no", "inquiry-no"), ("not-sure", "inquiry-not-sure")] {
                            @let input = format!("{id}-{value}");
                            div.choice {
                                input type="radio" id=(input) name=(name) value=(value)
                                    checked[question.answer == value];
                                label for=(input) { (reader.text(key)) }
                            }
                        }
                    }
                }
                Takes::OneOf(choices) => {
                    label.visually-hidden for=(input_id) { (reader.text("inquiry-answer")) }
                    select id=(input_id) name=(name) {
                        option value="" { (reader.text("inquiry-open-value")) }
                        option value="not-sure" selected[question.answer == "not-sure"] {
                            (reader.text("inquiry-not-sure-value"))
                        }
                        @for (value, words) in choices {
                            option value=(value) selected[*value == question.answer] { (words) }
                        }
                    }
                }
                Takes::Text => {
                    label.visually-hidden for=(input_id) { (reader.text("inquiry-answer")) }
                    input id=(input_id) name=(name) value=(question.answer) maxlength="200";
                }
            }
        }
    }
}

/// The article that says what is asked, and those that make it matter.
fn why(reader: &Reader, question: &QuestionView) -> Markup {
    html! {
        @if let Some(cites) = &question.cites {
            p.why-asked { (reader.text("inquiry-defined-in")) " " span.chip.law { (cites) } }
        }
        (matters(reader, &question.matters))
    }
}

fn matters(reader: &Reader, articles: &[ArticleRef]) -> Markup {
    let (shown, folded) = articles.split_at(articles.len().min(ARTICLES_SHOWN));
    let link = |one: &ArticleRef| {
        html! {
            a href={ "/laws/" (one.provision) } { (one.cites) } " " span.soft { (one.title) }
        }
    };
    html! {
        @if !articles.is_empty() {
            div.why-asked {
                (reader.text("inquiry-matters"))
                ul.items { @for one in shown { li { (link(one)) } } }
                @if !folded.is_empty() {
                    details.quiet {
                        summary {
                            (reader.text_with("inquiry-matters-more", &[("count", count(folded.len()).into())]))
                        }
                        ul.items { @for one in folded { li { (link(one)) } } }
                    }
                }
            }
        }
    }
}
