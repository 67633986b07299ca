//! What is in what: version orders and ranges.
//!
//! Pure: no network, no database, no clock.
//! Start with [`Ecosystem`], which orders two versions and gives each an order-preserving key.

pub mod ecosystem;
pub mod index;
pub mod key;
pub mod range;
mod version;

pub use ecosystem::Ecosystem;
pub use key::Key;
