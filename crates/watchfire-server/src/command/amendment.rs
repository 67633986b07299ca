//! What people do with a change of law: propose, interpret, review, claim, acknowledge, drop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use watchfire_core::amendment::{Amendment, AmendmentRefusal, Chains, Decision, Draft, Words};
use watchfire_core::department::Department;
use watchfire_core::event::{AmendmentEvent, Chain, Event, LawSource, Stream};
use watchfire_core::ids::{AmendmentId, DepartmentId, PartyId};
use watchfire_core::law::bundle::Bundle;
use watchfire_core::law::files::Files;
use watchfire_core::law::house_reading::HouseReading;
use watchfire_core::law::problem::Problem as LawProblem;
use watchfire_core::law::{Lawbook, bundle, case_file, lint};
use watchfire_core::log::VerifierKey;
use watchfire_store::policy::{Administer, Amendment as Noun, MayWrite, Write};
use watchfire_store::{Append, Authorized, StoreError, Viewer};

use super::decision::{house_of, send};
use super::{Answer, AppendError, TRIES_MAX, Wish, keeper, too_many_conflicts};
use crate::error::{InFile, Problem};
use crate::state::Node;

/// So many problems of packs are told in one line.
const PROBLEMS_TOLD_MAX: usize = 10;
/// So many of them are told one by one.
const PROBLEMS_LISTED_MAX: usize = 500;

/// Files of law as somebody brings them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Left out, that of the bundle.
    pub title: Option<String>,
    pub why: String,
    /// Left out, that of the bundle, or at once.
    pub effective_at: Option<Timestamp>,
    pub content: Content,
}

/// What is brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Files as they are, under the paths of a folder of packs.
    Files(Files),
    /// The bytes of a signed bundle.
    Bundle(Vec<u8>),
    /// A provision is read more strictly.
    Reading(HouseReading),
    /// What the program itself brings.
    BuiltIn(Files),
}

/// A change of law with the lawbook that it gives over the one in use.
#[derive(Debug, Clone)]
pub struct Laid {
    pub amendment: Amendment,
    /// In use when it was applied, or now.
    pub old: Arc<Lawbook>,
    pub new: Arc<Lawbook>,
}

/// Reads a change of law that `viewer` may see.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn read(node: &Node, viewer: &Viewer, id: &AmendmentId) -> Result<Amendment, StoreError> {
    let history = node.store().amendment_history(viewer, id).await?;
    let events: Vec<Event> = history.into_iter().map(|recorded| recorded.event).collect();
    Amendment::from_events(id, &events).ok_or(StoreError::Corrupt { what: "amendment" })
}

/// Reads a change of law, and lays its files over the lawbook in use, or takes those between which
/// it was put to use.
///
/// # Errors
/// 404; `law_invalid` where its files do not go with what is used by now.
pub async fn laid(node: &Node, viewer: &Viewer, id: &AmendmentId) -> Result<Laid, Problem> {
    let amendment = read(node, viewer, id).await?;
    if let Some(applied) = &amendment.applied {
        let old = node.law_by_digest(&applied.base).await?;
        let new = node.law_by_digest(&applied.lawbook).await?;
        return Ok(Laid { amendment, old, new });
    }
    let old = node.law_now();
    let files = node.store().law_files(&keeper(), &amendment.files).await?;
    let new = over(files, old.clone()).await?;
    Ok(Laid { amendment, old, new })
}

/// Lays files over a lawbook, away from those who wait for answers.
///
/// # Errors
/// `law_invalid` if what comes out does not load.
pub(crate) async fn over(files: Files, below: Arc<Lawbook>) -> Result<Arc<Lawbook>, Problem> {
    let load = move || Lawbook::from_files(&files.over(below.files()));
    let loaded = tokio::task::spawn_blocking(load).await;
    match loaded.map_err(|error| Problem::internal(&error))? {
        Ok(book) => Ok(Arc::new(book)),
        Err(problems) => Err(not_loading(&problems)),
    }
}

/// Tells what keeps packs from loading: in one line, and one by one.
pub(crate) fn not_loading(problems: &[LawProblem]) -> Problem {
    let one_by_one = problems.iter().take(PROBLEMS_LISTED_MAX).map(InFile::from);
    invalid(problems.iter().map(ToString::to_string)).in_files(one_by_one)
}

fn invalid(problems: impl Iterator<Item = String>) -> Problem {
    let all: Vec<String> = problems.collect();
    let mut told = all.iter().take(PROBLEMS_TOLD_MAX).cloned().collect::<Vec<_>>().join("; ");
    if all.len() > PROBLEMS_TOLD_MAX {
        told.push_str(&format!("; and {} more", all.len() - PROBLEMS_TOLD_MAX));
    }
    let hint = "`watchfire law check DIR` and `watchfire law test --laws DIR` tell everything";
    Problem::new("law_invalid", told, hint)
}

/// Puts files of law forward, for others to interpret and to agree with.
///
/// # Errors
/// A bundle that is not taken, files that do not load or lack what a pack must have, files that
/// change nothing; 404 for whoever does not keep the law.
pub async fn propose(wish: Wish<'_>, proposal: Proposal) -> Result<Answer, Problem> {
    let organization = wish.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let keys = wish.node.settings().law.keys()?;
    propose_for(wish, (organization, keys), proposal).await
}

/// As [`propose`], for an organization that the caller names (a feed has none of its own), with the
/// keys whose bundles are believed.
pub(crate) async fn propose_for(
    wish: Wish<'_>,
    (organization, keys): (PartyId, Vec<VerifierKey>),
    proposal: Proposal,
) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    let grant = node.store().authorize_new_amendment(viewer).await?;
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    let now = node.now();
    let taken = take(node, &organization, keys, proposal).await?;
    let old = node.law_now();
    let new = over(taken.files.clone(), old.clone()).await?;
    whole(&taken.files, new.clone()).await?;
    let draft = Draft {
        organization,
        title: taken.title,
        why: taken.why,
        by: viewer.party().cloned(),
        source: taken.source,
        files: taken.files.digest(),
        base: old.digest_hex(),
        lawbook: new.digest_hex(),
        effective_at: taken.effective_at.unwrap_or(now),
        laws: touched(&old, &new),
    };
    let event = draft.propose()?;
    let mut append = Append::new(viewer, now);
    let recorded = append.amendment(&grant, event);
    append.lawbook(taken.files);
    append.lawbook(old.files().clone());
    let answer = Answer::new(grant.id(), Some(&recorded.receipt));
    wish.append(append, &answer).await.map_err(|error| match error {
        AppendError::Conflict => too_many_conflicts(),
        AppendError::Problem(problem) => problem,
    })
}

/// The laws of which a file is another, or is not there, in one of two lawbooks.
fn touched(old: &Lawbook, new: &Lawbook) -> BTreeSet<String> {
    let before: BTreeMap<&str, &str> = old.files().iter().collect();
    let after: BTreeMap<&str, &str> = new.files().iter().collect();
    let paths: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let others = paths.into_iter().filter(|path| before.get(path) != after.get(path));
    let folders = others.filter_map(|path| path.split_once('/').map(|(folder, _)| folder));
    let laws = folders.filter(|law| old.pack(law).is_some() || new.pack(law).is_some());
    let mut laws: BTreeSet<String> = laws.map(str::to_owned).collect();
    let before = HouseReading::of_files(old.files());
    let others = HouseReading::of_files(new.files()).into_iter().filter(|it| !before.contains(it));
    laws.extend(others.map(|it| it.provision.law().to_owned()));
    laws
}

struct Taken {
    title: String,
    why: String,
    effective_at: Option<Timestamp>,
    source: LawSource,
    files: Files,
}

/// Opens what was brought. Nothing is kept of what is refused.
async fn take(
    node: &Node,
    organization: &PartyId,
    keys: Vec<VerifierKey>,
    proposal: Proposal,
) -> Result<Taken, Problem> {
    let Proposal { title, why, effective_at, content } = proposal;
    let (source, files) = match content {
        Content::Bundle(bytes) => {
            let opened = open(bytes, keys).await?;
            let said = (title, why, effective_at);
            return take_bundle(node, organization, opened, said).await;
        }
        Content::Files(files) if files.has_house_readings() => {
            let detail = "`readings.toml` is no file of a pack; a reading is proposed by itself";
            return Err(Problem::field("/files", detail));
        }
        Content::Files(files) => (LawSource::Files, files),
        Content::BuiltIn(files) => (LawSource::BuiltIn, files),
        Content::Reading(reading) => {
            let now = node.now();
            reading.check(node.law(), effective_at.map_or(now, |at| at.max(now)))?;
            let provision = reading.provision.to_string();
            (LawSource::Reading { provision }, reading.to_files())
        }
    };
    Ok(Taken { title: title.unwrap_or_default(), why, effective_at, source, files })
}

/// Takes a bundle that its issuer has signed, unless it would take law back.
async fn take_bundle(
    node: &Node,
    organization: &PartyId,
    opened: Bundle,
    (title, why, effective_at): (Option<String>, String, Option<Timestamp>),
) -> Result<Taken, Problem> {
    let manifest = opened.manifest;
    let last = node.store().last_sequence(organization, &manifest.issuer).await?;
    if i64::try_from(manifest.sequence).is_err() {
        let detail = "the bundle's sequence is larger than any that can be kept";
        return Err(Problem::new("bundle_malformed", detail, "ask the issuer"));
    }
    if let Some(last) = last.filter(|last| *last >= manifest.sequence) {
        let detail = format!(
            "the bundle has the sequence {}, and `{}` has sent {last} already",
            manifest.sequence, manifest.issuer
        );
        let hint = "take the issuer's newest bundle; an older one would take law back";
        return Err(Problem::new("bundle_replayed", detail, hint));
    }
    Ok(Taken {
        title: title.unwrap_or(manifest.title),
        why,
        effective_at: Some(effective_at.unwrap_or(manifest.effective_at)),
        source: LawSource::Bundle {
            issuer: manifest.issuer,
            sequence: manifest.sequence,
            sha256: opened.sha256,
        },
        files: opened.files,
    })
}

/// Opens a bundle that one of `keys` has signed, away from those who wait for answers.
///
/// # Errors
/// What [`bundle::open`] refuses.
pub(crate) async fn open(bytes: Vec<u8>, keys: Vec<VerifierKey>) -> Result<Bundle, Problem> {
    let open = move || bundle::open(&bytes, &keys.iter().collect::<Vec<_>>());
    let opened = tokio::task::spawn_blocking(open).await;
    Ok(opened.map_err(|error| Problem::internal(&error))??)
}

/// Checks that packs which load are whole too: cited, with border pairs, and with case files that
/// come out as they say.
async fn whole(files: &Files, book: Arc<Lawbook>) -> Result<(), Problem> {
    let laws: BTreeSet<String> = files.laws().into_iter().map(str::to_owned).collect();
    if files.without_house_readings().is_empty() {
        return Ok(());
    }
    let check = move || {
        // The case files of a pack say what it says by itself, however strictly the house reads it.
        let book = book.without_house_readings();
        let mut problems: Vec<String> = Vec::new();
        for report in lint::check(&book.files().pairs(), Some(&laws)) {
            problems.extend(report.problems.iter().map(ToString::to_string));
        }
        for pack in book.packs().iter().filter(|pack| laws.contains(pack.id.as_str())) {
            for (path, text) in &pack.tests {
                for case in case_file::parse(path, text, book).into_iter().flatten() {
                    let wrong = case.check(book);
                    problems.extend(wrong.iter().map(|it| format!("{path}: {}: {it}", case.name)));
                }
            }
        }
        problems
    };
    let problems = tokio::task::spawn_blocking(check).await;
    let problems = problems.map_err(|error| Problem::internal(&error))?;
    if problems.is_empty() { Ok(()) } else { Err(invalid(problems.into_iter())) }
}

/// Reads whom the clocks of changes of law tell: the chain of the house, and of each department.
/// A place of somebody who left is empty.
///
/// # Errors
/// Failures of the database.
pub async fn chains(node: &Node, organization: &PartyId) -> Result<Chains, StoreError> {
    let (_, house) = house_of(node, organization).await?;
    let gone = node.store().without_account(&keeper(), organization).await?;
    let there = |who: Option<PartyId>| who.filter(|who| !gone.contains(who));
    let filled = |chain: Chain| Chain {
        owner: there(chain.owner),
        supervisor: there(chain.supervisor),
        executive: there(chain.executive),
    };
    let all = node.store().departments(&keeper()).await?;
    let own = all.iter().filter(|it| it.organization == *organization && it.closed.is_none());
    let departments = own.map(|it| (it.id.clone(), filled(it.chain(&house)))).collect();
    Ok(Chains { house: filled(house), departments, gone })
}

/// Puts what was decided into an append, with its notices.
///
/// # Errors
/// Failures of the database, when addresses are read.
pub(crate) async fn plan<A: MayWrite>(
    node: &Node,
    append: &mut Append,
    grant: &Authorized<Noun, A>,
    decision: &Decision,
    now: Timestamp,
) -> Result<Option<watchfire_store::Recorded>, StoreError> {
    let mut first = None;
    for event in &decision.events {
        let recorded = append.amendment(grant, event.clone());
        first.get_or_insert(recorded);
    }
    for notice in &decision.notices {
        send(node, append, notice, now).await?;
    }
    Ok(first)
}

/// Begins an append to a change of law as it was read.
pub(crate) fn begun(viewer: &Viewer, amendment: &Amendment, now: Timestamp) -> Append {
    let stream = Stream::Amendment(amendment.id.clone());
    Append::new(viewer, now).expect_version(stream, amendment.version)
}

/// What is decided about a change of law, with whom its clocks tell.
type Decide<'d> =
    &'d (dyn Fn(&Amendment, &Chains, Timestamp) -> Result<Decision, AmendmentRefusal> + Sync);

async fn change<A>(wish: Wish<'_>, id: &AmendmentId, decide: Decide<'_>) -> Result<Answer, Problem>
where
    A: MayWrite + std::fmt::Debug + Clone,
{
    let (node, viewer) = (wish.node, wish.viewer);
    for _ in 0..TRIES_MAX {
        let grant = node.store().authorize_amendment::<A>(viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let now = node.now();
        let amendment = read(node, viewer, id).await?;
        let chains = chains(node, &amendment.organization).await?;
        let decision = decide(&amendment, &chains, now)?;
        let mut append = begun(viewer, &amendment, now);
        let first = plan(node, &mut append, &grant, &decision, now).await?;
        let answer = Answer::new(id, first.as_ref().map(|first| &first.receipt));
        match wish.append(append, &answer).await {
            Err(AppendError::Conflict) => {}
            Err(AppendError::Problem(problem)) => return Err(problem),
            Ok(answer) => return Ok(answer),
        }
    }
    Err(too_many_conflicts())
}

fn only(event: AmendmentEvent) -> Decision {
    Decision { events: vec![event], notices: Vec::new() }
}

fn me<'a>(wish: &Wish<'a>) -> Result<&'a PartyId, Problem> {
    wish.viewer.party().ok_or_else(Problem::not_found)
}

/// Writes down what a change means for the house, and whom it concerns.
///
/// # Errors
/// What [`Amendment::interpret`] refuses; 404 for whoever does not keep the law.
pub async fn interpret(wish: Wish<'_>, id: &AmendmentId, words: &Words) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Administer>(wish, id, &|amendment, chains, _| {
        let known = chains.departments.keys().cloned().collect();
        amendment.interpret(words, by, &known).map(only)
    })
    .await
}

/// Agrees with an interpretation that another wrote.
///
/// # Errors
/// What [`Amendment::agree`] refuses; 404 for whoever does not keep the law.
pub async fn agree(wish: Wish<'_>, id: &AmendmentId, note: &str) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Administer>(wish, id, &|amendment, chains, now| amendment.agree(by, note, chains, now))
        .await
}

/// Sends an interpretation back that another wrote.
///
/// # Errors
/// What [`Amendment::send_back`] refuses; 404 for whoever does not keep the law.
pub async fn send_back(wish: Wish<'_>, id: &AmendmentId, reason: &str) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Administer>(wish, id, &|amendment, _, _| amendment.send_back(by, reason).map(only))
        .await
}

/// Rejects a change for a reason.
///
/// # Errors
/// What [`Amendment::reject`] refuses; 404 for whoever does not keep the law.
pub async fn reject(wish: Wish<'_>, id: &AmendmentId, reason: &str) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Administer>(wish, id, &|amendment, _, _| amendment.reject(by, reason).map(only)).await
}

/// Takes one's own proposal back.
///
/// # Errors
/// What [`Amendment::withdraw`] refuses; 404 for whoever does not keep the law.
pub async fn withdraw(wish: Wish<'_>, id: &AmendmentId, reason: &str) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Administer>(wish, id, &|amendment, _, _| amendment.withdraw(by, reason).map(only))
        .await
}

/// Takes the acknowledgement of a department upon oneself. Anybody of the house may.
///
/// # Errors
/// What [`Amendment::claim`] refuses.
pub async fn claim(
    wish: Wish<'_>,
    id: &AmendmentId,
    department: &DepartmentId,
) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Write>(wish, id, &|amendment, _, _| {
        let events = amendment.claim(department, by)?;
        Ok(Decision { events, notices: Vec::new() })
    })
    .await
}

/// Acknowledges for a department.
///
/// # Errors
/// What [`Amendment::acknowledge`] refuses.
pub async fn acknowledge(
    wish: Wish<'_>,
    id: &AmendmentId,
    department: &DepartmentId,
    note: &str,
) -> Result<Answer, Problem> {
    let by = me(&wish)?;
    change::<Write>(wish, id, &|amendment, _, _| {
        let events = amendment.acknowledge(department, by, note)?;
        Ok(Decision { events, notices: Vec::new() })
    })
    .await
}

/// Returns the departments of the organization that `viewer` belongs to.
///
/// # Errors
/// Failures of the database.
pub async fn departments(node: &Node, viewer: &Viewer) -> Result<Vec<Department>, StoreError> {
    node.store().departments(viewer).await
}
