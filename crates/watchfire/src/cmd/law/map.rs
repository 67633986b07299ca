//! `watchfire law map`: what an organization owes on a day, and why not.

use std::fmt::Write as _;
use std::io::IsTerminal;

use comfy_table::ContentArrangement;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use watchfire_core::law::map::{MapQuestion, Row, Verdict, assumed, tell};
use watchfire_core::law::text::Text;
use watchfire_core::law::{Class, Language, Lawbook, Occasion};
use watchfire_server::clock::Clock;
use watchfire_server::map::ShownMap;

use super::profile;
use crate::cli::Map;
use crate::cmd::{obligations, packs};
use crate::exit::{Exit, Failure};
use crate::print;

pub(super) fn run(args: &Map) -> Result<Exit, Failure> {
    let language = obligations::language(&args.language)?;
    let laws = packs::lawbook(&args.laws)?;
    let profile = profile::read(&args.organization, &laws)?;
    if profile.roles.is_empty() {
        return Err(Failure::request("nobody says what the organization is")
            .hint("give `--role` or `--profile`; `watchfire law roles` finds the roles"));
    }
    let answers = assumed(&laws, &args.assume)
        .map_err(|error| Failure::request("`--assume` cannot be read").because(error))?;
    let question = MapQuestion::of(&laws, &profile, answers, day(args.day.as_deref())?);
    let occasion = args.occasion.as_deref().and_then(Occasion::parse);
    if args.json {
        let mut shown = ShownMap::of(&question, &laws);
        if let Some(occasion) = occasion {
            shown.keep(occasion);
        }
        print::json(&shown)?;
        return Ok(Exit::Done);
    }
    let rows = laws.map(&question);
    let told = Told { laws: &laws, language, rows: &rows, why_not: args.why_not };
    print::data(&told.text(&question, occasion))?;
    let missing = rows.iter().filter(|row| row.verdict == Verdict::NotOwed).count();
    if !args.why_not && missing > 0 {
        print::say(&format!("{missing} more provisions are not owed; `--why-not` tells why"));
    }
    Ok(Exit::Done)
}

fn day(text: Option<&str>) -> Result<Date, Failure> {
    match text {
        Some(text) => text.parse().map_err(|error: jiff::Error| {
            Failure::request(format!("`--day {text}` is no day"))
                .because(error)
                .hint("write a day such as `2027-12-11`")
        }),
        None => {
            let now = Clock::machine(None, SignedDuration::ZERO).now();
            Ok(TimeZone::UTC.to_datetime(now).date())
        }
    }
}

/// As wide as a table is where no terminal says how wide it may be.
const TABLE_COLUMNS: u16 = 140;

fn table(header: &[&str]) -> comfy_table::Table {
    let mut table = print::table(header);
    if !std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(TABLE_COLUMNS);
    }
    table
}

struct Told<'a> {
    laws: &'a Lawbook,
    language: Language,
    rows: &'a [Row],
    why_not: bool,
}

impl Told<'_> {
    fn pick(&self, english: &'static str, chinese: &'static str) -> &'static str {
        match self.language {
            Language::En => english,
            Language::ZhCn => chinese,
        }
    }

    fn words(&self, text: Option<&Text>) -> String {
        text.map_or("", |text| text.in_language(self.language)).to_owned()
    }

    fn text(&self, question: &MapQuestion, occasion: Option<Occasion>) -> String {
        let mut text = String::new();
        let roles: Vec<String> = question.roles.iter().map(ToString::to_string).collect();
        let head = self.pick("What is owed on", "须履行的义务：");
        // Writing to a text does not fail.
        let _ = writeln!(text, "{head} {} · {}", question.day, roles.join(", "));
        let sections = [
            (Some(Occasion::Vulnerability), self.pick("For a vulnerability", "出现漏洞时")),
            (Some(Occasion::Incident), self.pick("For an incident", "发生事件时")),
            (None, self.pick("Always", "始终")),
        ];
        for (of, title) in sections {
            let is_asked = of.is_none() || occasion.is_none() || of == occasion;
            let rows: Vec<&Row> = self.rows.iter().filter(|row| shows(row, of)).collect();
            if is_asked {
                self.section(&mut text, title, &rows);
            }
        }
        text
    }

    fn section(&self, text: &mut String, title: &str, rows: &[&Row]) {
        let (owed, not): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| row.verdict != Verdict::NotOwed);
        let _ = writeln!(text, "\n{title}");
        if owed.is_empty() {
            let _ = writeln!(text, "  {}", self.pick("nothing", "无"));
        } else {
            let _ = writeln!(text, "{}", self.owed(&owed));
        }
        if self.why_not && !not.is_empty() {
            let _ = writeln!(text, "\n{title}{}", self.pick(": not owed", "：不须履行"));
            let _ = writeln!(text, "{}", self.not_owed(&not));
        }
    }

    fn owed(&self, rows: &[&Row]) -> String {
        let mut table = table(&match self.language {
            Language::En => ["where", "within", "what", "article", "provision", "what it is"],
            Language::ZhCn => ["地区", "期限", "内容", "条款", "条款编号", "性质"],
        });
        for row in rows {
            let found = self.laws.provision(row.provision.as_str());
            let spans: Vec<String> = row
                .counts
                .iter()
                .filter_map(|count| tell::counted(count, self.laws, self.language))
                .collect();
            let cells = [
                found.map(|(pack, _)| pack.jurisdiction.clone()).unwrap_or_default(),
                if spans.is_empty() { "–".to_owned() } else { spans.join("\n") },
                self.words(found.and_then(|(_, one)| one.title.as_ref())),
                self.words(row.cites.as_ref()),
                row.provision.to_string(),
                self.kind(row),
            ];
            table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
        }
        table.to_string()
    }

    fn kind(&self, row: &Row) -> String {
        let norm = self.laws.pack(row.provision.law()).is_some_and(|pack| pack.is_norm());
        let class = match row.class {
            Class::Hard if norm => self.pick("norm", "行业规范"),
            Class::Hard => self.pick("law", "法定时限"),
            Class::Soft => self.pick("house target", "内部目标"),
            Class::Standing => self.pick("standing", "持续性义务"),
            Class::Prohibition => self.pick("prohibition", "禁止性规定"),
            Class::Permission => self.pick("permission", "授权性规定"),
        };
        let mut lines = vec![class.to_owned()];
        if row.verdict == Verdict::Foreseen {
            lines.push(self.pick("foreseen", "可预见").to_owned());
            lines.extend(row.reasons.iter().map(|one| tell::reason(one, self.laws, self.language)));
        }
        let unless = row.hangs_on.iter().map(|one| tell::unless(one, self.laws, self.language));
        lines.extend(unless);
        lines.join("\n")
    }

    fn not_owed(&self, rows: &[&Row]) -> String {
        let mut table = table(&match self.language {
            Language::En => ["provision", "what", "article", "why not"],
            Language::ZhCn => ["条款编号", "内容", "条款", "为何不须履行"],
        });
        for row in rows {
            let found = self.laws.provision(row.provision.as_str());
            let reasons: Vec<String> = row
                .reasons
                .iter()
                .map(|reason| tell::reason(reason, self.laws, self.language))
                .collect();
            let cells = [
                row.provision.to_string(),
                self.words(found.and_then(|(_, one)| one.title.as_ref())),
                self.words(row.cites.as_ref()),
                reasons.join("\n"),
            ];
            table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
        }
        table.to_string()
    }
}

/// Whether a row stands in the section of an occasion, or in that of what always holds.
fn shows(row: &Row, of: Option<Occasion>) -> bool {
    of.map_or(row.occasions.is_empty(), |occasion| row.occasions.contains(&occasion))
}
