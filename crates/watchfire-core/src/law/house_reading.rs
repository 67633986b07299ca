//! Readings of the house: a provision that is counted more strictly than its pack counts it.
//!
//! A pack says how an unclear text is read; whoever answers for the house may read it more strictly,
//! and never less. Such a reading lies beside the packs, in `readings.toml`, so that it outlasts
//! every version of the pack:
//!
//! ```toml
//! [reading."cn-rmsv/7.2 2026-12-01"]
//! within = "24h"
//! counts = "elapsed"
//! says   = { en = "…", zh-CN = "…" }
//! by     = "Eva Employee"
//! on     = 2026-11-30
//! why    = { en = "…", zh-CN = "…" }
//! ```
//!
//! When a lawbook is loaded, the version that applies on the reading's day ends there, and one that
//! counts by the reading begins; the latest defensible date stays the pack's. Business days are
//! counted by the calendar of the span that is read, and take the place of such a span alone. Where
//! a later version of the pack is as strict or stricter, or where it cannot be told which of the two
//! is, the pack holds.
//!
//! What the house decided is its own: others read [`Lawbook::without_house_readings`].

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::count::{Counts, Ends, Unit, Within};
use super::diff::{self, Direction};
use super::files::Files;
use super::id::ProvisionId;
use super::lawbook::Lawbook;
use super::pack::{Class, Pack, Provision, Reading, Span, Variant, Version, Zone, date_of};
use super::problem::{Lines, Problem};
use super::text::Text;

/// The file in which readings of the house stand.
pub const HOUSE_READINGS: &str = "readings.toml";
/// A text of a reading has at most so many characters.
pub const READING_CHARS_MAX: usize = 4_000;
/// With it begin the ids of readings of the house, beside those of packs.
const ID_PREFIX: &str = "house-";

/// A stricter reading of one provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseReading {
    pub provision: ProvisionId,
    /// The first local day, in the law's zone, of the clocks that are counted by it.
    pub from: Date,
    pub within: Within,
    pub counts: Counts,
    /// What the text is taken to mean.
    pub says: Text,
    /// Who decided.
    pub by: String,
    pub on: Date,
    pub why: Text,
}

/// Why a reading is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingRefusal {
    /// No pack in use has it.
    #[error("no pack in use has the provision `{0}`")]
    NoSuchProvision(ProvisionId),
    /// Nothing of it runs on that day.
    #[error("`{provision}` has no clock on {from} that could be counted more strictly")]
    NoClock { provision: ProvisionId, from: Date },
    /// A unit and a rule that do not go together, or business days where the pack has no calendar
    /// that is counted so.
    #[error("`{within}` cannot be counted {counts}, or needs a calendar that is not there")]
    Counting { within: Within, counts: Counts },
    /// It would give more time.
    #[error(
        "`{provision}` counts {now}; {asked} is laxer, and a reading is changed only towards stricter"
    )]
    Laxer { provision: ProvisionId, now: String, asked: String },
    /// It would change nothing.
    #[error("`{provision}` counts {now} already")]
    Same { provision: ProvisionId, now: String },
    /// It gives less time in some cases, or nobody can say.
    #[error(
        "`{provision}` counts {now}; that {asked} is never later cannot be shown, and a reading is \
         changed only towards stricter"
    )]
    NotShown { provision: ProvisionId, now: String, asked: String },
    /// The past is not read anew.
    #[error(
        "the reading would begin on {from}, before {day}, on which it is used at the earliest, and \
         the past is not read anew"
    )]
    Past { from: Date, day: Date },
    /// A text is empty or too long.
    #[error("each text of a reading has 1 to {READING_CHARS_MAX} characters, in each language")]
    Text,
}

impl ReadingRefusal {
    /// Returns the stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchProvision(_) => "provision_unknown",
            Self::NoClock { .. } => "reading_without_clock",
            Self::Counting { .. } => "reading_uncountable",
            Self::Laxer { .. } => "reading_laxer",
            Self::Same { .. } => "reading_same",
            Self::NotShown { .. } => "reading_not_stricter",
            Self::Past { .. } => "reading_past",
            Self::Text => "text_length",
        }
    }
}

impl HouseReading {
    /// Checks that the law in use is read more strictly by it, from a day on that is not past when
    /// it is used, which is at `at` or later.
    ///
    /// # Errors
    /// [`ReadingRefusal`].
    pub fn check(&self, book: &Lawbook, at: Timestamp) -> Result<(), ReadingRefusal> {
        for text in [&self.says, &self.why] {
            let fits = |words: &str| {
                !words.trim().is_empty() && words.chars().count() <= READING_CHARS_MAX
            };
            if !fits(&text.en) || !fits(&text.zh_cn) {
                return Err(ReadingRefusal::Text);
            }
        }
        let (pack, _) = self.find(book)?;
        let day = today(pack, at);
        if self.from < day {
            return Err(ReadingRefusal::Past { from: self.from, day });
        }
        self.check_stricter(book)
    }

    /// Returns the reading as it is put to use at `at`: not before the day after, in every place
    /// where the law counts, since clocks that have begun are not counted anew.
    #[must_use]
    pub fn used_at(self, book: &Lawbook, at: Timestamp) -> Self {
        let after =
            self.find(book).ok().and_then(|(pack, _)| last_day(book, pack, at).tomorrow().ok());
        let from = after.map_or(self.from, |after| after.max(self.from));
        Self { from, ..self }
    }

    /// Checks that the law in use is read more strictly by it.
    ///
    /// # Errors
    /// [`ReadingRefusal`]; that it cannot be shown is enough.
    pub fn check_stricter(&self, book: &Lawbook) -> Result<(), ReadingRefusal> {
        let (within, counts) = (self.within, self.counts);
        if !is_countable(within, counts) {
            return Err(ReadingRefusal::Counting { within, counts });
        }
        let (_, provision) = self.find(book)?;
        let no_clock =
            || ReadingRefusal::NoClock { provision: self.provision.clone(), from: self.from };
        let version = provision.applying(self.from).ok_or_else(no_clock)?;
        let rows = version.variants.iter().filter_map(|row| row.strict.as_ref());
        let mut ends = version.strict.iter().chain(rows).peekable();
        if ends.peek().is_some() && !ends.any(|now| self.counts_as(now)) {
            return Err(ReadingRefusal::Counting { within, counts });
        }
        let Some(now) = &version.strict else {
            // The rows of a table stand each for itself.
            let gains = |row: &Variant| row.strict.as_ref().is_some_and(|now| self.gains(now));
            return if version.variants.iter().any(gains) { Ok(()) } else { Err(no_clock()) };
        };
        let asked = self.span(now);
        let provision = self.provision.clone();
        let (now, asked) = match diff::spans(Some(now), Some(&asked)) {
            Direction::Stricter => return Ok(()),
            Direction::Neutral => {
                return Err(ReadingRefusal::Same { provision, now: now.to_string() });
            }
            Direction::Laxer => {
                let (now, asked) = (now.to_string(), asked.to_string());
                return Err(ReadingRefusal::Laxer { provision, now, asked });
            }
            Direction::Both | Direction::Unclear => (now.to_string(), asked.to_string()),
        };
        Err(ReadingRefusal::NotShown { provision, now, asked })
    }

    fn find<'b>(&self, book: &'b Lawbook) -> Result<(&'b Pack, &'b Provision), ReadingRefusal> {
        let unknown = || ReadingRefusal::NoSuchProvision(self.provision.clone());
        book.provision(self.provision.as_str()).ok_or_else(unknown)
    }

    /// Whether `now` is counted so that this reading can take its place. Business days are those of
    /// a calendar, which only the pack names, so they take the place of business days alone.
    fn counts_as(&self, now: &Span) -> bool {
        let alike = now.within.unit == Unit::BusinessDays && now.counts == self.counts;
        self.within.unit != Unit::BusinessDays || alike
    }

    /// Returns the span that takes the place of `now`: from the same fact, with the same limits.
    fn span(&self, now: &Span) -> Span {
        if self.within.unit == Unit::BusinessDays {
            // Fewer days of the same calendar, ended and moved by the same rules, are never later.
            return Span { within: self.within, ..now.clone() };
        }
        let by_days = self.counts == Counts::ExcludeTriggerDay;
        Span {
            within: self.within,
            counts: self.counts,
            ends: if by_days { Ends::EndOfDay } else { Ends::Exact },
            calendar: None,
            rolls: None,
            runs_from: now.runs_from.clone(),
            no_later_than: now.no_later_than.clone(),
        }
    }

    fn gains(&self, now: &Span) -> bool {
        self.counts_as(now) && diff::spans(Some(now), Some(&self.span(now))) == Direction::Stricter
    }

    /// Returns the files that say so.
    pub fn to_files(&self) -> Files {
        let (provision, from) = (&self.provision, self.from);
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let both = |text: &Text| {
            format!("{{ en = {}, zh-CN = {} }}", quoted(&text.en), quoted(&text.zh_cn))
        };
        let mut text = format!("[reading.\"{provision} {from}\"]\n");
        for (key, value) in [
            ("within", quoted(&self.within.to_string())),
            ("counts", quoted(&self.counts.to_string())),
            ("says", both(&self.says)),
            ("by", quoted(&self.by)),
            ("on", self.on.to_string()),
            ("why", both(&self.why)),
        ] {
            writeln!(text, "{key} = {value}").expect("a text takes text");
        }
        Files::new([(HOUSE_READINGS.to_owned(), text)])
    }

    /// Reads the readings among files; what is none is left to [`Lawbook::load`] to tell.
    pub fn of_files(files: &Files) -> Vec<Self> {
        let own = files.iter().filter(|(path, _)| *path == HOUSE_READINGS);
        own.filter_map(|(path, text)| read(path, text).ok()).flatten().collect()
    }

    /// The id under which its pack keeps it: of several provisions, and of one from several days
    /// on, each has its own.
    fn id(&self) -> String {
        format!("{ID_PREFIX}{}-{}", self.provision.part(), self.from)
    }
}

/// Returns whether an id of a reading is that of one of the house.
pub fn is_of_house(id: &str) -> bool {
    id.starts_with(ID_PREFIX)
}

/// Whether a number and a rule go together.
fn is_countable(within: Within, counts: Counts) -> bool {
    match counts {
        Counts::Elapsed => within.unit != Unit::BusinessDays,
        Counts::NextFullHour => within.unit == Unit::Hours,
        Counts::ExcludeTriggerDay => within.unit != Unit::Hours,
        Counts::SecB1 => within.unit == Unit::BusinessDays,
    }
}

/// Returns the local day at `now`; where the zone is that of a Member State, the day in UTC.
pub fn today(pack: &Pack, now: Timestamp) -> Date {
    let zone = match &pack.zone {
        Zone::Fixed { zone, .. } => zone.clone(),
        Zone::OfMemberState => TimeZone::UTC,
    };
    now.to_zoned_datetime(zone).date()
}

/// Returns the local day at `now`; where the zone is that of a Member State, the latest of theirs.
fn last_day(book: &Lawbook, pack: &Pack, now: Timestamp) -> Date {
    let own = today(pack, now);
    let states = book.member_states();
    let theirs =
        states.iter().map(|state| now.to_zoned_datetime(states.zone(state).clone()).date());
    match &pack.zone {
        Zone::Fixed { .. } => own,
        Zone::OfMemberState => theirs.fold(own, Date::max),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFile {
    #[serde(default)]
    reading: std::collections::BTreeMap<String, Spanned<WireReading>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireReading {
    within: String,
    counts: String,
    says: Text,
    by: String,
    on: Datetime,
    why: Text,
}

/// Reads a file of readings.
///
/// # Errors
/// What is wrong in it, with line and column.
pub(super) fn read(path: &str, text: &str) -> Result<Vec<HouseReading>, Vec<Problem>> {
    let file: WireFile = toml::from_str(text).map_err(|error| {
        let hint = "see `readings.toml` in `laws/README.md`";
        vec![Problem::of_toml(path, text, &error, hint)]
    })?;
    let lines = Lines::new(text);
    let mut problems = Vec::new();
    let mut found = Vec::new();
    for (name, written) in file.reading {
        let at = written.span();
        match one(&name, written.into_inner()) {
            Some(reading) => found.push(reading),
            None => {
                let message = format!("the reading `{name}` cannot be understood");
                let hint = "its name is a provision and a day, `within` and `counts` go together";
                problems.push(Problem::on(&lines, path, at, "value", message, hint));
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn one(name: &str, written: WireReading) -> Option<HouseReading> {
    let (provision, from) = name.split_once(' ')?;
    let within = Within::parse(&written.within)?;
    let counts = Counts::parse(&written.counts)?;
    is_countable(within, counts).then_some(())?;
    Some(HouseReading {
        provision: provision.parse().ok()?,
        from: from.parse().ok()?,
        within,
        counts,
        says: written.says,
        by: written.by,
        on: date_of(&written.on)?,
        why: written.why,
    })
}

/// Lays readings over packs, the earlier first. What names a provision that no pack has any more
/// counts nothing.
pub(super) fn lay(readings: &mut [HouseReading], packs: &mut [Pack]) {
    readings.sort_by(|a, b| (a.from, &a.provision).cmp(&(b.from, &b.provision)));
    for reading in readings.iter() {
        for pack in packs.iter_mut() {
            let own = |provision: &&mut Provision| provision.id == reading.provision;
            let Some(provision) = pack.provisions.iter_mut().find(own) else { continue };
            if let Some(versions) = read_by(reading, provision) {
                provision.versions = versions;
                let kept = Reading {
                    id: reading.id().into(),
                    says: reading.says.clone(),
                    by: reading.by.clone(),
                    on: reading.on,
                    why: reading.why.clone(),
                };
                pack.readings.insert(reading.id(), kept);
            }
        }
    }
}

/// Returns the versions of a provision as the reading counts them, or `None` where each is as
/// strict already.
fn read_by(reading: &HouseReading, provision: &Provision) -> Option<Vec<Version>> {
    let mut versions = Vec::with_capacity(provision.versions.len() + 1);
    let mut is_read = false;
    for (at, version) in provision.versions.iter().enumerate() {
        let next = provision.versions.get(at + 1).map(|next| next.effective_from);
        let has_ended = version.effective_to.or(next).is_some_and(|end| end <= reading.from);
        let counted = if has_ended { None } else { counted(reading, provision.class, version) };
        let Some(mut counted) = counted else {
            versions.push(version.clone());
            continue;
        };
        is_read = true;
        if version.effective_from < reading.from {
            versions.push(Version { effective_to: None, ..version.clone() });
            counted.effective_from = reading.from;
            counted.adopted_on = None;
        }
        versions.push(counted);
    }
    is_read.then_some(versions)
}

/// Returns a version with the strict ends that the reading makes stricter; its outer ends stay.
fn counted(reading: &HouseReading, class: Class, version: &Version) -> Option<Version> {
    let mut found = version.clone();
    let mut is_read = count(reading, class, &mut found.strict, &mut found.outer);
    for variant in &mut found.variants {
        is_read |= count(reading, class, &mut variant.strict, &mut variant.outer);
    }
    if !is_read {
        return None;
    }
    // What the pack itself reads is told beside it.
    if let (Some(before), Some(strict)) = (&version.reading, &version.strict) {
        found.also.push((before.clone(), strict.clone()));
    }
    found.reading = Some(reading.id().into());
    Some(found)
}

fn count(
    reading: &HouseReading,
    class: Class,
    strict: &mut Option<Arc<Span>>,
    outer: &mut Option<Arc<Span>>,
) -> bool {
    let Some(now) = strict.as_ref().filter(|now| reading.gains(now)) else { return false };
    let stricter = reading.span(now);
    let before = strict.replace(Arc::new(stricter));
    // Without an outer end the pack's own strict one is what can be defended.
    if class == Class::Hard && outer.is_none() {
        *outer = before;
    }
    true
}

#[cfg(test)]
mod tests;
