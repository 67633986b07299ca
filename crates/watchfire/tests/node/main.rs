//! The binary as an operator runs it: started, used over HTTP, killed, tampered with.

mod house;
mod start;
mod tamper;
