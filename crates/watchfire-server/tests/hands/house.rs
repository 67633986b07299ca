//! A node with people in a chain, on a clock that stands, and a receiver of webhooks.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use watchfire_core::event::{Body, Chain, Duty, NodeEvent, Profile, Service};
use watchfire_core::ids::{CaseId, PartyId};
use watchfire_core::law::Lawbook;
use watchfire_core::log::SignerKey;
use watchfire_server::channel::Channels;
use watchfire_server::clock::Clock;
use watchfire_server::command::case::FactDraft;
use watchfire_server::command::party::PersonDraft;
use watchfire_server::command::{Wish, case, party};
use watchfire_server::secret::{hex, random};
use watchfire_server::settings::{MailSecurity, MailSettings, Settings, WebhookSettings};
use watchfire_server::state::{Node, Parts};
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::Keeper;
use watchfire_server::worker::sender::Sender;
use watchfire_server::worker::ticker::Ticker;
use watchfire_sinks::{Receiver, Relay, Reply};
use watchfire_store::policy::{Read, Write};
use watchfire_store::{Location, PageRequest, Store, StoreConfig, Viewer};

const PASSWORD: &str = "a watch fire on every tower";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What arrived, at whose address.
pub(crate) type Arrived = Vec<(String, Value)>;

/// A node with its people: engineer, supervisor and executive, each with a webhook.
pub(crate) struct House {
    pub(crate) node: Node,
    pub(crate) chain: [PartyId; 3],
    pub(crate) receiver: Receiver,
    pub(crate) folder: tempfile::TempDir,
    engineer: Viewer,
}

pub(crate) fn node_on(store: Store, folder: &std::path::Path) -> Node {
    node_with(store, folder, |_| {})
}

/// A node whose settings somebody has changed.
pub(crate) fn node_with(
    store: Store,
    folder: &std::path::Path,
    change: impl FnOnce(&mut Settings),
) -> Node {
    put_together(store, folder, Lawbook::builtin().clone(), change)
}

/// A node of a program that brings other packs.
pub(crate) fn program(store: Store, folder: &std::path::Path, law: Lawbook) -> Node {
    put_together(store, folder, law, |_| {})
}

fn put_together(
    store: Store,
    folder: &std::path::Path,
    law: Lawbook,
    change: impl FnOnce(&mut Settings),
) -> Node {
    let secret_file = folder.join("webhook.secret");
    std::fs::write(&secret_file, SECRET).expect("a file");
    let webhook = WebhookSettings {
        secret_file: Some(secret_file),
        allowed_networks: vec!["127.0.0.1".parse().expect("a network")],
        timeout_seconds: 20,
    };
    let start = "2021-11-24T08:00:00Z".parse::<Timestamp>().expect("an instant");
    let mut settings = Settings { data: folder.to_owned(), webhook, ..Settings::default() };
    change(&mut settings);
    Node::new(Parts {
        settings,
        clock: Clock::standing_at(start),
        store,
        law: Arc::new(law),
        signer: SignerKey::from_seed("node.example/log", &[7; 32]).expect("a key"),
    })
}

/// A database of one engine, and the folder of its node.
pub(crate) struct Ground {
    pub(crate) config: StoreConfig,
    pub(crate) folder: tempfile::TempDir,
}

/// An empty database of each engine.
pub(crate) async fn grounds() -> Vec<Ground> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = StoreConfig::new(Location::File(folder.path().join("watchfire.db")));
    let mut found = vec![Ground { config: file, folder }];
    match std::env::var("WATCHFIRE_TEST_POSTGRES") {
        Ok(url) => {
            let schema = format!("hands_{}", hex(&random::<8>()));
            let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL answers");
            let make = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
            sqlx::raw_sql(make).execute(&mut connection).await.expect("a schema");
            let join = if url.contains('?') { '&' } else { '?' };
            let location = format!("{url}{join}options[search_path]={schema}");
            let config = StoreConfig::new(Location::Postgres(location));
            let folder = tempfile::tempdir().expect("a folder");
            found.push(Ground { config, folder });
        }
        Err(_) => {
            // Around the capture of the test harness, so that it is always seen.
            let skipped = b"SKIPPED: no WATCHFIRE_TEST_POSTGRES\n";
            std::io::stderr().write_all(skipped).expect("standard error takes a line");
        }
    }
    found
}

impl House {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let location = Location::File(folder.path().join("watchfire.db"));
        let store = Store::open(&StoreConfig::new(location)).await.expect("a store");
        Self::on(store, folder).await
    }

    /// A house on each engine.
    pub(crate) async fn on_each_engine() -> Vec<Self> {
        let mut houses = Vec::new();
        for Ground { config, folder } in grounds().await {
            let store = Store::open(&config).await.expect("a store");
            houses.push(Self::on(store, folder).await);
        }
        houses
    }

    /// A house whose node has settings that somebody has changed.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let location = Location::File(folder.path().join("watchfire.db"));
        let store = Store::open(&StoreConfig::new(location)).await.expect("a store");
        Self::of(node_with(store, folder.path(), change), folder).await
    }

    pub(crate) async fn on(store: Store, folder: tempfile::TempDir) -> Self {
        Self::of(node_on(store, folder.path()), folder).await
    }

    async fn of(node: Node, folder: tempfile::TempDir) -> Self {
        let operator = Viewer::service(Service::Operator);
        let wish = Wish { node: &node, viewer: &operator, key: None };
        let draft = |name: &str, duties: &[Duty], login: &str| PersonDraft {
            name: name.to_owned(),
            duties: BTreeSet::from_iter(duties.iter().copied()),
            login: Some(login.to_owned()),
            password: Some(PASSWORD.to_owned()),
        };
        let root = draft("Ada Keeper", &[Duty::Administrator], "root");
        let (organization, _) =
            party::begin(wish, "Northwind Cloud", &root).await.expect("the first people");
        let roles = BTreeSet::from(["cn-rmsv/provider".to_owned()]);
        let profile = Profile { roles, ..Profile::default() };
        party::change_profile(wish, &organization, &profile).await.expect("a profile");
        let receiver = Receiver::start(Reply::Status(200), None).await;
        let mut chain = Vec::new();
        for name in ["engineer", "supervisor", "executive"] {
            let made = party::add_person(wish, &organization, &draft(name, &[], name))
                .await
                .expect("a person");
            let id: PartyId = made.id.parse().expect("an id");
            let address = format!("{}/{name}", receiver.url);
            party::set_address(wish, &id, "webhook", &address).await.expect("an address");
            chain.push(id);
        }
        let chain: [PartyId; 3] = chain.try_into().expect("three people");
        let [owner, supervisor, executive] = chain.clone().map(Some);
        party::set_chain(wish, &organization, &Chain { owner, supervisor, executive })
            .await
            .expect("a chain");
        let sender = Viewer::service(Service::Sender);
        let engineer = node.store().viewer_of_recipient(&sender, &chain[0]).await.expect("one");
        Self { node, chain, receiver, folder, engineer }
    }

    /// Starts the node anew on its database, at the same instant, as after a kill.
    pub(crate) async fn restarts(&mut self, config: &StoreConfig) {
        let now = self.node.now();
        self.node.store().clone().close().await;
        let store = Store::open(config).await.expect("a store");
        self.node = node_on(store, self.folder.path());
        self.node.clock().advance(now.duration_since(self.node.now()));
        Keeper::new(self.node.clone(), Progress::default()).begin(now).await.expect("a start");
    }

    pub(crate) fn wish(&self) -> Wish<'_> {
        Wish { node: &self.node, viewer: &self.engineer, key: None }
    }

    /// Opens a case of the engineer's on a vulnerability that was found now.
    pub(crate) async fn opens(&self, title: &str, embargoed: bool) -> CaseId {
        let fact = FactDraft { kind: "vulnerability-known".to_owned(), ..FactDraft::default() };
        let made = case::open(self.wish(), title, embargoed, &[fact]).await.expect("a case");
        made.id.parse().expect("an id")
    }

    pub(crate) fn ticker(&self) -> Ticker {
        Ticker::new(self.node.clone(), Progress::default())
    }

    pub(crate) fn sender(&self) -> Sender {
        let channels = Channels::from_settings(self.node.settings()).expect("fine settings");
        Sender::new(self.node.clone(), channels)
    }

    /// A sender that hands mail to a relay on this machine too.
    pub(crate) fn sender_by_mail(&self, relay: &Relay) -> Sender {
        let mail = MailSettings {
            host: "127.0.0.1".to_owned(),
            port: relay.port,
            security: MailSecurity::None,
            from: "Watchfire <watchfire@psirt.example>".to_owned(),
            login: None,
            password_file: None,
            timeout_seconds: 20,
        };
        let settings = Settings { mail: Some(mail), ..self.node.settings().clone() };
        let channels = Channels::from_settings(&settings).expect("fine settings");
        Sender::new(self.node.clone(), channels)
    }

    /// Gives one of the chain an address.
    pub(crate) async fn reaches(&self, who: &PartyId, channel: &str, address: &str) {
        let operator = Viewer::service(Service::Operator);
        let wish = Wish { node: &self.node, viewer: &operator, key: None };
        party::set_address(wish, who, channel, address).await.expect("an address");
    }

    pub(crate) fn advance(&self, by: &str) -> Timestamp {
        self.node.clock().advance(by.parse::<SignedDuration>().expect("a span"));
        self.node.now()
    }

    /// Takes what arrived since the last time.
    pub(crate) fn took(&self) -> Arrived {
        let hooks = self.receiver.took().into_iter();
        hooks.map(|hook| (hook.path.trim_start_matches('/').to_owned(), hook.json())).collect()
    }

    pub(crate) fn answers(&self, status: u16) {
        self.receiver.answers(Reply::Status(status));
    }

    /// Everything that was recorded of the node, oldest first.
    pub(crate) async fn node_events(&self) -> Vec<NodeEvent> {
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Write>(&keeper).await.expect("a right");
        let rows = self.node.store().log_rows(&grant, 0, 1_000).await.expect("rows");
        let decode = |bytes: &[u8]| watchfire_core::event::encoding::decode(bytes).expect("one");
        rows.iter()
            .filter_map(|row| match decode(row.bytes.as_deref().expect("bytes")).body {
                Body::Node(event) => Some(event),
                _ => None,
            })
            .collect()
    }

    /// How many notices still wait.
    pub(crate) async fn waiting(&self) -> usize {
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Read>(&keeper).await.expect("a right");
        let page = PageRequest::default();
        self.node.store().waiting_notices(&grant, &page).await.expect("a page").rows.len()
    }
}
