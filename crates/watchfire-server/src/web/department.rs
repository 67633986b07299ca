//! Departments: who answers for them, and what of the law concerns them.

use maud::{Markup, html};
use watchfire_core::ids::PartyId;

use super::form::{Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};

/// What is typed of laws, provisions or products has at most so many characters.
const LIST_CHARS_MAX: u32 = 20_000;

/// The departments, and the form to add one.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    pub rows: Vec<DepartmentView>,
    pub people: Vec<(PartyId, String)>,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// A department.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DepartmentView {
    pub id: String,
    pub name: String,
    pub head: Option<PartyId>,
    pub head_name: Option<String>,
    pub supervisor: Option<PartyId>,
    pub laws: Vec<String>,
    pub provisions: Vec<String>,
    pub roles: Vec<String>,
    pub jurisdictions: Vec<String>,
    pub products: Vec<String>,
    pub closed: Option<String>,
}

/// One department, and the forms to change and to close it.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    pub department: DepartmentView,
    pub people: Vec<(PartyId, String)>,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// Makes the page of all departments.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("shell-departments");
    let below = html! { p.soft { (reader.text("department-below")) } };
    let form =
        Form { reader, name: "department", typed: &view.typed, problem: view.problem.as_ref() };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        @if view.rows.is_empty() { p.soft { (reader.text("department-none")) } }
        ul.list {
            @for row in &view.rows {
                li.row.short data-row {
                    div {
                        a href={ "/departments/" (row.id) } data-open { strong { (row.name) } }
                        span.next {
                            @match &row.head_name {
                                Some(name) => { (name) }
                                None => { (reader.text("amendment-nobody")) }
                            }
                        }
                    }
                    div {
                        @if row.closed.is_some() { span.chip { (reader.text("department-closed")) } }
                        span.next { (concerns(row)) }
                    }
                }
            }
        }
        @if view.may_write {
            section aria-labelledby="add" {
                h2 #add { (reader.text("department-add")) }
                form.stack method="post" action="/departments" {
                    (layout::csrf(reader))
                    (inputs(&form, &DepartmentView::default(), &view.people))
                    div.acts { button.primary type="submit" { (reader.text("department-add")) } }
                }
            }
        }
    };
    layout::page(reader, Room::Amendments, &title, content)
}

fn concerns(row: &DepartmentView) -> String {
    let all = [&row.laws, &row.provisions, &row.roles, &row.jurisdictions, &row.products];
    all.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ")
}

fn inputs(form: &Form<'_>, department: &DepartmentView, people: &[(PartyId, String)]) -> Markup {
    let reader = form.reader;
    let lists = [
        ("laws", "department-laws", &department.laws),
        ("provisions", "department-provisions", &department.provisions),
        ("roles", "department-roles", &department.roles),
        ("jurisdictions", "department-jurisdictions", &department.jurisdictions),
        ("products", "department-products", &department.products),
    ];
    let places = [
        ("head", "department-head", &department.head),
        ("supervisor", "department-supervisor", &department.supervisor),
    ];
    html! {
        (form.input(&Input {
            name: "name", label: "department-name", value: &department.name, chars_max: 100,
            ..Input::default()
        }))
        @for (name, key, chosen) in places {
            @let id = form.id(name);
            @let own = chosen.as_ref().map(ToString::to_string).unwrap_or_default();
            @let value = form.value(name, &own);
            label for=(id) { (reader.text(key)) }
            select id=(id) name=(name) {
                option value="" { "–" }
                @for (party, person) in people {
                    option value=(party) selected[party.as_str() == value] { (person) }
                }
            }
        }
        p.soft { (reader.text("department-lists")) }
        @for (name, key, all) in lists {
            (form.input(&Input {
                name, label: key, value: &all.join("\n"), kind: Kind::Lines(2), required: false,
                chars_max: LIST_CHARS_MAX, ..Input::default()
            }))
        }
    }
}

/// Makes the page of one department.
pub fn page(view: &PageView, reader: &Reader) -> Markup {
    let department = &view.department;
    let form = |name| Form { reader, name, typed: &view.typed, problem: view.problem.as_ref() };
    let below = html! {
        p { a href="/departments" { (reader.text("shell-departments")) } }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &department.name, &below))
        @if let Some(reason) = &department.closed {
            p { strong { (reader.text("department-closed")) } " " (reason) }
        }
        p {
            (reader.text("department-head")) (reader.text("map-colon"))
            @match &department.head_name {
                Some(name) => { (name) }
                None => { (reader.text("amendment-nobody")) }
            }
        }
        p.soft { (concerns(department)) }
        @if view.may_write && department.closed.is_none() {
            form.stack method="post" action={ "/departments/" (department.id) } {
                (layout::csrf(reader))
                (inputs(&form("department"), department, &view.people))
                div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
            }
            details open[form("close").is_refused()] {
                summary { (reader.text("department-close")) }
                form.stack method="post" action={ "/departments/" (department.id) "/close" } {
                    (layout::csrf(reader))
                    (form("close").input(&Input {
                        name: "reason", label: "amendment-reason", chars_max: 2_000,
                        kind: Kind::Lines(2), ..Input::default()
                    }))
                    div.acts { button type="submit" { (reader.text("department-close")) } }
                }
            }
        }
    };
    layout::page(reader, Room::Amendments, &department.name, content)
}
