//! The versions of a provision on a line: past, in force, later, proposed.

use jiff::civil::Date;
use maud::{Markup, html};

use super::article::{VersionView, When};

/// Width of the drawing, in its own units.
const WIDTH: f64 = 600.0;
/// Height of one bar with its line of words.
const ROW: f64 = 26.0;
/// Days that are drawn before the first date and after the last.
const AROUND_DAYS: i32 = 200;

/// Draws a bar for each version, and the present day. The list of versions beside it says the same
/// in words, so a reader of the page by ear is not told twice.
pub(super) fn draw(versions: &[VersionView], today: Date) -> Markup {
    let dates: Vec<Date> = versions
        .iter()
        .flat_map(|version| [day(&version.from), version.to.as_deref().and_then(day)])
        .flatten()
        .chain([today])
        .collect();
    let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
        return html! {};
    };
    let total = f64::from(between(*first, *last) + 2 * AROUND_DAYS);
    let x = |at: Date| f64::from(between(*first, at) + AROUND_DAYS) / total * WIDTH;
    let height = ROW * count(versions.len()) + 16.0;
    html! {
        svg.line-of-versions viewBox={ "0 0 " (WIDTH) " " (height) } aria-hidden="true" focusable="false" {
            line.today x1=(fixed(x(today))) x2=(fixed(x(today))) y1="0" y2=(height - 14.0) {}
            text.today x=(fixed(x(today).clamp(34.0, WIDTH - 34.0))) y=(height - 2.0) text-anchor="middle" { (today) }
            @for (at, version) in versions.iter().enumerate() {
                (bar(version, at, &x))
            }
        }
    }
}

fn bar(version: &VersionView, at: usize, x: &dyn Fn(Date) -> f64) -> Markup {
    let from = day(&version.from).map_or(0.0, x);
    let to = version.to.as_deref().and_then(day).map_or(WIDTH, x);
    let y = ROW * count(at) + 13.0;
    let style = match version.when {
        When::Past => "past",
        When::InForce => "now",
        When::Coming => "coming",
        When::Proposed => "proposed",
    };
    let (anchor, text) =
        if from > WIDTH * 0.7 { ("end", from - 4.0) } else { ("start", from + 1.0) };
    let y_text = if anchor == "end" { y + 8.0 } else { y - 3.0 };
    html! {
        g.(style) {
            rect x=(fixed(from)) y=(fixed(y)) width=(fixed((to - from).max(3.0))) height="9" rx="2" {}
            @if !version.from.is_empty() {
                text x=(fixed(text)) y=(fixed(y_text)) text-anchor=(anchor) { (version.from) }
            }
        }
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn fixed(number: f64) -> String {
    format!("{number:.1}")
}
