//! `watchfire law reading`: a provision read more strictly, proposed to a node.

use serde_json::json;

use super::diff::instant;
use crate::api::Api;
use crate::cli::LawReading;
use crate::exit::{Exit, Failure};
use crate::print;

/// Proposes a reading.
pub(super) fn propose(args: &LawReading) -> Result<Exit, Failure> {
    let api = Api::of(&args.server)?;
    let effective = args.effective.as_deref().map(instant).transpose()?;
    let both = |en: &str, zh: &str| json!({ "en": en, "zh-CN": zh });
    let made = api.post(
        "/api/v1/readings",
        &json!({
            "provision": args.provision,
            "within": args.within,
            "counts": args.counts,
            "from": args.from,
            "says": both(&args.says_en, &args.says_zh),
            "why": both(&args.why_en, &args.why_zh),
            "effective_at": effective.map(|at| at.to_string()),
        }),
    )?;
    if args.json {
        return print::json(&made).map(|()| Exit::Done);
    }
    let text = |name: &str| print::plain(made[name].as_str().unwrap_or_default());
    print::data(&format!("amendment: {}\nreceipt:   {}", text("id"), text("receipt")))?;
    Ok(Exit::Done)
}
