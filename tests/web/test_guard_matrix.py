"""Every cell of route x role x region x field, tried on the running pages and compared with policy.yaml."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from renben.web.cases.models import CityCase
from renben.web.flow import checks
from renben.web.flow.definition import flows
from renben.web.flow.models import Case
from renben.web.flow.refusals import Refusal
from renben.web.guard import fields
from renben.web.guard.accounts import actor_of
from renben.web.guard.matrix import Cell, cells, kinds_of
from renben.web.guard.models import User
from renben.web.guard.policy import FULL, PUBLIC, SIGNED_IN, Actor, PolicyError, policy
from renben.web.programme.models import Seat
from renben.web.registry.models import ConsentPaper
from tests.web.cases import do
from tests.web.conftest import COUNTY
from tests.web.planted import ADDRESS, BIRTH, EMPLOYER, NAME, NOTE, NUMBER, PHONE, PROOF, Planted

OTHER_CITY = "140200"
MARKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "name": ((NAME,), ("示***",)),
    "number": ((NUMBER,), (NUMBER[:6] + "********" + NUMBER[-4:],)),
    "phone": ((PHONE,), ("139****5678",)),
    "birth": (("7 June 1973", BIRTH), ()),
    "address": ((ADDRESS,), ()),
    "employer": ((EMPLOYER,), ()),
    "note": ((NOTE,), ()),
    "proof": ((PROOF.decode(),), ()),
}
"""Field -> how it reads in full, and covered."""
OTHER_KINDS = (
    "office_picture",
    "assist_question",
    "assist_draft",
    "assist_check",
    "task_evidence",
    "spot_check_evidence",
    "case_unlink",
    "city_photo",
    "city_evidence",
)
"""Routes whose object is of a kind that is not planted: it is not there even inside the scope."""
OPEN_ROUTES = (PUBLIC, SIGNED_IN)
POSTED = {"key": "matrix-key-1", "version": "1", "name": NAME, "number": NUMBER, "reason": "too short"}


def arguments(cell: Cell, planted: Planted) -> list[dict[str, Any]]:
    """The planted objects that a route can be asked for."""
    wanted = cell.pattern
    if "programme/" in wanted or "api/v1/tasks" in wanted:
        objects: list[dict[str, Any]] = [{"case_id": planted.task.pk}]
    elif "exports/" in wanted:
        objects = [{"case_id": planted.export.pk}]
    elif "transfers/" in wanted or "sharing/" in wanted:
        objects = [{"case_id": (planted.transfer if "transfers/" in wanted else planted.sharing).pk}]
    elif "spot-checks/" in wanted or "city/" in wanted:
        objects = [{"case_id": (planted.check if "spot-checks/" in wanted else planted.city).pk}]
    elif "payments/" in wanted:
        objects = [{"case_id": planted.payment.pk}]
    elif "holds/" in wanted:
        objects = [{"hold_id": planted.hold.pk}]
    elif cell.role == "service_officer":
        objects = [{"case_id": planted.claim.pk}]
    elif cell.permission.startswith("photo."):
        objects = [{"case_id": planted.photo.pk}]
    else:
        objects = [{"case_id": one.pk} for one in (planted.done, planted.open, planted.fact)]
    fixed = {
        "key": planted.done.person_key, "kind": "residence_registration", "name": "proof", "action": "nothing",
        "version": 1, "language": "en", "number": 1, "code": COUNTY, "indicator": "none", "rest": "none",
        "paper_id": ConsentPaper.objects.values_list("pk", flat=True)[0],
        "grant_id": 999_999, "user_id": 999_999, "emergency_id": 999_999, "service": "nothing", "form": "csv",
    }  # fmt: skip
    names = [part.split(">")[0].split(":")[-1] for part in wanted.split("<")[1:]]
    found = [{name: {**fixed, **one}.get(name, 999_999) for name in names} for one in objects]
    return found if {"case_id", "hold_id"} & set(names) else found[:1]


class Place:
    """Where the role is tried: over the planted person's county (or being that person), or elsewhere."""

    def __init__(self, role: str, inside: bool, planted: Planted, account: Callable[..., User]) -> None:
        self.role, self.inside = role, inside
        if role == "resident" and inside:
            self.user = planted.applicant
        else:
            region = "" if role == "resident" else (COUNTY if inside else OTHER_CITY)
            self.user = account(f"cell-{role}", role, region)
        if role == "task_owner" and inside:
            Seat.objects.create(user=self.user, office=planted.task.owner)
        if role == "service_officer" and inside:
            Seat.objects.create(user=self.user, office="health")
        if role == "case_handler" and inside:
            Seat.objects.create(user=self.user, office=CityCase.objects.get(pk=planted.city.pk).unit)
        if role == "data_steward" and inside:  # whoever asked for a list takes it
            Case.objects.filter(pk=planted.export.pk).update(applicant=self.user.pk)
        if (
            role == "community_officer" and inside
        ):  # whoever looks at a face, or calls somebody, has taken the case
            do(str(planted.photo.pk), "claim", actor_of(self.user))
            do(str(planted.check.pk), "claim", actor_of(self.user))

    def reaches(self, cell: Cell, given: dict[str, Any], planted: Planted) -> bool:
        """Whether the policy lets the role reach the planted object: its scope, and a step in the object's flow."""
        if not self.inside:
            return cell.scope in ("everywhere", "anyone", "matter")
        if cell.scope == "region" and "case_id" in given:
            kind = Case.objects.values_list("kind", flat=True).get(pk=given["case_id"])
            if kind == "spot_check":  # looked at by whoever decides such cases, elsewhere
                kind = planted.done.kind
            return kind in kinds_of(self.role)
        return True


def ask(client: Client, method: str, address: str) -> Any:
    """Read, or write what a form or a program would send."""
    if method == "get":
        return client.get(address)
    if address.startswith("/api/"):
        return client.post(
            address, {"version": 1, "note": "x"}, "application/json", HTTP_IDEMPOTENCY_KEY="matrix-key-1"
        )
    return client.post(address, POSTED)


def tries(client: Client, cell: Cell, planted: Planted) -> Iterator[tuple[str, dict[str, Any], int, str]]:
    """Answers of a route to reading and writing, for every planted object."""
    for given in arguments(cell, planted):
        for method in ("get", "post"):
            if method == "post" and cell.permission in OPEN_ROUTES:
                continue
            answer = ask(client, method, reverse(cell.route, kwargs=given))
            text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(
                errors="replace"
            )
            if method == "post":  # what was sent comes back in a form that is shown again
                text = "" if answer.status_code == 422 else text
            yield method, given, answer.status_code, text


def forms(text: str, field: str) -> set[str]:
    """How a field is written in a page: full, masked."""
    full, masked = MARKS[field]
    found = {"full"} if any(one in text for one in full) else set()
    return found | ({"masked"} if any(one in text for one in masked) else set())


@pytest.mark.parametrize("inside", [True, False], ids=["in-region", "out-of-region"])
@pytest.mark.parametrize("role", sorted(policy().roles))
def test_every_route_answers_a_role_as_the_policy_says(
    role: str, inside: bool, planted: Planted, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    place, wrong, seen = Place(role, inside, planted, account), [], 0
    client = browse(place.user)
    for cell in cells():
        if cell.role != role:
            continue
        for method, given, status, text in tries(client, cell, planted):
            seen += 1
            wrong += [
                f"{cell.route} {method}: {one}" for one in _wrong(place, cell, given, status, text, planted)
            ]
    assert seen > 80
    assert "\n".join(wrong) == ""


def _wrong(
    place: Place, cell: Cell, given: dict[str, Any], status: int, text: str, planted: Planted
) -> Iterator[str]:
    reaches = cell.allowed and (cell.permission in OPEN_ROUTES or place.reaches(cell, given, planted))
    if (status == 403) != (not cell.allowed):
        yield f"{status} where the policy says allowed={cell.allowed}"
    if (
        cell.allowed
        and not reaches
        and given.keys() & {"case_id", "key", "paper_id", "hold_id"}
        and status not in (404, 405)
    ):
        yield f"{status} for an object outside the scope {cell.scope}"
    elsewhere = cell.scope == "own" or cell.route in OTHER_KINDS
    if reaches and "case_id" in given and status == 404 and not elsewhere:
        yield f"404 for an object inside the scope {cell.scope}"
    for field in MARKS:
        how = cell.fields.get(field) if reaches and place.inside else None
        allowed = {None: set(), "full": {"full"}, "masked": {"masked"}}[how]
        if cell.fields.get(field) == FULL and reaches and place.inside:
            allowed |= {"masked"}  # showing less than the policy allows is no breach
        if more := forms(text, field) - allowed:
            yield f"{field} is shown {sorted(more)}, the policy says {how or 'not at all'}"


def test_no_permission_promises_a_field_that_no_page_shows(
    planted: Planted, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    shown: dict[tuple[str, str], set[str]] = {}
    for role in policy().roles:
        client = browse(Place(role, True, planted, account).user)
        for cell in (one for one in cells() if one.role == role and one.fields):
            texts = "".join(text for _, _, _, text in tries(client, cell, planted))
            for field in cell.fields:
                shown.setdefault((cell.permission, field), set()).update(forms(texts, field))
    promised = {key: policy().permissions[key[0]].fields[key[1]] for key in shown}
    assert len(promised) > 20
    assert sorted(key for key, how in promised.items() if how not in shown[key]) == []


@pytest.mark.parametrize("region", [COUNTY, OTHER_CITY], ids=["in-region", "out-of-region"])
@pytest.mark.parametrize("role", sorted(policy().roles))
def test_every_step_of_every_flow_is_open_to_the_roles_of_its_permission_and_no_other(
    role: str, region: str, account: Callable[..., User]
) -> None:
    actor = actor_of(account(f"step-{role}", role, "" if role == "resident" else region))
    tried = 0
    for flow in flows().values():
        for move in flow.transitions:
            for stage in flow.sources(move):
                case = Case(id=uuid4(), kind=flow.name, flow_version=flow.version, stage=stage, region=COUNTY,
                            holder=actor.user_id, applicant=actor.user_id if move.by == "applicant" else None,
                            result={"assisted_by": 0} if move.counter == "only" else {})  # fmt: skip
                holds = bool(move.permission) and role in policy().permissions[move.permission].roles
                inside = move.by == "applicant" or region == COUNTY
                expected = move.by != "system" and holds and inside
                try:
                    checks.allowed(case, flow, move.action, actor)
                    given = True
                except Refusal:
                    given = False
                assert given == expected, (flow.name, move.action, stage, role, region)
                tried += 1
    assert tried > 60


def test_a_field_that_the_policy_does_not_name_is_not_shown() -> None:
    assert fields.shown("queue.read", "number", NUMBER) == MARKS["number"][1][0]
    assert fields.shown("person.reveal", "number", NUMBER) == NUMBER
    assert fields.shown("audit.read", "number", NUMBER) == ""
    with pytest.raises(PolicyError, match=r"policy\.yaml"):
        fields.shown("queue.read", "blood_type", "x")


def test_a_corrected_phone_is_covered_like_a_phone(people: dict[str, Actor], address: Any) -> None:
    from renben.web.registry.summary import sections  # noqa: PLC0415

    given = {"correct_field": "phone", "correct_value": PHONE, "_done": ["correction"]}
    text = str(sections("record_correction", given, []))
    assert PHONE not in text and MARKS["phone"][1][0] in text
    assert PHONE in str(sections("record_correction", given, [], reveal=True))
