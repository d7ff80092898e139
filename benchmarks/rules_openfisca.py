"""Nine of the decisions written for OpenFisca-Core, timed for one person; run by the Python that has it installed.

OpenFisca-Core is under AGPL: it is a peer of this benchmark only, never a dependency, and lives in an environment of
its own: `RENBEN_OPENFISCA_PYTHON=/path/to/python python -m benchmarks rules`.
Reads one person's facts as JSON from standard input (dates as days since 1970), prints answers and seconds as JSON.
"""

import json
import statistics
import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = build_entity(key="person", plural="persons", label="", is_person=True)
PERIOD = "2025-03-01"
TODAY, YEAR1, YEAR5 = 20148, 19783, 18322
SIX_MONTHS, THREE_YEARS, YEARS_65 = 19967, 19052, -3593
FACTS: dict[str, type] = {}


def variable(name: str, kind: type, formula=None) -> type:
    """A variable of a person for a day."""
    body = {"value_type": kind, "entity": PERSON, "definition_period": DateUnit.DAY, "label": name}
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def formulas() -> dict[str, tuple[type, object]]:
    """Name to type and formula."""
    return {
        "elsewhere": (bool, lambda p, t: p("county", t) // 100 != p("hukou_county", t) // 100),
        "settled": (bool, lambda p, t: p("county", t) == p("hukou_county", t)),
        "permit_holder": (bool, permit_holder),
        "tier_0": (
            bool,
            lambda p, t: p("settled", t) + p("permit_holder", t) + (p("registered_since", t) <= TODAY),
        ),
        "residence_permit": (bool, residence_permit),
        "settle": (bool, settle),
        "local_gaokao": (bool, local_gaokao),
        "elder_health": (bool, lambda p, t: (p("birth", t) <= YEARS_65) * p("tier_0", t)),
        "training_subsidy": (bool, training_subsidy),
        "training_amount": (int, training_amount),
        "per_head": (int, lambda p, t: p("household_income", t) // np.maximum(p("household_size", t), 1)),
        "public_rental": (bool, public_rental),
        "minimum_living": (
            bool,
            lambda p, t: (p("per_head", t) < 70000) * (p("household_assets", t) <= 5000000),
        ),
        "living_amount": (int, living_amount),
        "pension_claim_here": (bool, pension_claim_here),
    }


def permit_holder(p, t):
    issued = p("permit_issued", t)
    endorsed = (p("endorsed_until", t) >= TODAY) + p("late_endorsement", t)
    return (issued <= TODAY) * (issued > YEAR5) * endorsed


def residence_permit(p, t):
    ground = (
        (p("stable_job_since", t) <= TODAY)
        + (p("stable_home_since", t) <= TODAY)
        + (p("study_since", t) <= TODAY)
    )
    return (
        p("elsewhere", t)
        * (p("registered_since", t) <= TODAY)
        * (p("resident_since", t) <= SIX_MONTHS)
        * ground
    )


def settle(p, t):
    return np.logical_not(p("settled", t)) * (
        (p("stable_home_since", t) <= TODAY) + (p("stable_job_since", t) <= TODAY)
    )


def local_gaokao(p, t):
    parents = p("parents_stable_job", t) * p("parents_stable_home", t)
    return p("settled", t) + (p("senior_high_since", t) <= THREE_YEARS) * p("student_record", t) * parents


def training_subsidy(p, t):
    who = p("poor_family", t) + p("leaving_school", t) + p("school_leaver_unemployed", t)
    who = who + p("rural_hukou", t) + p("registered_unemployed", t)
    return who * np.logical_not(p("training_subsidy_this_year", t)) * (p("training_days", t) >= 1)


def training_amount(p, t):
    days = p("training_days", t)
    paid = np.minimum(days, 10) * 15000 + np.maximum(np.minimum(days, 15) - 10, 0) * 10000
    return np.where(p("training_subsidy", t), paid, 0)


def public_rental(p, t):
    crowded = p("owned_area", t) // np.maximum(p("household_size", t), 1) < 15
    modest = (p("per_head", t) <= 200000) * (p("household_assets", t) <= 10000000)
    local = p("settled", t) + (p("stable_job_since", t) <= YEAR1)
    return np.logical_not(p("in_public_housing", t)) * local * crowded * modest


def living_amount(p, t):
    return np.where(p("minimum_living", t), (70000 - p("per_head", t)) * p("household_size", t), 0)


def pension_claim_here(p, t):
    long_enough = np.logical_not(p("temporary_account", t)) * (p("pension_months_here", t) >= 120)
    return p("pension_relation_here", t) * ((p("insured_county", t) == p("hukou_county", t)) + long_enough)


OUTPUTS = (
    "residence_permit",
    "permit_holder",
    "settle",
    "local_gaokao",
    "elder_health",
    "training_subsidy",
    "training_amount",
    "public_rental",
    "minimum_living",
    "living_amount",
    "pension_claim_here",
)


def main() -> None:
    """Read a person, compute, print."""
    facts = json.load(sys.stdin)
    system = TaxBenefitSystem([PERSON])
    for name, value in facts.items():
        system.add_variable(variable(name, bool if isinstance(value, bool) else int))
    for name, (kind, formula) in formulas().items():
        system.add_variable(variable(name, kind, formula))
    situation = {"persons": {"one": {name: {PERIOD: value} for name, value in facts.items()}}}

    def once(trace: bool = False) -> dict:
        simulation = SimulationBuilder().build_from_entities(system, situation)
        simulation.trace = trace
        return {name: simulation.calculate(name, PERIOD)[0].item() for name in OUTPUTS}

    answers = once()
    print(json.dumps({"answers": answers, "seconds": timed(once), "traced": timed(lambda: once(True))}))


def timed(function) -> float:
    """Median seconds of 200 runs."""
    times = []
    for _ in range(200):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
