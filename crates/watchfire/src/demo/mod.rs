//! The Log4Shell story, played on real data against a virtual clock.

mod play;
mod stage;
mod story;
mod tell;

use watchfire_core::event::Event;
use watchfire_core::ids::CaseId;
use watchfire_core::law::Language;
use watchfire_server::settings::Settings;
use watchfire_server::state::Node;

use crate::exit::Failure;
use play::Life;
use stage::{Stage, failed, person};

/// What the demo leaves behind: a node that can be served, and how to sign in to it.
pub(crate) struct Played {
    pub(crate) node: Node,
    pub(crate) login: &'static str,
    pub(crate) password: String,
    /// The story in words.
    pub(crate) text: String,
    /// The footnote that belongs to the suspension.
    pub(crate) footnote: String,
    /// The two cases: as it went, and with the watch fire lit.
    pub(crate) cases: [CaseId; 2],
}

/// Plays the story in the data folder of `settings`, which is empty, and tells it in `language`.
///
/// # Errors
/// A failure of the world.
pub(crate) async fn play(settings: Settings, language: Language) -> Result<Played, Failure> {
    let story = story::log4shell();
    let stage = Stage::set(settings, story.starts_at).await?;
    let cases = play::play(&stage, &story, language).await.map_err(|problem| failed(&problem))?;
    let mut lives = Vec::new();
    for (life, id) in [(Life::Went, &cases.went), (Life::Lit, &cases.lit)] {
        lives.push(tell::Told { life, events: events(&stage, id).await? });
    }
    let text = tell::story(&stage, &story, &lives, language);
    Ok(Played {
        text,
        footnote: story.footnotes.notice.in_language(language).to_owned(),
        node: stage.node.clone(),
        login: person::VISITOR,
        password: stage.password.clone(),
        cases: [cases.went, cases.lit],
    })
}

async fn events(stage: &Stage, id: &CaseId) -> Result<Vec<Event>, Failure> {
    let history = stage.node.store().case_history(stage.viewer(person::VISITOR), id).await;
    let history =
        history.map_err(|error| Failure::world("the demo's case cannot be read").because(error))?;
    Ok(history.into_iter().map(|recorded| recorded.event).collect())
}
