//! The steps in English.

use jiff::Timestamp;

use super::{Teller, instant, sourced};
use crate::law::condition::Answer;
use crate::law::count::{Counts, Ends, RollRule, Unit};
use crate::law::id::{FactId, FactKind, PredicateId, ProvisionId};
use crate::law::pack::{CalendarRule, Span};
use crate::law::text::{Language, Text};
use crate::law::trace::{ExtensionIgnored, Side, Step, Vague};

const EN: Language = Language::En;

impl Teller<'_> {
    pub(super) fn in_english(&self, step: &Step) -> String {
        match step {
            Step::Provision { id, norm, cites } => self.provision_en(id, *norm, cites.as_ref()),
            Step::Sourced { confidence, checked_on } => {
                sourced::in_english(*confidence, *checked_on)
            }
            Step::AroseOn { fact, kind, towards, lo, known_at } => {
                self.arose_en(fact, kind, towards.as_ref(), (*lo, *known_at))
            }
            Step::ProvisionalOn { fact, predicate, answer } => {
                self.provisional_en(fact, predicate, *answer)
            }
            Step::CountsAsAbsent { fact, predicate } => format!(
                "Fact `{fact}` counts as absent, because the question was answered with no: \
                 “{}” (`{predicate}`).",
                self.question(predicate)
            ),
            Step::Retracted { fact, by } => {
                format!("Fact `{fact}`, on which it arose, was taken back by `{by}`.")
            }
            Step::Condition { answer, undecided } => self.condition_en(*answer, undecided),
            Step::Proposed { .. } | Step::Foreseen | Step::Variant { .. } => self.to_come_en(step),
            Step::Version { .. }
            | Step::NotInForce { .. }
            | Step::VersionAtAnchor { .. }
            | Step::Reading { .. }
            | Step::MemberState { .. }
            | Step::Superseded { .. }
            | Step::TimeZones { .. } => text_en(step),
            Step::Starts { side, fact, at, vague } => format!(
                "The {} count starts from fact `{fact}`, at {}{}.",
                side_en(*side),
                self.instant(*at),
                vague_en(*vague, *side)
            ),
            Step::Counted { side, span, due } => format!(
                "{}, {}: the {} deadline is {}.",
                upper(&instant::span(span.within, EN)),
                counting_en(span),
                side_en(*side),
                self.instant(*due)
            ),
            Step::NoLaterThan { .. } | Step::RollsOnlyIf { .. } => self.limit_en(step),
            Step::Rolled { calendar, from, to } => format!(
                "The last day, {from}, is a day off in the calendar `{calendar}`: it moves to {to}."
            ),
            Step::YearNotHeld { calendar, year } => format!(
                "The calendar `{calendar}` does not hold {year}: weekends alone were counted as \
                 days off there, and the date may move when that year is known."
            ),
            Step::Also { reading, says, due } => format!(
                "Another reading, for the argument alone (`{reading}`): “{}” It would end at {}.",
                says.in_language(EN),
                self.instant(*due)
            ),
            Step::Waits { .. }
            | Step::NoTarget
            | Step::PeriodUnknown { .. }
            | Step::NoDateInTable => self.waiting_en(step),
            Step::Extended { .. } | Step::ExtensionIgnored { .. } => self.extension_en(step),
            Step::SubmittedBefore { .. }
            | Step::Submitted { .. }
            | Step::Met { .. }
            | Step::Decide { .. } => self.ending_en(step),
        }
    }

    /// What met it, and what is still to be answered.
    fn ending_en(&self, step: &Step) -> String {
        match step {
            Step::SubmittedBefore { fact, at } => format!(
                "The submission `{fact}` at {} does not count: it came before the clock began.",
                self.instant(*at)
            ),
            Step::Submitted { fact, at, after_strict, late } => format!(
                "The submission `{fact}` at {} {}.",
                self.instant(*at),
                met_en(*after_strict, *late)
            ),
            Step::Met { fact, kind, at, after_strict, late } => format!(
                "Fact `{fact}`, “{}” (`{kind}`), at {} {}.",
                self.meaning(kind),
                self.instant(*at),
                met_en(*after_strict, *late)
            ),
            Step::Decide { predicate, due } => format!(
                "Open question: “{}” (`{predicate}`). The clock runs all the same; the house \
                 target for the answer is {}.",
                self.question(predicate),
                self.instant(*due)
            ),
            _ => String::new(),
        }
    }

    fn provision_en(&self, id: &ProvisionId, norm: bool, cites: Option<&Text>) -> String {
        let article = cites.map(|cites| format!("{}, ", cites.in_language(EN))).unwrap_or_default();
        let law = self.law_title(id).unwrap_or_else(|| id.law());
        let kind = match (norm, self.is_house_target(id)) {
            (true, true) => ", a norm of a community and not law; its date is a house target",
            (true, false) => ", a norm of a community and not law",
            (false, true) => "; its date is a house target and not law",
            (false, false) => "",
        };
        format!("`{id}`: {article}{law}{kind}.")
    }

    fn arose_en(
        &self,
        fact: &FactId,
        kind: &FactKind,
        towards: Option<&FactKind>,
        (lo, known_at): (Timestamp, Timestamp),
    ) -> String {
        let towards =
            towards.map(|kind| format!(", towards the kind “{}” (`{kind}`)", self.meaning(kind)));
        let known = (known_at != lo).then(|| format!(", known since {}", self.instant(known_at)));
        format!(
            "It arose on fact `{fact}`: “{}” (`{kind}`){}, from {}{}.",
            self.meaning(kind),
            towards.unwrap_or_default(),
            self.instant(lo),
            known.unwrap_or_default()
        )
    }

    fn provisional_en(&self, fact: &FactId, predicate: &PredicateId, answer: Answer) -> String {
        let question = self.question(predicate);
        let answer = match answer {
            Answer::Yes => "It was answered with yes.",
            Answer::No => "It was answered with no.",
            Answer::Undecided => "Nobody has answered yet, so the clock runs provisionally.",
        };
        format!(
            "Fact `{fact}` carries it unless this is answered with no: “{question}” \
             (`{predicate}`). {answer}"
        )
    }

    fn condition_en(&self, answer: Answer, undecided: &[PredicateId]) -> String {
        let questions: Vec<String> = undecided
            .iter()
            .map(|predicate| format!("“{}” (`{predicate}`)", self.question(predicate)))
            .collect();
        match (answer, questions.as_slice()) {
            (Answer::Yes, _) => "Its condition holds.".to_owned(),
            (Answer::No, _) => "Its condition does not hold: it does not apply.".to_owned(),
            (Answer::Undecided, []) => "Whether its condition holds is undecided, for lack of an \
                                        attribute; it runs provisionally."
                .to_owned(),
            (Answer::Undecided, questions) => format!(
                "Whether its condition holds is undecided; it runs provisionally until this is \
                 answered: {}.",
                questions.join("; ")
            ),
        }
    }

    fn waiting_en(&self, step: &Step) -> String {
        match step {
            Step::Waits { trigger, latest: None } => {
                format!(
                    "Its clock has nothing to run from yet: it waits for {}.",
                    trigger_en(trigger)
                )
            }
            Step::Waits { trigger, latest: Some(latest) } => format!(
                "Its clock has nothing to run from yet: it waits for {}. It ends at the latest at \
                 {}, if that happens at its own strict instant.",
                trigger_en(trigger),
                self.instant(*latest)
            ),
            Step::PeriodUnknown { why } => format!(
                "The law sets a period, but its length is not known here, so there is no date: {}",
                why.in_language(EN)
            ),
            Step::NoDateInTable => "The row of the table gives no date.".to_owned(),
            _ => "The law gives no number, and the organization has set no target: there is no \
                  date."
                .to_owned(),
        }
    }

    /// What is not law yet, and which of several spans holds.
    fn to_come_en(&self, step: &Step) -> String {
        match step {
            Step::Proposed { proposed_on, foreseen_from, would_end } => {
                let since = proposed_on.map(|day| format!(" since {day}")).unwrap_or_default();
                let from = foreseen_from
                    .map(|day| format!(" It is expected to apply from {day}."))
                    .unwrap_or_default();
                let end = would_end
                    .map(|end| format!(" If it applied, it would end at {}.", self.instant(end)))
                    .unwrap_or_default();
                format!("It is a proposal{since} and not law: nothing is owed.{from}{end}")
            }
            Step::Variant { when, decided, table, remedy } => {
                let what = if *table { "row of the table" } else { "variant" };
                let holds = if *decided { "holds" } else { "may hold, which is undecided" };
                let remedy = remedy
                    .as_ref()
                    .map(|remedy| format!(" {}", remedy.in_language(EN)))
                    .unwrap_or_default();
                format!("The {what} `{when}` {holds}.{remedy}")
            }
            _ => "It is foreseen: shown apart, without a clock.".to_owned(),
        }
    }

    /// Further limits, and who may move a last day.
    fn limit_en(&self, step: &Step) -> String {
        match step {
            Step::NoLaterThan { side, fact, within, due, lapsed } => {
                let within = instant::span(*within, EN);
                let due = self.instant(*due);
                let side = side_en(*side);
                if *lapsed {
                    format!(
                        "The limit of {within} from fact `{fact}` falls away: it was past at \
                         {due}, before the {side} count started."
                    )
                } else {
                    format!(
                        "The {side} deadline is no later than {within} from fact `{fact}`: {due}."
                    )
                }
            }
            Step::RollsOnlyIf { side, condition, answer, moves } => {
                let moves = if *moves { "moves" } else { "does not move" };
                let why = match answer {
                    Answer::Yes => "holds",
                    Answer::No => "does not hold",
                    Answer::Undecided => "is undecided",
                };
                format!(
                    "A last day that is a day off moves only where `{condition}` holds. It {why}, \
                     so the {} deadline {moves}.",
                    side_en(*side)
                )
            }
            _ => String::new(),
        }
    }

    fn extension_en(&self, step: &Step) -> String {
        match step {
            Step::Extended { fact, strict, outer, under } => format!(
                "The extension `{fact}` under {} moves the strict deadline to {} and the outer \
                 one to {}.",
                under.in_language(EN),
                self.instant(*strict),
                self.instant(*outer)
            ),
            Step::ExtensionIgnored { fact, why } => {
                let why = match why {
                    ExtensionIgnored::LawKnowsNone => "the law knows no extension here",
                    ExtensionIgnored::Earlier => "it would make the date earlier",
                    ExtensionIgnored::TooLate => "it was granted after the outer deadline",
                    ExtensionIgnored::NoDate => "there is no date to move",
                };
                format!("The extension `{fact}` is recorded and moves nothing: {why}.")
            }
            _ => String::new(),
        }
    }
}

/// What is told of the text that applies.
fn text_en(step: &Step) -> String {
    match step {
        Step::Version { effective_from, zone } => {
            format!("The version in force since {effective_from} governs (days of {zone}).")
        }
        Step::NotInForce { first_from: Some(from), zone } => {
            format!("It was not in force when it arose: it applies from {from} (days of {zone}).")
        }
        Step::NotInForce { first_from: None, zone } => {
            format!("It was no longer in force when it arose (days of {zone}).")
        }
        Step::VersionAtAnchor { arose_under, anchored_under } => format!(
            "Mind: it arose under the version of {arose_under}, but its clock began under that of \
             {anchored_under}, which governs this stage."
        ),
        Step::Reading { id, says } => {
            format!("The reading `{id}` is used: “{}”", says.in_language(EN))
        }
        Step::MemberState { code, zone, assumed: false } => {
            format!("The Member State is {code}: days and holidays are counted in {zone}.")
        }
        Step::MemberState { code, zone, assumed: true } => format!(
            "No Member State is named, so {code} is assumed: days and holidays are counted in \
             {zone}."
        ),
        Step::Superseded { by } => format!("The provision `{by}` has taken its place."),
        Step::TimeZones { version } => {
            format!("Local times are those of the time zone database {version}.")
        }
        _ => String::new(),
    }
}

fn side_en(side: Side) -> &'static str {
    match side {
        Side::Strict => "strict",
        Side::Outer => "outer",
    }
}

fn vague_en(vague: Vague, side: Side) -> &'static str {
    match (vague, side) {
        (Vague::Exact, _) => "",
        (Vague::Interval, Side::Strict) => ", the beginning of the time in which it happened",
        (Vague::Interval, Side::Outer) => ", the end of the time in which it happened",
        (Vague::Gap, Side::Strict) => {
            ", the earlier reading of a local time that the change of clocks skips"
        }
        (Vague::Gap, Side::Outer) => {
            ", the later reading of a local time that the change of clocks skips"
        }
        (Vague::Fold, Side::Strict) => ", the first of two instants with that local time",
        (Vague::Fold, Side::Outer) => ", the second of two instants with that local time",
    }
}

pub(super) fn counting_en(span: &Span) -> String {
    let mut told = match (span.counts, span.within.unit) {
        (Counts::Elapsed, Unit::Hours) => "counted as elapsed time",
        (Counts::Elapsed, _) => "counted to the same local time of day",
        (Counts::NextFullHour, _) => "the hour that had begun not counted",
        (Counts::ExcludeTriggerDay, _) => "the day of the event not counted",
        (Counts::SecB1, _) => {
            "the first of them the business day after the event (Form 8-K, General Instruction B.1)"
        }
    }
    .to_owned();
    let whole_days = matches!(span.counts, Counts::ExcludeTriggerDay | Counts::SecB1);
    match span.ends {
        Ends::Exact => {}
        Ends::EndOfDay if whole_days => told.push_str(", to the end of the last day"),
        Ends::EndOfDay => told.push_str(", to the end of that day"),
        Ends::At(time) => {
            told.push_str(&format!(", to {} on the last day", time.strftime("%H:%M")))
        }
    }
    let calendar = span.calendar.as_ref().map(|calendar| match calendar {
        CalendarRule::Fixed(id) => format!("the calendar `{id}`"),
        CalendarRule::OfMemberState => "the Member State".to_owned(),
    });
    let Some(calendar) = calendar else { return told };
    let Some(roll) = &span.rolls else {
        told.push_str(&format!(", by {calendar}"));
        return told;
    };
    told.push_str(&match roll.rule {
        RollRule::NextWorkingDayEnd => {
            format!(", moved past days off of {calendar} to the end of a working day")
        }
        RollRule::NoonNextWorkingDay => {
            format!(", moved past days off of {calendar} to noon of a working day")
        }
        RollRule::NextBusinessDay => format!(", moved past days off of {calendar}"),
        RollRule::PreviousBusinessDay => format!(", moved back before days off of {calendar}"),
    });
    told
}

fn met_en(after_strict: bool, late: bool) -> &'static str {
    match (after_strict, late) {
        (_, true) => "met it late, after the outer deadline",
        (true, false) => "met it, after the strict deadline and by the outer one",
        (false, false) => "met it in time",
    }
}

/// A trigger as the engine writes it: a kind of fact, or `submitted` and a provision.
pub(super) fn trigger_en(trigger: &str) -> String {
    match trigger.strip_prefix("submitted ") {
        Some(provision) => format!("the submission for `{provision}`"),
        None => format!("a fact of kind `{trigger}`"),
    }
}

fn upper(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}
