//! Version orders against the data of others.

mod border;
mod data;
mod property;
mod scalibr;
mod vers;
