//! Law meets facts.

pub mod bulk;
pub mod bundle;
pub mod calendar;
pub mod case_file;
pub mod condition;
pub mod confidence;
pub mod count;
pub mod diff;
mod engine;
pub mod fact;
pub mod files;
pub mod form;
pub mod id;
pub mod impact;
pub mod instant;
mod lawbook;
pub mod lint;
pub mod map;
pub mod member_state;
mod occasion;
pub mod pack;
pub mod problem;
mod question;
pub mod quotation;
pub mod reads;
pub(crate) mod retraction;
pub mod tell;
pub mod text;
pub mod trace;
pub mod vocabulary;

pub use engine::TIME_ZONE_DATABASE;
pub use lawbook::Lawbook;
pub use occasion::Occasion;
pub use pack::Class;
pub use question::{Obligation, Question, State};
pub use text::Language;
