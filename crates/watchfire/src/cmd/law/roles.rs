//! `watchfire law roles`: what an organization is by law, found by plain questions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::Path;

use serde::Serialize;
use watchfire_core::law::inquiry::{Answers, Conclusion, Fault, Finds, NOT_SURE, Stand};
use watchfire_core::law::text::Text;
use watchfire_core::law::{Language, Lawbook};

use crate::cli::Roles;
use crate::cmd::{obligations, packs};
use crate::exit::{Exit, Failure};
use crate::print;

/// What came out, in the shape of a profile with what led to it.
#[derive(Serialize)]
struct Answer {
    /// Also those of which nobody is sure.
    roles: Vec<String>,
    attributes: BTreeMap<String, String>,
    /// Roles that are proposed though nobody was sure.
    unsure: Vec<String>,
    /// Attributes of which nobody is sure: they are unknown.
    unsure_attributes: Vec<String>,
    reasons: Vec<Reason>,
    /// Questions that are asked and that nobody has answered; of attributes, also those of which
    /// nobody is sure.
    open: Vec<String>,
    /// Questions that were not asked, and the questions whose answers leave them out.
    not_asked: BTreeMap<String, String>,
    /// Roles that no question finds.
    unasked: Vec<String>,
    answers: Answers,
}

#[derive(Serialize)]
struct Reason {
    role: String,
    question: String,
    asks: String,
    answer: String,
    /// The articles that make it matter.
    cites: Vec<String>,
}

pub(super) fn run(args: &Roles) -> Result<Exit, Failure> {
    let language = obligations::language(&args.language)?;
    let laws = packs::lawbook(&args.laws)?;
    let mut answers = match &args.answers {
        Some(path) => from_file(path)?,
        None => Answers::new(),
    };
    let asker = Asker { laws: &laws, language };
    let faults = laws.faults(&answers);
    if let Some(first) = faults.first() {
        let told = laws.tell_fault(first, language);
        return Err(Failure::request(format!("`{}`: {told}", first.question())).hint(
            "answer `yes`, `no` or `not-sure`, and an attribute with one of its values; take back \
             what another answer leaves out",
        ));
    }
    let from_stdin = args.answers.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if !args.json && !from_stdin {
        asker.ask_all(&mut answers)?;
    }
    let conclusion = laws.conclude(&answers);
    if args.json {
        print::json(&asker.answer(&conclusion, &answers))?;
    } else {
        print::data(asker.text(&conclusion, &answers).trim_end())?;
    }
    Ok(Exit::Done)
}

fn from_file(path: &Path) -> Result<Answers, Failure> {
    let text = packs::text_of(path)?;
    toml::from_str(&text).map_err(|error| {
        Failure::request(format!("`{}` holds no answers", path.display()))
            .because(error)
            .hint("write one a line: `\"eu-cra/manufacturer\" = \"yes\"`")
    })
}

/// The input ended after an answer that cannot stand: nobody has said what is meant instead.
fn ended(id: &str, why: String) -> Failure {
    Failure::request(format!("the input ended after an answer to `{id}` that cannot stand: {why}"))
        .hint("answer it otherwise, or take back the other answer; an empty line leaves it open")
}

struct Asker<'a> {
    laws: &'a Lawbook,
    language: Language,
}

impl Asker<'_> {
    fn words<'t>(&self, text: &'t Text) -> &'t str {
        text.in_language(self.language)
    }

    /// Asks what is open, one after the other; the end of the input leaves the rest open, but for an
    /// answer that was refused: that is told, and nothing is concluded as if it had not been given.
    fn ask_all(&self, answers: &mut Answers) -> Result<(), Failure> {
        let help = match self.language {
            Language::En => "y: yes, n: no, ?: not sure, an empty line: leave it open",
            Language::ZhCn => "y：是，n：否，?：不确定，空行：暂不回答",
        };
        print::say(help);
        let mut lines = std::io::stdin().lock().lines();
        for place in self.laws.asked_places() {
            if !answers.contains_key(&place.id())
                && !self.ask(&mut lines, &place.id(), self.words(&place.asks), None, answers)?
            {
                return Ok(());
            }
        }
        let ids: Vec<String> =
            self.laws.inquiry(answers).iter().map(|stand| stand.asking.id.clone()).collect();
        for id in ids {
            let stands = self.laws.inquiry(answers);
            let Some(stand) = stands.iter().find(|stand| stand.asking.id == id) else { continue };
            if stand.answer.is_some() || stand.not_asked.is_some() {
                continue;
            }
            let asks = format!(
                "{} ({}; {})",
                self.words(&stand.asking.asks),
                self.words(&stand.pack.title),
                self.cites(stand).join(", ")
            );
            let choices = match &stand.asking.finds {
                Finds::Roles(_) => None,
                Finds::Attribute(attribute) => Some(self.laws.choices(attribute)),
            };
            if !self.ask(&mut lines, &id, &asks, choices, answers)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Asks one question until the answer can stand. Returns whether there is more to read.
    ///
    /// `choices` are those of an attribute, which are empty where it is typed.
    fn ask(
        &self,
        lines: &mut impl Iterator<Item = std::io::Result<String>>,
        id: &str,
        asks: &str,
        choices: Option<Vec<String>>,
        answers: &mut Answers,
    ) -> Result<bool, Failure> {
        let is_plain = choices.as_ref().is_none_or(|choices| choices == &["yes", "no"]);
        let mut refused = None;
        loop {
            print::say(&format!("\n{asks}"));
            if let Some(choices) = choices.as_ref().filter(|all| !is_plain && !all.is_empty()) {
                print::say(&choices.join(" "));
            }
            let Some(line) = lines.next() else {
                return refused.map_or(Ok(false), |why| Err(ended(id, why)));
            };
            let line = line
                .map_err(|error| Failure::world("standard input cannot be read").because(error))?;
            let answer = match line.trim() {
                "" => return Ok(true),
                "?" => NOT_SURE,
                "y" | "yes" | "是" if is_plain => "yes",
                "n" | "no" | "否" if is_plain => "no",
                other => other,
            };
            let mut with = answers.clone();
            with.insert(id.to_owned(), answer.to_owned());
            match self.laws.faults(&with).first() {
                None => {
                    *answers = with;
                    return Ok(true);
                }
                Some(fault) => {
                    let why = self.refused(fault, answer);
                    print::say(&why);
                    refused = Some(why);
                }
            }
        }
    }

    /// Why an answer cannot stand beside those that were given before.
    fn refused(&self, fault: &Fault, answer: &str) -> String {
        match (fault, self.language) {
            (Fault::Value { .. }, Language::En) => format!("`{answer}` is no answer to this"),
            (Fault::Value { .. }, Language::ZhCn) => format!("“{answer}”不是可用的回答"),
            (_, language) => self.laws.tell_fault(fault, language),
        }
    }

    /// The articles that make a question matter: its own, or those of what would be owed.
    fn cites(&self, stand: &Stand<'_>) -> Vec<String> {
        if let Some(cites) = &stand.asking.cites {
            return vec![self.words(cites).to_owned()];
        }
        let matter = self.laws.matters(stand.pack, stand.asking).into_iter();
        let mut cites: Vec<String> = matter
            .filter_map(|provision| provision.cites.as_ref())
            .map(|cites| self.words(cites).to_owned())
            .collect();
        cites.dedup();
        cites
    }

    fn reasons(&self, conclusion: &Conclusion, answers: &Answers) -> Vec<Reason> {
        let stands = self.laws.inquiry(answers);
        let each = conclusion.roles.iter().filter_map(|found| {
            let stand = stands.iter().find(|stand| stand.asking.id == found.question)?;
            Some(Reason {
                role: found.role.to_string(),
                question: found.question.clone(),
                asks: self.words(&stand.asking.asks).to_owned(),
                answer: stand.answer.unwrap_or_default().to_owned(),
                cites: self.cites(stand),
            })
        });
        each.collect()
    }

    fn answer(&self, conclusion: &Conclusion, answers: &Answers) -> Answer {
        let not_asked = self.laws.inquiry(answers).into_iter().filter_map(|stand| {
            Some((stand.asking.id.clone(), stand.not_asked?.questions().join(",")))
        });
        let attributes = conclusion.attributes.iter();
        Answer {
            roles: conclusion.roles.iter().map(|found| found.role.to_string()).collect(),
            attributes: attributes.map(|(id, value)| (id.to_string(), value.clone())).collect(),
            unsure: conclusion.unsure().map(ToString::to_string).collect(),
            unsure_attributes: conclusion
                .unsure_attributes
                .keys()
                .map(ToString::to_string)
                .collect(),
            reasons: self.reasons(conclusion, answers),
            open: conclusion.open.clone(),
            not_asked: not_asked.collect(),
            unasked: conclusion.unasked.iter().map(ToString::to_string).collect(),
            answers: answers.clone(),
        }
    }

    fn text(&self, conclusion: &Conclusion, answers: &Answers) -> String {
        let pick = |english, chinese| match self.language {
            Language::En => english,
            Language::ZhCn => chinese,
        };
        let mut text = String::new();
        // Writing to a text does not fail.
        for reason in self.reasons(conclusion, answers) {
            let mark = match reason.answer.as_str() {
                "yes" => "",
                _ => pick(" (not sure)", "（不确定）"),
            };
            let _ = writeln!(text, "{}{mark}", reason.role);
            let _ = writeln!(text, "    {} [{}]", reason.asks, reason.cites.join(", "));
        }
        for (id, value) in &conclusion.attributes {
            let _ = writeln!(text, "{id} = {value}");
        }
        for id in conclusion.unsure_attributes.keys() {
            let unknown = pick("not sure, so it is unknown", "不确定，视为未知");
            let _ = writeln!(text, "{id}: {unknown}");
        }
        if conclusion.roles.is_empty() {
            let _ = writeln!(text, "{}", pick("no role was found", "未找到法律身份"));
        }
        if !conclusion.open.is_empty() {
            let open = pick("still open", "尚未回答");
            let _ = writeln!(text, "\n{open}: {}", conclusion.open.join(", "));
        }
        print::plain(&text)
    }
}
