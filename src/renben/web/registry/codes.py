"""Codes on paper or in an inbox: made for one case and one purpose, used once, locked after a few wrong numbers."""

import uuid

from django.db import transaction

from renben.web.clock import now, today
from renben.web.flow.refusals import Unknown
from renben.web.guard import crypto, scope
from renben.web.guard.paper_codes import folded, fresh, grouped
from renben.web.law import provision
from renben.web.registry.models import OneTimeCode
from renben.web.registry.permit_rules import DAY

MOST_TRIES = 5


def make(purpose: str, case: uuid.UUID, person_key: uuid.UUID | None) -> OneTimeCode:
    """The code of a case for a purpose; the one that is there where it was made before."""
    code = fresh()
    row = OneTimeCode(
        purpose=purpose, case=case, person_key=person_key,
        code_ct=crypto.encrypt(code, "one_time_code", f"{case}/{purpose}"),
        code_index=crypto.blind_index(code, f"code.{purpose}"),
        expires_on=today() + int(provision("proxy.confirm_days", today()).value) * DAY,
    )  # fmt: skip
    OneTimeCode.objects.bulk_create([row], ignore_conflicts=True)
    return OneTimeCode.objects.get(purpose=purpose, case=case)


def shown(row: OneTimeCode) -> str:
    """A code as it is printed."""
    return grouped(crypto.decrypt(row.code_ct, "one_time_code", f"{row.case}/{row.purpose}"))


def find(purpose: str, typed: str) -> OneTimeCode:
    """The open code that somebody typed.

    Raises:
        Unknown: no such code, used, run out, or locked.
    """
    index = crypto.blind_index(folded(typed), f"code.{purpose}")
    with scope.reading_as("registry"):  # whoever types the code needs no account
        row = OneTimeCode.objects.filter(
            purpose=purpose, code_index=index, used_at=None, expires_on__gte=today(), tries__lt=MOST_TRIES
        ).first()
    if row is None:
        raise Unknown("refusal.code")
    return row


def miss(row: OneTimeCode) -> None:
    """Count a wrong number given with the right code."""
    with transaction.atomic(), scope.as_job("registry"):
        OneTimeCode.objects.filter(pk=row.pk).update(tries=row.tries + 1)


def use(row: OneTimeCode) -> bool:
    """Use a code up; False where somebody else was quicker."""
    with transaction.atomic(), scope.as_job("registry"):
        return bool(OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now()))
