//! SBOMs of releases: what they are made of, and what could not be used of that.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::event::SbomRecord;
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_formats::sbom::{Place, Problem as Wrong, Skipped};
use watchfire_store::policy::Write as ToWrite;
use watchfire_store::{AttachedSbom, PageRequest, StoreError};

use super::report::Reason;
use super::timeline::{By, by};
use super::{Asked, Changed, List, Made, Paging, Shown, id, keyed, made, wish};
use crate::auth::Caller;
use crate::command::sbom::{self, Left};
use crate::command::{Answer, release as command};
use crate::error::Problem;
use crate::limit::TURN_WITHIN;
use crate::state::Node;
use crate::write::{DocumentWrite, Write};

/// What was read of an SBOM.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SbomRecord)]
pub(crate) struct WireRecord {
    /// SHA-256 of its bytes as they were given, in hexadecimal.
    document: String,
    #[schema(example = "CycloneDX JSON")]
    format: String,
    #[schema(example = "1.6")]
    format_version: String,
    /// Its own name in the world: a serial number or a namespace.
    serial: Option<String>,
    /// When it was made, as it says.
    made: Option<String>,
    /// What made it, as it says.
    tools: Vec<String>,
    /// How many components it names.
    components: u32,
    /// How many of them go by no name that an advisory could use.
    unnamed: u32,
    /// How much of it was not used.
    skipped_count: u64,
    /// How often it does what its standard does not allow.
    problems_count: u64,
}

impl WireRecord {
    fn of(record: SbomRecord) -> Self {
        Self {
            document: record.document,
            format: record.format,
            format_version: record.format_version,
            serial: record.serial,
            made: record.made,
            tools: record.tools,
            components: record.components,
            unnamed: record.unnamed,
            skipped_count: record.skipped,
            problems_count: record.problems,
        }
    }
}

/// An SBOM of a release.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sbom)]
pub(crate) struct WireSbom {
    #[schema(example = "WB-7K3F-9QX2")]
    id: String,
    /// Id of the release.
    release: String,
    /// Whether it counts, or was replaced or detached.
    attached: bool,
    attached_at: String,
    attached_by: By,
    #[serde(flatten)]
    record: WireRecord,
}

impl WireSbom {
    fn of(found: AttachedSbom) -> Self {
        Self {
            id: found.id.to_string(),
            release: found.release.to_string(),
            attached: found.is_attached,
            attached_at: found.attached_at.to_string(),
            attached_by: by(&found.attached_by),
            record: WireRecord::of(found.record),
        }
    }
}

/// A place of an SBOM, and what is said of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SbomRemark)]
pub(crate) struct Remark {
    /// What was not used: `component`, `detail`, `relation` or `statement` (on
    /// vulnerabilities); absent where a rule is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    /// A JSON pointer, or the way through the elements of XML; absent where only the line is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// The line, from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    reason: String,
}

impl Remark {
    fn at(place: &Place, what: Option<String>, reason: &str) -> Self {
        let pointer = Some(place.path.clone()).filter(|path| !path.is_empty());
        Self { what, pointer, line: place.line, reason: reason.to_owned() }
    }

    fn skipped(skipped: &Skipped) -> Self {
        Self::at(&skipped.place, Some(skipped.lost.to_string()), &skipped.reason)
    }

    fn wrong(wrong: &Wrong) -> Self {
        Self::at(&wrong.place, None, &wrong.reason)
    }
}

/// What is answered when an SBOM was attached.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttachedSbom)]
pub(crate) struct Attached {
    #[serde(flatten)]
    answer: Answer,
    #[serde(flatten)]
    record: WireRecord,
    /// What was not used, in the order of the document; at most 10,000 of `skipped_count`.
    skipped: Vec<Remark>,
    /// What its standard does not allow, in the order of the document; at most 1,000 of
    /// `problems_count`.
    problems: Vec<Remark>,
}

/// How an SBOM is attached.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AttachQuestion {
    /// Beside those that are attached, and not in their place.
    #[serde(default)]
    beside: bool,
}

/// Lists the SBOMs of a release, those too that were replaced or detached, in the order of their
/// attaching.
#[utoipa::path(get, path = "/api/v1/releases/{id}/sboms", tag = "products",
    params(("id" = String, Path, description = "Id of a release."), Paging),
    responses((status = 200, body = List<WireSbom>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Shown<List<WireSbom>> {
    let release = id::<ReleaseId>(&text)?;
    let all = node.store().sboms_of(&caller.viewer, &release).await?;
    Ok(Json(cut(all, &paging.request()?, WireSbom::of)?))
}

/// Attaches an SBOM. The body is the document, of whatever content type: CycloneDX or SPDX, told by
/// its content, as it is or compressed with gzip or xz. For those who may change the release.
#[utoipa::path(post, path = "/api/v1/releases/{id}/sboms", tag = "products",
    params(("id" = String, Path, description = "Id of a release."), AttachQuestion),
    request_body(content = String, content_type = "application/octet-stream",
        description = "The document, at most `limits.sbom_bytes_max` bytes."),
    responses((status = 201, body = Attached)))]
pub(crate) async fn attach(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(asked): Asked<AttachQuestion>,
    request: Request,
) -> Made<Attached> {
    let release = id::<ReleaseId>(&text)?;
    node.store().authorize_release::<ToWrite>(&caller.viewer, &release).await?;
    let turn = node.counters().turn_of_a_document(TURN_WITHIN).await?;
    let bytes_max = node.settings().limits.sbom_bytes_max;
    let DocumentWrite { key, body } = DocumentWrite::read(request, bytes_max).await?;
    let read = sbom::read(body, turn).await?;
    let wish = keyed(&node, &caller, Some(&key));
    let answer = command::attach(wish, &release, &read, asked.beside).await?;
    let Left { skipped, problems, .. } = &read.left;
    made(Attached {
        answer,
        skipped: skipped.iter().map(Remark::skipped).collect(),
        problems: problems.told.iter().map(Remark::wrong).collect(),
        record: WireRecord::of(read.record),
    })
}

/// Detaches an SBOM; its document is kept. For those who may change the release.
#[utoipa::path(delete, path = "/api/v1/releases/{id}/sboms/{sbom}", tag = "products",
    params(("id" = String, Path, description = "Id of a release."),
        ("sbom" = String, Path, description = "Id of an SBOM that is attached to it.")),
    request_body = Reason, responses((status = 200, body = Answer)))]
pub(crate) async fn detach(
    State(node): State<Node>,
    caller: Caller,
    Path((release, sbom)): Path<(String, String)>,
    write: Write,
) -> Changed {
    let (release, sbom) = (id::<ReleaseId>(&release)?, id::<SbomId>(&sbom)?);
    node.store().authorize_release::<ToWrite>(&caller.viewer, &release).await?;
    let Reason { reason } = write.body()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::detach(wish, &release, &sbom, &reason).await?))
}

/// Shows an SBOM: what it says of itself, and how much is in it.
#[utoipa::path(get, path = "/api/v1/sboms/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of an SBOM.")),
    responses((status = 200, body = WireSbom)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireSbom> {
    let found = node.store().sbom(&caller.viewer, &id::<SbomId>(&text)?).await?;
    Ok(Json(WireSbom::of(found)))
}

/// Lists what was not used of an SBOM, in the order of the document; at most 10,000 places.
#[utoipa::path(get, path = "/api/v1/sboms/{id}/skipped", tag = "products",
    params(("id" = String, Path, description = "Id of an SBOM."), Paging),
    responses((status = 200, body = List<Remark>)))]
pub(crate) async fn skipped(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Shown<List<Remark>> {
    let page = paging.request()?;
    let left = left(&node, &caller, &text).await?;
    Ok(Json(cut(left.skipped, &page, |it| Remark::skipped(&it))?))
}

/// Lists what its standard does not allow of an SBOM, in the order of the document; at most 1,000
/// places.
#[utoipa::path(get, path = "/api/v1/sboms/{id}/problems", tag = "products",
    params(("id" = String, Path, description = "Id of an SBOM."), Paging),
    responses((status = 200, body = List<Remark>)))]
pub(crate) async fn problems(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Shown<List<Remark>> {
    let page = paging.request()?;
    let left = left(&node, &caller, &text).await?;
    Ok(Json(cut(left.problems.told, &page, |it| Remark::wrong(&it))?))
}

/// Hands out the document of an SBOM, byte for byte as it was given.
#[utoipa::path(get, path = "/api/v1/sboms/{id}/document", tag = "products",
    params(("id" = String, Path, description = "Id of an SBOM.")),
    responses((status = 200, body = String, content_type = "application/octet-stream")))]
pub(crate) async fn document(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let id = id::<SbomId>(&text)?;
    let bytes = node.store().sbom_bytes(&caller.viewer, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// Reads a kept SBOM again for what was not used of it: what follows from documents is not kept
/// twice.
async fn left(node: &Node, caller: &Caller, text: &str) -> Result<Left, Problem> {
    let id = id::<SbomId>(text)?;
    node.store().sbom(&caller.viewer, &id).await?;
    let turn = node.counters().turn_of_a_document(TURN_WITHIN).await?;
    let bytes = node.store().sbom_bytes(&caller.viewer, &id).await?;
    sbom::left(bytes, turn).await
}

/// Cuts a page out of a list that is whole; its cursor is the place in it.
fn cut<R, T>(
    all: Vec<R>,
    page: &PageRequest,
    item: impl Fn(R) -> T,
) -> Result<List<T>, StoreError> {
    let after = page.after.as_deref().map(str::parse).transpose();
    let begin: usize = after.map_err(|_| StoreError::Cursor)?.unwrap_or(0);
    let end = begin.saturating_add(page.limit);
    let next = (end < all.len()).then(|| end.to_string());
    let items = all.into_iter().skip(begin).take(page.limit).map(item).collect();
    Ok(List { items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_whole_is_cut_into_pages_and_its_last_says_so() {
        let cut = |after: Option<&str>| {
            let page = PageRequest { after: after.map(str::to_owned), limit: 2 };
            cut(vec![1, 2, 3, 4], &page, |it| it).map(|list| (list.items, list.next))
        };
        assert_eq!(cut(None).expect("a page"), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(cut(Some("2")).expect("a page"), (vec![3, 4], None));
        assert_eq!(cut(Some("9")).expect("a page"), (vec![], None));
        for odd in ["", "-1", "x", "99999999999999999999999"] {
            assert!(matches!(cut(Some(odd)), Err(StoreError::Cursor)), "{odd}");
        }
    }
}
