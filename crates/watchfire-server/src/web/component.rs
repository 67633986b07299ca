//! A component: where it is, version by version, and what is known of it.

use maud::{Markup, html};

use super::exposure::{self, SeverityView, Tab, Tally, counted, grouped};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};

/// What was asked for, and what was found.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    /// What stands in the search box.
    pub asked: String,
    pub found: Option<FoundView>,
    /// Packages whose names contain what was asked for, if it is none itself.
    pub similar: Vec<String>,
    pub problem: Option<Problem>,
}

/// A component in the releases of the house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundView {
    /// The package: `maven/org.apache.logging.log4j:log4j-core`.
    pub package: String,
    /// How many releases contain it, in whichever version.
    pub releases: u64,
    /// The version that is shown alone, with a page of the releases that contain it.
    pub only: Option<String>,
    pub versions: Vec<VersionView>,
    /// Cursor of the next page: of versions, or of the releases of the one that is shown alone.
    pub next: Option<String>,
    pub known: Vec<KnownView>,
    /// How many vulnerabilities are known of it.
    pub known_all: u64,
    /// Cursor of the next page of them.
    pub known_next: Option<String>,
}

/// A version, and the releases that contain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    pub version: String,
    /// How many releases contain it.
    pub all: u64,
    /// The first of them.
    pub releases: Vec<ReleaseView>,
}

/// A release that contains the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseView {
    pub id: String,
    pub product: String,
    pub version: String,
}

/// A vulnerability that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownView {
    pub id: String,
    pub name: String,
    pub title: Option<String>,
    pub severity: Option<SeverityView>,
    /// Whether it is exploited somewhere.
    pub is_listed: bool,
    pub tally: Tally,
}

/// The path of the page of a package.
pub(super) fn path(package: &str) -> String {
    format!("/components?package={}", super::query_part(package))
}

/// The path of the page of one version of a package.
fn path_of(package: &str, version: &str) -> String {
    format!("{}&version={}", path(package), super::query_part(version))
}

/// Makes the page.
pub fn page(view: &PageView, reader: &Reader) -> Markup {
    let title = reader.text("exposure-components");
    let below = html! { p.soft { (reader.text("component-below")) } };
    let content = html! {
        (exposure::ways(reader, Tab::Components))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (search(view, reader))
        @match &view.found {
            Some(found) => { (shown(found, reader)) }
            None => { (not_found(view, reader)) }
        }
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn search(view: &PageView, reader: &Reader) -> Markup {
    html! {
        form.filters method="get" action="/components" role="search" {
            div {
                label for="package" { (reader.text("component-package")) }
                input #package type="search" name="package" value=(view.asked) maxlength="500"
                    required autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-describedby="package-help";
            }
            div.acts { button type="submit" { (reader.text("exposure-search")) } }
        }
        p.soft #package-help { (super::ticked(&reader.text("component-package-help"))) }
    }
}

fn not_found(view: &PageView, reader: &Reader) -> Markup {
    if view.asked.is_empty() {
        return html! { div.empty { p { (reader.text("component-ask")) } } };
    }
    if view.similar.is_empty() {
        return html! {
            div.empty {
                p { (reader.text("component-none")) }
                p.soft { (reader.text("component-none-why")) }
            }
        };
    }
    html! {
        section aria-labelledby="similar" {
            h2 #similar { (reader.text("component-similar")) }
            ul.list {
                @for package in &view.similar {
                    li.row.halves data-row {
                        div.what { a href=(path(package)) data-open { (package) } }
                    }
                }
            }
        }
    }
}

fn shown(found: &FoundView, reader: &Reader) -> Markup {
    let here = path(&found.package);
    let only = found.only.as_ref();
    let listed = only.map_or_else(|| here.clone(), |version| path_of(&found.package, version));
    html! {
        section aria-labelledby="versions" {
            h2 #versions { code { (found.package) } }
            p.lead { (counted(reader, "component-in-releases", found.releases)) }
            @if found.only.is_some() {
                p { a href=(here) { (reader.text("component-every-version")) } }
            }
            ul.list { @for version in &found.versions { (version_row(reader, found, version)) } }
            (exposure::paging(reader, &listed, found.next.as_deref()))
        }
        section aria-labelledby="known" {
            h2 #known {
                (reader.text("component-known")) " "
                span.count.num { (grouped(found.known_all)) }
            }
            @if found.known.is_empty() { p.soft { (reader.text("component-known-none")) } } @else {
                ul.list { @for known in &found.known { (known_row(reader, known)) } }
            }
            @if let Some(next) = &found.known_next {
                nav.paging aria-label=(reader.text("component-known")) {
                    a.button rel="next"
                        href={ (here) "&known_after=" (super::query_part(next)) "#known" } {
                        (reader.text("exposure-next"))
                    }
                }
            }
        }
    }
}

fn version_row(reader: &Reader, found: &FoundView, version: &VersionView) -> Markup {
    let shown = u64::try_from(version.releases.len()).unwrap_or(u64::MAX);
    let more = version.all.saturating_sub(shown);
    html! {
        li.row.halves data-row {
            div.what {
                h3 { code { (version.version) } }
                span.num { (counted(reader, "product-releases", version.all)) }
            }
            ul.plain {
                @for release in &version.releases {
                    li { a href={ "/releases/" (release.id) } { (release.product) " " (release.version) } }
                }
                @if more > 0 && found.only.is_none() {
                    li {
                        a href=(path_of(&found.package, &version.version)) {
                            (counted(reader, "component-more-releases", more))
                        }
                    }
                }
            }
        }
    }
}

fn known_row(reader: &Reader, known: &KnownView) -> Markup {
    html! {
        li.row.halves data-row {
            div.what {
                a href={ "/vulnerabilities/" (known.id) } data-open {
                    (known.name) @if let Some(title) = &known.title { " · " (title) }
                }
            }
            div {
                span.marks {
                    @if known.is_listed { (exposure::listed(reader)) }
                    @if let Some(severity) = &known.severity { (exposure::severity(reader, severity)) }
                } " "
                (exposure::tally(reader, &known.tally))
            }
        }
    }
}
