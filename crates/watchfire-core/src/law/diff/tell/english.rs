//! Changes in English.

use super::{Teller, of_sets};
use crate::law::diff::{Change, ChangeKind, Direction, Move, Nature, Part, Subject};

impl Teller<'_> {
    pub(super) fn head_en(&self, change: &Change) -> String {
        let subject = self.subject_en(&change.subject);
        let what = match change.kind {
            ChangeKind::Added => "is added",
            ChangeKind::Removed => "is taken out",
            ChangeKind::Changed => "is altered",
        };
        let mut told = format!("{subject} {what}.");
        for sentence in [nature_en(change), direction_en(change)] {
            if !sentence.is_empty() {
                told.push(' ');
                told.push_str(&sentence);
            }
        }
        told
    }

    fn subject_en(&self, subject: &Subject) -> String {
        let article = self.article(subject).map_or_else(String::new, |(cites, law)| match cites {
            Some(cites) => format!(" ({cites}, {law})"),
            None => format!(" ({law})"),
        });
        match subject {
            Subject::Law(law) => match self.law_title(law.as_str()) {
                Some(title) => format!("The law `{law}` ({title})"),
                None => format!("The law `{law}`"),
            },
            Subject::Provision(id) => format!("The provision `{id}`{article}"),
            Subject::Version { provision, from } => {
                format!("The version from {from} of `{provision}`{article}")
            }
            Subject::Proposal { provision, nth: 1 } => {
                format!("The proposal for `{provision}`{article}")
            }
            Subject::Proposal { provision, nth } => {
                format!("Proposal {nth} for `{provision}`{article}")
            }
            Subject::Role(role) => format!("The role `{role}`"),
            Subject::Authority { law, id } => format!("The authority `{id}` of `{law}`"),
            Subject::Reading { law, id } => format!("The reading `{id}` of `{law}`"),
            Subject::Form { law, id } => format!("The form `{id}` of `{law}`"),
            Subject::Field { law, form, id } => {
                format!("The field `{id}` of the form `{form}` of `{law}`")
            }
            Subject::Attribute(id) => format!("The attribute `{id}`"),
            Subject::Predicate(id) => format!("The question `{id}`"),
            Subject::Fact(kind) => format!("The kind of fact `{kind}`"),
            Subject::Calendar(id) => format!("The calendar `{id}`"),
            Subject::MemberState(code) if code.is_empty() => {
                "The Member State that is assumed where none is named".to_owned()
            }
            Subject::MemberState(code) => format!("The Member State {code}"),
        }
    }

    pub(super) fn moved_en(&self, one: &Move) -> String {
        let part = match &one.of {
            None => part_en(one.part).to_owned(),
            Some(of) if one.part == Part::Quotation => format!("{} ({of})", part_en(one.part)),
            Some(of) => format!("Where `{of}` holds, {}", lower(part_en(one.part))),
        };
        let said = |said| self.said(one.part, said);
        let sides = of_sets(one.before.as_ref(), one.after.as_ref())
            .map(|(gone, come)| (gone, come, true))
            .unwrap_or_else(|| (one.before.clone(), one.after.clone(), false));
        let told = match (&sides.0, &sides.1, sides.2) {
            (None, Some(come), true) => format!("{} comes on top", said(come)),
            (Some(gone), None, true) => format!("{} falls away", said(gone)),
            (Some(gone), Some(come), true) => {
                format!("{} comes on top, {} falls away", said(come), said(gone))
            }
            (None, Some(after), _) => said(after),
            (Some(before), None, _) => format!("no longer {}", said(before)),
            (Some(before), Some(after), _) => format!("{}; before: {}", said(after), said(before)),
            (None, None, _) => "as before".to_owned(),
        };
        let direction = match one.direction {
            Direction::Stricter => " Stricter.",
            Direction::Laxer => " Laxer.",
            Direction::Both => " Stricter in one part, laxer in another.",
            Direction::Neutral | Direction::Unclear => "",
        };
        format!("{part}: {told}.{direction}")
    }
}

fn nature_en(change: &Change) -> String {
    let from = change.from.map(|day| day.to_string());
    match (change.nature, change.kind, from) {
        (Nature::Editorial, ChangeKind::Changed, _) => {
            "These are words and sources alone: everything computes as it did.".to_owned()
        }
        (Nature::Editorial, ..) => String::new(),
        (Nature::Proposed, _, None) => "It is a proposal and not law: nothing is owed.".to_owned(),
        (Nature::Proposed, _, Some(from)) => format!(
            "It is a proposal and not law: nothing is owed. It is expected to apply from {from}."
        ),
        (Nature::Coming, ChangeKind::Removed, Some(from)) => {
            format!("It would have applied from {from}.")
        }
        (Nature::Coming, ChangeKind::Added, Some(from)) => format!("It applies from {from}."),
        (Nature::Coming, _, Some(from)) => {
            format!("Nothing that applies already is altered; it makes a difference from {from}.")
        }
        (Nature::Late, _, Some(from)) => format!(
            "It has applied since {from} and was taken up late: what was computed for the days \
             since can come out otherwise."
        ),
        (Nature::Correction, ChangeKind::Removed, Some(from)) => {
            format!("This is a correction: it takes out what has applied since {from}.")
        }
        (Nature::Correction, _, Some(from)) => {
            format!("This is a correction: it alters what has applied since {from}.")
        }
        (Nature::AtOnce, ..) | (_, _, None) => {
            "It has no date of its own, and holds as soon as this lawbook is used.".to_owned()
        }
    }
}

fn direction_en(change: &Change) -> String {
    match change.direction {
        Direction::Neutral => "",
        Direction::Stricter => "It is stricter.",
        Direction::Laxer => "It is laxer.",
        Direction::Both => "It is stricter in one part and laxer in another.",
        Direction::Unclear => "Whether it is stricter or laxer depends on the case.",
    }
    .to_owned()
}

fn lower(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_lowercase().chain(signs).collect())
}

fn part_en(part: Part) -> &'static str {
    match part {
        Part::ArisesOn => "Arises on",
        Part::ProvisionalOn => "Arises provisionally on",
        Part::AwarenessStrict => "Steps of awareness for the strict count",
        Part::AwarenessOuter => "Steps of awareness for the outer count",
        Part::ArisesAfter => "Arises only after",
        Part::RunsFrom => "The clock runs from",
        Part::Anchor => "Which of several facts counts",
        Part::MeasuredAt => "Counted from",
        Part::MetBy => "Met by",
        Part::When => "Only where",
        Part::AllowedWhen => "Allowed where",
        Part::Gates => "Asked before",
        Part::MayBind => "Debated whether it binds",
        Part::Recipient => "Kind of recipient",
        Part::OwedBy => "Owed by",
        Part::OwedTo => "Owed to",
        Part::Form => "Form",
        Part::ExtendedUnder => "Extended under",
        Part::Supersedes => "Takes the place of",
        Part::KeepAtLeast => "Kept at least",
        Part::EffectiveFrom => "Applies from",
        Part::EffectiveTo => "Applies until",
        Part::AdoptedOn => "Adopted on",
        Part::ProposedOn => "Proposed on",
        Part::Strict => "Strict deadline",
        Part::Outer => "Outer deadline",
        Part::Remedy => "What has to be done",
        Part::Order => "Order of the variants",
        Part::Columns => "Columns of the table",
        Part::PeriodUnknown => "Why there is no period",
        Part::Reading => "Reading",
        Part::Also => "Other readings",
        Part::Says => "What it says",
        Part::ReadBy => "Decided by",
        Part::ReadOn => "Decided on",
        Part::Why => "Why",
        other => shared_en(other),
    }
}

/// The parts of laws, forms, words and calendars.
fn shared_en(part: Part) -> &'static str {
    match part {
        Part::Title => "Title",
        Part::Jurisdiction => "Jurisdiction",
        Part::TimeZone => "Time zone",
        Part::Source => "Source",
        Part::CheckedOn => "Compared with its source on",
        Part::Confidence => "Confidence",
        Part::Cites => "Article",
        Part::Note => "Note",
        Part::Name => "Name",
        Part::Url => "Address",
        Part::Quotation => "Quotation",
        Part::Class => "Class",
        Part::Stages => "Stages",
        Part::Kind => "Kind of answer",
        Part::Choices => "Choices",
        Part::Need => "Needed, stage by stage",
        Part::Limit => "Most signs",
        Part::Help => "Help",
        Part::Draft => "Draft",
        Part::Language => "Language",
        Part::Fill => "Filled from",
        Part::SharedAs => "Shared name",
        Part::Meaning => "Meaning",
        Part::Type => "Type",
        Part::ShownBy => "Shown by",
        Part::Question => "Question",
        Part::DecidedBy => "Decided by",
        Part::Weekend => "Weekend",
        Part::YearsHeld => "Years held",
        Part::DaysOff => "Days off that were working days",
        Part::WorkingDays => "Working days that were days off",
        Part::Calendar => "Calendar",
        _ => "Assumed where none is named",
    }
}
