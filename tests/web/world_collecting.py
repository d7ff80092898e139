"""What one city's counter takes in for another, in every place where pages show it, and the visits to those pages."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from renben.web.demo.people import with_check_digit
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Document
from renben.web.registry.proxies import REGISTRY
from renben.web.registry.questions import QUESTIONS
from tests.web.cases import do
from tests.web.conftest import COUNTY

THERE = "141002"
REVIEWED, BACK = (with_check_digit(one) for one in ("14990119900228003", "14990119930909005"))
"""Document numbers of whom the office there looks at, and of whom it asks for more."""


def taken_in(users: dict[str, User], given: dict[str, Any], account: Callable[..., User]) -> None:
    """One that the office of the other city looks at, and one that it sent back to be completed."""
    users["there"] = account("a-there", "community_officer", THERE)
    officer, there = actor_of(users["officer"]), actor_of(users["there"])
    place = Address.objects.create(region=THERE, township=THERE + "001", text="合成路9号", synthetic=True)
    said = {**given, "region": THERE, "address": str(place.pk), "document": ""}
    for number in (REVIEWED, BACK):
        case = handed_in(officer, {**said, "number": number}, f"world-collected-{number}")
        do(case, "claim", there)
    do(case, "return_to_counter", there, "合成：证明缺一页", fields=["proof"])


def handed_in(officer: Actor, given: dict[str, Any], key: str) -> str:
    """Taken down and handed in at once."""
    ends = {"collected_by": COUNTY, "competent": THERE}
    case = open_case(
        "residence_registration", REGISTRY, key, COUNTY, applicant=None, holder=officer.user_id,
        result={"assisted_by": officer.user_id, **ends},
    ).case  # fmt: skip
    do(case, "assist", REGISTRY)
    paper = Document.objects.values_list("pk", flat=True).first() or uuid4()
    for question in QUESTIONS["residence_registration"]:
        do(case, "take_down", officer, question=question.name, fields={**given, "document": str(paper)})
    do(case, "hand_in", officer, "合成：身份证、租赁合同原件", read_back=True, signed=True, originals=True)
    return case


def visits(visit: Any, users: dict[str, User]) -> Iterator[tuple[str, Any]]:
    """The form for another city, what comes back to the counter, the list, the slip, and the office that decides."""
    officer, there = users["officer"], users["there"]
    yield from visit.of(officer, "assist_elsewhere")
    yield from visit.of(officer, "assist_elsewhere", post={"region": "", "key": "world-elsewhere-0"})
    key = {"region": THERE, "key": f"world-elsewhere-{visit.language}-{visit.theme}"}
    begun = visit.browse(officer).post("/office/assist/elsewhere/", key)["Location"]
    yield from visit.of(
        officer, begun, begun.replace("notice/", "place/"), begun.replace("notice/", "check/")
    )
    cases = {one.stage: one.pk for one in Case.objects.filter(handovers__answer="collected")}
    back, looked_at = cases["completing"], cases["in_review"]
    yield from visit.of(officer, "/office/?view=collected", f"/office/cases/{looked_at}/slip/")
    yield from visit.of(officer, f"/office/cases/{back}/", f"/office/assist/{back}/check/")
    yield from visit.of(there, "queue", "/office/?view=handed", f"/office/cases/{looked_at}/")
    yield from visit.of(users["colleague"], f"/office/cases/{back}/")
    yield from visit.of(users["elsewhere"], "/office/?view=collected")
