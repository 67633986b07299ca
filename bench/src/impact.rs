//! What a change of law does to the cases of a node, by the shipped binary: a change that moves a date
//! in every case is put forward, and its impact asked for; beside it, of a tenth of the cases.

use std::error::Error;
use std::time::Instant;

use serde_json::json;
use watchfire_core::law::files::Files;
use watchfire_core::law::{Lawbook, case_file};

use crate::house::{House, Place};
use crate::measure::{Floor, Measure, Watch, percentile, sorted};
use crate::node::Node;
use crate::wire::Wire;

/// The least that is measured.
pub(crate) const LEAST: usize = 20;
/// Clients that open cases at the same time.
const CLIENTS: usize = 8;
const ROLE: &str = "cn-rmsv/provider";
/// The last line of the version of `cn-rmsv/7.2` that applies.
const LAST_OF_7_2: &str = "also           = [{ reading = \"calendar-days\", within = \"2d\", counts = \"exclude-trigger-day\" }]";
/// From this day on 24 hours, and not 48; the cases begin later.
const FROM: &str = "2026-11-02";
const BEFORE: &str = "2026-11-01";
const KNOWN_AT: &str = "2026-11-05T02:00:00Z";

/// A node with cases, and a change of law that moves a date in each.
struct World {
    node: Node,
    wire: Wire,
    cases: usize,
    amendment: String,
    // The node lives there.
    _house: House,
}

impl World {
    fn of(place: Place<'_>, cases: usize) -> Result<Self, Box<dyn Error>> {
        let house = House::new(place)?;
        let node = house.start("")?;
        let mut wire = Wire::to(node.address, &house.token)?;
        let me = wire.get("/api/v1/me")?;
        let organization = me["organization"].as_str().ok_or("no organization")?;
        let profile = json!({"roles": [ROLE], "attributes": {}}).to_string();
        let path = format!("/api/v1/organizations/{organization}/profile");
        wire.text("PUT", &path, profile.as_bytes())?;
        open(&node, &house.token, cases)?;
        let files: serde_json::Map<String, serde_json::Value> =
            in_24_hours()?.iter().map(|(path, text)| (path.to_owned(), text.into())).collect();
        let change = json!({"title": "24 hours", "why": "measured", "files": files}).to_string();
        let proposed = wire.post("/api/v1/amendments", change.as_bytes())?;
        let amendment = proposed["id"].as_str().ok_or("no id of a change")?.to_owned();
        Ok(Self { node, wire, cases, amendment, _house: house })
    }

    /// Asks for the impact; returns the milliseconds that it took. Every case must be in it.
    fn ask(&mut self) -> Result<f64, Box<dyn Error>> {
        let path = format!("/api/v1/amendments/{}/impact", self.amendment);
        let began = Instant::now();
        let impact = self.wire.get(&path)?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        let shifted = impact["open"]["shifted"].as_u64().unwrap_or_default();
        if shifted != self.cases as u64 {
            return Err(format!("{shifted} of {} cases are shifted", self.cases).into());
        }
        Ok(took)
    }

    /// A node waits for those who still talk with it.
    fn end(self) -> Result<(), Box<dyn Error>> {
        let Self { mut node, wire, .. } = self;
        drop(wire);
        node.stop()
    }
}

/// Opens cases in which the clock of 48 hours runs.
fn open(node: &Node, token: &str, cases: usize) -> Result<(), Box<dyn Error>> {
    let part = |from: usize| -> Result<(), String> {
        let told = |error: Box<dyn Error>| error.to_string();
        let mut wire = Wire::to(node.address, token).map_err(told)?;
        for at in (from..cases).step_by(CLIENTS) {
            let fact = json!({
                "kind": "vulnerability-known", "occurred_at": KNOWN_AT, "known_at": KNOWN_AT
            });
            let title = format!("Case {at}");
            let case = json!({"title": title, "secrecy": "open", "facts": [fact]}).to_string();
            wire.post("/api/v1/cases", case.as_bytes()).map_err(told)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let part = &part;
        let clients: Vec<_> = (0..CLIENTS).map(|from| scope.spawn(move || part(from))).collect();
        clients.into_iter().try_for_each(|it| {
            it.join().unwrap_or_else(|_| Err("a client stopped with a panic".to_owned()))
        })
    })?;
    Ok(())
}

/// The pack of the RMSV with 24 hours instead of 48 from a day on, and the border pair that it takes.
fn in_24_hours() -> Result<Files, Box<dyn Error>> {
    let version = format!(
        "{LAST_OF_7_2}\n\n[[provision.version]]\neffective_from = {FROM}\nstrict = {{ within = \
         \"24h\" }}\nouter = {{ within = \"2d\", counts = \"exclude-trigger-day\", ends = \
         \"end-of-day\", rolls = \"next-working-day-end\", calendar = \"cn\" }}\nreading = \
         \"forty-eight-hours\"\n"
    );
    let border = |name: &str, day: &str, due: &str| {
        format!(
            "[[case]]\nname = \"{name}\"\nroles = [\"{ROLE}\"]\n[[case.fact]]\nkind = \
             \"vulnerability-known\"\noccurred_at = \"{day}T10:00[Asia/Shanghai]\"\n\
             [[case.expect]]\nobligation = \"cn-rmsv/7.2\"\nstrict_due = \"{due}\"\n\n"
        )
    };
    let borders = border("the last day of 48 hours", BEFORE, "2026-11-03T02:00:00Z")
        + &border("the first day of 24 hours", FROM, "2026-11-03T02:00:00Z");
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    let mut files: Vec<(String, String)> = own
        .map(|(path, text)| (path.to_owned(), text.replacen(LAST_OF_7_2, &version, 1)))
        .collect();
    files.push(("cn-rmsv/tests/border-24h.toml".to_owned(), borders));
    without_what_moves(files)
}

/// The pack's own cases say 48 hours. Where the new version makes one come out otherwise, what it
/// expects of dates is left out, so that the pack is whole.
fn without_what_moves(files: Vec<(String, String)>) -> Result<Files, Box<dyn Error>> {
    let all = Files::new(files);
    let loaded = Lawbook::from_files(&all.over(Lawbook::builtin().files()));
    let book = loaded.map_err(|_| "the pack does not load")?;
    let moves = |line: &str| {
        line.starts_with("strict_due")
            || line.starts_with("after_strict")
            || (line.starts_with("state") && !line.contains("not-applicable"))
    };
    let mut kept = Vec::new();
    for (path, text) in all.iter() {
        let fails = path.starts_with("cn-rmsv/tests/") && {
            let cases = case_file::parse(path, text, &book).map_err(|_| "no case file")?;
            cases.iter().any(|case| !case.check(&book).is_empty())
        };
        let lines: Vec<&str> = text.lines().filter(|line| !fails || !moves(line)).collect();
        kept.push((path.to_owned(), lines.join("\n") + "\n"));
    }
    Ok(Files::new(kept))
}

/// Measures the impact of one change on `cases` cases, and on a tenth of them.
///
/// # Errors
/// A node that does not start or answer, or cases that are missing: then no figure is given.
pub(crate) fn measure(
    place: Place<'_>,
    cases: usize,
    rounds: usize,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let mut small = World::of(place, cases / 10)?;
    let mut whole = World::of(place, cases)?;
    small.ask()?;
    whole.ask()?;
    let watch = Watch::start();
    let mut rounds_taken = Vec::new();
    for _ in 0..rounds.max(1) {
        rounds_taken.push((small.ask()?, whole.ask()?));
    }
    let foreign_cpus = watch.foreign_cpus();
    let peak = whole.node.peak_mebibytes()?;
    small.end()?;
    whole.end()?;
    let median = percentile(&sorted(rounds_taken.iter().map(|(_, all)| *all)), 50.0);
    let mut impact = Measure::new("impact/a-change", cases, median, "ms");
    impact.also = vec![("µs a case", median * 1e3 / cases as f64), ("peak MiB", peak)];
    impact.floor = Some(Floor::of("a tenth of the cases", &rounds_taken));
    impact.foreign_cpus = foreign_cpus;
    Ok(vec![impact])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_impact_of_a_change_has_every_case_that_it_moves() {
        let Some(binary) = crate::house::built() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place { binary: &binary, folder: folder.path() };
        assert_eq!(measure(place, LEAST, 1).expect("figures").len(), 1);
        let mut world = World::of(place, 2).expect("cases");
        world.cases = 3;
        let told = world.ask().expect_err("one is missing").to_string();
        assert!(told.contains("2 of 3"), "{told}");
    }
}
