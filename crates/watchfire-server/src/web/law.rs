//! The laws: which packs are in use, with filters, and what all pages of laws share.

use maud::{Markup, html};

use super::layout::{self, Room};
use super::reader::Reader;

pub mod article;
pub mod changes;
pub mod inquiry;
pub mod instrument;
pub mod map;
pub mod timeline;
pub mod worked;

/// The packs in use.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    /// By jurisdiction, in its own order; what the filters leave.
    pub groups: Vec<(String, Vec<PackRow>)>,
    /// Every jurisdiction there is, to choose from.
    pub places: Vec<String>,
    pub filter: Filter,
    /// How many packs the filters leave out.
    pub hidden: usize,
}

/// What the list is narrowed to; empty is everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub place: String,
    /// `law`, `norm` or `proposed`.
    pub kind: String,
    /// `vulnerability` or `incident`.
    pub occasion: String,
    /// `primary`, `secondary` or `unverified`.
    pub confidence: String,
    /// Words of a title, an article or an id.
    pub words: String,
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
    /// Nothing of it is law.
    pub proposed: bool,
}

/// How sure we are of what a pack says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confidence {
    Primary,
    Secondary,
    /// With the probability that it is right.
    Unverified(String),
}

/// A choice of a filter: its name in the address, the key of its label, and each value with the
/// key of its words.
type Choice = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const CHOICES: [Choice; 3] = [
    (
        "kind",
        "law-filter-kind",
        &[
            ("law", "law-filter-law"),
            ("norm", "law-filter-norm"),
            ("proposed", "law-filter-proposed"),
        ],
    ),
    (
        "occasion",
        "law-filter-occasion",
        &[("vulnerability", "law-for-vulnerability"), ("incident", "law-for-incident")],
    ),
    (
        "confidence",
        "law-filter-confidence",
        &[
            ("primary", "law-primary"),
            ("secondary", "law-secondary"),
            ("unverified", "law-filter-unverified"),
        ],
    ),
];

impl Filter {
    /// Returns whether everything is shown.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn chosen(&self, name: &str) -> &str {
        match name {
            "kind" => &self.kind,
            "occasion" => &self.occasion,
            _ => &self.confidence,
        }
    }
}

/// Makes the page of all packs.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("law-list-title");
    let below = html! {
        p.soft { (reader.text("law-list-below")) }
        @if reader.account.is_some() {
            p { a href="/map" { (reader.text("law-to-map")) } }
        }
        p { a href="/inquiry" { (reader.text("map-to-wizard")) } }
    };
    let content = html! {
        (layout::heading(reader, &title, &below))
        (disclaimer(reader))
        (filters(reader, view))
        @if view.groups.is_empty() { p.empty { (reader.text("law-filter-none")) } }
        @for (jurisdiction, packs) in &view.groups {
            section aria-label=(place(reader, jurisdiction)) {
                h2 { (place(reader, jurisdiction)) " " span.count.num { (packs.len()) } }
                ul.list { @for pack in packs { (pack_row(reader, pack)) } }
            }
        }
    };
    layout::page(reader, Room::Laws, &title, content)
}

fn pack_row(reader: &Reader, pack: &PackRow) -> Markup {
    html! {
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
            div {
                @if pack.proposed { span.chip.ahead { (reader.text("law-proposed")) } " " }
                (confidence(reader, &pack.confidence)) " "
                span.next { (checked(reader, &pack.checked_on)) }
            }
        }
    }
}

fn filters(reader: &Reader, view: &ListView) -> Markup {
    let filter = &view.filter;
    html! {
        form.filters method="get" action="/laws" role="search" {
            div {
                label for="filter-place" { (reader.text("law-filter-place")) }
                select #filter-place name="place" {
                    option value="" { (reader.text("law-filter-all")) }
                    @for one in &view.places {
                        option value=(one) selected[*one == filter.place] { (place(reader, one)) }
                    }
                }
            }
            @for (name, label, values) in CHOICES {
                @let id = format!("filter-{name}");
                div {
                    label for=(id) { (reader.text(label)) }
                    select id=(id) name=(name) {
                        option value="" { (reader.text("law-filter-all")) }
                        @for (value, words) in values {
                            option value=(value) selected[*value == filter.chosen(name)] { (reader.text(words)) }
                        }
                    }
                }
            }
            div {
                label for="filter-words" { (reader.text("law-filter-words")) }
                input #filter-words type="search" name="words" value=(filter.words) maxlength="100";
            }
            div.acts {
                button type="submit" { (reader.text("law-filter-go")) }
                @if !filter.is_empty() { a href="/laws" { (reader.text("law-filter-clear")) } }
            }
        }
        @if view.hidden > 0 {
            p.soft role="status" {
                (reader.text_with("law-filter-hidden",
                    &[("count", i64::try_from(view.hidden).unwrap_or(i64::MAX).into())]))
            }
        }
    }
}

/// The name of a jurisdiction.
pub(super) fn place(reader: &Reader, jurisdiction: &str) -> String {
    let key = match jurisdiction {
        "CN" => "law-place-cn",
        "EU" => "law-place-eu",
        "US" => "law-place-us",
        "US-NY" => "law-place-us-ny",
        "UK" => "law-place-uk",
        "AU" => "law-place-au",
        "HK" => "law-place-hk",
        "IN" => "law-place-in",
        "JP" => "law-place-jp",
        "KR" => "law-place-kr",
        "SG" => "law-place-sg",
        "TW" => "law-place-tw",
        "global" => "law-place-global",
        other => return other.to_owned(),
    };
    reader.text(key)
}

pub(super) fn disclaimer(reader: &Reader) -> Markup {
    html! { p.banner role="note" { span { (reader.text("law-not-advice")) } } }
}

pub(super) fn checked(reader: &Reader, day: &str) -> String {
    reader.text_with("submission-checked", &[("day", day.to_owned().into())])
}

/// How sure we are, by shape and word.
pub(super) fn confidence(reader: &Reader, confidence: &Confidence) -> Markup {
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

/// What a provision is, by shape and word: a clock of law, a norm, a house target, a standing
/// duty, a prohibition or a permission.
pub(super) fn class(reader: &Reader, word: &str, is_norm: bool) -> Markup {
    let (shape, style, key) = match word {
        "soft" => ("◌", "house", "obligation-house-target"),
        "standing" => ("═", "timeless", "law-standing"),
        "prohibition" => ("⊘", "timeless", "law-prohibition"),
        "permission" => ("◇", "timeless", "law-permission"),
        _ if is_norm => ("▢", "norm", "obligation-norm"),
        _ => ("■", "law", "law-hard"),
    };
    html! {
        span.kind.(style) { span.shape aria-hidden="true" { (shape) } " " (reader.text(key)) }
    }
}
