//! Law meets facts.

pub mod calendar;
pub mod member_state;
