//! Doors and hands: the API, the pages, the clocks and the notices of a node.

pub mod clock;
pub mod error;
mod health;
pub mod request;
pub mod route;
pub mod secret;
pub mod settings;
pub mod state;
