//! Readings of the house: provisions that it counts more strictly than their packs.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::law::house_reading::HouseReading;
use watchfire_core::law::text::Text;

use super::{List, Made, Shown, instant, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::reading::{self as command, ReadingDraft};
use crate::state::Node;
use crate::write::Write;

/// A stricter reading that is in use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownHouseReading {
    #[schema(example = "cn-rmsv/7.2")]
    provision: String,
    /// The first local day of the clocks that are counted by it.
    from: String,
    /// A number and a unit.
    #[schema(example = "24h")]
    within: String,
    counts: String,
    /// By language tag.
    says: BTreeMap<String, String>,
    /// Who decided.
    by: String,
    /// The day on which they did.
    on: String,
    why: BTreeMap<String, String>,
}

impl ShownHouseReading {
    fn of(reading: HouseReading) -> Self {
        let words = |text: &Text| {
            [("en", &text.en), ("zh-CN", &text.zh_cn)]
                .map(|(tag, words)| (tag.to_owned(), words.to_string()))
                .into()
        };
        Self {
            provision: reading.provision.to_string(),
            from: reading.from.to_string(),
            within: reading.within.to_string(),
            counts: reading.counts.to_string(),
            says: words(&reading.says),
            by: reading.by,
            on: reading.on.to_string(),
            why: words(&reading.why),
        }
    }
}

/// Lists the stricter readings of the law in use, to the people of the house whose they are.
#[utoipa::path(get, path = "/api/v1/readings", tag = "amendments",
    responses((status = 200, body = List<ShownHouseReading>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
) -> Shown<List<ShownHouseReading>> {
    let found = HouseReading::of_files(node.law_for(&caller.viewer).await?.files());
    Ok(Json(List::whole(found.into_iter().map(ShownHouseReading::of).collect())))
}

/// A stricter reading to propose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReading {
    #[schema(example = "cn-rmsv/7.2")]
    provision: String,
    /// The first local day, in the law's zone, of the clocks that are counted by it: that of
    /// `effective_at`, which is today where it is left out, or later. What is used only on that
    /// day or after it counts from the day after its use.
    #[schema(example = "2026-12-01")]
    from: String,
    /// A number and a unit: `24h`, `14d`, `2w`, `1mo`, `3bd`.
    within: String,
    /// `elapsed` (if left out), `next-full-hour`, `exclude-trigger-day`, `sec-b1`; of business days
    /// the rule of the pack.
    #[serde(default)]
    counts: String,
    /// What the text is taken to mean, by language tag: `en` and `zh-CN`.
    says: BTreeMap<String, String>,
    /// Why, by language tag.
    why: BTreeMap<String, String>,
    /// When it is to be used. Left out: as soon as it is agreed.
    #[schema(format = DateTime)]
    effective_at: Option<String>,
}

/// Proposes to read a provision more strictly. For administrators and responders.
#[utoipa::path(post, path = "/api/v1/readings", tag = "amendments",
    request_body = NewReading, responses((status = 201, body = Answer)))]
pub(crate) async fn propose(State(node): State<Node>, caller: Caller, write: Write) -> Made {
    node.store().authorize_new_amendment(&caller.viewer).await?;
    let new: NewReading = write.body()?;
    let effective_at = new.effective_at.as_deref();
    let effective_at = effective_at.map(|text| instant("/effective_at", text)).transpose()?;
    let NewReading { provision, from, within, counts, says, why, .. } = new;
    let draft = ReadingDraft { provision, from, within, counts, says, why, effective_at };
    made(command::propose(wish(&node, &caller, &write), &draft).await?)
}
