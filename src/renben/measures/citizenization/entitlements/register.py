"""How the columns of a synthetic population (or a register of the same layout) give the facts of the rule book.

Readings that the data do not settle are written here, one by one, and listed beside every result: whoever works has
worked here since arrival; whoever lives in a family household has had that home since arrival; pupils have been in
school since arrival; whoever has not moved in is registered at home. Facts without a column stay unknown.

Not modelled: permits (the synthetic population has none), lines and assets.
"""

from pathlib import Path

from renben.engines.rules import Facts
from renben.engines.rules.engine import Engine, Source, parquet

NEVER = "DATE '9999-12-31'"
SINCE = "COALESCE(resident_since, DATE '1900-01-01')"
COLLECTIVE = 7
EMPLOYEE_MEDICAL, RESIDENT_MEDICAL = 4, 8
JUNIOR, SENIOR, IN_JUNIOR = 4, 5, 3
MARKER = ("person", "county", "hukou_region", "occupation", "schooling")
COLUMNS = {
    "person": "person",
    "household": "household",
    "mother": "mother",
    "father": "father",
    "urban": "urban",
    "county": "CAST(county AS INTEGER)",
    "hukou_county": "CAST(hukou_region AS INTEGER)",
    "birth": "birth",
    "sex": "sex",
    "rural_hukou": "(NOT hukou_urban)",
    "registered_since": f"COALESCE(registered_since, {NEVER})",
    "stable_job_since": f"CASE WHEN occupation > 0 THEN {SINCE} ELSE {NEVER} END",
    "stable_home_since": f"CASE WHEN relation < {COLLECTIVE} THEN {SINCE} ELSE {NEVER} END",
    "study_since": f"CASE WHEN schooling > 0 THEN {SINCE} ELSE {NEVER} END",
    "employed": "(occupation > 0)",
    "flexible_worker": "CASE WHEN occupation = 0 THEN FALSE END",
    "employee_insured": f"((insurance & {EMPLOYEE_MEDICAL}) > 0)",
    "resident_insured": f"((insurance & {RESIDENT_MEDICAL}) > 0)",
    "finished_junior": f"(education >= {SENIOR} OR (education = {JUNIOR} AND schooling <> {IN_JUNIOR}))",
}
BY_HOUSEHOLD = {
    "household_size": "COUNT(*) OVER (PARTITION BY household)",
    "household_income": "CAST(SUM(CAST(income AS BIGINT)) OVER (PARTITION BY household) * 25 / 3 AS BIGINT)",
}
READINGS = (
    ("在业者自到达之日起有稳定就业", "whoever works has had stable work since arrival"),
    ("家庭户成员自到达之日起有稳定住所", "whoever lives in a family household has had a home since arrival"),
    ("在校者自到达之日起连续就读", "pupils have been in school since arrival"),
    (
        "居住证、财产和各类标准不在数据中，按不详处理",
        "permits, assets and lines are not in the data and stay unknown",
    ),
)


def is_register(columns: dict[str, str]) -> bool:
    """Whether a table has the layout of the synthetic population."""
    return all(name in columns for name in MARKER)


def register_source(engine: Engine, folder: Path, facts: Facts) -> Source:
    """The persons of a synthetic population folder as a population of the rule book.

    Args:
        engine: the engine that will read it.
        folder: the folder that holds `persons/CODE.parquet`, or that folder itself.
        facts: the rule book's facts.

    Raises:
        EngineError: no Parquet file is there.
    """
    persons = folder / "persons" if (folder / "persons").is_dir() else folder
    source = parquet(engine, persons, None)
    found = engine.columns(source.table)
    if not is_register(found):
        return parquet(engine, persons, facts)
    columns = {**COLUMNS, **BY_HOUSEHOLD}
    return Source(source.table, columns, source.files, windowed=frozenset(BY_HOUSEHOLD), readings=READINGS)
