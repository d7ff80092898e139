"""Fills a database of the schema before homes, jobs and schooling were facts, brings it up to date, and compares.

Run in a process of its own, as the owner of the tables. Prints what it compared as JSON; a difference ends it.
"""

import datetime as dt
import json
import random
import sys
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from renben.web import clock  # noqa: E402
from renben.web.flow.models import Case  # noqa: E402
from renben.web.registry import people  # noqa: E402
from renben.web.registry.answers import put_answers  # noqa: E402
from renben.web.registry.decided_again import KEPT, again  # noqa: E402
from renben.web.registry.entitlements import facts_of, one_entitled  # noqa: E402
from renben.web.registry.held_grounds import standing  # noqa: E402
from renben.web.registry.held_rows import GROUNDS, Ground  # noqa: E402
from renben.web.registry.models import Employment, Insurance, Proof, Schooling, Tenure  # noqa: E402
from renben.web.registry.models.facts import FROM_THE_START  # noqa: E402
from renben.web.registry.models.papers import written_by  # noqa: E402
from tests.web.cases import SETUP, acting  # noqa: E402
from tests.web.conftest import COUNTY, DAY, set_day  # noqa: E402

KINDS = {
    "stable_home_since": ("lease", "title", "lodging"),
    "stable_job_since": ("contract", "licence"),
    "study_since": ("student",),
}
MANY, PERSONS = 400, 40
ITEMS = ("residence_permit", "settle", "legal_aid")


def filled(luck: random.Random) -> list[UUID]:
    """Persons, and proofs of every kind with and without the moment at which they were recorded."""
    keys = []
    for n in range(PERSONS):
        facts = {"document_kind": "no_paper", "number": "", "name": f"合成{n}", "sex": "1", "birth": dt.date(1980, 1, 1),
                 "hukou_region": "141002", "hukou_kind": "10", "hukou_rural": True, "region": COUNTY}  # fmt: skip
        keys.append(people.state_person(facts, DAY, "t").key)
    kinds = [kind for several in KINDS.values() for kind in several]
    for _ in range(MANY):
        since = DAY + dt.timedelta(days=luck.randint(-600, 60))
        until = luck.choice((None, since + dt.timedelta(days=luck.randint(-5, 500)), dt.date.max))
        recorded = luck.choice((None, moment(luck.randint(0, 300))))
        Proof.objects.create(person_key=luck.choice(keys), kind=luck.choice(kinds), valid_from=since, valid_to=until,
                             case=uuid4(), recorded_at=recorded)  # fmt: skip
    return keys


def moment(days: int) -> dt.datetime:
    return dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC) + dt.timedelta(days=days)


def before(key: UUID, day: dt.date, at: dt.datetime | None) -> dict[str, dt.date]:
    """How proofs were read before, as known at a moment."""
    found: dict[str, dt.date] = {}
    for fact, kinds in KINDS.items():
        rows = Proof.objects.filter(written_by(at), person_key=key, kind__in=kinds, valid_from__lte=day)
        there = [one.valid_from for one in rows if one.valid_to is None or one.valid_to >= day]
        if there:
            found[fact] = min(there)
    return found


def compared(keys: list[UUID], luck: random.Random) -> int:
    """Compare persons on days as known at moments; how many had anything to compare (readings)."""
    told = 0
    for _ in range(400):
        key, day = luck.choice(keys), DAY + dt.timedelta(days=luck.randint(-500, 400))
        at = luck.choice((None, moment(luck.randint(-10, 320))))
        now = standing(map(Ground._make, GROUNDS([key], day, moment=at)), COUNTY)
        then = before(key, day, at)
        assert now == then, (key, day, at, now, then)
        told += bool(then)
    return told


def receipts(keys: list[UUID]) -> int:
    """Receipts as they were decided before, kept in cases, come out the same (receipts)."""
    same, at = 0, moment(150)
    for key in keys:
        person = people.person(key)
        assert person is not None
        unshown = {name: value for name, value in facts_of(person, DAY, at).items() if name not in KINDS}
        facts = {**unshown, **before(key, DAY, at)}
        for item in ITEMS:
            kept = one_entitled(item, facts, person, DAY, at).receipt
            case = Case.objects.create(id=uuid4(), kind="claim", flow_version=1, stage="submitted", stage_since=DAY,
                                       opened_at=at, region=COUNTY, person_key=key, result={"item": item})  # fmt: skip
            put_answers(case, {KEPT: kept.model_dump(mode="json")})
            found = again(case)
            assert found is not None and found.differs == (), (item, found)
            same += 1
    return same


def main() -> dict[str, Any]:
    luck = random.Random(7)
    with transaction.atomic(), acting(SETUP):
        set_day(dt.date(2024, 1, 1))  # who is on record was so before any of the moments
        keys = filled(luck)
        set_day(DAY)
    call_command("migrate", "registry", verbosity=0)
    with transaction.atomic(), acting(SETUP):
        proofs = {one.pk: one for one in Proof.objects.all()}
        rows = [row for model in (Tenure, Employment, Schooling) for row in model.objects.all()]
        assert sorted(row.proof_id for row in rows) == sorted(proofs), "every proof gave one fact"
        assert not Insurance.objects.exists() and len({row.key for row in rows}) == len(rows) == MANY
        for row in rows:
            proof = proofs[row.proof_id]
            assert (row.recorded_at, row.source) == (proof.recorded_at or FROM_THE_START, str(proof.case))
            assert row.replaced_at is None and row.person_key == proof.person_key
        return {
            "facts": len(rows),
            "read": compared(keys, luck),
            "receipts": receipts(keys),
            "at": str(clock.today()),
        }


if __name__ == "__main__":
    if sys.argv[1:] == ["before"]:
        call_command("migrate", verbosity=0)
        call_command("migrate", "registry", "0013", verbosity=0)
    else:
        sys.stdout.write(json.dumps(main()))
