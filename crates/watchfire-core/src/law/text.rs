//! Words for people, in every language of the house.

use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A text in each of the languages of the house. Instruments of law keep their own words.
///
/// Its words are shared by its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: Arc<str>,
    /// Chinese, simplified.
    pub zh_cn: Arc<str>,
}

/// A language of the house.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    ZhCn,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// Returns the tag: `en` or `zh-CN`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// Reads a tag.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

impl Text {
    /// Returns the words in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhCn => &self.zh_cn,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByLanguage {
    en: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
}

/// One string, which stands for every language, or a table by language.
impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a table `{ en = \"…\", zh-CN = \"…\" }`")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                let text: Arc<str> = text.into();
                Ok(Text { en: Arc::clone(&text), zh_cn: text })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                let words = ByLanguage::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Text { en: words.en.into(), zh_cn: words.zh_cn.into() })
            }
        }

        deserializer.deserialize_any(Words)
    }
}
