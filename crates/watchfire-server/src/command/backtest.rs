//! Laws, or a draft of some, put to past cases a page at a time. Nothing is kept.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use watchfire_core::case::House;
use watchfire_core::event::{Chain, Profile};
use watchfire_core::ids::CaseId;
use watchfire_core::law::Lawbook;
use watchfire_core::law::bulk::{AsOf, Backtest, PastCase, backtest};
use watchfire_core::law::files::{FILES_MAX, Files};
use watchfire_store::{CaseFacts, PageRequest, Viewer};

use super::amendment::not_loading;
use super::decision::house_of;
use crate::error::Problem;
use crate::state::Node;

/// Past cases are counted up to so many.
const COUNTED_MAX: usize = 1_000_000;
/// So long somebody waits while others put laws to cases.
const TURN_WITHIN: Duration = Duration::from_secs(20);

/// What is put to past cases.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Files of law, laid over those in use; none where those in use are meant.
    pub files: Option<Files>,
    pub against: Against,
    pub as_of: AsOf,
}

/// What the draft is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Against {
    /// Nothing: what comes out is told alone.
    #[default]
    Nothing,
    /// The laws that the node uses.
    InUse,
    /// The packs of the program.
    BuiltIn,
}

/// What came out for a page of cases.
#[derive(Debug, Clone)]
pub struct Tested {
    pub found: Backtest,
    /// Cases with a fact that the draft cannot read, and why.
    pub unread: Vec<(CaseId, String)>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// With the first page: how many cases there are, up to a million.
    pub total: Option<u64>,
}

/// Puts a draft to a page of the cases of the viewer's organization that the viewer sees.
///
/// # Errors
/// `law_invalid` where the draft does not load, `overloaded` where others take too long; 404 for
/// whoever belongs to no organization.
pub async fn page(
    node: &Node,
    viewer: &Viewer,
    draft: Draft,
    page: &PageRequest,
) -> Result<Tested, Problem> {
    let organization = viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    check(&draft)?;
    let turn = node.counters().turn_of_a_backtest(TURN_WITHIN).await?;
    let store = node.store();
    let total = match page.after {
        None => Some(store.count_past_cases(viewer, &organization, COUNTED_MAX).await?),
        Some(_) => None,
    };
    let cases = store.past_cases(viewer, &organization, page).await?;
    let (profile, _) = house_of(node, &organization).await?;
    let reads_house = store.is_of_own_house(viewer).await?;
    let asked = Asked { draft, in_use: node.law_now(), reads_house, profile };
    let computing = tokio::task::spawn_blocking(move || asked.put_to(&cases.rows, turn));
    let (found, unread) = computing.await.map_err(|error| Problem::internal(&error))??;
    Ok(Tested { found, unread, next: cases.next, total })
}

fn check(draft: &Draft) -> Result<(), Problem> {
    let Some(files) = &draft.files else { return Ok(()) };
    if files.has_house_readings() {
        let detail = "`readings.toml` is no file of a pack; a reading is proposed by itself";
        return Err(Problem::field("/files", detail));
    }
    if files.len() > FILES_MAX {
        let detail = format!("the draft has more than {FILES_MAX} files");
        let hint = "send the packs alone that the draft changes";
        return Err(Problem::new("too_large", detail, hint).at("/files"));
    }
    Ok(())
}

/// A draft with what it is put together with.
struct Asked {
    draft: Draft,
    in_use: Arc<Lawbook>,
    /// Whether the viewer may read the readings of the house.
    reads_house: bool,
    profile: Profile,
}

type Found = (Backtest, Vec<(CaseId, String)>);

impl Asked {
    /// Keeps its turn until it is done, also where nobody waits for it any longer.
    fn put_to(&self, cases: &[CaseFacts], _turn: OwnedSemaphorePermit) -> Result<Found, Problem> {
        let in_use = match self.reads_house {
            true => &*self.in_use,
            false => self.in_use.without_house_readings(),
        };
        let laid = match &self.draft.files {
            Some(files) => Some(
                Lawbook::from_files(&files.over(in_use.files()))
                    .map_err(|problems| not_loading(&problems))?,
            ),
            None => None,
        };
        let laws = laid.as_ref().unwrap_or(in_use);
        let against = match self.draft.against {
            Against::Nothing => None,
            Against::InUse => Some(in_use),
            Against::BuiltIn => Some(Lawbook::builtin()),
        };
        let (past, unread) = self.questions(laws, cases);
        Ok((backtest(&past, laws, against, self.draft.as_of, || ()), unread))
    }

    fn questions(
        &self,
        laws: &Lawbook,
        cases: &[CaseFacts],
    ) -> (Vec<PastCase>, Vec<(CaseId, String)>) {
        // Who is told, and what an organization chose, says nothing about what is owed.
        let chain = Chain::default();
        let house = House { law: laws, profile: &self.profile, chain: &chain, standing: &[] };
        let now = self.draft.as_of.now;
        let (mut past, mut unread) = (Vec::with_capacity(cases.len()), Vec::new());
        for one in cases {
            match house.question(&one.facts, now, None) {
                Ok(question) => past.push(PastCase { name: one.case.to_string(), question }),
                Err(refusal) => unread.push((one.case.clone(), refusal.to_string())),
            }
        }
        (past, unread)
    }
}
