//! What every request carries: an id, where it comes from, and how it reached us.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::Problem;
use crate::state::Node;

/// Names the request in the answer, in problems and in the node's own log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Whoever adds one of these stands between us and whoever asks.
const SIGNS_OF_A_PROXY: [HeaderName; 4] = [
    FORWARDED_FOR,
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("via"),
    HeaderName::from_static("x-real-ip"),
];
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
    /// The host that was asked, with its port where it is not the usual one.
    pub host: Option<String>,
}

impl Arrival {
    fn of(node: &Node, peer: Option<SocketAddr>, request: &Request) -> Self {
        let headers = request.headers();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        let settings = node.settings();
        let trusted =
            |address: IpAddr| settings.trusted_proxies.iter().any(|net| net.contains(address));
        let own_tls = settings.tls.is_some();
        let is_local =
            peer.is_loopback() && !SIGNS_OF_A_PROXY.iter().any(|n| headers.contains_key(n));
        let host = host(request);
        if !trusted(peer) {
            return Self { id: random_id(), source: peer, is_local, is_https: own_tls, host };
        }
        let id = text(headers, &REQUEST_ID).filter(|id| is_plain(id));
        let proto = text(headers, &FORWARDED_PROTO);
        Self {
            id: id.map_or_else(random_id, str::to_owned),
            source: forwarded_source(headers, trusted).unwrap_or(peer),
            is_local,
            is_https: own_tls || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
            host,
        }
    }
}

/// HTTP/1.1 names the host in a header, HTTP/2 in the address.
fn host(request: &Request) -> Option<String> {
    let named = text(request.headers(), &header::HOST).map(str::to_owned);
    named.or_else(|| request.uri().authority().map(ToString::to_string))
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
    let arrival = Arrival::of(&node, peer, &request);
    let id = arrival.id.clone();
    let of_the_api = request.uri().path().starts_with("/api/");
    request.extensions_mut().insert(arrival);
    let mut response = next.run(request).await;
    if of_the_api && response.status().is_client_error() {
        // What the framework refuses by itself, such as a path that is no text.
        response.extensions_mut().get_or_insert_with(Problem::malformed);
    }
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
