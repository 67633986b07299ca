"""Ranges and versions for univers.

Reads a file of JSON: a list of `{"ranges": [...], "versions": [...]}`, each of one ecosystem. Answers
lines on standard input: `run AT` asks for every version of the list at AT whether it is in each range,
and answers with the processor time in seconds; `verdicts AT` answers with one sign for each pair, range
by range: 1, 0, or ? where it refuses. Ranges and versions are parsed before. Ends with its input.
"""

import json
import sys
import time

from univers.version_range import VersionRange


def parsed(one):
    ranges = [VersionRange.from_string(text) for text in one["ranges"]]
    kind = ranges[0].version_class
    return ranges, [kind(text) for text in one["versions"]]


def verdict(version, of):
    try:
        return "1" if version in of else "0"
    except Exception:
        return "?"


with open(sys.argv[1], encoding="utf-8") as file:
    sets = [parsed(one) for one in json.load(file)]
for line in sys.stdin:
    what, at = line.split()
    ranges, versions = sets[int(at)]
    if what == "verdicts":
        signs = (verdict(version, of) for of in ranges for version in versions)
        print("".join(signs), flush=True)
        continue
    began = time.process_time()
    for of in ranges:
        for version in versions:
            version in of
    print(time.process_time() - began, flush=True)
