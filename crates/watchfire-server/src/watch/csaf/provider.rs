//! Who provides documents, and in which listings.

use reqwest::Url;
use serde_json::Value;

use super::super::Trouble;
use super::super::mirror::{Mirror, outside};
use super::listing::Place;
use crate::outside::fetch::{FetchError, Fetched, Validators};

/// A provider has so many listings at most.
const PLACES_MAX: usize = 1_000;
/// Of a `security.txt` so many lines are followed.
const LINES_MAX: usize = 10;

/// A provider of documents, as its metadata say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Provider {
    /// The folder in which its metadata lie.
    base: String,
    /// Whether its documents must come with hashes.
    pub(super) is_trusted: bool,
    pub(super) places: Vec<Place>,
}

impl Provider {
    /// Finds the metadata at an address that names them, or else as CSAF 2.0, 7.3.1 says: at the
    /// well-known place, in `security.txt`, and behind the DNS path (requirements 9, 8 and 10).
    pub(super) async fn find(mirror: &Mirror<'_>, at: &str) -> Result<Self, Trouble> {
        let url = Url::parse(at).map_err(|error| Trouble::malformed(at, error.to_string()))?;
        if url.path().ends_with(".json") {
            return fetch(mirror, url.as_str()).await;
        }
        let of_host = |path: &str| url.join(path).map(String::from).unwrap_or_default();
        let well_known = of_host("/.well-known/csaf/provider-metadata.json");
        let first = match fetch(mirror, &well_known).await {
            Err(trouble) if is_absent(&trouble) => trouble,
            done => return done,
        };
        for path in ["/.well-known/security.txt", "/security.txt"] {
            for line in named_in_security_txt(mirror, &of_host(path)).await {
                match fetch(mirror, &line).await {
                    Err(trouble) if is_absent(&trouble) => {}
                    done => return done,
                }
            }
        }
        let dns = url.domain().map(|domain| format!("https://csaf.data.security.{domain}/"));
        match dns {
            // What the well-known place said is the plainest.
            Some(dns) => fetch(mirror, &dns).await.map_err(|_| first),
            None => Err(first),
        }
    }

    fn read(url: &str, bytes: &[u8]) -> Result<Self, Trouble> {
        let json: Value = serde_json::from_slice(bytes)
            .map_err(|error| Trouble::malformed(url, format!("it is no metadata: {error}")))?;
        let distributions = json.get("distributions").and_then(Value::as_array);
        let distributions = distributions.map(Vec::as_slice).unwrap_or_default();
        let (mut feeds, mut directories) = (Vec::new(), Vec::new());
        for one in distributions {
            let of_rolie = one.pointer("/rolie/feeds").and_then(Value::as_array);
            let of_rolie = of_rolie.into_iter().flatten().filter(|feed| is_open(feed));
            let urls = of_rolie.filter_map(|feed| feed.get("url").and_then(Value::as_str));
            feeds.extend(urls.map(|url| Place::Feed(url.to_owned())));
            // 2.0 names a directory by its address; 2.1 says with it for whom it is.
            let of_2_1 = one.get("directory").filter(|it| is_open(it));
            let named = one.get("directory_url").or_else(|| of_2_1.and_then(|it| it.get("url")));
            let named = named.and_then(Value::as_str);
            directories.extend(
                named.map(|url| Place::Directory(format!("{}/", url.trim_end_matches('/')))),
            );
        }
        // CSAF 2.0, 7.3.2: if both are there, ROLIE is preferred.
        let mut places = if feeds.is_empty() { directories } else { feeds };
        places.sort();
        places.dedup();
        if places.is_empty() {
            return Err(Trouble::malformed(url, "its metadata name no listing for everybody"));
        }
        if places.len() > PLACES_MAX {
            return Err(Trouble::TooMuch("listings of one provider than are read"));
        }
        let role = json.get("role").and_then(Value::as_str);
        let base = url.rsplit_once('/').map_or(url, |(base, _)| base);
        let is_trusted = role == Some("csaf_trusted_provider");
        Ok(Self { base: format!("{base}/"), is_trusted, places })
    }

    /// Names a document: by its path below the metadata, or by the whole of its address.
    pub(super) fn name_of(&self, url: &str) -> String {
        let below = url.strip_prefix(&self.base).filter(|below| !below.is_empty());
        let elsewhere = || url.split_once("://").map_or(url, |(_, rest)| rest);
        below.unwrap_or_else(elsewhere).to_owned()
    }
}

/// Whether a listing may be for everybody; what is not, nobody gets without an agreement
/// (requirement 5).
fn is_open(place: &Value) -> bool {
    let label = place.get("tlp_label").and_then(Value::as_str).unwrap_or_default();
    !label.starts_with("AMBER") && label != "RED"
}

async fn fetch(mirror: &Mirror<'_>, url: &str) -> Result<Provider, Trouble> {
    match mirror.fetch(url, &Validators::default()).await {
        Ok(Fetched::Whole(answer)) => Provider::read(url, &answer.bytes),
        Ok(Fetched::Unchanged) => Err(Trouble::malformed(url, "it answers 304")),
        Err(error) => Err(outside(url, error)),
    }
}

/// Whether something is not there, so that another place is looked at.
fn is_absent(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Outside { error, .. } => {
            matches!(
                error,
                FetchError::Status { status: 400..=499, .. } | FetchError::Redirected(_)
            )
        }
        Trouble::Malformed { .. } => true,
        _ => false,
    }
}

/// The addresses that the lines `CSAF:` of a `security.txt` name.
async fn named_in_security_txt(mirror: &Mirror<'_>, url: &str) -> Vec<String> {
    match mirror.fetch(url, &Validators::default()).await {
        Ok(Fetched::Whole(answer)) => lines(&String::from_utf8_lossy(&answer.bytes)),
        // Without one there are the other ways.
        Ok(Fetched::Unchanged) | Err(_) => Vec::new(),
    }
}

fn lines(text: &str) -> Vec<String> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let named = fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case("csaf"));
    named.map(|(_, value)| value.trim().to_owned()).take(LINES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(metadata: &Value) -> Result<Provider, String> {
        let url = "https://a.example/csaf/provider-metadata.json";
        let read = Provider::read(url, metadata.to_string().as_bytes());
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn feeds_are_preferred_and_what_is_not_for_everybody_is_left_alone() {
        let feed = |label: &str, url: &str| json!({"tlp_label": label, "url": url});
        let feeds = json!([
            feed("WHITE", "https://a.example/w.json"),
            feed("AMBER", "https://a.example/a.json"),
            feed("AMBER+STRICT", "https://a.example/s.json"),
            feed("RED", "https://a.example/r.json"),
            feed("GREEN", "https://a.example/g.json"),
        ]);
        let directory = json!({"directory_url": "https://a.example/white"});
        let both = json!({
            "role": "csaf_trusted_provider",
            "distributions": [{"rolie": {"feeds": feeds}}, directory],
        });
        let found = read(&both).expect("metadata");
        let feed = |url: &str| Place::Feed(url.to_owned());
        let expected = [feed("https://a.example/g.json"), feed("https://a.example/w.json")];
        assert_eq!((found.places.as_slice(), found.is_trusted), (&expected[..], true));
        let of_2_1 = json!({"directory": {"tlp_label": "CLEAR", "url": "https://a.example/c/"}});
        let found = read(&json!({"distributions": [directory, of_2_1]})).expect("metadata");
        let directory = |url: &str| Place::Directory(url.to_owned());
        let expected = [directory("https://a.example/c/"), directory("https://a.example/white/")];
        assert_eq!((found.places.as_slice(), found.is_trusted), (&expected[..], false));
        for wrong in [json!({}), json!([]), json!({"distributions": [{"rolie": {"feeds": []}}]})] {
            assert!(read(&wrong).expect_err("none").contains("no listing"), "{wrong}");
        }
    }

    #[test]
    fn a_document_is_named_by_its_path_below_the_metadata() {
        let provider = Provider {
            base: "https://a.example/csaf/".to_owned(),
            is_trusted: false,
            places: vec![],
        };
        for (url, name) in [
            ("https://a.example/csaf/white/2024/x.json", "white/2024/x.json"),
            ("https://a.example/csafx/y.json", "a.example/csafx/y.json"),
            ("https://b.example/csaf/x.json", "b.example/csaf/x.json"),
        ] {
            assert_eq!(provider.name_of(url), name);
        }
    }

    #[test]
    fn security_txt_names_providers_in_lines_of_their_own() {
        let text = "Contact: mailto:a@b.example\r\nCSAF: https://b.example/p.json\r\n\
                    csaf:https://c.example/p.json\n# CSAF is good\n";
        assert_eq!(lines(text), ["https://b.example/p.json", "https://c.example/p.json"]);
    }
}
