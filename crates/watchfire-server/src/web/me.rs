//! One's own settings: language and zone, how notices arrive, and the password.

use maud::{Markup, html};

use super::form::{self, Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use crate::locale::Language;

/// One's own settings.
#[derive(Debug, Clone)]
pub struct MeView {
    pub language: Language,
    pub time_zone: String,
    /// Channel and whether an address is set; the address itself is not shown again.
    pub channels: Vec<(String, bool)>,
    /// What was typed into a form that was refused.
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// Makes the page.
pub fn page(view: &MeView, reader: &Reader) -> Markup {
    let title = reader.account.as_ref().map_or_else(String::new, |account| account.name.clone());
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &html! { p.soft { (reader.text("party-me-below")) } }))
        (preferences(reader, view))
        (addresses(reader, view))
        (password(reader, view))
    };
    layout::page(reader, Room::Me, &title, content)
}

fn preferences(reader: &Reader, view: &MeView) -> Markup {
    let problem = view.problem.as_ref();
    html! {
        section aria-labelledby="preferences" {
            h2 #preferences { (reader.text("party-preferences")) }
            form.stack method="post" action="/me" {
                (layout::csrf(reader))
                label for="me-language" { (reader.text("shell-language")) }
                select #me-language name="language" {
                    @for language in Language::ALL {
                        option value=(language.tag()) lang=(language.tag()) selected[language == view.language] { (language.own_name()) }
                    }
                }
                label for="me-time_zone" { (reader.text("fact-zone")) }
                input #me-time_zone name="time_zone" value=(view.time_zone) required maxlength="60"
                    aria-invalid=[form::invalid(problem, "me-time_zone")]
                    aria-describedby=[form::described(problem, "me-time_zone", None)]
                    placeholder="Asia/Shanghai" autocomplete="off" spellcheck="false" list="me-zones";
                datalist #me-zones {
                    @for zone in ["Asia/Shanghai", "Europe/Brussels", "Europe/Berlin", "Europe/Paris",
                        "Europe/Dublin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC"] {
                        option value=(zone) {}
                    }
                }
                (form::wrong(problem, "me-time_zone"))
                div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
            }
        }
    }
}

fn addresses(reader: &Reader, view: &MeView) -> Markup {
    let problem = view.problem.as_ref();
    html! {
        section aria-labelledby="channels" {
            h2 #channels { (reader.text("party-channels")) }
            p.soft { (reader.text("party-channels-why")) }
            @for (channel, is_set) in &view.channels {
                @let input = format!("address-{channel}");
                form.stack method="post" action="/me/address" {
                    (layout::csrf(reader))
                    input type="hidden" name="channel" value=(channel);
                    label for=(input) {
                        (channel_name(reader, channel)) " "
                        span.soft { (reader.text(if *is_set { "party-address-set" } else { "party-address-unset" })) }
                    }
                    input id=(input) name="address" required maxlength="500" autocomplete="off"
                        spellcheck="false" aria-invalid=[form::invalid(problem, &input)]
                        aria-describedby=[form::described(problem, &input, None)];
                    (form::wrong(problem, &input))
                    div.acts { button type="submit" { (reader.text("shell-save")) } }
                }
            }
            form method="post" action="/me/test-notice" {
                (layout::csrf(reader))
                div.acts {
                    button.primary type="submit" { (reader.text("party-test")) }
                    span.soft { (reader.text("party-test-why")) }
                }
            }
        }
    }
}

/// Returns what people call a channel.
fn channel_name(reader: &Reader, channel: &str) -> String {
    match channel {
        "mail" => reader.text("party-mail"),
        "webhook" => reader.text("party-webhook"),
        other => other.to_owned(),
    }
}

fn password(reader: &Reader, view: &MeView) -> Markup {
    let form = Form { reader, name: "own", typed: &view.typed, problem: view.problem.as_ref() };
    html! {
        section aria-labelledby="own" {
            h2 #own { (reader.text("party-own-password")) }
            p.soft { (reader.text("party-own-password-why")) }
            form.stack method="post" action="/me/password" {
                (layout::csrf(reader))
                (form.input(&Input { name: "present", label: "party-present-password",
                    kind: Kind::Password { new: false }, ..Input::default() }))
                (form.input(&Input { name: "password", label: "party-new-password",
                    kind: Kind::Password { new: true }, help: Some("party-password-length"),
                    ..Input::default() }))
                div.acts { button type="submit" { (reader.text("party-password-set")) } }
            }
        }
    }
}
