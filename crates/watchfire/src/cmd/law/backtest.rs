//! `watchfire law backtest`: packs, or a draft of some, put to past cases.

mod answer;
mod node;

use std::borrow::Cow;
use std::path::Path;

use watchfire_core::ids::CaseId;
use watchfire_core::law::Lawbook;
use watchfire_core::law::bulk::{AsOf, PastCase, backtest};
use watchfire_server::command::decision::Loaded;
use watchfire_server::state::Node;
use watchfire_store::{PageRequest, StoreError, Viewer};

use crate::cli::{Backtest, Laws, Server};
use crate::cmd::obligations::instant;
use crate::cmd::packs;
use crate::cmd::progress::Progress;
use crate::exit::{Exit, Failure};
use crate::open::{self, operator, store_failure};
use crate::print;
use answer::Answer;

/// Cases of one page that is read from a database.
const PAGE_ROWS: usize = 200;
/// Past cases are at most so many: they are held in memory.
const CASES_MAX: usize = 1_000_000;

pub(super) fn run(args: Backtest) -> Result<Exit, Failure> {
    let as_of = AsOf {
        now: instant("--at", args.at.as_deref())?,
        known_at: instant("--known-at", args.known_at.as_deref())?,
    };
    if let Some(server) = &args.server {
        let server = Server { server: server.clone(), token: args.token.clone() };
        return told(&node::asked(&server, &args, as_of)?, args.json);
    }
    let laws = packs::lawbook(&args.laws)?;
    let against = against(&args)?;
    let mut past = Vec::new();
    for file in packs::case_files(&args.files, &laws)? {
        let named = |case: watchfire_core::law::case_file::Case| PastCase {
            name: format!("{}:{} {}", file.name, case.line, case.name),
            question: case.question,
        };
        past.extend(file.cases.into_iter().map(named));
    }
    if let Some(place) = args.here.place() {
        let (token, laws, past) = (args.token.as_deref(), &*laws, &mut past);
        open::at(&place, async |node| {
            past.extend(of_node(node, token, laws).await?);
            Ok(Exit::Done)
        })?;
    } else if args.files.is_empty() {
        return Err(Failure::request("there is no case to put the laws to").hint(
            "name case files, or a node with `--server URL`, `--data DIR`, `--database URL` or \
                 `--local`",
        ));
    }
    let against = against.as_ref().map(|(name, book)| (name.as_str(), &**book));
    let (name, book) = against.unzip();
    let progress = Progress::new(past.len());
    let found = backtest(&past, &laws, book, as_of, || progress.step());
    progress.done();
    told(&Answer::of(&found, name), args.json)
}

fn told(answer: &Answer, json: bool) -> Result<Exit, Failure> {
    if json {
        print::json(answer)?
    } else {
        answer.tell()?
    }
    Ok(Exit::Done)
}

type Named = (String, Cow<'static, Lawbook>);

/// The laws that are compared with, and what they are called.
fn against(args: &Backtest) -> Result<Option<Named>, Failure> {
    let named = args.against.as_deref();
    match named.or_else(|| args.laws.folder.as_ref().map(|_| "built-in")) {
        None | Some("nothing") => Ok(None),
        Some("built-in") => Ok(Some(("built-in".to_owned(), Cow::Borrowed(Lawbook::builtin())))),
        Some(folder) => {
            let laws = Laws { folder: Some(Path::new(folder).to_owned()) };
            Ok(Some((folder.to_owned(), packs::lawbook(&laws)?)))
        }
    }
}

/// Reads the cases of a node that whoever asks may see, each as it is now.
async fn of_node(
    node: &Node,
    token: Option<&str>,
    laws: &Lawbook,
) -> Result<Vec<PastCase>, Failure> {
    let viewer = match token {
        None => operator(),
        Some(token) => {
            let found = node.store().viewer_of_token(token, node.now()).await;
            found.map_err(store_failure)?.ok_or_else(|| {
                Failure::request("the bearer token is unknown, expired or taken back")
                    .hint("make a new one with `watchfire user token`")
            })?
        }
    };
    let ids = ids_of(node, &viewer).await?;
    let progress = Progress::new(ids.len());
    let mut past = Vec::new();
    for id in ids {
        progress.step();
        let loaded = match Loaded::read(node, &viewer, &id).await {
            // It came under an embargo meanwhile.
            Err(StoreError::NotFound(_)) => continue,
            loaded => loaded.map_err(store_failure)?,
        };
        let mut house = loaded.house(node);
        house.law = laws;
        let question = loaded.case.question(&house, Some(node.now()), None);
        let question = question.map_err(|refusal| {
            Failure::request(format!("these laws cannot read the case `{id}`")).because(refusal)
        })?;
        past.push(PastCase { name: id.to_string(), question });
    }
    progress.done();
    Ok(past)
}

async fn ids_of(node: &Node, viewer: &Viewer) -> Result<Vec<CaseId>, Failure> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { after, limit: PAGE_ROWS };
        let page = node.store().cases(viewer, &request).await.map_err(store_failure)?;
        ids.extend(page.rows.into_iter().map(|row| row.id));
        if ids.len() > CASES_MAX {
            return Err(Failure::request(format!("the node has more than {CASES_MAX} cases")));
        }
        after = page.next;
        if after.is_none() {
            return Ok(ids);
        }
    }
}
