//! What the answers say: roles, what stays undecided, what changes, and what follows.

use maud::{Markup, html};

use super::{ChangesView, FoundView, MayRecord, ResultView, carried, count, matters, room, unread};
use crate::web::law::{disclaimer, map};
use crate::web::layout;
use crate::web::reader::Reader;

/// Makes the page of what the answers say.
pub fn result(view: &ResultView, reader: &Reader) -> Markup {
    let title = reader.text("inquiry-result");
    let below = html! {
        p.soft { (reader.text("inquiry-result-below")) }
        p { a href=(view.back) { (reader.text("inquiry-back")) } " · " a href="/inquiry" { (reader.text("inquiry-begin-anew")) } }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (disclaimer(reader))
        (roles(reader, view))
        (undecided(reader, view))
        @if let Some(changes) = &view.changes { (profile(reader, changes)) }
        (record(reader, view))
        (follows(reader, view))
    };
    layout::page(reader, room(reader), &title, content)
}

fn roles(reader: &Reader, view: &ResultView) -> Markup {
    html! {
        section aria-labelledby="roles" {
            h2 #roles { (reader.text("inquiry-roles")) " " span.count.num { (view.roles.len()) } }
            @if view.roles.is_empty() { p.empty { (reader.text("inquiry-roles-none")) } }
            @for role in &view.roles {
                article.ob.found.(if role.is_sure { "open" } else { "wait" }) {
                    header {
                        h3 { (role.name) }
                        span.marks {
                            a.chip.law href={ "/laws/" (role.law) } { (role.law_title) } " "
                            @if role.is_sure { span.chip.ok { "✓ " (reader.text("inquiry-sure")) } }
                            @else { span.chip.ahead { "? " (reader.text("inquiry-unsure")) } }
                        }
                    }
                    p.soft { (role.asks) " " a href=(role.change) { (reader.text("inquiry-change")) } }
                    (matters(reader, &role.matters))
                }
            }
            @if !view.attributes.is_empty() || !view.unsure_attributes.is_empty() {
                h3 { (reader.text("inquiry-attributes")) }
                dl.dates {
                    @for (meaning, value) in &view.attributes { dt { (meaning) } dd { (value) } }
                    @for (meaning, change) in &view.unsure_attributes {
                        dt { (meaning) }
                        dd {
                            span.chip.ahead { "? " (reader.text("inquiry-unsure")) } " "
                            a href=(change) { (reader.text("inquiry-change")) }
                        }
                    }
                }
            }
        }
    }
}

fn undecided(reader: &Reader, view: &ResultView) -> Markup {
    let unsure: Vec<&FoundView> = view.roles.iter().filter(|role| !role.is_sure).collect();
    let decided = unsure.is_empty() && view.unsure_attributes.is_empty();
    let nothing = decided && view.open.is_empty() && view.unasked.is_empty();
    let left_out: usize = view.left_out.iter().map(|(_, all)| all.len()).sum();
    html! {
        section aria-labelledby="undecided" {
            h2 #undecided { (reader.text("inquiry-undecided")) }
            @if nothing { p.soft { (reader.text("inquiry-undecided-none")) } }
            @if !unsure.is_empty() {
                h3 { (reader.text("inquiry-undecided-unsure")) }
                ul.items { @for role in unsure { li { (role.name) " " span.soft { (role.law_title) } } } }
            }
            @if !view.unsure_attributes.is_empty() {
                h3 { (reader.text("inquiry-undecided-attributes")) }
                ul.items {
                    @for (meaning, change) in &view.unsure_attributes {
                        li { a href=(change) { (meaning) } }
                    }
                }
            }
            @if !view.open.is_empty() {
                h3 { (reader.text("inquiry-undecided-open")) " " span.count.num { (view.open.len()) } }
                ul.items { @for (asks, address) in &view.open { li { a href=(address) { (asks) } } } }
            }
            @if !view.unasked.is_empty() {
                h3 { (reader.text("inquiry-undecided-unasked")) }
                ul.items { @for role in &view.unasked { li { (role) } } }
            }
            @if left_out > 0 {
                details.quiet {
                    summary { (reader.text_with("inquiry-left-out", &[("count", count(left_out).into())])) }
                    @for (why, questions) in &view.left_out {
                        p { (why) }
                        ul.items { @for question in questions { li { (question) } } }
                    }
                }
            }
            (unread(reader, &view.unread))
        }
    }
}

fn profile(reader: &Reader, changes: &ChangesView) -> Markup {
    let groups = [
        ("inquiry-gained", &changes.gained),
        ("inquiry-lost", &changes.lost),
        ("inquiry-kept", &changes.kept),
    ];
    html! {
        section aria-labelledby="profile" {
            h2 #profile { (reader.text("inquiry-profile")) }
            @if changes.gained.is_empty() && changes.lost.is_empty() {
                p.soft { (reader.text("inquiry-profile-same")) }
            }
            @for (key, all) in groups {
                @if !all.is_empty() {
                    h3 { (reader.text(key)) }
                    ul.items { @for one in all { li { (one) } } }
                }
            }
        }
    }
}

fn record(reader: &Reader, view: &ResultView) -> Markup {
    html! {
        @match view.may_record {
            MayRecord::Yes => {
                form.stack method="post" action="/inquiry" {
                    (layout::csrf(reader))
                    (carried(&view.carried))
                    p.soft { (reader.text("inquiry-record-why")) }
                    div.acts { button.primary type="submit" { (reader.text("inquiry-record")) } }
                }
            }
            MayRecord::No => { p.banner role="note" { span { (reader.text("inquiry-record-not-yours")) } } }
            MayRecord::Nobody => { p.banner role="note" { span { (reader.text("inquiry-record-sign-in")) } } }
        }
    }
}

fn follows(reader: &Reader, view: &ResultView) -> Markup {
    let something = view.sections.iter().any(|section| !section.groups.is_empty());
    html! {
        section aria-labelledby="follows" {
            h2 #follows { (reader.text("inquiry-follows")) }
            @if something {
                p.soft { (reader.text("inquiry-follows-below")) }
                (map::legend(reader))
                @for section in &view.sections { (map::one_section(reader, None, section)) }
            } @else {
                p.empty { (reader.text("inquiry-follows-nothing")) }
            }
        }
    }
}
