//! `watchfire law bundle`, `key` and `import`: packs that travel, signed.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;
use watchfire_core::law::bundle::{self, BUNDLE_BYTES_MAX};
use watchfire_core::log::{Hash, SignerKey};
use watchfire_server::channel::trust::Trust;
use watchfire_server::outside::fetch::{FetchError, Fetched, Fetcher, Schemes, Validators};
use watchfire_server::outside::guard::Denied;
use watchfire_server::secret::{hex, random};
use watchfire_server::settings::Settings;

use super::diff::instant;
use crate::api::Api;
use crate::cli::{LawBundle, LawImport};
use crate::cmd::packs::Folder;
use crate::exit::{Exit, Failure};
use crate::open::block_on;
use crate::print;

/// A file with a key is at most so many bytes.
const KEY_BYTES_MAX: u64 = 4_096;

/// Makes a bundle of a folder and signs it.
pub(super) fn seal(args: &LawBundle) -> Result<Exit, Failure> {
    let files = Folder::read(&args.folder)?.to_files();
    let effective_at = instant(&args.effective)?;
    let signer = read_key(&args.key)?;
    let bytes = bundle::seal(&files, args.sequence, effective_at, &args.title, &signer);
    let bytes =
        bytes.map_err(|error| Failure::request("no bundle can be made of this").because(error))?;
    write_new(&args.out, &bytes, 0o644)?;
    let said = format!("{} files, signed by `{}`", files.len(), signer.verifier().name());
    print::say(&said);
    print::data(&print::plain(&args.out.display().to_string())).map(|()| Exit::Done)
}

/// Makes a key and prints its public part.
pub(super) fn key(name: &str, out: &Path) -> Result<Exit, Failure> {
    let signer = SignerKey::from_seed(name, &random::<32>()).map_err(|error| {
        Failure::request(format!("`{name}` is no name of a key")).because(error)
    })?;
    write_new(out, format!("{}\n", signer.to_secret_text()).as_bytes(), 0o600)?;
    print::say(
        "put this public key into `law.trusted_keys` of every node that shall take its bundles",
    );
    print::data(&signer.verifier().to_string()).map(|()| Exit::Done)
}

/// Proposes a bundle to a node.
pub(super) fn import(args: &LawImport) -> Result<Exit, Failure> {
    let api = Api::of(&args.server)?;
    let bytes = brought(args)?;
    let effective = args.effective.as_deref().map(instant).transpose()?;
    let made = api.post(
        "/api/v1/amendments",
        &json!({
            "title": args.title,
            "why": args.why,
            "effective_at": effective.map(|at| at.to_string()),
            "bundle": BASE64_STANDARD.encode(bytes),
        }),
    )?;
    if args.json {
        return print::json(&made).map(|()| Exit::Done);
    }
    let text = |name: &str| print::plain(made[name].as_str().unwrap_or_default());
    print::data(&format!("amendment: {}\nreceipt:   {}", text("id"), text("receipt")))?;
    Ok(Exit::Done)
}

/// Reads the bundle from where it is, and says what was fetched.
fn brought(args: &LawImport) -> Result<Vec<u8>, Failure> {
    if !args.bundle.contains("://") {
        return read_bytes(Path::new(&args.bundle));
    }
    let settings =
        Settings { trusted_authorities: args.authorities.clone(), ..Settings::default() };
    let trust = Trust::from_settings(&settings)
        .map_err(|error| Failure::request("`--authorities` cannot be used").because(error))?;
    let fetcher = Fetcher {
        trust,
        allowed: args.allowed_networks.clone(),
        schemes: Schemes::Tls,
        within: Duration::from_secs(u64::from(args.within)),
        bytes_max: BUNDLE_BYTES_MAX,
        kept: None,
    };
    let asked = block_on(async { Ok(fetcher.fetch(&args.bundle, &Validators::default()).await) })?;
    let answer = match asked {
        Ok(Fetched::Whole(answer)) => answer,
        // Nothing was named that it could be the same as.
        Ok(Fetched::Unchanged) => return Err(Failure::world("there is no bundle at the address")),
        Err(error) => return Err(not_fetched(&error)),
    };
    let kind = answer.content_type.map_or(String::new(), |kind| format!(", `{kind}`"));
    let digest = Hash::of(&[answer.bytes.as_slice()]);
    print::say(&format!(
        "{} bytes from {}{}; SHA-256 {}",
        answer.bytes.len(),
        print::plain(&answer.endpoint),
        print::plain(&kind),
        hex(digest.as_bytes())
    ));
    Ok(answer.bytes)
}

fn not_fetched(error: &FetchError) -> Failure {
    let said = "the bundle cannot be fetched";
    match error {
        FetchError::Denied(Denied::Network) => Failure::request(said)
            .because(error.clone())
            .hint("name the network with `--allow-network`, if you know the machine"),
        FetchError::Denied(Denied::Name) => Failure::world(said).because(error.clone()),
        FetchError::Denied(_) | FetchError::Clear => Failure::request(said)
            .because(error.clone())
            .hint("an address is `https://…`, without a login in it"),
        FetchError::Tls => Failure::world(said)
            .because(error.clone())
            .hint("name the authority that gave the certificate with `--authorities`"),
        FetchError::Redirected(_) => {
            Failure::world(said).because(error.clone()).hint("name the address that it leads to")
        }
        _ => Failure::world(said).because(error.clone()),
    }
}

/// Reads a bundle from a file.
pub(super) fn read_bytes(at: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = read_up_to(at, BUNDLE_BYTES_MAX as u64)?;
    if bytes.len() > BUNDLE_BYTES_MAX {
        let message = format!("`{}` is larger than {BUNDLE_BYTES_MAX} bytes", at.display());
        return Err(Failure::request(message));
    }
    Ok(bytes)
}

fn read_key(at: &Path) -> Result<SignerKey, Failure> {
    let bytes = read_up_to(at, KEY_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&bytes);
    SignerKey::parse(text.trim()).map_err(|error| {
        Failure::request(format!("`{}` holds no private key", at.display()))
            .because(error)
            .hint("make one with `watchfire law key NAME --out FILE`")
    })
}

/// Reads at most one byte more than allowed, so that more is seen.
fn read_up_to(at: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::request(format!("`{}` cannot be read", at.display())).because(error)
    };
    let file = std::fs::File::open(at).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}

/// Writes a file that is not there yet.
fn write_new(at: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        let failure = if error.kind() == std::io::ErrorKind::AlreadyExists {
            Failure::request(format!("`{}` is there already", at.display()))
                .hint("name another file, or take it away")
        } else {
            Failure::world(format!("`{}` cannot be written", at.display()))
        };
        failure.because(error)
    };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(mode).open(at).map_err(cannot)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(cannot)
}
