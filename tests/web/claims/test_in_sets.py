"""Decided in sets, everybody is entitled to what he is entitled to by himself; nothing is locked, progress is told."""

import datetime as dt
import random
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection

from renben.web import clock
from renben.web.claims import entitled as in_sets
from renben.web.claims import offers, take_up
from renben.web.claims.models import Claim, Offer
from renben.web.demo.setup import set_up
from renben.web.flow.definition import newest
from renben.web.flow.models import Case, CaseEvent
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import people as persons
from renben.web.registry.entitlements import facts_of
from renben.web.registry.held import Reading
from renben.web.registry.models import (
    Address,
    Endorsement,
    HouseholdMember,
    Mandate,
    Permit,
    Person,
    Residence,
    SamePerson,
)
from renben.web.registry.permit_rules import add_months
from tests.web.claims import one_by_one
from tests.web.claims.conftest import ITEM
from tests.web.conftest import DAY
from tests.web.stated import stated
from tests.web.test_queries import queries

HERE = ("140105", "140106", "140202", "140303", "141002")
KINDS = ("lease", "title", "lodging", "contract", "licence", "employer", "unsaid", "senior", "primary")
SCHEMES = ("employee_pension", "employee_medical", "resident_medical", "unemployment")
RELATIONS = ("head", "spouse", "child", "child", "parent")
MANY = 250


class Town:
    """Made-up people with every combination of facts that the registry can hold, drawn from a seed."""

    def __init__(self, seed: int, address: Address) -> None:
        self.luck, self.address, self.known = (
            random.Random(seed),
            address,
            {"recorded_at": clock.now(), "source": "t"},
        )
        self.keys: list[UUID] = []

    def day(self, first: int, last: int) -> dt.date:
        return DAY + dt.timedelta(days=self.luck.randint(first, last))

    def maybe(self, share: float) -> bool:
        return self.luck.random() < share

    def settle(self, count: int) -> None:
        new = [self.person(uuid4()) for _ in range(count)]
        for start in range(0, count - 5, 5):
            if self.maybe(0.6):
                self.household(new[start : start + self.luck.randint(1, 5)])
        for key in new:
            if self.maybe(0.2):
                self.guardian(key)
        self.merge(self.luck.sample(new, 24))
        for key in new:
            self.ask(key)

    def person(self, key: UUID) -> UUID:
        home = self.luck.choice(HERE)
        facts = {
            "document_kind": "citizen", "number": key.hex, "name": "合成人", "phone": "", "sex": self.luck.choice("0129"),
            "birth": self.day(-365 * 90, 0) if self.maybe(0.5) else self.day(-365 * 20, 0),
            "hukou_region": home if self.maybe(0.2) else self.luck.choice(("141002", "130102", "140105001", "")),
            "hukou_kind": "10", "hukou_rural": self.luck.choice((True, False, None)), "region": home,
        }  # fmt: skip
        Person.objects.create(key=key, valid_from=DAY, **persons._columns(facts, key), **self.known)
        self.keys.append(key)
        if self.maybe(0.9):
            since = self.day(-2000, 0)
            Residence.objects.create(
                key=uuid4(), person_key=key, address=self.address, region=home, township=f"{home}001",
                hukou_region="141002", reason="work", housing="rent", valid_from=since,
                registered_on=since + dt.timedelta(self.luck.randint(0, 40)), channel="counter", **self.known,
            )  # fmt: skip
        for _ in range(self.luck.randint(0, 3)):
            since = self.day(-900, 30)
            until = None if self.maybe(0.5) else since + dt.timedelta(days=self.luck.randint(0, 900))
            stated(key, kind := self.luck.choice(KINDS), since, until, **self.school(kind))
        for _ in range(self.luck.randint(0, 2)):
            first, end = (
                add_months(DAY.replace(day=1), self.luck.randint(*span)) for span in ((-60, -10), (-9, 3))
            )
            ends = end if self.maybe(0.7) else None
            whole = self.luck.choice((True, True, False, None))
            stated(key, self.luck.choice(SCHEMES), first, ends, region=self.luck.choice(HERE), whole=whole)
        if self.maybe(0.5):
            self.permit(key, home)
        return key

    def school(self, kind: str) -> dict[str, object]:
        """What is told of a school beside its stage."""
        if kind not in ("unsaid", "senior", "primary"):
            return {}
        places = (*HERE, "130102", "")
        return {"region": self.luck.choice(places), "enrolled": self.luck.choice((True, False, None))}

    def permit(self, key: UUID, region: str) -> None:
        issued, state = self.day(-2200, 0), self.luck.choice(("in_force", "in_force", "suspended", "closed"))
        row = Permit.objects.create(
            key=uuid4(), number=uuid4().hex[:20], person_key=key, region=region, issued=issued,
            anchor=issued - dt.timedelta(self.luck.randint(0, 300)), next_due=self.day(-200, 365),
            expires=issued + dt.timedelta(1826), state=state, valid_from=issued, **self.known,
        )  # fmt: skip
        for due in {self.day(-800, -1) for _ in range(self.luck.randint(0, 2))}:
            Endorsement.objects.create(permit=row.key, due=due, done=due, late=self.maybe(0.5))
        if self.maybe(0.3):
            result = {"elsewhere": self.luck.randint(1, 900), "lapse": self.luck.choice(("restart", "pause"))}
            case = self.case("residence_transfer", key, "counted", closed_on=self.day(-900, 0), result=result)
            CaseEvent.objects.create(
                case=case, seq=1, action="count", to_stage="counted", actor="t", at=clock.now(), day=DAY
            )

    def case(self, kind: str, key: UUID, stage: str, **columns: object) -> Case:
        flow = newest(kind)
        return Case.objects.create(
            kind=kind, flow_version=flow.version, stage=stage, stage_since=DAY, opened_at=clock.now(), person_key=key,
            region="140105", **columns,
        )  # fmt: skip

    def household(self, keys: list[UUID]) -> None:
        household = uuid4()
        for key, relation in zip(keys, RELATIONS, strict=False):
            HouseholdMember.objects.create(
                key=uuid4(),
                household=household,
                person_key=key,
                relation=relation,
                valid_from=DAY,
                **self.known,
            )

    def guardian(self, key: UUID) -> None:
        person = self.luck.choice(self.keys)
        user = User.objects.filter(person_key=person).first()
        if user is None:
            user = User.objects.create(username=f"g-{uuid4().hex[:12]}", demo=True)
            if self.maybe(0.8):
                User.objects.filter(pk=user.pk).update(person_key=person)
        Mandate.objects.create(
            account=user.pk,
            person_key=key,
            kind=self.luck.choice(("guardian", "guardian", "landlord")),
            valid_from=self.day(-100, 10),
            valid_to=None if self.maybe(0.5) else self.day(-50, 400),
        )

    def merge(self, keys: list[UUID]) -> None:
        """Pairs, some undone, and a chain of three."""
        rows = [*zip(keys[0::2], keys[1::2], strict=True)][:10]
        rows += [(keys[20], keys[21]), (keys[22], keys[20])]
        for kept, other in rows:
            undone = clock.now() if self.maybe(0.2) else None
            SamePerson.objects.create(
                kept=kept, other=other, case=uuid4(), made_at=clock.now(), undone_at=undone
            )

    def ask(self, key: UUID) -> None:
        """Offers and claims, some from after the day."""
        for item in (ITEM, "legal_aid"):
            if self.maybe(0.5):
                when = (None, self.day(-100, 5))
                Offer.objects.create(
                    person_key=key, item=item, region=self.luck.choice(HERE), offered_on=self.luck.choice(when),
                    declined_on=self.luck.choice(when),
                )  # fmt: skip
            for _ in range(self.luck.randint(0, 2)):
                case = self.case("claim", key, "submitted")
                Claim.objects.create(
                    case=case, person_key=key, item=item, region=self.luck.choice(HERE),
                    state=self.luck.choice(("reopened", "granted", "refused", "ended")),
                    sent_on=self.luck.choice((None, self.day(-100, 5))),
                )  # fmt: skip


@pytest.fixture(params=[1, 2, 3])
def town(request: pytest.FixtureRequest, address: Address) -> Town:
    made = Town(request.param, address)
    made.settle(MANY)
    return made


def test_in_sets_and_one_by_one_everybody_is_entitled_to_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = one_by_one.counted(DAY)
    assert in_sets.entitled(DAY) == slow
    assert len(slow) > 60 and sum(slow.values()) > 6 * MANY, (
        "a town in which nobody has anything proves nothing"
    )
    monkeypatch.setattr(in_sets, "READ", 7)
    monkeypatch.setattr(in_sets, "DECIDE", 20)
    assert in_sets.entitled(DAY) == slow, "the parts do not change the answer"


def test_the_facts_of_a_thousand_are_the_facts_of_each(town: Town) -> None:
    known = list(Person.objects.current().filter(key__in=persons.kept_keys(town.keys).values()))
    together = Reading(DAY).facts(known)
    for one in known:
        alone = one_by_one.facts(one, DAY)
        assert facts_of(one, DAY) == alone and together[one.key] == alone
        assert offers.entitled_items(alone, DAY) == one_by_one.items(alone, DAY)
    assert sum("guardians" in one for one in together.values()) > 10
    shown = [one for one in together.values() if "parents_stable_job" in one]
    assert len(shown) > 5 and any("guardians" not in one for one in shown), "also of pupils who are of age"
    assert sum("late_endorsement" in one for one in together.values()) > 30


def test_offers_and_claims_are_counted_once_for_a_person_by_the_newest(town: Town) -> None:
    found, wanted = take_up.counted(DAY), list(_newest())
    assert wanted
    for city, item, measure in set(wanted):
        assert found[city, item][measure] == wanted.count((city, item, measure)), (city, item, measure)
    told = sum(sum(n for name, n in counts.items() if name != "entitled") for counts in found.values())
    assert told == len(wanted)


def _newest() -> Iterator[tuple[str, str, str]]:
    rows = {(persons.kept_key(one.person_key), one.item): one for one in Offer.objects.order_by("pk")}
    for one in rows.values():
        for measure, day in (("offered", one.offered_on), ("declined", one.declined_on)):
            if day and day <= DAY:
                yield f"{one.region[:4]}00", one.item, measure
    sent = (
        Claim.objects.filter(sent_on__lte=DAY).exclude(state="ended").order_by("sent_on", "case__opened_at")
    )
    for claim in {(persons.kept_key(one.person_key), one.item): one for one in sent}.values():
        yield f"{claim.region[:4]}00", claim.item, "claimed"
        if claim.state in ("granted", "refused"):
            yield f"{claim.region[:4]}00", claim.item, claim.state


def test_the_demos_people_are_entitled_to_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up()
    day = clock.today()
    slow = one_by_one.counted(day)
    assert in_sets.entitled(day) == slow and sum(slow.values()) > 20
    monkeypatch.setattr(
        one_by_one, "circumstances", lambda keys, _region, day: one_by_one.by_proofs(keys, day)
    )
    assert one_by_one.counted(day) == slow, "and to the same as when proofs were read instead of facts"


def test_it_takes_as_many_queries_for_many_as_for_few_and_tells_how_far_it_is(address: Address) -> None:
    town, told = Town(9, address), []
    town.settle(30)
    few = queries(lambda: in_sets.entitled(DAY))
    town.settle(120)
    many = queries(lambda: in_sets.entitled(DAY, lambda *step: told.append(step)))
    more = 8 if connection.vendor == "postgresql" else 0  # a job's scope is set and put back
    assert few <= 26 + more and many <= few + 3 + more, (
        "chains of merged records take a round more for a link more"
    )
    assert told[-1] == ("entitled", 151, 150)


def test_counting_holds_no_lock_of_the_writers(resident: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("readers hold nobody there; each part has a transaction of its own")
    before, seen = len(connection.savepoint_ids), []
    monkeypatch.setattr(
        in_sets.Reading, "facts", lambda self, some, here: seen.append(len(connection.savepoint_ids)) or {}
    )
    assert in_sets.entitled(DAY) == {} and seen == [before] and resident
