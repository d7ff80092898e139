"""Draws a batch up from one version of a payable dataset: the rows, what they differ by from what was approved, stored once."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from renben.web.append import append
from renben.web.clock import today
from renben.web.exchange.payable import Amounts, find, order
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.flow.refusals import Incomplete, NotAllowed, Unknown
from renben.web.guard.policy import Actor
from renben.web.payments.amounts import Line, exact_sum, lines
from renben.web.payments.models import Batch, Row
from renben.web.payments.series import known, last_approved

KIND = "payment_batch"
MAKE = "payment.make"


@dataclass(frozen=True)
class Draft:
    """A batch as it would be drawn up now."""

    amounts: Amounts
    region: str
    """The payer."""
    lines: list[Line]
    follows: Batch | None

    @property
    def total(self) -> int:
        """Fen."""
        return sum(line.amount for line in self.lines)

    @property
    def computed(self) -> int:
        """Fen, all regions."""
        return sum(line.computed for line in self.lines)

    @property
    def before(self) -> int:
        """Fen approved before, all regions."""
        return sum(line.before for line in self.lines)

    @property
    def carried(self) -> int:
        """Fen carried over, all regions."""
        return sum(line.carried for line in self.lines)

    @property
    def exact(self) -> str:
        """Sum of what was computed, in the dataset's unit."""
        return format(exact_sum(self.lines), "f")

    @property
    def empty(self) -> bool:
        """Whether there is nothing to pay and nothing to take back."""
        return not any(line.amount for line in self.lines)


def series_of(amounts: Amounts, region: str) -> dict[str, Any]:
    """The series to which a batch of a version belongs."""
    return {
        "dataset": amounts.dataset, "period": amounts.period, "region": region, "synthetic": amounts.synthetic,
    }  # fmt: skip


def draft(actor: Actor, dataset: str, period: str, vintage: str, region: str) -> Draft:
    """What a batch would hold.

    Raises:
        Unknown: no such version, or it names no such payer.
        NotAllowed: the payer is not the actor's.
    """
    amounts = find(dataset, period, vintage)
    if amounts is None or region not in amounts.payers:
        raise Unknown("refusal.payment_version")
    if not actor.may(MAKE, region):
        raise NotAllowed()
    series = series_of(amounts, region)
    last = last_approved(series)
    rows = lines(amounts.payers[region], amounts.reasons, known(series, last), amounts.fen)
    return Draft(amounts, region, rows, last)


def problem(found: Draft) -> str:
    """Word of why a batch cannot be drawn up now; empty where it can."""
    if Batch.objects.filter(**series_of(found.amounts, found.region), pending=True).exists():
        return "refusal.payment_pending"
    if found.follows is not None and order(found.amounts.vintage) < order(found.follows.vintage):
        return "refusal.payment_older"
    return "refusal.payment_nothing" if found.empty else ""


def draw_up(actor: Actor, data: Mapping[str, str]) -> UUID:
    """Draw a batch up, exactly once per key.

    Raises:
        Unknown: no such version or payer.
        NotAllowed: the payer is not the actor's.
        Incomplete: one of the series waits already, the version is older than the approved one, or nothing is to be paid.
    """
    names = {name: data.get(name, "") for name in ("dataset", "period", "vintage", "region")}
    try:
        with transaction.atomic():
            case = open_case(KIND, actor, data.get("key", ""), names["region"], applicant=None, result=names)
            if not case.repeated:
                _store(actor, UUID(case.case), draft(actor, **names))
    except IntegrityError as error:
        raise Incomplete("refusal.payment_pending") from error
    return UUID(case.case)


def _store(actor: Actor, case: UUID, found: Draft) -> None:
    if why := problem(found):
        raise Incomplete(why)
    day, series = today(), series_of(found.amounts, found.region)
    batch = Batch(
        case_id=case, **series, vintage=found.amounts.vintage, digest=found.amounts.digest, unit=found.amounts.unit,
        seq=Batch.objects.filter(**series).count() + 1, follows=found.follows, exact=found.exact, total=found.total,
        rows_digest="", made_by=actor.user_id or 0, made_on=day,
    )  # fmt: skip
    batch.rows_digest = rows_digest(batch, ((line.region, line.amount) for line in found.lines))
    append(batch)
    append(*(_row(batch, number, line) for number, line in enumerate(found.lines, start=1)))
    number = next_number(found.region[:6], day.year, KIND, "ZF")
    Case.objects.filter(pk=case).update(number=number)


def _row(batch: Batch, number: int, line: Line) -> Row:
    return Row(
        batch=batch, number=number, region=line.region, parts=line.parts, lacking=line.lacking, computed=line.computed,
        before=line.before, carried=line.carried, amount=line.amount,
    )  # fmt: skip


def rows_digest(batch: Batch, rows: Iterable[tuple[str, int]]) -> str:
    """SHA-256 of a batch's rows (region, fen), of the version they rest on and of the synthetic mark."""
    head = f"{batch.dataset}|{batch.period}|{batch.vintage}|{batch.digest}|{batch.region}|{batch.synthetic}"
    text = "\n".join([head, *(f"{region}|{amount}" for region, amount in sorted(rows))])
    return hashlib.sha256(text.encode()).hexdigest()
