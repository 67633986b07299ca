//! One release of a product: what it is, its SBOM, and what it is exposed to.

pub mod exposed;
pub mod sbom;

use jiff::civil::Date;
use maud::{Markup, html};
use watchfire_core::ids::PartyId;

use super::exposure::{self, OwnerView, REASON_CHARS_MAX, Tab};
use super::form::{Choice, Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use exposed::ExposedView;
use sbom::SbomView;

/// A version has at most so many characters.
const VERSION_CHARS_MAX: u32 = 200;
/// The countries where it is sold have at most so many characters.
const COUNTRIES_CHARS_MAX: u32 = 1_000;

/// A release with everything that its page shows.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    pub id: String,
    /// Of which product: id and name.
    pub product: (String, String),
    pub version: String,
    pub released_on: Option<Date>,
    pub supported_until: Option<Date>,
    /// Where it is sold, as ISO 3166 codes; where there is none nobody has said.
    pub countries: Vec<String>,
    /// Its own owner.
    pub owner: Option<OwnerView>,
    /// The owner of the product, who answers where the release has none.
    pub product_owner: Option<OwnerView>,
    /// Why it was retired.
    pub retired: Option<String>,
    /// What it is made of, by what is attached; nothing is a hole.
    pub sboms: Vec<SbomView>,
    /// SBOMs that count no longer, the newest first.
    pub older: Vec<SbomView>,
    /// Exposures that somebody still has to look at.
    pub open: u64,
    pub exposed: ExposedView,
    pub people: Vec<(PartyId, String)>,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

impl PageView {
    /// Returns whoever answers for it.
    fn answerable(&self) -> Option<&OwnerView> {
        self.owner.as_ref().or(self.product_owner.as_ref())
    }

    fn is_kept(&self) -> bool {
        self.may_write && self.retired.is_none()
    }
}

/// What the form of a release begins with.
#[derive(Debug, Clone, Default)]
pub(super) struct Begun {
    version: String,
    released_on: String,
    supported_until: String,
    countries: String,
    owner: String,
}

/// Makes the page.
pub fn page(view: &PageView, reader: &Reader) -> Markup {
    let (product, name) = &view.product;
    let title = format!("{name} {}", view.version);
    let below = html! {
        p { a href={ "/products/" (product) } { (name) } " · " span.id { (view.id) } }
    };
    let content = html! {
        (exposure::ways(reader, Tab::Products))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        @if let Some(reason) = &view.retired {
            p.banner.past { strong { (reader.text("product-retired")) } " " span { (reason) } }
        }
        (facts(view, reader))
        @if view.is_kept() { (change(view, reader)) }
        (sbom::section(view, reader))
        (exposed::section(view, reader))
        @if view.is_kept() { (retire(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn facts(view: &PageView, reader: &Reader) -> Markup {
    let today = reader.zone.to_datetime(reader.now).date();
    html! {
        dl.dates {
            dt { (reader.text("product-owner")) }
            dd {
                (exposure::owner(reader, view.answerable()))
                @if view.owner.is_none() && view.product_owner.is_some() {
                    " " span.soft { (reader.text("release-owner-of-product")) }
                }
            }
            dt { (reader.text("release-released-on")) }
            dd { (day(reader, view.released_on)) }
            dt { (reader.text("release-supported-until")) }
            dd {
                (day(reader, view.supported_until))
                @if view.supported_until.is_some_and(|until| until < today) {
                    " " span.chip { span.shape aria-hidden="true" { "✕" } " " (reader.text("release-unsupported")) }
                }
            }
            dt { (reader.text("release-countries")) }
            dd {
                @if view.countries.is_empty() { (reader.text("release-no-country")) }
                @else { (view.countries.join(&reader.text("map-list-comma"))) }
            }
            dt { (reader.text("exposure-exposures")) }
            dd {
                @if view.sboms.is_empty() && view.open == 0 {
                    (reader.text("release-exposed-unknown"))
                } @else { (exposure::open(reader, view.open)) }
            }
        }
    }
}

fn day(reader: &Reader, day: Option<Date>) -> Markup {
    html! {
        @match day {
            Some(day) => { time.num { (day) } }
            None => { span.soft { (reader.text("release-no-day")) } }
        }
    }
}

fn form<'f>(view: &'f PageView, reader: &'f Reader, name: &'f str) -> Form<'f> {
    Form { reader, name, typed: &view.typed, problem: view.problem.as_ref() }
}

fn change(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "release");
    let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let begun = Begun {
        version: view.version.clone(),
        released_on: text(view.released_on),
        supported_until: text(view.supported_until),
        countries: view.countries.join(" "),
        owner: view.owner.as_ref().map(|owner| owner.party.to_string()).unwrap_or_default(),
    };
    html! {
        details.record open[form.is_refused()] {
            summary { (reader.text("release-change")) }
            form.stack method="post" action={ "/releases/" (view.id) } {
                (layout::csrf(reader))
                (inputs(&form, &begun, &view.people))
                div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
            }
        }
    }
}

fn retire(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "retire");
    html! {
        details.record open[form.is_refused()] {
            summary { (reader.text("release-retire")) }
            form.stack method="post" action={ "/releases/" (view.id) "/retire" } {
                (layout::csrf(reader))
                (form.input(&Input {
                    name: "reason", label: "exposure-reason", help: Some("product-retire-help"),
                    kind: Kind::Lines(2), chars_max: REASON_CHARS_MAX, ..Input::default()
                }))
                div.acts { button type="submit" { (reader.text("release-retire")) } }
            }
        }
    }
}

/// That a release has no SBOM, and who must bring one.
pub(super) fn hole(reader: &Reader, owner: Option<&OwnerView>) -> Markup {
    let whose = owner.map_or_else(
        || reader.text("release-hole-of-nobody"),
        |owner| reader.text_with("release-hole-of", &[("name", owner.name.clone().into())]),
    );
    html! {
        span.chip.late {
            span.shape aria-hidden="true" { "◇" } " " (reader.text("release-hole")) " · " (whose)
        }
    }
}

/// The inputs of a release, new or changed.
pub(super) fn inputs(form: &Form<'_>, release: &Begun, people: &[(PartyId, String)]) -> Markup {
    let day = |name, label, value| Input {
        name,
        label,
        value,
        kind: Kind::Day,
        required: false,
        ..Input::default()
    };
    html! {
        (form.input(&Input {
            name: "version", label: "release-version", help: Some("release-version-help"),
            value: &release.version, chars_max: VERSION_CHARS_MAX, ..Input::default()
        }))
        (form.input(&day("released_on", "release-released-on", &release.released_on)))
        (form.input(&day("supported_until", "release-supported-until", &release.supported_until)))
        (form.input(&Input {
            name: "sold_in", label: "release-countries", help: Some("release-countries-help"),
            value: &release.countries, required: false, chars_max: COUNTRIES_CHARS_MAX, ..Input::default()
        }))
        (form.choice(&Choice {
            name: "owner", label: "product-owner", help: Some("release-owner-help"),
            value: &release.owner, none: Some("release-owner-of-product"),
            among: &exposure::people(people), ..Choice::default()
        }))
    }
}
