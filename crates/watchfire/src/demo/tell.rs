//! Tells the story that was played, in order of time, from what the two cases recorded.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchfire_core::event::{Assessment, Body, CaseEvent, Event, OwnerCause};
use watchfire_core::ids::ObligationId;
use watchfire_core::law::{Language, Lawbook, State};

use super::play::Life;
use super::stage::Stage;
use super::story::{Story, Who};
use crate::print;

/// The duty that the story is about.
const FOLLOWED: &str = "cn-rmsv/7.2";
/// Rungs after the deadline are told one by one up to so many; the rest are counted.
const RUNGS_TOLD_MAX: usize = 7;
/// Columns of a line.
const WIDTH: usize = 96;

/// What one life recorded.
pub(super) struct Told {
    pub(super) life: Life,
    pub(super) events: Vec<Event>,
}

/// A line of the story.
struct Line {
    at: Timestamp,
    /// Only the day is known.
    day: bool,
    life: Option<Life>,
    text: String,
    source: Option<String>,
}

/// Writes the whole story.
pub(super) fn story(stage: &Stage, story: &Story, lives: &[Told], language: Language) -> String {
    let mut lines = public(story, language);
    for told in lives {
        lines.extend(recorded(stage, told, language));
    }
    lines.sort_by_key(|line| line.at);
    let mut out = String::new();
    let rule = "─".repeat(WIDTH);
    let zone = pick(
        language,
        "Times are Beijing's. ○ is public, with its source and how far that was seen; ✗ and ✓ are the two lives.",
        "时间均为北京时间。○ 为公开事件，附来源及核实程度；✗ 与 ✓ 为两种经过。",
    );
    let _ = writeln!(out, "{}", story.title.in_language(language));
    for text in [story.footnotes.fictional.in_language(language), &zone] {
        let _ = writeln!(out, "{}", print::wrapped("", text, WIDTH));
    }
    let _ = writeln!(out, "{rule}");
    for line in &lines {
        let _ = writeln!(out, "{}", line.show(language));
    }
    let _ = writeln!(out, "{rule}");
    out.push_str(&balance(lives, language));
    out
}

fn pick(language: Language, en: &str, zh: &str) -> String {
    match language {
        Language::En => en.to_owned(),
        Language::ZhCn => zh.to_owned(),
    }
}

fn beijing() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC)
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

impl Line {
    /// One paragraph: when, whose, what; then where it is known from.
    fn show(&self, language: Language) -> String {
        let local = self.at.to_zoned_datetime(beijing());
        let when = match self.day {
            true => local.strftime("%Y-%m-%d      ").to_string(),
            false => local.strftime("%Y-%m-%d %H:%M").to_string(),
        };
        let whose = match self.life {
            None => "○ ".to_owned(),
            Some(Life::Went) => pick(language, "✗ as it went │ ", "✗ 实际经过 │ "),
            Some(Life::Lit) => pick(language, "✓ fire lit   │ ", "✓ 烽火点燃 │ "),
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
    let line = |event: &super::story::StoryEvent| {
        let mut text = event.words(language).to_owned();
        if event.note.as_deref() == Some("notice") {
            let _ = write!(text, " ¹");
        }
        Line {
            at: event.instant().lo(),
            day: event.is_day(),
            life: (event.who == Who::Went).then_some(Life::Went),
            text,
            source: Some(event.evidence()),
        }
    };
    story.event.iter().map(line).collect()
}

fn recorded(stage: &Stage, told: &Told, language: Language) -> Vec<Line> {
    let mut lines = Vec::new();
    let Some((id, last)) = followed(&told.events) else { return lines };
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
            let names: Vec<&str> = whom.iter().map(|who| stage.name_of(who)).collect();
            lines.push(told.line(at, told.rung(rung, &names.join(", "), language)));
            continue;
        }
        if let Some(text) = told.act(stage, &id, happened, language) {
            lines.push(told.line(at, text));
        }
    }
    if let Some((at, count)) = more {
        let en = format!("{count} more rungs until here, each to everybody: no silence lasts.");
        let zh = format!("此前又有{count}次升级提醒，均发给所有人：沉默不会无限延续。");
        lines.push(told.line(at, pick(language, &en, &zh)));
    }
    lines.extend(told.passing(&last, language));
    lines
}

/// Finds the followed obligation and what was assessed of it last.
fn followed(events: &[Event]) -> Option<(ObligationId, Assessment)> {
    events.iter().rev().find_map(|event| match &event.body {
        Body::Case(_, CaseEvent::Assessed { obligation, assessment })
            if assessment.provision == FOLLOWED =>
        {
            Some((obligation.clone(), (**assessment).clone()))
        }
        _ => None,
    })
}

impl Told {
    fn line(&self, at: Timestamp, text: String) -> Line {
        Line { at, day: false, life: Some(self.life), text, source: None }
    }

    /// In the life without Watchfire the rungs would have been told; in the other they are.
    fn rung(&self, rung: &str, names: &str, language: Language) -> String {
        match (self.life, language) {
            (Life::Went, Language::En) => {
                format!("{rung} of the clock: {names} would have been told. Nobody was.")
            }
            (Life::Went, Language::ZhCn) => format!("时限已过 {rung}：本应通知{names}，无人获知。"),
            (Life::Lit, Language::En) => format!("{rung} of the clock: {names} told."),
            (Life::Lit, Language::ZhCn) => format!("时限已过 {rung}：已通知{names}。"),
        }
    }

    fn act(
        &self,
        stage: &Stage,
        followed: &ObligationId,
        happened: &CaseEvent,
        language: Language,
    ) -> Option<String> {
        let (en, zh) = match happened {
            CaseEvent::Assessed { obligation, assessment } if obligation == followed => {
                return self.assessed(assessment, language);
            }
            CaseEvent::GapOpened { obligation, .. } if obligation == followed => (
                "The gap is seen: nobody holds this clock.".to_owned(),
                "发现空缺：该时限无人负责。".to_owned(),
            ),
            CaseEvent::OwnerSet { obligation, owner, cause: OwnerCause::Claimed }
                if obligation == followed =>
            {
                let name = stage.name_of(owner);
                (
                    format!("{name} takes it over: the gap closes."),
                    format!("{name}补位，空缺消除。"),
                )
            }
            CaseEvent::SubmissionRecorded { obligations, number, channel, .. } => {
                let number = number.as_deref().unwrap_or("–");
                if obligations.contains(followed) {
                    (
                        format!(
                            "Submitted by {channel}, number {number}; the receipt is in the evidence log."
                        ),
                        format!("已报送（{channel}），编号 {number}；存证凭据已入存证日志。"),
                    )
                } else {
                    return None;
                }
            }
            CaseEvent::EmbargoAgreed { note, .. } => {
                (format!("The embargo is agreed: {note}."), format!("约定保密期：{note}。"))
            }
            CaseEvent::EmbargoExited { reason } => {
                (format!("The embargo ends: {reason}."), format!("保密期结束：{reason}。"))
            }
            _ => return None,
        };
        Some(pick(language, &en, &zh))
    }

    fn assessed(&self, assessment: &Assessment, language: Language) -> Option<String> {
        let (strict, outer) = (assessment.strict_due?, assessment.outer_due?);
        let (_, provision) = Lawbook::builtin().provision(&assessment.provision)?;
        let title = provision.title.as_ref()?.in_language(language);
        let cites = provision.cites.as_ref()?.in_language(language);
        let (strict, outer) = (wall(strict), wall_end(outer));
        let (en, zh) = match assessment.state {
            State::NeedsDecision => (
                format!(
                    "Owed, provisionally (does an own product contain it?): {title} ({cites}); strict {strict}, outer {outer} Beijing time."
                ),
                format!(
                    "暂定产生义务（自有产品是否包含？）：{title}（{cites}）；严格时限 {strict}，最晚 {outer}，北京时间。"
                ),
            ),
            State::Open => (
                format!(
                    "Owed for certain: {title} ({cites}); strict {strict}, outer {outer} Beijing time."
                ),
                format!(
                    "义务确定：{title}（{cites}）；严格时限 {strict}，最晚 {outer}，北京时间。"
                ),
            ),
            State::Satisfied => (
                "Met, in time by every reading.".to_owned(),
                "已履行，任何解读下均未逾期。".to_owned(),
            ),
            other => (format!("Now {other}."), format!("状态：{other}。")),
        };
        Some(pick(language, &en, &zh))
    }

    /// The two instants, where they pass without a submission.
    fn passing(&self, last: &Assessment, language: Language) -> Vec<Line> {
        if last.state.is_met() {
            return Vec::new();
        }
        let strict = pick(
            language,
            "The strict instant passes. Nothing was submitted.",
            "严格时限已过，未报送。",
        );
        let outer = pick(
            language,
            "The outer instant passes: late under every reading. The upstream was told; that never meets this duty.",
            "最晚时限已过：任何解读下均已逾期。已通知上游，但不等于履行本项义务。",
        );
        let instants = [(last.strict_due, strict), (last.outer_due, outer)];
        instants.into_iter().filter_map(|(at, text)| Some(self.line(at?, text))).collect()
    }
}

/// The two lives side by side, and what was not law yet.
fn balance(lives: &[Told], language: Language) -> String {
    let mut out = String::new();
    for told in lives {
        let Some((_, last)) = followed(&told.events) else { continue };
        let name = match told.life {
            Life::Went => pick(language, "As it went", "实际经过"),
            Life::Lit => pick(language, "With the watch fire lit", "烽火点燃"),
        };
        let met = told.events.iter().find_map(|event| match &event.body {
            Body::Case(_, CaseEvent::SubmissionRecorded { number: Some(_), .. }) => {
                Some(wall(event.recorded_at))
            }
            _ => None,
        });
        let (en, zh) = match (met, last.strict_due) {
            (Some(at), Some(due)) => (
                format!("{name}: submitted {at}, strict instant {} — {}.", wall(due), last.state),
                format!("{name}：{at} 报送，严格时限 {} —— 已按时履行。", wall(due)),
            ),
            _ => (format!("{name}: never submitted."), format!("{name}：始终未报送。")),
        };
        let _ = writeln!(out, "{}", pick(language, &en, &zh));
    }
    let Some(first) = lives.first() else { return out };
    let heading = pick(language, "Not in force in 2021:", "2021年尚未施行：");
    let _ = writeln!(out, "{heading}");
    for (provision, from) in not_in_force(&first.events) {
        let text = pick(
            language,
            &format!("{provision}, from {from}"),
            &format!("{provision}，自 {from} 起施行"),
        );
        let _ = writeln!(out, "  · {text}");
    }
    out
}

/// Lists what was asked of the laws and did not apply yet, with the day from which it does.
fn not_in_force(events: &[Event]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for event in events {
        let Body::Case(_, CaseEvent::Assessed { assessment, .. }) = &event.body else { continue };
        let provision = Lawbook::builtin().provision(&assessment.provision);
        let Some((_, provision)) = provision else { continue };
        let Some(first) = provision.versions.first() else { continue };
        let year = first.effective_from.year();
        if assessment.state == State::NotApplicable && year > 2021 {
            let line = (assessment.provision.clone(), first.effective_from.to_string());
            if !found.contains(&line) {
                found.push(line);
            }
        }
    }
    found
}
