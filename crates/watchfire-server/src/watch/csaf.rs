//! A provider of CSAF documents: its metadata say where its listings are, and those where its
//! documents are.
//!
//! Hashes are checked wherever they are offered, before a document is handed over. Signatures are
//! not: who may sign for a provider would have to be known from elsewhere.
//!
//! Source: CSAF 2.0, section 7.1 (requirements 6 to 18) and 7.3 (retrieving rules).

mod listing;
mod provider;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256, Sha512};

use super::Trouble;
use super::mirror::{Got, Mirror, Tour, Wanted, outside};
use super::news::Outlet;
use super::state::{Mark, State};
use crate::outside::fetch::{FetchError, Fetched, Validators};
use listing::{Listed, Place};
use provider::Provider;

/// Documents that are taken of one provider.
const DOCUMENTS_MAX: usize = 1_000_000;
/// Pages that are read of one feed.
const PAGES_MAX: usize = 1_000;

/// Reads what changed in the listings of a provider.
pub(super) async fn read(
    mirror: &Mirror<'_>,
    at: &str,
    state: &mut State,
    outlet: &mut Outlet,
) -> Result<(), Trouble> {
    let provider = Provider::find(mirror, at).await?;
    let mut round =
        Round { mirror, provider: &provider, wanted: BTreeMap::new(), read: Vec::new() };
    let mut first = None;
    for place in &provider.places {
        // A listing that cannot be had holds up none of the others.
        if let Err(trouble) = round.listing(place, state, outlet).await {
            if matches!(trouble, Trouble::Stopped) {
                return Err(trouble);
            }
            first.get_or_insert(trouble);
        }
    }
    let Round { wanted, read, .. } = round;
    let wanted: Vec<Wanted> = wanted.into_values().collect();
    let ask = |wanted| document(mirror, &provider, wanted);
    Tour::new(state, outlet).take(wanted, ask).await?;
    for (url, validators) in read {
        state.keep_validators(&url, validators);
    }
    outlet.keep_after(1, state).await?;
    first.map_or(Ok(()), Err)
}

/// The listings of a provider, while they are read.
struct Round<'a> {
    mirror: &'a Mirror<'a>,
    provider: &'a Provider,
    /// By their names, so that a document is asked for once, in however many listings it is.
    wanted: BTreeMap<String, Wanted>,
    /// The listings that were read, with their validators.
    read: Vec<(String, Validators)>,
}

impl Round<'_> {
    async fn listing(
        &mut self,
        place: &Place,
        state: &State,
        outlet: &mut Outlet,
    ) -> Result<(), Trouble> {
        match place {
            Place::Feed(url) => self.feed(url, state, outlet).await,
            Place::Directory(base) => self.directory(base, state, outlet).await,
        }
    }

    /// Reads a ROLIE feed with all its pages (requirement 15; RFC 8322).
    async fn feed(&mut self, url: &str, state: &State, outlet: &mut Outlet) -> Result<(), Trouble> {
        let mut next = Some(url.to_owned());
        for page in 0..PAGES_MAX {
            let Some(url) = next.take() else { return Ok(()) };
            let fetched = self.mirror.fetch(&url, &state.validators(&url)).await;
            let answer = match fetched.map_err(|error| outside(&url, error))? {
                Fetched::Unchanged => return Ok(()),
                Fetched::Whole(answer) => answer,
            };
            let (listed, following) = listing::feed(&url, &answer.bytes)?;
            self.want(listed, state, outlet).await?;
            // Of several pages one may change without the first.
            if page == 0 && following.is_none() {
                self.read.push((url, answer.validators));
            }
            next = following;
        }
        Err(Trouble::TooMuch("pages of a feed than are read"))
    }

    /// Reads a directory: `changes.csv` (requirement 13), or where there is none `index.txt`
    /// (requirement 12), which does not say what changed.
    async fn directory(
        &mut self,
        base: &str,
        state: &State,
        outlet: &mut Outlet,
    ) -> Result<(), Trouble> {
        let url = format!("{base}changes.csv");
        let known = state.validators(&url);
        match self.mirror.fetch(&url, &known).await {
            Ok(Fetched::Unchanged) => return Ok(()),
            Ok(Fetched::Whole(answer)) => {
                let listed = listing::changes(&url, base, &answer.bytes)?;
                self.want(listed, state, outlet).await?;
                self.read.push((url, answer.validators));
                return Ok(());
            }
            Err(FetchError::Status { status: 404 | 410, .. }) => {}
            Err(error) => return Err(outside(&url, error)),
        }
        let url = format!("{base}index.txt");
        let fetched = self.mirror.fetch(&url, &Validators::default()).await;
        match fetched.map_err(|error| outside(&url, error))? {
            Fetched::Unchanged => Ok(()),
            Fetched::Whole(answer) => {
                let listed = listing::index(&url, base, &answer.bytes)?;
                self.want(listed, state, outlet).await
            }
        }
    }

    /// Notes what of a listing is to be asked for.
    async fn want(
        &mut self,
        listed: Vec<Listed>,
        state: &State,
        outlet: &mut Outlet,
    ) -> Result<(), Trouble> {
        for one in listed {
            let Listed { url, stamp, hashes, is_hash_promised } = match one {
                Listed { url: Err(told), .. } => {
                    outlet.apart(&told, "its name in the listing leads elsewhere").await?;
                    continue;
                }
                good => good,
            };
            let Ok(url) = url else { continue };
            let name = self.provider.name_of(&url);
            let known = match state.units.get(&name) {
                Some(Mark::Stamp(known)) => Some(*known),
                _ => None,
            };
            // A listing that goes back in time is a copy of an older one.
            if stamp.zip(known).is_some_and(|(stamp, known)| stamp <= known) {
                continue;
            }
            if self.wanted.len() == DOCUMENTS_MAX {
                return Err(Trouble::TooMuch("documents of one provider than are taken"));
            }
            let one = Wanted { name: name.clone(), url, stamp, hashes, is_hash_promised };
            match self.wanted.get(&name) {
                Some(other) if other.stamp >= one.stamp => {}
                _ => drop(self.wanted.insert(name, one)),
            }
        }
        Ok(())
    }
}

/// Asks for a document and checks it.
async fn document(mirror: &Mirror<'_>, provider: &Provider, wanted: Wanted) -> Got {
    let bytes = match mirror.document(&wanted.url).await {
        Got::Document(bytes) => bytes,
        other => return other,
    };
    for url in &wanted.hashes {
        let Some(hash) = Hash::of(url) else { continue };
        match mirror.document(url).await {
            Got::Document(text) if hash.holds(&text, &bytes) => return Got::Document(bytes),
            Got::Document(_) => {
                return Got::Apart(format!("its {} is not the one that is offered", hash.name()));
            }
            Got::Apart(reason) if wanted.is_hash_promised => {
                return Got::Apart(format!("its {} cannot be had: {reason}", hash.name()));
            }
            Got::Apart(_) | Got::Stale(_) => {}
            stumbled @ Got::Stumbled(..) => return stumbled,
        }
    }
    // CSAF 2.0, 7.3.2: of a trusted provider hashes must be checked before anything else.
    if provider.is_trusted {
        let reason = "a trusted provider offers a hash of each document, and there is none";
        return Got::Apart(reason.to_owned());
    }
    Got::Document(bytes)
}

/// A way to hash (CSAF 2.0, 7.1.18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    /// By the ending of a file of a hash.
    fn of(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        match path.rsplit('.').next() {
            Some("sha512") => Some(Self::Sha512),
            Some("sha256") => Some(Self::Sha256),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Whether `text`, a hash and perhaps the name of the file, is of `bytes`.
    fn holds(self, text: &[u8], bytes: &[u8]) -> bool {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let expected = match self {
            Self::Sha256 => hex(&Sha256::digest(bytes)),
            Self::Sha512 => hex(&Sha512::digest(bytes)),
        };
        let first = text.split(u8::is_ascii_whitespace).find(|word| !word.is_empty());
        first.is_some_and(|word| word.eq_ignore_ascii_case(expected.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_holds_for_its_bytes_alone_with_and_without_a_name_behind_it() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hash = Hash::of("https://a.example/x.json.sha256?v=1").expect("a hash");
        assert_eq!(hash, Hash::Sha256);
        for (text, bytes, expected) in [
            (empty.to_owned(), &b""[..], true),
            (format!("{empty}  x.json\n"), b"", true),
            (empty.to_uppercase(), b"", true),
            (empty.to_owned(), b" ", false),
            (empty[1..].to_owned(), b"", false),
            (String::new(), b"", false),
            (format!("x.json  {empty}"), b"", false),
        ] {
            assert_eq!(hash.holds(text.as_bytes(), bytes), expected, "{text}");
        }
        assert_eq!(Hash::of("x.json.SHA512"), Some(Hash::Sha512));
        assert_eq!(Hash::of("x.json.asc"), None);
    }
}
