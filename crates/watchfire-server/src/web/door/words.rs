//! What the law packs call things, in the language of a reader.

use jiff::tz::TimeZone;
use watchfire_core::event::Profile;
use watchfire_core::law::Lawbook;
use watchfire_core::law::id::RoleId;
use watchfire_core::law::pack::{Pack, Provision, Zone};
use watchfire_core::law::text::{Language as LawLanguage, Text};

use crate::locale::Language;
use crate::web::case::Quote;
use crate::web::obligation::{Class, LawMark};

/// The attribute that names the Member State whose zone counts.
const MEMBER_STATE: &str = "eu/member-state";

/// The words of the laws for one reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) law: &'a Lawbook,
    pub(super) language: Language,
}

/// Returns the language as the laws know it.
pub(super) fn language_of(language: Language) -> LawLanguage {
    match language {
        Language::En => LawLanguage::En,
        Language::ZhCn => LawLanguage::ZhCn,
    }
}

impl<'a> Words<'a> {
    pub(super) fn text(&self, text: &'a Text) -> &'a str {
        text.in_language(language_of(self.language))
    }

    /// The words in the reader's language, to keep.
    pub(super) fn in_own(&self, text: &Text) -> String {
        text.in_language(language_of(self.language)).to_owned()
    }

    /// The name of a role; the role itself where its law gives none.
    pub(super) fn role(&self, role: &RoleId) -> String {
        self.law.role_name(role).map_or_else(|| role.to_string(), |name| self.in_own(name))
    }

    /// The name of an instrument.
    pub(super) fn instrument(&self, pack: &Pack) -> String {
        self.in_own(&pack.title)
    }

    pub(super) fn provision(&self, id: &str) -> Option<(&'a Pack, &'a Provision)> {
        self.law.provision(id)
    }

    /// What has to be done; the id where the pack has no title.
    pub(super) fn title(&self, id: &str) -> String {
        let found = self.provision(id).and_then(|(_, provision)| provision.title.as_ref());
        found.map_or_else(|| id.to_owned(), |title| self.in_own(title))
    }

    /// The chip of a provision; `cites` and `class` as they were recorded, where the pack is gone.
    pub(super) fn mark(&self, id: &str, cites: &str, class: &str) -> LawMark {
        let law = id.split('/').next().unwrap_or_default().to_owned();
        let (title, own) = match self.provision(id) {
            Some((pack, provision)) => (self.text(&pack.title), provision.cites.as_ref()),
            None => (id, None),
        };
        LawMark {
            provision: id.to_owned(),
            title: title.to_owned(),
            cites: own.map_or_else(|| cites.to_owned(), |text| self.text(text).to_owned()),
            class: Class::of(class, &law),
            law,
        }
    }

    /// To whom it is owed, by name.
    pub(super) fn owed_to(&self, id: &str) -> Option<String> {
        let (pack, provision) = self.provision(id)?;
        Some(self.authority(pack, provision.owed_to.as_ref()?))
    }

    pub(super) fn authority(&self, pack: &'a Pack, id: &str) -> String {
        if let Some(authority) = pack.authorities.get(id) {
            return self.text(&authority.name).to_owned();
        }
        let key = match id {
            "internal" => "law-owed-internal",
            "users" => "law-owed-users",
            "public" => "law-owed-public",
            other => return other.to_owned(),
        };
        self.language.text(key)
    }

    /// The authority's zone; of the Union, that of the organization's Member State.
    pub(super) fn zone(&self, id: &str, profile: &Profile) -> TimeZone {
        let zone = self.provision(id).map(|(pack, _)| &pack.zone);
        match zone {
            Some(Zone::Fixed { zone, .. }) => zone.clone(),
            Some(Zone::OfMemberState) => {
                let states = self.law.member_states();
                let named = profile.attributes.get(MEMBER_STATE).and_then(|code| states.get(code));
                let state = named.unwrap_or_else(|| states.default_state());
                TimeZone::get(&state.zone).unwrap_or(TimeZone::UTC)
            }
            None => TimeZone::UTC,
        }
    }

    /// What a kind of fact means; the kind itself where no pack declares it.
    pub(super) fn kind(&self, kind: &str) -> String {
        let words = self.law.words();
        let found = words.facts.iter().find(|(known, _)| known.as_str() == kind);
        found.map_or_else(|| kind.to_owned(), |(_, text)| self.text(text).to_owned())
    }

    /// The question of a predicate.
    pub(super) fn question(&self, predicate: &str) -> String {
        if let Some(conflict) = self.law.conflict(predicate) {
            return self.in_own(&conflict.title);
        }
        let words = self.law.words();
        let found = words.predicates.iter().find(|(known, _)| known.as_str() == predicate);
        found.map_or_else(|| predicate.to_owned(), |(_, it)| self.text(&it.question).to_owned())
    }

    /// What we take an unclear text to say.
    pub(super) fn reading(&self, id: &str, reading: &str) -> String {
        let found = self.provision(id).and_then(|(pack, _)| pack.readings.get(reading));
        found.map_or_else(|| reading.to_owned(), |found| self.text(&found.says).to_owned())
    }

    /// The law's own words on a provision, first in the language of the law.
    pub(super) fn quotes(&self, id: &str) -> Vec<Quote> {
        let Some((pack, provision)) = self.provision(id) else { return Vec::new() };
        let source = provision.source.as_ref().or(pack.source.as_ref()).cloned();
        let mut languages: Vec<&String> = pack.quotes.keys().collect();
        languages.sort_by_key(|tag| own_language_first(pack, tag));
        let found = languages.into_iter().find_map(|tag| {
            let text = quoted(pack.quotes.get(tag)?, id)?;
            let source = source.clone().unwrap_or_default();
            Some(Quote { language: tag.clone(), text, source })
        });
        found.into_iter().collect()
    }
}

fn own_language_first(pack: &Pack, tag: &str) -> usize {
    usize::from((pack.jurisdiction == "CN") != (tag == "zh-CN"))
}

/// Finds the quotations under the heading of a provision's article: `cn-rmsv/7.2` is `第七条`,
/// `eu-cra/14.2.a` is `Article 14(1) and (2)`.
fn quoted(markdown: &str, provision: &str) -> Option<String> {
    let article = provision.split_once('/')?.1.split('.').next()?;
    let number: usize = article.parse().ok()?;
    let chinese = format!("第{}条", chinese_number(number));
    let named = |heading: &str| {
        let latin = heading.strip_prefix("Article ").is_some_and(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits == article
        });
        latin || heading.starts_with(&chinese)
    };
    let section = markdown.split("\n## ").skip(1).find(|section| named(section))?;
    let lines = section.lines().filter_map(|line| line.strip_prefix("> "));
    let text = lines.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}

/// Writes a number up to 99 as an article counts.
fn chinese_number(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (number / 10, number % 10) {
        (0, ones) => DIGITS[ones].to_owned(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens, ones) => format!("{}十{}", DIGITS[tens.min(9)], DIGITS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_found_under_its_article() {
        let zh = "# 规定\n\n## 第二条（范围）\n\n> 境内的\n\n## 第七条（义务）\n\n> 发现后\n\n节录。\n\n> 应当在2日内\n";
        assert_eq!(quoted(zh, "cn-rmsv/7.2").as_deref(), Some("发现后\n应当在2日内"));
        assert_eq!(quoted(zh, "cn-rmsv/9.1"), None);
        let en =
            "# Act\n\n## Article 1(4)\n\n> no\n\n## Article 14(1) and (2)\n\n> within 24 hours\n";
        assert_eq!(quoted(en, "eu-cra/14.2.a").as_deref(), Some("within 24 hours"));
        assert_eq!(quoted(en, "eu-cra/annex-1.2"), None);
    }

    #[test]
    fn numbers_are_written_as_articles_count() {
        for (number, written) in [(7, "七"), (10, "十"), (14, "十四"), (20, "二十"), (37, "三十七")]
        {
            assert_eq!(chinese_number(number), written);
        }
    }
}
