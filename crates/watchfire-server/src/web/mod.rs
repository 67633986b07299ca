//! The pages: each a pure function of what it shows and of its reader, in en and zh-CN.
//!
//! They work without script. Nothing in them is allowed by exception: no inline script, no inline
//! style, no content from elsewhere.

pub mod advisory;
pub mod amendment;
pub mod asset;
pub mod case;
pub mod component;
pub mod department;
pub mod door;
pub mod exposure;
pub mod fact;
pub mod feed;
pub mod form;
pub mod instant;
pub mod law;
pub mod layout;
pub mod log;
pub mod me;
pub mod obligation;
pub mod party;
pub mod person;
pub mod product;
pub mod reader;
pub mod reading;
pub mod refusal;
pub mod release;
pub mod report;
pub mod session;
pub mod slider;
pub mod submission;
pub mod time;
pub mod vulnerability;
pub mod watch;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use maud::{Markup, html};

/// Shows a sentence of ours in which names stand between backticks.
pub(crate) fn ticked(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Writes `text` so that it can stand in a path or a query (RFC 3986, 2.3: unreserved alone).
pub fn query_part(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes everything");
        }
    }
    out
}
