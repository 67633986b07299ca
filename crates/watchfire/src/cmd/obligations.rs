//! `watchfire obligations`: what is owed in each case of case files.

use std::fmt::Write;
use std::io::IsTerminal;

use comfy_table::ContentArrangement;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use watchfire_core::law::instant::Instant;
use watchfire_core::law::text::Text;
use watchfire_core::law::{Class, Language, Lawbook, Obligation, tell};

use crate::cli::Obligations;
use crate::cmd::packs::{self, CaseFile};
use crate::cmd::progress::Progress;
use crate::exit::{Exit, Failure};
use crate::print;

/// As wide as a table is where no terminal says how wide it may be.
const TABLE_COLUMNS: u16 = 140;

#[derive(Serialize)]
struct Answer {
    cases: Vec<AnsweredCase>,
}

#[derive(Serialize)]
struct AnsweredCase {
    name: String,
    file: String,
    now: String,
    obligations: Vec<Owed>,
}

#[derive(Serialize)]
struct Owed {
    obligation: String,
    from_fact: Option<String>,
    class: String,
    state: String,
    foreseen: bool,
    provisional: bool,
    after_strict: bool,
    strict_due: Option<String>,
    outer_due: Option<String>,
    cites: Option<String>,
    version_from: Option<String>,
    reading: Option<String>,
    owed_by: Vec<String>,
    owed_to: Option<String>,
    form: Option<String>,
    remedy: Option<String>,
    trace: Vec<String>,
}

pub(super) fn run(args: &Obligations) -> Result<Exit, Failure> {
    let at = instant("--at", args.at.as_deref())?;
    let known_at = instant("--known-at", args.known_at.as_deref())?;
    let language = language(&args.language)?;
    let laws = packs::lawbook(&args.laws)?;
    let files = packs::case_files(&args.files, &laws)?;
    let progress = Progress::new(files.iter().map(|file| file.cases.len()).sum());
    let mut text = String::new();
    let mut answer = Answer { cases: Vec::new() };
    for file in &files {
        for case in &file.cases {
            let (now, listed) = case.run(&laws, at, known_at);
            if args.json {
                let obligations = listed.iter().map(|one| owed(one, &laws, language)).collect();
                answer.cases.push(AnsweredCase {
                    name: case.name.clone(),
                    file: file.name.clone(),
                    now: now.to_string(),
                    obligations,
                });
            } else {
                let told = Told { laws: &laws, language, why: args.why };
                told.case(&mut text, file, &case.name, now, &listed);
            }
            progress.step();
        }
    }
    progress.done();
    if args.json {
        print::json(&answer)?;
    } else {
        print::data(text.trim_end())?;
    }
    Ok(Exit::Done)
}

/// Reads the instant given with a flag.
pub(super) fn instant(flag: &str, text: Option<&str>) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = text else { return Ok(None) };
    match Instant::parse(text) {
        Ok(Instant::Exact(at)) => Ok(Some(at)),
        Ok(_) => Err(Failure::request(format!("`{flag} {text}` stands for several instants"))
            .hint("write one, such as `2026-09-30T10:00Z`")),
        Err(error) => Err(Failure::request(format!("`{flag}` is no instant")).because(error)),
    }
}

/// Reads the language given with a flag.
pub(super) fn language(tag: &str) -> Result<Language, Failure> {
    Language::parse(tag).ok_or_else(|| Failure::request(format!("`{tag}` is no language we speak")))
}

fn owed(one: &Obligation, laws: &Lawbook, language: Language) -> Owed {
    let words = |text: &Text| text.in_language(language).to_owned();
    Owed {
        obligation: one.provision.to_string(),
        from_fact: one.from_fact.as_ref().map(ToString::to_string),
        class: one.class.to_string(),
        state: one.state.to_string(),
        foreseen: one.foreseen,
        provisional: one.provisional,
        after_strict: one.after_strict,
        strict_due: one.strict_due.map(|due| due.to_string()),
        outer_due: one.outer_due.map(|due| due.to_string()),
        cites: one.cites.as_ref().map(words),
        version_from: one.version_from.map(|day| day.to_string()),
        reading: one.reading.as_deref().map(str::to_owned),
        owed_by: one.owed_by.iter().map(ToString::to_string).collect(),
        owed_to: one.owed_to.as_deref().map(str::to_owned),
        form: one.form.as_deref().map(str::to_owned),
        remedy: one.remedy.as_ref().map(words),
        trace: tell::tell(&one.trace, laws, language),
    }
}

/// How cases are told to a person.
struct Told<'a> {
    laws: &'a Lawbook,
    language: Language,
    why: bool,
}

impl Told<'_> {
    fn case(
        &self,
        text: &mut String,
        file: &CaseFile,
        name: &str,
        now: Timestamp,
        listed: &[Obligation],
    ) {
        let now = tell::instant(now, None, self.language);
        // Writing to a text does not fail.
        let _ = writeln!(text, "{} ({}), at {now}", print::plain(name), print::plain(&file.name));
        if listed.is_empty() {
            let _ = writeln!(text, "nothing is owed\n");
            return;
        }
        let mut table =
            print::table(&["obligation", "state", "strict", "outer", "article", "reason"]);
        if !std::io::stdout().is_terminal() {
            print::ruled(&mut table)
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(TABLE_COLUMNS);
        }
        for one in listed {
            table.add_row(self.row(one));
        }
        let _ = writeln!(text, "{table}\n");
        if self.why {
            for one in listed {
                self.steps(text, one);
            }
        }
    }

    fn row(&self, one: &Obligation) -> Vec<String> {
        let zone = tell::zone_of(&one.trace);
        let due =
            |due: Option<Timestamp>| due.map_or_else(|| "–".to_owned(), |due| in_zones(due, zone));
        let cites = one.cites.as_ref().map_or("", |cites| cites.in_language(self.language));
        let cells = [
            named(one),
            state_of(one),
            due(one.strict_due),
            due(one.outer_due),
            cites.to_owned(),
            tell::reason(one, self.laws, self.language),
        ];
        cells.iter().map(|cell| print::plain(cell)).collect()
    }

    fn steps(&self, text: &mut String, one: &Obligation) {
        let _ = writeln!(text, "{}", print::plain(&named(one).replace('\n', " ")));
        for line in tell::tell(&one.trace, self.laws, self.language) {
            let _ = writeln!(text, "  - {}", print::plain(&line));
        }
        text.push('\n');
    }
}

/// The obligation, told apart by its fact where a provision gives several.
fn named(one: &Obligation) -> String {
    let mut name = one.provision.to_string();
    if let (true, Some(fact)) = (one.per_fact, &one.from_fact) {
        let _ = write!(name, "\nfrom {fact}");
    }
    if one.class == Class::Soft {
        name.push_str("\n(house target)");
    }
    name
}

fn state_of(one: &Obligation) -> String {
    let mut state = one.state.to_string();
    if one.foreseen {
        state.push_str("\n(foreseen)");
    }
    if one.provisional {
        state.push_str("\n(provisional)");
    }
    if one.after_strict {
        state.push_str("\n(after strict)");
    }
    state
}

/// A deadline on the authority's wall and in UTC.
fn in_zones(due: Timestamp, zone: Option<&str>) -> String {
    let wall = |zone: &TimeZone| {
        let local = zone.to_datetime(due);
        let seconds = if local.second() == 0 { "" } else { ":%S" };
        local.strftime(&format!("%Y-%m-%d %H:%M{seconds}")).to_string()
    };
    let utc = format!("{} UTC", wall(&TimeZone::UTC));
    let local = zone
        .filter(|name| *name != "UTC")
        .and_then(|name| Some(format!("{} {name}\n", wall(&TimeZone::get(name).ok()?))));
    format!("{}{utc}", local.unwrap_or_default())
}
