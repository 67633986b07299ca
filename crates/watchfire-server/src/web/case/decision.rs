//! The questions of a case that people decide.

use maud::{Markup, html};

use super::super::layout;
use super::super::obligation;
use super::super::reader::Reader;
use super::super::time;
use super::{CaseView, DecisionView};

pub(super) fn decisions(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.decisions.is_empty() {
            section aria-labelledby="decisions" {
                h2 #decisions { (reader.text("case-decisions")) }
                @for (place, decision) in view.decisions.iter().enumerate() {
                    (decision_card(reader, view, decision, place))
                }
            }
        }
    }
}

fn decision_card(
    reader: &Reader,
    view: &CaseView,
    decision: &DecisionView,
    place: usize,
) -> Markup {
    let note = format!("decision-note-{place}");
    html! {
        article.decision.open[decision.answer.is_none()] {
            h3 { (decision.question) }
            @match decision.answer {
                Some(answer) => {
                    p {
                        strong { (reader.text(if answer { "shell-yes" } else { "shell-no" })) }
                        @if let Some(decided) = &decision.decided { " · " (decided) }
                    }
                }
                None => {
                    p {
                        span.state.soon { span.shape aria-hidden="true" { "?" } " " (reader.text("shell-undecided")) }
                        @if let Some(due) = decision.due {
                            " · " (reader.text("case-decide-by")) " " (time::moment(reader, due))
                            " " span.note { (reader.text("obligation-house-target")) }
                        }
                    }
                }
            }
            @if !decision.hangs.is_empty() {
                p.soft { (reader.text("case-hangs")) " " (obligation::list(reader, &decision.hangs)) }
            }
            @if view.may_write {
                details.quiet open[decision.answer.is_none()] {
                    summary { (reader.text(if decision.answer.is_none() { "case-decide" } else { "case-decide-anew" })) }
                    form.stack method="post" action={ "/cases/" (view.id) "/decisions" } {
                        (layout::csrf(reader))
                        input type="hidden" name="predicate" value=(decision.predicate);
                        label for=(note) { (reader.text("case-decision-note")) }
                        input id=(note) name="note" required maxlength="2000";
                        div.acts {
                            button type="submit" name="answer" value="yes" { (reader.text("case-answer-yes")) }
                            button type="submit" name="answer" value="no" { (reader.text("case-answer-no")) }
                        }
                    }
                }
            }
        }
    }
}
