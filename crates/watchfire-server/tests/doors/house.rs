//! A house to try the doors of: a node on a real database, a clock that stands, and people.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt;
use watchfire_core::event::{CredentialKind, Duty, PartyEvent, Service};
use watchfire_core::ids::PartyId;
use watchfire_core::log::SignerKey;
use watchfire_server::clock::Clock;
use watchfire_server::route;
use watchfire_server::settings::{Limits, Settings};
use watchfire_server::state::{Node, Parts};
use watchfire_store::{Append, Location, Secret, Store, StoreConfig, Viewer};

/// Long enough, and nobody's.
pub(crate) const PASSWORD: &str = "a watch fire on every tower";

/// A node with its people.
pub(crate) struct House {
    pub(crate) node: Node,
    pub(crate) organization: PartyId,
    router: Router,
    _data: tempfile::TempDir,
}

/// Somebody with a token.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) token: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().expect("a problem has a code").to_owned()
    }
}

/// What is asked.
pub(crate) struct Asked<'h> {
    house: &'h House,
    request: axum::http::request::Builder,
    body: Option<Vec<u8>>,
    source: SocketAddr,
}

impl<'h> Asked<'h> {
    pub(crate) fn by(self, person: &Person) -> Self {
        self.header("authorization", &format!("Bearer {}", person.token))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes(&serde_json::to_vec(body).expect("JSON"))
            .header("content-type", "application/json")
    }

    pub(crate) fn bytes(mut self, body: &[u8]) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    pub(crate) fn from(mut self, source: &str) -> Self {
        self.source = source.parse().expect("an address with a port");
        self
    }

    pub(crate) async fn answer(self) -> Answered {
        let body = self.body.map_or_else(Body::empty, Body::from);
        let mut request = self.request.body(body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(self.source));
        let response = self.house.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.expect("a body").to_vec();
        Answered { status: parts.status, headers: parts.headers, bytes }
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let location = Location::File(data.path().join("watchfire.db"));
        let store = Store::open(&StoreConfig::new(location)).await.expect("a store");
        let start = "2021-11-24T08:00:00Z".parse::<Timestamp>().expect("an instant");
        let signer = SignerKey::from_seed("node.example/log", &[7; 32]).expect("a key");
        let limits = Limits { logins_per_minute_max: 1_000, ..settings.limits.clone() };
        let parts = Parts {
            settings: Settings { data: data.path().to_owned(), limits, ..settings },
            clock: Clock::standing_at(start),
            store,
            signer,
        };
        let node = Node::new(parts);
        let organization = people(&node).await;
        let router = route::router(&node);
        Self { node, organization, router, _data: data }
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Asked<'_> {
        let method: Method = method.parse().expect("a method");
        Asked {
            house: self,
            request: Request::builder().method(method).uri(path).header("host", "localhost:8470"),
            body: None,
            source: SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 40_000)),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Asked<'_> {
        self.ask("GET", path)
    }

    /// Asks for a write under a key of its own.
    pub(crate) fn write(&self, method: &str, path: &str, body: &Value) -> Asked<'_> {
        let key = watchfire_server::secret::hex(&watchfire_server::secret::random::<8>());
        self.ask(method, path).key(&key).json(body)
    }

    pub(crate) fn advance(&self, by: &str) {
        self.node.clock().advance(by.parse::<SignedDuration>().expect("a span"));
    }
}

/// Makes the organization and its first administrator, who signs in as `root`.
async fn people(node: &Node) -> PartyId {
    let operator = Viewer::service(Service::Operator);
    let organization = node.store().authorize_new_party(&operator).await.expect("a right");
    let person = node.store().authorize_new_party(&operator).await.expect("a right");
    let mut append = Append::new(&operator, node.now());
    let name = "Northwind Cloud".to_owned();
    append.administer(&organization, PartyEvent::OrganizationRegistered { name });
    append.administer(
        &person,
        PartyEvent::PersonRegistered {
            name: "Ada Keeper".to_owned(),
            organization: Some(organization.id().clone()),
            duties: BTreeSet::from([Duty::Administrator]),
        },
    );
    append.administer(&person, PartyEvent::AccountOpened { login: "root".to_owned() });
    let credential = CredentialKind::Password;
    let label = "password".to_owned();
    append.administer(&person, PartyEvent::CredentialSet { credential, label, expires_at: None });
    let phc = node.passwords().hash(PASSWORD.to_owned()).await.expect("a hash");
    append.secret(&person, Secret::Password { phc });
    node.store().append(append).await.expect("the first people");
    organization.id().clone()
}
