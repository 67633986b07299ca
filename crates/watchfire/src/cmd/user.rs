//! `watchfire user`: the accounts of the node on this machine.

use std::collections::BTreeSet;

use comfy_table::Cell;
use serde::Serialize;
use watchfire_core::event::{Chain, Duty};
use watchfire_core::ids::PartyId;
use watchfire_server::command::party::{self, PersonDraft};
use watchfire_server::command::{Answer, Wish};
use watchfire_server::error::Problem;
use watchfire_server::secret::{Secret, random};
use watchfire_server::state::Node;
use watchfire_store::{PageRequest, PartyKind, PartyRow};

use crate::cli::{DutyName, User, UserAdd};
use crate::exit::{Exit, Failure};
use crate::open::{self, at, operator, refused, store_failure};
use crate::{config, password, print};

/// The name of an administrator whom nobody named.
const FIRST_LOGIN: &str = "admin";

pub(super) fn run(command: User) -> Result<Exit, Failure> {
    match command {
        User::Add(args) => add(&args),
        User::List { json, place } => at(&place, async |node| list(node, json).await),
        User::Token { login, label, expires, place } => {
            at(&place, async |node| token(node, &login, &label, expires).await)
        }
        User::Password { login, password_stdin, place } => {
            let password = password::read(password_stdin)?;
            at(&place, async |node| {
                let id = person(node, &login).await?;
                done(party::set_password(wish(node), &id, &password).await)
            })
        }
        User::Disable { login, reason, place } => at(&place, async |node| {
            let id = person(node, &login).await?;
            done(party::close_account(wish(node), &id, &reason).await)
        }),
        User::Chain { owner, supervisor, executive, place } => {
            at(&place, async |node| chain(node, [owner, supervisor, executive]).await)
        }
    }
}

fn wish(node: &Node) -> Wish<'_> {
    Wish { node, viewer: &OPERATOR, key: None }
}

static OPERATOR: std::sync::LazyLock<watchfire_store::Viewer> = std::sync::LazyLock::new(operator);

fn done(answer: Result<Answer, Problem>) -> Result<Exit, Failure> {
    answer.map(|_| Exit::Done).map_err(|problem| refused(&problem))
}

fn add(args: &UserAdd) -> Result<Exit, Failure> {
    let settings = config::read(&args.place)?;
    let password = password::read(args.password_stdin)?;
    open::block_on(async {
        let node = open::node(settings).await?;
        let result = add_to(&node, args, password).await;
        node.store().clone().close().await;
        result
    })
}

async fn add_to(node: &Node, args: &UserAdd, password: String) -> Result<Exit, Failure> {
    let is_new = node.store().is_new().await.map_err(store_failure)?;
    let duties: BTreeSet<Duty> = match (&args.duties[..], is_new) {
        ([], true) => [Duty::Administrator, Duty::Responder].into(),
        (typed, _) => typed.iter().map(|duty| duty_of(*duty)).collect(),
    };
    let draft = PersonDraft {
        name: args.name.clone(),
        duties,
        login: Some(args.login.clone()),
        password: Some(password),
    };
    let answer = if is_new {
        let organization = args.organization.as_ref().unwrap_or(&node.settings().organization);
        party::begin(wish(node), organization, &draft).await.map(|(_, answer)| answer)
    } else if args.organization.is_some() {
        return Err(Failure::request("the node has an organization already")
            .hint("leave `--organization` out"));
    } else {
        let own = node.organization().await.map_err(|problem| refused(&problem))?;
        party::add_person(wish(node), &own, &draft).await
    };
    let answer = answer.map_err(|problem| refused(&problem))?;
    let id: PartyId = answer.id.parse().map_err(|_| Failure::world("the new id is no id"))?;
    let zone = args.time_zone.as_deref().unwrap_or_default();
    let language = party::set_preferences(wish(node), &id, &args.language, zone).await;
    language.map_err(|problem| refused(&problem))?;
    for (channel, address) in [("mail", &args.mail), ("webhook", &args.webhook)] {
        if let Some(address) = address {
            let set = party::set_address(wish(node), &id, channel, address).await;
            set.map_err(|problem| refused(&problem))?;
        }
    }
    print::say(&format!("`{}` may sign in now", args.login));
    print::data(&answer.id).map(|()| Exit::Done)
}

fn duty_of(typed: DutyName) -> Duty {
    match typed {
        DutyName::Administrator => Duty::Administrator,
        DutyName::Responder => Duty::Responder,
        DutyName::Auditor => Duty::Auditor,
    }
}

/// Makes the first administrator of a new node, and shows name and password once.
///
/// # Errors
/// A failure of the world.
pub(super) async fn first_administrator(node: &Node) -> Result<(), Failure> {
    let password = Secret::tracking_code_from(&random::<32>());
    let password = password.reveal().trim_start_matches("WT-").to_owned();
    let draft = PersonDraft {
        name: "Administrator".to_owned(),
        duties: [Duty::Administrator, Duty::Responder].into(),
        login: Some(FIRST_LOGIN.to_owned()),
        password: Some(password.clone()),
    };
    let organization = &node.settings().organization;
    match party::begin(wish(node), organization, &draft).await {
        Ok(_) => {
            print::say(&format!(
                "first administrator: login `{FIRST_LOGIN}`, password `{password}`\n\
                 This is shown once. Change it with `watchfire user password {FIRST_LOGIN}`."
            ));
            Ok(())
        }
        // Another node on the same database was faster.
        Err(problem) if problem.code() == "conflict" => Ok(()),
        Err(problem) => Err(refused(&problem)),
    }
}

/// Finds the people and organizations of the node.
async fn parties(node: &Node) -> Result<Vec<PartyRow>, Failure> {
    let (mut found, mut request) = (Vec::new(), PageRequest::default());
    loop {
        let page = node.store().parties(&OPERATOR, &request).await.map_err(store_failure)?;
        found.extend(page.rows);
        match page.next {
            Some(next) => request.after = Some(next),
            None => return Ok(found),
        }
    }
}

async fn person(node: &Node, login: &str) -> Result<PartyId, Failure> {
    let found = parties(node).await?.into_iter().find(|row| row.login.as_deref() == Some(login));
    found.map(|row| row.id).ok_or_else(|| {
        Failure::request(format!("nobody signs in as `{login}`"))
            .hint("`watchfire user list` shows who does")
    })
}

async fn token(
    node: &Node,
    login: &str,
    label: &str,
    expires: Option<jiff::Timestamp>,
) -> Result<Exit, Failure> {
    let id = person(node, login).await?;
    let made = party::make_token(wish(node), &id, label, expires).await;
    let (_, token) = made.map_err(|problem| refused(&problem))?;
    let token = token.ok_or_else(|| Failure::world("the token was made and cannot be shown"))?;
    print::say("the token is shown once:");
    print::data(token.reveal()).map(|()| Exit::Done)
}

async fn chain(node: &Node, logins: [Option<String>; 3]) -> Result<Exit, Failure> {
    let mut ids = [None, None, None];
    for (id, login) in ids.iter_mut().zip(&logins) {
        if let Some(login) = login {
            *id = Some(person(node, login).await?);
        }
    }
    let [owner, supervisor, executive] = ids;
    let own = node.organization().await.map_err(|problem| refused(&problem))?;
    let chain = Chain { owner, supervisor, executive };
    done(party::set_chain(wish(node), &own, &chain).await)
}

/// A person as they are listed.
#[derive(Debug, Serialize)]
struct Listed {
    id: String,
    login: Option<String>,
    name: String,
    account_open: bool,
    duties: Vec<&'static str>,
}

async fn list(node: &Node, json: bool) -> Result<Exit, Failure> {
    let rows = parties(node).await?;
    let people = rows.into_iter().filter(|row| row.kind == PartyKind::Person);
    let listed: Vec<Listed> = people.map(listed).collect();
    if json {
        return print::json(&listed).map(|()| Exit::Done);
    }
    let mut table = print::table(&["login", "name", "duties", "account", "id"]);
    for person in listed {
        table.add_row([
            Cell::new(person.login.as_deref().unwrap_or("-")),
            Cell::new(print::plain(&person.name)),
            Cell::new(person.duties.join(", ")),
            Cell::new(if person.account_open { "open" } else { "closed" }),
            Cell::new(person.id),
        ]);
    }
    print::data(&table.to_string()).map(|()| Exit::Done)
}

fn listed(row: PartyRow) -> Listed {
    let name = |duty: &Duty| match duty {
        Duty::Administrator => "administrator",
        Duty::Responder => "responder",
        Duty::Auditor => "auditor",
    };
    Listed {
        id: row.id.to_string(),
        login: row.login,
        name: row.name,
        account_open: row.account_open,
        duties: row.duties.iter().map(name).collect(),
    }
}
