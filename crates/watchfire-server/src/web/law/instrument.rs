//! The page of one law, and that of one provision.

use jiff::civil::Date;
use maud::{Markup, html};
use watchfire_core::law::quotation::Block;

use super::article::{self, ArticleView, ReadingView};
use super::changes::{self, ChangesView};
use super::worked::{self, CaseView};
use super::{Confidence, checked, confidence, disclaimer, place};
use crate::web::layout::{self, Room};
use crate::web::obligation;
use crate::web::reader::Reader;

/// A law with everything in it.
#[derive(Debug, Clone)]
pub struct PackView {
    pub law: String,
    pub jurisdiction: String,
    pub title: String,
    pub original: Option<(String, String)>,
    pub time_zone: String,
    pub source: String,
    pub checked_on: String,
    pub confidence: Confidence,
    /// Nothing of it is law.
    pub proposed: bool,
    /// What the texts say of themselves, in the reader's language.
    pub preamble: Vec<Block>,
    pub roles: Vec<(String, String)>,
    pub articles: Vec<ArticleView>,
    /// Every reading of the pack.
    pub readings: Vec<ReadingView>,
    pub forms: Vec<(String, Vec<String>)>,
    pub cases: Vec<CaseView>,
    /// The changes that came through the reader's house; nothing for whoever has none.
    pub changes: Option<ChangesView>,
    pub today: Date,
}

/// The page of one provision.
#[derive(Debug, Clone)]
pub struct ProvisionPage {
    pub law: String,
    pub law_title: String,
    pub jurisdiction: String,
    pub title: String,
    pub article: ArticleView,
    /// What the reader's organization owes of it, or why not.
    pub ours: Option<Ours>,
    pub cases: Vec<CaseView>,
    pub today: Date,
}

/// What an organization owes of a provision today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// Key of the words: owed, foreseen, or not owed.
    pub verdict: &'static str,
    /// Why not, or what it hangs on.
    pub lines: Vec<String>,
}

/// Makes the page of one law.
pub fn page(view: &PackView, reader: &Reader) -> Markup {
    let below = html! {
        @if let Some((language, original)) = &view.original { p lang=(language) { (original) } }
        p.soft {
            (place(reader, &view.jurisdiction)) " · " code { (view.law) } " · "
            (reader.text("law-zone")) " " (view.time_zone) " · "
            a href=(view.source) rel="noreferrer" { (reader.text("obligation-quote-source")) } " · "
            (checked(reader, &view.checked_on)) " " (confidence(reader, &view.confidence))
            @if view.proposed { " " span.chip.ahead { (reader.text("law-proposed")) } }
        }
    };
    let content = html! {
        (layout::heading(reader, &view.title, &below))
        (disclaimer(reader))
        (contents(reader, view))
        @if !view.preamble.is_empty() {
            details.quiet {
                summary { (reader.text("law-text-about")) }
                (article::blocks(&view.preamble, &view.source))
            }
        }
        section aria-labelledby="provisions" {
            h2 #provisions { (reader.text("law-provisions-title")) }
            @for one in &view.articles { (article::beside(reader, one, view.today)) }
        }
        @if let Some(changes) = &view.changes { (changes::list(reader, changes)) }
        (readings(reader, view))
        (forms(reader, view))
        (worked::list(reader, &view.cases))
        (roles(reader, view))
    };
    layout::page(reader, Room::Laws, &view.title, content)
}

/// The way to each provision.
fn contents(reader: &Reader, view: &PackView) -> Markup {
    html! {
        nav.contents aria-label=(reader.text("law-contents")) {
            ul {
                @for provision in view.articles.iter().flat_map(|one| &one.provisions) {
                    li {
                        a href={ "#" (obligation::anchor(&provision.id)) } { (provision.cites) }
                        " " span.soft { (provision.title) }
                    }
                }
            }
        }
    }
}

fn readings(reader: &Reader, view: &PackView) -> Markup {
    html! {
        @if !view.readings.is_empty() {
            section aria-labelledby="readings" {
                h2 #readings { (reader.text("law-readings")) }
                @for reading in &view.readings {
                    article.ob.wait id={ "reading-" (reading.id) } {
                        h3 { (reading.says) }
                        p { (reading.why) }
                        p.soft { (reading.by) " · " span.num { (reading.on) } " · " code { (reading.id) } }
                    }
                }
            }
        }
    }
}

fn forms(reader: &Reader, view: &PackView) -> Markup {
    html! {
        @if !view.forms.is_empty() {
            section aria-labelledby="forms" {
                h2 #forms { (reader.text("law-forms")) }
                @for (title, fields) in &view.forms {
                    details.ob.quiet {
                        summary { (title) }
                        ol { @for field in fields { li { (field) } } }
                    }
                }
            }
        }
    }
}

fn roles(reader: &Reader, view: &PackView) -> Markup {
    html! {
        @if !view.roles.is_empty() {
            section aria-labelledby="roles" {
                h2 #roles { (reader.text("law-roles")) }
                dl.dates { @for (id, name) in &view.roles { dt { code { (id) } } dd { (name) } } }
            }
        }
    }
}

/// Makes the page of one provision.
pub fn provision(view: &ProvisionPage, reader: &Reader) -> Markup {
    let below = html! {
        p.soft {
            a href={ "/laws/" (view.law) } { (view.law_title) } " · "
            (place(reader, &view.jurisdiction))
        }
    };
    let content = html! {
        (layout::heading(reader, &view.title, &below))
        (disclaimer(reader))
        @if let Some(ours) = &view.ours {
            section.ours aria-label=(reader.text("law-ours")) {
                p { strong { (reader.text("law-ours")) } " " (reader.text(ours.verdict)) " "
                    a href="/map" { (reader.text("law-to-map")) } }
                @if !ours.lines.is_empty() { ul.items { @for line in &ours.lines { li { (line) } } } }
            }
        }
        (article::beside(reader, &view.article, view.today))
        (worked::list(reader, &view.cases))
    };
    layout::page(reader, Room::Laws, &view.title, content)
}
