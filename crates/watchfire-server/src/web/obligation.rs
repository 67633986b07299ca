//! What is shown of an obligation: its clock, its law, its state, who holds it and who is next.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use watchfire_core::escalation::{Ladder, Rung};
use watchfire_core::event::GapCause;
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
pub use watchfire_core::law::State;

use super::reader::Reader;
use super::time;

/// The rungs that are marked on the burn bar, in per cent of the strict window.
const MARKED_RUNGS: [u16; 3] = [50, 75, 90];
/// What stands in the place of a rung where somebody escalated by hand.
pub const ESCALATED: &str = "escalated";
/// The last rungs that were told are shown at once; those before them unfold.
const TOLD_SHOWN: usize = 3;

/// One obligation, with everything that a page shows of it, in the reader's language.
#[derive(Debug, Clone)]
pub struct ObligationView {
    pub id: ObligationId,
    pub case: CaseId,
    pub case_title: String,
    /// The instant at which it is looked at: now, or one of its past.
    pub seen_at: Timestamp,
    /// What has to be done, in a few words.
    pub title: String,
    pub law: LawMark,
    /// To whom it is owed.
    pub owed_to: Option<String>,
    pub state: State,
    /// The question that is open while the clock runs provisionally.
    pub question: Option<String>,
    pub after_strict: bool,
    pub strict_from: Option<Timestamp>,
    pub strict_due: Option<Timestamp>,
    pub outer_due: Option<Timestamp>,
    /// The authority's zone.
    pub zone: TimeZone,
    pub holder: Option<Holder>,
    pub gap: Option<GapCause>,
    pub told: Vec<Told>,
    pub next: Option<NextRung>,
    /// What the reader may do with it.
    pub acts: Acts,
}

/// The chip of a provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawMark {
    /// `cn-rmsv`.
    pub law: String,
    /// `cn-rmsv/7.2`.
    pub provision: String,
    /// Name of the instrument.
    pub title: String,
    /// The article.
    pub cites: String,
    pub class: Class,
}

/// What kind of claim a provision makes, which decides how it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A clock of law.
    Law,
    /// A clock that a community or a body set itself.
    Norm,
    /// A target of the house, where the law says *immediately*.
    House,
    /// A standing duty, a prohibition or a permission: no clock.
    Timeless,
}

impl Class {
    /// Reads the class of a provision, as packs write it, of the law `law`.
    pub fn of(class: &str, law: &str) -> Self {
        match class {
            "soft" => Self::House,
            "hard" if law.starts_with("norm-") => Self::Norm,
            "hard" => Self::Law,
            _ => Self::Timeless,
        }
    }

    fn style(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Norm => "norm",
            Self::House => "house",
            Self::Timeless => "timeless",
        }
    }
}

/// Returns whether it is past its strict deadline, or was when it was met or learned of.
fn is_late(state: State) -> bool {
    matches!(state, State::Overdue | State::LateAtBirth | State::SatisfiedLate)
}

/// Returns the key of the word for a state.
pub fn state_key(state: State) -> &'static str {
    signs(state).0
}

/// Key of the word, the shape beside it, and the class of its style.
fn signs(state: State) -> (&'static str, &'static str, &'static str) {
    match state {
        State::Superseded => ("obligation-superseded", "⇢", "quiet"),
        State::NotApplicable => ("obligation-not-applicable", "–", "quiet"),
        State::Satisfied => ("obligation-satisfied", "✓", "met"),
        State::SatisfiedLate => ("obligation-satisfied-late", "✓", "late"),
        State::WaitingForAnchor => ("obligation-waiting", "◌", "quiet"),
        State::LateAtBirth => ("obligation-late-at-birth", "▲", "late"),
        State::Overdue => ("obligation-overdue", "▲", "late"),
        State::NeedsDecision => ("obligation-needs-decision", "?", "soon"),
        State::DueSoon => ("obligation-due-soon", "◕", "soon"),
        State::Open => ("obligation-open", "○", "open"),
    }
}

/// Who holds an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub party: PartyId,
    pub name: String,
    pub acknowledged_at: Option<Timestamp>,
}

/// A rung that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub rung: String,
    pub at: Timestamp,
    pub people: Vec<String>,
}

/// The rung that comes next, and whom it will tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRung {
    pub at: Timestamp,
    pub people: Vec<String>,
}

/// What the reader may do with an obligation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Acts {
    pub claim: bool,
    pub acknowledge: bool,
    pub release: bool,
    pub assign: bool,
    pub escalate: bool,
    pub draft: bool,
}

impl ObligationView {
    /// Returns whether it stands among the gaps.
    pub fn is_gap(&self) -> bool {
        self.state.is_open() && (self.gap.is_some() || self.holder.is_none())
    }

    /// Returns the id of its element.
    pub fn element(&self) -> String {
        format!("o-{}", self.id)
    }

    /// Returns the path of one of its acts.
    pub fn path(&self, act: &str) -> String {
        format!("/cases/{}/obligations/{}/{act}", self.case, self.id)
    }

    fn ladder(&self) -> Option<Ladder> {
        Some(Ladder::Window { from: self.strict_from?, due: self.strict_due? })
    }
}

/// Returns the mark of a law made from its id: `cn-rmsv` is `CN RMSV`, `norm-apache` is `Apache`.
pub fn law_label(law: &str) -> String {
    let Some((place, name)) = law.split_once('-') else { return law.to_uppercase() };
    if place != "norm" {
        return format!("{} {}", place.to_uppercase(), name.replace('-', " ").to_uppercase());
    }
    let mut words = name.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// The chip with law and article; what is no law says so.
pub fn chip(reader: &Reader, law: &LawMark) -> Markup {
    let note = match law.class {
        Class::House => Some("obligation-house-target"),
        Class::Norm => Some("obligation-norm"),
        Class::Law | Class::Timeless => None,
    };
    html! {
        span.marks {
            a.chip.(law.class.style()) title=(law.title)
                href={ "/laws/" (law.law) "#" (anchor(&law.provision)) } {
                b { (law_label(&law.law)) } " " (law.cites)
            }
            @if let Some(note) = note { " " span.note { (reader.text(note)) } }
        }
    }
}

/// Returns the element id of a provision on its law's page.
pub fn anchor(provision: &str) -> String {
    provision.replace(['/', '.'], "-")
}

/// The state, as a shape and a word.
pub fn state(reader: &Reader, state: State) -> Markup {
    let (key, shape, style) = signs(state);
    html! {
        span.state.(style) { span.shape aria-hidden="true" { (shape) } " " (reader.text(key)) }
    }
}

/// How long is left, and until when, with the bar below it.
pub fn clock(reader: &Reader, view: &ObligationView) -> Markup {
    html! {
        div.clock {
            (left(reader, view))
            @if view.state.is_open() {
                @if let Some(due) = view.strict_due {
                    small.until { (until(reader, view)) " " (time::moment(reader, due)) }
                } @else { small.until { (no_date(reader, view)) } }
                (burn(reader, view))
            }
        }
    }
}

fn until(reader: &Reader, view: &ObligationView) -> String {
    reader.text(if view.law.class == Class::House {
        "obligation-until-house"
    } else {
        "obligation-until"
    })
}

/// What is left in words; where there is no date, why.
pub fn left(reader: &Reader, view: &ObligationView) -> Markup {
    let due = view.strict_due.filter(|_| view.state.is_open());
    let Some(due) = due else {
        return html! { span.left.quiet { (state(reader, view.state)) } };
    };
    let span = time::span(reader.language, view.seen_at, due);
    let past = view.seen_at >= due;
    let key = if past { "obligation-past" } else { "obligation-left" };
    html! {
        span.left.num.late[past] {
            @if past { span.shape aria-hidden="true" { "▲ " } }
            (reader.text_with(key, &[("span", span.into())]))
        }
    }
}

/// Why an open obligation has no date.
pub fn no_date(reader: &Reader, view: &ObligationView) -> String {
    reader.text(match view.state {
        State::WaitingForAnchor => "obligation-no-date",
        _ => "obligation-no-target",
    })
}

/// The share of the strict window that is used, with a mark for each rung.
pub fn burn(reader: &Reader, view: &ObligationView) -> Markup {
    let Some(due) = view.strict_due else { return html! {} };
    used(reader, view.strict_from, due, view.seen_at, &MARKED_RUNGS)
}

/// The share of a time that is used, with marks at some per cents of it.
pub fn used(
    reader: &Reader,
    from: Option<Timestamp>,
    due: Timestamp,
    seen_at: Timestamp,
    marked: &[u16],
) -> Markup {
    let Some(from) = from else { return html! {} };
    let window = due.duration_since(from).as_secs_f64();
    let used = seen_at.duration_since(from).as_secs_f64();
    let share = if window > 0.0 { (used / window * 100.0).clamp(0.0, 100.0) } else { 100.0 };
    let percent = share.floor() as i64;
    let label = reader.text_with("obligation-burn", &[("percent", percent.into())]);
    html! {
        svg.burn viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(label) {
            rect.track x="0" y="2" width="100" height="6" rx="1.5" {}
            rect.used x="0" y="2" width=(format!("{share:.1}")) height="6" rx="1.5" {}
            @for rung in marked {
                line.rung x1=(rung) x2=(rung) y1="0" y2="10" {}
            }
        }
    }
}

/// Who holds it, or that nobody does.
pub fn who(reader: &Reader, view: &ObligationView) -> Markup {
    let Some(holder) = &view.holder else {
        return html! {
            div.who {
                span.face.none aria-hidden="true" { "?" }
                div { strong { (reader.text("obligation-nobody")) } (next(reader, view)) }
            }
        };
    };
    html! {
        div.who {
            span.face aria-hidden="true" { (initials(&holder.name)) }
            div {
                strong { (holder.name) }
                @if reader.is(&holder.party) { " " span.soft { (reader.text("obligation-you")) } }
                (answer(reader, view, holder))
                (next(reader, view))
            }
        }
    }
}

fn answer(reader: &Reader, view: &ObligationView, holder: &Holder) -> Markup {
    html! {
        @if let Some(at) = holder.acknowledged_at {
            span.next { (reader.text("obligation-acknowledged")) " " (time::moment(reader, at)) }
        } @else if view.state.is_open() {
            span.next.wanting { (reader.text("obligation-not-acknowledged")) }
        }
    }
}

/// Who is told next and when, while it is open.
fn next(reader: &Reader, view: &ObligationView) -> Markup {
    let Some(next) = view.next.as_ref().filter(|_| view.state.is_open()) else {
        return html! {};
    };
    if next.people.is_empty() {
        return html! { span.next.wanting { (reader.text("obligation-chain-empty")) } };
    }
    let people = list(reader, &next.people);
    let span = time::span(reader.language, view.seen_at, next.at);
    let key = if next.at <= view.seen_at { "obligation-next-now" } else { "obligation-next" };
    let arguments = [("people", people.into()), ("span", span.into())];
    html! { span.next title=(next.at) { (reader.text_with(key, &arguments)) } }
}

/// Joins names as the language does.
pub fn list(reader: &Reader, names: &[String]) -> String {
    if names.is_empty() {
        return reader.text("obligation-no-chain");
    }
    names.join(&reader.text("obligation-list-separator"))
}

/// The first letters of a name; of a Chinese name, the first sign; of both, those of the first.
pub fn initials(name: &str) -> String {
    let mut signs = name.split_whitespace().filter_map(|word| word.chars().next());
    let Some(first) = signs.next() else { return String::from("?") };
    let last = signs.rfind(char::is_ascii).filter(|_| first.is_ascii());
    first.to_uppercase().chain(last.into_iter().flat_map(char::to_uppercase)).collect()
}

/// Who was told when, and who is next: the chain.
pub fn chain(reader: &Reader, view: &ObligationView) -> Markup {
    html! {
        @let next = view.next.as_ref().filter(|next| view.state.is_open() && !next.people.is_empty());
        @if !view.told.is_empty() || next.is_some() {
            ol.chain aria-label=(reader.text("obligation-chain")) {
                @let (earlier, last) = view.told.split_at(view.told.len().saturating_sub(TOLD_SHOWN));
                @if !earlier.is_empty() {
                    @let count = i64::try_from(earlier.len()).unwrap_or(i64::MAX);
                    li.earlier {
                        details.quiet {
                            summary { (reader.text_with("obligation-told-earlier", &[("count", count.into())])) }
                            ol { @for told in earlier { (told_line(reader, told)) } }
                        }
                    }
                }
                @for told in last { (told_line(reader, told)) }
                @if let Some(next) = next {
                    li.upcoming {
                        span.dot aria-hidden="true" {}
                        span.telling {
                            b { (list(reader, &next.people)) } " "
                            (reader.text("obligation-then")) " " (time::moment(reader, next.at))
                        }
                    }
                }
            }
        }
    }
}

fn told_line(reader: &Reader, told: &Told) -> Markup {
    html! {
        li.told {
            span.dot aria-hidden="true" {}
            span.telling {
                b { (list(reader, &told.people)) } " "
                (reader.text("obligation-told")) " " (time::moment(reader, told.at))
                " " span.soft {
                    (reader.text_with("obligation-in-brackets", &[("words", rung(reader, &told.rung).into())]))
                }
            }
        }
    }
}

/// Returns the words for a rung: `50 %`, `day 3`.
pub fn rung(reader: &Reader, rung: &str) -> String {
    match rung.parse() {
        Ok(Rung::Day(day)) => {
            reader.text_with("obligation-rung-day", &[("day", i64::from(day).into())])
        }
        Ok(Rung::Review(count)) => {
            reader.text_with("obligation-rung-review", &[("count", i64::from(count).into())])
        }
        Ok(Rung::Percent(percent)) => {
            reader.text_with("obligation-rung-percent", &[("percent", i64::from(percent).into())])
        }
        Err(_) if rung == ESCALATED => reader.text("obligation-rung-escalated"),
        Err(_) => rung.to_owned(),
    }
}

/// Returns the rungs of its window, for marking them on a line of time.
pub fn rungs(view: &ObligationView) -> Vec<Timestamp> {
    let Some(ladder) = view.ladder() else { return Vec::new() };
    MARKED_RUNGS.iter().filter_map(|percent| ladder.at(Rung::Percent(*percent))).collect()
}

/// A form with one button: an act without words.
pub fn act(reader: &Reader, view: &ObligationView, act: &'static str, button: &Markup) -> Markup {
    html! {
        form.inline method="post" action=(view.path(act)) {
            (super::layout::csrf(reader))
            input type="hidden" name="return_to" value=(reader.path);
            (button)
        }
    }
}

/// The button by which anybody takes a gap.
pub fn claim(reader: &Reader, view: &ObligationView) -> Markup {
    if !view.acts.claim {
        return html! {};
    }
    let label = format!("{}: {}", reader.text("obligation-claim"), view.title);
    let button = html! {
        button.primary type="submit" data-key="t" aria-label=(label) {
            (reader.text("obligation-claim")) " " kbd aria-hidden="true" { "t" }
        }
    };
    act(reader, view, "claim", &button)
}

/// Returns whether it wants somebody now: a gap, or late.
pub fn wants_somebody(view: &ObligationView) -> bool {
    view.is_gap() || (view.state.is_open() && is_late(view.state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_marked_by_its_place_and_a_norm_by_its_name() {
        for (law, label) in [
            ("cn-rmsv", "CN RMSV"),
            ("us-sec-8k", "US SEC 8K"),
            ("norm-linux-distros", "Linux distros"),
            ("gdpr", "GDPR"),
        ] {
            assert_eq!(law_label(law), label);
        }
    }

    #[test]
    fn a_name_has_initials_in_any_script() {
        for (name, initial) in [
            ("Li Wen", "LW"),
            ("Mia van Kern", "MK"),
            ("温莉", "温"),
            ("He Jing 何静", "HJ"),
            ("Visitor 访客", "V"),
            ("ann", "A"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), initial);
        }
    }

    #[test]
    fn a_soft_clock_is_never_drawn_as_law() {
        assert_eq!(Class::of("soft", "cn-rmsv"), Class::House);
        assert_eq!(Class::of("soft", "norm-apache"), Class::House);
        assert_eq!(Class::of("hard", "norm-linux-distros"), Class::Norm);
        assert_eq!(Class::of("hard", "cn-rmsv"), Class::Law);
        assert_eq!(Class::of("prohibition", "cn-rmsv"), Class::Timeless);
    }
}
