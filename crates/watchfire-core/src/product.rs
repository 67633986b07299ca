//! Products and their releases: what a house has, and who answers for it.

use std::collections::BTreeMap;

use crate::event::{Body, Event, ProductCard, ProductEvent, ReleaseCard, ReleaseEvent, SbomRecord};
use crate::ids::{PartyId, ProductId, ReleaseId, SbomId};
use crate::party;

/// A name has at most so many characters.
pub const PRODUCT_NAME_CHARS_MAX: usize = 200;
/// A description has at most so many characters.
pub const DESCRIPTION_CHARS_MAX: usize = 4_000;
/// A version has at most so many characters.
pub const VERSION_CHARS_MAX: usize = 200;
/// A product goes by at most so many identifiers.
pub const IDENTIFIERS_MAX: usize = 50;
/// A release has at most so many SBOMs at a time.
pub const SBOMS_MAX: usize = 200;
/// A reason has at most so many characters.
pub const REASON_CHARS_MAX: usize = 2_000;

/// A product as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: ProductId,
    /// How many events it has; the number that the next append must expect.
    pub version: u64,
    pub organization: PartyId,
    pub card: ProductCard,
    /// Why it is there no more.
    pub retired: Option<String>,
}

/// A release as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub id: ReleaseId,
    /// How many events it has; the number that the next append must expect.
    pub version: u64,
    pub organization: PartyId,
    pub product: ProductId,
    pub card: ReleaseCard,
    /// Why it is in use nowhere any more.
    pub retired: Option<String>,
    /// What it is made of, by what is attached now.
    pub sboms: BTreeMap<SbomId, SbomRecord>,
}

/// Why a change of a product or a release was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductRefusal {
    /// Empty, too long, or with control characters.
    #[error("the {field} must have 1 to {chars_max} characters, and none of them of control")]
    Text { field: &'static str, chars_max: usize },
    /// No code of a country.
    #[error("`{0}` is no code of a country such as `DE`: two capital letters")]
    Country(String),
    /// The support ends before it begins.
    #[error("the support period ends on {until}, before the release of {from}")]
    Support { from: String, until: String },
    /// More than fit.
    #[error("a product goes by at most {IDENTIFIERS_MAX} identifiers")]
    Identifiers,
    /// It was retired.
    #[error("the {0} is retired")]
    Retired(&'static str),
    /// The release has no such SBOM.
    #[error("no SBOM `{0}` is attached to the release")]
    NoSbom(SbomId),
    /// The same document is attached already.
    #[error("the same document is attached already, as {0}")]
    SameSbom(SbomId),
    /// More than fit.
    #[error("a release has at most {SBOMS_MAX} SBOMs")]
    Sboms,
}

impl ProductRefusal {
    /// Returns the stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text_length",
            Self::Country(_) => "country_invalid",
            Self::Support { .. } => "support_period_invalid",
            Self::Identifiers | Self::Sboms => "too_large",
            Self::Retired(_) => "retired",
            Self::NoSbom(_) => "sbom_unknown",
            Self::SameSbom(_) => "sbom_attached",
        }
    }

    /// Returns where in what was said it is wrong, as a JSON pointer.
    pub fn pointer(&self) -> Option<String> {
        match self {
            Self::Text { field, .. } => Some(format!("/{field}")),
            Self::Country(_) => Some("/sold_in".to_owned()),
            Self::Support { .. } => Some("/supported_until".to_owned()),
            Self::Identifiers => Some("/identifiers".to_owned()),
            _ => None,
        }
    }
}

impl Product {
    /// Folds the events of one product, in order; `None` if it was never registered.
    pub fn from_events<'e>(
        id: &ProductId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut found: Option<Self> = None;
        for event in events {
            let Body::Product(of, happened) = &event.body else { continue };
            match (&mut found, happened) {
                _ if of != id => {}
                (None, ProductEvent::Registered { organization, product }) => {
                    found = Some(Self {
                        id: id.clone(),
                        version: 1,
                        organization: organization.clone(),
                        card: product.clone(),
                        retired: None,
                    });
                }
                (None, _) => {}
                (Some(product), happened) => product.apply(happened),
            }
        }
        found
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, event: &ProductEvent) {
        self.version += 1;
        match event {
            ProductEvent::Registered { .. } => {}
            ProductEvent::Changed { product } => product.clone_into(&mut self.card),
            ProductEvent::Retired { reason } => self.retired = Some(reason.clone()),
        }
    }

    /// Checks that it can still change.
    ///
    /// # Errors
    /// [`ProductRefusal::Retired`].
    pub fn check_open(&self) -> Result<(), ProductRefusal> {
        if self.retired.is_some() { Err(ProductRefusal::Retired("product")) } else { Ok(()) }
    }
}

impl Release {
    /// Folds the events of one release, in order; `None` if it was never registered.
    pub fn from_events<'e>(
        id: &ReleaseId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut found: Option<Self> = None;
        for event in events {
            let Body::Release(of, happened) = &event.body else { continue };
            match (&mut found, happened) {
                _ if of != id => {}
                (None, ReleaseEvent::Registered { organization, product, release }) => {
                    found = Some(Self {
                        id: id.clone(),
                        version: 1,
                        organization: organization.clone(),
                        product: product.clone(),
                        card: release.clone(),
                        retired: None,
                        sboms: BTreeMap::new(),
                    });
                }
                (None, _) => {}
                (Some(release), happened) => release.apply(happened),
            }
        }
        found
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, event: &ReleaseEvent) {
        self.version += 1;
        match event {
            ReleaseEvent::Registered { .. } => {}
            ReleaseEvent::Changed { release } => release.clone_into(&mut self.card),
            ReleaseEvent::Retired { reason } => self.retired = Some(reason.clone()),
            ReleaseEvent::SbomAttached { sbom, record, replaces } => {
                for replaced in replaces {
                    self.sboms.remove(replaced);
                }
                self.sboms.insert(sbom.clone(), record.as_ref().clone());
            }
            ReleaseEvent::SbomDetached { sbom, .. } => {
                self.sboms.remove(sbom);
            }
        }
    }

    /// Checks that it can still change.
    ///
    /// # Errors
    /// [`ProductRefusal::Retired`].
    pub fn check_open(&self) -> Result<(), ProductRefusal> {
        if self.retired.is_some() { Err(ProductRefusal::Retired("release")) } else { Ok(()) }
    }

    /// Attaches an SBOM, instead of what is attached or beside it.
    ///
    /// # Errors
    /// [`ProductRefusal::Retired`]; [`ProductRefusal::SameSbom`] where nothing would change;
    /// [`ProductRefusal::Sboms`].
    pub fn attach(
        &self,
        sbom: SbomId,
        record: SbomRecord,
        is_beside: bool,
    ) -> Result<ReleaseEvent, ProductRefusal> {
        self.check_open()?;
        let same = self.sboms.iter().find(|(_, it)| it.document == record.document);
        if let Some((known, _)) = same.filter(|_| is_beside || self.sboms.len() == 1) {
            return Err(ProductRefusal::SameSbom(known.clone()));
        }
        if is_beside && self.sboms.len() >= SBOMS_MAX {
            return Err(ProductRefusal::Sboms);
        }
        let replaces = if is_beside { Vec::new() } else { self.sboms.keys().cloned().collect() };
        Ok(ReleaseEvent::SbomAttached { sbom, record: Box::new(record), replaces })
    }

    /// Detaches an SBOM.
    ///
    /// # Errors
    /// [`ProductRefusal::NoSbom`], [`ProductRefusal::Text`] for the reason.
    pub fn detach(&self, sbom: &SbomId, reason: &str) -> Result<ReleaseEvent, ProductRefusal> {
        if !self.sboms.contains_key(sbom) {
            return Err(ProductRefusal::NoSbom(sbom.clone()));
        }
        check_reason(reason)?;
        Ok(ReleaseEvent::SbomDetached { sbom: sbom.clone(), reason: reason.to_owned() })
    }
}

/// Returns who answers for a release: its own owner, else that of its product.
pub fn owner<'a>(release: &'a ReleaseCard, product: &'a ProductCard) -> Option<&'a PartyId> {
    release.owner.as_ref().or(product.owner.as_ref())
}

/// Checks what is said of a product. Its identifiers are checked by whoever parsed them.
///
/// # Errors
/// [`ProductRefusal`].
pub fn check_product(card: &ProductCard) -> Result<(), ProductRefusal> {
    line("name", &card.name, PRODUCT_NAME_CHARS_MAX)?;
    if let Some(description) = &card.description {
        text("description", description, DESCRIPTION_CHARS_MAX)?;
    }
    if card.identifiers.len() > IDENTIFIERS_MAX {
        return Err(ProductRefusal::Identifiers);
    }
    card.identifiers.iter().try_for_each(|it| line("identifiers", it, PRODUCT_NAME_CHARS_MAX))
}

/// Checks what is said of a release.
///
/// # Errors
/// [`ProductRefusal`].
pub fn check_release(card: &ReleaseCard) -> Result<(), ProductRefusal> {
    line("version", &card.version, VERSION_CHARS_MAX)?;
    if let Some(odd) = card.sold_in.iter().find(|code| !party::is_country(code)) {
        return Err(ProductRefusal::Country(odd.clone()));
    }
    if let (Some(from), Some(until)) = (card.released_on, card.supported_until)
        && until < from
    {
        let [from, until] = [from, until].map(|day| day.to_string());
        return Err(ProductRefusal::Support { from, until });
    }
    Ok(())
}

/// Checks a reason.
///
/// # Errors
/// [`ProductRefusal::Text`].
pub fn check_reason(reason: &str) -> Result<(), ProductRefusal> {
    text("reason", reason, REASON_CHARS_MAX)
}

fn line(field: &'static str, said: &str, chars_max: usize) -> Result<(), ProductRefusal> {
    if said.chars().any(char::is_control) {
        return Err(ProductRefusal::Text { field, chars_max });
    }
    text(field, said, chars_max)
}

fn text(field: &'static str, said: &str, chars_max: usize) -> Result<(), ProductRefusal> {
    let fits = !said.trim().is_empty() && said.chars().count() <= chars_max;
    if fits { Ok(()) } else { Err(ProductRefusal::Text { field, chars_max }) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn release(sboms: &[(u8, &str)]) -> Release {
        let mut found = Release {
            id: ReleaseId::from_random([1; 5]),
            version: 1,
            organization: PartyId::from_random([9; 5]),
            product: ProductId::from_random([2; 5]),
            card: ReleaseCard { version: "1.0".into(), ..ReleaseCard::default() },
            retired: None,
            sboms: BTreeMap::new(),
        };
        for (n, document) in sboms {
            let id = SbomId::from_random([*n; 5]);
            found.sboms.insert(id, record(document));
        }
        found
    }

    fn record(document: &str) -> SbomRecord {
        SbomRecord { document: document.into(), ..SbomRecord::default() }
    }

    fn id(n: u8) -> SbomId {
        SbomId::from_random([n; 5])
    }

    #[test]
    fn an_sbom_replaces_what_is_attached_or_stands_beside_it() {
        let mut both = release(&[(1, "aa"), (2, "bb")]);
        let replacing = both.attach(id(3), record("cc"), false).expect("replaces");
        both.apply(&replacing);
        assert_eq!(both.sboms.keys().cloned().collect::<Vec<_>>(), [id(3)]);
        let beside = both.attach(id(4), record("dd"), true).expect("stands beside");
        both.apply(&beside);
        assert_eq!(both.sboms.len(), 2);
        let gone = both.detach(&id(3), "of another product").expect("detached");
        both.apply(&gone);
        assert_eq!(both.sboms.keys().cloned().collect::<Vec<_>>(), [id(4)]);
        assert_eq!(both.version, 4);
    }

    #[test]
    fn what_would_change_nothing_is_refused() {
        let one = release(&[(1, "aa")]);
        for is_beside in [true, false] {
            let refused = one.attach(id(2), record("aa"), is_beside);
            assert_eq!(refused, Err(ProductRefusal::SameSbom(id(1))));
        }
        // Of two it makes one.
        assert!(release(&[(1, "aa"), (2, "bb")]).attach(id(3), record("aa"), false).is_ok());
        assert_eq!(one.detach(&id(7), "why"), Err(ProductRefusal::NoSbom(id(7))));
        assert!(matches!(one.detach(&id(1), " "), Err(ProductRefusal::Text { .. })));
        let retired = Release { retired: Some("gone".into()), ..release(&[]) };
        let refused = retired.attach(id(2), record("aa"), false);
        assert_eq!(refused, Err(ProductRefusal::Retired("release")));
    }

    #[test]
    fn a_release_without_an_owner_is_its_products() {
        let [own, of_product] = [1, 2].map(|n| PartyId::from_random([n; 5]));
        let product = ProductCard { owner: Some(of_product.clone()), ..ProductCard::default() };
        let mut card = ReleaseCard::default();
        assert_eq!(owner(&card, &product), Some(&of_product));
        card.owner = Some(own.clone());
        assert_eq!(owner(&card, &product), Some(&own));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let card = ReleaseCard { version: "1".into(), ..ReleaseCard::default() };
        assert_eq!(check_release(&card), Ok(()));
        let day = |text: &str| Some(text.parse().expect("a day"));
        for (odd, pointer) in [
            (ReleaseCard { version: String::new(), ..card.clone() }, "/version"),
            (ReleaseCard { version: "1\n2".into(), ..card.clone() }, "/version"),
            (ReleaseCard { sold_in: BTreeSet::from(["de".into()]), ..card.clone() }, "/sold_in"),
            (
                ReleaseCard {
                    released_on: day("2026-01-02"),
                    supported_until: day("2026-01-01"),
                    ..card.clone()
                },
                "/supported_until",
            ),
        ] {
            let refused = check_release(&odd).expect_err("refused");
            assert_eq!(refused.pointer().as_deref(), Some(pointer), "{odd:?}");
        }
        let product = ProductCard { name: " ".into(), ..ProductCard::default() };
        assert_eq!(
            check_product(&product).expect_err("no name").pointer().as_deref(),
            Some("/name")
        );
    }
}
