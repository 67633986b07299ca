//! The public story as data: events with their dates, sources and confidence.

use jiff::Timestamp;
use serde::Deserialize;
use watchfire_core::law::Language;
use watchfire_core::law::instant::Instant;
use watchfire_core::law::text::Text;

/// The file that the demo plays.
const LOG4SHELL: &str = include_str!("log4shell.toml");

/// A story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    pub(super) title: Text,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Timestamp,
    pub(super) footnotes: Footnotes,
    pub(super) event: Vec<StoryEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Footnotes {
    pub(super) fictional: Text,
    pub(super) notice: Text,
}

/// Something that happened in the world, or is the story's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoryEvent {
    /// In the spelling of the case files; a day where only the day is public.
    pub(super) at: String,
    pub(super) who: Who,
    /// The kind of fact it is for both cases.
    pub(super) fact: Option<String>,
    /// The footnote that belongs to it.
    pub(super) note: Option<String>,
    pub(super) en: String,
    #[serde(rename = "zh-CN")]
    pub(super) zh_cn: String,
    /// Where it is known from; what is the story's own alone has none.
    source: Option<Source>,
    confidence: String,
}

/// A source: a name that is the same to every reader, or words.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Source {
    Name(String),
    Words(Text),
}

/// Whose doing an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Who {
    /// Public.
    World,
    /// The fictional company's, in both lives.
    House,
    /// The first life's alone.
    Went,
}

impl StoryEvent {
    pub(super) fn words(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhCn => &self.zh_cn,
        }
    }

    /// Returns when it happened, as far as it is public.
    ///
    /// # Panics
    /// If the story's own file is wrong; a test reads it.
    pub(super) fn instant(&self) -> Instant {
        Instant::parse(&self.at).expect("the story's instants are read by a test")
    }

    /// Returns when the fictional company learns of it: at once, or at noon of the day.
    pub(super) fn known_at(&self) -> Timestamp {
        match self.instant() {
            Instant::Interval { lo, .. } => lo + jiff::SignedDuration::from_hours(12),
            other => other.lo(),
        }
    }

    /// Returns where it is known from.
    pub(super) fn source(&self, language: Language) -> Option<&str> {
        self.source.as_ref().map(|source| match source {
            Source::Name(name) => name.as_str(),
            Source::Words(words) => words.in_language(language),
        })
    }

    /// Returns where it is known from and how far that was seen, or that it is invented.
    pub(super) fn evidence(&self, language: Language) -> String {
        let seen = self.seen(language);
        match (self.source(language), language) {
            (None, _) => seen,
            (Some(source), Language::En) => format!("{source}; {seen}"),
            (Some(source), Language::ZhCn) => format!("{source}；{seen}"),
        }
    }

    /// How far it was seen, in words.
    fn seen(&self, language: Language) -> String {
        let (grade, share) = self.confidence.split_once(' ').unwrap_or((&self.confidence, ""));
        let (en, zh) = match grade {
            "fictional" => ("invented", "虚构"),
            "primary" => ("seen in the source itself", "已核对原文"),
            "secondary" => ("from a secondary source", "依据二手来源"),
            _ => ("not verified", "尚未核实"),
        };
        match (language, share) {
            (Language::En, "") => en.to_owned(),
            (Language::ZhCn, "") => zh.to_owned(),
            (Language::En, share) => format!("{en}, {share} sure"),
            (Language::ZhCn, share) => format!("{zh}（把握 {share}）"),
        }
    }

    /// Returns whose day it is, where only the day is public.
    pub(super) fn zone_of_day(&self) -> Option<&str> {
        let (_, zone) = self.at.split_once('[')?;
        self.is_day().then(|| zone.trim_end_matches(']'))
    }

    /// Returns whether only the day is public.
    pub(super) fn is_day(&self) -> bool {
        matches!(self.instant(), Instant::Interval { .. })
    }
}

/// Reads the Log4Shell story.
///
/// # Panics
/// If the story's own file is wrong; a test reads it.
pub(super) fn log4shell() -> Story {
    toml::from_str(LOG4SHELL).expect("the story is read by a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_told_in_order_with_a_source_for_everything_public() {
        let story = log4shell();
        let known: Vec<Timestamp> = story.event.iter().map(StoryEvent::known_at).collect();
        for (at, event) in story.event.iter().enumerate() {
            assert_eq!(event.source.is_none(), event.who == Who::Went, "{}", event.en);
            assert!(event.known_at() <= story.ends_at, "{}", event.en);
            let in_order = at == 0 || story.event[at - 1].instant().lo() <= event.instant().last();
            assert!(in_order, "{} at {}", event.en, known[at]);
        }
    }

    #[test]
    fn what_is_the_storys_own_says_so() {
        for event in log4shell().event {
            let own = event.who != Who::World;
            assert_eq!(own, event.confidence == "fictional", "{}", event.en);
            assert_eq!(own, event.evidence(Language::En).contains("invented"), "{}", event.en);
            assert_eq!(own, event.evidence(Language::ZhCn).contains("虚构"), "{}", event.en);
        }
    }

    /// An instant in the words would be on nobody knows whose wall.
    #[test]
    fn no_wall_clock_stands_in_the_words_but_only_in_the_instants() {
        let clock = |text: &str| {
            let signs: Vec<char> = text.chars().collect();
            signs.windows(3).any(|three| {
                three[0].is_ascii_digit() && three[1] == ':' && three[2].is_ascii_digit()
            })
        };
        assert!(clock("at 19:25:01") && !clock("LOG4J2-3208: done"));
        for event in log4shell().event {
            assert!(!clock(&event.en) && !clock(&event.zh_cn), "{}", event.en);
        }
    }

    #[test]
    fn what_was_not_verified_says_how_sure_it_is_in_both_languages() {
        let of = |en: &str| log4shell().event.into_iter().find(|event| event.en.starts_with(en));
        let posted = of("A proof of concept").expect("an event of the story");
        assert_eq!(
            posted.evidence(Language::En),
            "public posting, from memory; not verified, 0.75 sure"
        );
        assert_eq!(posted.evidence(Language::ZhCn), "公开发帖，凭记忆；尚未核实（把握 0.75）");
        let named = of("GHSA").expect("an event of the story");
        assert_eq!(named.evidence(Language::ZhCn), "GitHub Advisory Database；已核对原文");
    }
}
