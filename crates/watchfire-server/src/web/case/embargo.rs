//! Whether a case may be spoken of: the banner above it, and agreeing, moving and ending its embargo.

use maud::{Markup, html};

use super::super::form::{Input, Kind};
use super::super::layout;
use super::super::reader::Reader;
use super::super::time;
use super::{CaseView, EmbargoView, choice};

pub(super) fn banner(reader: &Reader, view: &CaseView) -> Markup {
    let count = i64::try_from(view.participants.len()).unwrap_or(i64::MAX);
    let who = html! { " " a href="#participants" { (reader.text("case-who-sees")) } };
    match view.embargo {
        EmbargoView::Active { until } => html! {
            div.banner.red role="note" {
                span.chip.tlp { "TLP:RED" }
                span {
                    (reader.text_with("case-embargo", &[("count", count.into())]))
                    @if let Some(until) = until {
                        " " (reader.text("case-embargo-until")) " " (time::moment(reader, until))
                    } @else { " " (reader.text("case-embargo-open")) }
                }
                (who)
            }
        },
        EmbargoView::Exited { at } => html! {
            div.banner role="note" {
                span.chip { "TLP:AMBER+STRICT" }
                span { (reader.text("case-embargo-exited")) " " (time::moment(reader, at)) }
                (who)
            }
        },
        EmbargoView::None => html! {
            div.banner role="note" {
                span.chip { "TLP:AMBER+STRICT" }
                span { (reader.text("case-open-inside")) } (who)
            }
        },
    }
}

/// What the reader may do with the embargo.
pub(super) fn acts(reader: &Reader, view: &CaseView) -> Markup {
    // Whoever agrees an embargo without taking part would see the case no more.
    let takes_part = view.participants.iter().any(|it| reader.is(&it.party));
    html! {
        @if takes_part && !matches!(view.embargo, EmbargoView::Exited { .. }) { (agree(reader, view)) }
        @if matches!(view.embargo, EmbargoView::Active { .. }) { (end(reader, view)) }
    }
}

fn agree(reader: &Reader, view: &CaseView) -> Markup {
    let form = view.form(reader, "embargo");
    let (key, until) = match view.embargo {
        EmbargoView::Active { until } => ("case-embargo-move", until),
        _ => ("case-embargo-agree", None),
    };
    let until = until.map(|at| time::input_value(reader, at)).unwrap_or_default();
    let zone = reader.zone.iana_name().unwrap_or("UTC");
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text(key)) }
            form.stack method="post" action=(view.path("embargo")) {
                (layout::csrf(reader))
                p.soft { (reader.text("case-embargo-agree-help")) }
                (form.input(&Input { name: "until", label: "case-embargo-end", kind: Kind::Instant,
                    value: &until, help: Some("case-embargo-end-help"), required: false,
                    chars_max: 120 }))
                (form.input(&Input { name: "zone", label: "fact-zone", value: zone, chars_max: 60,
                    ..Input::default() }))
                (form.input(&Input { name: "note", label: "case-embargo-note",
                    kind: Kind::Lines(2), chars_max: 20_000, ..Input::default() }))
                div.acts { button type="submit" { (reader.text(key)) } }
            }
        }
    }
}

fn end(reader: &Reader, view: &CaseView) -> Markup {
    let form = view.form(reader, "exit");
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("case-embargo-exit")) }
            form.stack method="post" action=(view.path("embargo/exit")) {
                (layout::csrf(reader))
                p.soft { (reader.text("case-embargo-exit-help")) }
                (form.input(&Input { name: "reason", label: "case-embargo-exit-why",
                    chars_max: 20_000, ..Input::default() }))
                @if !view.barred.is_empty() {
                    (choice::bars(reader, &view.barred))
                    (form.input(&Input { name: "pass_reason", label: "gate-publishing-why",
                        required: false, chars_max: 20_000, ..Input::default() }))
                }
                div.acts { button type="submit" { (reader.text("case-embargo-exit")) } }
            }
        }
    }
}
