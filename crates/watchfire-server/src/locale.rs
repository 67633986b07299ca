//! The words of pages and notices, in every language we speak, kept in `locales/`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// What stands in for a word that no language has; a test finds it on a page.
const MISSING: char = '⟦';

/// A language of pages and notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    En,
    ZhCn,
}

/// The source texts of each language, one file for each noun.
macro_rules! sources {
    ($language:literal) => {
        [
            include_str!(concat!("../locales/", $language, "/advisory.ftl")),
            include_str!(concat!("../locales/", $language, "/amendment.ftl")),
            include_str!(concat!("../locales/", $language, "/case.ftl")),
            include_str!(concat!("../locales/", $language, "/component.ftl")),
            include_str!(concat!("../locales/", $language, "/exposure.ftl")),
            include_str!(concat!("../locales/", $language, "/fact.ftl")),
            include_str!(concat!("../locales/", $language, "/feed.ftl")),
            include_str!(concat!("../locales/", $language, "/inquiry.ftl")),
            include_str!(concat!("../locales/", $language, "/law.ftl")),
            include_str!(concat!("../locales/", $language, "/log.ftl")),
            include_str!(concat!("../locales/", $language, "/map.ftl")),
            include_str!(concat!("../locales/", $language, "/notice.ftl")),
            include_str!(concat!("../locales/", $language, "/obligation.ftl")),
            include_str!(concat!("../locales/", $language, "/party.ftl")),
            include_str!(concat!("../locales/", $language, "/product.ftl")),
            include_str!(concat!("../locales/", $language, "/reading.ftl")),
            include_str!(concat!("../locales/", $language, "/refusal.ftl")),
            include_str!(concat!("../locales/", $language, "/release.ftl")),
            include_str!(concat!("../locales/", $language, "/report.ftl")),
            include_str!(concat!("../locales/", $language, "/session.ftl")),
            include_str!(concat!("../locales/", $language, "/shell.ftl")),
            include_str!(concat!("../locales/", $language, "/choice.ftl")),
            include_str!(concat!("../locales/", $language, "/submission.ftl")),
            include_str!(concat!("../locales/", $language, "/time.ftl")),
            include_str!(concat!("../locales/", $language, "/vulnerability.ftl")),
            include_str!(concat!("../locales/", $language, "/watch.ftl")),
        ]
    };
}

const EN: [&str; 26] = sources!("en");
const ZH_CN: [&str; 26] = sources!("zh-CN");

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [bundle(Language::En, &EN), bundle(Language::ZhCn, &ZH_CN)]);

fn bundle(language: Language, sources: &[&str]) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.tag().parse().expect("a tag of ours is one");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolating marks are for mixed directions; copied into a form they would be dirt.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned())
            .expect("a test reads every locale file without an error");
        bundle.add_resource(resource).expect("a test finds every key once");
    }
    bundle
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// Returns the language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// Returns the name by which its speakers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhCn => "中文",
        }
    }

    /// Reads a language tag: `en`, `en-GB`, `zh`, `zh-Hans-CN`; `None` for what we do not speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::ZhCn),
            _ => None,
        }
    }

    /// Chooses by an `Accept-Language` header (RFC 9110, 12.5.4); English where nothing fits.
    pub fn negotiate(header: &str) -> Self {
        let mut best = (Self::En, 0.0);
        for part in header.split(',').take(32) {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default();
            let quality = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            if let Some(language) = Self::parse(tag)
                && quality > best.1
            {
                best = (language, quality);
            }
        }
        best.0
    }

    /// Returns the words of `key`.
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// Returns the words of `key` with `arguments` put in.
    pub fn text_with(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let bundle = &BUNDLES[self as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.tag(), "no such words");
            return format!("{MISSING}{key}⟧");
        };
        let mut args = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            args.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if errors.is_empty() {
            return text;
        }
        tracing::error!(key, language = self.tag(), ?errors, "words lack an argument");
        format!("{MISSING}{key}⟧")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The keys of a language with the variables that each uses.
    fn keys(sources: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for source in sources {
            let mut current = None;
            for line in source.lines() {
                if let Some((key, _)) = line.split_once(" =")
                    && line.starts_with(|sign: char| sign.is_ascii_lowercase())
                {
                    let twice = found.insert(key.to_owned(), BTreeSet::new());
                    assert!(twice.is_none(), "`{key}` is there twice");
                    current = Some(key.to_owned());
                }
                let Some(key) = &current else { continue };
                for piece in line.split('$').skip(1) {
                    let end = piece.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
                    let name = piece[..end.unwrap_or(piece.len())].to_owned();
                    found.entry(key.clone()).or_default().insert(name);
                }
            }
        }
        found
    }

    fn rust_files(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                rust_files(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(std::fs::read_to_string(&path).expect("a text file"));
            }
        }
    }

    #[test]
    fn every_file_is_read_without_an_error() {
        for source in EN.iter().chain(&ZH_CN) {
            let read = FluentResource::try_new((*source).to_owned());
            assert!(read.is_ok(), "{:?}", read.err().map(|(_, errors)| errors));
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_with_the_same_variables() {
        let (en, zh) = (keys(&EN), keys(&ZH_CN));
        let names = |keys: &BTreeMap<String, BTreeSet<String>>| {
            keys.keys().cloned().collect::<BTreeSet<String>>()
        };
        let apart: Vec<String> = names(&en).symmetric_difference(&names(&zh)).cloned().collect();
        assert!(apart.is_empty(), "in one language alone: {apart:?}");
        for (key, variables) in &en {
            assert_eq!(Some(variables), zh.get(key), "variables of `{key}`");
        }
    }

    #[test]
    fn every_key_is_used_and_every_key_used_exists() {
        let mut files = Vec::new();
        rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let code = files.join("\n");
        let known = keys(&EN);
        let unused: Vec<&String> =
            known.keys().filter(|key| !code.contains(&format!("\"{key}\""))).collect();
        assert!(unused.is_empty(), "no code uses {unused:?}");
        for opening in [concat!(".text", "(\""), concat!(".text_with", "(\"")] {
            for piece in code.split(opening).skip(1) {
                let key = piece.split('"').next().unwrap_or_default();
                let negative = key == "no-such-key";
                assert!(negative || known.contains_key(key), "`{key}` is used and not there");
            }
        }
    }

    #[test]
    fn a_key_that_is_not_there_shows_as_such() {
        assert_eq!(Language::En.text("no-such-key"), "⟦no-such-key⟧");
    }

    #[test]
    fn the_language_follows_the_readers_wishes() {
        for (header, expected) in [
            ("", Language::En),
            ("fr-FR, de;q=0.9", Language::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::ZhCn),
            ("en-GB;q=0.3, zh-Hans;q=0.7", Language::ZhCn),
            ("zh;q=0, en;q=0.1", Language::En),
            ("fr, en;q=0.2, zh;q=0.1", Language::En),
            ("zh;q=nonsense", Language::En),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }
}
