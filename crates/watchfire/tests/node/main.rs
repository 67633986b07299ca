//! The binary as an operator runs it: started, used over HTTP, killed, tampered with.

mod backtest;
mod backup;
mod clock;
mod demo;
mod export;
mod hand;
mod house;
mod import;
mod inventory;
mod kill;
mod ledger;
mod nodes;
mod postgres;
mod rungs;
mod running;
mod start;
mod tamper;
mod wall;
mod wire;
