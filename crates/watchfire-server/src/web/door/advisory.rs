//! What others published, as pages.

use axum::extract::{Path, Query, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use watchfire_core::event::{Duty, OpeningRules};
use watchfire_store::AdvisoryRow;

use super::act::{is_refusal, wish};
use super::exposure::{Asked, is_had};
use super::upload::{self, Upload};
use super::{Sent, Visit};
use crate::command::advisory as command;
use crate::error::Problem;
use crate::limit::TURN_WITHIN;
use crate::web::advisory::{self, ListView, Row, Rules, RulesView};
use crate::web::exposure::in_tenths;
use crate::web::refusal;

fn shown(row: AdvisoryRow) -> Row {
    Row {
        id: row.id,
        source: row.source,
        name: row.name,
        title: row.title,
        format: row.format,
        publisher: row.publisher,
        changed: row.changed,
        first_at: row.first_at,
        known_at: row.known_at,
        is_withdrawn: row.is_withdrawn,
        problem: row.problem,
        apart: row.apart,
    }
}

async fn list_view(visit: &Visit, asked: &Asked) -> Result<ListView, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let page = store.advisories(viewer, &asked.words, &asked.page()).await?;
    Ok(ListView {
        rows: page.rows.into_iter().map(shown).collect(),
        apart: store.advisories_apart(viewer).await?,
        words: asked.words.clone(),
        next: page.next,
        // Whoever may add products may bring documents too.
        may_give: is_had(store.authorize_new_product(viewer).await)?,
        ..ListView::default()
    })
}

/// Shows a page of all documents.
pub(super) async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let view = list_view(&visit, &asked).await?;
    Ok(visit.show(advisory::list(&view, &visit.reader)))
}

/// Gives a document as it came. It is text of somebody else, so no browser takes it for a page.
pub(super) async fn document(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let id: u64 = id.parse().map_err(|_| Problem::not_found())?;
    let (row, bytes) = visit.node.store().advisory(&visit.caller.viewer, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(&row.name))),
    ];
    Ok((headers, bytes).into_response())
}

/// Takes in a document that a person brings.
pub(super) async fn bring(visit: Visit, request: Request) -> Result<Response, Problem> {
    visit.node.store().authorize_new_product(&visit.caller.viewer).await?;
    let turn = visit.node.counters().turn_of_a_document(TURN_WITHIN).await?;
    let bytes_max = visit.node.settings().limits.sbom_bytes_max;
    let Upload { sent, name, bytes } = upload::read(&visit, request, bytes_max).await?;
    let taken = match bytes {
        Ok(bytes) => command::bring(wish(&visit), name.trim(), bytes, turn).await,
        Err(problem) => Err(problem),
    };
    match taken {
        Ok(taken) => {
            let act = if taken.apart > 0 { "advisory-done-apart" } else { "advisory-done-given" };
            Ok(visit.done("/advisories", act, None))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = list_view(&visit, &Asked::default()).await?;
            let mut told = refusal::of(&visit.reader, &problem);
            told.input = Some("give-document".to_owned());
            view.problem = Some(told);
            view.typed = sent.typed_into("give");
            Ok(visit.refuse(advisory::list(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

async fn rules_view(visit: &Visit) -> Result<RulesView, Problem> {
    let rules = command::shown_opening_rules(wish(visit)).await?;
    Ok(RulesView {
        rules: Rules {
            listed: rules.listed,
            severity_from: rules.severity_tenths.map(in_tenths),
            exploited_from: rules.likelihood_permille.map(in_tenths),
            facing_only: rules.internet_facing_alone,
        },
        may_write: visit.reader.has(Duty::Administrator),
        ..RulesView::default()
    })
}

/// Shows which exposures open a case by themselves.
pub(super) async fn rules(visit: Visit) -> Result<Response, Problem> {
    let view = rules_view(&visit).await?;
    Ok(visit.show(advisory::rules(&view, &visit.reader)))
}

/// Reads tenths of at most `most`: `9`, `9.0`; nothing where nothing was typed.
fn tenths(sent: &Sent, name: &str, most: u32) -> Result<Option<u32>, Problem> {
    let text = sent.field(name);
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let read = (digits(whole) && digits(part) && part.len() == 1)
        .then(|| format!("{whole}{part}").parse().ok())
        .flatten()
        .filter(|tenths| *tenths <= most);
    let wrong = || Problem::field(format!("/{name}"), format!("`{text}` is no such number"));
    read.map(Some).ok_or_else(wrong)
}

fn typed(sent: &Sent) -> Result<OpeningRules, Problem> {
    Ok(OpeningRules {
        listed: sent.field("listed") == "yes",
        severity_tenths: tenths(sent, "severity_from", 100)?,
        likelihood_permille: tenths(sent, "exploited_from", 1_000)?,
        internet_facing_alone: sent.field("facing_only") == "yes",
    })
}

/// Says which exposures open a case by themselves.
pub(super) async fn set_rules(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let done = match typed(&sent) {
        Ok(rules) => command::set_opening_rules(wish(&visit), &rules).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(answer) => {
            let receipt = answer.receipt.as_deref();
            Ok(visit.done("/advisories/rules", "party-done-saved", receipt))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = rules_view(&visit).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, "rules"));
            view.typed = sent.typed_into("rules");
            Ok(visit.refuse(advisory::rules(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// A name for a file, of the signs that every system takes.
fn file_name(name: &str) -> String {
    let kept = name
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || "-._".contains(sign) { sign } else { '-' });
    kept.take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_others_makes_no_header_of_its_own() {
        assert_eq!(file_name("GHSA-jfh8-c2jp-5v3q.json"), "GHSA-jfh8-c2jp-5v3q.json");
        assert_eq!(file_name("a\"; x=\r\n/../漏"), "a---x----..--");
        assert_eq!(file_name(&"a".repeat(500)).len(), 100);
    }

    #[test]
    fn a_number_has_at_most_one_place_and_keeps_within_its_bounds() {
        let read = |text: &str, most| {
            let fields = [("from".to_owned(), text.to_owned())];
            tenths(&Sent::of(fields.into()).expect("a form"), "from", most)
        };
        for (text, expected) in
            [("", None), ("9", Some(90)), ("9.0", Some(90)), ("10.0", Some(100)), ("0.1", Some(1))]
        {
            assert_eq!(read(text, 100).expect(text), expected);
        }
        for text in ["10.1", "-1", "9.05", "9.", ".5", "nine", "99999999999999"] {
            let problem = read(text, 100).expect_err(text);
            assert_eq!(problem.pointer(), Some("/from"), "{text}");
        }
        assert_eq!(read("100", 1_000).expect("a share"), Some(1_000));
    }
}
