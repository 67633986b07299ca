//! `watchfire sbom attach | show | detach | document`: the SBOMs of a node.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_server::command::sbom;
use watchfire_store::KEPT_DOCUMENT_BYTES_MAX;

use super::TOLD_MAX;
use crate::api::Api;
use crate::cli::{SbomAttach, SbomOfNode, Server, Why};
use crate::cmd::product::{self, answered, of_node, text};
use crate::cmd::release;
use crate::exit::{Exit, Failure};
use crate::{evidence, input, print};

pub(super) fn run(command: SbomOfNode) -> Result<Exit, Failure> {
    match command {
        SbomOfNode::Attach(args) => attach(&args),
        SbomOfNode::Show { id, json, server } => show(&server, &id, json),
        SbomOfNode::Detach { id, why } => detach(&id, &why),
        SbomOfNode::Document { id, out, server } => document(&server, &id, &out),
    }
}

fn attach(args: &SbomAttach) -> Result<Exit, Failure> {
    let api = Api::of(&args.server)?;
    // What cannot be read is told before anything is sent.
    let mut documents = Vec::new();
    for file in &args.files {
        documents.push((file.as_path(), document_of(file)?));
    }
    let release = release_of(&api, args, &documents)?;
    let path = format!("{}/sboms", release::path(&release));
    let (mut told, mut is_whole) = (Vec::new(), true);
    for (at, (file, bytes)) in documents.into_iter().enumerate() {
        let beside = if args.beside || at > 0 { "true" } else { "false" };
        let answer = match api.post_document(&path, &[("beside", beside)], bytes) {
            // Whoever attaches the same again has what was wanted.
            Err(failure) if failure.code.as_deref() == Some("sbom_attached") => {
                print::say(&format!("{}: {}", file.display(), failure.message));
                continue;
            }
            answer => answer.map_err(|failure| failure.about(&file.display().to_string()))?,
        };
        is_whole &= is_used(&answer);
        let mut answer = answer;
        answer["file"] = json!(file.display().to_string());
        if !args.json {
            print::data(&format!("{}: {}", file.display(), text(&answer["id"])))?;
            summary(&answer)?;
            remarks("skipped", &answer["skipped"], &answer["skipped_count"])?;
            remarks("problems", &answer["problems"], &answer["problems_count"])?;
        }
        told.push(answer);
    }
    if args.json {
        print::json(&json!({ "release": release.to_string(), "attached": told }))?;
    }
    Ok(if is_whole { Exit::Done } else { Exit::No })
}

fn document_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = input::bytes(file, KEPT_DOCUMENT_BYTES_MAX as u64)?;
    if bytes.len() > KEPT_DOCUMENT_BYTES_MAX {
        let told = format!("`{}` is larger than {KEPT_DOCUMENT_BYTES_MAX} bytes", file.display());
        return Err(Failure::request(told).hint("compress it, or split it"));
    }
    Ok(bytes)
}

/// Refuses here what the node would refuse, by the same reading, as long as nothing was made known
/// for it.
fn check(documents: &[(&Path, Vec<u8>)]) -> Result<(), Failure> {
    for (file, bytes) in documents {
        sbom::check(bytes).map_err(|problem| {
            let place = super::at(problem.pointer(), problem.line());
            let told = format!("{}{place}: {}", file.display(), problem.detail());
            Failure::request(told).hint(problem.hint()).coded(Some(problem.code().to_owned()))
        })?;
    }
    Ok(())
}

/// The release that is meant, made known where that is wanted and every document can be read.
fn release_of(
    api: &Api<'_>,
    args: &SbomAttach,
    documents: &[(&Path, Vec<u8>)],
) -> Result<ReleaseId, Failure> {
    if let Some(typed) = &args.release {
        return release::id(typed);
    }
    let missing = |flag: &str| Failure::request(format!("`{flag}` is missing"));
    let product = args.product.as_deref().ok_or_else(|| missing("--product"))?;
    let version = args.version.as_deref().ok_or_else(|| missing("--version"))?;
    let product = match product::find(api, product)? {
        Some(found) => found,
        None if args.create => {
            check(documents)?;
            let made = api.post("/api/v1/products", &json!({ "name": product }))?;
            print::say(&format!("product `{product}` made known as {}", text(&made["id"])));
            of_node(&made["id"])?
        }
        None => product::id(api, product)?,
    };
    let path = release::of_product(&product);
    let known = api.all(&path, &[])?;
    if let Some(found) = known.iter().find(|one| one["version"] == version) {
        return of_node(&found["id"]);
    }
    if !args.create {
        return Err(Failure::request(format!("the product has no release `{version}` in use"))
            .hint("`--create` makes it known"));
    }
    check(documents)?;
    let made = api.post(&path, &json!({ "version": version }))?;
    print::say(&format!("release `{version}` made known as {}", text(&made["id"])));
    of_node(&made["id"])
}

fn show(server: &Server, id: &str, json: bool) -> Result<Exit, Failure> {
    let api = Api::of(server)?;
    let path = path(&sbom_id(id)?);
    let mut shown = api.get_json(&path, &[])?;
    for (list, count) in [("skipped", "skipped_count"), ("problems", "problems_count")] {
        // The node reads the document again for each page, so no more is asked for than is told.
        let path = format!("{path}/{list}");
        shown[list] = match (&shown[count], json) {
            (none, _) if *none == 0 => json!([]),
            (_, true) => Value::Array(api.all(&path, &[])?),
            (_, false) => api.get_json(&path, &[("limit", &TOLD_MAX.to_string())])?["items"].take(),
        };
    }
    if json {
        return print::json(&shown).map(|()| Exit::Done);
    }
    let state = if shown["attached"] == true { "attached" } else { "not attached any more" };
    print::data(&format!("{}: {state}, release {}", text(&shown["id"]), text(&shown["release"])))?;
    summary(&shown)?;
    remarks("skipped", &shown["skipped"], &shown["skipped_count"])?;
    remarks("problems", &shown["problems"], &shown["problems_count"])?;
    Ok(Exit::Done)
}

fn detach(id: &str, why: &Why) -> Result<Exit, Failure> {
    let api = Api::of(&why.server)?;
    let id = sbom_id(id)?;
    let shown = api.get_json(&path(&id), &[])?;
    let release: ReleaseId = of_node(&shown["release"])?;
    let path = format!("{}/sboms/{id}", release::path(&release));
    answered(&api.delete(&path, &json!({ "reason": why.reason }))?, why.json)
}

fn document(server: &Server, id: &str, out: &Path) -> Result<Exit, Failure> {
    let path = format!("{}/document", path(&sbom_id(id)?));
    let bytes = Api::of(server)?.get_up_to(&path, KEPT_DOCUMENT_BYTES_MAX)?;
    if out.as_os_str() == "-" {
        let mut stdout = io::stdout().lock();
        return match stdout.write_all(&bytes).and_then(|()| stdout.flush()) {
            // Whoever reads has seen enough, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
            written => written.map(|()| Exit::Done).map_err(|error| {
                Failure::world("standard output cannot be written").because(error)
            }),
        };
    }
    evidence::write_whole(out, &bytes).map(|()| Exit::Done).map_err(|error| {
        Failure::world(format!("`{}` cannot be written", out.display())).because(error)
    })
}

fn sbom_id(typed: &str) -> Result<SbomId, Failure> {
    typed
        .parse()
        .map_err(|error| Failure::request(format!("`{typed}` is no id of an SBOM")).because(error))
}

fn path(id: &SbomId) -> String {
    format!("/api/v1/sboms/{id}")
}

fn summary(shown: &Value) -> Result<(), Failure> {
    print::data(&format!(
        "  {} {}, {} components, {} of them without a name that an advisory could use",
        text(&shown["format"]),
        text(&shown["format_version"]),
        text(&shown["components"]),
        text(&shown["unnamed"])
    ))
}

/// Tells the first of what was not used or is not allowed.
fn remarks(what: &str, list: &Value, count: &Value) -> Result<(), Failure> {
    let all = count.as_u64().unwrap_or_default();
    if all == 0 {
        return Ok(());
    }
    print::data(&format!("  {all} {what}:"))?;
    for one in list.as_array().into_iter().flatten().take(TOLD_MAX) {
        let place = super::at(one["pointer"].as_str(), one["line"].as_u64());
        let what = one["what"].as_str().map(|what| format!(" {what}")).unwrap_or_default();
        let line = format!("   {what}{place}: {}", text(&one["reason"]));
        print::data(&print::plain(&line))?;
    }
    let more = all.saturating_sub(TOLD_MAX as u64);
    if more > 0 {
        print::data(&format!("    and {more} more (`--json` has more of them)"))?;
    }
    Ok(())
}

/// Whether all that a release is made of was used; what else a document says is told and no more.
fn is_used(answer: &Value) -> bool {
    let skipped = answer["skipped"].as_array().map_or(&[][..], Vec::as_slice);
    let statements = skipped.iter().filter(|one| one["what"] == "statement").count();
    answer["skipped_count"] == statements
}
