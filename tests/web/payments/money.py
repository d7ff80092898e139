"""Finance officers, and the short way of a batch through its stages."""

import itertools
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from renben.core.workspace import Version
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.payments import drawing, pages
from renben.web.payments.models import Batch
from renben.web.payments.series import key_of
from tests.web.cases import acting, do
from tests.web.payments.versions import PERIOD, PROVINCE

NUMBERS = itertools.count()


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
