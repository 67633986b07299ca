//! The submissions of a case, as they were sent.

use maud::{Markup, html};

use super::super::obligation;
use super::super::reader::Reader;
use super::super::time;
use super::CaseView;

pub(super) fn submissions(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.submissions.is_empty() {
            section aria-labelledby="submissions" {
                h2 #submissions { (reader.text("case-submissions")) }
                @for sent in &view.submissions {
                    article.ob.met id={ "s-" (sent.id) } {
                        h3 { (obligation::list(reader, &sent.meets)) }
                        p {
                            (time::moment(reader, sent.recorded_at)) " · " (sent.channel)
                            @if let Some(number) = &sent.number {
                                " · " (reader.text("case-number")) " " strong.num { (number) }
                            }
                        }
                        @if !sent.fields.is_empty() {
                            details.quiet {
                                summary { (reader.text("case-as-sent")) }
                                dl { @for (label, value) in &sent.fields { dt { (label) } dd { (value) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
