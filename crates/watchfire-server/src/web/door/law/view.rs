//! What the pages of laws show of a pack, in the reader's language.

use std::sync::Arc;

use jiff::civil::Date;
use watchfire_core::law::condition::Condition;
use watchfire_core::law::id::FactKind;
use watchfire_core::law::pack::{
    Anchor, Class as LawClass, MeasuredAt, MetBy, Pack, Proposal, Provision, Reading, Span,
    Trigger, Version, Zone,
};
use watchfire_core::law::quotation::Quotation;
use watchfire_core::law::tell;

use super::super::words::{Words, language_of};
use super::{confidence, original, worked};
use crate::web::law::article::{
    ArticleView, ProvisionView, ReadingView, SpanKind, TextView, VariantView, VersionView, When,
};
use crate::web::law::instrument::{Ours, PackView, ProvisionPage};
use crate::web::obligation::Class;

/// A law with everything in it.
pub(super) fn pack(words: Words<'_>, pack: &Pack, today: Date) -> PackView {
    let texts = texts(pack);
    let own = words.language.tag();
    let preamble = texts.iter().find(|(tag, _)| *tag == own).or(texts.first());
    PackView {
        law: pack.id.to_string(),
        jurisdiction: pack.jurisdiction.clone(),
        title: words.instrument(pack),
        original: original(words, pack),
        time_zone: match &pack.zone {
            Zone::Fixed { name, .. } => name.clone(),
            Zone::OfMemberState => words.language.text("law-zone-of-member-state"),
        },
        source: pack.source.clone().unwrap_or_default(),
        checked_on: pack.checked_on.map(|day| day.to_string()).unwrap_or_default(),
        confidence: confidence(pack.confidence),
        proposed: pack.proposed,
        preamble: preamble.map(|(_, text)| text.preamble.clone()).unwrap_or_default(),
        roles: pack.roles.iter().map(|(id, name)| (id.to_string(), words.in_own(name))).collect(),
        articles: articles(words, pack, &texts, today),
        readings: pack.readings.values().map(|one| reading(words, one)).collect(),
        forms: pack
            .forms
            .values()
            .map(|form| {
                let fields = form.fields.iter().map(|field| words.in_own(&field.label)).collect();
                (words.in_own(&form.title), fields)
            })
            .collect(),
        cases: worked::cases(words, pack, |_| true),
        changes: None,
        today,
    }
}

/// One provision with its text and its cases.
pub(super) fn provision_page(
    words: Words<'_>,
    pack: &Pack,
    provision: &Provision,
    ours: Option<Ours>,
    today: Date,
) -> ProvisionPage {
    let texts = texts(pack);
    let places = places(&texts, provision);
    ProvisionPage {
        law: pack.id.to_string(),
        law_title: words.instrument(pack),
        jurisdiction: pack.jurisdiction.clone(),
        title: words.title(provision.id.as_str()),
        article: ArticleView {
            texts: shown(pack, &texts, &places),
            provisions: vec![view(words, pack, provision, today)],
        },
        ours,
        cases: worked::cases(words, pack, |case| {
            case.expects.iter().any(|expect| expect.obligation == provision.id)
        }),
        today,
    }
}

/// The texts of a pack, that in the law's own language first.
fn texts(pack: &Pack) -> Vec<(&str, Quotation)> {
    let mut texts: Vec<(&str, Quotation)> =
        pack.quotes.iter().map(|(tag, text)| (tag.as_str(), Quotation::read(text))).collect();
    texts.sort_by_key(|(tag, _)| !is_own(pack, tag));
    texts
}

/// The laws here are Chinese or are quoted in English.
fn is_own(pack: &Pack, tag: &str) -> bool {
    (pack.jurisdiction == "CN") == (tag == "zh-CN")
}

/// In each text, where the sections of a provision are.
fn places(texts: &[(&str, Quotation)], provision: &Provision) -> Vec<Vec<usize>> {
    let cites = |tag: &str| {
        let cites = provision.cites.as_ref();
        cites.map_or("", |cites| if tag == "zh-CN" { &*cites.zh_cn } else { &*cites.en })
    };
    texts.iter().map(|(tag, text)| text.of_provision(&provision.id, cites(tag))).collect()
}

fn shown(pack: &Pack, texts: &[(&str, Quotation)], places: &[Vec<usize>]) -> Vec<TextView> {
    let each = texts.iter().zip(places).filter(|(_, places)| !places.is_empty());
    each.map(|((tag, text), places)| TextView {
        language: (*tag).to_owned(),
        own: is_own(pack, tag),
        sections: places.iter().filter_map(|at| text.sections.get(*at)).cloned().collect(),
        source: pack.source.clone().unwrap_or_default(),
    })
    .collect()
}

/// The provisions in their order; those that follow each other under one text share it.
fn articles(
    words: Words<'_>,
    pack: &Pack,
    texts: &[(&str, Quotation)],
    today: Date,
) -> Vec<ArticleView> {
    let mut found: Vec<(Vec<Vec<usize>>, ArticleView)> = Vec::new();
    for provision in &pack.provisions {
        let places = places(texts, provision);
        let one = view(words, pack, provision, today);
        match found.last_mut().filter(|(before, _)| *before == places) {
            Some((_, article)) => article.provisions.push(one),
            None => {
                let texts = shown(pack, texts, &places);
                found.push((places, ArticleView { texts, provisions: vec![one] }));
            }
        }
    }
    found.into_iter().map(|(_, article)| article).collect()
}

fn view(words: Words<'_>, pack: &Pack, provision: &Provision, today: Date) -> ProvisionView {
    let id = provision.id.to_string();
    let class = provision.class.to_string();
    let used = provision.versions.iter().filter_map(|version| version.reading.as_ref());
    let mut used: Vec<&Reading> = used.filter_map(|id| pack.readings.get(&**id)).collect();
    used.dedup_by_key(|reading| reading.id.clone());
    ProvisionView {
        cites: provision.cites.as_ref().map(|text| words.in_own(text)).unwrap_or_default(),
        title: words.title(&id),
        class: Class::of(&class, pack.id.as_str()),
        class_word: class,
        is_norm: pack.is_norm(),
        data: data(words, pack, provision),
        links: links(words, provision),
        note: provision.note.as_ref().map(|text| words.in_own(text)),
        versions: versions(words, pack, provision, today),
        readings: used.into_iter().map(|one| reading(words, one)).collect(),
        confidence: confidence(provision.confidence),
        source: provision.source.as_ref().or(pack.source.as_ref()).cloned().unwrap_or_default(),
        checked_on: provision
            .checked_on
            .or(pack.checked_on)
            .map(|day| day.to_string())
            .unwrap_or_default(),
        id,
    }
}

/// What a provision says of its clock, label by label.
fn data(words: Words<'_>, pack: &Pack, provision: &Provision) -> Vec<(&'static str, Vec<String>)> {
    let language = language_of(words.language);
    let condition = |one: &Condition| tell::condition::tell(one, words.law, language);
    let trigger = |one: &Trigger| trigger_words(words, one);
    let role = |role| {
        words.law.role_name(role).map_or_else(|| role.to_string(), |name| words.in_own(name))
    };
    let provisional = provision.provisional_on.iter().map(|(kind, predicate)| {
        let unless = condition(&Condition::Not(Box::new(Condition::Predicate(predicate.clone()))));
        let kind = words.kind(kind.as_str());
        words.language.text_with("law-unless", &[("kind", kind.into()), ("unless", unless.into())])
    });
    let steps = |steps: &[FactKind]| steps.iter().map(|kind| words.kind(kind.as_str())).collect();
    let awareness = &provision.awareness;
    let met = provision.met_by.iter().map(|by| match by {
        MetBy::Kind(kind) => words.kind(kind.as_str()),
        MetBy::Decided(predicate) => words.question(predicate.as_str()),
    });
    let anchor = match provision.anchor {
        Anchor::First => None,
        Anchor::Last => Some("law-anchor-last"),
        Anchor::Each => Some("law-anchor-each"),
    };
    let known = (provision.measured_at == MeasuredAt::KnownAt).then_some("law-measured-known");
    let text = |key: &str| words.language.text(key);
    let form = provision.form.as_deref().and_then(|id| pack.forms.get(id));
    let within = |span| tell::within(span, language);
    let all: [(&'static str, Vec<String>); 15] = [
        ("law-owed-by", provision.owed_by.iter().map(role).collect()),
        ("case-owed-to", words.owed_to(provision.id.as_str()).into_iter().collect()),
        ("law-arises-on", provision.arises_on.iter().map(trigger).collect()),
        ("law-provisional-on", provisional.collect()),
        ("law-awareness-strict", steps(&awareness.strict)),
        ("law-awareness-outer", steps(&awareness.outer)),
        ("law-arises-after", provision.arises_after.iter().map(trigger).collect()),
        ("law-runs-from", provision.runs_from.iter().map(trigger).collect()),
        ("law-anchor", anchor.into_iter().chain(known).map(text).collect()),
        ("law-when", provision.when.iter().map(condition).collect()),
        ("law-allowed-when", provision.allowed_when.iter().map(condition).collect()),
        ("law-met-by", met.collect()),
        ("law-form", form.iter().map(|form| words.in_own(&form.title)).collect()),
        (
            "law-extended-under",
            provision.extended_under.iter().map(|text| words.in_own(text)).collect(),
        ),
        ("law-keep", provision.keep_at_least.into_iter().map(within).collect()),
    ];
    all.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}

/// The provisions with which one hangs together.
fn links(words: Words<'_>, provision: &Provision) -> Vec<(&'static str, Vec<(String, String)>)> {
    let link = |id: &str| (id.to_owned(), words.title(id));
    let submitted = |one: &Provision| -> Vec<String> {
        let named = one.arises_on.iter().chain(&one.runs_from).chain(&one.arises_after);
        let mut ids: Vec<String> = named
            .filter_map(|trigger| match trigger {
                Trigger::Submitted(id) => Some(id.to_string()),
                Trigger::Kind(_) => None,
            })
            .collect();
        ids.dedup();
        ids
    };
    let before: Vec<_> = submitted(provision).iter().map(|id| link(id)).collect();
    let own = provision.id.to_string();
    let others = || words.law.packs().iter().flat_map(|pack| &pack.provisions);
    let after = others().filter(|other| submitted(other).contains(&own));
    let after: Vec<_> = after.map(|other| link(other.id.as_str())).collect();
    let takes: Vec<_> = provision.supersedes.iter().map(|(id, _)| link(id.as_str())).collect();
    let taken = others()
        .filter(|other| other.supersedes.as_ref().is_some_and(|(id, _)| *id == provision.id));
    let taken: Vec<_> = taken.map(|other| link(other.id.as_str())).collect();
    let all: [(&'static str, Vec<(String, String)>); 4] = [
        ("law-chain-before", before),
        ("law-chain-after", after),
        ("law-supersedes", takes),
        ("law-superseded-by", taken),
    ];
    all.into_iter().filter(|(_, others)| !others.is_empty()).collect()
}

pub(in crate::web::door) fn trigger_words(words: Words<'_>, trigger: &Trigger) -> String {
    match trigger {
        Trigger::Kind(kind) => words.kind(kind.as_str()),
        Trigger::Submitted(provision) => {
            let title = words.title(provision.as_str());
            words.language.text_with("law-submitted", &[("title", title.into())])
        }
    }
}

fn reading(words: Words<'_>, reading: &Reading) -> ReadingView {
    ReadingView {
        id: reading.id.to_string(),
        says: words.in_own(&reading.says),
        by: reading.by.clone(),
        on: reading.on.to_string(),
        why: words.in_own(&reading.why),
    }
}

fn versions(words: Words<'_>, pack: &Pack, provision: &Provision, today: Date) -> Vec<VersionView> {
    let next = |at: usize| provision.versions.get(at + 1).map(|next| next.effective_from);
    let dated = provision.versions.iter().enumerate().map(|(at, one)| {
        version(words, pack, provision, one, one.effective_to.or(next(at)), today)
    });
    dated.chain(provision.proposals.iter().map(|one| proposal(words, provision, one))).collect()
}

fn version(
    words: Words<'_>,
    pack: &Pack,
    provision: &Provision,
    version: &Version,
    until: Option<Date>,
    today: Date,
) -> VersionView {
    let when = if version.effective_from > today {
        When::Coming
    } else if until.is_some_and(|until| until <= today) {
        When::Past
    } else {
        When::InForce
    };
    let language = language_of(words.language);
    let both = |strict: &Option<Arc<Span>>, outer: &Option<Arc<Span>>| {
        counts(words, provision.class, strict.as_deref(), outer.as_deref())
    };
    VersionView {
        from: version.effective_from.to_string(),
        to: until.map(|day| day.to_string()),
        adopted_on: version.adopted_on.map(|day| day.to_string()),
        when,
        counts: both(&version.strict, &version.outer),
        variants: version
            .variants
            .iter()
            .map(|variant| VariantView {
                condition: tell::condition::tell(&variant.when, words.law, language),
                counts: both(&variant.strict, &variant.outer),
                remedy: variant.remedy.as_ref().map(|remedy| words.in_own(remedy)),
            })
            .collect(),
        table: !version.table.is_empty(),
        period_unknown: version.period_unknown.as_ref().map(|why| words.in_own(why)),
        reading: version.reading.as_deref().map(str::to_owned),
        also: version
            .also
            .iter()
            .map(|(id, span)| {
                let says = pack.readings.get(&**id).map(|one| words.in_own(&one.says));
                (
                    says.unwrap_or_else(|| id.to_string()),
                    tell::span::tell(span, words.law, language),
                )
            })
            .collect(),
        note: version.note.as_ref().map(|note| words.in_own(note)),
    }
}

fn proposal(words: Words<'_>, provision: &Provision, proposal: &Proposal) -> VersionView {
    let (strict, outer) = (proposal.strict.as_ref(), proposal.outer.as_ref());
    VersionView {
        from: proposal.foreseen_from.map(|day| day.to_string()).unwrap_or_default(),
        to: None,
        adopted_on: None,
        when: When::Proposed,
        counts: counts(words, provision.class, strict.map(Arc::as_ref), outer.map(Arc::as_ref)),
        variants: Vec::new(),
        table: false,
        period_unknown: None,
        reading: None,
        also: Vec::new(),
        note: proposal.note.as_ref().map(|note| words.in_own(note)),
    }
}

/// Strict and outer counting in words, or the house target.
fn counts(
    words: Words<'_>,
    class: LawClass,
    strict: Option<&Span>,
    outer: Option<&Span>,
) -> Vec<(SpanKind, String)> {
    let told = |span: &Span| tell::span::tell(span, words.law, language_of(words.language));
    let kind = if class == LawClass::Soft { SpanKind::Target } else { SpanKind::Strict };
    let strict = strict.map(|span| (kind, told(span)));
    strict.into_iter().chain(outer.map(|span| (SpanKind::Outer, told(span)))).collect()
}
