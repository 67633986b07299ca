//! The JSON of a bundle: written in one way, read strictly.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value, json};

use super::{Anchor, Bundle, Content, DOCUMENT_BYTES_MAX, Entry, EntryProof, FORMAT};
use crate::log::hash::Hash;
use crate::log::leaf::Commitment;
use crate::log::note::VerifierKey;
use crate::log::tick::{BatchPath, PublicProof};

/// Why a document is not a bundle: what, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a bundle: {what} at `{pointer}`")]
pub struct FormError {
    /// The place, as a JSON pointer; empty for the whole document.
    pub pointer: String,
    /// What is wrong there.
    pub what: String,
}

/// Returns the document, with a newline at its end. Without `seal` it is what the seal is over.
pub(super) fn document(bundle: &Bundle, seal: Option<&str>) -> String {
    let anchor = match bundle.anchor {
        Anchor::Public => "public",
        Anchor::Internal => "internal",
    };
    let mut value = json!({
        "format": FORMAT,
        "origin": bundle.origin,
        "key": bundle.key.to_string(),
        "anchor": anchor,
        "checkpoint": bundle.checkpoint,
        "entries": bundle.entries.iter().map(write_entry).collect::<Vec<_>>(),
        "summary": bundle.summary,
    });
    if let (Some(seal), Value::Object(map)) = (seal, &mut value) {
        map.insert("seal".to_owned(), seal.into());
    }
    // `{:#}` is the pretty form of serde_json; keys keep the order in which they were written.
    format!("{value:#}\n")
}

fn write_entry(entry: &Entry) -> Value {
    let mut map = Map::new();
    match &entry.content {
        Content::Kept { salt, bytes } => {
            map.insert("salt".to_owned(), BASE64_STANDARD.encode(salt).into());
            match std::str::from_utf8(bytes) {
                Ok(text) => map.insert("text".to_owned(), text.into()),
                Err(_) => map.insert("bytes".to_owned(), BASE64_STANDARD.encode(bytes).into()),
            };
        }
        Content::Erased(commitment) => {
            map.insert("commitment".to_owned(), Hash(commitment.0).to_string().into());
        }
    }
    match &entry.proof {
        EntryProof::Public(proof) => map.insert("public".to_owned(), write_public(proof)),
        EntryProof::Internal { index, inclusion } => {
            let proof = json!({ "index": index, "inclusion": write_hashes(inclusion) });
            map.insert("internal".to_owned(), proof)
        }
    };
    Value::Object(map)
}

fn write_public(proof: &PublicProof) -> Value {
    json!({
        "slot": proof.batch.slot,
        "batch": write_hashes(&proof.batch.hashes),
        "head": proof.batch.head.to_string(),
        "tick": proof.tick,
        "inclusion": write_hashes(&proof.inclusion),
    })
}

fn write_hashes(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(Hash::to_string).collect()
}

/// Reads a document: the bundle and its seal.
pub(super) fn read(document: &[u8]) -> Result<(Bundle, String), FormError> {
    let whole = |what: String| FormError { pointer: String::new(), what };
    if document.len() > DOCUMENT_BYTES_MAX {
        return Err(whole("more than 64 MiB".to_owned()));
    }
    let value: Value =
        serde_json::from_slice(document).map_err(|error| whole(format!("no JSON ({error})")))?;
    let place = Place { value: &value, pointer: String::new() };
    let format = place.field("format")?;
    if format.text()? != FORMAT {
        return Err(format.error(&format!("another format than `{FORMAT}`")));
    }
    place.only(&[
        "format",
        "origin",
        "key",
        "anchor",
        "checkpoint",
        "entries",
        "summary",
        "seal",
    ])?;
    let key = place.field("key")?;
    let bundle = Bundle {
        origin: place.field("origin")?.text()?.to_owned(),
        key: VerifierKey::parse(key.text()?).map_err(|error| key.error(&error.to_string()))?,
        anchor: read_anchor(&place.field("anchor")?)?,
        checkpoint: place.field("checkpoint")?.text()?.to_owned(),
        entries: place.field("entries")?.list(read_entry)?,
        summary: place.field("summary")?.value.clone(),
    };
    Ok((bundle, place.field("seal")?.text()?.to_owned()))
}

fn read_anchor(place: &Place<'_>) -> Result<Anchor, FormError> {
    match place.text()? {
        "public" => Ok(Anchor::Public),
        "internal" => Ok(Anchor::Internal),
        _ => Err(place.error("neither `public` nor `internal`")),
    }
}

fn read_entry(place: &Place<'_>) -> Result<Entry, FormError> {
    place.only(&["salt", "text", "bytes", "commitment", "public", "internal"])?;
    let content = match (place.has("commitment"), place.has("text"), place.has("bytes")) {
        (true, false, false) if !place.has("salt") => {
            Content::Erased(Commitment(place.field("commitment")?.hash()?.0))
        }
        (false, true, false) => {
            let bytes = place.field("text")?.text()?.as_bytes().to_vec();
            Content::Kept { salt: place.field("salt")?.hash()?.0, bytes }
        }
        (false, false, true) => {
            let bytes = place.field("bytes")?.base64()?;
            Content::Kept { salt: place.field("salt")?.hash()?.0, bytes }
        }
        _ => return Err(place.error("not one of `text`, `bytes` or `commitment`")),
    };
    let proof = match (place.has("public"), place.has("internal")) {
        (true, false) => EntryProof::Public(read_public(&place.field("public")?)?),
        (false, true) => read_internal(&place.field("internal")?)?,
        _ => return Err(place.error("not one of `public` or `internal`")),
    };
    Ok(Entry { content, proof })
}

fn read_public(place: &Place<'_>) -> Result<PublicProof, FormError> {
    place.only(&["slot", "batch", "head", "tick", "inclusion"])?;
    let slot = place.field("slot")?;
    Ok(PublicProof {
        batch: BatchPath {
            slot: u32::try_from(slot.number()?).map_err(|_| slot.error("a number above 2^32"))?,
            hashes: place.field("batch")?.list(Place::hash)?,
            head: place.field("head")?.hash()?,
        },
        tick: place.field("tick")?.number()?,
        inclusion: place.field("inclusion")?.list(Place::hash)?,
    })
}

fn read_internal(place: &Place<'_>) -> Result<EntryProof, FormError> {
    place.only(&["index", "inclusion"])?;
    let inclusion = place.field("inclusion")?.list(Place::hash)?;
    Ok(EntryProof::Internal { index: place.field("index")?.number()?, inclusion })
}

/// A value and where it stands.
struct Place<'a> {
    value: &'a Value,
    pointer: String,
}

impl<'a> Place<'a> {
    fn error(&self, what: &str) -> FormError {
        FormError { pointer: self.pointer.clone(), what: what.to_owned() }
    }

    fn object(&self) -> Result<&'a Map<String, Value>, FormError> {
        self.value.as_object().ok_or_else(|| self.error("no object"))
    }

    fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    fn only(&self, names: &[&str]) -> Result<(), FormError> {
        match self.object()?.keys().find(|key| !names.contains(&key.as_str())) {
            Some(key) => Err(self.error(&format!("the unknown field `{key}`"))),
            None => Ok(()),
        }
    }

    fn field(&self, name: &str) -> Result<Place<'a>, FormError> {
        match self.object()?.get(name) {
            Some(value) => Ok(Place { value, pointer: format!("{}/{name}", self.pointer) }),
            None => Err(self.error(&format!("the field `{name}` is missing"))),
        }
    }

    fn list<T>(
        &self,
        read: impl Fn(&Place<'a>) -> Result<T, FormError>,
    ) -> Result<Vec<T>, FormError> {
        let items = self.value.as_array().ok_or_else(|| self.error("no list"))?;
        let place = |(at, value)| Place { value, pointer: format!("{}/{at}", self.pointer) };
        items.iter().enumerate().map(place).map(|place| read(&place)).collect()
    }

    fn text(&self) -> Result<&'a str, FormError> {
        self.value.as_str().ok_or_else(|| self.error("no text"))
    }

    fn number(&self) -> Result<u64, FormError> {
        self.value.as_u64().ok_or_else(|| self.error("no whole number from 0 on"))
    }

    fn base64(&self) -> Result<Vec<u8>, FormError> {
        BASE64_STANDARD.decode(self.text()?).map_err(|_| self.error("no base64"))
    }

    fn hash(&self) -> Result<Hash, FormError> {
        Hash::from_slice(&self.base64()?).ok_or_else(|| self.error("not 32 bytes"))
    }
}
