//! The questions and what was answered, in the words of one reader.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_core::event::Profile;
use watchfire_core::law::Language;
use watchfire_core::law::id::RoleId;
use watchfire_core::law::inquiry::{
    Answers, Asking, Conclusion, Fault, Finds, NotAsked, RESULT, Round,
};
use watchfire_core::law::pack::Pack;

use crate::web::door::words::{Words, language_of};
use crate::web::law::inquiry::{
    ArticleRef, Carried, ChangesView, FoundView, QuestionView, RoundView, Takes,
};
use crate::web::query_part;

/// What stands before the name of a question in addresses and forms.
pub(super) const ANSWER: &str = "a.";

/// The address of a group with answers.
pub(super) fn address(at: &str, answers: &Answers) -> String {
    let mut address = format!("/inquiry?at={}", query_part(at));
    for (question, answer) in answers {
        address.push_str(&format!("&{ANSWER}{}={}", query_part(question), query_part(answer)));
    }
    address
}

/// Asks in the reader's words.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) words: Words<'a>,
    pub(super) answers: &'a Answers,
}

impl<'a> Asker<'a> {
    pub(super) fn language(&self) -> Language {
        language_of(self.words.language)
    }

    /// What was answered twice and differently, in words.
    pub(super) fn twice(&self, twice: &'a BTreeSet<String>) -> impl Iterator<Item = String> {
        let this = *self;
        twice.iter().map(move |id| {
            let arguments = [("question", this.asks(id).into())];
            this.words.language.text_with("inquiry-twice", &arguments)
        })
    }

    /// The words of a question; its id where no pack asks it.
    pub(super) fn asks(&self, id: &str) -> String {
        let laws = self.words.law;
        let mut asked = laws.packs().iter().flat_map(|pack| &pack.questions);
        let asks = asked.find(|one| one.id == id).map(|one| &one.asks);
        let place = || laws.asked_places().iter().find(|one| one.id() == id).map(|one| &one.asks);
        asks.or_else(place).map_or_else(|| id.to_owned(), |asks| self.words.in_own(asks))
    }

    /// The group to which one goes: the next that asks something, the one before, or the result.
    pub(super) fn goes_to(&self, at: &str, go: &str) -> String {
        if go == "result" || (at == RESULT && go != "back") {
            return RESULT.to_owned();
        }
        let rounds = self.words.law.rounds(self.answers);
        let place = rounds.iter().position(|round| round.id == at);
        let place = if at == RESULT { Some(rounds.len()) } else { place };
        let asks = |round: &&Round<'_>| !round.is_empty();
        let found = match (place, go) {
            (Some(place), "back") => {
                rounds[..place].iter().rev().find(asks).or_else(|| rounds.iter().find(asks))
            }
            (Some(place), "next" | "take-back") => {
                rounds[place.saturating_add(1)..].iter().find(asks)
            }
            (Some(place), _) => rounds[place..].iter().find(asks),
            (None, _) => rounds.iter().find(asks),
        };
        found.map_or_else(|| RESULT.to_owned(), |round| round.id.clone())
    }

    /// The group in which what is wrong can be mended: the one where the reader is, if it asks one of
    /// the questions concerned; otherwise the first that does.
    pub(super) fn told_at(&self, at: &str, twice: &BTreeSet<String>, faults: &[Fault]) -> String {
        let concerned = |fault: &Fault| match fault {
            Fault::Unknown { .. } => Vec::new(),
            Fault::Value { question, .. } => vec![question.clone()],
            // What is left out is not asked, so its cause is shown.
            Fault::LeftOut { by, .. } => by.questions(),
            Fault::Apart { question, other } => vec![question.clone(), other.clone()],
        };
        let all: Vec<String> =
            twice.iter().cloned().chain(faults.iter().flat_map(concerned)).collect();
        let rounds = self.words.law.rounds(self.answers);
        let asks = |round: &&Round<'_>| all.iter().any(|question| round.asks(question));
        let here = rounds.iter().find(|round| round.id == at).filter(asks);
        let first = || all.iter().find_map(|one| rounds.iter().find(|round| round.asks(one)));
        here.or_else(first).map_or_else(|| at.to_owned(), |round| round.id.clone())
    }

    /// A group with its questions; the first where there is none of this name.
    pub(super) fn round(&self, at: &str, faults: Vec<String>) -> RoundView {
        let rounds = self.words.law.rounds(self.answers);
        let place = rounds.iter().position(|round| round.id == at).unwrap_or_default();
        let Some(round) = rounds.get(place) else { return RoundView::default() };
        let asked = rounds.iter().filter(|round| !round.is_empty());
        let before = rounds[..place].iter().filter(|round| !round.is_empty()).count();
        let places = round.places.iter().map(|place| QuestionView {
            id: place.id(),
            asks: self.words.in_own(&place.asks),
            answer: self.answers.get(&place.id()).cloned().unwrap_or_default(),
            ..QuestionView::default()
        });
        let stands = round.stands.iter().map(|stand| self.question(stand.pack, stand.asking));
        let carried = self.carried().into_iter().filter(|(name, _)| {
            let id = name.strip_prefix(ANSWER).unwrap_or_default();
            !round.asks(id)
        });
        RoundView {
            id: round.id.clone(),
            law: round.pack.map(|pack| (pack.id.to_string(), self.words.instrument(pack))),
            jurisdiction: round.pack.map(|pack| pack.jurisdiction.clone()).unwrap_or_default(),
            at: before + 1,
            count: asked.count(),
            questions: places.chain(stands).collect(),
            carried: carried.collect(),
            faults,
        }
    }

    pub(super) fn carried(&self) -> Carried {
        let answers = self.answers.iter().filter(|(_, answer)| !answer.is_empty());
        answers.map(|(id, answer)| (format!("{ANSWER}{id}"), answer.clone())).collect()
    }

    fn question(&self, pack: &Pack, asking: &Asking) -> QuestionView {
        QuestionView {
            id: asking.id.clone(),
            asks: self.words.in_own(&asking.asks),
            help: asking.help.as_ref().map(|help| self.words.in_own(help)),
            cites: asking.cites.as_ref().map(|cites| self.words.in_own(cites)),
            matters: self.matters(pack, asking),
            takes: self.takes(asking),
            answer: self.answers.get(&asking.id).cloned().unwrap_or_default(),
        }
    }

    fn takes(&self, asking: &Asking) -> Takes {
        let Finds::Attribute(id) = &asking.finds else { return Takes::YesNo };
        let choices = self.words.law.choices(id);
        if choices.is_empty() {
            return Takes::Text;
        }
        if choices == ["yes", "no"] {
            return Takes::YesNo;
        }
        let choices = choices.into_iter();
        Takes::OneOf(choices.map(|value| (value.clone(), self.value(&value))).collect())
    }

    /// A value in words: of a Member State also its name.
    fn value(&self, value: &str) -> String {
        if let Some(state) = self.words.law.member_states().get(value) {
            let arguments = [
                ("code", value.to_owned().into()),
                ("name", self.words.in_own(&state.name).into()),
            ];
            return self.words.language.text_with("inquiry-choose-state", &arguments);
        }
        match value {
            "yes" => self.words.language.text("inquiry-yes"),
            "no" => self.words.language.text("inquiry-no"),
            other => other.to_owned(),
        }
    }

    fn matters(&self, pack: &Pack, asking: &Asking) -> Vec<ArticleRef> {
        let matters = self.words.law.matters(pack, asking).into_iter();
        matters
            .map(|one| ArticleRef {
                provision: one.id.to_string(),
                cites: one.cites.as_ref().map(|cites| self.words.in_own(cites)).unwrap_or_default(),
                title: self.words.title(one.id.as_str()),
            })
            .collect()
    }

    /// For each question that is asked, the address of its group.
    pub(super) fn ways(&self) -> BTreeMap<String, String> {
        let mut ways = BTreeMap::new();
        for round in self.words.law.rounds(self.answers) {
            let way = address(&round.id, self.answers);
            let places = round.places.iter().map(|place| place.id());
            let stands = round.stands.iter().map(|stand| stand.asking.id.clone());
            ways.extend(places.chain(stands).map(|question| (question, way.clone())));
        }
        ways
    }

    pub(super) fn roles(
        &self,
        found: &Conclusion,
        ways: &BTreeMap<String, String>,
    ) -> Vec<FoundView> {
        let stands = self.words.law.inquiry(self.answers);
        let each = found.roles.iter().filter_map(|role| {
            let stand = stands.iter().find(|stand| stand.asking.id == role.question)?;
            Some(FoundView {
                name: self.words.role(&role.role),
                law: stand.pack.id.to_string(),
                law_title: self.words.instrument(stand.pack),
                is_sure: role.is_sure,
                asks: self.words.in_own(&stand.asking.asks),
                change: ways.get(&role.question).cloned().unwrap_or_default(),
                matters: self.matters(stand.pack, stand.asking),
            })
        });
        each.collect()
    }

    /// What was left out, by why.
    pub(super) fn left_out(&self) -> Vec<(String, Vec<String>)> {
        let mut by: BTreeMap<(&'static str, Vec<String>), Vec<String>> = BTreeMap::new();
        let places = self.words.law.asked_places().iter().filter_map(|place| {
            let why = self.words.law.place_not_asked(place, self.answers)?;
            Some((why, self.words.in_own(&place.asks)))
        });
        let stands =
            self.words.law.inquiry(self.answers).into_iter().filter_map(|stand| {
                Some((stand.not_asked?, self.words.in_own(&stand.asking.asks)))
            });
        for (why, asks) in places.chain(stands) {
            let key = match &why {
                NotAsked::Place(_) | NotAsked::OnlyIf(_) => "inquiry-left-out-by",
                NotAsked::Found(_) => "inquiry-left-out-found",
            };
            by.entry((key, why.questions())).or_default().push(asks);
        }
        let language = self.words.language;
        let between = language.text("inquiry-and");
        let told = by.into_iter().map(|((key, causes), all)| {
            let causes: Vec<String> = causes.iter().map(|cause| self.asks(cause)).collect();
            let arguments = [("question", causes.join(&between).into())];
            (language.text_with(key, &arguments), all)
        });
        told.collect()
    }

    /// An attribute of a profile in words.
    pub(super) fn attribute(&self, id: &str, value: &str) -> (String, String) {
        (self.meaning(id), self.value(value))
    }

    /// What an attribute means; its id where no pack declares it.
    pub(super) fn meaning(&self, id: &str) -> String {
        let mut declared = self.words.law.words().attributes.iter();
        let meaning = declared.find(|(known, _)| known.as_str() == id);
        let meaning = meaning.map(|(_, one)| self.words.in_own(&one.meaning));
        meaning.unwrap_or_else(|| id.to_owned())
    }

    /// What recording would change in a profile, and what of it nobody has answered.
    pub(super) fn changes(
        &self,
        before: &Profile,
        after: &Profile,
        found: &Conclusion,
    ) -> ChangesView {
        let name = |role: &String| {
            let role = role.parse::<RoleId>();
            role.map_or_else(|_| String::new(), |role| self.words.role(&role))
        };
        let in_words = |id: &str, value: &str| {
            let (meaning, value) = self.attribute(id, value);
            format!("{meaning}: {value}")
        };
        let told = |profile: &Profile, other: &Profile| -> Vec<String> {
            let roles = profile.roles.difference(&other.roles).map(name);
            let values = profile.attributes.iter();
            let values = values.filter(|(id, value)| other.attributes.get(*id) != Some(value));
            let values = values.map(|(id, value)| in_words(id, value));
            roles.chain(values).collect()
        };
        let is_found = |role: &&String| found.roles.iter().any(|one| one.role.as_str() == **role);
        let kept = after.roles.iter().filter(|role| !is_found(role)).map(name);
        let said = |id: &str| found.attributes.keys().any(|one| one.as_str() == id);
        let values = after.attributes.iter().filter(|(id, _)| !said(id));
        let values = values.map(|(id, value)| in_words(id, value));
        ChangesView {
            gained: told(after, before),
            lost: told(before, after),
            kept: kept.chain(values).collect(),
        }
    }
}
