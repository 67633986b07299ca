//! Law meets facts.

pub mod calendar;
pub mod confidence;
pub mod form;
pub mod member_state;
pub mod problem;
pub mod text;
