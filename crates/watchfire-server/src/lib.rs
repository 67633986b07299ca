//! Doors and hands: the API, the pages, the clocks and the notices of a node.

mod apart;
mod api;
pub mod auth;
pub mod channel;
pub mod clock;
pub mod command;
pub mod error;
pub mod exposure;
pub mod export {
    //! A case as a file that a stranger can check.

    pub use crate::api::export::{internal, public};
}
mod headers;
mod health;
pub mod limit;
pub mod locale;
pub mod map {
    //! The map of what is owed, in the shape in which it is answered.

    pub use crate::api::map::ShownMap;
}
pub mod metrics;
pub mod outside;
pub mod request;
pub mod route;
pub mod secret;
pub mod serve;
pub mod settings;
mod shelf;
pub mod state;
pub mod tls;
pub mod watch;
pub mod web;
pub mod worker;
pub mod write;
