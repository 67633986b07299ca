//! The steps in Chinese.

use jiff::Timestamp;

use super::{Teller, instant};
use crate::law::condition::Answer;
use crate::law::count::{Counts, Unit};
use crate::law::id::{FactId, FactKind, PredicateId, ProvisionId};
use crate::law::pack::{CalendarRule, Span};
use crate::law::text::{Language, Text};
use crate::law::trace::{ExtensionIgnored, Side, Step, Vague};

const ZH: Language = Language::ZhCn;

impl Teller<'_> {
    pub(super) fn in_chinese(&self, step: &Step) -> String {
        match step {
            Step::Provision { id, norm, cites } => self.provision_zh(id, *norm, cites.as_ref()),
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
            Step::Rolled { calendar, from, to } => {
                format!("最后一日 {from} 在日历 `{calendar}` 中为休息日，顺延至 {to}。")
            }
            Step::YearNotHeld { calendar } => {
                format!("日历 `{calendar}` 未收录所涉全部年份；未收录的年份仅以周末为休息日。")
            }
            Step::Also { reading, says, due } => format!(
                "另一种解读，仅供论证（`{reading}`）：“{}”依此截止于 {}。",
                says.in_language(ZH),
                self.instant(*due)
            ),
            Step::Waits { .. } | Step::NoTarget => self.waiting_zh(step),
            Step::Extended { .. } | Step::ExtensionIgnored { .. } => self.extension_zh(step),
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
            Step::Decide { predicate, due } => format!(
                "待判断的问题：“{}”（`{predicate}`）。时限照常进行；作出判断的内部目标时刻为 {}。",
                self.question(predicate),
                self.instant(*due)
            ),
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
        format!("`{id}`：《{law}》{article}{kind}。")
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
            _ => "条文未规定数字，本单位也未设定目标：没有日期。".to_owned(),
        }
    }

    fn extension_zh(&self, step: &Step) -> String {
        match step {
            Step::Extended { fact, strict, outer, under } => format!(
                "依据{}获准的延期 `{fact}` 将从严截止时刻移至 {}，宽限截止时刻移至 {}。",
                under.in_language(ZH),
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

fn counting_zh(span: &Span) -> String {
    let mut told = match (span.counts, span.within.unit) {
        (Counts::Elapsed, Unit::Hours) => "连续计算".to_owned(),
        (Counts::Elapsed, _) => "计至同一当地时刻".to_owned(),
        (Counts::NextFullHour, _) => "已开始的一小时不计入".to_owned(),
        (Counts::ExcludeTriggerDay, _) => "发生当日不计入，至最后一日终了".to_owned(),
    };
    if span.end_of_day && span.counts != Counts::ExcludeTriggerDay {
        told.push_str("，至该日终了");
    }
    match &span.rolls {
        None => {}
        Some(CalendarRule::Fixed(calendar)) => {
            told.push_str(&format!("，遇日历 `{calendar}` 的休息日顺延至工作日终了"));
        }
        Some(CalendarRule::OfMemberState) => {
            told.push_str("，遇该成员国的休息日顺延至工作日终了");
        }
    }
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
fn trigger_zh(trigger: &str) -> String {
    match trigger.strip_prefix("submitted ") {
        Some(provision) => format!("对 `{provision}` 的报送"),
        None => format!(" `{trigger}` 类事实"),
    }
}
