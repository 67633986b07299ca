//! What we ask of and send to machines that are not ours: webhooks, feeds of law, and
//! the sources of the watch.
//!
//! [`guard`] judges where a request leads before it is made, and [`fetch`] asks for what is new at
//! an address. Neither follows anybody elsewhere.

pub mod fetch;
pub mod guard;

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::channel::trust::Trust;
use guard::Destination;

/// Makes a client that connects to the judged addresses alone, and gives up after `within`.
pub(crate) fn client(
    trust: &Trust,
    destination: &Destination,
    within: Duration,
) -> reqwest::Result<Client> {
    trust
        .web()
        .tls_info(true)
        .resolve_to_addrs(&destination.host, &destination.addresses)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent(concat!("watchfire/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(within)
        .timeout(within)
        .build()
}
