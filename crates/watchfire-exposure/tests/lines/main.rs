//! Version orders against the data of others.

mod data;
mod property;
mod scalibr;
mod vers;
