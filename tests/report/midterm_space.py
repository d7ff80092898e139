"""A workspace for the mid-term evaluation: facts, made-up years up to 2027, and what a programme published of it.

The years after 2024 are invented and marked synthetic; the findings and their outcomes are an example.
"""

import datetime as dt
from pathlib import Path

import polars as pl

from renben.cli.steps import STEPS
from renben.core.finding import dataset_of, key
from renben.core.period import Period
from renben.core.run import run
from renben.core.schema import canonical
from renben.core.workspace import Provenance, Workspace
from renben.evaluation.facts import store_facts
from tests.tables import frame as filled

YEAR, PROVINCE = "2027", "140000"
NOW = dt.datetime(2028, 3, 1, tzinfo=dt.UTC)
TEXT = ("kind", "subject", "severity", "owner", "text_zh", "text_en")
CLAIMED = (
    "settlers_claimed_differ", "140105", "error", "finance",
    "小店区申报落户5人，户籍登记3人，两数不一致；请核对后更正。",
    "Xiaodian claims 5 settlers, 3 are registered; find the difference and correct one.",
)  # fmt: skip
UNPAID = (
    "reward_not_shared",
    "140100",
    "error",
    "finance",
    "太原市奖励资金未能分配。",
    "Taiyuan keeps reward money.",
)
MECHANISM = "renben.measures.citizenization.settlement_reward.checks.example"
RATES = {"2025": 67.1, "2026": 67.9, "2027": 68.4}
RESIDENTS = 34_000_000


def clock() -> dt.datetime:
    return NOW


def write(space: Workspace, name: str, period: str, frame: pl.DataFrame, synthetic: bool = True) -> None:
    dataset = space.dataset(name)
    known = Provenance(
        dataset=name, period=period, made_by="renben data add", synthetic=synthetic, created_at=NOW
    )
    whole = filled(name, frame.to_dicts())
    space.write_checked(canonical(whole, dataset), dataset, known, NOW.date())


def found(space: Workspace, period: str, rows: list[tuple[str, ...]]) -> None:
    """Findings of one check, as a run would have left them."""
    name = "findings_example"
    known = Provenance(dataset=name, period=period, made_by=MECHANISM, created_at=NOW)
    frame = pl.LazyFrame(rows, schema=dict.fromkeys(TEXT, pl.String), orient="row")
    space.write_checked(frame, dataset_of("example"), known, NOW.date())


def outcome(space: Workspace, period: str, rows: list[tuple[tuple[str, ...], dict[str, object]]]) -> None:
    """What the programme published of a period's findings."""
    empty = {"commitment": "", "stage": "none", "due": None, "answered": None, "closed": None}
    published = [
        {
            "key": key(one[0], one[1], period),
            "kind": one[0],
            "subject": one[1],
            "owner": one[3],
            **empty,
            **known,
        }
        for one, known in rows
    ]
    write(
        space,
        "programme_findings",
        period,
        pl.DataFrame(published, infer_schema_length=None),
        synthetic=False,
    )


def elements(space: Workspace, period: str, rate: float) -> None:
    rows = [
        (PROVINCE, name, value, "population@census2020", "reported", False)
        for name, value in (("pop_resident", RESIDENTS), ("pop_urban_resident", RESIDENTS * rate / 100))
    ]
    columns = ["region", "element", "value", "series", "quality", "revised"]
    write(space, "elements", period, pl.DataFrame(rows, columns, orient="row"))


def counties(space: Workspace, period: str, gain: float) -> None:
    """Made-up county rates: everybody up by two points, the named counties by `gain` more."""
    members = space.catalogue.groups["potential_counties"].members
    codes = [r.code for r in space.catalogue.regions.values() if r.level == "county"]
    rows = [
        (code, "urban_rate_resident", 50 + n % 17 * 0.8 + (2 + n % 5 * 0.1 + gain * (code in members)) * (period == YEAR),
         "population@census2020", "reported", False)
        for n, code in enumerate(codes)
    ]  # fmt: skip
    columns = ["region", "indicator", "value", "series", "quality", "revised"]
    kept = space.latest("indicator_published", Period(period))
    frame = pl.DataFrame(rows, columns, orient="row")
    if kept is not None:
        old = kept.scan().collect()
        frame = pl.concat(
            [frame, old.join(frame, on=["region", "indicator"], how="anti")], how="diagonal_relaxed"
        )
    write(space, "indicator_published", period, frame)


def prepared(folder: Path) -> Workspace:
    """The workspace, run for the period."""
    space = Workspace.create(folder)
    store_facts(space, clock)
    for period, rate in RATES.items():
        elements(space, period, rate)
    for period in ("2024", YEAR):
        counties(space, period, 1.5)
    day = dt.date
    found(space, "2025", [CLAIMED, UNPAID])
    found(space, YEAR, [UNPAID])
    closed = {
        "commitment": "shanxi-2025/6/4",
        "stage": "closed",
        "answered": day(2026, 5, 6),
        "closed": day(2026, 5, 20),
    }
    answered = {
        "commitment": "shanxi-2025/6/4",
        "stage": "in_progress",
        "due": day(2028, 6, 30),
        "answered": day(2026, 6, 1),
    }
    outcome(space, "2025", [(CLAIMED, closed), (UNPAID, answered)])
    tasks = [
        ("shanxi-2025/6/4", "finance", 6, "in_progress", 60, day(2028, 6, 30), day(2029, 12, 31), None),
        ("shanxi-2025/6/4", "natural_resources", 6, "closed", 100, None, day(2027, 6, 30), day(2027, 6, 1)),
        ("shanxi-2025/1/1", "police", 1, "in_progress", None, day(2027, 9, 30), day(2027, 12, 31), None),
    ]
    names = ["commitment", "owner", "measure", "stage", "progress", "due", "deadline", "closed"]
    write(space, "programme_tasks", YEAR, pl.DataFrame(tasks, names, orient="row"), synthetic=False)
    run(space, STEPS, Period(YEAR), now=clock)
    return space
