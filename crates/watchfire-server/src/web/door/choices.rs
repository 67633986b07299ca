//! What people chose where the law leaves it to them: conflicts, passes, and when we were aware.

use watchfire_core::case::{Effect, Instance, To};
use watchfire_core::law::gate::Act;

use super::assessed::Scene;
use crate::error::Problem;
use crate::web::case::choice::{
    AwarenessView, BarView, CandidateView, ConflictView, Line, LineMark, Made, PassView,
};

/// The duties that collide, as they are now: a conflict is no thing of the past.
pub(super) fn conflicts(scene: &Scene<'_>) -> Result<Vec<ConflictView>, Problem> {
    let mut found = Vec::new();
    if !scene.is_read {
        return Ok(found);
    }
    for clash in scene.then.clashes(&scene.house, scene.at)? {
        let conflict = clash.conflict;
        let known = scene.then.conflicts.get(&conflict.id);
        let decision = conflict.decision.as_ref();
        let choice = |id: &str| {
            let found = conflict.choice(id);
            found.map_or_else(|| id.to_owned(), |it| scene.words.in_own(&it.label))
        };
        let decided = known.and_then(|known| known.decided.as_ref());
        let minimum = conflict.minimum.iter().map(|field| label(scene, &conflict.between, field));
        let drafts =
            scene.then.kept_to_minimum(&scene.house, &clash).into_iter().filter_map(|id| {
                let provision = &scene.then.obligations.get(&id)?.assessment.provision;
                let path = format!("/cases/{}/obligations/{id}/draft", scene.then.id);
                Some((path, scene.words.title(provision)))
            });
        let drafts = drafts.collect();
        found.push(ConflictView {
            id: conflict.id.clone(),
            title: scene.words.in_own(&conflict.title),
            says: scene.words.in_own(&conflict.says),
            lines: lines(scene, clash.effect),
            minimum: minimum.collect(),
            drafts,
            asks: decision.map(|it| scene.words.in_own(&it.asks)),
            choices: decision.map_or_else(Vec::new, |it| {
                it.choices.iter().map(|it| (it.id.clone(), scene.words.in_own(&it.label))).collect()
            }),
            open: clash.asks && decided.is_none(),
            due: known.filter(|known| known.is_open()).and_then(|known: &Instance| known.due_at),
            standing: decided.and_then(|it| it.standing),
            decided: decided.map(|it| Made {
                what: choice(&it.choice),
                reason: it.reason.clone(),
                by: scene.people.name(&it.by),
                at: it.at,
            }),
        });
    }
    found.sort_by_key(|it| !it.open);
    Ok(found)
}

/// The words of a field of one of the forms of these provisions.
fn label(scene: &Scene<'_>, between: &[String], field: &str) -> String {
    let forms = between.iter().filter_map(|id| scene.words.law.form_of(id));
    let mut fields = forms.flat_map(|(form, _)| &form.fields);
    let found = fields.find(|it| it.id.0 == field);
    found.map_or_else(|| field.to_owned(), |it| scene.words.in_own(&it.label))
}

fn lines(scene: &Scene<'_>, effect: Effect) -> Vec<Line> {
    let line = |id: &str, mark| Line {
        cites: scene.words.mark(id, "", "").cites,
        title: scene.words.title(id),
        mark,
    };
    match effect {
        Effect::Bars(bars) => bars.iter().map(|id| line(id, LineMark::Bars)).collect(),
        Effect::Lamps(lamps) => {
            lamps.iter().map(|(id, met)| line(id, LineMark::Met(*met))).collect()
        }
        Effect::Moves(moves) => {
            moves.iter().map(|(id, moves)| line(id, LineMark::Moves(*moves))).collect()
        }
        Effect::EmbargoEnds { end, ends, leaked } => {
            let mut all: Vec<Line> =
                ends.iter().map(|(id, at)| line(id, LineMark::At(*at))).collect();
            let key = if leaked { "conflict-leaked" } else { "conflict-embargo-end" };
            let (title, cites) = (scene.reader.text(key), String::new());
            all.extend(end.map(|end| Line { title, cites, mark: LineMark::Counts(end) }));
            all
        }
        Effect::Keeps { until, each } => {
            let mut all: Vec<Line> =
                each.iter().map(|(id, at)| line(id, LineMark::At(*at))).collect();
            let (title, cites) = (scene.reader.text("conflict-retain"), String::new());
            all.extend(until.map(|until| Line { title, cites, mark: LineMark::Counts(until) }));
            all
        }
    }
}

/// What may go out although a prohibition bars it.
pub(super) fn passes(scene: &Scene<'_>) -> Vec<PassView> {
    let pass = |pass: &watchfire_core::case::Pass| PassView {
        recipient: recipient(scene, &pass.recipient),
        provisions: pass
            .provisions
            .iter()
            .map(|id| format!("{} {}", id, scene.words.title(id)))
            .collect(),
        made: Made {
            what: pass.act.clone(),
            reason: pass.reason.clone(),
            by: scene.people.name(&pass.by),
            at: pass.at,
        },
    };
    scene.then.passes.iter().map(pass).collect()
}

/// What stands in the way of a publication, while there is an embargo to end.
pub(super) fn publishing(scene: &Scene<'_>) -> Result<Vec<BarView>, Problem> {
    if !scene.then.embargo.is_active() || !scene.is_read {
        return Ok(Vec::new());
    }
    let bars = scene.then.gate(&scene.house, Act::Publishing, &To::public(), scene.at)?;
    let view = bars.iter().map(|bar| {
        let id = bar.provision.as_str();
        BarView {
            title: scene.words.title(id),
            law: scene.words.mark(id, "", "prohibition"),
            debated: bar.debated,
            undecided: bar.undecided.iter().map(|it| scene.words.question(it.as_str())).collect(),
        }
    });
    Ok(view.collect())
}

/// A recipient in the reader's words.
fn recipient(scene: &Scene<'_>, name: &str) -> String {
    match name.split_once(':') {
        Some(("party", id)) => {
            id.parse().map_or_else(|_| name.to_owned(), |id| scene.people.name(&id))
        }
        Some(("authority", id)) => {
            let packs = scene.words.law.packs().iter();
            let mut found = packs.filter_map(|pack| pack.authorities.get(id));
            found.next().map_or_else(|| name.to_owned(), |it| scene.words.in_own(&it.name))
        }
        _ if name == "reporter" => scene.reader.text("gate-reporter"),
        _ => scene.reader.text("gate-public"),
    }
}

/// The facts that may be taken for awareness, where there is more than one to choose from.
pub(super) fn awareness(scene: &Scene<'_>) -> Result<Vec<AwarenessView>, Problem> {
    if !scene.is_read {
        return Ok(Vec::new());
    }
    let found = scene.then.awareness(&scene.house, scene.at)?;
    let several = found.into_iter().filter(|it| it.candidates.len() > 1);
    let view = several.map(|it| {
        let chosen = scene.then.aware_from.get(it.of.as_str());
        let candidates = it.candidates.iter().map(|one| CandidateView {
            fact: one.fact.clone(),
            words: scene.words.kind(one.kind.as_str()),
            at: one.occurred_at,
            alarms: one.alarms,
            chosen: chosen.is_some_and(|chosen| chosen.fact == one.fact),
            deadlines: one
                .deadlines
                .iter()
                .map(|due| (scene.words.title(&due.provision), due.strict_due, due.counts))
                .collect(),
        });
        AwarenessView {
            of: scene.words.kind(it.of.as_str()),
            candidates: candidates.collect(),
            chosen: chosen.map(|chosen| Made {
                what: chosen.fact.clone(),
                reason: chosen.reason.clone(),
                by: scene.people.name(&chosen.by),
                at: chosen.at,
            }),
        }
    });
    Ok(view.collect())
}
