//! `watchfire law backtest`: packs, or a draft of some, put to past cases.

use std::borrow::Cow;
use std::path::Path;

use comfy_table::Cell;
use serde::Serialize;
use watchfire_core::ids::CaseId;
use watchfire_core::law::bulk::{
    AsOf, Bulk, Change, Changes, Changing, Fates, Found, Outcome, Plan, Table, Tally, count_changes,
};
use watchfire_core::law::impact::{Counts, Impact};
use watchfire_core::law::{Lawbook, Question};
use watchfire_server::command::decision::Loaded;
use watchfire_server::state::Node;
use watchfire_store::{PageRequest, StoreError, Viewer};

use crate::cli::{Backtest, Laws};
use crate::cmd::obligations::instant;
use crate::cmd::packs;
use crate::cmd::progress::Progress;
use crate::exit::{Exit, Failure};
use crate::open::{self, operator, store_failure};
use crate::print;

/// Cases of one page that is read from a database.
const PAGE_ROWS: usize = 200;
/// Past cases are at most so many: they are held in memory.
const CASES_MAX: usize = 1_000_000;

/// A case that has been: what it is called, and what is asked of it.
struct Past {
    name: String,
    question: Question,
}

#[derive(Serialize)]
struct Answer {
    cases: usize,
    by_engine: usize,
    obligations: Counted,
    provisions: Vec<OfProvision>,
    against: Option<Against>,
}

#[derive(Serialize)]
struct OfProvision {
    provision: String,
    #[serde(flatten)]
    counted: Counted,
}

#[derive(Serialize)]
struct Counted {
    owed: usize,
    met: usize,
    late: usize,
    overdue: usize,
    open: usize,
    waiting: usize,
    after_strict: usize,
    provisional: usize,
    foreseen: usize,
}

/// What is otherwise than under the law that is compared with.
#[derive(Serialize)]
struct Against {
    laws: String,
    /// Cases that the difference can touch, and those in which something is otherwise.
    touchable: usize,
    changed: usize,
    gained: usize,
    lost: usize,
    moved: usize,
    earlier: usize,
    later: usize,
    foreseen: usize,
    no_longer_foreseen: usize,
    changes: Vec<Changed>,
}

#[derive(Serialize)]
struct Changed {
    case: String,
    obligation: String,
    from_fact: Option<String>,
    kind: Option<&'static str>,
    before: Option<Side>,
    after: Option<Side>,
}

#[derive(Serialize)]
struct Side {
    state: String,
    strict_due: Option<String>,
    outer_due: Option<String>,
    version_from: Option<String>,
}

pub(super) fn run(args: Backtest) -> Result<Exit, Failure> {
    let as_of = AsOf {
        now: instant("--at", args.at.as_deref())?,
        known_at: instant("--known-at", args.known_at.as_deref())?,
    };
    let laws = packs::lawbook(&args.laws)?;
    let against = against(&args)?;
    let mut past = Vec::new();
    for file in packs::case_files(&args.files, &laws)? {
        let named = |case: watchfire_core::law::case_file::Case| Past {
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
        return Err(Failure::request("there is no case to put the laws to")
            .hint("name case files, or a node with `--data DIR`, `--database URL` or `--local`"));
    }
    let against = against.as_ref().map(|(name, book)| (name.as_str(), &**book));
    let answer = tested(&past, &laws, against, as_of);
    if args.json {
        print::json(&answer)?
    } else {
        tell(&answer)?
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
async fn of_node(node: &Node, token: Option<&str>, laws: &Lawbook) -> Result<Vec<Past>, Failure> {
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
        past.push(Past { name: id.to_string(), question });
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

fn tested(past: &[Past], laws: &Lawbook, against: Option<(&str, &Lawbook)>, as_of: AsOf) -> Answer {
    let mut table = Table::default();
    let plan = Plan::of(laws, &mut table);
    let other = against.map(|(name, book)| (name, book, Plan::of(book, &mut table)));
    past.iter().for_each(|one| table.push(&one.question));
    let question = |at: usize| Cow::Borrowed(&past[at].question);
    let bulk = Bulk::new(&plan, &table, question, as_of);
    let progress = Progress::new(past.len());
    let mut found = Found::default();
    for at in 0..past.len() {
        bulk.owed_into([at], &mut found);
        progress.step();
    }
    progress.done();
    let tally = Tally::of(&plan, &found.owed);
    let against = other.map(|(name, book, other)| {
        let impact = Impact::between(book, laws);
        let changing = Changing::between(&other, &plan, &impact);
        let changes = changing.over(&table, question, as_of);
        compared(name, past, [&other, &plan], &changes)
    });
    let of_provision = |(id, fates): (&watchfire_core::law::id::ProvisionId, &Fates)| OfProvision {
        provision: id.to_string(),
        counted: counted(fates),
    };
    Answer {
        cases: past.len(),
        by_engine: found.by_engine,
        obligations: counted(&tally.total),
        provisions: tally.by_provision.iter().map(of_provision).collect(),
        against,
    }
}

fn counted(fates: &Fates) -> Counted {
    let Fates { owed, met, late, overdue, open, waiting, after_strict, provisional, foreseen } =
        *fates;
    Counted { owed, met, late, overdue, open, waiting, after_strict, provisional, foreseen }
}

fn compared(name: &str, past: &[Past], plans: [&Plan<'_>; 2], found: &Changes) -> Against {
    let Counts { gained, lost, moved, earlier, later, foreseen, no_longer_foreseen } =
        count_changes(&found.changes);
    let mut cases: Vec<u32> = found.changes.iter().map(|change| change.case).collect();
    cases.dedup();
    Against {
        laws: name.to_owned(),
        touchable: found.candidates,
        changed: cases.len(),
        gained,
        lost,
        moved,
        earlier,
        later,
        foreseen,
        no_longer_foreseen,
        changes: found.changes.iter().filter_map(|one| changed(past, plans, one)).collect(),
    }
}

fn changed(past: &[Past], [old, new]: [&Plan<'_>; 2], change: &Change) -> Option<Changed> {
    let side = |plan: &Plan<'_>, one: &Outcome| Side {
        state: one.state.to_string(),
        strict_due: one.strict_due().map(|at| at.to_string()),
        outer_due: one.outer_due().map(|at| at.to_string()),
        version_from: plan.version_from(one).map(|day| day.to_string()),
    };
    let after = change.after.as_ref().map(|one| (new, one));
    let (plan, outcome) = after.or_else(|| change.before.as_ref().map(|one| (old, one)))?;
    let past = past.get(change.case as usize)?;
    let fact = outcome.from_fact().and_then(|at| past.question.facts.get(at));
    Some(Changed {
        case: past.name.clone(),
        obligation: plan.provision_id(outcome).to_string(),
        from_fact: fact.map(|fact| fact.id.to_string()),
        kind: change.kind.map(watchfire_core::law::impact::ShiftKind::as_str),
        before: change.before.as_ref().map(|one| side(old, one)),
        after: change.after.as_ref().map(|one| side(new, one)),
    })
}

fn tell(answer: &Answer) -> Result<(), Failure> {
    let mut table =
        print::table(&["provision", "owed", "met", "late", "overdue", "open", "waiting"]);
    let row = |name: &str, of: &Counted| {
        let counts = [of.owed, of.met, of.late, of.overdue, of.open, of.waiting];
        std::iter::once(Cell::new(name)).chain(counts.map(Cell::new)).collect::<Vec<_>>()
    };
    for one in answer.provisions.iter().filter(|one| one.counted.owed > 0) {
        table.add_row(row(&one.provision, &one.counted));
    }
    table.add_row(row("all", &answer.obligations));
    print::data(&table.to_string())?;
    print::data(&format!("{} cases", answer.cases))?;
    let Some(against) = &answer.against else { return Ok(()) };
    for one in &against.changes {
        print::data(&print::plain(&line(one)))?;
    }
    print::data(&format!(
        "against {}: {} of {} cases otherwise ({} can be touched): {} gained, {} lost, {} moved \
         ({} earlier, {} later), {} foreseen, {} no longer foreseen",
        against.laws,
        against.changed,
        answer.cases,
        against.touchable,
        against.gained,
        against.lost,
        against.moved,
        against.earlier,
        against.later,
        against.foreseen,
        against.no_longer_foreseen,
    ))
}

/// One line for one that is otherwise.
fn line(one: &Changed) -> String {
    let side = |side: &Option<Side>| match side {
        None => "not listed".to_owned(),
        Some(side) => {
            let due = side.strict_due.as_deref().unwrap_or("no date");
            format!("{} {due}", side.state)
        }
    };
    let kind = one.kind.unwrap_or("restated");
    let (before, after) = (side(&one.before), side(&one.after));
    format!("{kind:<10} {:<28} {before} -> {after}  {}", one.obligation, one.case)
}
