//! The doors of a node, tried with real requests on a real database and a clock that stands.

mod access;
mod amendments;
mod browser;
mod cases;
mod conflicts;
mod exposure;
mod exposure_pages;
mod failure;
mod feeds;
mod house;
mod inquiry;
mod law_pages;
mod laws;
mod map;
mod minimum;
mod page_access;
mod page_acts;
mod pages;
mod products;
mod readings;
mod reports;
mod rising;
mod sboms;
mod socket;
mod unread;
mod wire;
