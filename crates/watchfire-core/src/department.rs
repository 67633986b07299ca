//! Departments of the house: who answers for them, and which law concerns them.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Body, Chain, Concerns, DepartmentEvent, Desk, Event};
use crate::ids::{DepartmentId, PartyId};
use crate::law::Lawbook;
use crate::law::id::ProvisionId;
use crate::party;

/// A department says of at most so many things that they concern it.
pub const CONCERNS_MAX: usize = 500;
/// The name of a product has at most so many characters.
pub const PRODUCT_CHARS_MAX: usize = 200;

/// A department as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    pub id: DepartmentId,
    /// How many events it has; the number that the next append must expect.
    pub version: u64,
    pub organization: PartyId,
    pub desk: Desk,
    /// Why it is there no more.
    pub closed: Option<String>,
}

/// Why a change of a department was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DepartmentRefusal {
    /// Empty, too long, or with control characters.
    #[error("a name must have 1 to {max} characters", max = party::NAME_CHARS_MAX)]
    Name,
    /// No pack in use has it.
    #[error("no law pack in use has the {what} `{id}`")]
    Unknown { what: &'static str, id: String },
    /// More than fit.
    #[error("at most {CONCERNS_MAX} things can concern a department")]
    TooMany,
    /// The name of a product is empty or too long.
    #[error("the name of a product must have 1 to {PRODUCT_CHARS_MAX} characters")]
    Product,
    /// It was closed.
    #[error("the department is closed")]
    Closed,
}

impl DepartmentRefusal {
    /// Returns the stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name => "name_invalid",
            Self::Unknown { .. } => "concern_unknown",
            Self::TooMany => "concerns_too_many",
            Self::Product => "product_invalid",
            Self::Closed => "department_closed",
        }
    }
}

impl Department {
    /// Folds the events of one department, in order; `None` if it was never registered.
    pub fn from_events<'e>(
        id: &DepartmentId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut found: Option<Self> = None;
        for event in events {
            let Body::Department(of, happened) = &event.body else { continue };
            if of != id {
                continue;
            }
            match (&mut found, happened) {
                (None, DepartmentEvent::Registered { organization, desk }) => {
                    found = Some(Self {
                        id: id.clone(),
                        version: 1,
                        organization: organization.clone(),
                        desk: desk.clone(),
                        closed: None,
                    });
                }
                (None, _) => {}
                (Some(department), _) => department.apply(happened),
            }
        }
        found
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, event: &DepartmentEvent) {
        self.version += 1;
        match event {
            DepartmentEvent::Registered { .. } => {}
            DepartmentEvent::Changed { desk } => desk.clone_into(&mut self.desk),
            DepartmentEvent::Closed { reason } => self.closed = Some(reason.clone()),
        }
    }

    /// Returns who is told in what order about what was put before it: its head, whom the head
    /// answers to, and the executive of the house.
    pub fn chain(&self, house: &Chain) -> Chain {
        Chain {
            owner: self.desk.head.clone(),
            supervisor: self.desk.supervisor.clone().or_else(|| house.supervisor.clone()),
            executive: house.executive.clone(),
        }
    }
}

/// Checks what is said of a department against the laws in use.
///
/// # Errors
/// [`DepartmentRefusal`].
pub fn check(desk: &Desk, law: &Lawbook) -> Result<(), DepartmentRefusal> {
    party::check_name(&desk.name).map_err(|_| DepartmentRefusal::Name)?;
    let Concerns { laws, provisions, roles, jurisdictions, products } = &desk.concerns;
    let all = [laws, provisions, roles, jurisdictions, products];
    if all.iter().map(|set| set.len()).sum::<usize>() > CONCERNS_MAX {
        return Err(DepartmentRefusal::TooMany);
    }
    let unknown = |what, id: &String| DepartmentRefusal::Unknown { what, id: id.clone() };
    if let Some(id) = laws.iter().find(|id| law.pack(id).is_none()) {
        return Err(unknown("law", id));
    }
    if let Some(id) = provisions.iter().find(|id| law.provision(id).is_none()) {
        return Err(unknown("provision", id));
    }
    if let Some(id) = roles.iter().find(|id| !law.knows_role(id)) {
        return Err(unknown("role", id));
    }
    let known: BTreeSet<&str> = law.packs().iter().map(|pack| pack.jurisdiction.as_str()).collect();
    if let Some(id) = jurisdictions.iter().find(|id| !known.contains(id.as_str())) {
        return Err(unknown("jurisdiction", id));
    }
    let fits = |name: &String| {
        !name.trim().is_empty()
            && name.chars().count() <= PRODUCT_CHARS_MAX
            && !name.chars().any(char::is_control)
    };
    if products.iter().all(fits) { Ok(()) } else { Err(DepartmentRefusal::Product) }
}

/// What of a change of law reaches into the house: laws, provisions, roles and jurisdictions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    pub laws: BTreeSet<String>,
    pub provisions: BTreeSet<String>,
    pub roles: BTreeSet<String>,
    pub jurisdictions: BTreeSet<String>,
}

impl Reach {
    /// Gathers what some provisions reach, in either of two lawbooks.
    pub fn of<'p>(
        provisions: impl IntoIterator<Item = &'p ProvisionId>,
        books: [&Lawbook; 2],
    ) -> Self {
        let mut reach = Self::default();
        for id in provisions {
            reach.provisions.insert(id.to_string());
            reach.laws.insert(id.law().to_owned());
            for (pack, provision) in books.iter().filter_map(|book| book.provision(id.as_str())) {
                reach.jurisdictions.insert(pack.jurisdiction.clone());
                reach.roles.extend(provision.owed_by.iter().map(ToString::to_string));
            }
        }
        reach
    }

    /// Returns by what it reaches a department; nothing where it does not.
    pub fn touches(&self, concerns: &Concerns) -> BTreeSet<String> {
        let pairs = [
            (&self.laws, &concerns.laws),
            (&self.provisions, &concerns.provisions),
            (&self.roles, &concerns.roles),
            (&self.jurisdictions, &concerns.jurisdictions),
        ];
        pairs.into_iter().flat_map(|(reach, own)| reach & own).collect()
    }
}

/// Returns the departments that a change of law concerns, each with what of it does.
pub fn concerned<'d>(
    departments: impl IntoIterator<Item = &'d Department>,
    reach: &Reach,
) -> BTreeMap<DepartmentId, BTreeSet<String>> {
    let open = departments.into_iter().filter(|department| department.closed.is_none());
    let each =
        open.map(|department| (department.id.clone(), reach.touches(&department.desk.concerns)));
    each.filter(|(_, touched)| !touched.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn department(n: u8, concerns: Concerns) -> Department {
        Department {
            id: DepartmentId::from_random([n; 5]),
            version: 1,
            organization: PartyId::from_random([9; 5]),
            desk: Desk { name: format!("department {n}"), concerns, ..Desk::default() },
            closed: None,
        }
    }

    fn set(one: &str) -> BTreeSet<String> {
        BTreeSet::from([one.to_owned()])
    }

    #[test]
    fn a_change_concerns_a_department_by_law_provision_role_or_jurisdiction() {
        let law = Lawbook::builtin();
        let id: ProvisionId = "cn-rmsv/7.2".parse().expect("an id");
        let reach = Reach::of([&id], [law, law]);
        for concerns in [
            Concerns { laws: set("cn-rmsv"), ..Concerns::default() },
            Concerns { provisions: set("cn-rmsv/7.2"), ..Concerns::default() },
            Concerns { roles: set("cn-rmsv/provider"), ..Concerns::default() },
            Concerns { jurisdictions: set("CN"), ..Concerns::default() },
        ] {
            let found = department(1, concerns);
            assert_eq!(check(&found.desk, law), Ok(()));
            assert_eq!(concerned([&found], &reach).len(), 1, "{:?}", found.desk.concerns);
        }
        let other = department(2, Concerns { laws: set("eu-cra"), ..Concerns::default() });
        assert!(concerned([&other], &reach).is_empty());
        let closed = Department {
            closed: Some("merged".into()),
            ..department(3, Concerns { laws: set("cn-rmsv"), ..Concerns::default() })
        };
        assert!(concerned([&closed], &reach).is_empty());
    }

    #[test]
    fn what_no_pack_has_concerns_nobody() {
        let law = Lawbook::builtin();
        for (concerns, what) in [
            (Concerns { laws: set("xx-none"), ..Concerns::default() }, "law"),
            (Concerns { provisions: set("cn-rmsv/99"), ..Concerns::default() }, "provision"),
            (Concerns { roles: set("cn-rmsv/emperor"), ..Concerns::default() }, "role"),
            (Concerns { jurisdictions: set("ATLANTIS"), ..Concerns::default() }, "jurisdiction"),
        ] {
            let refused = check(&department(1, concerns).desk, law).expect_err("unknown");
            assert!(
                matches!(refused, DepartmentRefusal::Unknown { what: found, .. } if found == what)
            );
        }
        let empty = Desk { name: " ".into(), ..Desk::default() };
        assert_eq!(check(&empty, law), Err(DepartmentRefusal::Name));
        let product = Concerns { products: set(""), ..Concerns::default() };
        let refused = check(&department(1, product).desk, law);
        assert_eq!(refused, Err(DepartmentRefusal::Product));
    }

    #[test]
    fn the_supervisor_of_the_house_stands_in_for_one_that_is_not_named() {
        let [head, own, house, boss] = [1, 2, 3, 4].map(|n| PartyId::from_random([n; 5]));
        let mut found = department(1, Concerns::default());
        found.desk.head = Some(head.clone());
        let of_house =
            Chain { owner: None, supervisor: Some(house.clone()), executive: Some(boss.clone()) };
        let chain = found.chain(&of_house);
        assert_eq!((chain.owner, chain.supervisor), (Some(head), Some(house)));
        found.desk.supervisor = Some(own.clone());
        assert_eq!(found.chain(&of_house).supervisor, Some(own));
        assert_eq!(found.chain(&of_house).executive, Some(boss));
    }
}
