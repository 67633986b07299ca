//! The papers tell the truth: links lead somewhere, and every command, route, setting and
//! measure is documented.
//! Each check is a function over plain input, proven on small bad inputs, and then run on the
//! repository.

mod commands;
mod links;
mod metrics;
mod reference;
#[path = "../repository/mod.rs"]
mod repository;
