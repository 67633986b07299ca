//! `CycloneDX`.

use watchfire_formats::sbom::{Format, Lost, RelationKind, Ways, conforms, read};

use crate::data::suite;

/// What is wrong with the verdicts on the cases of the suite whose names end with `ending`.
fn wrong_verdicts(ending: &str) -> (usize, usize, Vec<String>) {
    let (mut valid, mut invalid) = (0, 0);
    let mut wrong = Vec::new();
    for (name, text) in suite().iter().filter(|(name, _)| name.ends_with(ending)) {
        let wants_valid = name.contains("/valid-");
        *if wants_valid { &mut valid } else { &mut invalid } += 1;
        let verdict = match conforms(text.as_bytes()) {
            Ok(problems) if problems.is_empty() => Ok(()),
            Ok(problems) => Err(problems.told[0].to_string()),
            Err(refused) => Err(refused.to_string()),
        };
        println!("{name}: {verdict:?}");
        if verdict.is_ok() != wants_valid {
            wrong.push(format!("{name}: {verdict:?}"));
        }
        // What is valid is read without anything being lost but what it says of vulnerabilities.
        if wants_valid {
            match read(text.as_bytes()) {
                Ok(document) if document.skipped.iter().all(|it| it.lost == Lost::Statement) => {}
                Ok(document) => wrong.push(format!("{name}: {:?}", document.skipped)),
                Err(refused) => wrong.push(format!("{name}: {refused}")),
            }
        }
    }
    (valid, invalid, wrong)
}

#[test]
fn every_verdict_on_json_is_that_of_the_suite() {
    let (valid, invalid, wrong) = wrong_verdicts(".json");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((valid, invalid), (155, 102));
}

#[test]
fn every_verdict_on_xml_is_that_of_the_suite() {
    let (valid, invalid, wrong) = wrong_verdicts(".xml");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((valid, invalid), (177, 111));
}

const NESTED: &str = r#"{
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 3,
    "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "components": [
        {"components": [
            {"type": "library", "group": "org.apache.logging.log4j", "name": "log4j-core",
             "version": "2.14.1", "bom-ref": "core",
             "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
             "cpe": "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*",
             "hashes": [{"alg": "SHA-1", "content": "ABCDEF"}],
             "licenses": [{"license": {"id": "Apache-2.0"}}]}],
         "type": "application", "name": "shop", "bom-ref": "shop"},
        {"type": "library", "name": "odd", "version": 5, "purl": "pkg:nothing"},
        {"type": "library", "version": "1"},
        {"type": "library", "purl": "pkg:npm/unnamed@1"},
        7],
    "dependencies": [{"dependsOn": ["core", 4], "ref": "shop"}],
    "metadata": {
        "timestamp": "2021-12-10T00:00:00Z",
        "tools": {"components": [{"type": "application", "name": "maker", "version": "2"}]},
        "component": {"type": "application", "name": "the product", "bom-ref": "product"}}}"#;

#[test]
fn what_stands_in_a_document_is_read_and_what_is_left_out_is_told() {
    let document = read(NESTED.as_bytes()).expect("it is one");
    assert_eq!(document.head.format, Format::CycloneDxJson);
    assert_eq!(document.head.version, "1.6");
    assert_eq!(document.head.revision.as_deref(), Some("3"));
    assert_eq!(document.head.created.as_deref(), Some("2021-12-10T00:00:00Z"));
    assert_eq!(document.head.tools, ["maker 2"]);
    let names: Vec<&str> = document.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["shop", "log4j-core", "odd", "unnamed", "the product"]);
    let core = &document.components[1];
    assert_eq!(core.within, Some(document.components[0].number));
    assert_eq!(core.place.to_string(), "/components/0/components/0");
    assert_eq!(core.purls[0].version(), Some("2.14.1"));
    assert_eq!(core.cpes.len(), 1);
    assert_eq!(
        (core.hashes[0].algorithm.as_str(), core.hashes[0].digits.as_str()),
        ("sha1", "abcdef")
    );
    assert_eq!(core.licences, ["Apache-2.0"]);
    assert!(document.components[4].is_subject);
    let [relation] = &document.relations[..] else { panic!("{:?}", document.relations) };
    assert_eq!(relation.kind, RelationKind::DependsOn);
    assert_eq!((relation.from.as_str(), relation.to.as_str()), ("shop", "core"));
    let skipped: Vec<(Lost, String)> =
        document.skipped.iter().map(|it| (it.lost, it.place.to_string())).collect();
    let wanted = [
        (Lost::Detail, "/components/1/version"),
        (Lost::Detail, "/components/1"),
        (Lost::Component, "/components/2"),
        (Lost::Detail, "/components/3"),
        (Lost::Component, "/components/4"),
        (Lost::Detail, "/dependencies/0/dependsOn/1"),
    ];
    assert_eq!(skipped, wanted.map(|(lost, place)| (lost, place.to_owned())));
    assert_eq!(document.head.skipped, 6);
}

/// A fork goes by another name, and is told to be one; both forms say it the same way.
#[test]
fn what_a_component_was_made_from_is_kept() {
    let json = r#"{"bomFormat": "CycloneDX", "specVersion": "1.7", "version": 1, "components": [
        {"type": "library", "name": "our-log4j", "versionRange": "vers:maven/>=2|<3",
         "pedigree": {"ancestors": [
            {"type": "library", "name": "log4j-core",
             "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
            {"type": "library", "name": "something"}]}}]}"#;
    let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.7" version="1"><components>
        <component type="library"><name>our-log4j</name>
        <versionRange>vers:maven/&gt;=2|&lt;3</versionRange>
        <pedigree><ancestors>
            <component type="library"><name>log4j-core</name>
                <purl>pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1</purl></component>
            <component type="library"><name>something</name></component>
        </ancestors></pedigree></component></components></bom>"#;
    for text in [json, xml] {
        let document = read(text.as_bytes()).expect("it is one");
        let [fork] = &document.components[..] else { panic!("{:?}", document.components) };
        let ancestors: Vec<String> = fork.ancestors.iter().map(ToString::to_string).collect();
        assert_eq!(ancestors, ["pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"]);
        assert!(fork.purls.is_empty() && fork.version.is_none());
        assert_eq!(fork.version_range.as_deref(), Some("vers:maven/>=2|<3"));
        assert_eq!(document.skipped, []);
    }
}

#[test]
fn the_way_to_a_component_leads_from_the_product_and_around_no_circle() {
    let part = |id: &str| format!(r#"{{"type": "library", "name": "{id}", "bom-ref": "{id}"}}"#);
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {{"component": {}}},
        "components": [{}, {}, {}, {{"type": "library", "name": "d", "bom-ref": "d", "components": [{}]}}],
        "dependencies": [
            {{"ref": "product", "dependsOn": ["a", "nowhere"]}}, {{"ref": "a", "dependsOn": ["b"]}},
            {{"ref": "b", "dependsOn": ["a", "d", "b"]}}]}}"#,
        part("product"),
        part("a"),
        part("b"),
        part("c"),
        part("e")
    );
    let document = read(text.as_bytes()).expect("it is one");
    let mut ways = Ways::default();
    document.components.iter().for_each(|component| ways.component(component));
    document.relations.iter().for_each(|relation| ways.relation(relation));
    let found = ways.found();
    let is_subject = document.components.iter().map(|it| it.is_subject);
    assert_eq!(found.subjects, is_subject.collect::<Vec<_>>());
    let ways = found.parents;
    let way = |name: &str| {
        let mut at = document.components.iter().position(|it| it.name == name);
        let mut way = Vec::new();
        while let Some(here) = at {
            way.push(document.components[here].name.as_str());
            at = ways[here].map(|at| at as usize);
        }
        way.reverse();
        way.join(" ")
    };
    assert_eq!(way("e"), "product a b d e");
    assert_eq!(way("product"), "product");
    assert_eq!(way("c"), "c");
}

#[test]
fn a_problem_says_where_it_stands() {
    let problems = conforms(NESTED.as_bytes()).expect("it can be read").told;
    let places: Vec<String> = problems.iter().map(|it| it.place.to_string()).collect();
    let hash = "/components/0/components/0/hashes/0/content";
    let wanted = [hash, "/components/1/version", "/components/2", "/components/3", "/components/4"];
    assert_eq!(places[..5], wanted, "{problems:?}");
}

#[test]
fn a_version_that_is_not_known_is_refused_by_its_name() {
    for version in ["1.1", "1.8", "2.0", "one", ""] {
        let text = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "{version}"}}"#);
        let refused = read(text.as_bytes()).expect_err("it is not known").to_string();
        assert!(refused.contains(version) && refused.contains("1.2 to 1.7"), "{refused}");
    }
}

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.6" xmlns:o="https://example.org/other"
    serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="3">
  <b:metadata>
    <b:timestamp>2021-12-10T00:00:00Z</b:timestamp>
    <b:tools><b:components><b:component type="application">
      <b:name>maker</b:name><b:version>2</b:version></b:component></b:components></b:tools>
    <b:component type="application" bom-ref="product"><b:name>the product</b:name></b:component>
  </b:metadata>
  <b:components>
    <b:component type="application" bom-ref="shop">
      <b:name>shop &amp; co</b:name>
      <b:components>
        <b:component type="library" bom-ref="core">
          <b:group>org.apache.logging.log4j</b:group>
          <b:name><![CDATA[log4j-core]]></b:name>
          <b:version> 2.14.1 </b:version>
          <b:hashes><b:hash alg="SHA-1">ABCDEF</b:hash></b:hashes>
          <b:licenses><b:license><b:id>Apache-2.0</b:id></b:license></b:licenses>
          <b:cpe>cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*</b:cpe>
          <b:purl>pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1</b:purl>
        </b:component>
      </b:components>
      <o:name>not a name of ours</o:name>
    </b:component>
    <b:component type="library" bom-ref="core"><b:version>1</b:version></b:component>
  </b:components>
  <b:dependencies><b:dependency ref="shop"><b:dependency ref="core"/></b:dependency></b:dependencies>
</b:bom>"#;

#[test]
fn xml_is_read_as_json_is() {
    let document = read(XML.as_bytes()).expect("it is one");
    assert_eq!(
        (document.head.format, document.head.version.as_str()),
        (Format::CycloneDxXml, "1.6")
    );
    assert_eq!(document.head.revision.as_deref(), Some("3"));
    assert_eq!(document.head.created.as_deref(), Some("2021-12-10T00:00:00Z"));
    assert_eq!(document.head.tools, ["maker 2"]);
    let names: Vec<&str> = document.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["the product", "shop & co", "log4j-core"]);
    assert!(document.components[0].is_subject);
    let core = &document.components[2];
    assert_eq!(core.within, Some(document.components[1].number));
    assert_eq!(
        core.place.to_string(),
        "/bom/components[1]/component[1]/components[1]/component[1], line 14"
    );
    assert_eq!(core.version.as_deref(), Some("2.14.1"));
    assert_eq!((core.purls[0].version(), core.cpes.len()), (Some("2.14.1"), 1));
    assert_eq!(
        (core.hashes[0].algorithm.as_str(), core.hashes[0].digits.as_str()),
        ("sha1", "abcdef")
    );
    assert_eq!(core.licences, ["Apache-2.0"]);
    assert_eq!(
        (document.relations[0].from.as_str(), document.relations[0].to.as_str()),
        ("shop", "core")
    );
    assert_eq!(document.skipped[0].lost, Lost::Component);
    assert_eq!(document.skipped[0].place.line, Some(26));
    let problems = conforms(XML.as_bytes()).expect("it can be read").told;
    let told: Vec<(Option<u64>, &str)> =
        problems.iter().map(|it| (it.place.line, it.reason.as_str())).collect();
    let wanted = [
        (Some(18), "`ABCDEF` does not fit"),
        (Some(26), "the `bom-ref` `core` stands in the document already"),
        (Some(26), "`version` may not stand here"),
    ];
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for ((line, reason), (at, begins)) in told.iter().zip(wanted) {
        assert!(*line == at && reason.starts_with(begins), "{line:?} {reason}");
    }
}

#[test]
fn statements_on_vulnerabilities_are_told_and_not_taken() {
    let json = |list: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {{"type": "library", "name": "a"}}], "vulnerabilities": {list}}}"#
        )
    };
    let xml = |list: &str| {
        format!(
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component
            type="library"><name>a</name></component></components><vulnerabilities>{list}
            </vulnerabilities></bom>"#
        )
    };
    let one = r#"{"id": "CVE-2021-44228", "analysis": {"state": "not_affected"}}"#;
    let element = "<vulnerability><id>CVE-2021-44228</id></vulnerability>";
    for (text, told) in [
        (json("[]"), None),
        (json("null"), None),
        (json(&format!("[{one}]")), Some(("/vulnerabilities", "(1)"))),
        (json(&format!("[{one}, {one}, 3]")), Some(("/vulnerabilities", "(3)"))),
        (json("3"), Some(("/vulnerabilities", "a list is wanted"))),
        (xml(""), None),
        (xml(&element.repeat(2)), Some(("/bom/vulnerabilities[1]", "(2)"))),
    ] {
        let document = read(text.as_bytes()).unwrap_or_else(|refused| panic!("{text}: {refused}"));
        assert_eq!(document.components.len(), 1, "{text}");
        assert_eq!(document.skipped.len(), usize::from(told.is_some()), "{text}");
        if let (Some((path, words)), [skipped]) = (told, &document.skipped[..]) {
            assert_eq!((skipped.lost, skipped.place.path.as_str()), (Lost::Statement, path));
            assert!(skipped.reason.contains(words), "{}", skipped.reason);
        }
    }
}
