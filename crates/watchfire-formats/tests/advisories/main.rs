//! Advisories and VEX against the data of others.

mod csaf;
mod data;
mod feeds;
mod hostile;
mod said;
mod vex;
mod wrapped;
