//! Signing in, and the first start.

use maud::{Markup, html};

use super::layout::{self, Room};
use super::reader::{Problem, Reader};

/// The form to sign in.
#[derive(Debug, Clone, Default)]
pub struct SignInView {
    pub login: String,
    /// Where to go then; a path of ours.
    pub return_to: String,
    /// Whether nobody has an account yet.
    pub first_start: bool,
    pub problem: Option<Problem>,
}

/// Makes the page.
pub fn sign_in(view: &SignInView, reader: &Reader) -> Markup {
    let title = reader.text("session-title");
    let content = html! {
        div.narrow {
            (layout::problem(view.problem.as_ref()))
            h1 { (title) }
            @if view.first_start { (first_start(reader)) }
            form.stack method="post" action="/sign-in" {
                (layout::csrf(reader))
                input type="hidden" name="return_to" value=(view.return_to);
                label for="login" { (reader.text("session-login")) }
                input #login name="login" value=(view.login) required maxlength="64"
                    autocomplete="username" autocapitalize="none" spellcheck="false";
                label for="password" { (reader.text("session-password")) }
                input #password name="password" type="password" required maxlength="1000"
                    autocomplete="current-password";
                div.acts { button.primary type="submit" { (reader.text("shell-sign-in")) } }
            }
            p.soft { (reader.text("session-no-account")) " " a href="/report" { (reader.text("shell-report")) } }
        }
    };
    layout::page(reader, Room::Outside, &title, content)
}

fn first_start(reader: &Reader) -> Markup {
    html! {
        section.card aria-labelledby="first" {
            h2 #first { (reader.text("session-first")) }
            p { (reader.text("session-first-why")) }
            p.code {
                code #first-command { "watchfire user add admin --name NAME" }
                " " (layout::copy(reader, "first-command"))
            }
        }
    }
}
