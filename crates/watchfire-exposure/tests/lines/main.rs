//! Version orders against the data of others.

mod border;
mod data;
mod native;
mod node;
mod property;
mod scalibr;
mod vers;
