//! The worked cases of a law: facts, and what must come out of them.

use maud::{Markup, html};

use crate::web::reader::Reader;

/// A worked case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    pub name: String,
    /// What the organization is in it, by name.
    pub roles: Vec<String>,
    /// Attributes and answers that hold from the start.
    pub given: Vec<String>,
    /// When, and what.
    pub facts: Vec<(String, String)>,
    /// The instant for which it is asked, where it is not the last fact's.
    pub now: Option<String>,
    pub expects: Vec<ExpectView>,
}

/// What must come out of one provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectView {
    pub provision: String,
    pub title: String,
    pub says: Vec<String>,
}

/// The list of cases; each unfolds.
pub(super) fn list(reader: &Reader, cases: &[CaseView]) -> Markup {
    html! {
        @if !cases.is_empty() {
            section aria-labelledby="cases" {
                h2 #cases { (reader.text("law-cases")) " " span.count.num { (cases.len()) } }
                p.soft { (reader.text("law-cases-why")) }
                ul.cases { @for case in cases { li { (one(reader, case)) } } }
            }
        }
    }
}

fn one(reader: &Reader, case: &CaseView) -> Markup {
    html! {
        details.quiet {
            summary lang="en" { (case.name) }
            div.worked {
                div {
                    h4 { (reader.text("law-case-facts")) }
                    ul.plain {
                        @for role in &case.roles { li { (reader.text_with("party-are-we", &[("role", role.clone().into())])) } }
                        @for given in &case.given { li { (given) } }
                    }
                    dl.dates {
                        @for (when, what) in &case.facts { dt.num { (when) } dd { (what) } }
                        @if let Some(now) = &case.now {
                            dt.num { (now) } dd { (reader.text("law-case-now")) }
                        }
                    }
                }
                div {
                    h4 { (reader.text("law-case-expects")) }
                    @for expect in &case.expects {
                        p {
                            a href={ "/laws/" (expect.provision) } { (expect.title) } " "
                            code { (expect.provision) }
                        }
                        ul.items { @for says in &expect.says { li.num { (says) } } }
                    }
                }
            }
        }
    }
}
