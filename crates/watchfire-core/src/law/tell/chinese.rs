//! The steps in Chinese.

use jiff::Timestamp;

use super::{Teller, beside, instant, sourced};
use crate::law::condition::Answer;
use crate::law::count::{Counts, Ends, RollRule, Unit};
use crate::law::id::{FactId, FactKind, PredicateId, ProvisionId};
use crate::law::pack::{CalendarRule, Span};
use crate::law::text::{Language, Text};
use crate::law::trace::{ExtensionIgnored, Side, Step, Vague};

const ZH: Language = Language::ZhCn;

impl Teller<'_> {
    pub(super) fn in_chinese(&self, step: &Step) -> String {
        match step {
            Step::Provision { id, norm, cites } => self.provision_zh(id, *norm, cites.as_ref()),
            Step::Sourced { confidence, checked_on } => {
                sourced::in_chinese(*confidence, *checked_on)
            }
            Step::AroseOn { fact, kind, towards, lo, known_at } => {
                self.arose_zh(fact, kind, towards.as_ref(), (*lo, *known_at))
            }
            Step::ProvisionalOn { fact, predicate, answer } => {
                self.provisional_zh(fact, predicate, *answer)
            }
            Step::CountsAsAbsent { fact, predicate } => format!(
                "事实 `{fact}` 视为不存在，因为对以下问题的回答为“否”：“{}”（`{predicate}`）。",
                self.question(predicate)
            ),
            Step::Retracted { fact, by } => {
                format!("义务所由产生的事实 `{fact}` 已被 `{by}` 撤回。")
            }
            Step::Condition { answer, undecided } => self.condition_zh(*answer, undecided),
            Step::Proposed { .. } | Step::Foreseen | Step::Variant { .. } => self.to_come_zh(step),
            Step::Version { .. }
            | Step::NotInForce { .. }
            | Step::VersionAtAnchor { .. }
            | Step::Reading { .. }
            | Step::MemberState { .. }
            | Step::Superseded { .. }
            | Step::TimeZones { .. } => text_zh(step),
            Step::Starts { side, fact, at, vague } => format!(
                "{}自事实 `{fact}` 起算，起点为 {}{}。",
                side_zh(*side),
                self.instant(*at),
                vague_zh(*vague, *side)
            ),
            Step::Counted { side, span, due } => format!(
                "{}，{}：{}的截止时刻为 {}。",
                instant::span(span.within, ZH),
                counting_zh(span),
                side_zh(*side),
                self.instant(*due)
            ),
            Step::NoLaterThan { .. } | Step::RollsOnlyIf { .. } => self.limit_zh(step),
            Step::Rolled { calendar, from, to } => {
                format!("最后一日 {from} 在日历 `{calendar}` 中为休息日，移至 {to}。")
            }
            Step::YearNotHeld { calendar, year } => {
                format!(
                    "日历 `{calendar}` 未收录 {year} 年：该年仅以周末为休息日，收录后日期可能变动。"
                )
            }
            Step::Also { reading, says, due } => format!(
                "另一种解读，仅供论证（`{reading}`）：“{}”依此截止于 {}。",
                says.in_language(ZH),
                self.instant(*due)
            ),
            Step::Waits { .. }
            | Step::NoTarget
            | Step::PeriodUnknown { .. }
            | Step::NoDateInTable => self.waiting_zh(step),
            Step::Extended { .. } | Step::ExtensionIgnored { .. } => self.extension_zh(step),
            Step::SubmittedBefore { .. }
            | Step::Submitted { .. }
            | Step::Met { .. }
            | Step::Decide { .. } => self.ending_zh(step),
        }
    }

    /// What met it, and what is still to be answered.
    fn ending_zh(&self, step: &Step) -> String {
        match step {
            Step::SubmittedBefore { fact, at } => {
                format!("报送 `{fact}` 不计，其时刻为 {}：时限其时尚未起算。", self.instant(*at))
            }
            Step::Submitted { fact, at, after_strict, late } => {
                format!(
                    "报送 `{fact}` {}，其时刻为 {}。",
                    met_zh(*after_strict, *late),
                    self.instant(*at)
                )
            }
            Step::Met { fact, kind, at, after_strict, late } => format!(
                "事实 `{fact}`“{}”（`{kind}`）{}，其时刻为 {}。",
                self.meaning(kind),
                met_zh(*after_strict, *late),
                self.instant(*at)
            ),
            Step::Decide { predicate, due } => format!(
                "待判断的问题：“{}”（`{predicate}`）。时限照常进行；作出判断的内部目标时刻为 {}。",
                self.question(predicate),
                self.instant(*due)
            ),
            _ => String::new(),
        }
    }

    fn provision_zh(&self, id: &ProvisionId, norm: bool, cites: Option<&Text>) -> String {
        let article = cites.map(|cites| cites.in_language(ZH)).unwrap_or_default();
        let law = self.law_title(id).unwrap_or_else(|| id.law());
        let kind = match (norm, self.is_house_target(id)) {
            (true, true) => "（社区规范，并非法律；其日期为内部目标）",
            (true, false) => "（社区规范，并非法律）",
            (false, true) => "（其日期为内部目标，并非法律规定）",
            (false, false) => "",
        };
        // A title with marks of its own gets no second pair around them.
        let law = if law.contains('《') { law.to_owned() } else { format!("《{law}》") };
        format!("`{id}`：{}{kind}。", beside(&law, article))
    }

    fn arose_zh(
        &self,
        fact: &FactId,
        kind: &FactKind,
        towards: Option<&FactKind>,
        (lo, known_at): (Timestamp, Timestamp),
    ) -> String {
        let towards = towards.map(|kind| format!("，指向“{}”（`{kind}`）", self.meaning(kind)));
        let known = (known_at != lo).then(|| format!("，获知于 {}", self.instant(known_at)));
        format!(
            "义务产生于事实 `{fact}`：“{}”（`{kind}`）{}，时间为 {}{}。",
            self.meaning(kind),
            towards.unwrap_or_default(),
            self.instant(lo),
            known.unwrap_or_default()
        )
    }

    fn provisional_zh(&self, fact: &FactId, predicate: &PredicateId, answer: Answer) -> String {
        let question = self.question(predicate);
        let answer = match answer {
            Answer::Yes => "回答为“是”。",
            Answer::No => "回答为“否”。",
            Answer::Undecided => "尚无人作出判断，时限暂行起算。",
        };
        format!(
            "除非以下问题的回答为“否”，事实 `{fact}` 即产生该义务：“{question}”（`{predicate}`）。{answer}"
        )
    }

    fn condition_zh(&self, answer: Answer, undecided: &[PredicateId]) -> String {
        let questions: Vec<String> = undecided
            .iter()
            .map(|predicate| format!("“{}”（`{predicate}`）", self.question(predicate)))
            .collect();
        match (answer, questions.as_slice()) {
            (Answer::Yes, _) => "适用条件成立。".to_owned(),
            (Answer::No, _) => "适用条件不成立：该义务不适用。".to_owned(),
            (Answer::Undecided, []) => {
                "缺少一项属性，适用条件是否成立尚未判断；时限暂行起算。".to_owned()
            }
            (Answer::Undecided, questions) => format!(
                "适用条件是否成立尚未判断，在回答以下问题之前时限暂行起算：{}。",
                questions.join("；")
            ),
        }
    }

    fn waiting_zh(&self, step: &Step) -> String {
        match step {
            Step::Waits { trigger, latest: None } => {
                format!("时限尚无起算事实：等待{}。", trigger_zh(trigger))
            }
            Step::Waits { trigger, latest: Some(latest) } => format!(
                "时限尚无起算事实：等待{}。如其在从严截止时刻发生，最迟截止于 {}。",
                trigger_zh(trigger),
                self.instant(*latest)
            ),
            Step::PeriodUnknown { why } => {
                format!("法律规定了期限，但此处不知其长短，因此没有日期：{}", why.in_language(ZH))
            }
            Step::NoDateInTable => "表中该行未给出日期。".to_owned(),
            _ => "条文未规定数字，本单位也未设定目标：没有日期。".to_owned(),
        }
    }

    /// What is not law yet, and which of several spans holds.
    fn to_come_zh(&self, step: &Step) -> String {
        match step {
            Step::Proposed { proposed_on, foreseen_from, would_end } => {
                let since = proposed_on.map(|day| format!("自 {day} 起")).unwrap_or_default();
                let from =
                    foreseen_from.map(|day| format!("预计自 {day} 起适用。")).unwrap_or_default();
                let end = would_end
                    .map(|end| format!("如其适用，将截止于 {}。", self.instant(end)))
                    .unwrap_or_default();
                format!("{since}仅为提案，并非法律：目前不产生义务。{from}{end}")
            }
            Step::Variant { when, decided, table, remedy } => {
                let what = if *table { "表中的行" } else { "情形" };
                let holds = if *decided { "适用" } else { "可能适用，尚未判断" };
                let remedy =
                    remedy.as_ref().map(|remedy| remedy.in_language(ZH)).unwrap_or_default();
                format!("{what} `{when}` {holds}。{remedy}")
            }
            _ => "可预见的义务：单独列示，不计时限。".to_owned(),
        }
    }

    /// Further limits, and who may move a last day.
    fn limit_zh(&self, step: &Step) -> String {
        match step {
            Step::NoLaterThan { side, fact, within, due, lapsed } => {
                let within = instant::span(*within, ZH);
                let due = self.instant(*due);
                let side = side_zh(*side);
                if *lapsed {
                    format!(
                        "自事实 `{fact}` 起 {within}的上限不再适用：{side}起算之前，该上限已于 \
                         {due} 届满。"
                    )
                } else {
                    format!("{side}的截止时刻不得迟于自事实 `{fact}` 起 {within}，即 {due}。")
                }
            }
            Step::RollsOnlyIf { side, condition, answer, moves } => {
                let moves = if *moves { "顺延" } else { "不顺延" };
                let why = match answer {
                    Answer::Yes => "成立",
                    Answer::No => "不成立",
                    Answer::Undecided => "尚未判断",
                };
                format!(
                    "仅在 `{condition}` 成立时，最后一日为休息日的方可移动。该条件{why}，\
                     {}的截止时刻{moves}。",
                    side_zh(*side)
                )
            }
            _ => String::new(),
        }
    }

    fn extension_zh(&self, step: &Step) -> String {
        match step {
            Step::Extended { fact, strict, outer, under } => format!(
                "{}的延期 `{fact}` 将从严截止时刻移至 {}，宽限截止时刻移至 {}。",
                beside(&beside("依据", under.in_language(ZH)), "获准"),
                self.instant(*strict),
                self.instant(*outer)
            ),
            Step::ExtensionIgnored { fact, why } => {
                let why = match why {
                    ExtensionIgnored::LawKnowsNone => "该条文未规定延期",
                    ExtensionIgnored::Earlier => "它会使日期提前",
                    ExtensionIgnored::TooLate => "批准时宽限截止时刻已过",
                    ExtensionIgnored::NoDate => "没有可移动的日期",
                };
                format!("延期 `{fact}` 已记录，但不改变日期：{why}。")
            }
            _ => String::new(),
        }
    }
}

/// What is told of the text that applies.
fn text_zh(step: &Step) -> String {
    match step {
        Step::Version { effective_from, zone } => {
            format!("适用自 {effective_from} 起施行的版本（按 {zone} 的日期）。")
        }
        Step::NotInForce { first_from: Some(from), zone } => {
            format!("产生之时尚未施行：自 {from} 起适用（按 {zone} 的日期）。")
        }
        Step::NotInForce { first_from: None, zone } => {
            format!("产生之时已不再有效（按 {zone} 的日期）。")
        }
        Step::VersionAtAnchor { arose_under, anchored_under } => format!(
            "注意：义务产生于 {arose_under} 的版本之下，时限起算于 {anchored_under} 的版本之下；\
             本阶段适用后者。"
        ),
        Step::Reading { id, says } => format!("采用解读 `{id}`：“{}”", says.in_language(ZH)),
        Step::MemberState { code, zone, assumed: false } => {
            format!("成员国为 {code}：日期和节假日按 {zone} 计算。")
        }
        Step::MemberState { code, zone, assumed: true } => {
            format!("未指明成员国，假定为 {code}：日期和节假日按 {zone} 计算。")
        }
        Step::Superseded { by } => format!("已由条款 `{by}` 取代。"),
        Step::TimeZones { version } => format!("当地时间依据时区数据库 {version}。"),
        _ => String::new(),
    }
}

fn side_zh(side: Side) -> &'static str {
    match side {
        Side::Strict => "从严计算",
        Side::Outer => "宽限计算",
    }
}

fn vague_zh(vague: Vague, side: Side) -> &'static str {
    match (vague, side) {
        (Vague::Exact, _) => "",
        (Vague::Interval, Side::Strict) => "，即事情发生的时间段之始",
        (Vague::Interval, Side::Outer) => "，即事情发生的时间段之终",
        (Vague::Gap, Side::Strict) => "，即调时所跳过的当地时间的较早解释",
        (Vague::Gap, Side::Outer) => "，即调时所跳过的当地时间的较晚解释",
        (Vague::Fold, Side::Strict) => "，即该当地时间两次出现中的第一次",
        (Vague::Fold, Side::Outer) => "，即该当地时间两次出现中的第二次",
    }
}

pub(super) fn counting_zh(span: &Span) -> String {
    let mut told = match (span.counts, span.within.unit) {
        (Counts::Elapsed, Unit::Hours) => "连续计算",
        (Counts::Elapsed, _) => "计至同一当地时刻",
        (Counts::NextFullHour, _) => "已开始的一小时不计入",
        (Counts::ExcludeTriggerDay, _) => "发生当日不计入",
        (Counts::SecB1, _) => "首个工作日为事件之后的工作日（8-K 表格一般说明 B.1）",
    }
    .to_owned();
    let whole_days = matches!(span.counts, Counts::ExcludeTriggerDay | Counts::SecB1);
    match span.ends {
        Ends::Exact => {}
        Ends::EndOfDay if whole_days => told.push_str("，至最后一日终了"),
        Ends::EndOfDay => told.push_str("，至该日终了"),
        Ends::At(time) => told.push_str(&format!("，至最后一日 {}", time.strftime("%H:%M"))),
    }
    let calendar = span.calendar.as_ref().map(|calendar| match calendar {
        CalendarRule::Fixed(id) => format!("日历 `{id}` "),
        CalendarRule::OfMemberState => "该成员国".to_owned(),
    });
    let Some(calendar) = calendar else { return told };
    let Some(roll) = &span.rolls else {
        told.push_str(&format!("，依{}", calendar.trim_end()));
        return told;
    };
    told.push_str(&match roll.rule {
        RollRule::NextWorkingDayEnd => format!("，遇{calendar}的休息日顺延至工作日终了"),
        RollRule::NoonNextWorkingDay => format!("，遇{calendar}的休息日顺延至工作日正午"),
        RollRule::NextBusinessDay => format!("，遇{calendar}的休息日顺延至工作日"),
        RollRule::PreviousBusinessDay => format!("，遇{calendar}的休息日提前至此前的工作日"),
    });
    told
}

fn met_zh(after_strict: bool, late: bool) -> &'static str {
    match (after_strict, late) {
        (_, true) => "逾期履行了该义务（已过宽限截止时刻）",
        (true, false) => "履行了该义务（已过从严、未过宽限截止时刻）",
        (false, false) => "按时履行了该义务",
    }
}

/// A trigger as the engine writes it: a kind of fact, or `submitted` and a provision.
pub(super) fn trigger_zh(trigger: &str) -> String {
    match trigger.strip_prefix("submitted ") {
        Some(provision) => format!("对 `{provision}` 的报送"),
        None => format!(" `{trigger}` 类事实"),
    }
}
