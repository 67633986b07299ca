//! Samples of the inquiry.

use crate::web::law::inquiry::{
    ArticleRef, ChangesView, FoundView, MayRecord, QuestionView, RecordedView, ResultView,
    RoundView, StartView, Takes,
};
use crate::web::party;

pub(super) fn role(id: &str, name: &str, ours: bool) -> party::RoleView {
    party::RoleView { id: id.into(), name: name.into(), ours, unsure: ours }
}

pub(super) fn recorded(same_laws: bool) -> RecordedView {
    RecordedView {
        day: "24 November".into(),
        who: same_laws.then(|| "Ada Keeper".into()),
        address: "/inquiry?at=%2Fresult&a.place%2FEU=yes".into(),
        same_laws,
        open: 3,
        unread: vec!["eu-cra/emperor".into(), "x/gone".into()],
    }
}

pub(super) fn start() -> StartView {
    StartView { recorded: Some(recorded(false)) }
}

fn articles(count: usize) -> Vec<ArticleRef> {
    let one = |number| ArticleRef {
        provision: format!("eu-cra/14.2.{number}"),
        cites: format!("Article 14(2)({number})"),
        title: "Early warning".into(),
    };
    (0..count).map(one).collect()
}

pub(super) fn round(faults: Vec<String>) -> RoundView {
    let question = |id: &str, takes| QuestionView {
        id: id.into(),
        asks: "Do you make products?".into(),
        help: Some("Yours are those with your name.".into()),
        cites: Some("Article 3(13)".into()),
        matters: articles(5),
        takes,
        answer: "not-sure".into(),
    };
    RoundView {
        id: "eu-cra".into(),
        law: Some(("eu-cra".into(), "Cyber Resilience Act".into())),
        jurisdiction: "EU".into(),
        at: 2,
        count: 9,
        questions: vec![
            question("eu-cra/manufacturer", Takes::YesNo),
            question("eu-cra/member-state", Takes::OneOf(vec![("BE".into(), "BE".into())])),
            question("eu-cra/name", Takes::Text),
        ],
        carried: vec![("a.place/EU".into(), "yes".into())],
        faults,
    }
}

pub(super) fn result() -> ResultView {
    let found = |is_sure| FoundView {
        name: "manufacturer".into(),
        law: "eu-cra".into(),
        law_title: "Cyber Resilience Act".into(),
        is_sure,
        asks: "Do you make products?".into(),
        change: "/inquiry?at=eu-cra".into(),
        matters: articles(4),
    };
    ResultView {
        carried: vec![("a.place/EU".into(), "yes".into())],
        roles: vec![found(true), found(false)],
        attributes: vec![("The Member State".into(), "BE · Belgium".into())],
        unsure_attributes: vec![(
            "The organization is a trust service provider".into(),
            "/inquiry?at=eu-nis2.2".into(),
        )],
        changes: Some(ChangesView {
            gained: vec!["manufacturer".into()],
            lost: vec!["steward".into()],
            kept: vec!["controller".into()],
        }),
        open: vec![("Are you a bank?".into(), "/inquiry?at=us-bank-36h".into())],
        unasked: vec!["somebody".into()],
        left_out: vec![(
            "Because of “no” to: Are you in Japan?".into(),
            vec!["Are you a vendor?".into()],
        )],
        unread: vec!["eu-cra/emperor".into()],
        sections: super::the_map().sections,
        back: "/inquiry?at=eu-cra".into(),
        may_record: MayRecord::Yes,
        problem: None,
    }
}
