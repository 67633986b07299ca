//! Many cases at once: a lawbook put to a table of them.
//!
//! A [`Table`] holds cases in columns, a [`Plan`] a lawbook with its names as numbers and its days
//! as instants. A provision of which the columns hold all that it reads is reckoned from them; all
//! others, and cases with retractions, are put to the engine, one case at a time. Conditions,
//! counting, calendars and the states of a clock are one implementation for both, and a test holds
//! that their answers are equal.

mod bits;
mod case;
mod change;
mod found;
mod make;
mod outcome;
mod past;
mod plan;
mod put;
mod reckon;
mod sets;
mod table;
mod tally;
mod words;

pub use bits::Bits;
pub use case::AsOf;
pub use change::{Change, Changes, Changing};
pub use found::{Found, Owed};
pub use outcome::Outcome;
pub use past::{Backtest, Otherwise, PastCase, Restated, Side, backtest};
pub use plan::Plan;
pub use put::Bulk;
pub use table::Table;
pub use tally::{Fates, Tally, count_changes};
