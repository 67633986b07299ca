//! The hands of a node, tried on a real database, with real sockets and a clock that stands.

mod amending;
mod chain;
mod conflict;
mod exposure;
mod feeds;
mod house;
mod keeping;
mod kept;
mod patience;
mod program;
mod racing;
mod reading;
mod sending;
mod ticking;
mod watching;
