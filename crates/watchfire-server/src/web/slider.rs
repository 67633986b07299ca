//! The line of time of a case: what had happened, what was known and what was owed at an instant.
//!
//! It works without script: a slider in a form, a link for each moment, and two typed instants.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use watchfire_core::ids::CaseId;

use super::reader::Reader;
use super::time;

/// Width of the drawing, in its own units.
const WIDTH: f64 = 1000.0;
/// Room at both ends, so that no mark is cut.
const EDGE: f64 = 14.0;

/// The line of time of a case.
#[derive(Debug, Clone)]
pub struct SliderView {
    pub case: CaseId,
    /// In order of time.
    pub moments: Vec<Moment>,
    /// Strict windows, drawn as bars.
    pub windows: Vec<(Timestamp, Timestamp)>,
    /// The instant that the page looks at.
    pub at: Timestamp,
    /// Facts known later than this are hidden; the same as `at` unless asked for.
    pub known_at: Timestamp,
    /// Whether the page looks at the past.
    pub past: bool,
    /// What was typed for the two instants, if it could not be read.
    pub typed: Option<(String, String)>,
}

/// A moment on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    pub words: String,
    pub kind: MomentKind,
}

/// What a moment is, which decides its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    Fact,
    Rung,
    Deadline,
}

/// The length of the line: from the first moment to the last, or to now.
struct Span {
    from: Timestamp,
    seconds: f64,
}

impl Span {
    fn of(view: &SliderView) -> Self {
        let instants = || view.moments.iter().map(|moment| moment.at).chain([view.at]);
        let from = instants().min().unwrap_or(view.at);
        let to = instants().max().unwrap_or(view.at);
        let least = SignedDuration::from_hours(1);
        Self { from, seconds: to.duration_since(from).max(least).as_secs_f64() }
    }

    fn place(&self, at: Timestamp) -> f64 {
        let share = at.duration_since(self.from).as_secs_f64() / self.seconds;
        EDGE + share.clamp(0.0, 1.0) * (WIDTH - 2.0 * EDGE)
    }

    fn x(&self, at: Timestamp) -> String {
        format!("{:.1}", self.place(at))
    }
}

/// The whole: drawing, slider, links and typed instants.
pub fn slider(reader: &Reader, view: &SliderView) -> Markup {
    let span = Span::of(view);
    html! {
        section.slider aria-labelledby="slider-title" {
            h2.visually-hidden #slider-title { (reader.text("case-slider")) }
            (drawing(reader, view, &span))
            (range(reader, view))
            details.quiet open[view.typed.is_some()] {
                summary { (reader.text("case-moments")) }
                div.split {
                    (links(reader, view))
                    (instants(reader, view))
                }
            }
        }
    }
}

fn drawing(reader: &Reader, view: &SliderView, span: &Span) -> Markup {
    let cursor = span.x(view.at);
    html! {
        svg.line-of-time viewBox="0 0 1000 64" role="img" aria-label=(reader.text("case-slider-drawn")) {
            line.axis x1="0" y1="42" x2="1000" y2="42" {}
            @for (from, due) in &view.windows {
                @let (start, end) = (span.place(*from), span.place(*due));
                rect.window x=(format!("{start:.1}")) y="37" height="10" rx="5"
                    width=(format!("{:.1}", (end - start).max(2.0))) {}
                @let used = span.place(view.at.min(*due)) - start;
                @if used > 0.0 {
                    rect.window-used x=(format!("{start:.1}")) y="37" height="10" rx="5"
                        width=(format!("{used:.1}")) {}
                }
            }
            @for moment in &view.moments { (shape(view, span, moment)) }
            line.cursor x1=(cursor) y1="12" x2=(cursor) y2="60" {}
            circle.cursor cx=(cursor) cy="12" r="6" {}
        }
        div.ends.num.soft aria-hidden="true" {
            span { (time::date(reader, span.from)) }
            strong { (time::moment(reader, view.at)) }
            span { (time::date(reader, end(view))) }
        }
    }
}

fn end(view: &SliderView) -> Timestamp {
    view.moments.last().map_or(view.at, |last| last.at.max(view.at))
}

fn shape(view: &SliderView, span: &Span, moment: &Moment) -> Markup {
    let ahead = moment.at > view.at;
    let place = span.place(moment.at);
    html! {
        g.moment.ahead[ahead] {
            title { (moment.words) }
            @match moment.kind {
                MomentKind::Fact => { circle cx=(format!("{place:.1}")) cy="42" r="5.5" {} }
                MomentKind::Rung => {
                    line x1=(format!("{place:.1}")) x2=(format!("{place:.1}")) y1="33" y2="51" {}
                }
                MomentKind::Deadline => {
                    path d=(format!("M{place:.1} 32 l7 10 l-7 10 l-7 -10 Z")) {}
                }
            }
        }
    }
}

/// The place among the moments that the page stands on: the last that has passed.
fn step(view: &SliderView) -> usize {
    view.moments.iter().rposition(|moment| moment.at <= view.at).unwrap_or_default()
}

fn range(reader: &Reader, view: &SliderView) -> Markup {
    if view.moments.is_empty() {
        return html! {};
    }
    let step = step(view);
    let last = view.moments.len() - 1;
    let before = view.moments.iter().rfind(|moment| moment.at < view.at);
    let after = view.moments.iter().find(|moment| moment.at > view.at);
    html! {
        form.range method="get" action={ "/cases/" (view.case) "/moment" } data-slide {
            (stride(reader, view, before, "case-before", "prev", "‹"))
            label.visually-hidden for="slider-step" { (reader.text("case-slider")) }
            input #slider-step type="range" name="step" min="0" max=(last) value=(step)
                aria-valuetext=(view.moments[step].words);
            button type="submit" { (reader.text("case-go")) }
            (stride(reader, view, after, "case-after", "next", "›"))
            @if view.past {
                a.button href={ "/cases/" (view.case) } { (reader.text("case-to-now")) }
            }
        }
    }
}

fn stride(
    reader: &Reader,
    view: &SliderView,
    moment: Option<&Moment>,
    key: &str,
    rel: &str,
    sign: &str,
) -> Markup {
    html! {
        @if let Some(moment) = moment {
            a.button rel=(rel) href=(link(view, moment.at)) title=(moment.words)
                aria-label={ (reader.text(key)) ": " (moment.words) } { (sign) }
        }
    }
}

/// Returns the address of the page at another instant.
pub fn link(view: &SliderView, at: Timestamp) -> String {
    format!("/cases/{}?at={}", view.case, super::query_part(&at.to_string()))
}

fn links(reader: &Reader, view: &SliderView) -> Markup {
    html! {
        ol.moments {
            @for moment in &view.moments {
                li.ahead[moment.at > view.at] {
                    a href=(link(view, moment.at))
                        aria-current=[(moment.at == view.at).then_some("true")] {
                        (time::moment(reader, moment.at))
                    }
                    " " (moment.words)
                }
            }
        }
    }
}

fn instants(reader: &Reader, view: &SliderView) -> Markup {
    let written = |at| time::input_value(reader, at);
    let (at, known_at) =
        view.typed.clone().unwrap_or_else(|| (written(view.at), written(view.known_at)));
    html! {
        form.stack method="get" action={ "/cases/" (view.case) } {
            label for="slider-at" { (reader.text("case-at")) }
            input.num #slider-at name="at" value=(at) autocomplete="off" spellcheck="false";
            label for="slider-known" { (reader.text("case-known-at")) }
            input.num #slider-known name="known_at" value=(known_at) autocomplete="off"
                spellcheck="false";
            p.soft {
                (reader.text_with("case-at-help",
                    &[("zone", time::zone_name(reader.language, &reader.zone).into())]))
            }
            button type="submit" { (reader.text("case-go")) }
        }
    }
}
