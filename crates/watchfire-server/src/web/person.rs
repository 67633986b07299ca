//! A person as administrators keep them: duties, password and account.

use std::collections::BTreeSet;

use maud::{Markup, html};
use watchfire_core::event::Duty;
use watchfire_core::ids::PartyId;

use super::form::{Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::party::duty_boxes;
use super::reader::{Problem, Reader};

/// A person of the organization.
#[derive(Debug, Clone)]
pub struct PersonView {
    pub party: PartyId,
    pub name: String,
    /// The name to sign in with; `None` for whoever has no account.
    pub login: Option<String>,
    pub duties: BTreeSet<Duty>,
    /// What was typed into a form that was refused.
    pub typed: Typed,
    pub problem: Option<Problem>,
}

impl PersonView {
    fn form<'v>(&'v self, reader: &'v Reader, name: &'v str) -> Form<'v> {
        Form { reader, name, typed: &self.typed, problem: self.problem.as_ref() }
    }

    fn path(&self, act: &str) -> String {
        format!("/people/{}/{act}", self.party)
    }
}

/// Makes the page.
pub fn page(view: &PersonView, reader: &Reader) -> Markup {
    let below = html! {
        p.soft {
            a href="/people" { (reader.text("shell-people")) } " · "
            @match &view.login {
                Some(login) => { code { (login) } }
                None => { (reader.text("party-no-account")) }
            }
        }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &view.name, &below))
        (duties(reader, view))
        @if view.login.is_some() {
            (password(reader, view))
            (close(reader, view))
        } @else { (open(reader, view)) }
    };
    layout::page(reader, Room::People, &view.name, content)
}

fn duties(reader: &Reader, view: &PersonView) -> Markup {
    html! {
        section aria-labelledby="duties" {
            h2 #duties { (reader.text("party-duties")) }
            form.stack method="post" action=(view.path("duties")) {
                (layout::csrf(reader))
                (duty_boxes(reader, &view.duties))
                div.acts { button type="submit" { (reader.text("shell-save")) } }
            }
        }
    }
}

fn password(reader: &Reader, view: &PersonView) -> Markup {
    let form = view.form(reader, "password");
    html! {
        section aria-labelledby="password" {
            h2 #password { (reader.text("party-set-password")) }
            @if reader.is(&view.party) {
                p { a href="/me#own" { (reader.text("party-own-password")) } }
            } @else {
                form.stack method="post" action=(view.path("password")) {
                    (layout::csrf(reader))
                    (form.input(&Input { name: "password", label: "party-new-password",
                        kind: Kind::Password { new: true }, help: Some("party-set-password-help"),
                        ..Input::default() }))
                    div.acts { button type="submit" { (reader.text("party-password-set")) } }
                }
            }
        }
    }
}

fn open(reader: &Reader, view: &PersonView) -> Markup {
    let form = view.form(reader, "account");
    html! {
        section aria-labelledby="account" {
            h2 #account { (reader.text("party-open-account")) }
            form.stack method="post" action=(view.path("account")) {
                (layout::csrf(reader))
                (form.input(&Input { name: "login", label: "party-login",
                    help: Some("party-login-help"), chars_max: 64, ..Input::default() }))
                (form.input(&Input { name: "password", label: "party-password",
                    kind: Kind::Password { new: true }, help: Some("party-password-help"),
                    ..Input::default() }))
                div.acts { button type="submit" { (reader.text("party-open-account")) } }
            }
        }
    }
}

fn close(reader: &Reader, view: &PersonView) -> Markup {
    let form = view.form(reader, "close");
    html! {
        section aria-labelledby="close" {
            h2 #close { (reader.text("party-close-account")) }
            form.stack method="post" action=(view.path("account/close")) {
                (layout::csrf(reader))
                p.soft { (reader.text("party-close-account-help")) }
                (form.input(&Input { name: "reason", label: "party-close-account-why",
                    chars_max: 2_000, ..Input::default() }))
                div.acts { button type="submit" { (reader.text("party-close-account")) } }
            }
        }
    }
}
