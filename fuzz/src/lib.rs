//! What must hold of every parser of bytes that we did not write ourselves, or wrote long ago.
//!
//! Each target is a function over bytes that panics where a promise is broken: no parser panics,
//! overflows or hangs, what is accepted is written back as it was read, and what is refused says
//! where and why. The same functions are run by libFuzzer (`fuzz_targets/`) and, on the corpus
//! and on mutations of it, by `tests/replay.rs`.

mod advisory;
mod exposure;
mod law;
mod log;
mod names;
mod place;
mod sbom;
pub mod seed;

/// The longest input that a target is run on, in bytes.
pub const INPUT_BYTES_MAX: usize = 64 << 10;

/// A target: its name, which is also that of its binary and of its corpus, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 24] = [
    ("advisory", advisory::any),
    ("bundle", log::bundle),
    ("calendar", law::calendar),
    ("case_file", law::case_file),
    ("csaf", advisory::csaf),
    ("decision", exposure::decision),
    ("event", log::event),
    ("form", law::form),
    ("ids", names::ids),
    ("instant", names::instant),
    ("law_pack", law::pack),
    ("native", advisory::native),
    ("note", log::note),
    ("proof", log::proof),
    ("purl", names::purl),
    ("range", exposure::range),
    ("receipt", log::receipt),
    ("sbom_json", sbom::json),
    ("sbom_tags", sbom::tags),
    ("sbom_xml", sbom::xml),
    ("segment", advisory::segment),
    ("tile", log::tile),
    ("vector", exposure::vector),
    ("version", exposure::version),
];

/// Runs the target called `name` on an input.
///
/// # Panics
/// Where the input breaks a promise, and if there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(target, _)| *target == name);
    let (_, check) = target.expect("the binary of a target bears its name");
    check(bytes);
}
