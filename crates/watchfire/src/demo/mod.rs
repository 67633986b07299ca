//! The Log4Shell story, played on real data against a virtual clock.

mod fleet;
mod play;
mod reach;
mod stage;
mod story;
mod tell;

use watchfire_core::event::Event;
use watchfire_core::ids::CaseId;
use watchfire_core::law::Language;
use watchfire_server::settings::Settings;
use watchfire_server::state::Node;
use watchfire_server::worker::sender::Sender;

use crate::exit::Failure;
use play::Life;
pub(crate) use reach::Reach;
use stage::{Stage, failed, person};

/// Columns of a line of the story.
pub(crate) const WIDTH: usize = 96;

/// What the demo leaves behind: a node that can be served, and how to sign in to it.
pub(crate) struct Played {
    pub(crate) node: Node,
    pub(crate) login: &'static str,
    pub(crate) password: String,
    /// The story in words.
    pub(crate) text: String,
    /// The two cases: as it went, and with the watch fire lit.
    pub(crate) cases: [CaseId; 2],
    /// What became of the notices.
    pub(crate) notices: Notices,
    /// Sends what the visitor still causes, if anybody receives it.
    pub(crate) sender: Option<Sender>,
}

/// What became of the notices of the story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Notices {
    /// Taken by the other side.
    pub(crate) taken: usize,
    /// Decided, and not taken by anybody.
    pub(crate) left: usize,
}

/// Plays the story in the data folder of `settings`, which is empty, and tells it in `language`.
/// Its notices go to `reach`, at their own instants.
///
/// # Errors
/// A failure of the world, or of the request if nothing can be sent to `reach`.
pub(crate) async fn play(
    settings: Settings,
    reach: &Reach,
    language: Language,
) -> Result<Played, Failure> {
    let story = story::log4shell();
    let stage = Stage::set(reach.set_up(settings), reach, story.starts_at).await?;
    let played = play::play(&stage, &story, language).await;
    let (cases, receipts) = played.map_err(|problem| failed(&problem))?;
    let mut lives = Vec::new();
    for (life, id) in [(Life::Went, &cases.went), (Life::Lit, &cases.lit)] {
        lives.push(tell::Told { life, events: events(&stage, id).await? });
    }
    let text = tell::story(&stage, &story, &lives, &receipts, language);
    Ok(Played {
        text,
        node: stage.node.clone(),
        login: person::VISITOR,
        password: stage.password.clone(),
        cases: [cases.went, cases.lit],
        notices: stage.notices().await.map_err(|problem| failed(&problem))?,
        sender: stage.sender.clone(),
    })
}

async fn events(stage: &Stage, id: &CaseId) -> Result<Vec<Event>, Failure> {
    let history = stage.node.store().case_history(stage.viewer(person::VISITOR), id).await;
    let history =
        history.map_err(|error| Failure::world("the demo's case cannot be read").because(error))?;
    Ok(history.into_iter().map(|recorded| recorded.event).collect())
}
