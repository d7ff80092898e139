"""A claim from the entitlement to the decision: nothing asked twice, the receipt frozen, one at a time, the right desk."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renben.web.claims import claiming
from renben.web.claims.models import Claim
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import pages_office, reconsideration, review
from renben.web.registry.answers import answers_of
from renben.web.registry.models import Person, replace
from tests.web.cases import acting, do
from tests.web.claims.conftest import ITEM, OFFICE
from tests.web.conftest import COUNTY, DAY, set_day

Browse = Callable[..., Client]
ARTICLE = "国务院令第663号第十二条"


def begun(actor: Actor, item: str = ITEM, tag: str = "1") -> str:
    with acting(actor):
        return claiming.begin(actor, item, f"claim-begin-{tag}").case


def sent(actor: Actor, item: str = ITEM, tag: str = "1", remark: str = "") -> str:
    case = begun(actor, item, tag)
    do(case, "save", actor, question="claim", fields={"claim_remark": remark, "document": ""})
    do(case, "submit", actor)
    return case


def row(case: str) -> Claim:
    return Claim.objects.get(pk=case)


def test_a_claim_is_granted_by_the_office_that_gives_it_with_the_receipt_of_its_day(
    resident: Actor, desk: Actor
) -> None:
    case = sent(resident)
    found = Case.objects.get(pk=case)
    kept = claiming.frozen(found)
    assert found.number.startswith("SF-") and found.region == COUNTY and found.office == OFFICE
    assert kept is not None and (kept.answer, kept.on, kept.digest) == ("grant", DAY, found.result["receipt"])
    assert row(case).sent_on == DAY and found.due_on is not None
    set_day(DAY + dt.timedelta(3))
    do(case, "claim", desk)
    do(case, "grant", desk, "合成：请到社区卫生服务中心建档", article=ARTICLE)
    found.refresh_from_db()
    assert (found.stage, found.result["article"]) == ("granted", ARTICLE)
    assert (row(case).state, row(case).decided_on) == ("granted", DAY + dt.timedelta(3))
    again_kept = claiming.frozen(found)
    assert again_kept == kept, "the receipt of the day of sending stays"


def test_the_receipt_stays_when_the_record_changes_and_the_officer_sees_both(
    resident: Actor, desk: Actor
) -> None:
    _older(resident)
    case = sent(resident, "elder_health")
    found = Case.objects.get(pk=case)
    assert review.checks_of(found, answers_of(found))[1].word == "check.claim_grant"
    replace(Person.objects.current().get(key=resident.person_key), "t", birth=dt.date(1990, 1, 1))
    checks = review.checks_of(found, answers_of(found))
    assert [(one.level, one.word) for one in checks] == [
        ("ok", "check.claim_item"),
        ("warning", "check.claim_deny"),
        ("ok", "check.again_same"),
    ]
    kept = claiming.frozen(found)
    assert kept is not None and kept.answer == "grant"
    do(case, "claim", desk)
    do(case, "grant", desk, "合成：以申领当日为准", article=ARTICLE)
    assert row(case).state == "granted"


def _older(resident: Actor) -> None:
    Person.objects.filter(key=resident.person_key).update(birth=dt.date(1950, 1, 1))


def test_what_is_not_granted_today_cannot_be_claimed(resident: Actor, people: dict[str, Actor]) -> None:
    with pytest.raises(Guarded, match="claim_not_entitled"):
        begun(resident, "legal_aid")
    with pytest.raises(Guarded, match="claim_need_info"):
        begun(resident, "hypertension_care", "2")
    with pytest.raises(NotAllowed, match="not_registered"):
        begun(people["stranger"], tag="3")
    for other in ("compulsory_school", "destitute_support", "keep_homestead", "permit_holder", "nothing"):
        with pytest.raises(Unknown):
            begun(resident, other, other)
    assert not Claim.objects.exists()


def test_entitled_when_begun_but_no_more_when_sent_is_refused(resident: Actor) -> None:
    _older(resident)
    case = begun(resident, "elder_health")
    do(case, "save", resident, question="claim", fields={"claim_remark": "", "document": ""})
    Person.objects.filter(key=resident.person_key).update(birth=dt.date(1990, 1, 1))
    with pytest.raises(Guarded, match="claim_not_entitled"):
        do(case, "submit", resident)


def test_a_second_claim_while_one_is_open_is_refused_with_the_way_to_the_first(
    resident: Actor, browse: Browse
) -> None:
    case = sent(resident)
    with pytest.raises(claiming.ClaimOpen) as refused:
        begun(resident, tag="2")
    assert refused.value.see == f"/my/cases/{case}/" and refused.value.values["number"].startswith("SF-")
    client = browse(User.objects.get(pk=resident.user_id))
    answer = client.post(f"/services/{ITEM}/claim/", {"key": "claim-page-2"})
    assert answer.status_code == 422 and f'href="/my/cases/{case}/"' in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            case=Case.objects.exclude(pk=case).first(),
            person_key=row(case).person_key,
            item=ITEM,
            region=COUNTY,
        )
    do(case, "withdraw", resident)
    assert Case.objects.get(pk=sent(resident, tag="3")).stage == "submitted"


def test_of_two_forms_at_the_same_moment_the_slower_is_led_to_the_faster(
    resident: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, real, seen = begun(resident), claiming.running, []

    def slow(key: UUID, item: str) -> Claim | None:
        seen.append(item)
        return None if len(seen) == 1 else real(key, item)

    monkeypatch.setattr(claiming, "running", slow)
    with pytest.raises(claiming.ClaimOpen) as refused:
        begun(resident, tag="2")
    assert refused.value.see == f"/my/cases/{case}/" and Claim.objects.count() == 1


def test_the_same_form_sent_twice_opens_one_claim(resident: Actor) -> None:
    assert begun(resident) == begun(resident)
    assert Claim.objects.count() == 1


def test_another_department_neither_sees_nor_takes_it_and_a_seatless_account_sees_nothing(
    resident: Actor, desk: Actor, seated: Callable[..., Actor]
) -> None:
    case = sent(resident)
    other, none, far = seated("labour", "hrss"), seated("none", ""), seated("far", OFFICE, "140106")
    for actor, listed in ((desk, 1), (other, 0), (none, 0), (far, 0)):
        with acting(actor):
            assert len(pages_office.queue(actor, _query())["rows"]) == listed, actor.name
            assert sum(one.open for one in pages_office.waiting(actor)) == listed
    for actor in (other, none, far):
        with acting(actor), pytest.raises(Unknown):
            pages_office.office_view(actor, UUID(case))
    for actor in (other, none):
        with pytest.raises(Unknown):
            do(case, "claim", actor)
    with pytest.raises(Unknown):
        do(case, "claim", far)
    with acting(desk):
        assert pages_office.office_view(desk, UUID(case)).kind == "claim"


def _query() -> Any:
    from django.http import QueryDict  # noqa: PLC0415

    return QueryDict("")


def test_returned_once_with_marks_then_answered_or_decided(resident: Actor, desk: Actor) -> None:
    case = sent(resident)
    do(case, "claim", desk)
    do(case, "return", desk, "合成：请附上旧档案", fields=["claim"])
    found = Case.objects.get(pk=case)
    assert (found.stage, found.marks, found.paused_since) == ("returned", ["claim"], DAY)
    set_day(DAY + dt.timedelta(2))
    do(case, "save", resident, question="claim", fields={"claim_remark": "合成说明", "document": ""})
    do(case, "resubmit", resident)
    with pytest.raises(Guarded, match="returned_before"):
        do(case, "return", desk, "合成：再来一次", fields=["claim"])
    found.refresh_from_db()
    assert found.marks == [] and answers_of(found)["receipt"]["on"] == DAY.isoformat()


def test_a_refusal_names_its_article_and_is_reopened_by_reconsideration_beside_a_newer_claim(
    resident: Actor, desk: Actor, account: Callable[..., User]
) -> None:
    from renben.web.guard.accounts import actor_of  # noqa: PLC0415

    hearing, deciding = (
        actor_of(account(f"t-appeal-{n}", "reconsideration_officer", COUNTY)) for n in (1, 2)
    )
    case = sent(resident)
    do(case, "claim", desk)
    do(case, "refuse", desk, "合成：已在别处建档", article=ARTICLE)
    refused = Case.objects.get(pk=case)
    assert row(case).state == "refused" and reconsideration.offer(refused, resident).open  # type: ignore[union-attr]
    newer = sent(resident, tag="2")
    with acting(resident):
        appeal = reconsideration.begin(resident, refused, "claim-appeal-1").case
    do(
        appeal,
        "save",
        resident,
        question="grounds",
        fields={"grounds": "合成：从未在别处建档", "document": ""},
    )
    do(appeal, "submit", resident)
    do(appeal, "claim", hearing)
    with acting(hearing):
        told = reconsideration.about(Case.objects.get(pk=appeal), hearing)
    assert told is not None and (told.article, told.note) == (ARTICLE, "合成：已在别处建档")
    with acting(hearing), pytest.raises(Unknown):
        pages_office.office_view(hearing, UUID(case))
    do(appeal, "accept", hearing)
    do(appeal, "propose", hearing, "合成：应当撤销")
    do(appeal, "overturn", deciding, "合成：撤销", article="《行政复议法》第六十四条")
    refused.refresh_from_db()
    assert (refused.stage, refused.closed_on, row(case).state, row(newer).state) == (
        "submitted",
        None,
        "reopened",
        "open",
    )
    do(case, "claim", desk)
    do(case, "grant", desk, "合成", article=ARTICLE)
    assert row(case).state == "granted"


def test_time_runs_out_on_a_draft_and_the_service_can_be_claimed_anew(resident: Actor) -> None:
    from renben.web.flow.sweeper import sweep  # noqa: PLC0415

    case = begun(resident)
    wait = Case.objects.get(pk=case).wait_on
    set_day(wait + dt.timedelta(1))
    sweep()
    assert Case.objects.get(pk=case).stage == "expired" and row(case).state == "ended"
    assert begun(resident, tag="2") != case


def test_every_look_and_step_is_in_the_audit_with_its_purpose(
    resident: Actor, desk: Actor, browse: Browse
) -> None:
    case = sent(resident)
    browse(User.objects.get(pk=desk.user_id)).get(f"/office/cases/{case}/")
    do(case, "claim", desk)
    events = AuditEvent.objects.filter(object_id=case).values_list("kind", "permission", "subject", "purpose")
    assert ("read", "queue.read", resident.person_key, "residence_registration") in events
    assert ("command", "claim.decide", resident.person_key, "service_claim") in events


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("On record, not asked again", "Date of birth", "1 January 1985", "Health record for residents")),
    ("zh-hans", ("登记里已有、不再问您的", "出生日期", "1985年1月1日", "建立居民健康档案")),
])  # fmt: skip
def test_the_form_shows_what_is_on_record_and_asks_for_nothing(
    resident: Actor, browse: Browse, language: str, said: tuple[str, ...]
) -> None:
    client = browse(User.objects.get(pk=resident.user_id), language)
    page = client.post("/services/elder_health/claim/", {"key": "claim-form-0"})
    assert page.status_code == 422
    where = client.post(f"/services/{ITEM}/claim/", {"key": "claim-form-1"})["Location"]
    text = client.get(where).content.decode()
    assert said[0] in text and said[3] in text
    assert client.post(where, {"key": "claim-form-2", "do": "next"}).status_code == 302
    case = Case.objects.get(kind="claim")
    version = {"key": "claim-form-3", "version": case.version, "step": "submit"}
    assert client.post(f"/my/cases/{case.pk}/check/", version).status_code == 302
    page = client.get(f"/my/cases/{case.pk}/").content.decode()
    case.refresh_from_db()
    assert case.stage == "submitted" and case.result["receipt"] in page


def test_the_desk_sees_who_claims_with_covered_numbers_and_no_button_that_is_refused_it(
    resident: Actor, desk: Actor, browse: Browse
) -> None:
    case = sent(resident)
    text = browse(User.objects.get(pk=desk.user_id)).get(f"/office/cases/{case}/").content.decode()
    assert "示例甲" in text and "149901********0014" in text and "149901198501010014" not in text
    assert "/reveal/" not in text and "/office/people/" not in text


def test_the_claimants_page_names_the_office_that_holds_the_claim(resident: Actor, browse: Browse) -> None:
    case = sent(resident)
    text = browse(User.objects.get(pk=resident.user_id)).get(f"/my/cases/{case}/").content.decode()
    assert "Shanxi Provincial Health Commission" in text


def test_the_commission_writes_for_which_office_an_officer_works(
    resident: Actor, account: Callable[..., User], browse: Browse
) -> None:
    from renben.web.guard.accounts import actor_of  # noqa: PLC0415

    case, officer = sent(resident), actor_of(account("t-new", "service_officer", COUNTY))
    lead = browse(account("t-lead", "programme_officer", "140000"))
    with pytest.raises(Unknown):
        do(case, "claim", officer)
    assert lead.post("/programme/seats/", {"username": "t-new", "office": OFFICE}).status_code == 302
    do(case, "claim", officer)
    assert Case.objects.get(pk=case).stage == "in_review"
