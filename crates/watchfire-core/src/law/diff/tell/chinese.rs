//! Changes in Chinese.

use super::{Teller, of_sets};
use crate::law::diff::{Change, ChangeKind, Direction, Move, Nature, Part, Subject};

impl Teller<'_> {
    pub(super) fn head_zh(&self, change: &Change) -> String {
        let subject = self.subject_zh(&change.subject);
        let what = match change.kind {
            ChangeKind::Added => "新增",
            ChangeKind::Removed => "删除",
            ChangeKind::Changed => "变更",
        };
        // A name in backticks stands apart.
        let space = if subject.starts_with('`') { " " } else { "" };
        format!("{what}{space}{subject}。{}{}", nature_zh(change), direction_zh(change))
    }

    fn subject_zh(&self, subject: &Subject) -> String {
        let article = self.article(subject).map_or_else(String::new, |(cites, law)| {
            format!("（{}{}）", titled(law), cites.unwrap_or_default())
        });
        match subject {
            Subject::Law(law) => match self.law_title(law.as_str()) {
                Some(title) => format!("法律 `{law}`（{}）", titled(title)),
                None => format!("法律 `{law}`"),
            },
            Subject::Provision(id) => format!("条款 `{id}`{article}"),
            Subject::Version { provision, from } => {
                format!("条款 `{provision}`{article}自 {from} 起施行的版本")
            }
            Subject::Proposal { provision, nth: 1 } => format!("条款 `{provision}`{article}的草案"),
            Subject::Proposal { provision, nth } => {
                format!("条款 `{provision}`{article}的第 {nth} 份草案")
            }
            Subject::Role(role) => format!("角色 `{role}`"),
            Subject::Authority { law, id } => format!("`{law}` 的主管机关 `{id}`"),
            Subject::Reading { law, id } => format!("`{law}` 的解读 `{id}`"),
            Subject::Form { law, id } => format!("`{law}` 的表单 `{id}`"),
            Subject::Field { law, form, id } => format!("`{law}` 的表单 `{form}` 的字段 `{id}`"),
            Subject::Attribute(id) => format!("属性 `{id}`"),
            Subject::Predicate(id) => format!("问题 `{id}`"),
            Subject::Fact(kind) => format!("事实类型 `{kind}`"),
            Subject::Calendar(id) => format!("日历 `{id}`"),
            Subject::MemberState(code) if code.is_empty() => {
                "未指明成员国时所假定的成员国".to_owned()
            }
            Subject::MemberState(code) => format!("成员国 {code}"),
        }
    }

    pub(super) fn moved_zh(&self, one: &Move) -> String {
        let part = match &one.of {
            None => part_zh(one.part).to_owned(),
            Some(of) if one.part == Part::Quotation => format!("{}（{of}）", part_zh(one.part)),
            Some(of) => format!("在 `{of}` 成立时，{}", part_zh(one.part)),
        };
        let said = |said| self.said(one.part, said);
        let sides = of_sets(one.before.as_ref(), one.after.as_ref())
            .map(|(gone, come)| (gone, come, true))
            .unwrap_or_else(|| (one.before.clone(), one.after.clone(), false));
        let told = match (&sides.0, &sides.1, sides.2) {
            (None, Some(come), true) => format!("增加{}", said(come)),
            (Some(gone), None, true) => format!("减去{}", said(gone)),
            (Some(gone), Some(come), true) => format!("增加{}，减去{}", said(come), said(gone)),
            (None, Some(after), _) => said(after),
            (Some(before), None, _) => format!("不再有：{}", said(before)),
            (Some(before), Some(after), _) => format!("{}；此前为：{}", said(after), said(before)),
            (None, None, _) => "不变".to_owned(),
        };
        let direction = match one.direction {
            Direction::Stricter => "更严。",
            Direction::Laxer => "更宽。",
            Direction::Both => "部分更严，部分更宽。",
            Direction::Neutral | Direction::Unclear => "",
        };
        format!("{part}：{told}。{direction}")
    }
}

/// A title with marks of its own gets no second pair around them.
fn titled(law: &str) -> String {
    if law.contains('《') { law.to_owned() } else { format!("《{law}》") }
}

fn nature_zh(change: &Change) -> String {
    let from = change.from.map(|day| day.to_string());
    match (change.nature, change.kind, from) {
        (Nature::Editorial, ChangeKind::Changed, _) => {
            "仅涉及文字和来源，计算结果不变。".to_owned()
        }
        (Nature::Editorial, ..) => String::new(),
        (Nature::Proposed, _, None) => "属于草案而非法律，不产生义务。".to_owned(),
        (Nature::Proposed, _, Some(from)) => {
            format!("属于草案而非法律，不产生义务。预计自 {from} 起适用。")
        }
        (Nature::Coming, ChangeKind::Removed, Some(from)) => format!("原定自 {from} 起适用。"),
        (Nature::Coming, ChangeKind::Added, Some(from)) => format!("自 {from} 起适用。"),
        (Nature::Coming, _, Some(from)) => {
            format!("不涉及已经适用的内容，自 {from} 起有所不同。")
        }
        (Nature::Late, _, Some(from)) => {
            format!("自 {from} 起已经适用，收录在后：此后各日已有的计算结果可能改变。")
        }
        (Nature::Correction, ChangeKind::Removed, Some(from)) => {
            format!("属于更正：删除了自 {from} 起已经适用的内容。")
        }
        (Nature::Correction, _, Some(from)) => {
            format!("属于更正：改动了自 {from} 起已经适用的内容。")
        }
        (Nature::AtOnce, ..) | (_, _, None) => {
            "没有自己的日期，自采用本法律集之时起生效。".to_owned()
        }
    }
}

fn direction_zh(change: &Change) -> &'static str {
    match change.direction {
        Direction::Neutral => "",
        Direction::Stricter => "要求更严。",
        Direction::Laxer => "要求更宽。",
        Direction::Both => "部分更严，部分更宽。",
        Direction::Unclear => "更严还是更宽，取决于具体案件。",
    }
}

fn part_zh(part: Part) -> &'static str {
    match part {
        Part::ArisesOn => "产生于",
        Part::ProvisionalOn => "暂时产生于",
        Part::AwarenessStrict => "从严计算所依据的知悉步骤",
        Part::AwarenessOuter => "宽限计算所依据的知悉步骤",
        Part::ArisesAfter => "仅产生于其后",
        Part::RunsFrom => "时限起算于",
        Part::Anchor => "多个事实中以何者为准",
        Part::MeasuredAt => "起算时刻",
        Part::MetBy => "履行方式",
        Part::When => "适用条件",
        Part::AllowedWhen => "解除禁止的条件",
        Part::Gates => "在何事之前查问",
        Part::MayBind => "是否受约束有争议者",
        Part::Recipient => "接收方类型",
        Part::OwedBy => "义务人",
        Part::OwedTo => "对象",
        Part::Form => "表单",
        Part::ExtendedUnder => "延期依据",
        Part::Supersedes => "取代",
        Part::KeepAtLeast => "最短保存期限",
        Part::EffectiveFrom => "施行日期",
        Part::EffectiveTo => "失效日期",
        Part::AdoptedOn => "通过日期",
        Part::ProposedOn => "提出日期",
        Part::Strict => "从严时限",
        Part::Outer => "宽限时限",
        Part::Remedy => "应采取的措施",
        Part::Order => "各情形的顺序",
        Part::Columns => "表的列",
        Part::PeriodUnknown => "没有期限的原因",
        Part::Reading => "解读",
        Part::Also => "其他解读",
        Part::Says => "内容",
        Part::ReadBy => "决定人",
        Part::ReadOn => "决定日期",
        Part::Why => "理由",
        other => shared_zh(other),
    }
}

/// The parts of laws, forms, words and calendars.
fn shared_zh(part: Part) -> &'static str {
    match part {
        Part::Title => "名称",
        Part::Jurisdiction => "法域",
        Part::TimeZone => "时区",
        Part::Source => "来源",
        Part::CheckedOn => "与来源核对的日期",
        Part::Confidence => "可信程度",
        Part::Cites => "条文",
        Part::Note => "说明",
        Part::Name => "名称",
        Part::Url => "网址",
        Part::Quotation => "引文",
        Part::Class => "类别",
        Part::Stages => "阶段",
        Part::Kind => "答案类型",
        Part::Choices => "选项",
        Part::Need => "各阶段是否必填",
        Part::Limit => "字数上限",
        Part::Help => "填写说明",
        Part::Draft => "草拟文字",
        Part::Language => "填写语言",
        Part::Fill => "自动带入",
        Part::SharedAs => "共用名称",
        Part::Meaning => "含义",
        Part::Type => "类型",
        Part::ShownBy => "由何种事实表明",
        Part::Question => "问题",
        Part::DecidedBy => "由何种事实决定",
        Part::Weekend => "周末",
        Part::YearsHeld => "已收录的年份",
        Part::DaysOff => "由工作日改为休息日",
        Part::WorkingDays => "由休息日改为工作日",
        Part::Calendar => "日历",
        _ => "未指明时假定为",
    }
}
