//! Whether a case may be spoken of: the banner above it, and agreeing, moving and ending its embargo.

use maud::{Markup, html};

use super::super::layout;
use super::super::reader::Reader;
use super::super::time;
use super::{CaseView, EmbargoView};

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

pub(super) fn end_embargo(reader: &Reader, view: &CaseView) -> Markup {
    let EmbargoView::Active { .. } = view.embargo else { return html! {} };
    html! {
        details.quiet {
            summary { (reader.text("case-embargo-exit")) }
            form method="post" action={ "/cases/" (view.id) "/embargo/exit" } {
                (layout::csrf(reader))
                p.soft { (reader.text("case-embargo-exit-help")) }
                label for="embargo-reason" { (reader.text("case-embargo-exit-why")) }
                input #embargo-reason name="reason" required maxlength="2000";
                button type="submit" { (reader.text("case-embargo-exit")) }
            }
        }
    }
}
