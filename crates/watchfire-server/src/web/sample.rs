//! Sample views for tests: a provider on the second day of a vulnerability, in either language.

pub(super) mod exposure;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchfire_core::event::{Duty, GapCause, ParticipantRole};
use watchfire_core::ids::{CaseId, ObligationId, PartyId, SubmissionId};

use super::case::choice::{
    AwarenessView, BarView, CandidateView, ConflictView, Line, LineMark, Made, PassView,
};
use super::case::participant::{Located, Outside};
use super::case::timeline::{Entry, EntryKind};
use super::case::{
    CaseView, Completeness, DecisionView, Detail, EmbargoView, NotOwed, Participant, Quote,
    ReportView, SubmissionView, UnreadView,
};
use super::fact::{FactForm, FactView, Kind, Occurred};
use super::form::Typed;
use super::obligation::{Acts, Class, Holder, LawMark, NextRung, ObligationView, State, Told};
use super::reader::{Account, Done, Reader};
use super::slider::{Moment, MomentKind, SliderView};
use super::submission::{Counts, DraftView, FieldView, FormView, Need, Sending};
use super::watch::{Asks, QuestionView, WatchView};
use crate::locale::Language;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

pub(super) fn party(number: u8) -> PartyId {
    PartyId::from_random([number; 5])
}

pub(super) fn case_id() -> CaseId {
    "WF-7K3F-9QX2".parse().expect("an id")
}

pub(super) fn words(language: Language, en: &str, zh: &str) -> String {
    match language {
        Language::En => en.to_owned(),
        Language::ZhCn => zh.to_owned(),
    }
}

pub(super) fn reader(language: Language) -> Reader {
    Reader {
        language,
        zone: zone("Asia/Shanghai"),
        now: at("2021-11-25T08:40:00Z"),
        account: Some(Account {
            party: party(1),
            name: words(language, "Wen Li", "温莉"),
            duties: BTreeSet::from([Duty::Responder, Duty::Administrator]),
        }),
        csrf: "0123456789abcdef".to_owned(),
        node: "north-tower".to_owned(),
        path: "/watch".to_owned(),
        gaps: 2,
        done: None,
    }
}

fn mark(language: Language, provision: &str, cites: (&str, &str), class: Class) -> LawMark {
    let law = provision.split('/').next().unwrap_or_default();
    LawMark {
        law: law.to_owned(),
        provision: provision.to_owned(),
        title: law.to_owned(),
        cites: words(language, cites.0, cites.1),
        class,
    }
}

pub(super) fn obligation(language: Language) -> ObligationView {
    let say = |en, zh| words(language, en, zh);
    ObligationView {
        id: ObligationId::from_random([1; 10]),
        case: case_id(),
        case_title: say("Remote code execution in a logging library", "日志组件远程代码执行"),
        seen_at: at("2021-11-25T08:40:00Z"),
        title: say(
            "Report the vulnerability to the ministry's sharing platform",
            "向工业和信息化部漏洞信息共享平台报送",
        ),
        law: mark(language, "cn-rmsv/7.2", ("Article 7, item (2)", "第七条第二项"), Class::Law),
        owed_to: Some(say("MIIT sharing platform", "工信部漏洞信息共享平台")),
        state: State::DueSoon,
        question: None,
        after_strict: false,
        strict_from: Some(at("2021-11-23T16:00Z")),
        strict_due: Some(at("2021-11-25T16:00Z")),
        outer_due: Some(at("2021-11-26T16:00Z")),
        zone: zone("Asia/Shanghai"),
        holder: None,
        gap: Some(GapCause::HeldByNobody),
        told: vec![
            Told {
                rung: "0%".into(),
                at: at("2021-11-24T02:10Z"),
                people: vec![say("Wen Li", "温莉")],
            },
            Told {
                rung: "75%".into(),
                at: at("2021-11-25T04:00Z"),
                people: vec![say("Zhao Ming", "赵明"), say("Chen Rui", "陈睿")],
            },
        ],
        next: Some(NextRung {
            at: at("2021-11-25T11:12Z"),
            people: vec![say("Wen Li", "温莉"), say("Chen Rui", "陈睿")],
        }),
        acts: Acts { claim: true, assign: true, draft: true, ..Acts::default() },
    }
}

fn provisional(language: Language) -> ObligationView {
    let say = |en, zh| words(language, en, zh);
    ObligationView {
        id: ObligationId::from_random([2; 10]),
        title: say("Report the flaw within 24 hours", "二十四小时内报告缺陷、漏洞"),
        law: mark(language, "cn-ndsr/10", ("Article 10", "第十条"), Class::Law),
        state: State::NeedsDecision,
        question: Some(say(
            "Does the flaw endanger national security or the public interest?",
            "该漏洞是否涉及危害国家安全、公共利益？",
        )),
        strict_due: Some(at("2021-11-25T07:40Z")),
        strict_from: Some(at("2021-11-24T07:40Z")),
        outer_due: Some(at("2021-11-25T07:40Z")),
        holder: Some(Holder {
            party: party(1),
            name: say("Wen Li", "温莉"),
            acknowledged_at: None,
        }),
        gap: Some(GapCause::NotAcknowledged),
        ..obligation(language)
    }
}

fn house_target(language: Language) -> ObligationView {
    let say = |en, zh| words(language, en, zh);
    ObligationView {
        id: ObligationId::from_random([3; 10]),
        title: say(
            "Verify the vulnerability and assess harm and scope",
            "验证漏洞，评估危害与影响范围",
        ),
        law: mark(
            language,
            "cn-rmsv/7.1.verify",
            ("Article 7, item (1), first half", "第七条第一项前段"),
            Class::House,
        ),
        owed_to: Some(say("internal", "内部")),
        state: State::Open,
        strict_from: Some(at("2021-11-25T07:50Z")),
        strict_due: Some(at("2021-11-25T11:50Z")),
        outer_due: None,
        holder: Some(Holder {
            party: party(4),
            name: say("Zhao Ming", "赵明"),
            acknowledged_at: Some(at("2021-11-25T08:31Z")),
        }),
        gap: None,
        told: Vec::new(),
        acts: Acts::default(),
        ..obligation(language)
    }
}

fn norm(language: Language) -> ObligationView {
    let say = |en, zh| words(language, en, zh);
    ObligationView {
        id: ObligationId::from_random([4; 10]),
        title: say("Publish together with the list", "与邮件列表同步公开"),
        law: mark(language, "norm-linux-distros/14", ("Embargo period", "保密期"), Class::Norm),
        owed_to: Some(say("the public", "公众")),
        strict_from: Some(at("2021-11-25T08:00Z")),
        strict_due: Some(at("2021-12-09T08:00Z")),
        ..house_target(language)
    }
}

fn waiting(language: Language) -> ObligationView {
    let say = |en, zh| words(language, en, zh);
    ObligationView {
        id: ObligationId::from_random([5; 10]),
        title: say("Final report, 14 days after a measure", "措施可用后十四日内提交最终报告"),
        law: mark(language, "eu-cra/14.2.c", ("Art. 14(2)(c)", "Art. 14(2)(c)"), Class::Law),
        owed_to: Some(say("coordinator CSIRT and ENISA", "协调方 CSIRT 与 ENISA")),
        state: State::WaitingForAnchor,
        strict_from: None,
        strict_due: None,
        outer_due: None,
        zone: zone("Europe/Brussels"),
        next: Some(NextRung { at: at("2021-12-02T08:00Z"), people: Vec::new() }),
        ..house_target(language)
    }
}

fn met(language: Language) -> ObligationView {
    let say = |en, zh| words(language, en, zh);
    ObligationView {
        id: ObligationId::from_random([6; 10]),
        title: say("Tell the upstream provider at once", "立即通知上游产品或者组件的提供者"),
        state: State::SatisfiedLate,
        after_strict: true,
        ..house_target(language)
    }
}

fn question(language: Language) -> QuestionView {
    QuestionView {
        asks: Asks::Question,
        question: words(
            language,
            "Is the component part of one of our own products?",
            "该组件是否属于本单位自有产品的组成部分？",
        ),
        from: Some(at("2021-11-25T07:00:00Z")),
        due: Some(at("2021-11-25T11:00:00Z")),
        hangs: vec![provisional(language)],
    }
}

fn collision(language: Language) -> QuestionView {
    QuestionView {
        asks: Asks::Conflict,
        question: words(
            language,
            "An undisclosed vulnerability may not go abroad, and must",
            "未公开的漏洞不得提供给境外，又必须报送",
        ),
        from: Some(at("2021-11-25T04:00:00Z")),
        due: Some(at("2021-11-25T08:00:00Z")),
        hangs: vec![obligation(language)],
    }
}

pub(super) fn watch(language: Language) -> WatchView {
    WatchView {
        questions: vec![collision(language), question(language)],
        open: vec![
            provisional(language),
            house_target(language),
            obligation(language),
            norm(language),
            waiting(language),
        ],
        next: Some("17.WO-1&x".to_owned()),
        continued: false,
    }
}

fn bar(language: Language) -> BarView {
    BarView {
        title: words(
            language,
            "No publication before the provider offers a repair",
            "不得在提供修补措施之前发布",
        ),
        law: mark(language, "cn-rmsv/9.1", ("Article 9, item (1)", "第九条第一项"), Class::Law),
        debated: true,
        undecided: vec![words(language, "Is a repair offered?", "是否已提供修补措施？")],
    }
}

fn detail(language: Language, view: ObligationView) -> Detail {
    let say = |en, zh| words(language, en, zh);
    Detail {
        view,
        quotes: vec![Quote {
            language: "zh-CN".into(),
            text: "应当在2日内向工业和信息化部网络安全威胁和漏洞信息共享平台报送相关漏洞信息。"
                .into(),
            source: "https://www.cac.gov.cn/2021-07/13/c_1627761607640342.htm".into(),
        }],
        trace: vec![
            say(
                "It arose on the fact found: a vulnerability became known on 24 November 2021.",
                "由事实 found 产生：2021年11月24日获知漏洞。",
            ),
            say(
                "Strict: 48 hours from the first instant of that day.",
                "严格时限：自该日零点起 48 小时。",
            ),
        ],
        reading: Some("forty-eight-hours".into()),
        version_from: Some("2021-09-01".into()),
        form: Some(Completeness {
            filled: 5,
            required: 6,
            missing: vec![say("Scope of impact", "影响范围")],
        }),
        met_by: None,
    }
}

fn fact(language: Language, id: &str, en: &str, zh: &str, occurred: Occurred) -> FactView {
    let known_at = occurred.first();
    FactView {
        id: id.into(),
        kind: "vulnerability-known".into(),
        meaning: words(language, en, zh),
        occurred,
        known_at,
        recorded_at: Some(at("2021-11-24T09:00Z")),
        recorded_by: Some(words(language, "Wen Li", "温莉")),
        details: Vec::new(),
        note: None,
        evidence: None,
        retracted: false,
        future: false,
        may_retract: true,
    }
}

fn facts(language: Language) -> Vec<FactView> {
    let day = Occurred::Day { from: at("2021-11-23T16:00Z"), zone: zone("Asia/Shanghai") };
    let found = FactView {
        note: Some(words(
            language,
            "Found by fuzzing <script>alert(1)</script>",
            "模糊测试发现 <script>alert(1)</script>",
        )),
        ..fact(
            language,
            "found",
            "A vulnerability in an own product was discovered",
            "发现自有产品存在漏洞",
            day,
        )
    };
    let told = Occurred::Instant(at("2021-11-24T11:05Z"));
    let mistaken = FactView {
        retracted: true,
        ..fact(language, "told", "The vendor was told", "已通知厂商", told)
    };
    let range = Occurred::Interval(at("2021-11-25T01:00Z"), at("2021-11-25T02:00Z"));
    let answered = fact(language, "answered", "The vendor acknowledged", "厂商确认收悉", range);
    let ahead = FactView {
        future: true,
        may_retract: false,
        recorded_at: None,
        ..fact(
            language,
            "fixed",
            "The fix was merged",
            "修复已合并",
            Occurred::Instant(at("2021-12-05T04:03:32Z")),
        )
    };
    vec![found, mistaken, answered, ahead]
}

pub(super) fn slider(language: Language) -> SliderView {
    let moment = |instant: &str, en: &str, zh: &str, kind| Moment {
        at: at(instant),
        words: words(language, en, zh),
        kind,
    };
    SliderView {
        case: case_id(),
        moments: vec![
            moment("2021-11-23T16:00Z", "found", "发现", MomentKind::Fact),
            moment("2021-11-24T16:00Z", "supervisor told", "通知主管", MomentKind::Rung),
            moment("2021-11-25T01:00Z", "acknowledged", "确认收悉", MomentKind::Fact),
            moment("2021-11-25T16:00Z", "strict deadline", "严格时限", MomentKind::Deadline),
            moment("2021-12-05T04:03:32Z", "fix merged", "修复合并", MomentKind::Fact),
        ],
        windows: vec![(at("2021-11-23T16:00Z"), at("2021-11-25T16:00Z"))],
        at: at("2021-11-25T08:40Z"),
        known_at: at("2021-11-25T08:40Z"),
        past: false,
        typed: None,
    }
}

fn fact_form(language: Language) -> FactForm {
    let kind =
        |id: &str, en: &str, zh: &str| Kind { id: id.into(), meaning: words(language, en, zh) };
    FactForm {
        kinds: vec![
            kind("vulnerability-known", "A vulnerability became known", "获知漏洞"),
            kind("exploitation-known", "Active exploitation became known", "获知漏洞被实际利用"),
            kind("disclosed", "The vulnerability was made public", "漏洞被公开披露"),
            kind("own-kind", "A kind of an own pack", "自有规则包中的事实"),
        ],
        provisions: vec![(
            "cn-rmsv/7.2".into(),
            words(language, "Report to the platform", "向平台报送"),
        )],
        kind: "exploitation-known".into(),
        occurred_at: "2026-10-25T02:30".into(),
        zone: "Europe/Brussels".into(),
        candidates: Some([at("2026-10-25T00:30Z"), at("2026-10-25T01:30Z")]),
        open: true,
        ..FactForm::default()
    }
}

fn decision(language: Language) -> DecisionView {
    DecisionView {
        predicate: "cn-ndsr/national-security-or-public-interest".into(),
        question: words(
            language,
            "Does the flaw endanger national security or the public interest?",
            "该漏洞是否涉及危害国家安全、公共利益？",
        ),
        answer: None,
        decided: None,
        due: Some(at("2021-11-25T11:40Z")),
        hangs: vec![provisional(language).title],
    }
}

fn sent(language: Language) -> SubmissionView {
    SubmissionView {
        id: SubmissionId::from_random([9; 5]),
        meets: vec![met(language).title],
        channel: words(language, "encrypted mail", "加密邮件"),
        number: Some("NVDB-2021-0042".into()),
        recorded_at: at("2021-11-24T11:10Z"),
        fields: vec![(words(language, "Product name", "产品名称"), "log4j-core".into())],
    }
}

fn timeline(language: Language) -> Vec<Entry> {
    let entry = |instant: &str, actor: Option<&str>, en: &str, zh: &str, kind| Entry {
        at: at(instant),
        actor: actor.map(str::to_owned),
        words: words(language, en, zh),
        said: None,
        kind,
    };
    let who = words(language, "Wen Li", "温莉");
    vec![
        entry("2021-11-24T02:10Z", Some(&who), "opened the case", "立案", EntryKind::Act),
        entry("2021-11-24T02:10Z", None, "Computed", "计算结果", EntryKind::Computed),
        entry("2021-11-24T16:00Z", None, "Rung 50%", "升级至 50%", EntryKind::Told),
        Entry {
            said: Some(words(language, "Who writes to them?", "谁来联系？")),
            ..entry("2021-11-25T03:00Z", Some(&who), "wrote", "留言", EntryKind::Message)
        },
    ]
}

fn not_owed(language: Language) -> Vec<NotOwed> {
    vec![
        NotOwed {
            title: waiting(language).title,
            law: waiting(language).law,
            state: State::NotApplicable,
            foreseen: false,
            reason: words(language, "not yet in force", "尚未施行"),
            why: vec![words(language, "It was not in force.", "当时尚未施行。")],
        },
        NotOwed {
            title: met(language).title,
            law: met(language).law,
            state: State::NotApplicable,
            foreseen: true,
            reason: words(language, "a proposal", "提案"),
            why: vec![words(language, "It is a proposal.", "仅为提案。")],
        },
    ]
}

pub(super) fn case(language: Language) -> CaseView {
    let outside = Outside {
        located: Some(Located {
            country: Some("CN".into()),
            at: at("2021-11-24T02:00Z"),
            grounds: Some(("register.example".into(), words(language, "Wen Li", "温莉"))),
        }),
        may_record: true,
    };
    let member = |number: u8, en: &str, zh: &str, role| Participant {
        outside: (role == ParticipantRole::Vendor).then(|| outside.clone()),
        party: party(number),
        name: words(language, en, zh),
        role,
    };
    CaseView {
        id: case_id(),
        title: obligation(language).case_title,
        embargo: EmbargoView::Active { until: None },
        opened_at: at("2021-11-24T02:10Z"),
        component: Some("pkg:maven/org.apache.logging.log4j/log4j-core".into()),
        report: Some(ReportView {
            received_at: at("2021-11-24T02:10Z"),
            what: words(language, "It loads remote classes", "会加载远程类"),
            sure: language.text("report-sure-sure"),
            exploited: language.text("report-exploited-unknown"),
            contact: Some("finder@example.com".into()),
            contact_erased: false,
            answers: vec![(at("2021-11-24T03:00Z"), words(language, "Thank you", "谢谢"))],
            may_answer: true,
        }),
        participants: vec![
            member(1, "Wen Li", "温莉", ParticipantRole::Member),
            member(4, "Zhao Ming", "赵明", ParticipantRole::Member),
            member(5, "Upstream project", "上游项目", ParticipantRole::Vendor),
        ],
        facts: facts(language),
        obligations: [
            obligation(language),
            provisional(language),
            house_target(language),
            waiting(language),
            met(language),
        ]
        .map(|view| detail(language, view))
        .to_vec(),
        not_owed: not_owed(language),
        decisions: vec![decision(language)],
        submissions: vec![sent(language)],
        timeline: timeline(language),
        slider: slider(language),
        fact_form: fact_form(language),
        people: vec![
            (party(1), words(language, "Wen Li", "温莉")),
            (party(6), words(language, "Chen Rui", "陈睿")),
        ],
        conflicts: vec![conflict(language)],
        passes: vec![pass(language)],
        unread: Some(UnreadView {
            since: Some(at("2021-11-25T08:00:00Z")),
            problem: "no pack declares `made-up`".to_owned(),
        }),
        barred: vec![bar(language)],
        awareness: vec![awareness(language)],
        may_write: true,
        may_read_log: true,
        typed: Typed::default(),
        problem: None,
    }
}

fn draft_field(
    language: Language,
    (id, en, zh): (&str, &str, &str),
    need: Need,
    limit: Option<usize>,
    value: &str,
) -> FieldView {
    FieldView {
        id: id.into(),
        label: words(language, en, zh),
        need,
        limit,
        help: None,
        cites: None,
        draft: None,
        choices: match id {
            "harm" => vec![("high".into(), words(language, "high", "高"))],
            _ => Vec::new(),
        },
        spelling: (id == "scope").then(|| language.text("submission-spell-date")),
        value: value.into(),
        from: (id == "product-name").then(|| language.text("submission-from-case")),
        problem: (id == "product-version").then(|| language.text("submission-problem-date")),
        left_out: (id == "scope").then(|| ("cn-rmsv/9.7".to_owned(), true)),
    }
}

pub(super) fn draft(language: Language) -> DraftView {
    let field = |id: &str, en: &str, zh: &str, need, limit, value: &str| {
        draft_field(language, (id, en, zh), need, limit, value)
    };
    DraftView {
        obligation: obligation(language),
        form: FormView {
            id: "vulnerability-report".into(),
            title: words(
                language,
                "Vulnerability report, Article 7(2)",
                "漏洞信息报送（第七条第二项）",
            ),
            stage: words(language, "Report", "报送"),
            source: "https://www.nvdb.org.cn".into(),
            checked_on: "2026-11-23".into(),
            note: Some(words(language, "The list is open.", "所列为不完全列举。")),
            counts: Counts { required_now: (3, 4), later: (0, 1), ..Counts::default() },
            fields: vec![
                field(
                    "product-name",
                    "Product name",
                    "产品名称",
                    Need::Required,
                    Some(100),
                    "log4j-core",
                ),
                field("product-model", "Model", "型号", Need::Required, Some(100), ""),
                field(
                    "product-version",
                    "Version",
                    "版本",
                    Need::Required,
                    Some(100),
                    "2.0-beta9 – 2.14.1",
                ),
                field(
                    "technical",
                    "Technical characteristics",
                    "技术特点",
                    Need::Required,
                    Some(2000),
                    "JNDI lookup in message text",
                ),
                field("harm", "Harm", "危害", Need::IfAvailable, Some(2000), ""),
                field("scope", "Scope of impact", "影响范围", Need::Optional, None, ""),
            ],
        },
        minimum_since: Some(at("2021-11-25T08:10Z")),
        saved_at: Some(at("2021-11-25T08:20Z")),
        sending: Sending {
            submitted_at: "2021-11-25T16:40:00".into(),
            zone: "Asia/Shanghai".into(),
            channel: words(language, "the platform's own form", "平台表单"),
            ..Sending::default()
        },
        also: vec![("WO-1".into(), provisional(language).title)],
        may_write: true,
        problem: None,
    }
}

pub(super) fn done(mut reader: Reader) -> Reader {
    reader.done =
        Some(Done { act: "party-done-saved", receipt: Some("wr_7f3ac2d1e0b9".to_owned()) });
    reader
}

fn made(language: Language) -> Made {
    Made {
        what: words(language, "Submit, kept to the minimum", "仅报送最少内容"),
        reason: words(language, "Counsel's opinion of today", "依今日法务意见"),
        by: words(language, "Chen Rui", "陈睿"),
        at: at("2021-11-25T08:20Z"),
    }
}

fn conflict(language: Language) -> ConflictView {
    let line = |mark| Line {
        title: words(language, "Nothing undisclosed abroad", "未公开信息不得提供给境外"),
        cites: words(language, "Article 9, item (7)", "第九条第七项"),
        mark,
    };
    ConflictView {
        id: "cn-rmsv/conflict/undisclosed-abroad".into(),
        title: words(language, "Two duties collide", "两项义务相冲突"),
        says: words(language, "Both clocks go on.", "两项时限继续计算。"),
        lines: vec![
            line(LineMark::Bars),
            line(LineMark::Met(true)),
            line(LineMark::Met(false)),
            line(LineMark::Moves(true)),
            line(LineMark::Moves(false)),
            line(LineMark::At(at("2021-11-26T08:00Z"))),
            line(LineMark::Counts(at("2021-11-26T08:00Z"))),
        ],
        drafts: vec![(
            "/cases/WF-7K3F-9QX2/obligations/WO-1/draft".into(),
            words(language, "Early warning", "早期预警"),
        )],
        standing: Some(at("2021-11-01T08:00Z")),
        minimum: vec![words(language, "Member States", "成员国")],
        asks: Some(words(language, "What is submitted?", "报送什么？")),
        choices: vec![("submit".into(), words(language, "Submit", "报送"))],
        open: true,
        due: Some(at("2021-11-25T12:00Z")),
        decided: Some(made(language)),
    }
}

fn pass(language: Language) -> PassView {
    PassView {
        recipient: words(language, "Southwind Labs", "南风实验室"),
        provisions: vec!["cn-rmsv/9.7".into()],
        made: made(language),
    }
}

fn awareness(language: Language) -> AwarenessView {
    let candidate = |fact: &str, alarms, chosen| CandidateView {
        fact: fact.into(),
        words: words(language, "Reliable evidence is held", "持有可靠证据"),
        at: at("2021-11-24T02:10Z"),
        alarms,
        chosen,
        deadlines: vec![
            (words(language, "Early warning", "早期预警"), Some(at("2021-11-25T02:10Z")), alarms),
            (words(language, "Final report", "最终报告"), None, true),
        ],
    };
    AwarenessView {
        of: words(language, "Exploitation is known", "获知被实际利用"),
        candidates: vec![candidate("fact-1", true, false), candidate("fact-2", false, true)],
        chosen: Some(made(language)),
    }
}
