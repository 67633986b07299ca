//! What people want done: load under a right, let core decide, append, and try again if somebody
//! else was faster. The API and the pages use these alike.

use watchfire_core::event::Service;
use watchfire_store::Viewer;

/// The part of the node that reads what a decision needs and the caller need not see: who is told,
/// and what the organization is by law.
pub(crate) fn keeper() -> Viewer {
    Viewer::service(Service::Keeper)
}
