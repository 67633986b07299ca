//! The stage of the demo: a node in a folder of its own, on a clock that stands until it is moved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use watchfire_core::event::{Body, Chain, NodeEvent, Profile, SendResult, Service, encoding};
use watchfire_core::ids::PartyId;
use watchfire_core::law::{Language, Lawbook};
use watchfire_core::log::SignerKey;
use watchfire_server::channel::Channels;
use watchfire_server::clock::Clock;
use watchfire_server::command::Wish;
use watchfire_server::command::party::{self, PersonDraft};
use watchfire_server::error::Problem;
use watchfire_server::settings::Settings;
use watchfire_server::state::{Node, Parts};
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::Keeper;
use watchfire_server::worker::sender::Sender;
use watchfire_server::worker::ticker::Ticker;
use watchfire_store::policy::{Read, Write};
use watchfire_store::{Location, NoticeRow, Page, PageRequest, Store, StoreConfig, Viewer};

use super::reach::Reach;
use super::{Notices, play};
use crate::evidence;
use crate::exit::Failure;

/// Entries of the log that are read at once.
const ROWS_AT_ONCE: usize = 1_000;

/// The fictional company.
pub(super) const ORGANIZATION: &str = "Qingtai Cloud 青台云 (fictional)";

/// The people of the story, by the name they sign in with.
pub(super) mod person {
    pub(in crate::demo) const ENGINEER: &str = "lin.wei";
    pub(in crate::demo) const SUPERVISOR: &str = "zhou.ming";
    pub(in crate::demo) const EXECUTIVE: &str = "song.yan";
    pub(in crate::demo) const COMPLIANCE: &str = "he.jing";
    /// Whoever tries the demo.
    pub(in crate::demo) const VISITOR: &str = "visitor";
}

/// By the name they sign in with: their names in the two languages.
const PEOPLE: [(&str, &str, &str); 5] = [
    (person::VISITOR, "Visitor", "访客"),
    (person::ENGINEER, "Lin Wei", "林蔚"),
    (person::SUPERVISOR, "Zhou Ming", "周明"),
    (person::EXECUTIVE, "Song Yan", "宋岩"),
    (person::COMPLIANCE, "He Jing", "何静"),
];

/// In which language and zone each of them reads; the visitor's browser says it for the visitor.
const READERS: [(&str, &str, &str); 4] = [
    (person::ENGINEER, "zh-CN", "Asia/Shanghai"),
    (person::SUPERVISOR, "zh-CN", "Asia/Shanghai"),
    (person::EXECUTIVE, "en", "Europe/Dublin"),
    (person::COMPLIANCE, "zh-CN", "Asia/Shanghai"),
];

/// What the company is by law.
const ROLES: [&str; 5] = [
    "cn-rmsv/provider",
    "cn-rmsv/operator",
    "cn-rmsv/finder",
    "cn-ndsr/handler",
    "eu-cra/manufacturer",
];

/// A node with its people.
pub(super) struct Stage {
    pub(super) node: Node,
    /// Fires what is due, as it does on every node; here its owner moves the clock.
    pub(super) ticker: Ticker,
    /// Lets the public log grow.
    keeper: Keeper,
    /// Sends the notices, if anybody receives them.
    pub(super) sender: Option<Sender>,
    pub(super) password: String,
    parties: BTreeMap<String, PartyId>,
    viewers: BTreeMap<String, Viewer>,
}

impl Stage {
    /// Sets the stage in the data folder of `settings`, at `starts_at`.
    ///
    /// # Errors
    /// A failure of the world: the folder, the database; of the request: a channel that cannot be
    /// set up.
    pub(super) async fn set(
        settings: Settings,
        reach: &Reach,
        starts_at: Timestamp,
    ) -> Result<Self, Failure> {
        let channels = Channels::from_settings(&settings)
            .map_err(|error| Failure::request("the notices cannot leave").because(error))?;
        let signer = SignerKey::from_seed("demo.watchfire.example/log", &random())
            .map_err(|error| Failure::world("the log's key cannot be made").because(error))?;
        let seal = evidence::seal(&settings, &signer);
        let database = Location::File(evidence::database_file(&settings));
        let config = StoreConfig::new(database).sealed(seal);
        let store = Store::open(&config).await.map_err(|error| {
            Failure::world("the demo's database cannot be opened").because(error)
        })?;
        let node = Node::new(Parts {
            settings,
            clock: Clock::standing_at(starts_at),
            store,
            law: Arc::new(Lawbook::builtin().clone()),
            signer,
        });
        let mut stage = Self {
            ticker: Ticker::new(node.clone(), Progress::default()),
            keeper: Keeper::new(node.clone(), Progress::default()),
            sender: (!reach.is_nobody()).then(|| Sender::new(node.clone(), channels)),
            node,
            password: password(),
            parties: BTreeMap::new(),
            viewers: BTreeMap::new(),
        };
        stage.keeper.begin(starts_at).await.map_err(|error| {
            Failure::world("the demo's evidence log cannot begin").because(error)
        })?;
        stage.people(reach).await.map_err(|problem| failed(&problem))?;
        Ok(stage)
    }

    async fn people(&mut self, reach: &Reach) -> Result<(), Problem> {
        let operator = Viewer::service(Service::Operator);
        let node = self.node.clone();
        let wish = Wish { node: &node, viewer: &operator, key: None };
        let mut organization: Option<PartyId> = None;
        for (login, en, zh) in PEOPLE {
            let draft = PersonDraft {
                name: format!("{en} {zh}"),
                duties: play::duties(login).into_iter().collect::<BTreeSet<_>>(),
                login: Some(login.to_owned()),
                password: Some(self.password.clone()),
            };
            let answer = match &organization {
                None => {
                    let (id, answer) = party::begin(wish, ORGANIZATION, &draft).await?;
                    organization = Some(id);
                    answer
                }
                Some(organization) => party::add_person(wish, organization, &draft).await?,
            };
            let id: PartyId = answer.id.parse().map_err(|error| Problem::internal(&error))?;
            self.parties.insert(login.to_owned(), id);
        }
        let organization = organization.ok_or_else(Problem::not_found)?;
        for (login, ..) in PEOPLE {
            let viewer = self.sign_in(login).await?;
            self.viewers.insert(login.to_owned(), viewer);
            self.reachable(login, reach).await?;
        }
        let profile = Profile {
            roles: ROLES.iter().map(ToString::to_string).collect(),
            attributes: BTreeMap::from([("eu/member-state".to_owned(), "IE".to_owned())]),
        };
        party::change_profile(wish, &organization, &profile).await?;
        let [owner, supervisor, executive] = play::chain(&self.parties);
        party::set_chain(wish, &organization, &Chain { owner, supervisor, executive }).await?;
        Ok(())
    }

    /// Says how somebody of the story is told, and in which language.
    async fn reachable(&self, login: &str, reach: &Reach) -> Result<(), Problem> {
        let (viewer, party) = (self.viewer(login), self.party(login));
        let wish = Wish { node: &self.node, viewer, key: None };
        if let Some((_, language, zone)) = READERS.iter().find(|(reader, ..)| *reader == login) {
            party::set_preferences(wish, party, language, zone).await?;
        }
        for (channel, address) in reach.addresses(login) {
            party::set_address(wish, party, channel, &address).await?;
        }
        Ok(())
    }

    async fn sign_in(&self, login: &str) -> Result<Viewer, Problem> {
        let (store, now) = (self.node.store(), self.node.now());
        let account = store.account(login).await?.ok_or_else(Problem::not_found)?;
        let session = store.open_session(&account, now).await?;
        let viewer = store.viewer_of_session(session.as_str(), now).await?;
        viewer.ok_or_else(Problem::not_found)
    }

    /// Returns a person's eyes.
    ///
    /// # Panics
    /// If nobody signs in under `login`; the names are constants of this file.
    pub(super) fn viewer(&self, login: &str) -> &Viewer {
        self.viewers.get(login).expect("the people of the story are constants")
    }

    /// Returns who signs in under `login`.
    ///
    /// # Panics
    /// As [`Stage::viewer`].
    pub(super) fn party(&self, login: &str) -> &PartyId {
        self.parties.get(login).expect("the people of the story are constants")
    }

    /// Returns the name of a party, for the reader of the story.
    pub(super) fn name_of(&self, party: &PartyId, language: Language) -> &str {
        let login =
            self.parties.iter().find(|(_, id)| *id == party).map(|(login, _)| login.as_str());
        let found = PEOPLE.iter().find(|(name, ..)| Some(*name) == login);
        found.map_or("?", |(_, en, zh)| match language {
            Language::En => en,
            Language::ZhCn => zh,
        })
    }

    /// Returns when something falls due or must leave next, or `None` if nothing does.
    pub(super) async fn next_at(&self) -> Result<Option<Timestamp>, Problem> {
        let due = self.ticker.next_due_at().await?;
        let leaves = match &self.sender {
            None => None,
            Some(_) => {
                let first = PageRequest { limit: 1, ..PageRequest::default() };
                self.waiting(&first).await?.rows.first().and_then(|row| row.next_try_at)
            }
        };
        Ok(due.into_iter().chain(leaves).min())
    }

    /// Sends what must leave now, if anybody receives it.
    pub(super) async fn send(&self) -> Result<(), Problem> {
        if let Some(sender) = &self.sender {
            sender.send_once(self.node.now()).await?;
        }
        Ok(())
    }

    /// Lets the public log grow to where it must be now.
    pub(super) async fn keep(&self) -> Result<(), Problem> {
        self.keeper.checkpoint_once(self.node.now()).await?;
        Ok(())
    }

    async fn waiting(&self, page: &PageRequest) -> Result<Page<NoticeRow>, Problem> {
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Read>(&keeper).await?;
        Ok(self.node.store().waiting_notices(&grant, page).await?)
    }

    /// Counts what became of the notices.
    pub(super) async fn notices(&self) -> Result<Notices, Problem> {
        let mut notices = Notices::default();
        let mut page = PageRequest::default();
        loop {
            let waiting = self.waiting(&page).await?;
            notices.left += waiting.rows.len();
            match waiting.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Write>(&keeper).await?;
        let mut from = 0;
        loop {
            let rows = self.node.store().log_rows(&grant, from, ROWS_AT_ONCE).await?;
            from += rows.len() as u64;
            for bytes in rows.iter().filter_map(|row| row.bytes.as_deref()) {
                let event = encoding::decode(bytes).map_err(|error| Problem::internal(&error))?;
                match event.body {
                    Body::Node(NodeEvent::NoticeTried { result: SendResult::Accepted, .. }) => {
                        notices.taken += 1;
                    }
                    Body::Node(
                        NodeEvent::NoticeTried { result: SendResult::Refused, .. }
                        | NodeEvent::NoticeGivenUp { .. },
                    ) => notices.left += 1,
                    _ => {}
                }
            }
            if rows.len() < ROWS_AT_ONCE {
                return Ok(notices);
            }
        }
    }

    /// Moves the virtual clock; never backwards.
    pub(super) fn move_to(&self, at: Timestamp) {
        let by = at.duration_since(self.node.now());
        if by.is_positive() {
            self.node.clock().advance(by);
        }
    }
}

pub(super) fn failed(problem: &Problem) -> Failure {
    Failure::world(format!("the demo stopped: {}", problem.detail()))
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}

/// Draws a password that is easy to type.
fn password() -> String {
    let words = random();
    words[..12]
        .iter()
        .map(|byte| char::from(b"abcdefghjkmnpqrstuvwxyz23456789"[usize::from(*byte) % 31]))
        .collect()
}
