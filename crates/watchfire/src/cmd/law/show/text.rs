//! A pack and a provision in words, in the languages of the house.

use std::fmt::Write;

use watchfire_core::law::condition::Condition;
use watchfire_core::law::confidence::Confidence;
use watchfire_core::law::pack::{
    Class, Pack, Proposal, Provision, Span, Trigger, Variant, Version,
};
use watchfire_core::law::text::Text;
use watchfire_core::law::{Language, Lawbook, tell};

use crate::cmd::law::list::confidence;
use crate::print;

/// Columns before the colon behind a label.
const LABEL_WIDTH: usize = 16;

/// A label in English and Chinese, and what stands behind it.
pub(super) type Labelled = (&'static str, &'static str, Option<String>);

/// Says what a pack writes.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) laws: &'a Lawbook,
    pub(super) language: Language,
}

/// Columns that a text takes on a terminal: a Chinese sign takes two.
fn width(text: &str) -> usize {
    text.chars().map(|sign| if sign.is_ascii() { 1 } else { 2 }).sum()
}

impl Teller<'_> {
    pub(super) fn pick<'t>(self, english: &'t str, chinese: &'t str) -> &'t str {
        match self.language {
            Language::En => english,
            Language::ZhCn => chinese,
        }
    }

    pub(super) fn words(self, text: Option<&Text>) -> Option<String> {
        text.map(|text| text.in_language(self.language).to_owned())
    }

    pub(super) fn condition(self, condition: &Condition) -> String {
        tell::condition::tell(condition, self.laws, self.language)
    }

    pub(super) fn trigger(self, trigger: &Trigger) -> String {
        match trigger {
            Trigger::Kind(kind) => {
                format!("{} ({kind})", tell::condition::named(trigger, self.laws, self.language))
            }
            Trigger::Submitted(_) => tell::condition::named(trigger, self.laws, self.language),
        }
    }

    fn span(self, span: &Span) -> String {
        tell::span::tell(span, self.laws, self.language)
    }

    fn class(self, class: Class, is_norm: bool) -> &'static str {
        match (class, is_norm, self.language) {
            (Class::Hard, false, Language::En) => "clock of law",
            (Class::Hard, false, Language::ZhCn) => "法定时限",
            (Class::Hard, true, Language::En) => "norm, not law",
            (Class::Hard, true, Language::ZhCn) => "行业规范，非法律",
            (Class::Soft, _, Language::En) => "house target, not law",
            (Class::Soft, _, Language::ZhCn) => "内部目标，非法定",
            (Class::Standing, _, Language::En) => "standing duty",
            (Class::Standing, _, Language::ZhCn) => "持续性义务",
            (Class::Prohibition, _, Language::En) => "prohibition",
            (Class::Prohibition, _, Language::ZhCn) => "禁止性规定",
            (Class::Permission, _, Language::En) => "permission",
            (Class::Permission, _, Language::ZhCn) => "授权性规定",
        }
    }

    pub(super) fn confidence(self, sourced: Confidence) -> String {
        match (sourced, self.language) {
            (_, Language::En) => confidence(sourced),
            (Confidence::Primary, Language::ZhCn) => "已与原文核对".to_owned(),
            (Confidence::Secondary, Language::ZhCn) => "依据二手来源".to_owned(),
            (Confidence::Unverified { percent }, Language::ZhCn) => {
                format!("尚未核实（把握 0.{percent:02}）")
            }
        }
    }

    /// From when to when a provision applies, over all its versions.
    fn applies(self, provision: &Provision) -> String {
        let Some((first, last)) = provision.versions.first().zip(provision.versions.last()) else {
            return self.pick("proposed, not law", "提案，尚非法律").to_owned();
        };
        let from = first.effective_from;
        match self.language {
            Language::En => {
                let adopted = first.adopted_on.map(|day| format!(", adopted {day}"));
                let until = last.effective_to.map(|day| format!(" until {day}"));
                let (adopted, until) = (adopted.unwrap_or_default(), until.unwrap_or_default());
                format!("from {from}{adopted}{until}")
            }
            Language::ZhCn => {
                let adopted = first.adopted_on.map(|day| format!("，{day} 通过"));
                let until = last.effective_to.map(|day| format!("至 {day} 止"));
                let (adopted, until) = (adopted.unwrap_or_default(), until.unwrap_or_default());
                format!("自 {from} 起{until}{adopted}")
            }
        }
    }

    /// A line with its label, the labels ending in one column.
    fn line(self, text: &mut String, label: (&str, &str), value: &str) {
        let label = self.pick(label.0, label.1);
        let blank = " ".repeat(LABEL_WIDTH.saturating_sub(width(label)));
        let colon = self.pick(": ", "：");
        // Writing to a text does not fail.
        let _ = writeln!(text, "{blank}{label}{colon}{value}");
    }

    /// A pack: its head, its roles, and a table of its provisions.
    pub(super) fn pack(self, pack: &Pack) -> String {
        let mut text = String::new();
        let norm = match (pack.proposed, pack.is_norm()) {
            (true, _) => self.pick(", a proposal and not law", "，提案，尚非法律"),
            (false, true) => self.pick(", a norm and not law", "，行业规范，非法律"),
            (false, false) => "",
        };
        let never = || self.pick("never", "从未").to_owned();
        let checked = pack.checked_on.map_or_else(never, |day| day.to_string());
        let title = pack.title.in_language(self.language);
        let source = pack.source.as_deref().unwrap_or("–");
        let sourced = self.confidence(pack.confidence);
        let _ = match self.language {
            Language::En => writeln!(
                text,
                "{title} ({}{norm})\nsource: {source}\ncompared on {checked}, {sourced}\n",
                pack.jurisdiction
            ),
            Language::ZhCn => writeln!(
                text,
                "{title}（{}{norm}）\n来源：{source}\n核对日期：{checked}，{sourced}\n",
                pack.jurisdiction
            ),
        };
        for (role, name) in &pack.roles {
            let name = name.in_language(self.language);
            let _ = match self.language {
                Language::En => writeln!(text, "role {role}: {name}"),
                Language::ZhCn => writeln!(text, "身份 {role}：{name}"),
            };
        }
        if !pack.roles.is_empty() {
            text.push('\n');
        }
        let mut text = print::plain(&text);
        text.push_str(&self.provisions(pack));
        text
    }

    fn provisions(self, pack: &Pack) -> String {
        let mut table = print::table(&match self.language {
            Language::En => [
                "provision",
                "class",
                "title",
                "article",
                "applies",
                "strict",
                "outer",
                "confidence",
            ],
            Language::ZhCn => {
                ["条款编号", "类别", "内容", "条款", "适用", "严格时限", "最晚解读", "可靠程度"]
            }
        });
        for provision in &pack.provisions {
            let (strict, outer) = match (provision.versions.last(), provision.proposals.first()) {
                (Some(version), _) => self.ends(version),
                (None, Some(proposal)) => {
                    let part = |part: Option<&Span>| {
                        let told = part.map(|part| self.span(part));
                        let proposed = self.pick("proposed: ", "提案：");
                        told.map(|told| format!("{proposed}{told}")).unwrap_or_default()
                    };
                    (part(proposal.strict.as_deref()), part(proposal.outer.as_deref()))
                }
                (None, None) => Default::default(),
            };
            let cells = [
                provision.id.to_string(),
                self.class(provision.class, pack.is_norm()).to_owned(),
                self.words(provision.title.as_ref()).unwrap_or_default(),
                self.words(provision.cites.as_ref()).unwrap_or_default(),
                self.applies(provision),
                strict,
                outer,
                self.confidence(provision.confidence),
            ];
            table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
        }
        table.to_string()
    }

    /// Strict and outer of a version in a cell each.
    fn ends(self, version: &Version) -> (String, String) {
        let rows = version.variants.len();
        if !version.table.is_empty() {
            let told = match self.language {
                Language::En => format!("table of {rows} rows"),
                Language::ZhCn => format!("表（{rows} 行）"),
            };
            return (told, String::new());
        }
        let with_variants = |own: Option<&Span>, of: fn(&Variant) -> Option<&Span>| {
            let variants = version.variants.iter().filter_map(|variant| {
                let (told, when) = (self.span(of(variant)?), self.condition(&variant.when));
                Some(match self.language {
                    Language::En => format!("{told} where {when}"),
                    Language::ZhCn => format!("{told}（适用情形：{when}）"),
                })
            });
            let own = own.map(|span| self.span(span));
            own.into_iter().chain(variants).collect::<Vec<_>>().join(self.pick("; ", "；"))
        };
        let strict = with_variants(version.strict.as_deref(), |variant| variant.strict.as_deref());
        (strict, with_variants(version.outer.as_deref(), |variant| variant.outer.as_deref()))
    }

    /// A provision with everything that it says.
    pub(super) fn provision(self, pack: &Pack, provision: &Provision) -> String {
        let mut text = format!("{}\n", provision.id);
        for (english, chinese, value) in self.head(pack, provision) {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.line(&mut text, (english, chinese), &value);
            }
        }
        for version in &provision.versions {
            self.version(&mut text, pack, version);
        }
        for proposal in &provision.proposals {
            self.proposal(&mut text, proposal);
        }
        text
    }

    fn head(self, pack: &Pack, provision: &Provision) -> Vec<Labelled> {
        let law = pack.title.in_language(self.language).to_owned();
        let class = self.class(provision.class, pack.is_norm()).to_owned();
        let mut lines = vec![
            ("law", "法规", Some(law)),
            ("class", "类别", Some(class)),
            ("title", "内容", self.words(provision.title.as_ref())),
            ("article", "条款", self.words(provision.cites.as_ref())),
            ("applies", "适用", Some(self.applies(provision))),
        ];
        lines.extend(self.clock(provision));
        lines.extend(self.duty(pack, provision));
        lines
    }

    fn version(self, text: &mut String, pack: &Pack, version: &Version) {
        let from = version.effective_from;
        let _ = match (self.language, version.effective_to) {
            (Language::En, None) => writeln!(text, "\nversion from {from}"),
            (Language::En, Some(to)) => writeln!(text, "\nversion from {from} until {to}"),
            (Language::ZhCn, None) => writeln!(text, "\n自 {from} 起的版本"),
            (Language::ZhCn, Some(to)) => writeln!(text, "\n自 {from} 起至 {to} 止的版本"),
        };
        self.spans(text, version.strict.as_deref(), version.outer.as_deref());
        for variant in &version.variants {
            self.variant(text, variant);
        }
        if let Some(why) = self.words(version.period_unknown.as_ref()) {
            self.line(text, ("period unknown", "期限未知"), &why);
        }
        if let Some(reading) = version.reading.as_ref().and_then(|id| pack.readings.get(&**id)) {
            let says = reading.says.in_language(self.language);
            let says = match self.language {
                Language::En => format!("{says} ({}, {})", reading.by, reading.on),
                Language::ZhCn => format!("{says}（{}，{}）", reading.by, reading.on),
            };
            self.line(text, ("reading", "解读"), &says);
            self.line(text, ("why", "理由"), reading.why.in_language(self.language));
        }
        if let Some(note) = self.words(version.note.as_ref()) {
            self.line(text, ("note", "说明"), &note);
        }
    }

    fn variant(self, text: &mut String, variant: &Variant) {
        let dateless = self.pick("no date", "无日期");
        let strict = variant.strict.as_deref();
        let told = strict.map_or_else(|| dateless.to_owned(), |span| self.span(span));
        let when = self.condition(&variant.when);
        let remedy = self.words(variant.remedy.as_ref());
        let told = match self.language {
            Language::En => {
                let remedy = remedy.map(|remedy| format!(" ({remedy})")).unwrap_or_default();
                format!("{when}: {told}{remedy}")
            }
            Language::ZhCn => {
                let remedy = remedy.map(|remedy| format!("（{remedy}）")).unwrap_or_default();
                format!("{when}：{told}{remedy}")
            }
        };
        self.line(text, ("where", "适用情形"), &told);
        self.spans(text, None, variant.outer.as_deref());
    }

    fn spans(self, text: &mut String, strict: Option<&Span>, outer: Option<&Span>) {
        for (label, span) in [(("strict", "严格时限"), strict), (("outer", "最晚解读"), outer)]
        {
            if let Some(span) = span {
                self.line(text, label, &self.span(span));
            }
        }
    }

    fn proposal(self, text: &mut String, proposal: &Proposal) {
        let _ = match (proposal.foreseen_from, self.language) {
            (Some(from), Language::En) => writeln!(text, "\nproposed, to apply from {from}"),
            (Some(from), Language::ZhCn) => writeln!(text, "\n提案，预计自 {from} 起适用"),
            (None, Language::En) => writeln!(text, "\nproposed; from when it would apply is open"),
            (None, Language::ZhCn) => writeln!(text, "\n提案，适用日期未定"),
        };
        self.spans(text, proposal.strict.as_deref(), proposal.outer.as_deref());
        if let Some(note) = self.words(proposal.note.as_ref()) {
            self.line(text, ("note", "说明"), &note);
        }
    }
}
