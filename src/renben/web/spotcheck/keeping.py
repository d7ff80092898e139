"""Deletes the files that came as evidence of spot checks in time; what was found and the fingerprint stay.

Carries out: Personal Information Protection Law arts. 19 and 47. A file stays as long as its check is open.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from renben.web.guard import retention, scope
from renben.web.law import provision
from renben.web.registry.models import Document
from renben.web.spotcheck.models import Check


def evidence(day: dt.date) -> int:
    """Delete the files of a batch of checks that were over long enough ago (files)."""
    law = provision("retention.spot_check_evidence_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past = Check.objects.filter(case__closed_on__lt=last, document__isnull=False)
        rows = dict(past.order_by("pk").values_list("pk", "document")[: retention.BATCH])
        Check.objects.filter(pk__in=rows).update(document=None)
        Document.objects.filter(pk__in=rows.values()).delete()
        for key in rows.values():
            retention.register("spot_check.evidence", str(key), law.name)
    return len(rows)


PARTS: dict[str, Callable[[dt.date], int]] = {"spot_check_evidence": evidence}
