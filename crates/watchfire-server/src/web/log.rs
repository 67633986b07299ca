//! The evidence log: its checkpoint, a receipt looked up, and how a stranger verifies both.

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use super::time;

/// What the page of the log shows.
#[derive(Debug, Clone, Default)]
pub struct LogView {
    /// The latest public checkpoint, a signed note.
    pub checkpoint: Option<String>,
    pub checkpoint_at: Option<Timestamp>,
    /// The key that verifies it.
    pub verifier_key: String,
    /// Seconds between two public checkpoints.
    pub cadence_seconds: u32,
    /// Size and root of the internal log, for those who may know how much happens.
    pub internal: Option<Internal>,
    /// What was typed, and what it opened.
    pub token: String,
    pub receipt: Option<ReceiptView>,
    pub missed: bool,
}

/// The dense log, which only the organization's auditors see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Internal {
    pub size: u64,
    pub root: String,
}

/// A receipt that was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    pub leaf_hash: String,
    pub salt: String,
    /// The proof as a file, once a public checkpoint covers the entry.
    pub proof: Option<String>,
    /// When the next checkpoint comes, while there is no proof yet.
    pub proof_at: Option<Timestamp>,
}

/// Makes the page.
pub fn page(view: &LogView, reader: &Reader) -> Markup {
    let title = reader.text("log-title");
    let content = html! {
        (layout::heading(reader, &title, &html! { p.soft { (reader.text("log-below")) } }))
        (lookup(reader, view))
        (checkpoint(reader, view))
        (internal(reader, view))
        (verify(reader))
    };
    layout::page(reader, Room::Log, &title, content)
}

fn lookup(reader: &Reader, view: &LogView) -> Markup {
    html! {
        section.card aria-labelledby="lookup" {
            h2 #lookup { (reader.text("log-lookup")) }
            @if view.missed {
                (layout::problem(Some(&Problem {
                    message: reader.text("log-missed"),
                    hint: Some(reader.text("log-missed-hint")),
                    input: Some("receipt".to_owned()),
                })))
            }
            form.stack method="post" action="/log" {
                (layout::csrf(reader))
                label for="receipt" { (reader.text("shell-receipt")) }
                input.num #receipt name="receipt" required maxlength="200" value=(view.token)
                    autocomplete="off" spellcheck="false";
                div.acts { button.primary type="submit" { (reader.text("log-look")) } }
            }
            @if let Some(receipt) = &view.receipt { (found(reader, receipt)) }
        }
    }
}

fn found(reader: &Reader, receipt: &ReceiptView) -> Markup {
    html! {
        div.done role="status" {
            p { span.shape aria-hidden="true" { "✓" } " " strong { (reader.text("log-recorded")) } }
            dl.dates {
                dt { (reader.text("log-leaf")) } dd { code #leaf { (receipt.leaf_hash) } }
                dt { (reader.text("log-salt")) } dd { code { (receipt.salt) } }
                dt { (reader.text("log-proof")) }
                dd {
                    @if let Some(proof) = &receipt.proof {
                        p { (reader.text("log-proof-there")) }
                        pre #proof tabindex="0" { (proof) }
                        (layout::copy(reader, "proof"))
                    } @else {
                        (reader.text("log-proof-later"))
                        @if let Some(at) = receipt.proof_at { " " (time::moment(reader, at)) }
                    }
                }
            }
        }
    }
}

fn checkpoint(reader: &Reader, view: &LogView) -> Markup {
    html! {
        section aria-labelledby="checkpoint" {
            h2 #checkpoint { (reader.text("log-checkpoint")) }
            @match &view.checkpoint {
                Some(note) => {
                    @if let Some(at) = view.checkpoint_at { p.soft { (time::moment(reader, at)) } }
                    pre #checkpoint-note tabindex="0" { (note) }
                    (layout::copy(reader, "checkpoint-note"))
                }
                None => { p { (reader.text("log-no-checkpoint")) } }
            }
            dl.dates {
                @if !view.verifier_key.is_empty() {
                    dt { (reader.text("log-key")) } dd { code #verifier-key { (view.verifier_key) } " " (layout::copy(reader, "verifier-key")) }
                }
                dt { (reader.text("log-size")) }
                dd { (reader.text_with("log-size-why", &[("seconds", i64::from(view.cadence_seconds).into())])) }
            }
        }
    }
}

fn internal(reader: &Reader, view: &LogView) -> Markup {
    html! {
        @if let Some(internal) = &view.internal {
            section aria-labelledby="internal" {
                h2 #internal { (reader.text("log-internal")) }
                p.soft { (reader.text("log-internal-why")) }
                dl.dates {
                    dt { (reader.text("log-entries")) } dd.num { (internal.size) }
                    dt { (reader.text("log-root")) } dd { code { (internal.root) } }
                }
            }
        }
    }
}

fn verify(reader: &Reader) -> Markup {
    html! {
        section aria-labelledby="verify" {
            h2 #verify { (reader.text("log-verify")) }
            p { (reader.text("log-verify-why")) }
            dl.commands {
                dt { code #verify-bundle { "watchfire log verify --bundle case.json" } " " (layout::copy(reader, "verify-bundle")) }
                dd { (reader.text("log-verify-bundle")) }
                dt { code #verify-data { "watchfire log verify --data DIR" } " " (layout::copy(reader, "verify-data")) }
                dd { (reader.text("log-verify-data")) }
            }
        }
    }
}
