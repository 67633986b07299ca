//! What every request carries: an id, where it comes from, and how it reached us.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::Problem;
use crate::state::Node;

/// Names the request in the answer, in problems and in the node's own log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// A request's id has at most so many characters.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// What is known of a request besides its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Random, or a trusted proxy's.
    pub id: String,
    /// Who asks, as far as trusted proxies tell.
    pub source: IpAddr,
    /// Whether it is this machine that asks, with no proxy between.
    pub is_local: bool,
    /// Whether the asking side sees TLS.
    pub is_https: bool,
}

impl Arrival {
    fn of(node: &Node, peer: Option<SocketAddr>, headers: &HeaderMap) -> Self {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        let settings = node.settings();
        let trusted =
            |address: IpAddr| settings.trusted_proxies.iter().any(|net| net.contains(address));
        let own_tls = settings.tls.is_some();
        let forwarded = headers.contains_key(FORWARDED_FOR);
        let is_local = peer.is_loopback() && !forwarded;
        if !trusted(peer) {
            return Self { id: random_id(), source: peer, is_local, is_https: own_tls };
        }
        let id = text(headers, &REQUEST_ID).filter(|id| is_plain(id));
        let proto = text(headers, &FORWARDED_PROTO);
        Self {
            id: id.map_or_else(random_id, str::to_owned),
            source: forwarded_source(headers, trusted).unwrap_or(peer),
            is_local,
            is_https: own_tls || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
        }
    }
}

/// The last address in the list that is no trusted proxy: those before it anybody could write.
fn forwarded_source(headers: &HeaderMap, trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let hops: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut nearest = None;
    for hop in hops.iter().rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { return nearest };
        let address = address.to_canonical();
        nearest = Some(address);
        if !trusted(address) {
            return nearest;
        }
    }
    nearest
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn is_plain(id: &str) -> bool {
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'-' || sign == b'_';
    (1..=REQUEST_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(plain)
}

fn random_id() -> String {
    crate::secret::hex(&crate::secret::random::<12>())
}

/// The outermost layer: names the request, and writes the problem that came out of it as JSON,
/// unless a page was made of it further in.
pub(crate) async fn arrive(State(node): State<Node>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let arrival = Arrival::of(&node, peer, request.headers());
    let id = arrival.id.clone();
    request.extensions_mut().insert(arrival);
    let response = next.run(request).await;
    let mut response = match response.extensions().get::<Problem>() {
        Some(problem) => problem.written_over(&response, &id),
        None => response,
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Arrival {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal(&"a request came in by no door"))
    }
}
