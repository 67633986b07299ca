//! Fleets and advisories that a generator makes: the same in every run.

use std::collections::BTreeSet;

use watchfire_exposure::Ecosystem;
use watchfire_exposure::index::{Index, Number, Package, Rules, Segment};
use watchfire_exposure::range::Answer;
use watchfire_exposure::range::osv::Event;

use crate::naive::{self, Row, Said};

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16;
        number as usize % below.max(1)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.next(list.len())]
    }
}

const ECOSYSTEMS: [&str; 9] =
    ["npm", "PyPI", "Maven", "Go", "Debian:12", "RubyGems", "NuGet", "ConanCenter", "Unheard"];

/// A version that the order explains mostly, that has no key at times, and that is odd at others.
fn version(numbers: &mut Numbers, ecosystem: &str) -> String {
    let [major, minor, patch] = [3, 4, 5].map(|below| numbers.next(below));
    let tail = match (ecosystem, numbers.next(8)) {
        ("Maven", 0) => ".Beta1".to_owned(),
        ("Maven", 1) => ".CR2".to_owned(),
        ("PyPI", 0) => "rc1".to_owned(),
        ("PyPI", 1) => ".post2".to_owned(),
        ("PyPI", 2) => "+cu118".to_owned(),
        ("Debian:12", 0) => "~rc1".to_owned(),
        ("Debian:12", 1) => "-1+deb12u2".to_owned(),
        ("npm" | "Go" | "NuGet", 0) => "-beta.1".to_owned(),
        ("RubyGems", 0) => ".pre".to_owned(),
        ("ConanCenter", 0) => "+1".to_owned(),
        _ => String::new(),
    };
    let odd = [
        "(devel)", "trunk", "unknown", "漏洞", "1..2", "latest", "${rev}-1", "< 2.0", "1.x", "all",
    ];
    match numbers.next(20) {
        0 => (*numbers.of(&odd)).to_owned(),
        _ if ecosystem == "Go" => format!("v{major}.{minor}.{patch}{tail}"),
        1 if ecosystem == "PyPI" => format!("{major}.{minor}"),
        _ => format!("{major}.{minor}.{patch}{tail}"),
    }
}

fn said(numbers: &mut Numbers, ecosystem: &str) -> Said {
    let one = |numbers: &mut Numbers| version(numbers, ecosystem);
    let mut events =
        vec![Event::Introduced(if numbers.next(3) == 0 { "0".to_owned() } else { one(numbers) })];
    for _ in 0..numbers.next(3) {
        let version = one(numbers);
        events.push(match numbers.next(4) {
            0 => Event::LastAffected(version),
            1 => Event::Introduced(version),
            2 => Event::Limit(version),
            _ => Event::Fixed(version),
        });
    }
    let listed: Vec<String> = (0..numbers.next(3)).map(|_| one(numbers)).collect();
    match numbers.next(10) {
        0 => Said::Every,
        1 => Said::AllBut(events),
        2 => Said::Events(Vec::new(), listed),
        3 if ecosystem == "npm" => {
            Said::Vers("vers:npm/>=1.0.0|<1.2.0|2.0.1|!=2.1.0|>2.0.3".to_owned())
        }
        // An order of its own, whose keys are none of the package's.
        3 if ecosystem == "PyPI" => Said::Vers("vers:semver/>=1.0.0|<2.0.1".to_owned()),
        4 if ecosystem == "PyPI" => Said::Other(Ecosystem::SemVer, events),
        3 if ecosystem == "Maven" => Said::Vers("vers:maven/>=1.0.0|<2.0.0.CR2".to_owned()),
        _ => Said::Events(events, listed),
    }
}

struct World {
    rows: Vec<Row>,
    advisories: Vec<(Number, Package, Said)>,
}

fn world(seed: u64, documents: usize, advisories: usize) -> World {
    let mut numbers = Numbers(seed);
    let packages: Vec<(&str, Package)> = (0..40)
        .map(|at| {
            let ecosystem = ECOSYSTEMS[at % ECOSYSTEMS.len()];
            (ecosystem, Package::new(ecosystem, &format!("package-{at}")))
        })
        .collect();
    let mut rows = Vec::new();
    for document in 0..documents {
        for _ in 0..numbers.next(30) {
            let (ecosystem, package) = numbers.of(&packages).clone();
            rows.push((document as Number, package, version(&mut numbers, ecosystem)));
        }
    }
    let advisories = (0..advisories).map(|advisory| {
        let (ecosystem, package) = numbers.of(&packages).clone();
        (advisory as Number, package, said(&mut numbers, ecosystem))
    });
    World { rows, advisories: advisories.collect() }
}

fn add_all(index: &mut Index, rows: &[Row]) {
    let documents: BTreeSet<Number> = rows.iter().map(|(document, ..)| *document).collect();
    for document in documents {
        let of = rows.iter().filter(|(one, ..)| *one == document);
        let components: Vec<(&Package, &str)> =
            of.map(|(_, package, version)| (package, version.as_str())).collect();
        index.add(document, components).expect("a new number");
    }
}

fn compare(index: &Index, world: &World, state: &str) {
    let mut hits = 0;
    for (_, package, said) in &world.advisories {
        let rule = said.rule(package);
        let wanted = naive::hits(&world.rows, package, said);
        assert_eq!(index.hits(package, &rule), wanted, "{state}: {package} {said:?}");
        let (affected, undecided) = index.documents(package, &rule);
        let of = |odd: bool| -> Vec<Number> {
            let documents =
                wanted.iter().filter(|hit| hit.undecided == odd).map(|hit| hit.document);
            documents.collect::<BTreeSet<_>>().into_iter().collect()
        };
        assert_eq!((affected, undecided), (of(false), of(true)), "{state}: {package} {said:?}");
        hits += wanted.len();
    }
    assert!(hits > 100, "{state}: only {hits} hits, which prove little");
}

#[test]
fn the_index_finds_what_the_naive_matcher_finds_in_every_state() {
    for seed in [1, 7, 2021] {
        let mut world = world(seed, 120, 150);
        let mut index = Index::default();
        add_all(&mut index, &world.rows);
        compare(&index, &world, "new");
        let segment = Segment::open(index.merged()).expect("a segment");
        let mut index = Index::of(vec![segment], []);
        compare(&index, &world, "merged");
        for document in (0..120).step_by(3) {
            index.remove(document);
        }
        world.rows.retain(|(document, ..)| document % 3 != 0);
        compare(&index, &world, "with some taken out");
        let more = World { rows: self::world(seed + 1, 60, 0).rows, advisories: Vec::new() };
        let more: Vec<Row> = more
            .rows
            .into_iter()
            .map(|(document, package, version)| (document + 1000, package, version))
            .collect();
        add_all(&mut index, &more);
        world.rows.extend(more);
        compare(&index, &world, "with new ones beside");
        let bytes = index.merged();
        let merged = Segment::open(bytes.clone()).expect("a segment");
        let distinct: BTreeSet<&Row> = world.rows.iter().collect();
        assert_eq!(merged.rows(), distinct.len());
        let index = Index::of(vec![merged], []);
        compare(&index, &world, "merged again");
        assert_eq!(index.merged(), bytes, "what is merged twice is the same");
    }
}

/// Rows of another fleet, with numbers that are not given yet.
fn more(seed: u64, documents: usize, from: Number) -> Vec<Row> {
    let rows = world(seed, documents, 0).rows.into_iter();
    rows.map(|(document, package, version)| (document + from, package, version)).collect()
}

#[test]
fn an_index_that_is_made_one_beside_is_searched_meanwhile_and_misses_nothing_after() {
    let mut world = world(11, 120, 150);
    let mut index = Index::default();
    add_all(&mut index, &world.rows);
    let segment = Segment::open(index.merged()).expect("a segment");
    let numbers = segment.documents();
    let mut index = Index::made_of(segment, numbers);
    compare(&index, &world, "of a segment whose documents are known");
    let add = |index: &mut Index, world: &mut World, from| {
        let rows = more(u64::from(from), 40, from);
        add_all(index, &rows);
        world.rows.extend(rows);
    };
    let remove = |index: &mut Index, world: &mut World, part: Number| {
        (0..4000).step_by(7).for_each(|number| index.remove(number + part));
        world.rows.retain(|(document, ..)| document % 7 != part);
    };
    add(&mut index, &mut world, 1000);
    remove(&mut index, &mut world, 0);
    let frozen = index.freeze();
    assert!(index.rows_since() > 0, "it is not made one yet");
    compare(&index, &world, "frozen");
    let wanted: BTreeSet<Number> = world.rows.iter().map(|(document, ..)| *document).collect();
    assert!(wanted.is_subset(&frozen.documents().into_iter().collect()));
    assert!(frozen.documents().iter().all(|document| document % 7 != 0));
    add(&mut index, &mut world, 2000);
    remove(&mut index, &mut world, 1);
    compare(&index, &world, "with what came and went since");
    let merged = frozen.merged();
    let mut written = Vec::new();
    merged.write(&mut written).expect("memory");
    assert_eq!((written.len(), &written), (merged.size_bytes(), &merged.into_bytes()));
    assert!(index.put(&frozen, Segment::open(written.clone()).expect("a segment")));
    compare(&index, &world, "put");
    assert!(!index.put(&frozen, Segment::open(written).expect("a segment")), "it was put");
    compare(&index, &world, "put once");
    add(&mut index, &mut world, 3000);
    let again = index.freeze();
    assert!(index.put(&again, Segment::open(again.merged().into_bytes()).expect("a segment")));
    compare(&index, &world, "put again");
    let distinct: BTreeSet<&Row> = world.rows.iter().collect();
    assert_eq!((index.rows_of_segments(), index.rows_since()), (distinct.len(), 0));
    assert_eq!(index.removed().count(), 0, "what was taken out is merged away");
}

#[test]
fn a_number_is_not_given_twice_before_all_is_merged() {
    let package = Package::new("npm", "a");
    let mut index = Index::default();
    index.add(1, [(&package, "1.0.0")]).expect("new");
    assert!(index.add(1, [(&package, "2.0.0")]).is_err());
    index.remove(1);
    assert!(index.add(1, [(&package, "2.0.0")]).is_err());
    assert!(index.containing(&package).is_empty());
    let mut index = Index::of(vec![Segment::open(index.merged()).expect("a segment")], []);
    index.add(1, [(&package, "2.0.0"), (&package, "2.0.0")]).expect("free again");
    assert_eq!(index.containing(&package), [("2.0.0".to_owned(), vec![1])].into());
}

/// From the other side, the same: each component finds the advisories that find it.
#[test]
fn a_new_document_finds_the_advisories_that_would_find_it() {
    let world = world(44228, 80, 200);
    let mut rules = Rules::default();
    for (advisory, package, said) in &world.advisories {
        rules.add(*advisory, package, said.rule(package));
    }
    let mut found = 0;
    for (_, package, version) in &world.rows {
        let mut wanted: Vec<(Number, Answer)> = Vec::new();
        for (advisory, _, said) in world.advisories.iter().filter(|(_, one, _)| one == package) {
            let answer = said.answer(package.ecosystem(), version);
            if answer != Answer::No {
                wanted.push((*advisory, answer));
            }
        }
        assert_eq!(rules.of(package, version), wanted, "{package} {version}");
        found += wanted.len();
    }
    assert!(found > 100, "{found}");
    for advisory in 0..200 {
        rules.remove(advisory);
    }
    assert!(world.rows.iter().all(|(_, package, version)| rules.of(package, version).is_empty()));
}

/// What an advisory says of one package several times, the surest counts.
#[test]
fn of_several_rules_of_one_advisory_the_surest_counts() {
    let package = Package::new("npm", "a");
    let mut rules = Rules::default();
    let range = |from: &str, fixed: &str| {
        let events = vec![Event::Introduced(from.to_owned()), Event::Fixed(fixed.to_owned())];
        Said::Events(events, Vec::new()).rule(&package)
    };
    rules.add(1, &package, range("0", "next"));
    rules.add(1, &package, range("1.0.0", "2.0.0"));
    assert_eq!(rules.of(&package, "1.5.0"), [(1, Answer::Yes)]);
    assert_eq!(rules.of(&package, "3.0.0"), [(1, Answer::Undecided)]);
    assert_eq!(rules.said_by(1).count(), 2);
}
