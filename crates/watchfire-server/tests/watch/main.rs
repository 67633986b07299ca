//! The readers of the watch, on real files and real sockets.

mod csaf;
mod local;
mod osv;
mod outside;
mod watcher;
