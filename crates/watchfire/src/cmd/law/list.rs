//! `watchfire law list`: the packs.

use serde::Serialize;
use watchfire_core::law::Language;
use watchfire_core::law::confidence::Confidence;
use watchfire_core::law::pack::Pack;

use crate::cli::Laws;
use crate::cmd::packs;
use crate::exit::{Exit, Failure};
use crate::print;

#[derive(Serialize)]
struct Answer {
    laws: Vec<ListedLaw>,
}

#[derive(Serialize)]
pub(super) struct ListedLaw {
    law: String,
    jurisdiction: String,
    /// A norm of a community is no law.
    norm: bool,
    title: Words,
    source: Option<String>,
    checked_on: Option<String>,
    confidence: String,
    provision_count: usize,
}

/// A text in each language.
#[derive(Serialize)]
pub(super) struct Words {
    en: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
}

impl Words {
    pub(super) fn of(text: &watchfire_core::law::text::Text) -> Self {
        Self { en: text.en.to_string(), zh_cn: text.zh_cn.to_string() }
    }

    pub(super) fn in_language(&self, language: Language) -> String {
        match language {
            Language::En => self.en.clone(),
            Language::ZhCn => self.zh_cn.clone(),
        }
    }
}

impl ListedLaw {
    pub(super) fn of(pack: &Pack) -> Self {
        Self {
            law: pack.id.to_string(),
            jurisdiction: pack.jurisdiction.clone(),
            norm: pack.is_norm(),
            title: Words::of(&pack.title),
            source: pack.source.clone(),
            checked_on: pack.checked_on.map(|day| day.to_string()),
            confidence: confidence(pack.confidence),
            provision_count: pack.provisions.len(),
        }
    }
}

/// As packs write it.
pub(super) fn confidence(confidence: Confidence) -> String {
    match confidence {
        Confidence::Primary => "primary".to_owned(),
        Confidence::Secondary => "secondary".to_owned(),
        Confidence::Unverified { percent } => format!("unverified 0.{percent:02}"),
    }
}

pub(super) fn run(json: bool, laws: &Laws) -> Result<Exit, Failure> {
    let laws = packs::lawbook(laws)?;
    let listed: Vec<ListedLaw> = laws.packs().iter().map(ListedLaw::of).collect();
    if json {
        print::json(&Answer { laws: listed })?;
        return Ok(Exit::Done);
    }
    let mut table =
        print::table(&["law", "where", "title", "provisions", "checked on", "confidence"]);
    for law in listed {
        let where_it_holds =
            if law.norm { format!("{} (norm)", law.jurisdiction) } else { law.jurisdiction };
        let title = format!("{}\n{}", law.title.en, law.title.zh_cn);
        let cells = [
            law.law,
            where_it_holds,
            title,
            law.provision_count.to_string(),
            law.checked_on.unwrap_or_default(),
            law.confidence,
        ];
        table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
    }
    print::data(&table.to_string())?;
    Ok(Exit::Done)
}
