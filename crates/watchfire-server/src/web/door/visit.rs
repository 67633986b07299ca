//! Who opens a page or sends a form: the reader, what was sent, and what goes back.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::Markup;
use watchfire_core::law::Lawbook;
use watchfire_store::{PageRequest, StoreError};

use crate::auth::{self, Caller};
use crate::error::Problem;
use crate::locale::Language;
use crate::request::Arrival;
use crate::state::Node;
use crate::web::form::Typed;
use crate::web::reader::{Account, Done, Reader};

/// Keeps the language of readers without an account.
pub(super) const LANGUAGE_COOKIE: &str = "watchfire-language";
/// Tells the zone of the browser; our script sets it.
const ZONE_COOKIE: &str = "watchfire-zone";
/// Carries what was just done to the next page, once.
const DONE_COOKIE: &str = "watchfire-done";
/// A year, in seconds.
pub(super) const LANGUAGE_COOKIE_SECONDS: u32 = 31_536_000;
/// What was done is forgotten if no page shows it within so many seconds.
const DONE_COOKIE_SECONDS: u32 = 60;
/// A receipt has at most so many characters.
const RECEIPT_CHARS_MAX: usize = 128;
/// An address to return to has at most so many characters.
/// The answers to every question of the inquiry fit in.
const RETURN_CHARS_MAX: usize = 8_000;

/// What no page shows again.
const HIDDEN: [&str; 3] = ["csrf", "password", "present"];

/// What can have been done, by the keys of its words.
const ACTS: [&str; 44] = [
    "advisory-done-apart",
    "advisory-done-given",
    "amendment-done-acknowledged",
    "amendment-done-agreed",
    "amendment-done-claimed",
    "amendment-done-interpreted",
    "amendment-done-rejected",
    "amendment-done-returned",
    "amendment-done-withdrawn",
    "case-done-acknowledged",
    "case-done-added",
    "case-done-answered",
    "case-done-assigned",
    "case-done-aware",
    "case-done-claimed",
    "case-done-conflict",
    "case-done-decided",
    "case-done-draft",
    "case-done-embargo",
    "case-done-embargo-agreed",
    "case-done-erased",
    "case-done-escalated",
    "case-done-fact",
    "case-done-message",
    "case-done-opened",
    "case-done-pass",
    "case-done-released",
    "case-done-removed",
    "case-done-renamed",
    "case-done-retracted",
    "case-done-submitted",
    "inquiry-done-recorded",
    "party-done-added",
    "party-done-closed",
    "party-done-opened",
    "party-done-password",
    "party-done-saved",
    "party-done-test",
    "product-done-retired",
    "release-done-attached",
    "release-done-detached",
    "vulnerability-done-agreed",
    "vulnerability-done-case",
    "vulnerability-done-decided",
];

/// Somebody who opens a page or sends a form.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) node: Node,
    pub(crate) caller: Caller,
    pub(crate) arrival: Arrival,
    pub(crate) headers: HeaderMap,
    pub(crate) reader: Reader,
    /// Whether they are of the house whose node this is.
    is_of_house: bool,
}

impl FromRequestParts<Node> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, node: &Node) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, node).await?;
        let arrival = Arrival::from_request_parts(parts, node).await?;
        let reader = reader(node, &caller, parts).await?;
        let headers = parts.headers.clone();
        let is_of_house = node.store().is_of_own_house(&caller.viewer).await?;
        Ok(Self { node: node.clone(), caller, arrival, headers, reader, is_of_house })
    }
}

impl Visit {
    /// Returns the law in use as the reader may read it.
    pub(crate) fn law(&self) -> &Lawbook {
        self.readable(self.node.law())
    }

    /// Returns as much of a lawbook as the reader may read: readings of the house are its own.
    pub(crate) fn readable<'b>(&self, book: &'b Lawbook) -> &'b Lawbook {
        if self.is_of_house { book } else { book.without_house_readings() }
    }

    /// Shows a page; what was just done is told once.
    pub(crate) fn show(&self, page: Markup) -> Response {
        self.show_as(StatusCode::OK, page)
    }

    /// Shows a page again because of a refusal.
    pub(crate) fn refuse(&self, page: Markup) -> Response {
        self.show_as(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    fn show_as(&self, status: StatusCode, page: Markup) -> Response {
        let mut response = (status, Html(page.into_string())).into_response();
        if self.reader.done.is_some() {
            set_cookie(&mut response, &self.cookie(DONE_COOKIE, "", 0));
        }
        response
    }

    /// Goes on to `path`, which will tell what was done.
    pub(crate) fn done(&self, path: &str, act: &'static str, receipt: Option<&str>) -> Response {
        let mut response = redirect(path);
        let value = format!("{act}.{}", receipt.unwrap_or_default());
        set_cookie(&mut response, &self.cookie(DONE_COOKIE, &value, DONE_COOKIE_SECONDS));
        response
    }

    pub(super) fn cookie(&self, name: &str, value: &str, seconds: u32) -> String {
        let secure = if self.arrival.is_https { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
    }
}

/// Goes on to a path of ours.
pub(crate) fn redirect(path: &str) -> Response {
    let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

pub(super) fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Returns `path` if it is one of ours, so that nobody is sent elsewhere.
pub(crate) fn own_path(path: &str) -> Option<&str> {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let plain = path.chars().all(|sign| !sign.is_control()) && path.is_ascii();
    (ours && plain && path.len() <= RETURN_CHARS_MAX).then_some(path)
}

/// Reads what is known of the reader of a page.
pub(super) async fn reader(node: &Node, caller: &Caller, parts: &Parts) -> Result<Reader, Problem> {
    let headers = &parts.headers;
    let wished = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = cookie_of(headers, LANGUAGE_COOKIE).and_then(Language::parse);
    let language = chosen.unwrap_or_else(|| Language::negotiate(wished.unwrap_or_default()));
    let path = parts.uri.path_and_query().map_or("/", |address| address.as_str());
    let mut reader = Reader {
        language,
        zone: zone_of(headers),
        now: node.now(),
        account: None,
        csrf: caller.csrf.as_ref().map(|token| token.as_str().to_owned()).unwrap_or_default(),
        node: name_of(node.signer().verifier().name()),
        path: if parts.method == Method::GET {
            path.to_owned()
        } else {
            parts.uri.path().to_owned()
        },
        gaps: 0,
        done: cookie_of(headers, DONE_COOKIE).and_then(done_of),
    };
    let Some(party) = caller.viewer.party() else { return Ok(reader) };
    let row = match node.store().party(&caller.viewer, party).await {
        Ok(row) => row,
        Err(StoreError::NotFound(_)) => return Ok(reader),
        Err(other) => return Err(other.into()),
    };
    if let Some(own) = row.language.as_deref().and_then(Language::parse)
        && chosen.is_none()
    {
        reader.language = own;
    }
    if let Some(zone) = row.time_zone.and_then(|name| TimeZone::get(&name).ok()) {
        reader.zone = zone;
    }
    reader.gaps = node.store().gaps(&caller.viewer, &PageRequest::default()).await?.rows.len();
    reader.account = Some(Account { party: party.clone(), name: row.name, duties: row.duties });
    Ok(reader)
}

/// The zone that the browser lives in, which our script tells; the account's own is stronger.
fn zone_of(headers: &HeaderMap) -> TimeZone {
    let told = cookie_of(headers, ZONE_COOKIE);
    told.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

/// The log of a node is called after it: `node.example/log`.
fn name_of(log: &str) -> String {
    log.strip_suffix("/log").unwrap_or(log).to_owned()
}

fn cookie_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// Reads what was done; a cookie that we did not write says nothing.
fn done_of(cookie: &str) -> Option<Done> {
    let (act, receipt) = cookie.split_once('.')?;
    let act = ACTS.into_iter().find(|known| *known == act)?;
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
    let fits = receipt.len() <= RECEIPT_CHARS_MAX && receipt.chars().all(plain);
    let receipt = (fits && !receipt.is_empty()).then(|| receipt.to_owned());
    Some(Done { act, receipt })
}

/// What a form sent, once it is known to be a form of ours.
#[derive(Debug, Default)]
pub(crate) struct Sent(BTreeMap<String, String>);

impl FromRequest<Node> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, node: &Node) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let arrival = Arrival::from_request_parts(&mut parts, node).await?;
        let caller = Caller::from_request_parts(&mut parts, node).await?;
        auth::own_page(node, &arrival, &parts.headers)?;
        let request = Request::from_parts(parts, body);
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, node)
            .await
            .map_err(|_| malformed())?;
        let sent = Self::of(pairs.into_iter().collect())?;
        if let Some(csrf) = &caller.csrf {
            csrf.check(sent.field("csrf"))?;
        }
        Ok(sent)
    }
}

pub(super) fn malformed() -> Problem {
    Problem::new(
        "request_malformed",
        "the form cannot be read",
        "open the page anew and send its form",
    )
}

impl Sent {
    /// Takes the fields of a form.
    pub(super) fn of(fields: BTreeMap<String, String>) -> Result<Self, Problem> {
        // PostgreSQL keeps this sign in no text, and nobody types it.
        if fields.values().any(|value| value.contains('\0')) {
            return Err(malformed());
        }
        Ok(Self(fields))
    }

    /// Returns what was typed into `name`, without blanks around it; nothing where it is not there.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.typed(name).trim()
    }

    /// Reads what was chosen in `name`, if anything was; what our forms never offer is a problem of
    /// the field.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        match self.field(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                Problem::field(format!("/{name}"), format!("`{text}` cannot be read"))
            }),
        }
    }

    /// Returns what was typed into the form `name`, to be shown again; no password among it.
    pub(crate) fn typed_into(&self, name: &str) -> Typed {
        let plain = self.0.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str()));
        let values = plain.map(|(name, value)| (name.clone(), value.clone())).collect();
        Typed { form: name.to_owned(), values }
    }

    /// Returns every field whose name begins with `prefix`, without the prefix.
    pub(crate) fn below(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.trim())))
    }

    /// Returns what was typed into `name` as it is: of a password every sign counts.
    pub(crate) fn typed(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_place() {
        for path in ["/watch", "/cases/WF-1?at=2021-11-25T00%3A00Z#o-1"] {
            assert_eq!(own_path(path), Some(path));
        }
        for path in
            ["", "watch", "//evil.example", "https://evil.example", "/\\evil", "/a\r\nb", "/漏"]
        {
            assert_eq!(own_path(path), None, "{path}");
        }
    }

    #[test]
    fn a_cookie_that_we_did_not_write_says_nothing() {
        let done = done_of("party-done-saved.wr_12-ab").expect("ours");
        assert_eq!(done.receipt.as_deref(), Some("wr_12-ab"));
        assert_eq!(done_of("party-done-saved.").expect("ours").receipt, None);
        assert_eq!(done_of("party-done-saved.<b>").expect("ours").receipt, None);
        assert_eq!(done_of("something-else.wr_1"), None);
        assert_eq!(done_of(""), None);
    }
}
