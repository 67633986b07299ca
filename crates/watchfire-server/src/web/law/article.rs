//! The text of an article beside what we compute by it.

use jiff::civil::Date;
use maud::{Markup, html};
use watchfire_core::law::quotation::{Block, Section};

use super::{Confidence, class, confidence, timeline};
use crate::web::obligation::{self, Class};
use crate::web::reader::Reader;
use crate::web::ticked;

/// One stretch of the law: its text, and the provisions that stand under it.
#[derive(Debug, Clone)]
pub struct ArticleView {
    /// The text by language, that of the law first; empty where nothing is quoted.
    pub texts: Vec<TextView>,
    pub provisions: Vec<ProvisionView>,
}

/// The text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextView {
    /// `zh-CN`, `en`.
    pub language: String,
    /// It is in the law's own language; any other is a paraphrase without force.
    pub own: bool,
    pub sections: Vec<Section>,
    /// Address of the text.
    pub source: String,
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
    pub is_norm: bool,
    /// Key of a label, and what stands beside it.
    pub data: Vec<(&'static str, Vec<String>)>,
    /// Key of a label, and the provisions that are meant: id and title.
    pub links: Vec<(&'static str, Vec<(String, String)>)>,
    pub note: Option<String>,
    pub versions: Vec<VersionView>,
    /// The recorded readings that its versions use.
    pub readings: Vec<ReadingView>,
    pub confidence: Confidence,
    pub source: String,
    pub checked_on: String,
}

/// Where a version lies from the present day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Past,
    InForce,
    Coming,
    Proposed,
}

/// A dated version of a provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// The first day; of a proposal the day foreseen, or nothing.
    pub from: String,
    pub to: Option<String>,
    pub adopted_on: Option<String>,
    pub when: When,
    /// How it is counted, in words.
    pub counts: Vec<(SpanKind, String)>,
    /// Other counts for some: for whom, which, and what has to be done.
    pub variants: Vec<VariantView>,
    /// Whether the variants are the rows of a table.
    pub table: bool,
    /// Why a clock of law has no number.
    pub period_unknown: Option<String>,
    pub reading: Option<String>,
    /// Other readings, for the argument alone: what each says, and how it would count.
    pub also: Vec<(String, String)>,
    pub note: Option<String>,
}

/// A count for some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantView {
    pub condition: String,
    pub counts: Vec<(SpanKind, String)>,
    pub remedy: Option<String>,
}

/// What a count is for.
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

/// The text on one side, what is computed on the other.
pub(super) fn beside(reader: &Reader, view: &ArticleView, today: Date) -> Markup {
    html! {
        div.beside {
            div.law-text {
                @if view.texts.is_empty() { p.soft { (reader.text("law-text-none")) } }
                @for text in &view.texts { (quoted(reader, text)) }
            }
            div.law-data {
                @for provision in &view.provisions { (card(reader, provision, today)) }
            }
        }
    }
}

fn quoted(reader: &Reader, text: &TextView) -> Markup {
    let key = if text.own { "law-text-own" } else { "law-text-other" };
    let content = html! {
        div lang=(text.language) {
            @for section in &text.sections {
                h3 { (section.heading) }
                (blocks(&section.blocks, &text.source))
            }
        }
    };
    html! {
        @if text.own {
            p.soft { (reader.text(key)) }
            (content)
        } @else {
            details.quiet open[text.language == reader.language.tag()] {
                summary { (reader.text(key)) }
                (content)
            }
        }
    }
}

/// The blocks of a text: the law's own words set apart from ours.
pub(super) fn blocks(blocks: &[Block], source: &str) -> Markup {
    html! {
        @for block in blocks {
            @match block {
                Block::Quote(text) => { blockquote cite=(source) { p { (plain(text)) } } }
                Block::Paragraph(text) => { p.soft { (plain(text)) } }
                Block::List(items) => { ul.items { @for item in items { li { (plain(item)) } } } }
            }
        }
    }
}

/// Our texts are Markdown with bold words, code and addresses in angles; the signs are left out.
fn plain(text: &str) -> String {
    text.replace("**", "").replace(['`', '<', '>'], "")
}

fn card(reader: &Reader, provision: &ProvisionView, today: Date) -> Markup {
    // What is no law yet is not drawn as one.
    let mut whens = provision.versions.iter().map(|version| version.when);
    let proposed = whens.next().is_some_and(|first| first == When::Proposed)
        && whens.all(|when| when == When::Proposed);
    let style = match provision.class {
        _ if proposed => "wait",
        Class::Law => "open",
        Class::Norm => "norm",
        Class::House => "house",
        Class::Timeless => "wait",
    };
    html! {
        article.ob.provision.(style) id=(obligation::anchor(&provision.id)) {
            header {
                h3 { a href={ "/laws/" (provision.id) } { (provision.title) } }
                span.marks {
                    span.chip.(if provision.class == Class::House { "house" } else { "law" }) { (provision.cites) }
                    " "
                    @if proposed { span.chip.ahead { (reader.text("law-proposed")) } }
                    @else { (class(reader, &provision.class_word, provision.is_norm)) }
                }
            }
            (in_force(reader, provision))
            @if let Some(note) = &provision.note { p.soft { (note) } }
            dl.dates {
                @for (key, lines) in &provision.data {
                    dt { (reader.text(key)) }
                    dd { ul.plain { @for line in lines { li { (ticked(line)) } } } }
                }
                @for (key, others) in &provision.links {
                    dt { (reader.text(key)) }
                    dd { ul.plain { @for (id, title) in others { li { a href={ "/laws/" (id) } { (title) } " " code { (id) } } } } }
                }
            }
            (versions(reader, provision, today))
            (readings(reader, provision))
            p.stamp {
                code { (provision.id) } " " (confidence(reader, &provision.confidence)) " "
                a href=(provision.source) rel="noreferrer" { (reader.text("obligation-quote-source")) } " · "
                (super::checked(reader, &provision.checked_on))
            }
        }
    }
}

/// How the version in force counts, at the head of the card.
fn in_force(reader: &Reader, provision: &ProvisionView) -> Markup {
    let now = provision.versions.iter().find(|version| version.when == When::InForce);
    html! {
        @if let Some(version) = now {
            dl.counts { (counts(reader, &version.counts)) }
            @if let Some(why) = &version.period_unknown { p { (why) } }
        } @else if let Some(version) = provision.versions.iter().find(|it| it.when != When::Past) {
            p.marks { span.chip.ahead { (since(reader, version)) } }
        }
    }
}

fn counts(reader: &Reader, counts: &[(SpanKind, String)]) -> Markup {
    html! {
        @for (kind, words) in counts {
            dt { (reader.text(match kind {
                SpanKind::Strict => "obligation-strict",
                SpanKind::Outer => "obligation-outer",
                SpanKind::Target => "obligation-house-target",
            })) }
            dd { (ticked(words)) }
        }
    }
}

fn versions(reader: &Reader, provision: &ProvisionView, today: Date) -> Markup {
    html! {
        @if !provision.versions.is_empty() {
            h4 { (reader.text("law-versions")) }
            (timeline::draw(&provision.versions, today))
            ol.versions aria-label=(reader.text("law-versions")) {
                @for version in &provision.versions { (version_item(reader, version)) }
            }
        }
    }
}

fn version_item(reader: &Reader, version: &VersionView) -> Markup {
    let key = match version.when {
        When::Past => "law-when-past",
        When::InForce => "law-when-now",
        When::Coming => "law-when-coming",
        When::Proposed => "law-proposed",
    };
    html! {
        li.(if version.when == When::InForce { "in-force" } else { "other" }) {
            span.dot aria-hidden="true" {}
            strong { (reader.text(key)) } " · " span.num { (since(reader, version)) }
            @if let Some(to) = &version.to {
                " " span.num { (reader.text_with("law-until", &[("day", to.clone().into())])) }
            }
            @if let Some(day) = &version.adopted_on {
                " · " span.num { (reader.text_with("law-adopted", &[("day", day.clone().into())])) }
            }
            @if version.when != When::InForce { dl.counts { (counts(reader, &version.counts)) } }
            @if !version.variants.is_empty() { (variants(reader, version)) }
            @if let Some(why) = version.period_unknown.as_ref().filter(|_| version.when != When::InForce) {
                p.soft { (why) }
            }
            @if let Some(note) = &version.note { p.soft { (note) } }
        }
    }
}

fn variants(reader: &Reader, version: &VersionView) -> Markup {
    let count = i64::try_from(version.variants.len()).unwrap_or(i64::MAX);
    let key = if version.table { "law-table" } else { "law-variants" };
    html! {
        details.quiet open[!version.table] {
            summary { (reader.text_with(key, &[("count", count.into())])) }
            ol.variants {
                @for variant in &version.variants {
                    li {
                        (reader.text_with("law-where", &[("condition", variant.condition.clone().into())]))
                        dl.counts {
                            (counts(reader, &variant.counts))
                            @if variant.counts.is_empty() { dd { (reader.text("law-no-date")) } }
                        }
                        @if let Some(remedy) = &variant.remedy { p.soft { (remedy) } }
                    }
                }
            }
        }
    }
}

fn readings(reader: &Reader, provision: &ProvisionView) -> Markup {
    let also: Vec<&(String, String)> =
        provision.versions.iter().flat_map(|version| &version.also).collect();
    html! {
        @for reading in &provision.readings {
            div.reading {
                p { strong { (reader.text("law-reading")) } " " (reading.says) }
                p.soft { (reading.why) }
                p.stamp { (reading.by) " · " span.num { (reading.on) } " · " code { (reading.id) } }
                @for (says, span) in &also {
                    p.soft { (reader.text("law-reading-also")) " " (says) " (" (span) ")" }
                }
            }
        }
    }
}

/// From when on it applies, or that it is proposed.
fn since(reader: &Reader, version: &VersionView) -> String {
    let day = [("day", version.from.clone().into())];
    match (version.when == When::Proposed, version.from.is_empty()) {
        (false, _) => reader.text_with("law-from", &day),
        (true, true) => reader.text("law-no-day"),
        (true, false) => reader.text_with("law-proposed-from", &day),
    }
}
