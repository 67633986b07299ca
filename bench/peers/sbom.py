"""SBOMs for lib4sbom and package URLs for packageurl-python.

Answers lines on standard input: `sbom FILE` reads a file anew, `purl FILE` every package URL of a
file of one a line; each with the processor time in seconds and the SHA-256 over what was found:
`name version purl`, or the parts of each package URL, one a line. Ends with its input.
"""

import hashlib
import sys
import time

from lib4sbom.parser import SBOMParser
from packageurl import PackageURL


def purl_of(package):
    for _, kind, locator in package.get("externalreference", []):
        if kind == "purl":
            return locator
    return ""


def sbom(path):
    began = time.process_time()
    parser = SBOMParser()
    parser.parse_file(path)
    packages = parser.get_packages()
    took = time.process_time() - began
    lines = (f"{it['name']} {it.get('version', '')} {purl_of(it)}" for it in packages)
    return took, lines


def purl(path):
    with open(path, encoding="utf-8") as file:
        texts = file.read().splitlines()
    began = time.process_time()
    purls = [PackageURL.from_string(text) for text in texts]
    took = time.process_time() - began
    return took, (it.to_string() for it in purls)


for line in sys.stdin:
    what, path = line.strip().split(" ", 1)
    took, found = sbom(path) if what == "sbom" else purl(path)
    digest = hashlib.sha256()
    for one in found:
        digest.update(one.encode() + b"\n")
    print(took, digest.hexdigest(), flush=True)
