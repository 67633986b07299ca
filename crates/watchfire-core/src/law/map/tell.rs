//! The map in words, in the languages of the house.

use jiff::civil::Date;

use super::{Counted, Leaf, Reason};
use crate::law::id::RoleId;
use crate::law::lawbook::Lawbook;
use crate::law::tell;
use crate::law::text::Language;

/// Returns one reason in a sentence.
pub fn reason(reason: &Reason, laws: &Lawbook, language: Language) -> String {
    let teller = Teller { laws, language };
    match language {
        Language::En => teller.reason_en(reason),
        Language::ZhCn => teller.reason_zh(reason),
    }
}

/// Returns what a row hangs on, and the answer that it wants.
pub fn leaf(leaf: &Leaf, laws: &Lawbook, language: Language) -> String {
    tell::condition::leaf(&leaf.asks, leaf.wants, laws, language)
}

/// Returns what would take away what hangs on it: `unless “…?” is answered with no`.
pub fn unless(leaf: &Leaf, laws: &Lawbook, language: Language) -> String {
    let otherwise = tell::condition::leaf(&leaf.asks, !leaf.wants, laws, language);
    match language {
        Language::En => format!("unless {otherwise}"),
        Language::ZhCn => format!("除非{otherwise}"),
    }
}

/// Returns the strict count in words, with what has to be so for it; nothing where it has no date.
pub fn counted(counted: &Counted, laws: &Lawbook, language: Language) -> Option<String> {
    let span = counted.strict.as_ref()?;
    let told = tell::within(span.within, language);
    let when: Vec<String> = counted.when.iter().map(|one| leaf(one, laws, language)).collect();
    Some(match (when.is_empty(), language) {
        (true, _) => told,
        (false, Language::En) => format!("{told} if {}", when.join(" and ")),
        (false, Language::ZhCn) => format!("{told}（{}）", when.join("，且")),
    })
}

struct Teller<'a> {
    laws: &'a Lawbook,
    language: Language,
}

impl Teller<'_> {
    fn roles(&self, roles: &[RoleId]) -> Vec<String> {
        let name = |role: &RoleId| {
            let name = self.laws.role_name(role);
            name.map_or_else(|| role.to_string(), |name| name.in_language(self.language).to_owned())
        };
        roles.iter().map(name).collect()
    }

    fn reason_en(&self, reason: &Reason) -> String {
        let since = |on: &Option<Date>| on.map(|on| format!(" since {on}")).unwrap_or_default();
        match reason {
            Reason::Role(roles) => {
                format!("we are not: {}", self.roles(roles).join("; nor: "))
            }
            Reason::NotYet { from, adopted_on: Some(adopted) } => {
                format!("adopted on {adopted}, it applies from {from}")
            }
            Reason::NotYet { from, adopted_on: None } => format!("it applies only from {from}"),
            Reason::Ended { on } => format!("it no longer applies since {on}"),
            Reason::Proposed { proposed_on, foreseen_from } => {
                let from = foreseen_from.map(|from| format!(", to apply from {from}"));
                let from = from.unwrap_or_default();
                format!("it is a proposal{} and not law{from}", since(proposed_on))
            }
            Reason::Attribute { asks, value } => {
                format!("it wants that {}; ours is: {value}", leaf(asks, self.laws, self.language))
            }
            Reason::Predicate(asks) => {
                let asks = leaf(asks, self.laws, self.language);
                format!("it wants that {asks}; assumed is the opposite")
            }
            Reason::Superseded(by) => {
                format!("{} has taken its place", self.provision(by.as_str()))
            }
        }
    }

    fn reason_zh(&self, reason: &Reason) -> String {
        match reason {
            Reason::Role(roles) => format!("本单位不是{}", self.roles(roles).join("，也不是")),
            Reason::NotYet { from, adopted_on: Some(adopted) } => {
                format!("已于 {adopted} 通过，自 {from} 起适用")
            }
            Reason::NotYet { from, adopted_on: None } => format!("自 {from} 起才适用"),
            Reason::Ended { on } => format!("自 {on} 起不再适用"),
            Reason::Proposed { proposed_on, foreseen_from } => {
                let since = proposed_on.map(|on| format!("{on} 提出的")).unwrap_or_default();
                let from = foreseen_from.map(|from| format!("，预计自 {from} 起适用"));
                format!("系{since}提案，尚非法律{}", from.unwrap_or_default())
            }
            Reason::Attribute { asks, value } => {
                let value = match value.to_string().as_str() {
                    "yes" => "是".to_owned(),
                    "no" => "否".to_owned(),
                    other => other.to_owned(),
                };
                format!("要求{}，本单位为：{value}", leaf(asks, self.laws, self.language))
            }
            Reason::Predicate(asks) => {
                format!("要求{}，此处假定相反", leaf(asks, self.laws, self.language))
            }
            Reason::Superseded(by) => format!("已由{}取代", self.provision(by.as_str())),
        }
    }

    /// A provision by title and id.
    fn provision(&self, id: &str) -> String {
        let title = self.laws.provision(id).and_then(|(_, found)| found.title.as_ref());
        match (title, self.language) {
            (None, _) => format!("`{id}`"),
            (Some(title), Language::En) => format!("“{}” (`{id}`)", &title.en),
            (Some(title), Language::ZhCn) => format!("“{}”（`{id}`）", &title.zh_cn),
        }
    }
}
