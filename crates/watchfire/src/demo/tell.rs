//! Tells the story that was played, in order of time, from what the two cases recorded.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchfire_core::event::{Assessment, Body, CaseEvent, Event, FactRecord, OwnerCause};
use watchfire_core::ids::{ObligationId, PartyId};
use watchfire_core::law::instant::Instant;
use watchfire_core::law::{Language, Lawbook, State};

use super::WIDTH;
use super::play::{self, Life, Receipts};
use super::stage::Stage;
use super::story::{Story, StoryEvent, Who};
use crate::print;

/// The duty that the story is about.
const FOLLOWED: &str = "cn-rmsv/7.2";
/// Rungs after the deadline are told one by one up to so many; the rest are counted.
const RUNGS_TOLD_MAX: usize = 7;
/// The zone of the story's wall clock.
const BEIJING: &str = "Asia/Shanghai";

/// What one life recorded.
pub(super) struct Told {
    pub(super) life: Life,
    pub(super) events: Vec<Event>,
}

/// Whose doing a line tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Public, with a source.
    World,
    /// The story's own, in both lives.
    Both,
    /// The story's own, in one.
    One(Life),
}

/// A line of the story.
struct Line {
    at: Timestamp,
    /// Only the day is known.
    day: bool,
    whose: Whose,
    text: String,
    source: Option<String>,
}

/// Writes the whole story.
pub(super) fn story(
    stage: &Stage,
    story: &Story,
    lives: &[Told],
    receipts: &Receipts,
    language: Language,
) -> String {
    let mut lines = public(story, language);
    let teller = Teller { stage, receipts, language };
    let recorded = lives.iter().map(|told| teller.recorded(told)).collect();
    lines.extend(beside_each_other(recorded));
    lines.sort_by_key(|line| line.at);
    let mut out = String::new();
    let rule = "─".repeat(WIDTH);
    let legend = pick(
        language,
        "Times are Beijing's. ○ is public, with its source and how far that was seen. The rest is \
         the story's own: ● in both lives, ✗ as it went, ✓ with the watch fire lit.",
        "时间均为北京时间。○ 为公开事件，附来源及核实程度。其余均为故事情节：● 两种经过相同，✗ 实际经过，✓ 烽火点燃。",
    );
    let _ = writeln!(out, "{}", story.title.in_language(language));
    for text in [story.footnotes.fictional.in_language(language), &legend] {
        let _ = writeln!(out, "{}", print::wrapped("", text, WIDTH));
    }
    let _ = writeln!(out, "{rule}");
    for line in &lines {
        let _ = writeln!(out, "{}", line.show(language));
    }
    let _ = writeln!(out, "{rule}");
    out.push_str(&balance(lives, language));
    out.push_str(&not_in_force(story, lives, language));
    let notice = story.footnotes.notice.in_language(language);
    let _ = writeln!(out, "{}", print::wrapped("¹ ", notice, WIDTH));
    out
}

fn pick(language: Language, en: &str, zh: &str) -> String {
    match language {
        Language::En => en.to_owned(),
        Language::ZhCn => zh.to_owned(),
    }
}

fn beijing() -> TimeZone {
    TimeZone::get(BEIJING).unwrap_or(TimeZone::UTC)
}

/// Shows an instant on Beijing's wall.
fn wall(at: Timestamp) -> String {
    at.to_zoned_datetime(beijing()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Shows the last instant of a day as its 24:00, which is how the law thinks of it.
fn wall_end(at: Timestamp) -> String {
    let local = at.to_zoned_datetime(beijing());
    let is_midnight = local.hour() == 0 && local.minute() == 0 && local.second() == 0;
    match local.date().yesterday() {
        Ok(day) if is_midnight => format!("{day} 24:00"),
        _ => wall(at),
    }
}

/// Shows when a fact happened: on Beijing's wall, or the day as it was given, with whose day it is.
fn happened(occurred_at: &str, language: Language) -> String {
    let Ok(instant) = Instant::parse(occurred_at) else { return occurred_at.to_owned() };
    let Instant::Interval { .. } = instant else { return wall(instant.lo()) };
    let (day, zone) = occurred_at.split_once('[').unwrap_or((occurred_at, ""));
    match zone.trim_end_matches(']') {
        BEIJING => day.to_owned(),
        zone => format!("{day} {}", city(zone, language)),
    }
}

/// The name of a zone whose days the story tells.
fn city(zone: &str, language: Language) -> String {
    match zone {
        "America/New_York" => pick(language, "New York", "纽约时间"),
        other => other.to_owned(),
    }
}

impl Line {
    /// One paragraph: when, whose, what; then where it is known from.
    fn show(&self, language: Language) -> String {
        let local = self.at.to_zoned_datetime(beijing());
        let when = match self.day {
            true => local.strftime("%Y-%m-%d      ").to_string(),
            false => local.strftime("%Y-%m-%d %H:%M").to_string(),
        };
        let whose = match self.whose {
            Whose::World => "○ ".to_owned(),
            Whose::Both => pick(language, "● both lives │ ", "● 两种经过 │ "),
            Whose::One(Life::Went) => pick(language, "✗ as it went │ ", "✗ 实际经过 │ "),
            Whose::One(Life::Lit) => pick(language, "✓ fire lit   │ ", "✓ 烽火点燃 │ "),
        };
        let mut out = print::wrapped(&format!("{when}  "), &format!("{whose}{}", self.text), WIDTH);
        if let Some(source) = &self.source {
            let _ =
                write!(out, "\n{}", print::wrapped(&" ".repeat(20), &format!("[{source}]"), WIDTH));
        }
        out
    }
}

fn public(story: &Story, language: Language) -> Vec<Line> {
    let line = |event: &StoryEvent| {
        let mut text = event.words(language).to_owned();
        if event.note.as_deref() == Some("notice") {
            let _ = write!(text, " ¹");
        }
        let mut source = event.evidence(language);
        if let Some(zone) = event.zone_of_day().filter(|zone| *zone != BEIJING) {
            let city = city(zone, language);
            let _ = match language {
                Language::En => write!(source, "; the day is {city}'s"),
                Language::ZhCn => write!(source, "；日期按{city}"),
            };
        }
        Line {
            at: event.instant().lo(),
            day: event.is_day(),
            whose: match event.who {
                Who::World => Whose::World,
                Who::House => Whose::Both,
                Who::Went => Whose::One(Life::Went),
            },
            text,
            source: Some(source),
        }
    };
    story.event.iter().map(line).collect()
}

/// Puts the lives together: what is the same in both is told once.
fn beside_each_other(lives: Vec<Vec<Line>>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for line in lives.into_iter().flatten() {
        let same = |seen: &&mut Line| {
            (seen.at, &seen.text) == (line.at, &line.text) && seen.whose != line.whose
        };
        match lines.iter_mut().find(same) {
            Some(seen) => seen.whose = Whose::Both,
            None => lines.push(line),
        }
    }
    lines
}

/// Tells what the cases recorded.
struct Teller<'a> {
    stage: &'a Stage,
    receipts: &'a Receipts,
    language: Language,
}

impl Teller<'_> {
    fn recorded(&self, told: &Told) -> Vec<Line> {
        let mut lines = Vec::new();
        let Some((id, last)) = followed(&told.events) else { return lines };
        let line =
            |at, text| Line { at, day: false, whose: Whose::One(told.life), text, source: None };
        let mut rungs = 0;
        let mut more: Option<(Timestamp, usize)> = None;
        for event in &told.events {
            let Body::Case(_, happened) = &event.body else { continue };
            let at = event.recorded_at;
            if let CaseEvent::RungReached { obligation, rung, told: whom, .. } = happened
                && *obligation == id
            {
                rungs += 1;
                if rungs > RUNGS_TOLD_MAX {
                    more = Some((at, more.map_or(1, |(_, count)| count + 1)));
                    continue;
                }
                lines.push(line(at, self.rung(told.life, rung, &self.names(whom))));
                continue;
            }
            if let Some(text) = self.act(&told.events, &id, happened) {
                lines.push(line(at, text));
            }
        }
        if let Some((at, count)) = more {
            let en = format!("{count} more rungs until here, each to everybody: no silence lasts.");
            let zh = format!("此前又有 {count} 次升级提醒，均发给所有人：沉默不会无限延续。");
            lines.push(line(at, self.pick(&en, &zh)));
        }
        let passing = self.passing(&last).into_iter();
        lines.extend(passing.map(|(at, text)| line(at, text)));
        lines
    }

    fn pick(&self, en: &str, zh: &str) -> String {
        pick(self.language, en, zh)
    }

    fn names(&self, people: &[PartyId]) -> String {
        let names: Vec<&str> =
            people.iter().map(|who| self.stage.name_of(who, self.language)).collect();
        names.join(&self.pick(", ", "、"))
    }

    /// In the life without Watchfire the rungs would have been told; in the other they are.
    fn rung(&self, life: Life, rung: &str, names: &str) -> String {
        match life {
            Life::Went => self.pick(
                &format!("{rung} of the clock: {names} would have been told. Nobody was."),
                &format!("时限已过 {rung}：本应通知{names}，无人获知。"),
            ),
            Life::Lit => self.pick(
                &format!("{rung} of the clock: {names} told."),
                &format!("时限已过 {rung}：已通知{names}。"),
            ),
        }
    }

    fn act(
        &self,
        events: &[Event],
        followed: &ObligationId,
        happened: &CaseEvent,
    ) -> Option<String> {
        let (en, zh) = match happened {
            CaseEvent::FactRecorded { fact } => return self.fact(fact),
            CaseEvent::Assessed { obligation, assessment } if obligation == followed => {
                return self.assessed(assessment);
            }
            CaseEvent::GapOpened { obligation, .. } if obligation == followed => (
                "The gap is seen: nobody holds this clock.".to_owned(),
                "发现空缺：该时限无人负责。".to_owned(),
            ),
            CaseEvent::OwnerSet { obligation, owner, cause: OwnerCause::Claimed }
                if obligation == followed =>
            {
                let name = self.stage.name_of(owner, self.language);
                (
                    format!("{name} takes it over: the gap closes."),
                    format!("{name}补位，空缺消除。"),
                )
            }
            CaseEvent::SubmissionRecorded { submission, obligations, number, channel, .. } => {
                let receipt = self.receipts.get(submission);
                return self.submitted(
                    events,
                    obligations,
                    channel,
                    number.as_deref().zip(receipt),
                );
            }
            CaseEvent::EmbargoAgreed { note, .. } => {
                (format!("The embargo is agreed: {note}."), format!("约定保密期：{note}。"))
            }
            CaseEvent::EmbargoExited { reason } => {
                (format!("The embargo ends: {reason}."), format!("保密期结束：{reason}。"))
            }
            _ => return None,
        };
        Some(self.pick(&en, &zh))
    }

    /// A fact with its two times; what is told as public stands there already.
    fn fact(&self, fact: &FactRecord) -> Option<String> {
        if play::is_told_otherwise(fact) {
            return None;
        }
        let note = fact.note.as_deref()?;
        let (happened, known) = (happened(&fact.occurred_at, self.language), wall(fact.known_at));
        Some(self.pick(
            &format!("Recorded as a fact: {note} (happened {happened}, known {known})."),
            &format!("记录事实：{note}（发生 {happened}，获知 {known}）。"),
        ))
    }

    fn submitted(
        &self,
        events: &[Event],
        obligations: &[ObligationId],
        channel: &str,
        proof: Option<(&str, &String)>,
    ) -> Option<String> {
        let (_, assessment) = latest(events, |id, _| obligations.contains(id))?;
        let named = self.named(&assessment)?;
        Some(match proof {
            Some((number, receipt)) => self.pick(
                &format!(
                    "Submitted: {named}, by {channel}, number {number}; receipt of the evidence \
                     log {receipt}."
                ),
                &format!("已报送：{named}，{channel}，编号 {number}；存证凭据 {receipt}。"),
            ),
            None => self.pick(
                &format!("Done: {named}, by {channel}."),
                &format!("已完成：{named}，{channel}。"),
            ),
        })
    }

    /// The title of an obligation with its article.
    fn named(&self, assessment: &Assessment) -> Option<String> {
        let (_, provision) = Lawbook::builtin().provision(&assessment.provision)?;
        let title = provision.title.as_ref()?.in_language(self.language);
        let cites = provision.cites.as_ref()?.in_language(self.language);
        Some(self.pick(&format!("{title} ({cites})"), &format!("{title}（{cites}）")))
    }

    fn assessed(&self, assessment: &Assessment) -> Option<String> {
        let (strict, outer) = (assessment.strict_due?, assessment.outer_due?);
        let named = self.named(assessment)?;
        let (strict, outer) = (wall(strict), wall_end(outer));
        let dates = self.pick(
            &format!("strict {strict}, outer {outer} Beijing time"),
            &format!("严格时限 {strict}，最晚解读 {outer}，北京时间"),
        );
        let (en, zh) = match assessment.state {
            State::NeedsDecision => (
                format!("Owed, provisionally (does an own product contain it?): {named}; {dates}."),
                format!("暂定产生义务（自有产品是否包含？）：{named}；{dates}。"),
            ),
            State::Satisfied if assessment.after_strict => (
                "Met, after the strict instant and before the outer one.".to_owned(),
                "已履行，晚于严格时限，但未超过最晚解读。".to_owned(),
            ),
            State::Satisfied => (
                "Met, in time by every reading.".to_owned(),
                "已履行，任何解读下均未逾期。".to_owned(),
            ),
            State::SatisfiedLate => {
                ("Met, late by every reading.".to_owned(), "逾期履行。".to_owned())
            }
            State::NotApplicable | State::Superseded => {
                ("Owed no more.".to_owned(), "不再需要履行。".to_owned())
            }
            _ => (format!("Owed for certain: {named}; {dates}."), {
                format!("义务确定：{named}；{dates}。")
            }),
        };
        Some(self.pick(&en, &zh))
    }

    /// The two instants, where they pass without a submission.
    fn passing(&self, last: &Assessment) -> Vec<(Timestamp, String)> {
        if last.state.is_met() {
            return Vec::new();
        }
        let strict = self
            .pick("The strict instant passes. Nothing was submitted.", "严格时限已过，未报送。");
        let outer = self.pick(
            "The outer instant passes: late under every reading. The upstream was told; that never meets this duty.",
            "最晚解读的时限已过：任何解读下均已逾期。已通知上游，但不等于履行本项义务。",
        );
        let instants = [(last.strict_due, strict), (last.outer_due, outer)];
        instants.into_iter().filter_map(|(at, text)| Some((at?, text))).collect()
    }
}

/// Finds the followed obligation and what was assessed of it last.
fn followed(events: &[Event]) -> Option<(ObligationId, Assessment)> {
    latest(events, |_, assessment| assessment.provision == FOLLOWED)
}

/// Finds what was assessed last of the obligations that `is_meant` names.
fn latest(
    events: &[Event],
    is_meant: impl Fn(&ObligationId, &Assessment) -> bool,
) -> Option<(ObligationId, Assessment)> {
    events.iter().rev().find_map(|event| match &event.body {
        Body::Case(_, CaseEvent::Assessed { obligation, assessment })
            if is_meant(obligation, assessment) =>
        {
            Some((obligation.clone(), (**assessment).clone()))
        }
        _ => None,
    })
}

/// The two lives side by side.
fn balance(lives: &[Told], language: Language) -> String {
    let mut out = String::new();
    for told in lives {
        let Some((followed, last)) = followed(&told.events) else { continue };
        let name = match told.life {
            Life::Went => pick(language, "As it went", "实际经过"),
            Life::Lit => pick(language, "With the watch fire lit", "烽火点燃"),
        };
        let sent = told.events.iter().find_map(|event| match &event.body {
            Body::Case(_, CaseEvent::SubmissionRecorded { obligations, .. })
                if obligations.contains(&followed) =>
            {
                Some(event.recorded_at)
            }
            _ => None,
        });
        let (en, zh) = match (sent, last.strict_due) {
            (Some(at), Some(due)) => {
                let (sent, strict) = (wall(at), wall(due));
                let how = if at <= due {
                    pick(language, "in time", "未逾期")
                } else {
                    pick(language, "after it", "已晚于该时限")
                };
                (
                    format!("{name}: submitted {sent}, strict instant {strict}, {how}."),
                    format!("{name}：{sent} 报送，严格时限 {strict}，{how}。"),
                )
            }
            _ => (format!("{name}: never submitted."), format!("{name}：始终未报送。")),
        };
        let _ = writeln!(out, "{}", pick(language, &en, &zh));
    }
    out
}

/// Lists what was asked of the laws and did not apply yet, with the day from which it does.
fn not_in_force(story: &Story, lives: &[Told], language: Language) -> String {
    let ended_on = story.ends_at.to_zoned_datetime(beijing()).date();
    let mut found = BTreeSet::new();
    for event in lives.iter().flat_map(|told| &told.events) {
        let Body::Case(_, CaseEvent::Assessed { assessment, .. }) = &event.body else { continue };
        let known = Lawbook::builtin().provision(&assessment.provision);
        let Some((_, provision)) = known else { continue };
        let Some(first) = provision.versions.first() else { continue };
        // Where law has both, the house target beside it would say the same twice.
        let beside = assessment.provision.ends_with(".soft");
        if assessment.state == State::NotApplicable && first.effective_from > ended_on && !beside {
            let title = provision.title.as_ref().map(|title| title.in_language(language));
            found.insert((first.effective_from, &provision.id, title.unwrap_or_default()));
        }
    }
    let mut out = String::new();
    if !found.is_empty() {
        let year = ended_on.year();
        let (en, zh) = (format!("Not in force in {year}:"), format!("{year}年尚未施行："));
        let _ = writeln!(out, "{}", pick(language, &en, &zh));
    }
    for (from, id, title) in found {
        let text = pick(
            language,
            &format!("{id}, from {from}: {title}"),
            &format!("{id}，自 {from} 起施行：{title}"),
        );
        let _ = writeln!(out, "{}", print::wrapped("  · ", &text, WIDTH));
    }
    out
}
