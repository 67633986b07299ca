//! Plays the two lives of the same facts against a virtual clock, in order of time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use watchfire_core::case::Answers;
use watchfire_core::event::{Duty, FactRecord, ParticipantRole};
use watchfire_core::ids::{CaseId, ObligationId, PartyId, SubmissionId};
use watchfire_core::law::Language;
use watchfire_server::command::case::{self, FactDraft, SubmissionDraft};
use watchfire_server::command::{Answer, Wish};
use watchfire_server::error::Problem;
use watchfire_store::Viewer;

use super::fleet;
use super::stage::{Stage, person};
use super::story::{Story, Who};

/// The day on which it was found; only the day is kept.
const FOUND_ON: &str = "2021-11-24[Asia/Shanghai]";
/// The id of that fact, and what the ids of public facts begin with.
const FOUND: &str = "found";
const PUBLIC: &str = "public-";
/// The duty to tell the upstream.
const UPSTREAM: &str = "cn-rmsv/7.1.upstream";

/// One of the two lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// As it went: nobody holds the ministry's clock.
    Went,
    /// With the watch fire lit.
    Lit,
}

/// Something that somebody of the fictional company does.
enum Act {
    Fact(FactDraft),
    Claim(&'static str),
    Submit { provision: &'static str, sent: SubmissionDraft },
    Draft { provision: &'static str, form: &'static str, fields: BTreeMap<String, String> },
    Embargo(String),
    Publish(String),
}

/// An act with its time, its life and its person.
struct Doing {
    at: Timestamp,
    life: Life,
    who: &'static str,
    act: Act,
}

/// The two cases.
#[derive(Debug, Clone)]
pub(super) struct Cases {
    pub(super) went: CaseId,
    pub(super) lit: CaseId,
}

impl Cases {
    fn of(&self, life: Life) -> &CaseId {
        match life {
            Life::Went => &self.went,
            Life::Lit => &self.lit,
        }
    }
}

/// The receipts of what was submitted.
pub(super) type Receipts = BTreeMap<SubmissionId, String>;

/// Plays the story to its end and returns the cases, with the receipts.
///
/// # Errors
/// A problem of the node; the demo then stops, since a story with a hole would mislead.
pub(super) async fn play(
    stage: &Stage,
    story: &Story,
    language: Language,
) -> Result<(Cases, Receipts), Problem> {
    fleet::stand(stage, language).await?;
    let cases = open(stage, language).await?;
    let mut receipts = Receipts::new();
    let mut advisories = fleet::published().into_iter().peekable();
    for doing in doings(story, language) {
        while let Some(next) = advisories.next_if(|next| next.at <= doing.at) {
            run_until(stage, next.at).await?;
            fleet::take(stage, &next).await?;
        }
        run_until(stage, doing.at).await?;
        let answer = perform(stage, &cases, &doing).await?;
        if let (Act::Submit { .. }, Ok(submission), Some(receipt)) =
            (&doing.act, answer.id.parse(), answer.receipt)
        {
            receipts.insert(submission, receipt);
        }
    }
    for next in advisories {
        run_until(stage, next.at.min(story.ends_at)).await?;
        fleet::take(stage, &next).await?;
    }
    run_until(stage, story.ends_at).await?;
    fleet::join(stage, &cases.lit).await?;
    Ok((cases, receipts))
}

/// Lets time pass: whatever falls due on the way fires at its own instant, and whatever must leave
/// leaves at its own.
async fn run_until(stage: &Stage, until: Timestamp) -> Result<(), Problem> {
    while let Some(due_at) = stage.next_at().await? {
        if due_at > until {
            break;
        }
        stage.move_to(due_at);
        let ticked = stage.ticker.tick_once(stage.node.now()).await?;
        if ticked.failed > 0 {
            return Err(Problem::internal(&"a row of the story could not be processed"));
        }
        stage.send().await?;
    }
    stage.move_to(until);
    stage.keep().await
}

async fn open(stage: &Stage, language: Language) -> Result<Cases, Problem> {
    let viewer = stage.viewer(person::ENGINEER);
    let found = FactDraft {
        id: Some(FOUND.to_owned()),
        kind: "upstream-vulnerability-known".to_owned(),
        occurred_at: Some(FOUND_ON.to_owned()),
        note: Some(say(
            language,
            "log4j runs code that a log message names",
            "log4j 会执行日志消息中指定的代码",
        )),
        ..FactDraft::default()
    };
    let mut opened = Vec::new();
    for (en, zh) in [
        (
            "As it went: remote code execution in a logging library",
            "实际经过：日志组件远程代码执行",
        ),
        (
            "With the watch fire lit: remote code execution in a logging library",
            "烽火点燃：日志组件远程代码执行",
        ),
    ] {
        let title = &say(language, en, zh);
        let wish = Wish { node: &stage.node, viewer, key: None };
        let answer = case::open(wish, title, true, std::slice::from_ref(&found)).await?;
        let id: CaseId = answer.id.parse().map_err(|error| Problem::internal(&error))?;
        for who in [person::SUPERVISOR, person::EXECUTIVE, person::COMPLIANCE, person::VISITOR] {
            let party = stage.party(who);
            case::add_participant(wish, &id, (party, ParticipantRole::Member), None).await?;
        }
        opened.push(id);
    }
    let [went, lit] = <[CaseId; 2]>::try_from(opened).map_err(|_| Problem::not_found())?;
    Ok(Cases { went, lit })
}

/// Chooses between the two languages of the house.
fn say(language: Language, en: &str, zh: &str) -> String {
    match language {
        Language::En => en.to_owned(),
        Language::ZhCn => zh.to_owned(),
    }
}

/// What people do, in order of time.
fn doings(story: &Story, language: Language) -> Vec<Doing> {
    let mut doings = Vec::new();
    for life in [Life::Went, Life::Lit] {
        in_both(&mut doings, life, language);
        for event in story.event.iter().filter(|event| event.who == Who::World) {
            let Some(kind) = &event.fact else { continue };
            let fact = FactDraft {
                id: Some(format!("{PUBLIC}{kind}")),
                kind: kind.clone(),
                occurred_at: Some(event.at.clone()),
                note: Some(event.words(language).to_owned()),
                evidence: event.source(language).map(str::to_owned),
                ..FactDraft::default()
            };
            doings.push(Doing {
                at: event.known_at(),
                life,
                who: person::ENGINEER,
                act: Act::Fact(fact),
            });
        }
    }
    with_the_fire_lit(&mut doings, language);
    doings.sort_by_key(|doing| doing.at);
    doings
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("the story's own instants are constants, and a test plays them")
}

/// Makes the draft of a fact.
fn fact(id: &str, kind: &str, occurred_at: &str, note: String) -> FactDraft {
    FactDraft {
        id: Some(id.to_owned()),
        kind: kind.to_owned(),
        occurred_at: Some(occurred_at.to_owned()),
        note: Some(note),
        ..FactDraft::default()
    }
}

/// What the company does in both lives: the upstream is told, the own product is found to be hit.
fn in_both(doings: &mut Vec<Doing>, life: Life, language: Language) {
    let mut both = |when: &str, act| {
        doings.push(Doing { at: at(when), life, who: person::ENGINEER, act });
    };
    let told = SubmissionDraft {
        submitted_at: Some(FOUND_ON.to_owned()),
        channel: say(
            language,
            "the upstream's security contact, encrypted",
            "上游安全联系渠道（加密）",
        ),
        ..SubmissionDraft::default()
    };
    both("2021-11-24T06:55:00Z", Act::Submit { provision: UPSTREAM, sent: told });
    let note = say(
        language,
        "fictional: the company's own log service contains log4j-core 2.14.1",
        "虚构：本公司日志服务包含 log4j-core 2.14.1",
    );
    let own = fact("own-product", "vulnerability-known", "2021-11-24T17:30[Asia/Shanghai]", note);
    both("2021-11-24T09:30:00Z", Act::Fact(own));
    let note = say(language, "the upstream acknowledges the report", "上游确认收悉该报告");
    let acknowledged = FactDraft {
        obligation: vec![UPSTREAM.to_owned()],
        ..fact("upstream-acknowledged", "acknowledged", "2021-11-25[UTC]", note)
    };
    both("2021-11-25T12:00:00Z", Act::Fact(acknowledged));
    let note = say(
        language,
        "fictional: traces of exploitation in the company's own log service",
        "虚构：本公司日志服务中发现被利用的痕迹",
    );
    let hit = fact("own-exploited", "exploitation-known", "2021-12-10T19:40[Asia/Shanghai]", note);
    both("2021-12-10T12:00:00Z", Act::Fact(hit));
    let reason =
        say(language, "published by the upstream on 2021-12-10", "上游已于2021年12月10日发布");
    both("2021-12-10T12:30:00Z", Act::Publish(reason));
}

/// What differs in the second life: somebody holds the clock.
fn with_the_fire_lit(doings: &mut Vec<Doing>, language: Language) {
    let mut lit = |when: &str, who, act| {
        doings.push(Doing { at: at(when), life: Life::Lit, who, act });
    };
    lit("2021-11-24T10:05:00Z", person::COMPLIANCE, Act::Claim("cn-rmsv/7.2"));
    lit("2021-11-24T10:06:00Z", person::ENGINEER, Act::Claim("cn-rmsv/7.1.verify"));
    lit("2021-11-24T10:06:30Z", person::ENGINEER, Act::Claim("cn-rmsv/8"));
    lit("2021-11-24T10:07:00Z", person::COMPLIANCE, Act::Claim("cn-rmsv/7.3"));
    lit(
        "2021-11-24T10:20:00Z",
        person::COMPLIANCE,
        Act::Embargo(say(language, "until the upstream publishes", "直至上游发布")),
    );
    for provision in ["cn-rmsv/7.1.verify", "cn-rmsv/8"] {
        let sent = SubmissionDraft {
            channel: say(language, "internal record", "内部记录"),
            ..SubmissionDraft::default()
        };
        lit("2021-11-24T12:00:00Z", person::ENGINEER, Act::Submit { provision, sent });
    }
    let draft =
        Act::Draft { provision: "cn-rmsv/7.2", form: "vulnerability-report", fields: dossier() };
    lit("2021-11-25T01:40:00Z", person::COMPLIANCE, draft);
    let sent = SubmissionDraft {
        channel: say(language, "the platform's web form", "平台网页表单"),
        number: Some("fictional-2021-0001".to_owned()),
        fields: dossier(),
        ..SubmissionDraft::default()
    };
    let submit = Act::Submit { provision: "cn-rmsv/7.2", sent };
    lit("2021-11-25T02:20:00Z", person::COMPLIANCE, submit);
    let acknowledged = FactDraft {
        id: Some("ministry-acknowledged".to_owned()),
        kind: "acknowledged".to_owned(),
        obligation: vec!["cn-rmsv/7.2".to_owned()],
        number: Some("fictional-2021-0001".to_owned()),
        note: Some(say(
            language,
            "fictional: the platform acknowledges the submission",
            "虚构：平台确认收悉",
        )),
        ..FactDraft::default()
    };
    lit("2021-11-25T06:30:00Z", person::COMPLIANCE, Act::Fact(acknowledged));
    let sent = SubmissionDraft {
        channel: say(language, "notice to customers", "客户通知"),
        fields: notice_to_users(language),
        ..SubmissionDraft::default()
    };
    let tell_users = Act::Submit { provision: "cn-rmsv/7.3", sent };
    lit("2021-12-10T14:00:00Z", person::COMPLIANCE, tell_users);
}

/// The six items of RMSV Article 7(2), as the fictional company fills them in.
fn dossier() -> BTreeMap<String, String> {
    [
        ("product-name", "青台云日志服务（虚构）"),
        ("model", "QT-LOG"),
        ("version", "3.2"),
        (
            "technical-characteristics",
            "所用组件 log4j-core 2.14.1 解析日志消息中的 JNDI 查找，可加载远程类",
        ),
        ("harm", "远程代码执行"),
        ("scope-of-impact", "使用 log4j-core 2.0-beta9 至 2.14.1 的所有部署"),
    ]
    .into_iter()
    .map(|(field, value)| (field.to_owned(), value.to_owned()))
    .collect()
}

/// What RMSV Article 7(3) asks to be told to users, on the day of the publication.
fn notice_to_users(language: Language) -> BTreeMap<String, String> {
    let risk =
        say(language, "remote code execution, CVE-2021-44228", "远程代码执行，CVE-2021-44228");
    let repair = say(
        language,
        "fictional: install version 3.3, which contains log4j-core 2.15.0",
        "虚构：升级至 3.3 版，其中组件为 log4j-core 2.15.0",
    );
    BTreeMap::from([("risk".to_owned(), risk), ("repair".to_owned(), repair)])
}

async fn perform(stage: &Stage, cases: &Cases, doing: &Doing) -> Result<Answer, Problem> {
    let viewer = stage.viewer(doing.who);
    let wish = Wish { node: &stage.node, viewer, key: None };
    let id = cases.of(doing.life);
    match &doing.act {
        Act::Fact(fact) => case::record_fact(wish, id, fact).await,
        Act::Claim(provision) => {
            case::claim(wish, &obligation(stage, viewer, id, provision).await?).await
        }
        Act::Submit { provision, sent } => {
            let obligations = vec![obligation(stage, viewer, id, provision).await?];
            let sent = SubmissionDraft { obligations, ..sent.clone() };
            case::record_submission(wish, id, &sent).await
        }
        Act::Draft { provision, form, fields } => {
            let obligation = obligation(stage, viewer, id, provision).await?;
            case::save_draft(wish, &obligation, &Answers::plain(form, fields)).await
        }
        Act::Embargo(note) => case::agree_embargo(wish, id, None, note).await,
        // The gate asks what bars publishing; that others have published is why it is passed.
        Act::Publish(reason) => case::exit_embargo(wish, id, reason, Some(reason)).await,
    }
}

/// Finds the obligation that a provision gives in a case.
async fn obligation(
    stage: &Stage,
    viewer: &Viewer,
    case: &CaseId,
    provision: &str,
) -> Result<ObligationId, Problem> {
    let found = stage.node.store().obligations_of_case(viewer, case).await?;
    let found = found.into_iter().find(|row| row.assessment.provision == provision);
    found.map(|row| row.id).ok_or_else(Problem::not_found)
}

/// Returns whether a fact is told as something public, or with the submission that it belongs to.
pub(super) fn is_told_otherwise(fact: &FactRecord) -> bool {
    fact.id == FOUND || fact.id.starts_with(PUBLIC) || fact.kind == "submitted"
}

/// Returns the duties that a person of the story has.
pub(super) fn duties(login: &str) -> Vec<Duty> {
    match login {
        person::ENGINEER | person::COMPLIANCE => vec![Duty::Responder],
        person::VISITOR => vec![Duty::Administrator, Duty::Responder, Duty::Auditor],
        _ => Vec::new(),
    }
}

/// Returns the people of the chain, in order: who is told first, supervisor, executive.
pub(super) fn chain(stage_parties: &BTreeMap<String, PartyId>) -> [Option<PartyId>; 3] {
    [person::ENGINEER, person::SUPERVISOR, person::EXECUTIVE]
        .map(|login| stage_parties.get(login).cloned())
}
