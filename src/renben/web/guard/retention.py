"""Deletes what is no longer needed, once a day, and registers every deletion without the data.

Carries out: Personal Information Protection Law arts. 19 and 47 (shortest period, deletion of one's own accord).
Events, audit, one-time keys and records of the registry are kept; only answers of applications that led to
nothing go. Not modelled: periods of the archives law for records themselves.
"""

import datetime as dt
import hashlib

from django.db import transaction

from renben.web.clock import now
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.guard import audit, scope
from renben.web.guard.models import Deletion, Instance
from renben.web.guard.policy import Actor
from renben.web.law import provision

KEEPER = Actor(None, job="sweeper")
DONE_ON = "retained_on"
BATCH = 200
ENDED = ("refused", "ended")


def due(day: dt.date) -> bool:
    """Whether today's round is still to be made; says so to one process only."""
    with transaction.atomic():
        row, _ = Instance.objects.select_for_update().get_or_create(name=DONE_ON, defaults={"value": ""})
        if row.value == day.isoformat():
            return False
        Instance.objects.filter(name=DONE_ON).update(value=day.isoformat())
    return True


def retain(day: dt.date) -> dict[str, int]:
    """Delete what is past its period on a day; how much of each kind (rows)."""
    return {"answers": _answers(day)}


def _answers(day: dt.date) -> int:
    law = provision("retention.ended_case_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(KEEPER)
        found = Case.objects.filter(closed_on__lt=last, answers_ct__isnull=False)
        ended = [case for case in found.order_by("closed_on")[:BATCH] if _led_to_nothing(case)]
        Case.objects.filter(pk__in=[case.pk for case in ended]).update(answers_ct=None)
        for case in ended:
            _register("case.answers", str(case.pk), law.name)
    return len(ended)


def _led_to_nothing(case: Case) -> bool:
    return flow_of(case.kind, case.flow_version).stages[case.stage].outcome in ENDED


def _register(what: str, key: str, rule: str) -> None:
    moment = now()
    evidence = hashlib.sha256(f"{what}|{key}|{moment.isoformat()}".encode()).hexdigest()
    Deletion.objects.create(at=moment, what=what, object_id=key, rule=rule, evidence=evidence)
    audit.record(KEEPER, "system", object_type=what, object_id=key, detail={"deleted_under": rule})
