//! The page of stricter readings, and the form that proposes one.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use watchfire_core::law::house_reading::{self, HouseReading};

use super::act::{is_refusal, wish};
use super::words::language_of;
use super::{Sent, Visit, law};
use crate::command::reading::{self as command, ReadingDraft};
use crate::error::Problem;
use crate::web::reading::{self, ReadingView, ReadingsView};
use crate::web::refusal;

/// With which provision the form begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct About {
    #[serde(default)]
    provision: String,
}

async fn view(visit: &Visit, provision: String) -> ReadingsView {
    let language = language_of(visit.reader.language);
    let laws = visit.law();
    let rows = HouseReading::of_files(laws.files()).into_iter().map(|found| ReadingView {
        provision: found.provision.to_string(),
        from: found.from.to_string(),
        within: found.within.to_string(),
        counts: found.counts.to_string(),
        says: found.says.in_language(language).to_owned(),
        by: found.by,
        on: found.on.to_string(),
        why: found.why.in_language(language).to_owned(),
    });
    let (now, found) = (visit.reader.now, laws.provision(&provision));
    // Before a provision is named, its zone is not known.
    let today =
        found.map_or_else(|| law::today(visit), |(pack, _)| house_reading::today(pack, now));
    let counted = found.and_then(|(_, found)| {
        let version = found.applying(today)?;
        version.strict.as_ref().map(ToString::to_string)
    });
    let store = visit.node.store();
    ReadingsView {
        rows: rows.collect(),
        provision,
        counted,
        today: today.to_string(),
        keeps: store.authorize_new_amendment(&visit.caller.viewer).await.is_ok(),
        ..ReadingsView::default()
    }
}

/// Shows the readings in use, and the form.
pub(super) async fn page(visit: Visit, Query(about): Query<About>) -> Result<Response, Problem> {
    let view = view(&visit, about.provision).await;
    Ok(visit.show(reading::page(&view, &visit.reader)))
}

/// Proposes a reading.
pub(super) async fn propose(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let field = |name: &str| sent.field(name).to_owned();
    let both = |name: &str| {
        ["en", "zh-CN"].map(|tag| (tag.to_owned(), field(&format!("{name}-{tag}")))).into()
    };
    let draft = ReadingDraft {
        provision: field("provision"),
        from: field("from"),
        within: field("within"),
        counts: field("counts"),
        says: both("says"),
        why: both("why"),
        effective_at: None,
    };
    match command::propose(wish(&visit), &draft).await {
        Ok(answer) => {
            let path = format!("/amendments/{}", answer.id);
            Ok(visit.done(&path, "reading-done", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = view(&visit, draft.provision).await;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, "reading"));
            view.typed = sent.typed_into("reading");
            Ok(visit.refuse(reading::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}
