//! The listings of a provider: ROLIE feeds, and the files of a directory.

use jiff::Timestamp;
use reqwest::Url;
use serde_json::Value;

use super::super::Trouble;

/// A name that leads elsewhere is told with so many signs.
const TOLD_CHARS_MAX: usize = 200;

/// Where a listing is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A ROLIE feed.
    Feed(String),
    /// A directory, with a slash at its end.
    Directory(String),
}

/// A document as a listing names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Where it is, or what stands in place of that.
    pub(super) url: Result<String, String>,
    /// When it changed last, in microseconds.
    pub(super) stamp: Option<u64>,
    /// Where hashes of it are, the strongest first.
    pub(super) hashes: Vec<String>,
    /// Whether the listing says that they are there.
    pub(super) is_hash_promised: bool,
}

fn stamp(text: &str) -> Option<u64> {
    let at: Timestamp = text.trim().parse().ok()?;
    u64::try_from(at.as_microsecond()).ok()
}

/// Reads a page of a feed, and where the next is (RFC 8322; RFC 5005, section 3).
pub(super) fn feed(url: &str, bytes: &[u8]) -> Result<(Vec<Listed>, Option<String>), Trouble> {
    let json: Value = serde_json::from_slice(bytes)
        .map_err(|error| Trouble::malformed(url, format!("it is no feed: {error}")))?;
    let entries = json.pointer("/feed/entry").and_then(Value::as_array);
    let entries = entries.ok_or_else(|| Trouble::malformed(url, "it is no ROLIE feed"))?;
    let next = links(&json["feed"], "next").next().filter(|next| *next != url);
    Ok((entries.iter().map(entry).collect(), next.map(str::to_owned)))
}

fn links<'a>(of: &'a Value, rel: &'a str) -> impl Iterator<Item = &'a str> {
    let links = of.get("link").and_then(Value::as_array).into_iter().flatten();
    let links = links.filter(move |link| link.get("rel").and_then(Value::as_str) == Some(rel));
    links.filter_map(|link| link.get("href").and_then(Value::as_str))
}

fn entry(entry: &Value) -> Listed {
    let content = entry.pointer("/content/src").and_then(Value::as_str);
    let url = links(entry, "self").next().or(content);
    let told = entry.get("id").map_or_else(String::new, |id| match id {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    });
    let is_address = |url: &&str| Url::parse(url).is_ok();
    let url = url.filter(is_address).map(str::to_owned).ok_or_else(|| short(&told));
    let mut hashes: Vec<String> = links(entry, "hash").map(str::to_owned).collect();
    hashes.sort_by_key(|url| !url.to_ascii_lowercase().contains(".sha512"));
    let stamp = entry.get("updated").and_then(Value::as_str).and_then(stamp);
    let is_hash_promised = !hashes.is_empty();
    if let (Ok(url), false) = (&url, is_hash_promised) {
        // Feeds forget to name them; they lie beside the document (CSAF 2.0, 7.1.18).
        hashes = beside(url);
    }
    Listed { url, stamp, hashes, is_hash_promised }
}

/// Where hashes of a document are if nobody says where.
fn beside(url: &str) -> Vec<String> {
    ["sha512", "sha256"].map(|ending| format!("{url}.{ending}")).to_vec()
}

fn short(text: &str) -> String {
    text.chars().take(TOLD_CHARS_MAX).collect()
}

/// Reads `changes.csv`: a path and an instant a line, with quotes or without.
pub(super) fn changes(url: &str, base: &str, bytes: &[u8]) -> Result<Vec<Listed>, Trouble> {
    let line = |(number, line): (usize, &str)| {
        let read = line.rsplit_once(',').and_then(|(path, at)| {
            let at = stamp(at.trim().trim_matches('"'))?;
            Some(listed(base, path.trim().trim_matches('"'), Some(at)))
        });
        let wrong = || {
            let problem = format!("line {} is no path with an instant behind it", number + 1);
            Trouble::malformed(url, problem)
        };
        read.ok_or_else(wrong)
    };
    lines(url, bytes)?.map(line).collect()
}

/// Reads `index.txt`: a path a line.
pub(super) fn index(url: &str, base: &str, bytes: &[u8]) -> Result<Vec<Listed>, Trouble> {
    if super::super::mirror::is_html(bytes) {
        return Err(Trouble::malformed(url, "a page came instead of a list of files"));
    }
    Ok(lines(url, bytes)?.map(|(_, path)| listed(base, path, None)).collect())
}

fn lines<'a>(
    url: &str,
    bytes: &'a [u8],
) -> Result<impl Iterator<Item = (usize, &'a str)> + use<'a>, Trouble> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| Trouble::malformed(url, "it is no text in UTF-8"))?;
    let lines = text.lines().map(str::trim).enumerate();
    Ok(lines.filter(|(_, line)| !line.is_empty()))
}

/// A document by its path below a directory.
fn listed(base: &str, path: &str, stamp: Option<u64>) -> Listed {
    let Some(url) = below(base, path) else {
        let (hashes, url) = (Vec::new(), Err(short(path)));
        return Listed { url, stamp, hashes, is_hash_promised: false };
    };
    let hashes = beside(&url);
    Listed { url: Ok(url), stamp, hashes, is_hash_promised: false }
}

/// The address of a path below a directory, unless the path leads out of it.
fn below(base: &str, path: &str) -> Option<String> {
    let is_plain = |part: &str| {
        let leads_elsewhere = |sign: char| sign.is_control() || "\\?#%:".contains(sign);
        !part.is_empty() && part != "." && part != ".." && !part.contains(leads_elsewhere)
    };
    if !path.split('/').all(is_plain) || !path.ends_with(".json") {
        return None;
    }
    let mut url = Url::parse(base).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(path.split('/'));
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = "https://a.example/white/";

    #[test]
    fn a_path_stays_below_its_directory_or_is_none() {
        for (path, expected) in [
            ("2024/x.json", Some("https://a.example/white/2024/x.json")),
            ("x y.json", Some("https://a.example/white/x%20y.json")),
            ("../x.json", None),
            ("2024/../../x.json", None),
            ("/etc/x.json", None),
            ("//b.example/x.json", None),
            ("https://b.example/x.json", None),
            ("%2e%2e/x.json", None),
            ("2024\\x.json", None),
            ("x.json?y", None),
            ("x.html", None),
            ("", None),
        ] {
            assert_eq!(below(BASE, path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn changes_are_read_with_quotes_and_without() {
        let text =
            "\"2020/a.json\",\"2020-07-01T10:09:07Z\"\r\n\n2020/b.json,1970-01-01T00:00:01Z\n";
        let read = changes("x", BASE, text.as_bytes()).expect("changes");
        let stamps: Vec<_> = read.iter().map(|one| one.stamp).collect();
        assert_eq!(stamps, [Some(1_593_598_147_000_000), Some(1_000_000)]);
        assert_eq!(read[0].url.as_deref(), Ok("https://a.example/white/2020/a.json"));
        for wrong in ["2020/a.json", "2020/a.json,soon", "<html>", "a.json,b.json"] {
            let text = format!("2020/a.json,2020-07-01T10:09:07Z\n{wrong}");
            let told = changes("x", BASE, text.as_bytes()).expect_err(wrong).to_string();
            assert!(told.contains("line 2"), "{told}");
        }
        assert!(index("x", BASE, b"<!doctype html>").is_err());
        assert!(index("x", BASE, b"\xff").is_err());
    }

    #[test]
    fn an_entry_of_a_feed_names_its_document_and_its_hashes() {
        let link = |rel: &str, href: &str| json!({"rel": rel, "href": href});
        let url = "https://a.example/x.json";
        let links = [
            link("self", url),
            link("hash", "https://a.example/x.json.sha256"),
            link("hash", "https://a.example/x.json.sha512"),
            link("signature", "https://a.example/x.json.asc"),
        ];
        let whole = json!({"id": "X", "updated": "1970-01-01T00:00:01Z", "link": links});
        let by_content = json!({"id": "Y", "content": {"src": "https://a.example/y.json"}});
        let wrong = json!({"id": "Z", "link": [link("self", "../z.json")]});
        let next =
            [link("self", "https://a.example/f.json"), link("next", "https://a.example/g.json")];
        let text = json!({"feed": {"link": next, "entry": [whole, by_content, wrong]}}).to_string();
        let (read, next) = feed("https://a.example/f.json", text.as_bytes()).expect("a feed");
        assert_eq!(next.as_deref(), Some("https://a.example/g.json"));
        let expected = Listed {
            url: Ok(url.to_owned()),
            stamp: Some(1_000_000),
            hashes: vec![format!("{url}.sha512"), format!("{url}.sha256")],
            is_hash_promised: true,
        };
        assert_eq!(read[0], expected);
        assert_eq!(read[1].url.as_deref(), Ok("https://a.example/y.json"));
        assert_eq!((read[1].stamp, read[1].is_hash_promised), (None, false));
        assert_eq!(read[2].url, Err("Z".to_owned()));
        for wrong in ["", "{}", "[]", "{\"feed\": {}}", "<html>"] {
            assert!(feed("x", wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
