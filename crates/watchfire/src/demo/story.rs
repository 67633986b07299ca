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
    pub(super) source: String,
    pub(super) confidence: String,
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

    /// Returns where it is known from, and how far that was seen; what is invented says so once.
    pub(super) fn evidence(&self) -> String {
        match self.confidence.as_str() {
            "fictional" => self.source.clone(),
            other => format!("{}; {other}", self.source),
        }
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
    fn the_story_is_told_in_order_with_a_source_for_everything() {
        let story = log4shell();
        let known: Vec<Timestamp> = story.event.iter().map(StoryEvent::known_at).collect();
        for (at, event) in story.event.iter().enumerate() {
            assert!(!event.source.is_empty() && !event.confidence.is_empty(), "{}", event.en);
            assert!(event.known_at() <= story.ends_at, "{}", event.en);
            let in_order = at == 0 || story.event[at - 1].instant().lo() <= event.instant().last();
            assert!(in_order, "{} at {}", event.en, known[at]);
        }
    }

    #[test]
    fn what_is_the_storys_own_says_so() {
        for event in log4shell().event {
            let own = event.who != Who::World;
            assert_eq!(own, event.source.starts_with("fictional"), "{}", event.en);
        }
    }
}
