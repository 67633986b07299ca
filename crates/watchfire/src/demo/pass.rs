//! How time passes in the story: what falls due is decided at its own instant.

use jiff::Timestamp;
use watchfire_core::event::{Service, Stream};
use watchfire_server::command::decision::{Loaded, plan};
use watchfire_server::error::Problem;
use watchfire_server::state::Node;
use watchfire_store::policy::Write;
use watchfire_store::{Append, Viewer};

/// Rows that are looked at in one go.
const ROWS_AT_ONCE: usize = 100;

/// Returns the next instant at which something must happen.
pub(super) async fn next_due_at(node: &Node) -> Result<Option<Timestamp>, Problem> {
    Ok(node.store().next_due_at(&Viewer::service(Service::Ticker)).await?)
}

/// Decides everything that is due now.
pub(super) async fn tick_once(node: &Node) -> Result<(), Problem> {
    let ticker = Viewer::service(Service::Ticker);
    let now = node.now();
    for row in node.store().due_before(&ticker, now, ROWS_AT_ONCE).await? {
        let loaded = Loaded::read(node, &ticker, &row.case).await?;
        let decision = loaded.case.tick(&loaded.house(node), &row.obligation, now);
        let grant = node.store().authorize_case::<Write>(&ticker, &row.case).await?;
        let stream = Stream::Case(row.case.clone());
        let mut append = Append::new(&ticker, now).expect_version(stream, loaded.case.version);
        plan(node, &mut append, &grant, Some(&loaded.case), &decision, now).await?;
        node.store().append(append).await?;
    }
    Ok(())
}
