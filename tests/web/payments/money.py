"""Versions of payable tables written by hand, finance officers, and the short way of a batch through its stages."""

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import polars as pl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from renben.core.workspace import Provenance, Version, Workspace
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.payments import drawing, pages
from renben.web.payments.models import Batch
from renben.web.payments.series import key_of
from tests.web.cases import acting, do

PROVINCE, CITY, OTHER = "140000", "140100", "140200"
PERIOD = "2025"
NUMBERS = itertools.count()
FIRST, SECOND = dt.date(2026, 2, 1), dt.date(2026, 2, 20)
Amount = str | None


def reward(
    space: Workspace, rows: dict[tuple[str, str], Amount], day: dt.date = FIRST, synthetic: bool = False
) -> Version:
    """A version of the settlement reward: (region, part) -> yuan, None where it could not be computed."""
    table = pl.LazyFrame(
        {
            "region": [region for region, _ in rows], "part": [part for _, part in rows],
            "payer": [PROVINCE] * len(rows), "amount": [None if n is None else Decimal(n) for n in rows.values()],
            "amount_reason": ["no_data" if n is None else None for n in rows.values()],
        },
        schema={"region": pl.String, "part": pl.String, "payer": pl.String, "amount": pl.Decimal(18, 2), "amount_reason": pl.String},
    )  # fmt: skip
    return _written(space, "settlement_reward", table, day, synthetic)


def transfer(
    space: Workspace,
    rows: dict[str, str],
    day: dt.date = FIRST,
    synthetic: bool = False,
    payers: Sequence[str] = (),
) -> Version:
    """A version of the equalization transfer: region -> yuan."""
    amounts = [Decimal(n) for n in rows.values()]
    table = pl.LazyFrame(
        {"region": list(rows), "payer": list(payers) or [PROVINCE] * len(rows), "gap": amounts, "amount": amounts,
         "gap_reason": [None] * len(rows), "amount_reason": [None] * len(rows)},
        schema={"region": pl.String, "payer": pl.String, "gap": pl.Decimal(18, 2), "amount": pl.Decimal(18, 2),
                "gap_reason": pl.String, "amount_reason": pl.String},
    )  # fmt: skip
    return _written(space, "fiscal_transfer", table, day, synthetic)


def _written(space: Workspace, name: str, table: pl.LazyFrame, day: dt.date, synthetic: bool) -> Version:
    made = dt.datetime.combine(day, dt.time(), dt.UTC)
    known = Provenance(dataset=name, period=PERIOD, made_by="test", synthetic=synthetic, created_at=made)
    return space.write_checked(table, space.dataset(name), known, day)


def officers(count: int = 2, region: str = PROVINCE) -> list[Actor]:
    """Finance officers over a region."""
    found = []
    for _ in range(count):
        user = User.objects.create(username=f"money-{next(NUMBERS)}", demo=True)
        Grant.objects.create(user=user, role="finance_officer", region=region)
        found.append(actor_of(user))
    return found


def form(**given: Any) -> QueryDict:
    """What a form sends."""
    data = QueryDict(mutable=True)
    data.update({"key": f"money-key-{next(NUMBERS)}", **{name: str(value) for name, value in given.items()}})
    return data


def drawn(actor: Actor, version: Version, key: str = "", region: str = PROVINCE) -> Batch:
    """A batch drawn up from a version."""
    given = {"dataset": version.dataset, "period": PERIOD, "vintage": version.vintage, "region": region}
    data = form(**given, **({"key": key} if key else {}))
    with acting(actor):
        case = drawing.draw_up(actor, data.dict())
    return batch(case)


def batch(case: Any) -> Batch:
    """A batch as it stands."""
    return Batch.objects.select_related("case").get(pk=case)


def approved(maker: Actor, checker: Actor, version: Version) -> Batch:
    """A batch that was approved."""
    found = drawn(maker, version)
    do(found.pk, "submit", maker)
    do(found.pk, "approve", checker)
    return batch(found.pk)


def exported(maker: Actor, checker: Actor, version: Version) -> Batch:
    """A batch whose file was made."""
    found = approved(maker, checker, version)
    do(found.pk, "export", maker)
    return batch(found.pk)


def lines(
    *rows: tuple[str, str], day: str = "2026-03-02", head: str = "region,amount,day,reference"
) -> bytes:
    """A return file: (region, yuan) on each line."""
    text = [head, *(f"{region},{amount},{day},REF{n}" for n, (region, amount) in enumerate(rows, start=1))]
    return "\n".join(text).encode()


def sent(actor: Actor, case: UUID, content: bytes, **given: Any) -> None:
    """A return file uploaded."""
    version = Case.objects.values_list("version", flat=True).get(pk=case)
    data = form(**{"version": version, **given})
    with acting(actor):
        pages.take_return(actor, case, data, SimpleUploadedFile("r.csv", content))


def amounts(found: Batch) -> dict[str, int]:
    """Fen by region."""
    return dict(found.rows.values_list("region", "amount"))


def series(found: Batch) -> dict[str, Any]:
    """The series of a batch."""
    return key_of(found)
