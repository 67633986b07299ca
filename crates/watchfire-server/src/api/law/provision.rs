//! A provision as the API shows it: as its pack writes it, and in words.

use serde::Serialize;
use utoipa::ToSchema;
use watchfire_core::law::condition::Condition;
use watchfire_core::law::count::Within;
use watchfire_core::law::id::FactKind;
use watchfire_core::law::pack::{
    Anchor, MeasuredAt, MetBy, Pack, Proposal, Provision, Span, Trigger, Variant, Version,
};
use watchfire_core::law::{Language, Lawbook, tell};

use super::{Words, confidence};

/// One cited article or item that obliges somebody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProvision {
    #[schema(example = "cn-rmsv/7.2")]
    id: String,
    /// `hard`, `soft`, `standing`, `prohibition` or `permission`.
    class: String,
    /// `in-force`, or `proposed` where nothing of it is law.
    #[schema(value_type = String)]
    status: &'static str,
    title: Option<Words>,
    cites: Option<Words>,
    /// Address of its text; where none is given, that of the law.
    source: Option<String>,
    /// The day on which a person compared it with its source; where none is given, that of the law.
    checked_on: Option<String>,
    /// `primary`, `secondary`, or `unverified 0.85` with the probability that it is right.
    confidence: String,
    /// Kinds of fact that create the obligation.
    arises_on: Vec<String>,
    arises_on_words: Vec<Words>,
    /// What also creates it, unless a question is answered with no.
    provisional_on: Vec<ShownProvisional>,
    /// Facts before the first of this kind carry nothing.
    arises_after: Option<String>,
    /// The steps of awareness that count for one deadline or the other; the kinds that create the
    /// obligation count for both.
    awareness: Vec<String>,
    /// Those that count for the strict deadline.
    awareness_strict: Vec<String>,
    /// Those that count for the outer deadline.
    awareness_outer: Vec<String>,
    /// Where the clock does not run from the fact that it arose on.
    runs_from: Option<String>,
    runs_from_words: Option<Words>,
    /// Which of several facts counts: `first`, `last`, or `each` for an obligation of its own.
    #[schema(value_type = String)]
    anchor: &'static str,
    /// Whether it counts from when the fact `occurred_at` or was `known_at`.
    #[schema(value_type = String)]
    measured_at: &'static str,
    /// Only where this holds.
    when: Option<ShownCondition>,
    /// Of a prohibition: what lifts it.
    allowed_when: Option<ShownCondition>,
    /// What meets it beside a submission.
    met_by: Vec<String>,
    owed_by: Vec<String>,
    owed_to: Option<String>,
    form: Option<String>,
    /// The article that knows an extension.
    extended_under: Option<Words>,
    /// How long it has to be kept, at least.
    keep_at_least: Option<Words>,
    /// The provision whose place it takes.
    supersedes: Option<String>,
    /// The first day on which it takes that place; none where it always does.
    supersedes_from: Option<String>,
    note: Option<Words>,
    versions: Vec<ShownVersion>,
    /// What is proposed and not law.
    proposals: Vec<ShownProposal>,
}

/// A condition as its pack writes it, and in words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownCondition {
    #[schema(example = "eu-cra/severe-incident")]
    written: String,
    words: Words,
}

/// A kind of fact that creates an obligation unless a question is answered with no.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProvisional {
    kind: String,
    unless: String,
    words: Words,
}

/// The text of a provision from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownVersion {
    effective_from: String,
    effective_to: Option<String>,
    /// When it was adopted, where it applies only later.
    adopted_on: Option<String>,
    /// The conservative reading, in the words of packs: `2d exclude-trigger-day`.
    strict: Option<String>,
    /// The same with everything by which it is counted, in words.
    strict_words: Option<Words>,
    /// The latest defensible reading, where it differs.
    outer: Option<String>,
    outer_words: Option<Words>,
    /// Other spans for some; the rows, where there is a table.
    variants: Vec<ShownVariant>,
    /// The columns of the table.
    table: Vec<String>,
    /// Why a clock of law has no number.
    period_unknown: Option<Words>,
    reading: Option<String>,
    cites: Option<Words>,
    note: Option<Words>,
}

/// Spans for a case or an organization of some kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownVariant {
    #[schema(example = "hk-cap-653/core-function")]
    when: String,
    when_words: Words,
    strict: Option<String>,
    strict_words: Option<Words>,
    outer: Option<String>,
    outer_words: Option<Words>,
    /// What has to be done, where it differs.
    remedy: Option<Words>,
}

/// What is proposed to apply, and does not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProposal {
    proposed_on: Option<String>,
    foreseen_from: Option<String>,
    strict: Option<String>,
    strict_words: Option<Words>,
    outer: Option<String>,
    outer_words: Option<Words>,
    note: Option<Words>,
}

/// Says what a pack writes in words.
#[derive(Clone, Copy)]
struct Teller<'a>(&'a Lawbook);

impl Teller<'_> {
    fn condition(self, condition: &Condition) -> ShownCondition {
        let words = Words::in_both(|language| tell::condition::tell(condition, self.0, language));
        ShownCondition { written: condition.to_string(), words }
    }

    fn span(self, span: Option<&Span>) -> Option<Words> {
        let span = span?;
        Some(Words::in_both(|language| tell::span::tell(span, self.0, language)))
    }

    fn trigger(self, trigger: &Trigger) -> Words {
        Words::in_both(|language| tell::condition::named(trigger, self.0, language))
    }

    fn within(within: Within) -> Words {
        Words::in_both(|language| tell::within(within, language))
    }

    fn version(self, version: &Version) -> ShownVersion {
        ShownVersion {
            effective_from: version.effective_from.to_string(),
            effective_to: version.effective_to.map(|date| date.to_string()),
            adopted_on: version.adopted_on.map(|date| date.to_string()),
            strict: version.strict.as_ref().map(ToString::to_string),
            strict_words: self.span(version.strict.as_deref()),
            outer: version.outer.as_ref().map(ToString::to_string),
            outer_words: self.span(version.outer.as_deref()),
            variants: version.variants.iter().map(|one| self.variant(one)).collect(),
            table: version.table.iter().map(|column| column.id.clone()).collect(),
            period_unknown: version.period_unknown.as_ref().map(Words::of),
            reading: version.reading.as_deref().map(str::to_owned),
            cites: version.cites.as_ref().map(Words::of),
            note: version.note.as_ref().map(Words::of),
        }
    }

    fn variant(self, variant: &Variant) -> ShownVariant {
        let when = self.condition(&variant.when);
        ShownVariant {
            when: when.written,
            when_words: when.words,
            strict: variant.strict.as_ref().map(ToString::to_string),
            strict_words: self.span(variant.strict.as_deref()),
            outer: variant.outer.as_ref().map(ToString::to_string),
            outer_words: self.span(variant.outer.as_deref()),
            remedy: variant.remedy.as_ref().map(Words::of),
        }
    }

    fn proposal(self, proposal: &Proposal) -> ShownProposal {
        ShownProposal {
            proposed_on: proposal.proposed_on.map(|date| date.to_string()),
            foreseen_from: proposal.foreseen_from.map(|date| date.to_string()),
            strict: proposal.strict.as_ref().map(ToString::to_string),
            strict_words: self.span(proposal.strict.as_deref()),
            outer: proposal.outer.as_ref().map(ToString::to_string),
            outer_words: self.span(proposal.outer.as_deref()),
            note: proposal.note.as_ref().map(Words::of),
        }
    }

    fn provisional(self, provision: &Provision) -> Vec<ShownProvisional> {
        let each = provision.provisional_on.iter().map(|(kind, predicate)| {
            let named = Trigger::Kind(kind.clone());
            let denied = Condition::Not(Box::new(Condition::Predicate(predicate.clone())));
            let words = Words::in_both(|language| {
                let kind = tell::condition::named(&named, self.0, language);
                let denied = tell::condition::tell(&denied, self.0, language);
                match language {
                    Language::En => format!("{kind}, unless {denied}"),
                    Language::ZhCn => format!("{kind}，除非{denied}"),
                }
            });
            ShownProvisional { kind: kind.to_string(), unless: predicate.to_string(), words }
        });
        each.collect()
    }
}

impl ShownProvision {
    pub(super) fn of(provision: &Provision, pack: &Pack, laws: &Lawbook) -> Self {
        let teller = Teller(laws);
        let awareness = &provision.awareness;
        let steps = |steps: &[FactKind]| steps.iter().map(ToString::to_string).collect();
        let only_outer = awareness.outer.iter().filter(|step| !awareness.strict.contains(step));
        let either: Vec<FactKind> = awareness.strict.iter().chain(only_outer).cloned().collect();
        Self {
            id: provision.id.to_string(),
            class: provision.class.to_string(),
            status: if provision.is_proposed() { "proposed" } else { "in-force" },
            title: provision.title.as_ref().map(Words::of),
            cites: provision.cites.as_ref().map(Words::of),
            source: provision.source.as_ref().or(pack.source.as_ref()).cloned(),
            checked_on: provision.checked_on.or(pack.checked_on).map(|day| day.to_string()),
            confidence: confidence(provision.confidence),
            arises_on: provision.arises_on.iter().map(ToString::to_string).collect(),
            arises_on_words: provision.arises_on.iter().map(|one| teller.trigger(one)).collect(),
            provisional_on: teller.provisional(provision),
            arises_after: provision.arises_after.as_ref().map(ToString::to_string),
            awareness: steps(&either),
            awareness_strict: steps(&awareness.strict),
            awareness_outer: steps(&awareness.outer),
            runs_from: provision.runs_from.as_ref().map(ToString::to_string),
            runs_from_words: provision.runs_from.as_ref().map(|one| teller.trigger(one)),
            anchor: match provision.anchor {
                Anchor::First => "first",
                Anchor::Last => "last",
                Anchor::Each => "each",
            },
            measured_at: match provision.measured_at {
                MeasuredAt::OccurredAt => "occurred_at",
                MeasuredAt::KnownAt => "known_at",
            },
            when: provision.when.as_ref().map(|one| teller.condition(one)),
            allowed_when: provision.allowed_when.as_ref().map(|one| teller.condition(one)),
            met_by: provision.met_by.iter().map(met_by).collect(),
            owed_by: provision.owed_by.iter().map(ToString::to_string).collect(),
            owed_to: provision.owed_to.as_deref().map(str::to_owned),
            form: provision.form.as_deref().map(str::to_owned),
            extended_under: provision.extended_under.as_ref().map(Words::of),
            keep_at_least: provision.keep_at_least.map(Teller::within),
            supersedes: provision.supersedes.as_ref().map(|(id, _)| id.to_string()),
            supersedes_from: provision
                .supersedes
                .as_ref()
                .and_then(|(_, day)| day.map(|day| day.to_string())),
            note: provision.note.as_ref().map(Words::of),
            versions: provision.versions.iter().map(|one| teller.version(one)).collect(),
            proposals: provision.proposals.iter().map(|one| teller.proposal(one)).collect(),
        }
    }
}

fn met_by(by: &MetBy) -> String {
    match by {
        MetBy::Kind(kind) => kind.to_string(),
        MetBy::Decided(predicate) => predicate.to_string(),
    }
}
