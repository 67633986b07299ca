//! Tells a change in the languages of the house: which provision, what moved, from when.
//!
//! Instruments of law keep their own words; what packs write stands in backticks.

mod chinese;
mod english;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Change, Move, Part, Said, Subject};
use crate::law::confidence::Confidence;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Class, Span};
use crate::law::tell;
use crate::law::text::Language;

/// Days that are listed one by one; of more, the first and the last.
const DAYS_LISTED_MAX: usize = 12;

/// Returns what happened, to which thing, from when and which way; then one sentence for each
/// part that moved.
pub fn tell(change: &Change, old: &Lawbook, new: &Lawbook, language: Language) -> Vec<String> {
    let teller = Teller { old, new, language };
    let head = match language {
        Language::En => teller.head_en(change),
        Language::ZhCn => teller.head_zh(change),
    };
    let moves = change.moves.iter().map(|one| teller.moved(one));
    std::iter::once(head).chain(moves).collect()
}

/// Returns one part that moved, in a sentence.
pub fn tell_move(one: &Move, old: &Lawbook, new: &Lawbook, language: Language) -> String {
    Teller { old, new, language }.moved(one)
}

struct Teller<'a> {
    old: &'a Lawbook,
    new: &'a Lawbook,
    language: Language,
}

impl Teller<'_> {
    fn moved(&self, one: &Move) -> String {
        match self.language {
            Language::En => self.moved_en(one),
            Language::ZhCn => self.moved_zh(one),
        }
    }

    /// The article and the title of the law, as the newer of the two lawbooks has them.
    fn article(&self, subject: &Subject) -> Option<(Option<&str>, &str)> {
        let id = subject.provision()?;
        let found = [self.new, self.old].into_iter().find_map(|book| book.provision(id.as_str()));
        let (pack, provision) = found?;
        let cites = provision.cites.as_ref().map(|cites| cites.in_language(self.language));
        Some((cites, pack.title.in_language(self.language)))
    }

    fn law_title(&self, law: &str) -> Option<&str> {
        let pack = self.new.pack(law).or_else(|| self.old.pack(law))?;
        Some(pack.title.in_language(self.language))
    }

    fn said(&self, part: Part, said: &Said) -> String {
        let language = self.language;
        match said {
            Said::Written(text) => self.named(part, text),
            Said::Set(all) => self.list(all.iter().map(|one| self.named(part, one)).collect()),
            Said::Words(text) => format!("“{}”", text.in_language(language)),
            Said::Day(day) => day.to_string(),
            Said::Days(days) => self.days(days),
            Said::Within(within) => tell::within(*within, language),
            Said::Span(span) => self.span(span),
            Said::Confidence(confidence) => self.confidence(*confidence),
            Said::Class(class) => self.class(*class).to_owned(),
        }
    }

    /// What packs write, with what it means where it is declared.
    fn named(&self, part: Part, text: &str) -> String {
        if matches!(part, Part::Quotation | Part::ReadBy | Part::Url | Part::Source) {
            return text.to_owned();
        }
        let meaning = [self.new, self.old].into_iter().find_map(|book| {
            let fact = book.words().facts.get(text);
            let role = || book.packs().iter().find_map(|pack| pack.roles.get(text));
            fact.or_else(role).map(|words| words.in_language(self.language))
        });
        match (meaning, self.language) {
            (None, _) => format!("`{text}`"),
            (Some(meaning), Language::En) => format!("“{meaning}” (`{text}`)"),
            (Some(meaning), Language::ZhCn) => format!("“{meaning}”（`{text}`）"),
        }
    }

    fn list(&self, all: Vec<String>) -> String {
        all.join(match self.language {
            Language::En => ", ",
            Language::ZhCn => "、",
        })
    }

    fn days(&self, days: &BTreeSet<Date>) -> String {
        match (days.first(), days.last()) {
            (Some(first), Some(last)) if days.len() > DAYS_LISTED_MAX => match self.language {
                Language::En => format!("{} days from {first} to {last}", days.len()),
                Language::ZhCn => format!("{first} 至 {last} 之间的 {} 日", days.len()),
            },
            _ => self.list(days.iter().map(ToString::to_string).collect()),
        }
    }

    /// A span with everything by which it is counted, in the words of packs.
    fn span(&self, span: &Span) -> String {
        let naming = tell::span::Naming {
            condition: &|condition| match self.language {
                Language::En => format!("`{condition}` holds"),
                Language::ZhCn => format!(" `{condition}` 成立"),
            },
            trigger: &|trigger| tell::trigger(trigger, self.language),
        };
        tell::span::named(span, &naming, self.language)
    }

    fn confidence(&self, confidence: Confidence) -> String {
        match (confidence, self.language) {
            (Confidence::Primary, Language::En) => "read in the primary text".to_owned(),
            (Confidence::Primary, Language::ZhCn) => "已核对原文".to_owned(),
            (Confidence::Secondary, Language::En) => "read in a secondary source".to_owned(),
            (Confidence::Secondary, Language::ZhCn) => "依据二手来源".to_owned(),
            (Confidence::Unverified { percent }, Language::En) => {
                format!("not verified, right with {percent} %")
            }
            (Confidence::Unverified { percent }, Language::ZhCn) => {
                format!("未经核实，正确的可能性为 {percent}%")
            }
        }
    }

    fn class(&self, class: Class) -> &'static str {
        match (class, self.language) {
            (Class::Hard, Language::En) => "a clock of law",
            (Class::Hard, Language::ZhCn) => "法定时限",
            (Class::Soft, Language::En) => "a house target",
            (Class::Soft, Language::ZhCn) => "内部目标",
            (Class::Standing, Language::En) => "a standing obligation",
            (Class::Standing, Language::ZhCn) => "持续性义务",
            (Class::Prohibition, Language::En) => "a prohibition",
            (Class::Prohibition, Language::ZhCn) => "禁止性规定",
            (Class::Permission, Language::En) => "a permission",
            (Class::Permission, Language::ZhCn) => "许可性规定",
        }
    }
}

/// What was there before and is not, and what is there and was not.
fn of_sets<'s>(
    before: Option<&'s Said>,
    after: Option<&'s Said>,
) -> Option<(Option<Said>, Option<Said>)> {
    let (before, after) = match (before?, after?) {
        (Said::Set(before), Said::Set(after)) => (before, after),
        _ => return None,
    };
    let only = |own: &BTreeSet<String>, other: &BTreeSet<String>| {
        let all: BTreeSet<String> = own.difference(other).cloned().collect();
        (!all.is_empty()).then_some(Said::Set(all))
    };
    Some((only(before, after), only(after, before)))
}
