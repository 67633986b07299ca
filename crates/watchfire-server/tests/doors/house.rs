//! A house to try the doors of: a node on a real database, a clock that stands, and people.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tower::ServiceExt;
use watchfire_core::event::{CaseEvent, Duty, ParticipantRole, PartyEvent, Service, Stream};
use watchfire_core::ids::PartyId;
use watchfire_core::law::Lawbook;
use watchfire_core::log::SignerKey;
use watchfire_server::clock::Clock;
use watchfire_server::command::Wish;
use watchfire_server::command::party::{self, PersonDraft};
use watchfire_server::route;
use watchfire_server::secret::{hex, random};
use watchfire_server::settings::{Limits, Settings};
use watchfire_server::state::{Node, Parts};
use watchfire_store::policy::{Administer, Write};
use watchfire_store::{Location, Seal, Store, StoreConfig, Viewer};

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
    pub(crate) id: PartyId,
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

    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_else(|| panic!("{field}: {}", self.json())).to_owned()
    }

    /// Status, headers and body without what is drawn for each request.
    pub(crate) fn observable(&self) -> (StatusCode, Vec<(String, String)>, String) {
        let shown = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        let headers = self.headers.iter().map(shown).filter(|(name, _)| name != "x-request-id");
        let mut body = String::from_utf8_lossy(&self.bytes).into_owned();
        if let Some(id) = self.headers.get("x-request-id").and_then(|id| id.to_str().ok()) {
            body = body.replace(id, "…");
        }
        (self.status, headers.collect(), body)
    }
}

/// What is asked.
pub(crate) struct Asked<'h> {
    house: &'h House,
    request: axum::http::request::Builder,
    body: Option<Body>,
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
        self.body = Some(Body::from(body.to_owned()));
        self
    }

    pub(crate) fn stream(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn from(mut self, source: &str) -> Self {
        self.source = source.parse().expect("an address with a port");
        self
    }

    pub(crate) async fn answer(self) -> Answered {
        let body = self.body.unwrap_or_else(Body::empty);
        let mut request = self.request.body(body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(self.source));
        let response = self.house.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.expect("a body").to_vec();
        Answered { status: parts.status, headers: parts.headers, bytes }
    }
}

/// The law packs of the repository.
pub(crate) fn laws() -> Arc<Lawbook> {
    Arc::new(Lawbook::builtin().clone())
}

fn signer() -> SignerKey {
    SignerKey::from_seed("node.example/log", &[7; 32]).expect("a key")
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        Self::sealed(settings, Seal::new(|_| String::new(), |_, _| Ok(()))).await
    }

    /// A house whose checkpoints go where `seal` puts them.
    pub(crate) async fn sealed(settings: Settings, seal: Seal) -> Self {
        Self::under(laws(), settings, seal).await
    }

    /// A house whose node was started with these laws.
    pub(crate) async fn of_law(law: Arc<Lawbook>) -> Self {
        let seal = Seal::new(|_| String::new(), |_, _| Ok(()));
        Self::under(law, Settings::default(), seal).await
    }

    /// The same house, started again with other laws.
    pub(crate) fn restarted(self, law: Arc<Lawbook>) -> Self {
        let parts = Parts {
            settings: self.node.settings().clone(),
            clock: Clock::standing_at(self.node.now()),
            store: self.node.store().clone(),
            law,
            signer: signer(),
        };
        let node = Node::new(parts);
        Self { router: route::router(&node), node, ..self }
    }

    /// A house on each engine: `PostgreSQL` where a test may use one.
    pub(crate) async fn on_each_engine() -> Vec<Self> {
        let mut houses = vec![Self::new().await];
        match std::env::var("WATCHFIRE_TEST_POSTGRES") {
            Ok(url) => {
                let schema = format!("doors_{}", hex(&random::<8>()));
                let make = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
                let mut connection = PgConnection::connect(&url).await.expect("it answers");
                sqlx::raw_sql(make).execute(&mut connection).await.expect("a schema is made");
                let join = if url.contains('?') { '&' } else { '?' };
                let location = format!("{url}{join}options[search_path]={schema}");
                let seal = Seal::new(|_| String::new(), |_, _| Ok(()));
                let data = tempfile::tempdir().expect("a folder");
                let location = Location::Postgres(location);
                houses.push(Self::at(data, location, laws(), Settings::default(), seal).await);
            }
            Err(_) => {
                // Around the capture of the test harness, so that it is always seen.
                let skipped = b"SKIPPED: no WATCHFIRE_TEST_POSTGRES\n";
                std::io::stderr().write_all(skipped).expect("standard error takes a line");
            }
        }
        houses
    }

    async fn under(law: Arc<Lawbook>, settings: Settings, seal: Seal) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let location = Location::File(data.path().join("watchfire.db"));
        Self::at(data, location, law, settings, seal).await
    }

    async fn at(
        data: tempfile::TempDir,
        location: Location,
        law: Arc<Lawbook>,
        settings: Settings,
        seal: Seal,
    ) -> Self {
        let config = StoreConfig::new(location).sealed(seal);
        let store = Store::open(&config).await.expect("a store");
        let start = "2021-11-24T08:00:00Z".parse::<Timestamp>().expect("an instant");
        let limits = Limits { logins_per_minute_max: 1_000, ..settings.limits.clone() };
        let parts = Parts {
            settings: Settings { data: data.path().to_owned(), limits, ..settings },
            clock: Clock::standing_at(start),
            store,
            law,
            signer: signer(),
        };
        let node = Node::new(parts);
        let keeper = Viewer::service(Service::Operator);
        let wish = Wish { node: &node, viewer: &keeper, key: None };
        let root = PersonDraft {
            name: "Ada Keeper".to_owned(),
            duties: BTreeSet::from([Duty::Administrator]),
            login: Some("root".to_owned()),
            password: Some(PASSWORD.to_owned()),
        };
        let (organization, _) =
            party::begin(wish, "Northwind Cloud", &root).await.expect("the first people");
        let router = route::router(&node);
        Self { node, organization, router, _data: data }
    }

    fn operator(&self) -> Viewer {
        Viewer::service(Service::Operator)
    }

    /// Makes a person of the organization, with a token.
    pub(crate) async fn person(&self, name: &str, duties: &[Duty]) -> Person {
        let organization = self.organization.clone();
        self.person_of(&organization, name, duties).await
    }

    /// Makes a person of another organization, with a token.
    pub(crate) async fn outsider(&self, name: &str) -> Person {
        let organization = self.another_organization().await;
        self.person_of(&organization, name, &[]).await
    }

    /// Makes another organization known.
    pub(crate) async fn another_organization(&self) -> PartyId {
        let operator = self.operator();
        let grant = self.node.store().authorize_new_party(&operator).await.expect("a right");
        let mut append = watchfire_store::Append::new(&operator, self.node.now());
        let registered = watchfire_core::event::PartyEvent::OrganizationRegistered {
            name: "Southwind Labs".to_owned(),
        };
        append.administer(&grant, registered);
        self.node.store().append(append).await.expect("an organization");
        grant.id().clone()
    }

    pub(crate) async fn person_of(
        &self,
        organization: &PartyId,
        name: &str,
        duties: &[Duty],
    ) -> Person {
        let operator = self.operator();
        let wish = Wish { node: &self.node, viewer: &operator, key: None };
        let draft = PersonDraft {
            name: name.to_owned(),
            duties: duties.iter().copied().collect(),
            login: None,
            password: None,
        };
        let made = party::add_person(wish, organization, &draft).await.expect("a person");
        let id: PartyId = made.id.parse().expect("an id");
        let login = format!("{}.x", name.to_lowercase().replace(' ', "."));
        // Opening an account needs a password; one hash for all would be as slow.
        party::open_account(wish, &id, &login, PASSWORD).await.expect("an account");
        let (_, token) = party::make_token(wish, &id, "test", None).await.expect("a token");
        Person { id, token: token.expect("made now").reveal().to_owned() }
    }

    /// Says what the organization is by law.
    pub(crate) async fn roles(&self, roles: &[&str]) {
        let operator = self.operator();
        let wish = Wish { node: &self.node, viewer: &operator, key: None };
        let profile = watchfire_core::event::Profile {
            roles: roles.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        party::change_profile(wish, &self.organization, &profile).await.expect("a profile");
    }

    /// Records answers to the inquiry as a node did whose laws asked these questions.
    pub(crate) async fn answered_before(&self, answers: &[(&str, &str)]) {
        let operator = self.operator();
        let store = self.node.store();
        let grant = store.authorize_party::<Administer>(&operator, &self.organization).await;
        let version = store.party_version(&operator, &self.organization).await.expect("there");
        let mut append = watchfire_store::Append::new(&operator, self.node.now())
            .expect_version(Stream::Party(self.organization.clone()), version);
        let answers = answers.iter().map(|(id, answer)| ((*id).to_owned(), (*answer).to_owned()));
        let lawbook = "0".repeat(64);
        let answered = PartyEvent::InquiryAnswered { answers: answers.collect(), lawbook };
        append.administer(&grant.expect("the operator keeps accounts"), answered);
        store.append(append).await.expect("it is stored");
    }

    /// Says who is told in what order: owner, supervisor, executive.
    pub(crate) async fn chain(&self, chain: [Option<&Person>; 3]) {
        let operator = self.operator();
        let wish = Wish { node: &self.node, viewer: &operator, key: None };
        let [owner, supervisor, executive] = chain.map(|who| who.map(|person| person.id.clone()));
        let chain = watchfire_core::event::Chain { owner, supervisor, executive };
        party::set_chain(wish, &self.organization, &chain).await.expect("a chain");
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
        let key = hex(&random::<8>());
        self.ask(method, path).key(&key).json(body)
    }

    pub(crate) fn advance(&self, by: &str) {
        self.node.clock().advance(by.parse::<SignedDuration>().expect("a span"));
    }

    /// Has two people share a case, so that they know of each other.
    pub(crate) async fn acquaint(&self, one: &Person, other: &Person) {
        let case = self.case(one, "open").await;
        let id: watchfire_core::ids::CaseId = case.parse().expect("an id");
        let sender = Viewer::service(Service::Sender);
        let viewer = self.node.store().viewer_of_recipient(&sender, &one.id).await;
        let viewer = viewer.expect("an account");
        let grant = self.node.store().authorize_case::<Write>(&viewer, &id).await.expect("a right");
        let version = self.node.store().case(&viewer, &id).await.expect("a case").version;
        let mut append = watchfire_store::Append::new(&viewer, self.node.now())
            .expect_version(Stream::Case(id), version);
        let role = ParticipantRole::Member;
        let added = CaseEvent::ParticipantAdded { party: other.id.clone(), role };
        append.case(&grant, added);
        self.node.store().append(append).await.expect("a participant");
    }

    /// Opens a case of the person's and returns its id.
    pub(crate) async fn case(&self, person: &Person, secrecy: &str) -> String {
        let body = serde_json::json!({
            "title": "JNDI lookup loads remote classes",
            "secrecy": secrecy,
            "facts": [{ "kind": "vulnerability-known" }],
        });
        let opened = self.write("POST", "/api/v1/cases", &body).by(person).answer().await;
        assert_eq!(opened.status, StatusCode::CREATED, "{:?}", opened.json());
        opened.text("id")
    }
}
