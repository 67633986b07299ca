//! A component: where it is, version by version, and what is known of it.

use maud::{Markup, html};

use super::exposure::{self, SeverityView, Tab, Tally, counted};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};

/// What was asked for, and what was found.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    /// What stands in the search box.
    pub asked: String,
    /// The packages that were meant, as far as something contains them.
    pub found: Vec<FoundView>,
    /// The packages whose names begin so, where no package was meant exactly.
    pub named: Vec<String>,
    /// Whether there may be more of them.
    pub named_more: bool,
    pub problem: Option<Problem>,
}

/// A component in the releases of the house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundView {
    /// The package: `maven/org.apache.logging.log4j:log4j-core`.
    pub package: String,
    /// The version that is shown alone, with all the releases that can be told.
    pub only: Option<String>,
    pub versions: Vec<VersionView>,
    /// From which version on the next page goes.
    pub next: Option<usize>,
    /// What of it exposes the house, the first of it.
    pub known: Vec<KnownView>,
    /// How much more there is.
    pub known_more: u64,
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

/// The path of the page of a package that was found.
fn path(package: &str) -> String {
    format!("/components?exact={}", super::query_part(package))
}

/// The path of the page of one version of it.
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
        @for (place, found) in view.found.iter().enumerate() {
            (shown(place, found, reader))
        }
        @if !view.named.is_empty() { (named(view, reader)) }
        @else if view.found.is_empty() && view.problem.is_none() { (nothing(view, reader)) }
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

fn nothing(view: &PageView, reader: &Reader) -> Markup {
    html! {
        div.empty {
            @if view.asked.is_empty() { p { (reader.text("component-ask")) } }
            @else {
                p { (reader.text("component-none")) }
                p.soft { (reader.text("component-none-why")) }
                p { a href="/products/holes" { (reader.text("product-holes-title")) } }
            }
        }
    }
}

/// The packages whose names begin so, each with the way to what contains it.
fn named(view: &PageView, reader: &Reader) -> Markup {
    html! {
        section aria-labelledby="named" {
            h2 #named { (reader.text("component-named")) }
            ul.list {
                @for package in &view.named {
                    li.row data-row {
                        a href={ "/components?exact=" (super::query_part(package)) } data-open {
                            code { (package) }
                        }
                    }
                }
            }
            @if view.named_more { p.soft { (reader.text("component-named-more")) } }
        }
    }
}

fn shown(place: usize, found: &FoundView, reader: &Reader) -> Markup {
    let here = path(&found.package);
    html! {
        section aria-labelledby={ "versions-" (place) } {
            h2 id={ "versions-" (place) } { code { (found.package) } }
            @if found.only.is_some() {
                p { a href=(here) { (reader.text("component-every-version")) } }
            }
            ul.list {
                @for version in &found.versions { (version_row(reader, found, version)) }
            }
            (exposure::paging(reader, &here, found.next.map(|next| next.to_string()).as_deref()))
        }
        section aria-labelledby={ "known-" (place) } {
            h2 id={ "known-" (place) } { (reader.text("component-known")) }
            @if found.known.is_empty() { p.soft { (reader.text("component-known-none")) } } @else {
                ul.list { @for known in &found.known { (known_row(reader, known)) } }
            }
            @if found.known_more > 0 {
                p.soft { (counted(reader, "component-known-more", found.known_more)) }
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
                @if more > 0 {
                    li {
                        @let words = counted(reader, "component-more-releases", more);
                        @if found.only.is_none() {
                            a href=(path_of(&found.package, &version.version)) { (words) }
                        } @else { span.soft { (words) } }
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
