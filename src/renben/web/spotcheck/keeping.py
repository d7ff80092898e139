"""Says which files that came as evidence of spot checks are due; what was found and the fingerprint stay.

Carries out: Personal Information Protection Law arts. 19 and 47. A file stays as long as its check is open.
"""

import datetime as dt
from collections.abc import Iterator

from renben.web.guard import retention
from renben.web.guard.erasing import Due
from renben.web.registry.models import Document
from renben.web.spotcheck.models import Check


def evidence(day: dt.date) -> Iterator[Due]:
    """Files of checks that were over long enough ago."""
    rule, last = retention.days("spot_check_evidence_days", day)
    past = Check.objects.filter(case__closed_on__lt=last, document__isnull=False)
    files = Document.objects.filter(pk__in=past.values("document"))
    yield Due(files, "spot_check.evidence", rule, unnamed=(("spotcheck.Check", "document"),))


PARTS: dict[str, retention.Part] = {"spot_check_evidence": evidence}
