//! One suite for both engines: each test runs on SQLite, and on PostgreSQL where it is told of.

mod amendment;
mod append;
mod audit;
mod documents;
mod due;
mod engine;
mod exposure;
mod exposure_state;
mod feed;
mod group;
mod house;
mod log;
mod narrowed;
mod outbox;
mod question;
mod rebuild;
mod schema;
mod session;
mod standing;
mod visibility;
