//! A provision read more strictly, proposed like any other change of law.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use watchfire_core::law::count::{Counts, Within};
use watchfire_core::law::house_reading::{HouseReading, ReadingRefusal};
use watchfire_core::law::text::Text;

use super::amendment::{self, Content, Proposal};
use super::{Answer, Wish};
use crate::error::Problem;

/// A stricter reading as somebody writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingDraft {
    pub provision: String,
    /// The first local day, in the law's zone, of the clocks that are counted by it.
    pub from: String,
    /// A number and a unit: `24h`, `14d`, `1mo`.
    pub within: String,
    /// `elapsed` where it is empty.
    pub counts: String,
    /// By language tag: `en` and `zh-CN`.
    pub says: BTreeMap<String, String>,
    pub why: BTreeMap<String, String>,
    /// Left out: as soon as it is agreed.
    pub effective_at: Option<Timestamp>,
}

/// Proposes a stricter reading, for others to interpret and to agree with.
///
/// # Errors
/// What [`HouseReading::check`] refuses, and as [`amendment::propose`].
pub async fn propose(wish: Wish<'_>, draft: &ReadingDraft) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    node.store().authorize_new_amendment(viewer).await?;
    let me = viewer.party().ok_or_else(Problem::not_found)?;
    let by = node.store().party(viewer, me).await?.name;
    let on = node.now().to_zoned_datetime(TimeZone::UTC).date();
    let reading = read(draft, by, on)?;
    let (provision, within) = (&reading.provision, reading.within);
    let proposal = Proposal {
        title: Some(format!("{provision}: {within} ({})", reading.counts)),
        why: format!("{}\n{}", reading.why.en, reading.why.zh_cn),
        effective_at: draft.effective_at,
        content: Content::Reading(reading),
    };
    amendment::propose(wish, proposal).await
}

fn read(draft: &ReadingDraft, by: String, on: Date) -> Result<HouseReading, Problem> {
    let wrong = |pointer: &str, detail: &str| Problem::field(pointer, detail);
    let counts = match draft.counts.as_str() {
        "" => Counts::Elapsed,
        text => Counts::parse(text).ok_or_else(|| wrong("/counts", "it is no counting rule"))?,
    };
    let provision = draft.provision.trim().parse();
    let within = Within::parse(draft.within.trim());
    Ok(HouseReading {
        provision: provision.map_err(|_| wrong("/provision", "it is no id of a provision"))?,
        from: draft.from.trim().parse().map_err(|_| wrong("/from", "it is no day"))?,
        within: within.ok_or_else(|| wrong("/within", "it is no number with a unit"))?,
        counts,
        says: both("/says", &draft.says)?,
        by,
        on,
        why: both("/why", &draft.why)?,
    })
}

/// Reads words in each language of the house.
fn both(pointer: &str, words: &BTreeMap<String, String>) -> Result<Text, Problem> {
    let word = |tag: &str| {
        let found = words.get(tag).map(|text| text.trim()).filter(|text| !text.is_empty());
        found.ok_or_else(|| Problem::from(ReadingRefusal::Text).at(pointer))
    };
    Ok(Text { en: word("en")?.into(), zh_cn: word("zh-CN")?.into() })
}
