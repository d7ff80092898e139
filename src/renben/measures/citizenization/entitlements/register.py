"""How the columns of a synthetic population (or a register of the same layout) give the facts of the rule book.

Readings that the data do not settle are written here, one by one, and listed beside every result. A fact one of whose
columns is not there is unknown for everybody; a column named like a fact of the rule book is that fact.

Not modelled: lines and standards of places, which are provisions.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

from renben.engines.rules import Facts
from renben.engines.rules.engine import Engine, Source, parquet, table_source
from renben.engines.rules.frames import NAME, FrameSource

NEVER = "DATE '9999-12-31'"
SINCE = "COALESCE(resident_since, DATE '1900-01-01')"
COLLECTIVE = 7
EMPLOYEE_PENSION, EMPLOYEE_MEDICAL, RESIDENT_MEDICAL = 1, 4, 8
JUNIOR, SENIOR, IN_JUNIOR = 4, 5, 3
ORIGINS = ("local", "in_city", "in_province", "cross_province", "unknown")
MARKER = frozenset({"person", "county", "hukou_region"})
RAW = MARKER | {
    *("household", "mother", "father", "urban", "birth", "sex", "relation", "hukou_urban"),
    *("resident_since", "registered_since", "education", "schooling", "occupation", "insurance", "income"),
    *("has_permit", "permit_issued", "endorsed_until", "insured_region", "pension_months", "assets"),
}
"""Columns of the layout."""
COLUMNS = MappingProxyType(
    {
        "person": "person",
        "household": "household",
        "mother": "COALESCE(mother, -1)",
        "father": "COALESCE(father, -1)",
        "urban": "urban",
        "county": "CAST(county AS INTEGER)",
        "hukou_county": "CAST(hukou_region AS INTEGER)",
        "origin": "CASE WHEN hukou_region IS NULL OR county IS NULL THEN 'unknown' WHEN hukou_region = county "
        "THEN 'local' WHEN left(hukou_region, 4) = left(county, 4) THEN 'in_city' "
        "WHEN left(hukou_region, 2) = left(county, 2) THEN 'in_province' ELSE 'cross_province' END",
        "birth": "birth",
        "sex": "sex",
        "rural_hukou": "(NOT hukou_urban)",
        "resident_since": "resident_since",
        "registered_since": f"COALESCE(registered_since, {NEVER})",
        "stable_job_since": f"CASE WHEN occupation > 0 THEN {SINCE} WHEN occupation = 0 THEN {NEVER} END",
        "stable_home_since": f"CASE WHEN relation < {COLLECTIVE} THEN {SINCE} "
        f"WHEN relation >= {COLLECTIVE} THEN {NEVER} END",
        "study_since": f"CASE WHEN schooling > 0 THEN {SINCE} WHEN schooling = 0 THEN {NEVER} END",
        "permit_issued": f"CASE WHEN has_permit THEN permit_issued WHEN NOT has_permit THEN {NEVER} END",
        "permit_counted_from": f"CASE WHEN has_permit THEN permit_issued WHEN NOT has_permit THEN {NEVER} END",
        "endorsed_until": f"CASE WHEN has_permit THEN endorsed_until WHEN NOT has_permit THEN {NEVER} END",
        "insured_county": "CAST(insured_region AS INTEGER)",
        "pension_months": f"CASE WHEN (insurance & {EMPLOYEE_PENSION}) = 0 THEN 0 ELSE pension_months END",
        "employed": "(occupation > 0)",
        "flexible_worker": "CASE WHEN occupation = 0 THEN FALSE END",
        "employee_insured": f"((insurance & {EMPLOYEE_MEDICAL}) > 0)",
        "resident_insured": f"((insurance & {RESIDENT_MEDICAL}) > 0)",
        "finished_junior": f"(education >= {SENIOR} OR (education = {JUNIOR} AND schooling <> {IN_JUNIOR}))",
        "household_size": "COUNT(*) OVER (PARTITION BY household)",
        "household_income": "CASE WHEN COUNT(income) OVER (PARTITION BY household) = COUNT(*) OVER (PARTITION BY "
        "household) THEN CAST(SUM(CAST(income AS BIGINT)) OVER (PARTITION BY household) * 25 / 3 AS BIGINT) END",
        "household_assets": "CASE WHEN COUNT(assets) OVER (PARTITION BY household) = COUNT(*) OVER (PARTITION BY "
        "household) THEN CAST(SUM(CAST(assets AS BIGINT)) OVER (PARTITION BY household) * 100 AS BIGINT) END",
    }
)
"""Fact or key -> SQL over the columns of the layout; amounts in fen, income from yuan a year to fen a month."""
BY_HOUSEHOLD = frozenset({"household_size", "household_income", "household_assets"})
READINGS = (
    ("stable_job_since", "在业者自到达之日起有稳定就业", "whoever works has had stable work since arrival"),
    (
        "stable_home_since",
        "家庭户成员自到达之日起有稳定住所",
        "whoever lives in a family household has had a home since arrival",
    ),
    ("study_since", "在校者自到达之日起连续就读", "pupils have been in school since arrival"),
    ("mother", "不同住的父母按不详处理", "a parent who does not live in the household is not known"),
)
NO_PERMITS = ("居住证不在数据中，按不详处理", "permits are not in the data and stay unknown")


def is_register(columns: Iterable[str]) -> bool:
    """Whether a table has the layout of the synthetic population."""
    return set(columns) >= MARKER


def columns_of(found: Iterable[str], facts: Facts) -> dict[str, str]:
    """SQL per fact and key that the columns found can give; the others stay unknown."""
    have = set(found)
    given = {name: text for name, text in COLUMNS.items() if RAW & set(re.findall(r"[a-z_]+", text)) <= have}
    own = {f.name: f'"{f.name}"' for f in facts if f.name in have and f.name not in COLUMNS}
    return {**given, **own}


def readings(columns: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was read into the data to get these facts (zh, en)."""
    used = tuple((zh, en) for name, zh, en in READINGS if name in columns)
    return used if "permit_issued" in columns else (*used, NO_PERMITS)


def register_source(engine: Engine, folder: Path, facts: Facts) -> Source:
    """The persons of a synthetic population folder as a population of the rule book.

    Args:
        engine: the engine that will read it.
        folder: the folder that holds `persons/CODE.parquet`, or that folder itself.
        facts: the rule book's facts.

    Raises:
        EngineError: no Parquet file is there, or no column is a fact.
    """
    persons = folder / "persons" if (folder / "persons").is_dir() else folder
    source = parquet(engine, persons, None)
    found = engine.columns(source.table)
    if not is_register(found):
        return table_source(engine, source.table, facts, files=source.files)
    columns = columns_of(found, facts)
    return Source(source.table, columns, source.files, BY_HOUSEHOLD, readings(columns))


def register_frame(population: pl.LazyFrame, facts: Facts) -> FrameSource:
    """The dataset `population` as a population of the rule book, read county by county.

    A column that is empty for everybody is taken as not there.

    Args:
        population: one row per person.
        facts: the rule book's facts.
    """
    names = population.collect_schema().names()
    known = population.select(pl.col(names).is_not_null().any()).collect(engine="streaming")
    filled = [name for name in names if known.height and known[name][0]]
    columns = columns_of([name for name in names if name in filled or name in MARKER], facts)
    return FrameSource(
        table=NAME,
        columns=columns,
        windowed=BY_HOUSEHOLD,
        readings=readings(columns),
        frame=population.select(names),
        by="county",
    )
