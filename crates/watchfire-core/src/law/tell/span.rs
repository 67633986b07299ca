//! A span with everything by which it is counted.

use crate::law::condition::Condition;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Span, Trigger};
use crate::law::text::Language;

/// How the things that a span names are called.
pub struct Naming<'a> {
    /// A condition as a whole sentence without its stop: `this holds: “…”`.
    pub condition: &'a dyn Fn(&Condition) -> String,
    pub trigger: &'a dyn Fn(&Trigger) -> String,
}

/// Returns a span with everything by which it is counted, in words alone.
pub fn tell(span: &Span, laws: &Lawbook, language: Language) -> String {
    let naming = Naming {
        condition: &|one| super::condition::tell(one, laws, language),
        trigger: &|one| super::condition::named(one, laws, language),
    };
    named(span, &naming, language)
}

/// Does the same with names of the caller's choice.
pub fn named(span: &Span, naming: &Naming<'_>, language: Language) -> String {
    let mut told = super::span(span, language);
    let only_if = span.rolls.as_ref().and_then(|roll| roll.only_if.as_ref());
    if let Some(condition) = only_if {
        let condition = (naming.condition)(condition);
        told.push_str(&match language {
            Language::En => format!(" (only where {condition})"),
            Language::ZhCn => {
                let where_it_holds = super::beside(&super::beside("仅在", &condition), "时");
                format!("（{where_it_holds}）")
            }
        });
    }
    if let Some(from) = &span.runs_from {
        let from = (naming.trigger)(from);
        told.push_str(&match language {
            Language::En => format!(", from {from} where there is one"),
            Language::ZhCn => format!("，如有{from}则自其起算"),
        });
    }
    for cap in &span.no_later_than {
        let within = super::within(cap.within, language);
        let from = (naming.trigger)(&cap.runs_from);
        let unless = match (cap.unless_past, language) {
            (false, _) => "",
            (true, Language::En) => ", unless that is past when it starts",
            (true, Language::ZhCn) => "（起算时已过的除外）",
        };
        told.push_str(&match language {
            Language::En => format!(", and no later than {within} from {from}{unless}"),
            Language::ZhCn => format!("，且不迟于自{from}起 {within}{unless}"),
        });
    }
    told
}
