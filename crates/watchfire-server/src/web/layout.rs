//! The shell of every page: head, navigation, what was just done, and the footer.

use maud::{DOCTYPE, Markup, html};
use watchfire_core::event::Duty;

use super::asset::{self, Asset};
use super::reader::{Problem, Reader};
use super::time;
use crate::locale::Language;

/// The rooms of the house, in the order of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Watch,
    Cases,
    Exposure,
    Report,
    Laws,
    Map,
    Amendments,
    Log,
    Organization,
    People,
    Me,
    /// A page outside the rooms, such as signing in.
    Outside,
}

/// A room's place, its words, and who is shown the way to it.
struct Way {
    room: Room,
    path: &'static str,
    key: &'static str,
    only: Option<Duty>,
    needs_account: bool,
}

const WAYS: [Way; 10] = [
    way(Room::Watch, "/watch", "shell-watch", true),
    way(Room::Cases, "/cases", "shell-cases", true),
    way(Room::Exposure, "/vulnerabilities", "shell-exposure", true),
    way(Room::Report, "/report", "shell-report", false),
    way(Room::Laws, "/laws", "shell-laws", false),
    way(Room::Map, "/map", "shell-map", true),
    way(Room::Amendments, "/amendments", "shell-amendments", true),
    way(Room::Log, "/log", "shell-log", false),
    way(Room::Organization, "/organization", "shell-organization", true),
    Way {
        room: Room::People,
        path: "/people",
        key: "shell-people",
        only: Some(Duty::Administrator),
        needs_account: true,
    },
];

const fn way(room: Room, path: &'static str, key: &'static str, needs_account: bool) -> Way {
    Way { room, path, key, only: None, needs_account }
}

/// Makes a whole page of its content.
///
/// `title` is that of the window; the content brings its own heading.
pub fn page(reader: &Reader, room: Room, title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(reader.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="same-origin";
                title { (title) " · " (reader.text("shell-name")) }
                link rel="icon" type="image/svg+xml" href=(asset::path(Asset::Icon));
                link rel="stylesheet" href=(asset::path(Asset::Style));
                script src=(asset::path(Asset::Htmx)) defer {}
                script src=(asset::path(Asset::Script)) defer {}
            }
            body {
                a.skip href="#content" { (reader.text("shell-skip")) }
                (navigation(reader, room))
                main #content tabindex="-1" {
                    (done(reader))
                    (content)
                }
                div #copied .visually-hidden role="status" data-words=(reader.text("shell-copied")) {}
            }
        }
    }
}

/// The sign of the house.
pub(crate) fn mark() -> Markup {
    html! {
        svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
            stroke-linejoin="round" aria-hidden="true" focusable="false" {
            path fill="currentColor" fill-opacity=".16"
                d="M12 2.5c1 3 4.500 4.600 4.500 8.600a4.500 4.500 0 0 1-9 0c0-1.700.8-2.800 1.600-3.700.2 1.300.8 2 1.600 2.300C10.300 7 11 4.500 12 2.500Z" {}
            path d="M6.500 19.500h11M8 19.500l1-3.200h6l1 3.200M5 22h14" {}
        }
    }
}

fn navigation(reader: &Reader, room: Room) -> Markup {
    let open = |way: &&Way| {
        (!way.needs_account || reader.account.is_some())
            && way.only.is_none_or(|duty| reader.has(duty))
    };
    html! {
        header.side {
            a.mark href="/" { (mark()) span { (reader.text("shell-name")) } }
            nav aria-label=(reader.text("shell-main")) {
                @for way in WAYS.iter().filter(open) {
                    a href=(way.path) aria-current=[(way.room == room).then_some("page")] {
                        (reader.text(way.key))
                        @if way.room == Room::Watch && reader.gaps > 0 {
                            " " b.num title=(reader.text("shell-gaps")) {
                                (reader.gaps) span.visually-hidden { " " (reader.text("shell-gaps")) }
                            }
                        }
                    }
                }
            }
            (account(reader, room))
        }
    }
}

fn account(reader: &Reader, room: Room) -> Markup {
    html! {
        div.account {
            p.node { (reader.text("shell-node")) " " strong { (breaking_at_dots(&reader.node)) } }
            @if let Some(account) = &reader.account {
                a href="/me" aria-current=[(room == Room::Me).then_some("page")] { (account.name) }
                form method="post" action="/sign-out" {
                    (csrf(reader))
                    button.plain type="submit" { (reader.text("shell-sign-out")) }
                }
            } @else {
                a href="/sign-in" aria-current=[(room == Room::Outside).then_some("page")] {
                    (reader.text("shell-sign-in"))
                }
            }
            (languages(reader))
        }
    }
}

/// A host's name breaks after its dots rather than within a word.
fn breaking_at_dots(name: &str) -> Markup {
    html! {
        @for (place, part) in name.split('.').enumerate() {
            @if place > 0 { "." wbr; }
            (part)
        }
    }
}

fn languages(reader: &Reader) -> Markup {
    html! {
        form.languages method="post" action="/language" aria-label=(reader.text("shell-language")) {
            input type="hidden" name="return_to" value=(reader.path);
            @for language in Language::ALL {
                @if language == reader.language {
                    span aria-current="true" lang=(language.tag()) { (language.own_name()) }
                } @else {
                    button.plain type="submit" name="language" value=(language.tag())
                        lang=(language.tag()) { (language.own_name()) }
                }
            }
        }
    }
}

/// The hidden proof that every form of ours carries.
pub fn csrf(reader: &Reader) -> Markup {
    html! { input type="hidden" name="csrf" value=(reader.csrf); }
}

fn done(reader: &Reader) -> Markup {
    let Some(done) = &reader.done else { return html! {} };
    html! {
        div.done role="status" {
            p { span.shape aria-hidden="true" { "✓" } " " (reader.text(done.act)) }
            @if let Some(receipt) = &done.receipt {
                p.stamp {
                    (reader.text("shell-receipt")) " "
                    code #done-receipt { (receipt) } " "
                    (copy(reader, "done-receipt"))
                }
            }
        }
    }
}

/// A button that copies the text of the element `id`; without script it is not shown.
pub fn copy(reader: &Reader, id: &str) -> Markup {
    html! {
        button.copy type="button" hidden data-copy=(id) aria-label=(reader.text("shell-copy")) {
            (reader.text("shell-copy"))
        }
    }
}

/// What was refused, at the head of a page.
pub fn problem(problem: Option<&Problem>) -> Markup {
    let Some(problem) = problem else { return html! {} };
    html! {
        div.problem role="alert" {
            p {
                span.shape aria-hidden="true" { "✕" } " "
                @if let Some(input) = &problem.input {
                    a href={ "#" (input) } { (problem.message) }
                } @else { (problem.message) }
            }
            @if let Some(hint) = &problem.hint { p.soft { (hint) } }
        }
    }
}

/// Heading, a line below it, and the present instant.
pub fn heading(reader: &Reader, title: &str, below: &Markup) -> Markup {
    html! {
        header.page {
            div { h1 { (title) } div.below { (below) } }
            (time::now(reader))
        }
    }
}

/// The page for what is missing, or hidden, which is the same.
pub fn not_found(reader: &Reader) -> Markup {
    let title = reader.text("shell-not-found");
    let content = html! {
        h1 { (title) }
        p { (reader.text("shell-not-found-why")) }
        p { a href="/" { (reader.text("shell-home")) } }
    };
    page(reader, Room::Outside, &title, content)
}

/// The page for any other problem.
pub fn failure(reader: &Reader, what: &Problem, request: &str) -> Markup {
    let title = reader.text("shell-failure");
    let content = html! {
        h1 { (title) }
        (problem(Some(what)))
        @if !request.is_empty() {
            p.soft { (reader.text("shell-request")) " " code { (request) } }
        }
        p { a href="/" { (reader.text("shell-home")) } }
    };
    page(reader, Room::Outside, &title, content)
}
