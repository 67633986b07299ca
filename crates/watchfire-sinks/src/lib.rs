//! The other side in a test: a mail relay, a receiver of webhooks, and a publisher whose document is
//! fetched, on real sockets.
//!
//! They know nothing of our own code and judge what arrives by the standards alone, so that an
//! error of the sender cannot hide in a sink that shares it. Nothing of the product uses them.

pub mod certificate;
mod hook;
mod publisher;
mod relay;

pub use certificate::{Authority, Identity};
pub use hook::{Hook, Receiver, Reply};
pub use publisher::{Asked, Offer, Publisher};
pub use relay::{Mail, Manner, Protection, Relay};
