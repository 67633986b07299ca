//! Components, and documents that are made of them.

use std::fmt::Write as _;

/// A component as it is made.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: String,
    hash: String,
    /// Which earlier component it needs.
    needs: usize,
}

/// Makes the same components always.
pub(super) fn parts(count: usize) -> Vec<Part> {
    let mut state = 0x57_41_54_43_48_u64;
    let mut number = move || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33
    };
    let mut part = |at: usize| {
        let name = format!("part-{}-{at}", number() % 5_000);
        let version = format!("{}.{}.{}", number() % 9, number() % 40, number() % 100);
        let purl = match number() % 4 {
            0 => format!("pkg:maven/org.example.{}/{name}@{version}", number() % 300),
            1 => format!("pkg:npm/{name}@{version}"),
            2 => format!("pkg:deb/debian/{name}@{version}?arch=amd64"),
            _ => format!("pkg:pypi/{name}@{version}"),
        };
        let hash = format!("{:016x}{:016x}{:08x}", number(), number(), number() as u32);
        let needs = number() as usize % at.max(1);
        Part { name, version, purl, hash, needs }
    };
    (0..count).map(&mut part).collect()
}

/// The forms in which an SBOM is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    CycloneDxJson,
    CycloneDxXml,
    SpdxJson,
    SpdxTags,
}

impl Form {
    pub(super) const ALL: [Self; 4] =
        [Self::CycloneDxJson, Self::CycloneDxXml, Self::SpdxJson, Self::SpdxTags];

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::CycloneDxJson => "p6/d-cyclonedx-json",
            Self::CycloneDxXml => "p6/d-cyclonedx-xml",
            Self::SpdxJson => "p6/d-spdx-json",
            Self::SpdxTags => "p6/d-spdx-tags",
        }
    }
}

/// Writes a document.
pub(super) fn document(form: Form, parts: &[Part]) -> Vec<u8> {
    let mut text = String::with_capacity(parts.len() * 400);
    // Writing to a text does not fail.
    let _ = match form {
        Form::CycloneDxJson => cyclonedx_json(&mut text, parts),
        Form::CycloneDxXml => cyclonedx_xml(&mut text, parts),
        Form::SpdxJson => spdx_json(&mut text, parts),
        Form::SpdxTags => spdx_tags(&mut text, parts),
    };
    text.into_bytes()
}

fn comma(at: usize) -> &'static str {
    if at == 0 { "" } else { "," }
}

fn cyclonedx_json(text: &mut String, parts: &[Part]) -> std::fmt::Result {
    text.push_str(r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":["#);
    for (at, part) in parts.iter().enumerate() {
        let Part { name, version, purl, hash, .. } = part;
        write!(
            text,
            r#"{}{{"type":"library","bom-ref":"r{at}","name":"{name}","version":"{version}","hashes":[{{"alg":"SHA-1","content":"{hash}"}}],"licenses":[{{"license":{{"id":"Apache-2.0"}}}}],"purl":"{purl}","properties":[{{"name":"layer","value":"sha256:{hash}"}}]}}"#,
            comma(at)
        )?;
    }
    text.push_str(r#"],"dependencies":["#);
    for (at, part) in parts.iter().enumerate() {
        write!(text, r#"{}{{"ref":"r{at}","dependsOn":["r{}"]}}"#, comma(at), part.needs)?;
    }
    text.push_str("]}");
    Ok(())
}

fn cyclonedx_xml(text: &mut String, parts: &[Part]) -> std::fmt::Result {
    text.push_str(
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" version=\"1\">\n<components>\n",
    );
    for (at, part) in parts.iter().enumerate() {
        let Part { name, version, purl, hash, .. } = part;
        writeln!(
            text,
            "<component type=\"library\" bom-ref=\"r{at}\"><name>{name}</name><version>{version}</version><hashes><hash alg=\"SHA-1\">{hash}</hash></hashes><licenses><license><id>Apache-2.0</id></license></licenses><purl>{purl}</purl></component>"
        )?;
    }
    text.push_str("</components>\n<dependencies>\n");
    for (at, part) in parts.iter().enumerate() {
        writeln!(
            text,
            "<dependency ref=\"r{at}\"><dependency ref=\"r{}\"/></dependency>",
            part.needs
        )?;
    }
    text.push_str("</dependencies>\n</bom>\n");
    Ok(())
}

fn spdx_json(text: &mut String, parts: &[Part]) -> std::fmt::Result {
    text.push_str(r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","dataLicense":"CC0-1.0","name":"made","documentNamespace":"https://example.org/made","creationInfo":{"created":"2026-11-30T10:00:00Z","creators":["Tool: made"]},"packages":["#);
    for (at, part) in parts.iter().enumerate() {
        let Part { name, version, purl, hash, .. } = part;
        write!(
            text,
            r#"{}{{"SPDXID":"SPDXRef-{at}","name":"{name}","versionInfo":"{version}","downloadLocation":"NOASSERTION","licenseDeclared":"Apache-2.0","checksums":[{{"algorithm":"SHA1","checksumValue":"{hash}"}}],"externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"{purl}"}}]}}"#,
            comma(at)
        )?;
    }
    text.push_str(r#"],"relationships":["#);
    for (at, part) in parts.iter().enumerate() {
        write!(
            text,
            r#"{}{{"spdxElementId":"SPDXRef-{at}","relationshipType":"DEPENDS_ON","relatedSpdxElement":"SPDXRef-{}"}}"#,
            comma(at),
            part.needs
        )?;
    }
    text.push_str("]}");
    Ok(())
}

fn spdx_tags(text: &mut String, parts: &[Part]) -> std::fmt::Result {
    text.push_str("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: made\nDocumentNamespace: https://example.org/made\nCreator: Tool: made\nCreated: 2026-11-30T10:00:00Z\n");
    for (at, part) in parts.iter().enumerate() {
        let Part { name, version, purl, hash, needs } = part;
        write!(
            text,
            "\nPackageName: {name}\nSPDXID: SPDXRef-{at}\nPackageVersion: {version}\nPackageDownloadLocation: NOASSERTION\nPackageLicenseDeclared: Apache-2.0\nPackageChecksum: SHA1: {hash}\nExternalRef: PACKAGE-MANAGER purl {purl}\nRelationship: SPDXRef-{at} DEPENDS_ON SPDXRef-{needs}\n"
        )?;
    }
    Ok(())
}
