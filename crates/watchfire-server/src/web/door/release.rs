//! Releases as pages, and the SBOMs that are attached to them.

use axum::extract::{Path, Query, Request};
use axum::response::Response;
use serde::Deserialize;
use watchfire_core::event::{Actor, ReleaseCard};
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_store::policy::Write;
use watchfire_store::{AttachedSbom, ExposureRow, ExposureState, StoreError};

use super::act::{is_refusal, wish};
use super::exposure::{Asked, Names, PAGE_ROWS, is_had};
use super::upload::{self, Upload};
use super::{Sent, Visit};
use crate::command::sbom::{self as reading, Left};
use crate::command::{Answer, release as command};
use crate::error::Problem;
use crate::limit::TURN_WITHIN;
use crate::web::exposure::SeverityView;
use crate::web::reader::{Problem as Refused, Reader};
use crate::web::refusal;
use crate::web::release::exposed::{ExposedView, Row};
use crate::web::release::sbom::{DocumentView, SbomView, Told};
use crate::web::release::{self, PageView};

fn attached(found: AttachedSbom, names: &Names) -> SbomView {
    let record = found.record;
    SbomView {
        id: found.id.to_string(),
        document: record.document,
        format: format!("{} {}", record.format, record.format_version),
        serial: record.serial,
        attached_at: found.attached_at,
        attached_by: match &found.attached_by {
            Actor::Person(party) => Some(names.of(party)),
            Actor::Anonymous | Actor::Service(_) => None,
        },
        made: record.made,
        tools: record.tools,
        components: record.components.into(),
        unnamed: record.unnamed.into(),
        skipped: record.skipped,
        problems: record.problems,
    }
}

fn exposed(row: ExposureRow) -> Row {
    Row {
        vulnerability: row.vulnerability.to_string(),
        name: row.vulnerability_name,
        title: row.title,
        severity: SeverityView::of(row.severity_tenths, None),
        is_listed: row.is_listed,
        answer: row.answer,
        status: row.status,
        since: row.since,
        decided_at: row.decided_at,
        awaits_second: row.awaits_second,
        lapsed: row.lapsed.is_some(),
    }
}

async fn page_view(visit: &Visit, id: &ReleaseId, asked: &Asked) -> Result<PageView, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let found = store.release(viewer, id).await?;
    let product = store.product(viewer, &found.product).await?;
    let row = store.release_row(viewer, id).await?;
    let names = Names::read(visit).await?;
    let state = ExposureState::parse(&asked.state).unwrap_or_default();
    let page = store.exposures_of_release(viewer, id, &state.into(), &asked.page()).await?;
    let card = found.card;
    let all = store.sboms_of(viewer, id).await?;
    let (now, before): (Vec<_>, Vec<_>) = all.into_iter().partition(|sbom| sbom.is_attached);
    let older = before.into_iter().rev().take(PAGE_ROWS);
    Ok(PageView {
        id: id.to_string(),
        product: (found.product.to_string(), product.card.name),
        version: card.version,
        released_on: card.released_on,
        supported_until: card.supported_until,
        countries: card.sold_in.into_iter().collect(),
        owner: names.owner(card.owner.as_ref()),
        product_owner: names.owner(product.card.owner.as_ref()),
        retired: found.retired.or(product.retired),
        sboms: now.into_iter().map(|sbom| attached(sbom, &names)).collect(),
        older: older.map(|sbom| attached(sbom, &names)).collect(),
        open: row.open,
        exposed: ExposedView {
            state,
            rows: page.rows.into_iter().map(exposed).collect(),
            next: page.next,
        },
        people: names.people(),
        may_write: is_had(store.authorize_release::<Write>(viewer, id).await)?,
        ..PageView::default()
    })
}

/// Shows a release with a page of what it is exposed to.
pub(super) async fn page(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let view = page_view(&visit, &id, &asked).await?;
    Ok(visit.show(release::page(&view, &visit.reader)))
}

/// From where on the places of a document are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Places {
    skipped: usize,
    problems: usize,
}

/// Places of a document, each with what is said of it.
type Said = Vec<(String, String)>;

/// What is told of a document: what was skipped, and what its standard does not allow.
fn places(left: Left) -> (Said, Said) {
    let skipped = left.skipped.into_iter().map(|one| (one.place.to_string(), one.reason));
    let problems = left.problems.told.into_iter().map(|one| (one.place.to_string(), one.reason));
    (skipped.collect(), problems.collect())
}

/// Cuts a page out of all places.
fn cut(all: Said, from: usize) -> Told {
    let next = from.saturating_add(PAGE_ROWS);
    let next = (next < all.len()).then(|| next.to_string());
    Told { rows: all.into_iter().skip(from).take(PAGE_ROWS).collect(), next }
}

/// Shows an SBOM with everything that was skipped in it.
pub(super) async fn sbom(
    visit: Visit,
    Path((release, id)): Path<(String, String)>,
    Query(from): Query<Places>,
) -> Result<Response, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let release: ReleaseId = release.parse().map_err(|_| Problem::not_found())?;
    let id: SbomId = id.parse().map_err(|_| Problem::not_found())?;
    let row = store.release_row(viewer, &release).await?;
    let found = store.sbom(viewer, &id).await?;
    if found.release != release {
        return Err(Problem::not_found());
    }
    let (skipped, problems, erased) = match store.sbom_bytes(viewer, &id).await {
        Ok(bytes) => {
            let turn = visit.node.counters().turn_of_a_document(TURN_WITHIN).await?;
            let (skipped, problems) = places(reading::left(bytes, turn).await?);
            (skipped, problems, false)
        }
        Err(StoreError::NotFound(_)) => (Said::new(), Said::new(), true),
        Err(other) => return Err(other.into()),
    };
    let names = Names::read(&visit).await?;
    let view = DocumentView {
        release: (release.to_string(), format!("{} {}", row.product_name, row.version)),
        sbom: attached(found, &names),
        skipped: cut(skipped, from.skipped),
        problems: cut(problems, from.problems),
        erased,
    };
    Ok(visit.show(release::sbom::page(&view, &visit.reader)))
}

/// Reads what is said of a release.
pub(super) fn card(sent: &Sent) -> Result<ReleaseCard, Problem> {
    let apart = |sign: char| sign.is_whitespace() || ",;、，；".contains(sign);
    let countries = sent.field("sold_in").split(apart).filter(|code| !code.is_empty());
    Ok(ReleaseCard {
        version: sent.field("version").to_owned(),
        released_on: sent.parsed("released_on")?,
        supported_until: sent.parsed("supported_until")?,
        sold_in: countries.map(str::to_uppercase).collect(),
        owner: sent.parsed("owner")?,
    })
}

/// The release that the path names, if the reader keeps it.
async fn kept(visit: &Visit, text: &str) -> Result<ReleaseId, Problem> {
    let id = text.parse().map_err(|_| Problem::not_found())?;
    visit.node.store().authorize_release::<Write>(&visit.caller.viewer, &id).await?;
    Ok(id)
}

/// Goes on after an act, or shows the release again with why it was refused.
async fn answered(
    visit: Visit,
    id: &ReleaseId,
    answer: Result<Answer, Problem>,
    (form, sent, act): (&str, &Sent, &'static str),
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => Ok(visit.done(&format!("/releases/{id}"), act, answer.receipt.as_deref())),
        Err(problem) if is_refusal(&problem) => {
            let mut view = page_view(&visit, id, &Asked::default()).await?;
            view.problem = Some(match problem.code() {
                "sbom_refused" => refused(&visit.reader, &problem),
                _ => refusal::in_form(&visit.reader, &problem, form),
            });
            view.typed = sent.typed_into(form);
            Ok(visit.refuse(release::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Tells why a document is no SBOM, with the place in it.
fn refused(reader: &Reader, problem: &Problem) -> Refused {
    let line = problem.line().map(|line| format!(":{line}")).unwrap_or_default();
    let place = format!("{}{line}", problem.pointer().unwrap_or_default());
    let message = if place.is_empty() {
        reader.text("release-refused-whole")
    } else {
        reader.text_with("release-refused", &[("place", place.into())])
    };
    let hint = Some(problem.detail().to_owned());
    Refused { message, hint, input: Some("sbom-document".to_owned()) }
}

/// Changes what is said of a release.
pub(super) async fn change(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let done = match card(&sent) {
        Ok(card) => command::change(wish(&visit), &id, &card).await,
        Err(problem) => Err(problem),
    };
    answered(visit, &id, done, ("release", &sent, "party-done-saved")).await
}

/// Retires a release.
pub(super) async fn retire(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let done = command::retire(wish(&visit), &id, sent.field("reason")).await;
    answered(visit, &id, done, ("retire", &sent, "product-done-retired")).await
}

/// Attaches an SBOM.
pub(super) async fn attach(
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let turn = visit.node.counters().turn_of_a_document(TURN_WITHIN).await?;
    let bytes_max = visit.node.settings().limits.sbom_bytes_max;
    let Upload { sent, bytes, .. } = upload::read(&visit, request, bytes_max).await?;
    let is_beside = sent.field("beside") == "yes";
    let read = match bytes {
        Ok(bytes) => reading::read(bytes, turn).await,
        Err(problem) => Err(problem),
    };
    let done = match read {
        Ok(read) => command::attach(wish(&visit), &id, &read, is_beside).await,
        Err(problem) => Err(problem),
    };
    answered(visit, &id, done, ("sbom", &sent, "release-done-attached")).await
}

/// Detaches an SBOM.
pub(super) async fn detach(
    visit: Visit,
    Path((id, sbom)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let sbom: SbomId = sbom.parse().map_err(|_| Problem::not_found())?;
    let done = command::detach(wish(&visit), &id, &sbom, sent.field("reason")).await;
    let form = format!("detach-{sbom}");
    answered(visit, &id, done, (&form, &sent, "release-done-detached")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_of_places_has_no_next() {
        let all = |count: usize| (0..count).map(|at| (at.to_string(), String::new())).collect();
        assert_eq!(cut(all(PAGE_ROWS), 0).next, None);
        let first = cut(all(PAGE_ROWS + 1), 0);
        assert_eq!((first.rows.len(), first.next.as_deref()), (PAGE_ROWS, Some("50")));
        let last = cut(all(PAGE_ROWS + 1), PAGE_ROWS);
        assert_eq!((last.rows.len(), last.next), (1, None));
        assert_eq!(cut(all(1), usize::MAX).rows.len(), 0);
    }

    #[test]
    fn countries_are_read_however_they_stand_apart() {
        let fields = [("version", " 7.2 "), ("sold_in", "cn, DE;fr\nUS")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let card = card(&Sent::of(fields.into()).expect("a form")).expect("a release");
        assert_eq!(card.version, "7.2");
        let sold: Vec<&str> = card.sold_in.iter().map(String::as_str).collect();
        assert_eq!(sold, ["CN", "DE", "FR", "US"]);
        assert_eq!((card.released_on, card.owner), (None, None));
        let odd = [("released_on".to_owned(), "2021-13-01".to_owned())];
        let problem = self::card(&Sent::of(odd.into()).expect("a form")).expect_err("no day");
        assert_eq!(problem.pointer(), Some("/released_on"));
    }
}
