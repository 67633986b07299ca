//! The laws: which packs are in use, and each with its own words, versions, readings and cases.

use maud::{Markup, html};

use super::case::Quote;
use super::layout::{self, Room};
use super::obligation::{self, Class};
use super::reader::Reader;

/// The packs in use.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    /// By jurisdiction, in its own order.
    pub groups: Vec<(String, Vec<PackRow>)>,
}

/// One pack in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    pub law: String,
    pub title: String,
    /// The name in the language of the law, where it is another.
    pub original: Option<(String, String)>,
    pub confidence: Confidence,
    pub checked_on: String,
    pub provisions: usize,
}

/// How sure we are of what a pack says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confidence {
    Primary,
    Secondary,
    /// With the probability that it is right.
    Unverified(String),
}

impl Confidence {
    /// Reads the word of the packs; what is unknown counts as unverified.
    pub fn of(word: &str) -> Self {
        match word {
            "primary" => Self::Primary,
            "secondary" => Self::Secondary,
            other => Self::Unverified(other.trim_start_matches("unverified").trim().to_owned()),
        }
    }
}

/// A pack with everything in it.
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
    pub roles: Vec<(String, String)>,
    pub provisions: Vec<ProvisionView>,
    pub readings: Vec<ReadingView>,
    pub forms: Vec<(String, Vec<String>)>,
    /// Worked cases: name and what they expect, in words.
    pub cases: Vec<(String, Vec<String>)>,
}

/// A provision.
#[derive(Debug, Clone)]
pub struct ProvisionView {
    pub id: String,
    pub cites: String,
    pub title: String,
    pub class: Class,
    /// The pack's own word for the class.
    pub class_word: String,
    pub owed_by: Vec<String>,
    pub owed_to: Option<String>,
    pub arises_on: Vec<String>,
    pub runs_from: Option<String>,
    pub quotes: Vec<Quote>,
    pub note: Option<String>,
    pub versions: Vec<VersionView>,
    pub confidence: Confidence,
}

/// A dated version of a provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// The first day; of a proposal the day foreseen, or nothing.
    pub from: String,
    pub to: Option<String>,
    /// It is proposed, and not law.
    pub proposed: bool,
    /// `strict 48h · outer 2d`, in the pack's own units.
    pub spans: Vec<(SpanKind, String)>,
    /// Variants, or the rows of a table: for whom, which span, and what has to be done.
    pub variants: Vec<(String, String)>,
    pub reading: Option<String>,
}

/// What a span of a version is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    Strict,
    Outer,
    Target,
}

/// A recorded reading of an unclear text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingView {
    pub id: String,
    pub says: String,
    pub by: String,
    pub on: String,
    pub why: String,
}

/// Makes the page of all packs.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("law-list-title");
    let below = html! { p.soft { (reader.text("law-list-below")) } };
    let content = html! {
        (layout::heading(reader, &title, &below))
        (disclaimer(reader))
        @for (jurisdiction, packs) in &view.groups {
            section aria-label=(place(reader, jurisdiction)) {
                h2 { (place(reader, jurisdiction)) }
                ul.list {
                    @for pack in packs {
                        li.row.short data-row {
                            div.what {
                                a href={ "/laws/" (pack.law) } data-open { (pack.title) }
                                p {
                                    @if let Some((language, original)) = &pack.original {
                                        span lang=(language) { (original) } " · "
                                    }
                                    code { (pack.law) } " · "
                                    (reader.text_with("law-provisions",
                                        &[("count", i64::try_from(pack.provisions).unwrap_or(i64::MAX).into())]))
                                }
                            }
                            div { (confidence(reader, &pack.confidence)) " "
                                span.next { (checked(reader, &pack.checked_on)) } }
                        }
                    }
                }
            }
        }
    };
    layout::page(reader, Room::Laws, &title, content)
}

fn place(reader: &Reader, jurisdiction: &str) -> String {
    match jurisdiction {
        "CN" => reader.text("law-place-cn"),
        "EU" => reader.text("law-place-eu"),
        "global" => reader.text("law-place-global"),
        other => other.to_owned(),
    }
}

fn disclaimer(reader: &Reader) -> Markup {
    html! { p.banner role="note" { span { (reader.text("law-not-advice")) } } }
}

fn checked(reader: &Reader, day: &str) -> String {
    reader.text_with("submission-checked", &[("day", day.to_owned().into())])
}

fn confidence(reader: &Reader, confidence: &Confidence) -> Markup {
    let (shape, style, words) = match confidence {
        Confidence::Primary => ("●", "ok", reader.text("law-primary")),
        Confidence::Secondary => ("◐", "", reader.text("law-secondary")),
        Confidence::Unverified(share) => {
            let arguments = [("share", share.clone().into())];
            ("○", "late", reader.text_with("law-unverified", &arguments))
        }
    };
    html! { span.chip.(style) { span.shape aria-hidden="true" { (shape) } " " (words) } }
}

/// Makes the page of one pack.
pub fn page(view: &PackView, reader: &Reader) -> Markup {
    let below = html! {
        @if let Some((language, original)) = &view.original { p lang=(language) { (original) } }
        p.soft {
            (place(reader, &view.jurisdiction)) " · " code { (view.law) } " · "
            (reader.text("law-zone")) " " (view.time_zone) " · "
            a href=(view.source) rel="noreferrer" { (reader.text("obligation-quote-source")) } " · "
            (checked(reader, &view.checked_on)) " " (confidence(reader, &view.confidence))
        }
    };
    let content = html! {
        (layout::heading(reader, &view.title, &below))
        (disclaimer(reader))
        section aria-labelledby="provisions" {
            h2 #provisions { (reader.text("law-provisions-title")) }
            @for provision in &view.provisions { (provision_card(reader, view, provision)) }
        }
        (readings(reader, view))
        (forms(reader, view))
        (cases(reader, view))
        (roles(reader, view))
    };
    layout::page(reader, Room::Laws, &view.title, content)
}

fn provision_card(reader: &Reader, pack: &PackView, provision: &ProvisionView) -> Markup {
    let style = match provision.class {
        Class::Law | Class::Norm => "open",
        Class::House => "house",
        Class::Timeless => "wait",
    };
    html! {
        article.ob.provision.(style) id=(obligation::anchor(&provision.id)) {
            header {
                h3 { (provision.title) }
                span.marks {
                    span.chip.(if provision.class == Class::House { "house" } else { "law" }) { (provision.cites) }
                    " " span.note { (class(reader, &provision.class_word, pack)) }
                }
            }
            @for quote in &provision.quotes {
                blockquote lang=(quote.language) cite=(quote.source) { p { (quote.text) } }
            }
            @if let Some(note) = &provision.note { p.soft { (note) } }
            dl.dates {
                @if !provision.owed_by.is_empty() {
                    dt { (reader.text("law-owed-by")) } dd { (obligation::list(reader, &provision.owed_by)) }
                }
                @if let Some(authority) = &provision.owed_to {
                    dt { (reader.text("case-owed-to")) } dd { (authority) }
                }
                @if !provision.arises_on.is_empty() {
                    dt { (reader.text("law-arises-on")) }
                    dd { ul.plain { @for kind in &provision.arises_on { li { (kind) } } } }
                }
                @if let Some(from) = &provision.runs_from {
                    dt { (reader.text("law-runs-from")) } dd { (from) }
                }
            }
            (versions(reader, provision))
            p.stamp { code { (provision.id) } " " (confidence(reader, &provision.confidence)) }
        }
    }
}

fn class(reader: &Reader, word: &str, pack: &PackView) -> String {
    reader.text(match word {
        "soft" => "obligation-house-target",
        "standing" => "law-standing",
        "prohibition" => "law-prohibition",
        "permission" => "law-permission",
        _ if pack.law.starts_with("norm-") => "obligation-norm",
        _ => "law-hard",
    })
}

fn versions(reader: &Reader, provision: &ProvisionView) -> Markup {
    html! {
        ol.versions aria-label=(reader.text("law-versions")) {
            @for version in &provision.versions {
                li {
                    span.dot aria-hidden="true" {}
                    strong.num { (since(reader, version)) }
                    @if let Some(to) = &version.to {
                        " " span.num { (reader.text_with("law-until", &[("day", to.clone().into())])) }
                    }
                    @for (kind, words) in &version.spans {
                        " · " (reader.text(match kind {
                            SpanKind::Strict => "obligation-strict",
                            SpanKind::Outer => "obligation-outer",
                            SpanKind::Target => "obligation-house-target",
                        })) " " span.num { (words) }
                    }
                    @if !version.variants.is_empty() {
                        ul.plain {
                            @for (condition, words) in &version.variants {
                                li {
                                    span.num { (words) } " · "
                                    (reader.text_with("law-where", &[("condition", condition.clone().into())]))
                                }
                            }
                        }
                    }
                    @if let Some(reading) = &version.reading {
                        " · " a href={ "#reading-" (reading) } { (reader.text("law-reading")) }
                    }
                }
            }
        }
    }
}

/// From when on it applies, or that it is proposed.
fn since(reader: &Reader, version: &VersionView) -> String {
    let day = [("day", version.from.clone().into())];
    match (version.proposed, version.from.is_empty()) {
        (false, _) => reader.text_with("law-from", &day),
        (true, true) => reader.text("law-proposed"),
        (true, false) => reader.text_with("law-proposed-from", &day),
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

fn cases(reader: &Reader, view: &PackView) -> Markup {
    html! {
        @if !view.cases.is_empty() {
            section aria-labelledby="cases" {
                h2 #cases {
                    (reader.text("law-cases")) " " span.count.num { (view.cases.len()) }
                }
                p.soft { (reader.text("law-cases-why")) }
                ul.cases {
                    @for (name, expects) in &view.cases {
                        li {
                            details.quiet {
                                summary lang="en" { (name) }
                                ul { @for expect in expects { li.num { (expect) } } }
                            }
                        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_be_checked_counts_as_unverified() {
        assert_eq!(Confidence::of("primary"), Confidence::Primary);
        assert_eq!(Confidence::of("unverified 0.85"), Confidence::Unverified("0.85".into()));
        assert_eq!(Confidence::of("rumour"), Confidence::Unverified("rumour".into()));
    }
}
