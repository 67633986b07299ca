//! What is told of a backtest, whoever computed it.

use std::collections::BTreeMap;

use comfy_table::Cell;
use serde::{Deserialize, Serialize};
use watchfire_core::law::bulk::{Backtest, Fates, Otherwise, Restated, Side as CoreSide};
use watchfire_core::law::impact::{Counts, ShiftKind};

use crate::exit::Failure;
use crate::print;

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Answer {
    cases: usize,
    by_engine: usize,
    obligations: Counted,
    provisions: Vec<OfProvision>,
    against: Option<Against>,
}

#[derive(Serialize, Deserialize)]
struct OfProvision {
    provision: String,
    #[serde(flatten)]
    counted: Counted,
}

#[derive(Default, Serialize, Deserialize)]
struct Counted {
    owed: usize,
    met: usize,
    late: usize,
    overdue: usize,
    open: usize,
    waiting: usize,
    after_strict: usize,
    provisional: usize,
    foreseen: usize,
}

/// What is otherwise than under the law that is compared with.
#[derive(Serialize, Deserialize)]
struct Against {
    laws: String,
    /// Cases that the difference can touch, and those in which something is otherwise.
    touchable: usize,
    changed: usize,
    gained: usize,
    lost: usize,
    moved: usize,
    earlier: usize,
    later: usize,
    foreseen: usize,
    no_longer_foreseen: usize,
    changes: Vec<Changed>,
}

#[derive(Serialize, Deserialize)]
struct Changed {
    case: String,
    obligation: String,
    from_fact: Option<String>,
    kind: Option<String>,
    before: Option<Side>,
    after: Option<Side>,
}

#[derive(Serialize, Deserialize)]
struct Side {
    state: String,
    strict_due: Option<String>,
    outer_due: Option<String>,
    version_from: Option<String>,
}

impl Answer {
    /// Tells what came out; `name` is that of the laws which are compared with.
    pub(super) fn of(found: &Backtest, name: Option<&str>) -> Self {
        let provisions = found.tally.by_provision.iter();
        let provisions = provisions.map(|(id, fates)| OfProvision {
            provision: id.to_string(),
            counted: Counted::of(fates),
        });
        Self {
            cases: found.cases,
            by_engine: found.by_engine,
            obligations: Counted::of(&found.tally.total),
            provisions: provisions.collect(),
            against: name.zip(found.otherwise.as_ref()).map(|(name, it)| Against::of(name, it)),
        }
    }

    /// How many cases it speaks of.
    pub(super) fn cases(&self) -> usize {
        self.cases
    }

    /// Puts the answers for pages of cases together.
    pub(super) fn together(pages: Vec<Self>) -> Self {
        let mut all = Self::default();
        let mut provisions: BTreeMap<String, Counted> = BTreeMap::new();
        for page in pages {
            all.cases += page.cases;
            all.by_engine += page.by_engine;
            all.obligations.add(&page.obligations);
            for one in page.provisions {
                provisions.entry(one.provision).or_default().add(&one.counted);
            }
            match (&mut all.against, page.against) {
                (Some(all), Some(more)) => all.add(more),
                (none, more) => *none = more,
            }
        }
        let of = |(provision, counted)| OfProvision { provision, counted };
        all.provisions = provisions.into_iter().map(of).collect();
        all
    }

    /// Prints it for a person.
    pub(super) fn tell(&self) -> Result<(), Failure> {
        let mut table =
            print::table(&["provision", "owed", "met", "late", "overdue", "open", "waiting"]);
        let row = |name: &str, of: &Counted| {
            let counts = [of.owed, of.met, of.late, of.overdue, of.open, of.waiting];
            std::iter::once(Cell::new(name)).chain(counts.map(Cell::new)).collect::<Vec<_>>()
        };
        for one in self.provisions.iter().filter(|one| one.counted.owed > 0) {
            table.add_row(row(&print::plain(&one.provision), &one.counted));
        }
        table.add_row(row("all", &self.obligations));
        print::data(&table.to_string())?;
        print::data(&format!("{} cases", self.cases))?;
        let Some(against) = &self.against else { return Ok(()) };
        for one in &against.changes {
            print::data(&print::plain(&one.line()))?;
        }
        print::data(&against.line(self.cases))
    }
}

impl Counted {
    fn of(fates: &Fates) -> Self {
        let Fates { owed, met, late, overdue, open, waiting, after_strict, provisional, foreseen } =
            *fates;
        Self { owed, met, late, overdue, open, waiting, after_strict, provisional, foreseen }
    }

    fn add(&mut self, more: &Self) {
        self.owed += more.owed;
        self.met += more.met;
        self.late += more.late;
        self.overdue += more.overdue;
        self.open += more.open;
        self.waiting += more.waiting;
        self.after_strict += more.after_strict;
        self.provisional += more.provisional;
        self.foreseen += more.foreseen;
    }
}

impl Against {
    fn of(name: &str, found: &Otherwise) -> Self {
        let Counts { gained, lost, moved, earlier, later, foreseen, no_longer_foreseen } =
            found.counts;
        Self {
            laws: name.to_owned(),
            touchable: found.touchable,
            changed: found.changed,
            gained,
            lost,
            moved,
            earlier,
            later,
            foreseen,
            no_longer_foreseen,
            changes: found.changes.iter().map(Changed::of).collect(),
        }
    }

    fn add(&mut self, more: Self) {
        self.touchable += more.touchable;
        self.changed += more.changed;
        self.gained += more.gained;
        self.lost += more.lost;
        self.moved += more.moved;
        self.earlier += more.earlier;
        self.later += more.later;
        self.foreseen += more.foreseen;
        self.no_longer_foreseen += more.no_longer_foreseen;
        self.changes.extend(more.changes);
    }

    fn line(&self, cases: usize) -> String {
        format!(
            "against {}: {} of {cases} cases otherwise ({} can be touched): {} gained, {} lost, \
             {} moved ({} earlier, {} later), {} foreseen, {} no longer foreseen",
            print::plain(&self.laws),
            self.changed,
            self.touchable,
            self.gained,
            self.lost,
            self.moved,
            self.earlier,
            self.later,
            self.foreseen,
            self.no_longer_foreseen,
        )
    }
}

impl Changed {
    fn of(one: &Restated) -> Self {
        Self {
            case: one.case.clone(),
            obligation: one.obligation.to_string(),
            from_fact: one.from_fact.clone(),
            kind: one.kind.map(ShiftKind::as_str).map(str::to_owned),
            before: one.before.as_ref().map(Side::of),
            after: one.after.as_ref().map(Side::of),
        }
    }

    /// One line for one that is otherwise.
    fn line(&self) -> String {
        let side = |side: &Option<Side>| match side {
            None => "not listed".to_owned(),
            Some(side) => {
                let due = side.strict_due.as_deref().unwrap_or("no date");
                format!("{} {due}", side.state)
            }
        };
        let kind = self.kind.as_deref().unwrap_or("restated");
        let (before, after) = (side(&self.before), side(&self.after));
        format!("{kind:<10} {:<28} {before} -> {after}  {}", self.obligation, self.case)
    }
}

impl Side {
    fn of(side: &CoreSide) -> Self {
        Self {
            state: side.state.to_string(),
            strict_due: side.strict_due.map(|at| at.to_string()),
            outer_due: side.outer_due.map(|at| at.to_string()),
            version_from: side.version_from.map(|day| day.to_string()),
        }
    }
}
