"""The duties of the benchmark for openfisca-core, one vectorised variable for each.

Reads the cases as columns from a file and the duties as JSON, then answers lines on standard
input: `run` computes every duty anew and answers with the processor time and the time by the wall,
in seconds; `one` does so for the first case alone; `digest` answers with the SHA-256 over every due instant, duty by
duty. Ends with its input.
"""

import hashlib
import json
import sys
import time

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2026-09"
# In the order in which the columns stand in the file.
COLUMNS = [
    ("jurisdiction", int),
    ("role", int),
    ("sector", int),
    ("exploited", bool),
    ("severe", bool),
    ("critical", bool),
    ("users", int),
    ("aware_at", int),
]

case = build_entity(key="case", plural="cases", label="a case", is_person=True)


def column(name, kind):
    body = {"value_type": kind, "entity": case, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), body)


def duty(at, of):
    def formula(cases, period):
        threat = cases("exploited", period) + cases("severe", period) * (
            cases("users", period) >= of["users_over"]
        )
        place = (cases("sector", period) != of["sector_not"]) + cases("critical", period)
        owed = (
            (cases("jurisdiction", period) == of["jurisdiction"])
            * (cases("role", period) == of["role"])
            * threat
            * place
        )
        return numpy.where(owed, cases("aware_at", period) + of["hours"] * 3600, 0)

    name = f"duty_{at}"
    body = {
        "value_type": int,
        "entity": case,
        "definition_period": DateUnit.MONTH,
        "label": name,
        "formula": formula,
    }
    return type(name, (Variable,), body)


def simulation(system, columns, count):
    made = SimulationBuilder().build_default_simulation(system, count)
    for (name, kind), values in zip(COLUMNS, columns):
        made.set_input(name, PERIOD, values[:count].astype(kind))
    return made


def main():
    path, count, duties = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    system = TaxBenefitSystem([case])
    for name, kind in COLUMNS:
        system.add_variable(column(name, kind))
    for at, of in enumerate(duties):
        system.add_variable(duty(at, of))
    columns = numpy.fromfile(path, dtype=numpy.int32).reshape(len(COLUMNS), count)
    names = [f"duty_{at}" for at in range(len(duties))]
    many, one = simulation(system, columns, count), simulation(system, columns, 1)
    for line in sys.stdin:
        word = line.strip()
        asked = one if word == "one" else many
        if word == "digest":
            digest = hashlib.sha256()
            for name in names:
                digest.update(asked.calculate(name, PERIOD).astype(numpy.int32).tobytes())
            print(digest.hexdigest(), flush=True)
            continue
        for name in names:
            asked.delete_arrays(name)
        began, began_wall = time.process_time(), time.perf_counter()
        for name in names:
            asked.calculate(name, PERIOD)
        wall = time.perf_counter() - began_wall
        print(time.process_time() - began, wall, flush=True)


main()
