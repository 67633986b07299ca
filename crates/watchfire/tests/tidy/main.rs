//! The house checks itself: who may depend on whom, who may ask for the time, where SQL is written,
//! how decisions are numbered.
//! Each check is a function over plain input, proven on small bad inputs, and then run on the
//! repository.

mod dependencies;
mod files;
mod papers;
mod purity;
#[path = "../repository/mod.rs"]
mod repository;
mod source;
mod words;
