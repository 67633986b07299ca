//! The questions in short groups, each asked at once; and what makes a question matter.

use super::{Answers, Asking, Finds, PlaceAsking, Stand};
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Pack, Provision};
use crate::law::reads::Reads;

/// So many jurisdictions are asked for together.
const PLACES_TOGETHER: usize = 5;

/// The name of what stands after the last round. No law has it, since no law's id has a slash.
pub const RESULT: &str = "/result";
/// The name of the rounds that ask for jurisdictions.
const PLACES: &str = "/places";

/// Questions that are asked together: some jurisdictions, or those of one pack that hang on none
/// in the same round.
#[derive(Debug, Clone)]
pub struct Round<'a> {
    /// `/places`, or the law; from the second on with its number: `eu-cra.2`.
    pub id: String,
    /// The pack that asks; none where jurisdictions are asked for.
    pub pack: Option<&'a Pack>,
    pub places: Vec<&'a PlaceAsking>,
    pub stands: Vec<Stand<'a>>,
}

impl Round<'_> {
    /// Returns whether all its questions are left out.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.stands.is_empty()
    }

    /// Returns whether it asks this question.
    pub fn asks(&self, question: &str) -> bool {
        self.places.iter().any(|place| place.id() == question)
            || self.stands.iter().any(|stand| stand.asking.id == question)
    }
}

fn named(name: &str, at: usize) -> String {
    if at == 0 { name.to_owned() } else { format!("{name}.{}", at + 1) }
}

impl Lawbook {
    /// Returns every round in the order in which they are asked, by jurisdiction; a round whose
    /// questions are all left out is empty and keeps its place.
    pub fn rounds<'a>(&'a self, answers: &'a Answers) -> Vec<Round<'a>> {
        let places = self.asked_places();
        let mut rounds: Vec<Round<'a>> = places
            .chunks(PLACES_TOGETHER)
            .enumerate()
            .map(|(at, together)| Round {
                id: named(PLACES, at),
                pack: None,
                places: together
                    .iter()
                    .filter(|place| self.place_not_asked(place, answers).is_none())
                    .collect(),
                stands: Vec::new(),
            })
            .collect();
        let mut packs: Vec<&Pack> = self.packs().iter().collect();
        packs.sort_by_key(|pack| {
            let place = places.iter().position(|one| one.jurisdiction == pack.jurisdiction);
            place.unwrap_or(places.len())
        });
        for pack in packs {
            rounds.extend(self.rounds_of(pack, answers));
        }
        rounds
    }

    fn rounds_of<'a>(&'a self, pack: &'a Pack, answers: &'a Answers) -> Vec<Round<'a>> {
        let mut rounds: Vec<Round<'a>> = Vec::new();
        for asking in &pack.questions {
            let at = depth(pack, asking);
            while rounds.len() <= at {
                let id = named(pack.id.as_str(), rounds.len());
                rounds.push(Round { id, pack: Some(pack), places: Vec::new(), stands: Vec::new() });
            }
            let stand = self.stand(pack, asking, answers);
            if stand.not_asked.is_none() {
                rounds[at].stands.push(stand);
            }
        }
        rounds
    }

    /// Returns the provisions that make a question matter: those that oblige a role that it finds,
    /// or those of its pack that read the attribute.
    pub fn matters<'a>(&'a self, pack: &'a Pack, asking: &Asking) -> Vec<&'a Provision> {
        match &asking.finds {
            Finds::Roles(roles) => {
                let others = self.packs().iter().filter(|other| other.id != pack.id);
                let all = std::iter::once(pack).chain(others).flat_map(|one| &one.provisions);
                all.filter(|one| one.owed_by.iter().any(|role| roles.contains(role))).collect()
            }
            Finds::Attribute(id) => {
                let reads = |one: &&Provision| Reads::of(self, pack, one).attributes.contains(id);
                pack.provisions.iter().filter(reads).collect()
            }
        }
    }
}

/// On how many questions of its pack a question hangs, one after the other.
fn depth(pack: &Pack, asking: &Asking) -> usize {
    let before = pack.questions.iter().filter(|one| asking.only_if.contains(&one.id));
    before.map(|one| depth(pack, one) + 1).max().unwrap_or_default()
}
