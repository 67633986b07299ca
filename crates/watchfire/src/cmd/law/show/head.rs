//! What a provision says of its clock and of whom it obliges, line by line.

use watchfire_core::law::condition::Condition;
use watchfire_core::law::id::FactKind;
use watchfire_core::law::pack::{Anchor, MeasuredAt, MetBy, Pack, Provision, Trigger};
use watchfire_core::law::{Language, tell};

use super::text::{Labelled, Teller};

impl Teller<'_> {
    /// On what it arises, from what it runs, and what ends it.
    pub(super) fn clock(self, provision: &Provision) -> [Labelled; 13] {
        let list = |items: Vec<String>| items.join(self.pick(", ", "、"));
        let triggers = |all: &mut dyn Iterator<Item = &Trigger>| {
            Some(list(all.map(|one| self.trigger(one)).collect()))
        };
        let condition = |one: &Option<Condition>| one.as_ref().map(|one| self.condition(one));
        let provisional = provision.provisional_on.iter().map(|(kind, predicate)| {
            let kind = self.trigger(&Trigger::Kind(kind.clone()));
            let denied = Condition::Not(Box::new(Condition::Predicate(predicate.clone())));
            let denied = self.condition(&denied);
            match self.language {
                Language::En => format!("{kind}, unless {denied}"),
                Language::ZhCn => format!("{kind}，除非{denied}"),
            }
        });
        let met = provision.met_by.iter().map(|by| match by {
            MetBy::Kind(kind) => self.trigger(&Trigger::Kind(kind.clone())),
            MetBy::Decided(predicate) => self.condition(&Condition::Predicate(predicate.clone())),
        });
        let anchor = match provision.anchor {
            Anchor::First => None,
            Anchor::Last => Some(self.pick("the last of several facts", "多项事实中的最后一项")),
            Anchor::Each => Some(self.pick("each of several facts", "每项事实各产生一项义务")),
        };
        let steps = |steps: &[FactKind]| {
            let kinds = steps.iter().map(|step| self.trigger(&Trigger::Kind(step.clone())));
            Some(list(kinds.collect()))
        };
        let known = (provision.measured_at == MeasuredAt::KnownAt)
            .then(|| self.pick("when it was learned of", "获知之时").to_owned());
        let kept = provision.keep_at_least.map(|span| tell::within(span, self.language));
        let taken = provision.supersedes.as_ref();
        let taken_on = taken.and_then(|(_, day)| day.map(|day| day.to_string()));
        [
            ("arises on", "产生条件", triggers(&mut provision.arises_on.iter())),
            ("provisionally on", "暂定产生条件", Some(list(provisional.collect()))),
            ("aware, strict", "获知（从严）", steps(&provision.awareness.strict)),
            ("aware, outer", "获知（最晚）", steps(&provision.awareness.outer)),
            ("runs from", "起算事实", triggers(&mut provision.runs_from.iter())),
            ("arises after", "仅在此后", triggers(&mut provision.arises_after.iter())),
            ("counts from", "有多项事实时", anchor.map(str::to_owned)),
            ("measured at", "自何时起算", known),
            ("when", "仅当", condition(&provision.when)),
            ("lifted where", "解除条件", condition(&provision.allowed_when)),
            ("met by", "亦可履行于", Some(list(met.collect()))),
            ("keep at least", "至少保存", kept),
            (
                "supersedes",
                "取代",
                taken.map(|(id, _)| match (taken_on, self.language) {
                    (None, _) => id.to_string(),
                    (Some(day), Language::En) => format!("{id} from {day}"),
                    (Some(day), Language::ZhCn) => format!("{id}（自 {day} 起）"),
                }),
            ),
        ]
    }

    /// Who owes it to whom, and where it is from.
    pub(super) fn duty(self, pack: &Pack, provision: &Provision) -> [Labelled; 8] {
        let source = provision.source.as_ref().or(pack.source.as_ref());
        let checked = provision.checked_on.or(pack.checked_on);
        let owed_to = provision.owed_to.as_deref().map(|id| self.authority(pack, id));
        [
            ("owed by", "义务主体", Some(self.owed_by(provision))),
            ("owed to", "报送对象", owed_to),
            ("form", "表单", provision.form.as_deref().map(|id| self.form(pack, id))),
            ("extended under", "延期依据", self.words(provision.extended_under.as_ref())),
            ("note", "说明", self.words(provision.note.as_ref())),
            ("source", "来源", source.cloned()),
            ("compared on", "核对日期", checked.map(|day| day.to_string())),
            ("confidence", "可靠程度", Some(self.confidence(provision.confidence))),
        ]
    }

    fn owed_by(self, provision: &Provision) -> String {
        let each = provision.owed_by.iter().map(|role| match self.laws.role_name(role) {
            Some(name) => format!("{} ({role})", name.in_language(self.language)),
            None => role.to_string(),
        });
        each.collect::<Vec<_>>().join(self.pick(", ", "、"))
    }

    fn authority(self, pack: &Pack, id: &str) -> String {
        let known = pack.authorities.get(id).map(|one| one.name.in_language(self.language));
        let name = known.unwrap_or(match id {
            "internal" => self.pick("ourselves", "本单位内部"),
            "users" => self.pick("the users", "用户"),
            "public" => self.pick("the public", "公众"),
            other => return other.to_owned(),
        });
        format!("{name} ({id})")
    }

    fn form(self, pack: &Pack, id: &str) -> String {
        let title = pack.forms.get(id).map(|form| form.title.in_language(self.language));
        title.map_or_else(|| id.to_owned(), |title| format!("{title} ({id})"))
    }
}
