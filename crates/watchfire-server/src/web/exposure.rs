//! What the pages of exposure share: the ways between them, and how a status, an answer of the
//! sources, a severity and a count are shown.

use jiff::civil::Date;
use maud::{Markup, html};
use watchfire_core::ids::PartyId;

use super::reader::Reader;
use crate::exposure::{Basis, Exposed};

/// A page of rows has at most so many.
pub const PAGE_ROWS_MAX: u32 = 100;
/// A reason has at most so many characters.
pub(super) const REASON_CHARS_MAX: u32 = 2_000;
/// What is looked for has at most so many characters.
const WORDS_CHARS_MAX: u32 = 200;

/// The pages of exposure, in the order in which the ways to them stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Vulnerabilities,
    Products,
    Components,
    Advisories,
    Rules,
}

const TABS: [(Tab, &str, &str); 5] = [
    (Tab::Vulnerabilities, "/vulnerabilities", "exposure-vulnerabilities"),
    (Tab::Products, "/products", "exposure-products"),
    (Tab::Components, "/components", "exposure-components"),
    (Tab::Advisories, "/advisories", "exposure-advisories"),
    (Tab::Rules, "/advisories/rules", "exposure-rules"),
];

/// What the house says of a vulnerability in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    UnderInvestigation,
    Affected,
    NotAffected,
    Fixed,
}

impl Status {
    /// Every status, in the order in which they are offered.
    pub const ALL: [Self; 4] =
        [Self::UnderInvestigation, Self::Affected, Self::NotAffected, Self::Fixed];

    /// Returns its word in VEX.
    pub fn word(self) -> &'static str {
        match self {
            Self::UnderInvestigation => "under_investigation",
            Self::Affected => "affected",
            Self::NotAffected => "not_affected",
            Self::Fixed => "fixed",
        }
    }

    /// Returns the key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::UnderInvestigation => "exposure-under-investigation",
            Self::Affected => "exposure-affected",
            Self::NotAffected => "exposure-not-affected",
            Self::Fixed => "exposure-fixed",
        }
    }
}

/// The justifications of VEX for what is not affected, each with the key of its words.
pub const JUSTIFICATIONS: [(&str, &str); 5] = [
    ("component_not_present", "exposure-component-not-present"),
    ("vulnerable_code_not_present", "exposure-code-not-present"),
    ("vulnerable_code_not_in_execute_path", "exposure-code-not-in-path"),
    ("vulnerable_code_cannot_be_controlled_by_adversary", "exposure-code-not-controlled"),
    ("inline_mitigations_already_exist", "exposure-mitigated"),
];

/// How severe a vulnerability is, in the steps of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// Every level, the highest first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::None];

    /// Returns its word in CVSS, in small letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Returns the key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "exposure-level-none",
            Self::Low => "exposure-level-low",
            Self::Medium => "exposure-level-medium",
            Self::High => "exposure-level-high",
            Self::Critical => "exposure-level-critical",
        }
    }
}

/// A severity as a source says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityView {
    /// Absent where the source's own words fit no step.
    pub level: Option<Level>,
    /// The score, to one place.
    pub score: Option<String>,
    /// The vector, or the source's own word.
    pub said: String,
}

/// A vulnerability in the catalogue of what is exploited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KevView {
    pub since: Date,
    /// Until when whoever is bound by the catalogue must have acted.
    pub due: Option<Date>,
    /// Whether ransomware is known to use it.
    pub ransomware: bool,
}

/// How likely it is to be exploited within thirty days, in per cent, and which share of all
/// vulnerabilities is less likely to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpssView {
    pub percent: String,
    pub percentile: String,
}

/// Somebody who answers for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerView {
    pub party: PartyId,
    pub name: String,
}

/// How many exposures stand how; `undecided` counts among the others those of which no source can
/// say anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub under_investigation: u64,
    pub affected: u64,
    pub not_affected: u64,
    pub fixed: u64,
    pub undecided: u64,
}

impl Tally {
    /// Returns how many stand so.
    pub fn of(&self, status: Status) -> u64 {
        match status {
            Status::UnderInvestigation => self.under_investigation,
            Status::Affected => self.affected,
            Status::NotAffected => self.not_affected,
            Status::Fixed => self.fixed,
        }
    }

    /// Returns how many there are.
    pub fn all(&self) -> u64 {
        Status::ALL.into_iter().fold(0, |sum, status| sum.saturating_add(self.of(status)))
    }
}

/// The ways between the pages of exposure.
pub(super) fn ways(reader: &Reader, tab: Tab) -> Markup {
    html! {
        nav.ways aria-label=(reader.text("shell-exposure")) {
            @for (one, path, key) in TABS {
                a href=(path) aria-current=[(one == tab).then_some("page")] { (reader.text(key)) }
            }
        }
    }
}

/// Writes a count with its thousands apart: `100,000`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns the words of `key` for so many: `count` chooses the form, `shown` is what is read.
pub(super) fn counted(reader: &Reader, key: &str, count: u64) -> String {
    let number = i64::try_from(count).unwrap_or(i64::MAX);
    reader.text_with(key, &[("count", number.into()), ("shown", grouped(count).into())])
}

/// A status, by shape and word.
pub(super) fn status(reader: &Reader, status: Status) -> Markup {
    chip(shape(status), &reader.text(status.key()))
}

fn shape(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::UnderInvestigation => ("◔", ""),
        Status::Affected => ("▲", "late"),
        Status::NotAffected => ("○", ""),
        Status::Fixed => ("✓", "ok"),
    }
}

fn chip((sign, style): (&str, &str), words: &str) -> Markup {
    html! { span.chip.(style) { span.shape aria-hidden="true" { (sign) } " " (words) } }
}

/// What the sources answer, by shape and word.
pub(super) fn answer(reader: &Reader, answer: Exposed) -> Markup {
    let (sign, key) = match answer {
        Exposed::Affected => ("●", "exposure-said-affected"),
        Exposed::Undecided => ("?", "exposure-said-undecided"),
        Exposed::NotAffected => ("○", "exposure-said-not-affected"),
    };
    html! { span.note { span.shape aria-hidden="true" { (sign) } " " (reader.text(key)) } }
}

/// By what a component and a statement met; a lower confidence is said.
pub(super) fn basis(reader: &Reader, basis: Basis) -> String {
    reader.text(match basis {
        Basis::Package => "exposure-basis-package",
        Basis::Ancestor => "exposure-basis-ancestor",
        Basis::Cpe => "exposure-basis-cpe",
    })
}

/// How many exposures stand how; those of which there are none are left out.
pub(super) fn tally(reader: &Reader, tally: &Tally) -> Markup {
    let some = Status::ALL.into_iter().filter(|status| tally.of(*status) > 0);
    html! {
        span.tally {
            @if tally.all() == 0 { span.soft { (reader.text("exposure-none")) } }
            @for status in some {
                (chip(shape(status), &format!("{} {}", grouped(tally.of(status)), reader.text(status.key()))))
            }
            @if tally.undecided > 0 {
                (chip(("?", "house"), &counted(reader, "exposure-undecided", tally.undecided)))
            }
        }
    }
}

/// How severe it is, by shape, score and word.
pub(super) fn severity(reader: &Reader, severity: &SeverityView) -> Markup {
    let (sign, style) = match severity.level {
        Some(Level::Critical) => ("●", "late"),
        Some(Level::High) => ("◕", "late"),
        Some(Level::Medium) => ("◑", ""),
        Some(Level::Low) => ("◔", ""),
        Some(Level::None) | None => ("○", ""),
    };
    let word = severity.level.map_or_else(|| severity.said.clone(), |it| reader.text(it.key()));
    let score = severity.score.as_ref().map(|score| format!("{score} ")).unwrap_or_default();
    chip((sign, style), &format!("{score}{word}"))
}

/// That it is exploited, since when, and by ransomware.
pub(super) fn kev(reader: &Reader, kev: &KevView) -> Markup {
    let key = if kev.ransomware { "exposure-kev-ransomware" } else { "exposure-kev" };
    chip(("▲", "late"), &reader.text_with(key, &[("day", kev.since.to_string().into())]))
}

/// How likely it is to be exploited.
pub(super) fn epss(reader: &Reader, epss: &EpssView) -> Markup {
    let arguments =
        [("percent", epss.percent.clone().into()), ("percentile", epss.percentile.clone().into())];
    html! { span.soft.num { (reader.text_with("exposure-epss", &arguments)) } }
}

/// Who answers for something, or that nobody does.
pub(super) fn owner(reader: &Reader, owner: Option<&OwnerView>) -> Markup {
    html! {
        @match owner {
            Some(owner) => { (owner.name) }
            None => { strong.wanting { (reader.text("exposure-nobody")) } }
        }
    }
}

/// The form that looks for a name, and the values that it takes along.
pub(super) fn search(
    reader: &Reader,
    (path, label): (&str, &str),
    words: &str,
    along: &[(&str, &str)],
) -> Markup {
    html! {
        form.filters method="get" action=(path) role="search" {
            @for (name, value) in along { input type="hidden" name=(name) value=(value); }
            div {
                label for="words" { (reader.text(label)) }
                input #words type="search" name="words" value=(words)
                    maxlength=(WORDS_CHARS_MAX) autocomplete="off" spellcheck="false";
            }
            div.acts {
                button type="submit" { (reader.text("exposure-search")) }
                @if !words.is_empty() { a href=(path) { (reader.text("exposure-search-clear")) } }
            }
        }
    }
}

/// The way to the next page: `path` with its query, and the cursor behind it.
pub(super) fn paging(reader: &Reader, path: &str, next: Option<&str>) -> Markup {
    let joint = if path.contains('?') { '&' } else { '?' };
    html! {
        @if let Some(next) = next {
            nav.paging aria-label=(reader.text("watch-paging")) {
                a.button rel="next" href={ (path) (joint) "after=" (super::query_part(next)) } {
                    (reader.text("exposure-next"))
                }
            }
        }
    }
}

/// Values with words to choose from, for people.
pub(super) fn people(people: &[(PartyId, String)]) -> Vec<(String, String)> {
    people.iter().map(|(party, name)| (party.to_string(), name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (count, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(count), shown);
        }
    }

    #[test]
    fn a_count_beyond_all_bounds_stays_one() {
        let tally = Tally { affected: u64::MAX, fixed: 1, ..Tally::default() };
        assert_eq!(tally.all(), u64::MAX);
    }
}
