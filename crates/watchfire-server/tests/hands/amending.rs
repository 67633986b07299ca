//! A change of law from its proposal to its use, on a virtual clock.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::body::{Body as RequestBody, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt as _;
use watchfire_core::amendment::{Stage, Words};
use watchfire_core::event::{
    Body, CaseEvent, Concerns, Desk, Duty, NodeEvent, PartyEvent, Profile, Service, Stream,
};
use watchfire_core::ids::{AmendmentId, CaseId, DepartmentId, PartyId};
use watchfire_core::law::files::Files;
use watchfire_core::law::{Lawbook, State, case_file};
use watchfire_server::command::amendment::{self as command, Content, Proposal};
use watchfire_server::command::party::PersonDraft;
use watchfire_server::command::{Wish, decision::Loaded, department, impact, party};
use watchfire_server::route;
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::Keeper;
use watchfire_store::policy::Administer;
use watchfire_store::{Append, Location, StoreConfig, Viewer};

use crate::house::House;
use crate::patience::Brittle;
use crate::ticking::rungs;

/// A version of `cn-rmsv/7.2` from a day on, put after the one that applies.
const LAST_OF_7_2: &str = "also           = [{ reading = \"calendar-days\", within = \"2d\", counts = \"exclude-trigger-day\" }]";

/// The pack of the RMSV with 24 hours from 2021-11-25 on, and the border pair that it takes.
pub(crate) fn rmsv_24h(from: &str, before: &str) -> Files {
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    let version = format!(
        "{LAST_OF_7_2}\n\n[[provision.version]]\neffective_from = {from}\nstrict = {{ within = \
         \"24h\" }}\nouter = {{ within = \"2d\", counts = \"exclude-trigger-day\", ends = \
         \"end-of-day\", rolls = \"next-working-day-end\", calendar = \"cn\" }}\nreading = \
         \"forty-eight-hours\"\n"
    );
    let case = |name: &str, day: &str, due: &str| {
        format!(
            "[[case]]\nname = \"{name}\"\nroles = [\"cn-rmsv/provider\"]\n[[case.fact]]\nkind = \
             \"vulnerability-known\"\noccurred_at = \"{day}T10:00[Asia/Shanghai]\"\n\
             [[case.expect]]\nobligation = \"cn-rmsv/7.2\"\nstrict_due = \"{due}\"\n\n"
        )
    };
    let plus = |day: &str, hours: i64| {
        let at: Timestamp = format!("{day}T02:00:00Z").parse().expect("an instant");
        (at + SignedDuration::from_hours(hours)).to_string()
    };
    let tests = case("the last day of 48 hours", before, &plus(before, 48))
        + &case("the first day of 24 hours", from, &plus(from, 24));
    let edited = own.map(|(path, text)| {
        let text = match path {
            "cn-rmsv/law.toml" => text.replacen(LAST_OF_7_2, &version, 1),
            _ => text.to_owned(),
        };
        (path.to_owned(), text)
    });
    let mut files: Vec<(String, String)> = edited.collect();
    files.push(("cn-rmsv/tests/border-24h.toml".to_owned(), tests));
    without_what_moves(files)
}

/// The pack's own cases say 48 hours. Where the new version makes one come out otherwise, what it
/// expects of dates is left out, so that the pack is whole.
fn without_what_moves(files: Vec<(String, String)>) -> Files {
    let all = Files::new(files);
    let book = Lawbook::from_files(&all.over(Lawbook::builtin().files())).expect("it loads");
    let fails = |path: &str, text: &str| {
        let cases = case_file::parse(path, text, &book).expect("cases");
        cases.iter().any(|case| !case.check(&book).is_empty())
    };
    let moves = |line: &str| {
        line.starts_with("strict_due")
            || line.starts_with("after_strict")
            || (line.starts_with("state") && !line.contains("not-applicable"))
    };
    Files::new(all.iter().map(|(path, text)| {
        let is_failing = path.starts_with("cn-rmsv/tests/") && fails(path, text);
        let kept = text.lines().filter(|line| !is_failing || !moves(line));
        (path.to_owned(), kept.fold(String::new(), |whole, line| whole + line + "\n"))
    }))
}

/// The house with two keepers of the law and one department, headed by the engineer.
pub(crate) struct Story {
    pub(crate) house: House,
    pub(crate) writer: Viewer,
    pub(crate) reviewer: Viewer,
    pub(crate) anybody: Viewer,
    pub(crate) department: DepartmentId,
}

impl Story {
    pub(crate) async fn new() -> Self {
        let house = House::new().await;
        let head = Some(house.chain[0].clone());
        Self::of(house, head).await
    }

    /// The story in a house, with a department of that head.
    pub(crate) async fn of(house: House, head: Option<PartyId>) -> Self {
        // As every start does, it records which lawbook is used from then on.
        let keeper = Keeper::new(house.node.clone(), Progress::default());
        keeper.begin(house.node.now()).await.expect("a start");
        let [writer, reviewer] = ["writer", "reviewer"];
        let writer = person(&house, writer, &[Duty::Responder]).await;
        let reviewer = person(&house, reviewer, &[Duty::Administrator]).await;
        let anybody = person(&house, "anybody", &[]).await;
        let desk = Desk {
            name: "Product security".to_owned(),
            head,
            supervisor: None,
            concerns: Concerns {
                laws: BTreeSet::from(["cn-rmsv".to_owned()]),
                products: BTreeSet::from(["Northwind Console".to_owned()]),
                ..Concerns::default()
            },
        };
        let wish = Wish { node: &house.node, viewer: &reviewer, key: None };
        let made = department::register(wish, &desk).await.expect("a department");
        let department = made.id.parse().expect("an id");
        Self { house, writer, reviewer, anybody, department }
    }

    pub(crate) fn wish<'a>(&'a self, viewer: &'a Viewer) -> Wish<'a> {
        Wish { node: &self.house.node, viewer, key: None }
    }

    pub(crate) async fn proposes(&self, files: Files, effective_at: &str) -> AmendmentId {
        let proposal = Proposal {
            title: Some("RMSV: 24 hours".to_owned()),
            why: "the ministry shortened the period".to_owned(),
            effective_at: Some(effective_at.parse().expect("an instant")),
            content: Content::Files(files),
        };
        let made = command::propose(self.wish(&self.writer), proposal).await.expect("proposed");
        made.id.parse().expect("an id")
    }

    pub(crate) async fn agrees(&self, id: &AmendmentId) {
        let text = [("en", "Report within 24 hours."), ("zh-CN", "须在二十四小时内报送。")];
        let words = Words {
            text: text.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
            departments: BTreeSet::from([self.department.clone()]),
        };
        command::interpret(self.wish(&self.writer), id, &words).await.expect("interpreted");
        let own = command::agree(self.wish(&self.writer), id, "").await.expect_err("four eyes");
        assert_eq!(own.code(), "amendment_same_person");
        command::agree(self.wish(&self.reviewer), id, "as I read it").await.expect("agreed");
    }

    pub(crate) async fn stage(&self, id: &AmendmentId) -> Stage {
        command::read(&self.house.node, &self.writer, id).await.expect("there").stage
    }

    pub(crate) async fn strict_due(&self, case: &CaseId) -> Timestamp {
        let ticker = Viewer::service(Service::Ticker);
        let loaded = Loaded::read(&self.house.node, &ticker, case).await.expect("a case");
        let owed = loaded.case.obligations.values();
        let mut found = owed.filter(|it| it.assessment.provision == "cn-rmsv/7.2");
        found.next().and_then(|it| it.assessment.strict_due).expect("it has a date")
    }

    /// Lets the node work until `until`, and returns who was told what, when.
    pub(crate) async fn lives_until(&self, until: &str) -> Vec<(Timestamp, String, String)> {
        let until: Timestamp = until.parse().expect("an instant");
        let (ticker, sender) = (self.house.ticker(), self.house.sender());
        let mut told = Vec::new();
        loop {
            let now = self.house.node.now();
            ticker.tick_once(now).await.expect("a tick");
            sender.send_once(now).await.expect("sent");
            for (who, hook) in self.house.took() {
                told.push((now, who, hook["type"].as_str().unwrap_or_default().to_owned()));
            }
            let next = ticker.next_due_at().await.expect("an answer");
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.house.node.clock().advance(next.duration_since(now).max(SignedDuration::ZERO));
        }
        let left = until.duration_since(self.house.node.now());
        self.house.node.clock().advance(left.max(SignedDuration::ZERO));
        told
    }
}

pub(crate) async fn person(house: &House, name: &str, duties: &[Duty]) -> Viewer {
    let operator = Viewer::service(Service::Operator);
    let keeper = Viewer::service(Service::Keeper);
    let organization = house.node.store().own_organization(&keeper).await.expect("one");
    let wish = Wish { node: &house.node, viewer: &operator, key: None };
    let draft = PersonDraft {
        name: name.to_owned(),
        duties: duties.iter().copied().collect(),
        login: Some(name.to_owned()),
        password: Some("a watch fire on every tower".to_owned()),
    };
    let made = party::add_person(wish, &organization, &draft).await.expect("a person");
    let id: PartyId = made.id.parse().expect("an id");
    let sender = Viewer::service(Service::Sender);
    house.node.store().viewer_of_recipient(&sender, &id).await.expect("an account")
}

#[tokio::test]
async fn a_change_goes_from_its_proposal_to_its_use_and_moves_what_it_touches_alone() {
    let story = Story::new().await;
    story.house.advance("25h");
    let case = story.house.opens("JNDI lookup loads remote classes", false).await;
    assert_eq!(story.strict_due(&case).await, "2021-11-27T09:00:00Z".parse().unwrap());
    let id = story.proposes(rmsv_24h("2021-11-25", "2021-11-24"), "2021-11-26T00:00:00Z").await;

    let laid = command::laid(&story.house.node, &story.anybody, &id).await.expect("laid");
    let now = story.house.node.now();
    let report =
        impact::report(&story.house.node, &story.anybody, &laid, now).await.expect("an impact");
    assert_eq!((report.open.tally.shifted, report.open.tally.total.earlier), (1, 1));
    assert!(report.roles.contains("cn-rmsv/provider"));
    assert!(report.products.contains("Northwind Console"));
    assert!(report.departments.contains_key(&story.department));

    story.agrees(&id).await;
    story.lives_until("2021-11-25T23:59:59.999999Z").await;
    assert_eq!(story.stage(&id).await, Stage::Agreed);
    assert_eq!(story.strict_due(&case).await, "2021-11-27T09:00:00Z".parse().unwrap());
    story.lives_until("2021-11-26T00:00:00Z").await;
    story.lives_until("2021-11-26T00:00:01Z").await;
    assert_eq!(story.stage(&id).await, Stage::Applied);
    assert_eq!(story.strict_due(&case).await, "2021-11-26T09:00:00Z".parse().unwrap());
    let done = command::read(&story.house.node, &story.writer, &id).await.expect("there");
    assert_eq!(
        done.applied.and_then(|it| it.reassessed).map(|it| (it.looked_at, it.changed, it.unread)),
        Some((1, 1, 0))
    );

    // The past is computed with the law of its time.
    let before = story.house.node.law_at("2021-11-25T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(before.digest_hex(), Lawbook::builtin().digest_hex());
    assert_ne!(story.house.node.law().digest_hex(), Lawbook::builtin().digest_hex());
}

#[tokio::test]
async fn nobody_acknowledges_so_each_above_is_told_and_anybody_takes_the_gap() {
    let story = Story::new().await;
    let id = story.proposes(rmsv_24h("2022-03-01", "2022-02-28"), "2022-03-01T00:00:00Z").await;
    story.agrees(&id).await;
    let told = story.lives_until("2021-12-01T08:00:00Z").await;
    let told: Vec<(String, &str)> = told
        .iter()
        .filter(|(.., kind)| kind == "notice.acknowledge-law")
        .map(|(at, who, _)| (at.to_string(), who.as_str()))
        .collect();
    let expected = [
        ("2021-11-24T08:00:00Z", "engineer"),
        ("2021-11-27T20:00:00Z", "supervisor"),
        ("2021-11-29T14:00:00Z", "executive"),
        ("2021-11-30T15:12:00Z", "engineer"),
        ("2021-11-30T15:12:00Z", "executive"),
        ("2021-11-30T15:12:00Z", "supervisor"),
        ("2021-12-01T08:00:00Z", "engineer"),
        ("2021-12-01T08:00:00Z", "executive"),
        ("2021-12-01T08:00:00Z", "supervisor"),
    ];
    let mut sorted = told.clone();
    sorted.sort();
    let expected: Vec<(String, &str)> =
        expected.iter().map(|(at, who)| ((*at).to_owned(), *who)).collect();
    assert_eq!(sorted, expected);

    let owed = story.house.node.store().owed_acknowledgements(&story.anybody).await.expect("rows");
    assert!(owed.iter().any(|owed| owed.is_gap && owed.amendment == id), "{owed:?}");
    let wish = story.wish(&story.anybody);
    command::claim(wish, &id, &story.department).await.expect("anybody may");
    command::acknowledge(wish, &id, &story.department, "the runbook says 24 hours")
        .await
        .expect("whoever took it may");
    let owed = story.house.node.store().owed_acknowledgements(&story.anybody).await.expect("rows");
    assert!(owed.is_empty(), "{owed:?}");
}

#[tokio::test]
async fn a_change_that_nobody_acknowledged_is_used_all_the_same_and_is_a_gap() {
    let story = Story::new().await;
    let id = story.proposes(rmsv_24h("2021-11-25", "2021-11-24"), "2021-11-24T12:00:00Z").await;
    story.agrees(&id).await;
    story.lives_until("2021-11-24T12:00:01Z").await;
    assert_eq!(story.stage(&id).await, Stage::Applied);
    let owed = story.house.node.store().owed_acknowledgements(&story.anybody).await.expect("rows");
    assert!(owed[0].is_gap);
}

#[tokio::test]
async fn what_a_pack_lacks_keeps_it_from_being_proposed_and_leaves_nothing() {
    let story = Story::new().await;
    let lacking = Files::new(
        rmsv_24h("2022-03-01", "2022-02-28")
            .iter()
            .filter(|(path, _)| *path != "cn-rmsv/tests/border-24h.toml")
            .map(|(path, text)| (path.to_owned(), text.to_owned())),
    );
    let broken = Files::new([("cn-rmsv/law.toml".to_owned(), "id = ".to_owned())]);
    let same = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    let same = Files::new(same.map(|(path, text)| (path.to_owned(), text.to_owned())));
    for (files, code) in
        [(lacking, "law_invalid"), (broken, "law_invalid"), (same, "amendment_changes_nothing")]
    {
        let proposal = Proposal {
            title: Some("t".to_owned()),
            why: "w".to_owned(),
            effective_at: None,
            content: Content::Files(files),
        };
        let refused = command::propose(story.wish(&story.writer), proposal).await;
        assert_eq!(refused.expect_err("refused").code(), code);
    }
    let page = watchfire_store::PageRequest::default();
    let rows = story.house.node.store().amendments(&story.writer, &page).await.expect("a page");
    assert!(rows.rows.is_empty());
}

#[tokio::test]
async fn a_change_of_law_that_cannot_be_followed_stops_no_deadline() {
    let story = Story::new().await;
    let case = story.house.opens("JNDI lookup loads remote classes", false).await;
    let id = story.proposes(rmsv_24h("2022-03-01", "2022-02-28"), "2022-03-01T00:00:00Z").await;
    let node = &story.house.node;
    let ticker = Viewer::service(Service::Ticker);
    let change = command::read(node, &ticker, &id).await.expect("there");
    let grant =
        node.store().authorize_amendment::<Administer>(&ticker, &id).await.expect("a right");
    let mut append = Append::new(&ticker, node.now())
        .expect_version(Stream::Amendment(id.clone()), change.version);
    // Another node put a lawbook to use whose files nobody can read.
    for event in change.put_to_use(&"0".repeat(64), &node.law().digest_hex()) {
        append.amendment(&grant, event);
    }
    node.store().append(append).await.expect("used");

    story.house.advance("25h");
    story.house.ticker().tick_once(node.now()).await.expect_err("the lawbook is not there");
    let told = rungs(&story.house, &case).await;
    assert!(told.iter().any(|(_, rung, _)| rung.starts_with("50")), "{told:?}");
}

/// Says what the organization is by law, without asking whether any law knows it.
async fn is_by_law(story: &Story, role: &str) {
    let (node, operator) = (&story.house.node, Viewer::service(Service::Operator));
    let keeper = Viewer::service(Service::Keeper);
    let id = node.store().own_organization(&keeper).await.expect("one");
    let grant = node.store().authorize_party::<Administer>(&operator, &id).await.expect("a right");
    let version = node.store().party_version(&operator, &id).await.expect("there");
    let mut append = Append::new(&operator, node.now()).expect_version(Stream::Party(id), version);
    let roles = BTreeSet::from([role.to_owned()]);
    append.administer(&grant, PartyEvent::ProfileChanged(Profile { roles, ..Profile::default() }));
    node.store().append(append).await.expect("changed");
}

/// What was recorded in a case of its not being read, in order.
async fn unread(story: &Story, case: &CaseId) -> Vec<&'static str> {
    let ticker = Viewer::service(Service::Ticker);
    let history = story.house.node.store().case_history(&ticker, case).await.expect("there");
    let of = history.into_iter().filter_map(|recorded| match recorded.event.body {
        Body::Case(_, CaseEvent::LeftUnread { .. }) => Some("left"),
        Body::Case(_, CaseEvent::ReadAgain { .. }) => Some("again"),
        _ => None,
    });
    of.collect()
}

/// What the API and the page of a change say to somebody who sees one of its two cases.
async fn told_of_what_is_seen_alone(story: &Story, id: &AmendmentId) {
    let me = story.anybody.party().expect("a person").clone();
    let made = party::make_token(story.wish(&story.anybody), &me, "test", None).await;
    let token = made.expect("a token").1.expect("made now").reveal().to_owned();
    let got = async |path: String| {
        let source = SocketAddr::from(([192, 0, 2, 1], 40_000));
        let request = Request::get(path)
            .header("host", "localhost:8470")
            .header("authorization", format!("Bearer {token}"))
            .extension(ConnectInfo(source))
            .body(RequestBody::empty())
            .expect("a request");
        let router = route::router(&story.house.node);
        let response = router.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = to_bytes(response.into_body(), 1 << 24).await.expect("a body");
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    };
    let api = got(format!("/api/v1/amendments/{id}")).await;
    let api: serde_json::Value = serde_json::from_str(&api).expect("JSON");
    assert_eq!(
        (&api["unread"], api["unread_cases"].as_array().map(Vec::len)),
        (&1.into(), Some(1))
    );
    assert_eq!(api["carried_out"], false);
    assert!(api.get("reassessed").is_none(), "that counts cases that one may not see");
    let page = got(format!("/amendments/{id}")).await;
    assert!(page.contains("1 of the cases"), "{page}");
}

#[tokio::test]
async fn a_case_that_the_new_law_cannot_read_is_told_tried_again_and_keeps_the_change_open() {
    let story = Story::new().await;
    story.house.advance("25h");
    let open = story.house.opens("JNDI lookup loads remote classes", false).await;
    let hidden = story.house.opens("not to be spoken of", true).await;
    let id = story.proposes(rmsv_24h("2021-11-25", "2021-11-24"), "2021-11-26T00:00:00Z").await;
    story.agrees(&id).await;
    let before = story.strict_due(&open).await;
    story.lives_until("2021-11-25T23:59:59Z").await;
    is_by_law(&story, "cn-rmsv/made-up").await;
    let told = story.lives_until("2021-11-26T00:30:00Z").await;

    let store = story.house.node.store();
    let read = async || command::read(&story.house.node, &story.writer, &id).await.expect("there");
    let found = read().await;
    let done = found.applied.as_ref().and_then(|it| it.reassessed).expect("looked at");
    assert_eq!((done.looked_at, done.changed, done.unread), (2, 0, 2));
    assert!(!found.is_carried_out(), "it is used, and not carried out");
    for case in [&open, &hidden] {
        assert_eq!(unread(&story, case).await, ["left"]);
        assert_eq!(story.strict_due(case).await, before, "what was computed before stands");
    }
    let troubled = |told: &[(Timestamp, String, String)]| {
        let of = told.iter().filter(|(.., kind)| kind == "notice.trouble");
        of.map(|(_, who, _)| who.clone()).collect::<BTreeSet<_>>()
    };
    let expected = BTreeSet::from(["executive".to_owned(), "supervisor".to_owned()]);
    assert_eq!(troubled(&told), expected);
    // Whoever does not see the case does not see it here.
    let seen = store.unread_cases(&story.anybody, &id, None).await.expect("rows");
    assert_eq!(seen.iter().map(|it| &it.case).collect::<Vec<_>>(), [&open]);
    assert!(seen[0].problem.contains("cn-rmsv/made-up"), "{seen:?}");
    assert_eq!(store.count_unread_cases(&story.anybody, &id).await.expect("a number"), 1);
    told_of_what_is_seen_alone(&story, &id).await;

    // An hour later it is tried again, and the same is not said twice.
    let told = story.lives_until("2021-11-26T01:30:00Z").await;
    assert_eq!(read().await.applied.and_then(|it| it.reassessed).map(|it| it.times), Some(2));
    assert_eq!(unread(&story, &open).await, ["left"]);
    assert_eq!(troubled(&told), BTreeSet::new(), "once a day");

    is_by_law(&story, "cn-rmsv/provider").await;
    story.lives_until("2021-11-26T04:00:00Z").await;
    let found = read().await;
    let done = found.applied.as_ref().and_then(|it| it.reassessed).expect("looked at");
    assert_eq!((done.looked_at, done.changed, done.unread), (2, 2, 0));
    assert!(found.is_carried_out());
    for case in [&open, &hidden] {
        assert_eq!(unread(&story, case).await, ["left", "again"]);
        assert_ne!(story.strict_due(case).await, before);
    }
    assert_eq!(store.unread_cases(&story.anybody, &id, None).await.expect("rows"), []);
}

/// The state of what is owed under `cn-rmsv/7.2`.
async fn state(story: &Story, case: &CaseId) -> State {
    let ticker = Viewer::service(Service::Ticker);
    let loaded = Loaded::read(&story.house.node, &ticker, case).await.expect("a case");
    let mut owed = loaded.case.obligations.values();
    owed.find(|it| it.assessment.provision == "cn-rmsv/7.2").expect("it is owed").assessment.state
}

#[tokio::test]
async fn what_becomes_known_while_a_change_is_carried_out_keeps_its_clock() {
    let story = Story::new().await;
    let id = story.proposes(rmsv_24h("2021-11-25", "2021-11-24"), "2021-11-26T00:00:00Z").await;
    story.agrees(&id).await;
    story.lives_until("2021-11-25T23:59:59Z").await;
    // The tick begins; before it comes to this case, somebody learns of something.
    let begun = story.house.advance("PT1S");
    let known = story.house.advance("PT10M");
    let case = story.house.opens("known meanwhile", false).await;
    assert_eq!(state(&story, &case).await, State::Open);
    story.house.ticker().tick_once(begun).await.expect("a tick");
    assert_eq!(story.stage(&id).await, Stage::Applied);
    assert_eq!(state(&story, &case).await, State::Open);
    assert_eq!(story.strict_due(&case).await, known + SignedDuration::from_hours(24));
}

#[tokio::test]
async fn what_is_due_of_a_case_that_went_on_meanwhile_is_done_after_what_was_recorded() {
    let story = Story::new().await;
    let begun = story.house.node.now();
    story.house.advance("PT10M");
    let case = story.house.opens("known meanwhile", false).await;
    story.house.ticker().tick_once(begun).await.expect("a tick");
    let ticker = Viewer::service(Service::Ticker);
    let loaded = Loaded::read(&story.house.node, &ticker, &case).await.expect("a case");
    let last = story.house.node.now();
    assert_eq!(loaded.not_before(begun), last, "nothing is decided before what is recorded");
    assert_eq!(
        loaded.not_before(last + SignedDuration::from_secs(1)),
        last + SignedDuration::from_secs(1)
    );
}

/// Changes what the database holds, by hand, while the node is down.
async fn breaks(story: &mut Story, what: &str, instead: &str) {
    assert_eq!(what.len(), instead.len());
    let file = story.house.folder.path().join("watchfire.db");
    story.house.node.store().clone().close().await;
    let mut bytes = std::fs::read(&file).expect("the database");
    let places: Vec<usize> = (0..bytes.len() - what.len())
        .filter(|at| bytes[*at..].starts_with(what.as_bytes()))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + what.len()].copy_from_slice(instead.as_bytes());
    }
    std::fs::write(&file, bytes).expect("written");
    story.house.restarts(&StoreConfig::new(Location::File(file))).await;
}

#[tokio::test]
async fn a_case_that_fails_is_left_as_it_is_and_tried_again_ever_later() {
    let mut story = Story::new().await;
    story.house.advance("25h");
    let whole = story.house.opens("whole", false).await;
    story.house.opens("to be broken", false).await;
    let id = story.proposes(rmsv_24h("2021-11-25", "2021-11-24"), "2021-11-26T00:00:00Z").await;
    story.agrees(&id).await;
    story.lives_until("2021-11-25T23:59:59Z").await;
    // No text of JSON ends there.
    breaks(&mut story, "to be broken", "to\" be broke").await;
    story.house.advance("PT1S");
    let ticker = story.house.ticker();
    for _ in 0..5 {
        ticker.tick_once(story.house.node.now()).await.expect("a tick");
        story.house.advance("PT1S");
    }
    assert_eq!(state(&story, &whole).await, State::Open);
    assert_eq!(story.strict_due(&whole).await, "2021-11-26T09:00:00Z".parse().unwrap());
    let times = async || {
        let found = command::read(&story.house.node, &story.writer, &id).await.expect("there");
        let done = found.applied.as_ref().and_then(|it| it.reassessed).expect("looked at");
        assert_eq!((done.looked_at, done.changed, done.unread), (2, 1, 1));
        assert!(!found.is_carried_out());
        done.times
    };
    assert_eq!(times().await, 1, "not each second");
    story.house.advance("PT1H");
    ticker.tick_once(story.house.node.now()).await.expect("a tick");
    assert_eq!(times().await, 2, "an hour later");
}

#[tokio::test]
async fn a_case_on_which_the_rules_panic_is_told_with_those_that_cannot_be_read() {
    let story = Story::new().await;
    story.house.advance("25h");
    let case = story.house.opens("JNDI lookup loads remote classes", false).await;
    let id = story.proposes(rmsv_24h("2021-11-25", "2021-11-24"), "2021-11-26T00:00:00Z").await;
    story.agrees(&id).await;
    story.lives_until("2021-11-25T23:59:59Z").await;
    is_by_law(&story, "cn-rmsv/made-up").await;
    {
        let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
        let target = "watchfire_server::command::impact";
        let brittle = Brittle { target, says: "a case cannot be computed anew" };
        let _brittle = tracing::subscriber::set_default(brittle);
        story.lives_until("2021-11-26T00:30:00Z").await;
    }
    let left = story.house.node.store().unread_cases(&story.anybody, &id, None).await;
    let left = left.expect("rows");
    assert!(matches!(&left[..], [one] if one.problem.contains("panic")), "{left:?}");
    let carried = async || {
        let found = command::read(&story.house.node, &story.writer, &id).await.expect("there");
        found.is_carried_out()
    };
    assert!(!carried().await);
    is_by_law(&story, "cn-rmsv/provider").await;
    story.lives_until("2021-11-26T02:00:00Z").await;
    assert!(carried().await);
    assert_eq!(unread(&story, &case).await, ["left", "again"]);
}

async fn failed(story: &Story, id: &AmendmentId) -> Vec<String> {
    let of = story.house.node_events().await.into_iter().filter_map(|event| match event {
        NodeEvent::RowFailed { room, row, problem }
            if room == "amendments" && row == id.as_str() =>
        {
            Some(problem)
        }
        _ => None,
    });
    of.collect()
}

#[tokio::test]
async fn a_change_that_fails_is_tried_again_ever_later_and_stops_no_other() {
    let story = Story::new().await;
    let stuck = story.proposes(rmsv_24h("2022-03-01", "2022-02-28"), "2021-11-24T08:00:00Z").await;
    let node = &story.house.node;
    let ticker = Viewer::service(Service::Ticker);
    let change = command::read(node, &ticker, &stuck).await.expect("there");
    let grant =
        node.store().authorize_amendment::<Administer>(&ticker, &stuck).await.expect("a right");
    let mut append = Append::new(&ticker, node.now())
        .expect_version(Stream::Amendment(stuck.clone()), change.version);
    // Nobody kept the law before it.
    for event in change.put_to_use(&node.law().digest_hex(), &"0".repeat(64)) {
        append.amendment(&grant, event);
    }
    node.store().append(append).await.expect("used");
    let other = story.proposes(rmsv_24h("2022-04-01", "2022-03-31"), "2021-11-24T08:00:30Z").await;
    story.agrees(&other).await;
    let begun = node.now();
    let ticker = story.house.ticker();
    for (seconds, expected) in
        [(0, 1), (1, 1), (59, 1), (60, 2), (61, 2), (179, 2), (180, 3), (419, 3), (420, 4)]
    {
        let at = begun + SignedDuration::from_secs(seconds);
        node.clock().advance(at.duration_since(node.now()));
        ticker.tick_once(at).await.expect("a tick");
        assert_eq!(failed(&story, &stuck).await.len(), expected, "after {seconds} s");
    }
    assert_eq!(story.stage(&other).await, Stage::Applied);
}

#[tokio::test]
async fn a_change_that_panics_stops_no_other_and_is_told() {
    let story = Story::new().await;
    let first = story.proposes(rmsv_24h("2022-03-01", "2022-02-28"), "2021-11-24T09:00:00Z").await;
    story.agrees(&first).await;
    let waiting = story.proposes(harmless(), "2021-11-24T09:00:00Z").await;
    story.lives_until("2021-11-24T08:59:59Z").await;
    let now = story.house.advance("PT1S");
    let ticker = story.house.ticker();
    {
        let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
        let target = "watchfire_server::worker::amending";
        let brittle = Brittle { target, says: "a change of law is in use" };
        let _brittle = tracing::subscriber::set_default(brittle);
        ticker.tick_once(now).await.expect("a tick");
    }
    let problems = failed(&story, &first).await;
    assert!(matches!(&problems[..], [one] if one.contains("panic")), "{problems:?}");
    story.house.sender().send_once(now).await.expect("sent");
    let told = story.house.took();
    assert!(told.iter().any(|(_, hook)| hook["type"] == "notice.trouble"), "{told:?}");
    // The other is worked on in the same tick: nobody agreed with it, and somebody is told so.
    let due = story.house.node.store().amendment(&story.writer, &waiting).await.expect("there");
    assert!(due.due_at.is_none_or(|at| at > now), "{due:?}");
    ticker.tick_once(story.house.advance("PT1M")).await.expect("a tick");
    let done = command::read(&story.house.node, &story.writer, &first).await.expect("there");
    assert!(done.is_carried_out(), "it is gone on with a minute later");
}

/// Another sentence in the quoted text of a law.
fn harmless() -> Files {
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    Files::new(own.map(|(path, text)| match path {
        "cn-rmsv/text.zh-CN.md" => (path.to_owned(), format!("{text}\n补记。\n")),
        _ => (path.to_owned(), text.to_owned()),
    }))
}
