"""A wide table of people for the rule benchmarks, the 17 decisions measured, and the illustrative lines they use.

The people are drawn by hash from nothing; they resemble nobody. Money is in fen.
"""

import datetime as dt
from pathlib import Path

import duckdb

from renben.catalogue import load as load_catalogue
from renben.engines.rules import LoadedBook, from_catalogue, load, read_changes
from renben.measures.citizenization.entitlements import BOOK

ON = dt.date(2025, 3, 1)
DECISIONS = (
    "residence_permit",
    "permit_holder",
    "settle",
    "preschool_place",
    "senior_high_place",
    "local_gaokao",
    "compulsory_fees_free",
    "vaccination",
    "elder_health",
    "rural_worker_training",
    "training_subsidy",
    "resident_medical_subsidy",
    "public_rental",
    "rent_subsidy",
    "minimum_living",
    "old_age_pension",
    "pension_claim_here",
)
START = dt.date(2020, 1, 1)
LINES = {
    "housing.income_line": 2000,
    "housing.asset_line": 100_000,
    "housing.area_line": 15,
    "housing.stable_job_months": 12,
    "housing.market_rent": 15,
    "housing.subsidy_area_1": 20,
    "housing.subsidy_area_2": 40,
    "housing.subsidy_area_3": 60,
    "housing.band_minimum": 0.9,
    "housing.band_low": 0.5,
    "social_aid.line": 700,
    "social_aid.asset_line": 50_000,
    "social_insurance.resident_subsidy": 670,
}
DATES = {
    "birth": (1935, 2024, 0),
    "resident_since": (2016, 2025, 20),
    "registered_since": (2016, 2025, 20),
    "stable_job_since": (2014, 2025, 40),
    "stable_home_since": (2014, 2025, 40),
    "study_since": (2014, 2025, 80),
    "permit_issued": (2018, 2025, 50),
    "permit_counted_from": (2018, 2025, 50),
    "endorsed_until": (2024, 2026, 50),
    "senior_high_since": (2020, 2025, 90),
}
FLAGS = (
    "late_endorsement",
    "finished_junior",
    "student_record",
    "parents_stable_job",
    "parents_stable_home",
    "rural_hukou",
    "poor_family",
    "leaving_school",
    "school_leaver_unemployed",
    "registered_unemployed",
    "training_subsidy_this_year",
    "employee_insured",
    "in_public_housing",
    "minimum_income_household",
    "pension_relation_here",
    "temporary_account",
)
NUMBERS = {
    "pension_months_here": 300,
    "training_days": 21,
    "owned_area": 120,
    "household_size": 6,
    "pension_months": 420,
}
MONEY = {"household_income": 12_000, "household_assets": 200_000}
HOUSEHOLD = 3
"""Members; a file holds whole households, as the synthesis and a county's register write them."""


def bench_book() -> LoadedBook:
    """The rule book with the illustrative lines (not published ones) laid over."""
    provisions = from_catalogue(load_catalogue().laws)
    changes = read_changes({name: {START: value} for name, value in LINES.items()}, provisions, "benchmark")
    return load(BOOK, provisions.overlay(changes))


def counties() -> list[int]:
    """Region codes of the catalogue's counties."""
    return sorted(int(code) for code, region in load_catalogue().regions.items() if region.level == "county")


def make_people(folder: Path, people: int, files: int) -> None:
    """Write so many people, sorted by county, as so many Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    codes = counties()
    connection.execute(
        "CREATE TABLE c AS SELECT row_number() OVER () - 1 AS n, v AS county FROM (SELECT unnest(?) AS v)",
        [codes],
    )
    for number in range(files):
        low, high = (people * n // files // HOUSEHOLD * HOUSEHOLD for n in (number, number + 1))
        high = people if number + 1 == files else high
        path = folder / f"{number:04d}.parquet"
        connection.execute(
            f"COPY ({_rows(low, high, people, len(codes))}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _rows(low: int, high: int, people: int, codes: int) -> str:
    columns = ["i AS person", f"i // {HOUSEHOLD} AS household"]
    columns += [
        f"CASE WHEN i % {HOUSEHOLD} = 0 AND i + {n} < {people} THEN i + {n} END AS {name}"
        for n, name in ((1, "mother"), (2, "father"))
    ]
    columns += ["CAST(c.county AS INTEGER) AS county"]
    columns.append(
        f"CAST(CASE WHEN {_draw('hukou', 10)} < 7 THEN c.county ELSE 140000 + {_draw('away', 11)} * 100 + {_draw('x', 20)} END AS INTEGER) AS hukou_county"
    )
    columns.append(
        f"CAST(CASE WHEN {_draw('insured', 10)} < 8 THEN c.county ELSE 141002 END AS INTEGER) AS insured_county"
    )
    columns.append(f"CAST(1 + {_draw('class', 3)} AS TINYINT) AS retirement_class")
    columns += [_date(name, *given) for name, given in DATES.items()]
    columns += [
        f"CASE WHEN {_draw(name + '?', 50)} > 0 THEN {_draw(name, 3)} = 0 END AS {name}" for name in FLAGS
    ]
    columns += [f"CAST({_draw(name, top)} AS SMALLINT) AS {name}" for name, top in NUMBERS.items()]
    columns += [f"CAST({_draw(name, top)} * 100 AS INTEGER) AS {name}" for name, top in MONEY.items()]
    return f"SELECT {', '.join(columns)} FROM range({low}, {high}) t(i) JOIN c ON c.n = (i * {codes}) // {people}"


def _draw(name: str, top: int) -> str:
    return f"CAST(hash(i, '{name}') % {top} AS BIGINT)"


def _date(name: str, first: int, last: int, never: int) -> str:
    days = (dt.date(last, 1, 1) - dt.date(first, 1, 1)).days
    day = f"CAST(DATE '{first}-01-01' + CAST({_draw(name, days)} AS INTEGER) AS DATE)"
    return f"CASE WHEN {_draw(name + '!', 100)} < {never} THEN DATE '9999-12-31' WHEN {_draw(name + '?', 50)} > 0 THEN {day} END AS {name}"
