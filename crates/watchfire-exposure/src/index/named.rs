//! Packages by the beginning of their names, for whoever knows no more of one.

use std::collections::BTreeSet;

use super::{Answer, Index, Package, Rule};

/// So many packages are looked at; an index with more of them is looked at in part.
const LOOKED_AT_MAX: usize = 1_000_000;

impl Index {
    /// Returns at most `limit` packages of which the name, or a part of it behind `/` or `:`, begins
    /// so, whatever the case of its letters, and whether there may be more.
    ///
    /// The cost is that of a look at each package, at most a million of them, and not at what
    /// contains them.
    pub fn named(&self, begins: &str, limit: usize) -> (Vec<Package>, bool) {
        let begins = begins.trim();
        if begins.is_empty() {
            return (Vec::new(), false);
        }
        let mut found: BTreeSet<Package> = BTreeSet::new();
        let (mut looked_at, mut is_cut) = (0, false);
        let mut look = |family: &str, name: &str| {
            looked_at += 1;
            if looked_at > LOOKED_AT_MAX {
                is_cut = true;
                return false;
            }
            if has_part(name, begins) {
                let package = Package::new(family, name);
                let is_behind = found.len() == limit && found.last() < Some(&package);
                if is_behind {
                    is_cut = true;
                } else if !found.contains(&package) && self.is_held(&package) {
                    found.insert(package);
                    // The last in order makes room: those that are given are the first.
                    if found.len() > limit {
                        found.pop_last();
                        is_cut = true;
                    }
                }
            }
            true
        };
        let in_segments = self.segments.iter().all(|segment| {
            (0..segment.packages()).all(|at| match segment.package_key(at).split_once('\0') {
                Some((family, name)) => look(family, name),
                None => true,
            })
        });
        if in_segments {
            // Whether it was looked at to the end is in `is_cut`.
            let _whole = self
                .deltas()
                .all(|delta| delta.packages.keys().all(|one| look(one.family(), one.name())));
        }
        (found.into_iter().collect(), is_cut)
    }

    /// Whether a document that counts contains something of a package.
    fn is_held(&self, package: &Package) -> bool {
        let mut is_held = false;
        self.visit(package, &Rule::every(), |_, answer| is_held |= answer != Answer::No);
        is_held
    }
}

/// Whether a name, or what follows a `/` or `:` in it, begins so.
fn has_part(name: &str, begins: &str) -> bool {
    let starts = name.match_indices(['/', ':']).map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).any(|start| {
        let part = name.get(start..start + begins.len());
        part.is_some_and(|part| part.eq_ignore_ascii_case(begins))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Segment;
    use super::*;

    fn index(packages: &[(&str, &str)]) -> Index {
        let mut index = Index::default();
        for (number, (ecosystem, name)) in (1..).zip(packages) {
            let package = Package::new(ecosystem, name);
            index.add(number, [(&package, "1.0")]).expect("a new number");
        }
        index
    }

    fn names(index: &Index, begins: &str, limit: usize) -> (Vec<String>, bool) {
        let (found, is_cut) = index.named(begins, limit);
        (found.iter().map(ToString::to_string).collect(), is_cut)
    }

    const ALL: [(&str, &str); 6] = [
        ("maven", "org.apache.logging.log4j:log4j-core"),
        ("maven", "org.apache.logging.log4j:log4j-api"),
        ("maven", "ch.qos.logback:logback-core"),
        ("npm", "@babel/core"),
        ("npm", "Log4js"),
        ("golang", "github.com/log4go/log4go"),
    ];

    #[test]
    fn packages_are_found_by_the_beginning_of_a_part_of_their_names() {
        let fresh = index(&ALL);
        let segment = Segment::open(fresh.merged()).expect("what was just merged");
        let merged = Index::of(vec![segment], []);
        // While all is made one segment beside, with what came since.
        let mut frozen = index(&ALL[..4]);
        let _being_merged = frozen.freeze();
        for (number, (ecosystem, name)) in (10..).zip(&ALL[4..]) {
            frozen.add(number, [(&Package::new(ecosystem, name), "1.0")]).expect("a new number");
        }
        for index in [&fresh, &merged, &frozen] {
            let log4j = [
                "maven/org.apache.logging.log4j:log4j-api",
                "maven/org.apache.logging.log4j:log4j-core",
                "npm/Log4js",
            ];
            assert_eq!(names(index, "log4j", 10), (log4j.map(str::to_owned).to_vec(), false));
            assert_eq!(names(index, " LOG4J ", 10).0.len(), 3, "whatever the letters");
            assert_eq!(names(index, "core", 10).0, ["npm/@babel/core"]);
            assert_eq!(names(index, "@babel/co", 10).0, ["npm/@babel/core"]);
            assert_eq!(names(index, "org.apache", 10).0.len(), 2);
            assert_eq!(names(index, "og4j", 10).0.len(), 0, "not from the middle of a part");
            assert_eq!(names(index, "", 10), (Vec::new(), false));
            assert_eq!(names(index, "漏洞", 10), (Vec::new(), false));
            assert_eq!(names(index, "log4", 2).0, ["go/github.com/log4go/log4go", log4j[0]]);
            assert!(names(index, "log4", 2).1, "there are more");
            assert!(!names(index, "log4", 4).1);
        }
    }

    #[test]
    fn what_no_document_contains_any_longer_is_not_found() {
        let mut index = index(&ALL);
        index.remove(5);
        assert_eq!(names(&index, "log4js", 10), (Vec::new(), false));
        let segment = Segment::open(index.merged()).expect("what was just merged");
        let with_marks = Index::of(vec![segment], [2]);
        assert_eq!(
            names(&with_marks, "log4j", 10).0,
            ["maven/org.apache.logging.log4j:log4j-core"]
        );
    }
}
