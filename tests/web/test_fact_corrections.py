"""A home, a job, schooling or insurance is put right: asked by the person, or found by an officer and decided by another."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from renben.web import clock
from renben.web.claims import claiming
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, circumstances, review
from renben.web.registry.answers import answers_of
from renben.web.registry.decided_again import again as decided_again
from renben.web.registry.entitlements import facts_of
from renben.web.registry.models import (
    Address,
    Document,
    Employment,
    Insurance,
    Permit,
    Person,
    Proof,
    Schooling,
    Tenure,
    record,
)
from tests.web.cases import acting, again, do, fill, registered
from tests.web.claims.test_claiming import sent
from tests.web.conftest import COUNTY, DAY, answers, set_day
from tests.web.stated import stated
from tests.web.test_household import CHILD

People = dict[str, Actor]
Browse = Callable[..., Client]
D = dt.date
PAPER = "00000000-0000-4000-8000-00000000000c"
LATER = DAY + dt.timedelta(days=40)


@pytest.fixture
def person(people: People, address: Address) -> Person:
    """A resident who was registered with a labour contract."""
    case = registered(people, answers(address, proof_kind="contract", proof_from="2025-01-01"))
    Document.objects.create(
        id=PAPER, kind="proof", media="application/pdf", size=1, hash="h", content_ct=b"x", at=clock.now()
    )
    return Person.objects.current().get(key=case.person_key)


def ref(kind: type[Any] = Employment) -> str:
    (matter,) = [name for name, model in circumstances.MODELS.items() if model is kind]
    return f"{matter}:{kind.objects.current().get().key}"


def asked(people: People, person: Person, fact: str, act: str = "state", **fields: str) -> str:
    said = {"fact": fact, "fact_act": act, "document": PAPER, **fields}
    actor = again(people["resident"])
    return fill("fact_correction", actor, said, region=person.region, person_key=person.key)


def corrected(people: People, person: Person, fact: str, act: str = "state", **fields: str) -> str:
    case = asked(people, person, fact, act, **fields)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "correct", people["officer"])
    return case


JOB = {"fact_kind": "contract", "fact_from": "2025-07-01", "fact_to": ""}


def test_a_correction_changes_what_holds_now_and_never_the_receipt_of_then(
    people: People, person: Person
) -> None:
    before, moment = facts_of(person, DAY), clock.now()
    set_day(LATER)
    corrected(people, person, ref(), fact_name="合成机械厂", **JOB)
    now = facts_of(person, DAY)
    assert (before["stable_job_since"], now["stable_job_since"]) == (D(2025, 1, 1), D(2025, 7, 1))
    assert facts_of(person, DAY, moment) == before, "as known on the day of then"
    assert facts_of(person, D(2025, 3, 1)).get("stable_job_since") is None
    assert facts_of(person, D(2025, 3, 1), moment)["stable_job_since"] == D(2025, 1, 1)
    row = Employment.objects.current().get()
    assert row.name == "合成机械厂" and Employment.objects.count() == 2
    assert row.proof is not None and str(row.proof.document_id) == PAPER, (
        "it points to the paper of the correction"
    )
    old = Employment.objects.exclude(pk=row.pk).get()
    assert old.proof is not None and old.proof.valid_from == D(2025, 1, 1) and Proof.objects.count() == 2


def test_a_permit_asks_the_facts_of_today_and_a_kept_receipt_those_of_then(
    people: People, person: Person, address: Address
) -> None:
    """What was granted on the strength of the job stays granted by its receipt; the same question today gets another answer."""
    record(Permit, "t", key=UUID(int=5), valid_from=D(2025, 9, 1), number="JZZ-facts", person_key=person.key, region=COUNTY,
           issued=D(2025, 9, 1), anchor=D(2025, 9, 1), next_due=D(2026, 9, 1), expires=D(2030, 9, 1))  # fmt: skip
    stated(person.key, "employer", D(2025, 1, 1))
    claim = sent(again(people["resident"]), "housing_fund")
    set_day(LATER)
    job = next(one for one in Employment.objects.current() if one.kind == "employer")
    corrected(people, person, f"job:{job.key}", "withdraw")
    today = claiming.decision(person.key, "housing_fund", LATER)
    assert today is not None and today.receipt.answer == "need_info", (
        "nobody says any more that he is employed"
    )
    found = decided_again(Case.objects.get(pk=claim))
    assert found is not None and found.differs == ()
    assert found.kept.answer == found.now.answer == "grant" and found.now.inputs["employed"] is True


def test_what_was_never_so_is_taken_back_and_undoing_states_it_again(people: People, person: Person) -> None:
    moment = clock.now()
    case = corrected(people, person, ref(), "withdraw")
    assert "stable_job_since" not in facts_of(person, DAY) and not Employment.objects.current().exists()
    assert facts_of(person, DAY, moment)["stable_job_since"] == D(2025, 1, 1)
    between = clock.now()
    do(case, "undo", people["officer"], "合成：撤错了")
    assert facts_of(person, DAY)["stable_job_since"] == D(2025, 1, 1)
    assert "stable_job_since" not in facts_of(person, DAY, between), "in between it was not known"
    back = Employment.objects.current().get()
    assert back.source == str(Proof.objects.get().case), "in the name of the case that stated it first"


def test_a_correction_is_undone_whole_unless_somebody_corrected_it_since(
    people: People, person: Person
) -> None:
    first = corrected(people, person, ref(), **JOB)
    second = corrected(people, person, ref(), **{**JOB, "fact_from": "2025-08-01"})
    with pytest.raises(Guarded, match="changed_since"):
        do(first, "undo", people["officer"], "合成")
    do(second, "undo", people["officer"], "合成")
    assert facts_of(person, DAY)["stable_job_since"] == D(2025, 7, 1)
    third = corrected(people, person, ref(), "withdraw")
    with pytest.raises(Guarded, match="changed_since"):
        do(first, "undo", people["officer"], "合成")
    do(third, "undo", people["officer"], "合成")
    do(first, "undo", people["officer"], "合成")
    assert facts_of(person, DAY)["stable_job_since"] == D(2025, 1, 1)
    added = corrected(people, person, "new:job", **JOB)
    assert Employment.objects.current().count() == 2
    do(added, "undo", people["officer"], "合成")
    assert Employment.objects.current().count() == 1


@pytest.mark.parametrize(("model", "fields", "row"), [
    (Tenure, {"fact_kind": "title", "fact_from": "2024-02-01"}, {"kind": "title", "valid_from": D(2024, 2, 1)}),
    (Schooling, {"fact_kind": "senior", "fact_name": "合成中学", "fact_region": "140106", "fact_enrolled": "yes",
                 "fact_from": "2023-09-01", "fact_to": "2026-06-30"},
     {"region": "140106", "enrolled": True, "valid_to": D(2026, 7, 1)}),
    (Insurance, {"fact_kind": "employee_pension", "fact_region": COUNTY, "fact_from": "2024-03-15",
                 "fact_to": "2024-12-05", "fact_whole": "yes"},
     {"valid_from": D(2024, 3, 1), "valid_to": D(2025, 1, 1), "region": COUNTY, "whole": True}),
])  # fmt: skip
def test_what_was_missing_is_added(
    people: People, person: Person, model: Any, fields: dict[str, str], row: dict[str, Any]
) -> None:
    matter = next(name for name, one in circumstances.MODELS.items() if one is model)
    corrected(people, person, f"new:{matter}", **{"fact_to": "", **fields})
    made = model.objects.get()
    assert {name: getattr(made, name) for name in row} == row and made.person_key == person.key
    if model is Insurance:
        assert facts_of(person, DAY)["pension_months_here"] == 10


@pytest.mark.parametrize(("fields", "word"), [
    ({"document": ""}, "fact_evidence"), ({"fact_from": "2026-03-03"}, "fact_day"),
    ({"fact_to": "2025-06-30"}, "fact_day"), ({"fact": "job:00000000-0000-4000-8000-000000000009"}, "fact_gone"),
    ({"fact_from": "2025-01-01"}, "fact_same"),
])  # fmt: skip
def test_what_does_not_hold_is_refused_before_an_officer_sees_it(
    people: People, person: Person, fields: dict[str, str], word: str
) -> None:
    case = asked(
        people, person, fields.get("fact", ref()), **{**JOB, **fields} if "fact" not in fields else JOB
    )
    with pytest.raises(Guarded, match=word):
        do(case, "submit", again(people["resident"]))


def test_somebody_elses_entry_cannot_be_put_right(people: People, person: Person) -> None:
    other = stated(UUID(int=7), "contract", D(2024, 1, 1))
    case = asked(people, person, f"job:{other.key}", **JOB)
    with pytest.raises(Guarded, match="fact_gone"):
        do(case, "submit", again(people["resident"]))


def test_an_officer_sees_what_is_on_record_and_the_person_who_asked_does_not_decide(
    people: People, person: Person
) -> None:
    case = asked(people, person, ref(), **JOB)
    do(case, "submit", again(people["resident"]))
    with translation.override("zh-hans"):
        found = review.checks_of(Case.objects.get(pk=case), answers_of(Case.objects.get(pk=case)))
    assert [one.word for one in found] == ["check.fact_now"] and "劳动合同" in found[0].values["what"]
    with pytest.raises(Unknown):
        do(case, "claim", people["elsewhere"])
    do(case, "claim", people["officer"])
    with pytest.raises(NotAllowed):
        do(case, "correct", again(people["resident"]))


def counter(client: Client, key: Any, tag: str) -> str:
    answer = client.post(f"/office/people/{key}/correct/", {"key": f"own-motion-{tag}"})
    assert answer.status_code == 302, answer.status_code
    return str(answer["Location"]).removesuffix("fact_which/")


def test_what_an_officer_finds_he_writes_down_with_reason_and_paper_and_a_colleague_decides(
    people: People, person: Person, browse: Browse
) -> None:
    fill("residence_permit", again(people["resident"]), {"notice": "x", "proof_kind": "contract"}, region=COUNTY,
         person_key=person.key)  # fmt: skip
    client = browse(User.objects.get(pk=people["officer"].user_id))
    assert "a colleague checks it" in client.get(f"/office/people/{person.key}/").content.decode()
    base = counter(client, person.key, "one")
    case = Case.objects.get(pk=base.strip("/").split("/")[-1])
    assert client.post(f"{base}fact_which/", {"key": "own-1-which", "do": "next", "fact": ref(),
                                              "fact_act": "state"}).status_code == 302  # fmt: skip
    page = client.get(f"{base}fact_what/").content.decode()
    assert 'value="2025-01-01"' in page, "it begins with what is on record"
    said = {"do": "next", **JOB, "fact_name": "合成机械厂"}
    lacking = client.post(f"{base}fact_what/", {"key": "own-2-what", **said})
    assert lacking.status_code == 422 and lacking.content.decode().count('class="error"') == 2, (
        "reason and paper"
    )
    paper = SimpleUploadedFile("x.pdf", b"%PDF-1.4 synthetic")
    given = {"key": "own-3-what", **said, "fact_reason": "合成：单位来函", "file": paper}
    assert client.post(f"{base}fact_what/", given).status_code == 302
    case.refresh_from_db()
    sheet = client.get(f"{base}check/").content.decode()
    assert "Ask a colleague to check" in sheet and "signed" not in sheet.lower()
    answer = client.post(f"{base}check/", {"key": "own-4-check", "version": case.version})
    assert answer.status_code == 302 and answer["Location"] == f"/office/cases/{case.pk}/"
    do(case.pk, "claim", people["officer"])
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case.pk, "correct", people["officer"])
    do(case.pk, "release", people["officer"])
    do(case.pk, "claim", people["colleague"])
    text = (
        browse(User.objects.get(pk=people["colleague"].user_id))
        .get(f"/office/cases/{case.pk}/")
        .content.decode()
    )
    assert "somebody else decides" in text and "合成：单位来函" in text and "合成机械厂" in text
    do(case.pk, "correct", people["colleague"])
    assert facts_of(person, DAY)["stable_job_since"] == D(2025, 7, 1)
    seen = AuditEvent.objects.get(permission="registration.assist", object_type="fact_correction", kind="command",
                                  detail={"action": "assist"})  # fmt: skip
    assert seen.subject == person.key


def test_no_officer_begins_one_without_a_file_he_may_open_nor_about_himself(
    people: People, person: Person, browse: Browse
) -> None:
    for name in ("officer", "elsewhere"):
        client = browse(User.objects.get(pk=people[name].user_id))
        answer = client.post(f"/office/people/{person.key}/correct/", {"key": f"own-motion-{name}"})
        assert answer.status_code == 404, "no open case about the person"
    fill("residence_permit", again(people["resident"]), {"notice": "x", "proof_kind": "contract"}, region=COUNTY,
         person_key=person.key)  # fmt: skip
    User.objects.filter(pk=people["resident"].user_id).update(person_key=None)
    User.objects.filter(pk=people["officer"].user_id).update(person_key=person.key)
    client = browse(User.objects.get(pk=people["officer"].user_id))
    assert client.post(f"/office/people/{person.key}/correct/", {"key": "own-motion-self"}).status_code == 404
    assert not Case.objects.filter(kind="fact_correction").exists()


def test_the_person_asks_from_my_data_page_by_page_in_both_languages(
    people: People, person: Person, browse: Browse
) -> None:
    user = User.objects.get(pk=people["resident"].user_id)
    for language, words in (
        ("en", ("Work · Labour contract", "Add months of insurance", "Take it back: it was never so")),
        ("zh-hans", ("就业 · 劳动合同", "补充一段参保缴费", "从来不是这样")),
    ):
        client = browse(user, language)
        assert "/apply/fact_correction/" in client.get("/my/data/").content.decode()
        assert client.get("/apply/fact_correction/").status_code == 200
        begun = client.post("/apply/fact_correction/begin/", {"key": f"begin-fact-{language}"})
        page = client.get(begun["Location"]).content.decode()
        assert [one for one in words if one not in page] == []
        base = begun["Location"].removesuffix("fact_which/")
        wrong = client.post(f"{base}fact_which/", {"key": f"f0-{language}-xx", "do": "next", "fact": "new:job",
                                                   "fact_act": "withdraw"})  # fmt: skip
        assert wrong.status_code == 422
        client.post(f"{base}fact_which/", {"key": f"f1-{language}-xx", "do": "next", "fact": "new:insurance",
                                           "fact_act": "state"})  # fmt: skip
        form = client.get(f"{base}fact_what/").content.decode()
        assert (
            'name="fact_region"' in form
            and 'name="fact_name"' not in form
            and 'name="fact_enrolled"' not in form
        )
        client.post(f"{base}fact_which/", {"key": f"f2-{language}-xx", "do": "next", "fact": ref(),
                                           "fact_act": "withdraw"})  # fmt: skip
        form = client.get(f"{base}fact_what/").content.decode()
        assert 'name="fact_from"' not in form and 'name="file"' in form


def test_a_guardian_puts_a_childs_schooling_right(people: People, address: Address, browse: Browse) -> None:
    registered(people, answers(address, members=[CHILD]))
    parent, child = again(people["resident"]), Person.objects.current().get(birth=D(2018, 6, 15))
    with acting(parent):
        case = applications.begin(parent, "fact_correction", "ward-fact-1", str(child.key)).case
    fields = {"fact": "new:study", "fact_act": "state", "fact_kind": "primary", "fact_region": COUNTY,
              "fact_enrolled": "yes", "fact_from": "2025-09-01", "fact_name": "", "document": PAPER}  # fmt: skip
    Document.objects.create(
        id=PAPER,
        case=case,
        kind="proof",
        media="application/pdf",
        size=1,
        hash="h",
        content_ct=b"x",
        at=clock.now(),
    )
    for question in ("fact_which", "fact_what"):
        do(case, "save", parent, question=question, fields=fields)
    do(case, "submit", parent)
    do(case, "claim", people["officer"])
    do(case, "correct", people["officer"])
    assert Schooling.objects.get().person_key == child.key
    (row,) = circumstances.told([child.key])
    assert "小学" in circumstances.words_of(row)
