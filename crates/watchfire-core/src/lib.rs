//! The rules of Watchfire: laws, clocks, cases and evidence.
//!
//! Pure: no input or output, no clock, no randomness, no async. The time and random bytes are
//! arguments, so that a test moves time and not data, and a decision can be replayed for ever.

pub mod amendment;
pub mod case;
pub mod department;
pub mod escalation;
pub mod event;
pub mod ids;
pub mod law;
pub mod log;
pub mod notice;
pub mod obligation;
pub mod opening;
pub mod party;
pub mod product;
pub mod report;
pub mod vulnerability;
