//! What machines ask a node about itself.

/// Says that the process answers. Touches no database and no clock.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}
