//! Documents that others publish, and what of them opens a case by itself.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::event::OpeningRules;
use watchfire_store::AdvisoryRow;

use super::{Asked, Changed, List, Made, Paging, Shown, id, keyed, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::advisory::{self as command, Taken};
use crate::error::Problem;
use crate::limit::TURN_WITHIN;
use crate::state::Node;
use crate::write::{DocumentWrite, Write};

/// The largest document that is brought by hand, in bytes.
pub(crate) const BROUGHT_BYTES_MAX: usize = 64 << 20;

/// A document as it was published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Advisory)]
pub(crate) struct WireAdvisory {
    id: u64,
    /// The feed, or `by/` and whoever brought it.
    source: String,
    /// Its name within its source.
    name: String,
    /// SHA-256 of its bytes.
    sha256: String,
    format: Option<String>,
    publisher: Option<String>,
    title: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    changed_at: Option<Timestamp>,
    withdrawn: bool,
    /// Since when the source is known to speak of this.
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    /// Since when its newest word is known.
    #[schema(value_type = String, format = DateTime)]
    known_at: Timestamp,
    /// Why it is set apart.
    problem: Option<Apart>,
}

/// Why a document is set apart.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Apart {
    /// Where in the document, as a JSON pointer.
    pointer: String,
    reason: String,
    /// SHA-256 of what is set apart, where an earlier word goes on in its place.
    sha256: Option<String>,
}

impl WireAdvisory {
    fn of(row: AdvisoryRow) -> Self {
        let sha256 = row.apart;
        Self {
            id: row.id,
            source: row.source,
            name: row.name,
            sha256: row.document,
            format: row.format,
            publisher: row.publisher,
            title: row.title,
            published_at: row.published,
            changed_at: row.changed,
            withdrawn: row.is_withdrawn,
            first_at: row.first_at,
            known_at: row.known_at,
            problem: row.problem.map(|(pointer, reason)| Apart { pointer, reason, sha256 }),
        }
    }
}

/// What came of a document that was brought.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Brought {
    /// Whether it says something that was not known.
    news: bool,
    /// Whether it was set apart; the list of advisories says why.
    apart: bool,
    /// Vulnerabilities of which something changed for the house.
    vulnerabilities: usize,
}

/// Which documents are shown.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Part of the name of a document, or a name in it: `CVE-2021-44228`.
    #[serde(default)]
    search: String,
    after: Option<String>,
    limit: Option<usize>,
}

/// How a document is called.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Called {
    /// Its name among those that you bring; the same name again replaces it.
    name: String,
}

/// Which exposures open a case by themselves; each rule for itself is enough.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpeningRules)]
pub(crate) struct WireRules {
    /// What a list says is exploited somewhere.
    exploited: bool,
    /// What is at least so severe, by CVSS.
    #[schema(example = 9.0, minimum = 0, maximum = 10)]
    severity_from: Option<f64>,
    /// What is at least so likely to be exploited within thirty days, by EPSS.
    #[schema(example = 0.5, minimum = 0, maximum = 1)]
    likelihood_from: Option<f64>,
    /// Severity and likelihood count only of what can be reached from the Internet.
    #[serde(default)]
    internet_facing_alone: bool,
}

impl WireRules {
    fn of(rules: &OpeningRules) -> Self {
        Self {
            exploited: rules.listed,
            severity_from: rules.severity_tenths.map(|it| f64::from(it) / 10.0),
            likelihood_from: rules.likelihood_permille.map(|it| f64::from(it) / 1_000.0),
            internet_facing_alone: rules.internet_facing_alone,
        }
    }

    fn rules(&self) -> Result<OpeningRules, Problem> {
        let severity = self.severity_from.map(|it| parts("/severity_from", it, 10.0, 10.0));
        let likelihood = self.likelihood_from.map(|it| parts("/likelihood_from", it, 1.0, 1_000.0));
        Ok(OpeningRules {
            listed: self.exploited,
            severity_tenths: severity.transpose()?,
            likelihood_permille: likelihood.transpose()?,
            internet_facing_alone: self.internet_facing_alone,
        })
    }
}

/// A number from 0 to `most`, as so many parts.
fn parts(pointer: &str, number: f64, most: f64, parts: f64) -> Result<u32, Problem> {
    if !(0.0..=most).contains(&number) {
        return Err(Problem::field(pointer, format!("it must be from 0 to {most}")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is bounded")]
    let parts = (number * parts).round() as u32;
    Ok(parts)
}

/// Lists the documents that came, those that were set apart first, then the newest.
#[utoipa::path(get, path = "/api/v1/advisories", tag = "exposure", params(Filter),
    responses((status = 200, body = List<WireAdvisory>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Asked(filter): Asked<Filter>,
) -> Shown<List<WireAdvisory>> {
    let page = Paging { after: filter.after, limit: filter.limit }.request()?;
    let found = node.store().advisories(&caller.viewer, &filter.search, &page).await?;
    Ok(Json(List::of(found, WireAdvisory::of)))
}

/// Shows a document.
#[utoipa::path(get, path = "/api/v1/advisories/{id}", tag = "exposure",
    params(("id" = String, Path, description = "Number of a document.")),
    responses((status = 200, body = WireAdvisory)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireAdvisory> {
    let (row, _) = node.store().advisory(&caller.viewer, id(&text)?).await?;
    Ok(Json(WireAdvisory::of(row)))
}

/// Returns the bytes of a document, as they were published.
#[utoipa::path(get, path = "/api/v1/advisories/{id}/document", tag = "exposure",
    params(("id" = String, Path, description = "Number of a document.")),
    responses((status = 200, body = String, content_type = "application/octet-stream")))]
pub(crate) async fn document(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let (_, bytes) = node.store().advisory(&caller.viewer, id(&text)?).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, bytes).into_response())
}

/// Takes a document that you bring, whatever format of advisory or VEX it has; it is kept, and
/// matched at once. For administrators and responders.
#[utoipa::path(post, path = "/api/v1/advisories", tag = "exposure", params(Called),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = Brought)))]
pub(crate) async fn bring(
    State(node): State<Node>,
    caller: Caller,
    Asked(called): Asked<Called>,
    request: Request,
) -> Made<Brought> {
    node.store().authorize_new_product(&caller.viewer).await?;
    let turn = node.counters().turn_of_a_document(TURN_WITHIN).await?;
    let DocumentWrite { body, .. } = DocumentWrite::read(request, BROUGHT_BYTES_MAX).await?;
    let asked = keyed(&node, &caller, None);
    let Taken { news, apart, vulnerabilities } =
        command::bring(asked, &called.name, body, turn).await?;
    made(Brought { news: news > 0, apart: apart > 0, vulnerabilities })
}

/// Shows which exposures open a case by themselves.
#[utoipa::path(get, path = "/api/v1/opening-rules", tag = "exposure",
    responses((status = 200, body = WireRules)))]
pub(crate) async fn rules(State(node): State<Node>, caller: Caller) -> Shown<WireRules> {
    let rules = command::shown_opening_rules(keyed(&node, &caller, None)).await?;
    Ok(Json(WireRules::of(&rules)))
}

/// Says which exposures open a case by themselves, from now on. For administrators.
#[utoipa::path(put, path = "/api/v1/opening-rules", tag = "exposure", request_body = WireRules,
    responses((status = 200, body = Answer)))]
pub(crate) async fn set_rules(State(node): State<Node>, caller: Caller, write: Write) -> Changed {
    command::authorize_opening_rules(keyed(&node, &caller, None)).await?;
    let rules = write.body::<WireRules>()?.rules()?;
    Ok(Json(command::set_opening_rules(wish(&node, &caller, &write), &rules).await?))
}
