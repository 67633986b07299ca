//! The binary as an operator runs it: started, used over HTTP, killed, tampered with.

mod backup;
mod export;
mod house;
mod kill;
mod postgres;
mod start;
mod tamper;
