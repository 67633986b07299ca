use super::*;

const STAGED: &str = r#"id = "f"
title = { en = "F", zh-CN = "表" }
source = "a page"
checked_on = 2026-11-23
confidence = "secondary"

[[stage]]
id = "early"
name = { en = "Early", zh-CN = "早期" }
provision = "x/1"

[[stage]]
id = "final"
name = { en = "Final", zh-CN = "最终" }
provision = "x/2"

[[field]]
id = "product"
label = { en = "Product", zh-CN = "产品" }
need = { early = "required", final = "copied" }
limit = 5

[[field]]
id = "kind"
label = { en = "Kind", zh-CN = "类别" }
kind = "enum"
choices = [{ id = "default", label = { en = "Default", zh-CN = "默认" } }]
need = { early = "optional", final = "copied" }

[[field]]
id = "impact"
label = { en = "Impact", zh-CN = "影响" }
need = { early = "optional", final = "required" }

[[field]]
id = "actor"
label = { en = "Actor", zh-CN = "行为者" }
need = { early = "optional", final = "if-available" }

[[field]]
id = "reporter"
label = { en = "Reporter", zh-CN = "报送人" }
need = "automatic"

[[field]]
id = "on"
label = { en = "On", zh-CN = "日期" }
kind = "date"
need = { final = "required" }
"#;

fn form() -> Form {
    Form::load("f.toml", STAGED).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(id, value)| (FieldId((*id).into()), (*value).into())).collect()
}

fn ids(missing: &[FieldId]) -> Vec<&str> {
    missing.iter().map(|id| id.0.as_str()).collect()
}

#[test]
fn each_stage_asks_for_its_own() {
    let early = form().completeness(0, &values(&[]));
    assert_eq!(early.required_now, Count { done: 0, total: 1 });
    assert_eq!(early.later, Count { done: 0, total: 1 });
    assert_eq!(early.optional, Count { done: 0, total: 2 });
    assert_eq!(ids(&early.missing), ["product"]);
    let last = form().completeness(1, &values(&[]));
    assert_eq!(last.required_now, Count { done: 0, total: 3 });
    assert_eq!(last.if_available, Count { done: 0, total: 1 });
    assert_eq!(last.later, Count::default());
    assert_eq!(last.optional, Count { done: 0, total: 1 });
    assert_eq!(ids(&last.missing), ["product", "impact", "on"]);
}

#[test]
fn a_blank_answer_is_none() {
    let found = form().completeness(0, &values(&[("product", " \n")]));
    assert_eq!(ids(&found.missing), ["product"]);
    assert!(!found.is_complete());
    assert!(form().completeness(0, &values(&[("product", "log")])).is_complete());
}

#[test]
fn a_limit_counts_signs_and_takes_the_last_one() {
    let fits = form().completeness(0, &values(&[("product", "日志组件五")]));
    assert!(fits.is_complete());
    assert_eq!(fits.required_now, Count { done: 1, total: 1 });
    let over = form().completeness(0, &values(&[("product", "日志组件五六")]));
    let problem = ValueProblem::TooLong { signs: 6, limit: 5 };
    assert_eq!(over.refused, [(FieldId("product".into()), problem)]);
    assert_eq!(over.required_now.done, 0);
    assert!(!over.is_complete());
}

#[test]
fn answers_are_of_the_kind_of_their_field() {
    let refused = |id: &str, value: &str| {
        let found = form().completeness(1, &values(&[(id, value)]));
        found.refused.first().map(|(_, problem)| problem.clone())
    };
    assert_eq!(refused("kind", "default"), None);
    assert_eq!(refused("kind", "other"), Some(ValueProblem::NotAChoice("other".into())));
    assert_eq!(refused("on", "2026-12-11"), None);
    assert_eq!(refused("on", "2026-02-30"), Some(ValueProblem::NotADate("2026-02-30".into())));
}

fn field_of(kind: Kind) -> Field {
    let label = Text { en: "X".into(), zh_cn: "某".into() };
    let id = FieldId("x".into());
    Field {
        id,
        label,
        kind,
        needs: vec![],
        limit: None,
        help: None,
        draft: None,
        cites: None,
        language: None,
        fill: vec![],
        shared_as: None,
    }
}

#[test]
fn instants_lists_and_yes_or_no_are_read() {
    let choice = |id: &str| Choice { id: id.into(), label: field_of(Kind::Text).label };
    let instant = field_of(Kind::DateTime);
    assert_eq!(instant.refuse("2026-11-23T10:00:00Z"), None);
    assert_eq!(instant.refuse("2026-11-23T10:00[Europe/Brussels]"), None);
    assert!(instant.refuse("2026-11-23T10:00").is_some());
    let list = field_of(Kind::List(vec![choice("BE"), choice("DE")]));
    assert_eq!(list.refuse("BE\n\n DE "), None);
    assert_eq!(list.refuse("BE\nXX"), Some(ValueProblem::NotAChoice("XX".into())));
    assert_eq!(field_of(Kind::List(vec![])).refuse("anything"), None);
    assert_eq!(field_of(Kind::Boolean).refuse("yes"), None);
    assert!(field_of(Kind::Boolean).refuse("maybe").is_some());
}

#[test]
fn the_stage_is_found_by_the_provision_that_it_meets() {
    assert_eq!(form().stage_of("x/2"), Some(1));
    assert_eq!(form().stage_of("x/3"), None);
    let tables = STAGED.find("[[stage]]").unwrap()..STAGED.find("[[field]]").unwrap();
    let mut once = STAGED.to_owned();
    once.replace_range(tables, "");
    let fields = once.find("[[field]]").unwrap();
    once.truncate(fields);
    once.push_str(
        "[[field]]\nid = \"a\"\nlabel = { en = \"A\", zh-CN = \"甲\" }\nneed = \"required\"\n",
    );
    let once = Form::load("f.toml", &once).unwrap();
    assert_eq!(once.stage_of("any/1"), Some(0));
    assert_eq!(ids(&once.completeness(0, &values(&[])).missing), ["a"]);
}

#[test]
fn a_file_that_is_wrong_is_refused_where_it_is_wrong() {
    for (from, to, line, message) in [
        ("limit = 5", "limits = 5", 21, "unknown field `limits`"),
        ("need = \"automatic\"", "need = \"auto\"", 43, "write `required`"),
        ("need = { final = \"required\" }", "need = { last = \"required\" }", 49, "not a stage"),
        ("kind = \"date\"", "kind = \"enum\"", 45, "do not fit"),
        ("id = \"actor\"", "id = \"impact\"", 35, "written twice"),
        ("id = \"final\"", "id = \"early\"", 12, "written twice"),
        ("limit = 5", "fill = { fact = \"x\", take = \"at\" }", 21, "write `organization`"),
        ("limit = 5", "limit = 5\nfill = { value = \"too long\" }", 22, "cannot be filled so"),
        ("limit = 5", "language = \"e\"", 21, "no tag of a language"),
        ("limit = 5", "shared_as = \" \"", 21, "is empty"),
        ("provision = \"x/2\"", "provision = []", 12, "meets no provision"),
        ("2026-11-23", "2026-11-23T10:00:00", 4, "is not a day"),
        ("zh-CN = \"产品\"", "zh = \"产品\"", 19, "unknown field `zh`"),
    ] {
        let problems = Form::load("f.toml", &STAGED.replacen(from, to, 1)).expect_err(to);
        assert!(problems[0].message.contains(message), "{problems:?}");
        assert_eq!(problems[0].line, line, "{problems:?}");
    }
}
