//! Conditions in words: questions and attributes as the packs word them.

use super::trigger;
use crate::law::condition::{Condition, Recorded};
use crate::law::id::AttributeId;
use crate::law::lawbook::Lawbook;
use crate::law::pack::Trigger;
use crate::law::text::Language;

/// Returns a condition in words.
pub fn tell(condition: &Condition, laws: &Lawbook, language: Language) -> String {
    wanted(condition, true, laws, language)
}

/// Returns one question of a condition, and whether it has to be so or not so.
pub fn leaf(asks: &Condition, wants: bool, laws: &Lawbook, language: Language) -> String {
    wanted(asks, wants, laws, language)
}

fn wanted(condition: &Condition, wants: bool, laws: &Lawbook, language: Language) -> String {
    let all_of = |parts: &[Condition], and: bool| {
        let told: Vec<String> =
            parts.iter().map(|part| wanted(part, wants, laws, language)).collect();
        let joined = told.join(match (language, and) {
            (Language::En, true) => ", and ",
            (Language::En, false) => ", or ",
            (Language::ZhCn, true) => "，且",
            (Language::ZhCn, false) => "，或者",
        });
        match (told.len(), language) {
            (0 | 1, _) => joined,
            (_, Language::En) => format!("({joined})"),
            (_, Language::ZhCn) => format!("（{joined}）"),
        }
    };
    match condition {
        Condition::All(parts) => all_of(parts, wants),
        Condition::Any(parts) => all_of(parts, !wants),
        Condition::Not(part) => wanted(part, !wants, laws, language),
        Condition::Predicate(id) => {
            let declared = laws.words().predicates.get(id);
            let question = declared.map_or(id.as_str(), |one| one.question.in_language(language));
            match (language, wants) {
                (Language::En, true) => format!("“{question}” is answered with yes"),
                (Language::En, false) => format!("“{question}” is answered with no"),
                (Language::ZhCn, true) => format!("“{question}”回答为“是”"),
                (Language::ZhCn, false) => format!("“{question}”回答为“否”"),
            }
        }
        Condition::Recorded(asked) => recorded(asked, wants, laws, language),
        Condition::Flag(id) => {
            let meaning = meaning(id, laws, language);
            match (language, wants) {
                (Language::En, true) => format!("this holds: “{meaning}”"),
                (Language::En, false) => format!("this does not hold: “{meaning}”"),
                (Language::ZhCn, true) => format!("“{meaning}”成立"),
                (Language::ZhCn, false) => format!("“{meaning}”不成立"),
            }
        }
        Condition::OneOf(id, values) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            let meaning = meaning(id, laws, language);
            match (language, wants) {
                (Language::En, true) => format!("“{meaning}” is {}", values.join(" or ")),
                (Language::En, false) => format!("“{meaning}” is not {}", values.join(" or ")),
                (Language::ZhCn, true) => format!("“{meaning}”为 {}", values.join(" 或 ")),
                (Language::ZhCn, false) => format!("“{meaning}”不是 {}", values.join(" 或 ")),
            }
        }
        Condition::AtLeast(id, bound) => bounded(id, *bound, wants, laws, language),
        Condition::Below(id, bound) => bounded(id, *bound, !wants, laws, language),
    }
}

fn meaning<'l>(id: &'l AttributeId, laws: &'l Lawbook, language: Language) -> &'l str {
    let declared = laws.words().attributes.get(id);
    declared.map_or(id.as_str(), |one| one.meaning.in_language(language))
}

fn bounded(
    id: &AttributeId,
    bound: f64,
    at_least: bool,
    laws: &Lawbook,
    language: Language,
) -> String {
    let meaning = meaning(id, laws, language);
    match (language, at_least) {
        (Language::En, true) => format!("“{meaning}” is at least {bound}"),
        (Language::En, false) => format!("“{meaning}” is below {bound}"),
        (Language::ZhCn, true) => format!("“{meaning}”不少于 {bound}"),
        (Language::ZhCn, false) => format!("“{meaning}”少于 {bound}"),
    }
}

fn recorded(asked: &Recorded, wants: bool, laws: &Lawbook, language: Language) -> String {
    let fact = named(&asked.fact, laws, language);
    let within = asked.within.as_ref().map(|(within, other)| {
        let (within, other) = (super::within(*within, language), named(other, laws, language));
        match language {
            Language::En => format!(" at most {within} after {other}"),
            Language::ZhCn => format!("（不晚于{other}之后 {within}）"),
        }
    });
    let within = within.unwrap_or_default();
    match (language, wants) {
        (Language::En, true) => format!("this is recorded: {fact}{within}"),
        (Language::En, false) => format!("this is not recorded: {fact}{within}"),
        (Language::ZhCn, true) => format!("已记录{fact}{within}"),
        (Language::ZhCn, false) => format!("未记录{fact}{within}"),
    }
}

/// A kind of fact in the words of `facts.toml`, a submission by what it meets.
pub fn named(asked: &Trigger, laws: &Lawbook, language: Language) -> String {
    match asked {
        Trigger::Submitted(_) => trigger(asked, language),
        Trigger::Kind(kind) => {
            let meaning = laws.words().facts.get(kind);
            let meaning = meaning.map_or(kind.as_str(), |one| one.in_language(language));
            format!("“{meaning}”")
        }
    }
}
