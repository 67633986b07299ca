//! Products: all of them, and one with its releases and their holes.

use maud::{Markup, html};
use watchfire_core::ids::PartyId;

use super::exposure::{self, OwnerView, REASON_CHARS_MAX, Tab, counted};
use super::form::{Choice, Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use super::release;

/// A description has at most so many characters.
const DESCRIPTION_CHARS_MAX: u32 = 4_000;
/// The identifiers together have at most so many characters.
const IDENTIFIERS_CHARS_MAX: u32 = 10_050;

/// A page of products, and the form to add one.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    pub rows: Vec<Row>,
    /// What of a name is looked for.
    pub words: String,
    /// Cursor of the next page.
    pub next: Option<String>,
    pub holders: Holders,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// Who can hold a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    pub people: Vec<(PartyId, String)>,
    /// Id and name.
    pub departments: Vec<(String, String)>,
}

/// A product in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub owner: Option<OwnerView>,
    pub department: Option<String>,
    pub facing: Facing,
    pub releases: u64,
    /// How many of its releases have no SBOM.
    pub holes: u64,
    /// Exposures of its releases that somebody still has to look at.
    pub open: u64,
}

impl Row {
    /// Whether what it contains is known of every release: without an SBOM nobody can say that
    /// nothing is exposed.
    fn is_whole(&self) -> bool {
        self.releases > 0 && self.holes == 0
    }
}

/// Whether a product can be reached from the internet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Facing {
    Yes,
    No,
    #[default]
    Unknown,
}

impl From<Option<bool>> for Facing {
    fn from(said: Option<bool>) -> Self {
        match said {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }
}

impl Facing {
    /// Every answer, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Unknown, Self::Yes, Self::No];

    /// Returns its word in a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Yes => "product-facing-yes",
            Self::No => "product-facing-no",
            Self::Unknown => "product-facing-unknown",
        }
    }
}

/// A product, a page of its releases, and its forms.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    pub id: String,
    pub name: String,
    pub description: String,
    pub owner: Option<OwnerView>,
    /// Id and name.
    pub department: Option<(String, String)>,
    pub facing: Facing,
    /// What statements of others may call it.
    pub identifiers: Vec<String>,
    /// Why it was retired.
    pub retired: Option<String>,
    /// Exposures of its releases that somebody still has to look at.
    pub open: u64,
    /// How many releases there are, and how many of them have no SBOM.
    pub releases: u64,
    pub holes: u64,
    pub rows: Vec<ReleaseRow>,
    /// Cursor of the next page of releases.
    pub next: Option<String>,
    pub holders: Holders,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

impl PageView {
    /// Whether what it contains is known of every release.
    fn is_whole(&self) -> bool {
        self.releases > 0 && self.holes == 0
    }
}

/// A release in the list of its product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    pub id: String,
    pub version: String,
    pub released_on: Option<String>,
    pub supported_until: Option<String>,
    /// Whoever answers for it: its own owner, or the product's.
    pub owner: Option<OwnerView>,
    /// How many SBOMs it has; none is a hole.
    pub sboms: u64,
    pub open: u64,
}

/// A page of the releases of which nobody has said what they are made of.
#[derive(Debug, Clone, Default)]
pub struct HolesView {
    /// Each with the name of its product.
    pub rows: Vec<(String, ReleaseRow)>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Makes the page of all products.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("exposure-products");
    let below = html! {
        p.soft { (reader.text("product-list-below")) }
        p { a href="/products/holes" { (reader.text("product-holes-title")) } }
    };
    let path = format!("/products?words={}", super::query_part(&view.words));
    let content = html! {
        (exposure::ways(reader, Tab::Products))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (exposure::search(reader, ("/products", "product-search"), &view.words, &[]))
        @if view.rows.is_empty() { (nothing(view, reader)) } @else {
            ul.list { @for row in &view.rows { (product(reader, row)) } }
        }
        (exposure::paging(reader, &path, view.next.as_deref()))
        @if view.may_write { (add(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn nothing(view: &ListView, reader: &Reader) -> Markup {
    let key = match (view.words.is_empty(), view.may_write) {
        (false, _) => "product-none-found",
        (true, true) => "product-none-yet",
        (true, false) => "product-none-and-no-right",
    };
    html! { div.empty { p { (reader.text(key)) } } }
}

fn product(reader: &Reader, row: &Row) -> Markup {
    html! {
        li.row.halves data-row {
            div.what {
                a href={ "/products/" (row.id) } data-open { (row.name) }
                p {
                    (exposure::owner(reader, row.owner.as_ref()))
                    @if let Some(department) = &row.department { " · " (department) }
                    " · " (reader.text(row.facing.key()))
                }
            }
            div {
                span.num { (counted(reader, "product-releases", row.releases)) } " "
                @if row.holes > 0 { (hole_count(reader, row.holes)) " " }
                @if row.open > 0 || row.is_whole() { (exposure::open(reader, row.open)) }
            }
        }
    }
}

/// That so many releases have no SBOM.
fn hole_count(reader: &Reader, count: u64) -> Markup {
    html! {
        span.chip.late { span.shape aria-hidden="true" { "◇" } " " (counted(reader, "product-holes", count)) }
    }
}

fn add(view: &ListView, reader: &Reader) -> Markup {
    let form = Form { reader, name: "product", typed: &view.typed, problem: view.problem.as_ref() };
    let first = view.rows.is_empty() && view.words.is_empty();
    html! {
        details.record open[form.is_refused() || first] {
            summary { (reader.text("product-add")) }
            form.stack method="post" action="/products" {
                (layout::csrf(reader))
                (inputs(&form, &PageView::default(), &view.holders))
                div.acts { button.primary type="submit" { (reader.text("product-add")) } }
            }
        }
    }
}

fn inputs(form: &Form<'_>, product: &PageView, holders: &Holders) -> Markup {
    let reader = form.reader;
    let owner = product.owner.as_ref().map(|owner| owner.party.to_string()).unwrap_or_default();
    let facing = Facing::ALL.map(|it| (it.word().to_owned(), reader.text(it.key())));
    html! {
        (form.input(&Input {
            name: "name", label: "product-name", value: &product.name, ..Input::default()
        }))
        (form.choice(&Choice {
            name: "owner", label: "product-owner", help: Some("product-owner-help"),
            value: &owner, none: Some("exposure-nobody"), among: &exposure::people(&holders.people), ..Choice::default()
        }))
        (form.choice(&Choice {
            name: "department", label: "product-department",
            value: product.department.as_ref().map_or("", |(id, _)| id),
            none: Some("product-no-department"), among: &holders.departments, ..Choice::default()
        }))
        (form.choice(&Choice {
            name: "internet_facing", label: "product-facing", help: Some("product-facing-help"),
            value: product.facing.word(), among: &facing, ..Choice::default()
        }))
        (form.input(&Input {
            name: "description", label: "product-description", value: &product.description,
            kind: Kind::Lines(3), required: false, chars_max: DESCRIPTION_CHARS_MAX,
            ..Input::default()
        }))
        (form.input(&Input {
            name: "identifiers", label: "product-identifiers",
            help: Some("product-identifiers-help"), value: &product.identifiers.join("\n"),
            kind: Kind::Lines(2), required: false, chars_max: IDENTIFIERS_CHARS_MAX,
        }))
    }
}

/// Makes the page of one product.
pub fn page(view: &PageView, reader: &Reader) -> Markup {
    let below = html! { p { span.id { (view.id) } } };
    let content = html! {
        (exposure::ways(reader, Tab::Products))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &view.name, &below))
        @if let Some(reason) = &view.retired {
            p.banner.past { strong { (reader.text("product-retired")) } " " span { (reason) } }
        }
        (facts(view, reader))
        @if view.may_write && view.retired.is_none() { (change(view, reader)) }
        (releases(view, reader))
        @if view.may_write && view.retired.is_none() { (retire(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &view.name, content)
}

fn facts(view: &PageView, reader: &Reader) -> Markup {
    html! {
        @if !view.description.is_empty() { p.text { (view.description) } }
        dl.dates {
            dt { (reader.text("product-owner")) }
            dd { (exposure::owner(reader, view.owner.as_ref())) }
            @if let Some((id, name)) = &view.department {
                dt { (reader.text("product-department")) }
                dd { a href={ "/departments/" (id) } { (name) } }
            }
            dt { (reader.text("product-facing")) }
            dd { (reader.text(view.facing.key())) }
            @if !view.identifiers.is_empty() {
                dt { (reader.text("product-identifiers")) }
                dd { ul.plain { @for one in &view.identifiers { li { code { (one) } } } } }
            }
            dt { (reader.text("exposure-exposures")) }
            dd {
                @if view.open > 0 || view.is_whole() { (exposure::open(reader, view.open)) " " }
                @if !view.is_whole() { span.soft { (reader.text("product-not-all-known")) } }
                @if view.open > 0 {
                    " "
                    a href={ "/vulnerabilities?product=" (view.id) } {
                        (reader.text("product-exposed-to"))
                    }
                }
            }
        }
    }
}

fn form<'f>(view: &'f PageView, reader: &'f Reader, name: &'f str) -> Form<'f> {
    Form { reader, name, typed: &view.typed, problem: view.problem.as_ref() }
}

fn change(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "product");
    html! {
        details.record open[form.is_refused()] {
            summary { (reader.text("product-change")) }
            form.stack method="post" action={ "/products/" (view.id) } {
                (layout::csrf(reader))
                (inputs(&form, view, &view.holders))
                div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
            }
        }
    }
}

fn releases(view: &PageView, reader: &Reader) -> Markup {
    let path = format!("/products/{}", view.id);
    html! {
        section aria-labelledby="releases" {
            h2 #releases {
                (reader.text("product-releases-title")) " "
                span.count.num { (exposure::grouped(view.releases)) }
            }
            @if view.holes > 0 { p { (hole_count(reader, view.holes)) } }
            @if view.rows.is_empty() {
                div.empty { p { (reader.text("product-no-release")) } }
            } @else {
                ul.list { @for row in &view.rows { (release_row(reader, row)) } }
            }
            (exposure::paging(reader, &path, view.next.as_deref()))
            @if view.may_write && view.retired.is_none() { (add_release(view, reader)) }
        }
    }
}

fn release_row(reader: &Reader, row: &ReleaseRow) -> Markup {
    html! {
        li.row.halves data-row {
            div.what {
                a href={ "/releases/" (row.id) } data-open { (row.version) }
                (of_release(reader, row))
            }
            div {
                @if row.sboms == 0 { (release::hole(reader, row.owner.as_ref())) }
                @if row.open > 0 || row.sboms > 0 { " " (exposure::open(reader, row.open)) }
            }
        }
    }
}

/// When it was released, until when it is supported, and who answers for it.
fn of_release(reader: &Reader, row: &ReleaseRow) -> Markup {
    let days = [
        ("release-released-on", &row.released_on),
        ("release-supported-until", &row.supported_until),
    ];
    html! {
        p {
            @for (key, day) in days {
                @if let Some(day) = day { (reader.text(key)) " " time.num { (day) } " · " }
            }
            (exposure::owner(reader, row.owner.as_ref()))
        }
    }
}

/// Makes the page of the releases without an SBOM.
pub fn holes(view: &HolesView, reader: &Reader) -> Markup {
    let title = reader.text("product-holes-title");
    let below = html! { p.soft { (reader.text("release-hole-why")) } };
    let content = html! {
        (exposure::ways(reader, Tab::Products))
        (layout::heading(reader, &title, &below))
        @if view.rows.is_empty() { div.empty { p { (reader.text("product-no-hole")) } } } @else {
            ul.list {
                @for (product, row) in &view.rows {
                    li.row.halves data-row {
                        div.what {
                            a href={ "/releases/" (row.id) } data-open { (product) " " (row.version) }
                            (of_release(reader, row))
                        }
                        div { (release::hole(reader, row.owner.as_ref())) }
                    }
                }
            }
        }
        (exposure::paging(reader, "/products/holes", view.next.as_deref()))
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn add_release(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "release");
    html! {
        details.record open[form.is_refused() || view.rows.is_empty()] {
            summary { (reader.text("release-add")) }
            form.stack method="post" action={ "/products/" (view.id) "/releases" } {
                (layout::csrf(reader))
                (release::inputs(&form, &release::Begun::default(), &view.holders.people))
                div.acts { button.primary type="submit" { (reader.text("release-add")) } }
            }
        }
    }
}

fn retire(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "retire");
    html! {
        details.record open[form.is_refused()] {
            summary { (reader.text("product-retire")) }
            form.stack method="post" action={ "/products/" (view.id) "/retire" } {
                (layout::csrf(reader))
                (form.input(&Input {
                    name: "reason", label: "exposure-reason", help: Some("product-retire-help"),
                    kind: Kind::Lines(2), chars_max: REASON_CHARS_MAX, ..Input::default()
                }))
                div.acts { button type="submit" { (reader.text("product-retire")) } }
            }
        }
    }
}
