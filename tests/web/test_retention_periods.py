"""Opinions, accounts of institutions, contents of messages and evidence go when their period is over, and not before."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from renben.web.clock import now
from renben.web.exchange import log, sending
from renben.web.exchange.envelope import Content
from renben.web.exchange.models import Certificate, Delivery
from renben.web.exchange.models import Message as SignedMessage
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.guard import retention
from renben.web.guard.models import Deletion, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import (
    Address,
    Document,
    Institution,
    InstitutionAccount,
    Opinion,
    Stay,
    record,
    replace,
)
from renben.web.spotcheck.models import Check, Draw
from tests.web.cases import acting, registered
from tests.web.conftest import COUNTY, DAY, answers
from tests.web.planted import Planted

People = dict[str, Actor]
NOON = dt.datetime.combine(DAY, dt.time(12), dt.UTC)


def after(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def gone(what: str) -> list[tuple[str, str]]:
    return list(Deletion.objects.filter(what=what).values_list("object_id", "rule"))


@pytest.fixture
def opinion(people: People, address: Address) -> Opinion:
    """What the applicant of a registration said on the day of the decision."""
    case = registered(people, answers(address))
    return Opinion.objects.create(
        case=case, kind=case.kind, region=COUNTY, score=2, word="slow", given_on=DAY
    )


def test_an_opinion_loses_its_word_after_three_years_and_goes_after_four(opinion: Opinion) -> None:
    assert retention.retain(after(1096))["opinion_words"] == 0
    done = retention.retain(after(1097))
    assert (done["opinion_words"], done["opinions"]) == (1, 0)
    opinion.refresh_from_db()
    assert (opinion.word, opinion.score) == ("", 2), "the mark is still counted"
    assert gone("opinion.word") == [(str(opinion.pk), "retention.opinion_word_days")]
    assert retention.retain(after(1461)) | {"opinions": 0} == dict.fromkeys(done, 0), "nothing is taken twice"
    assert retention.retain(after(1462))["opinions"] == 1 and not Opinion.objects.exists()
    assert gone("opinion") == [(str(opinion.pk), "retention.opinion_days")]


def test_an_opinion_about_a_case_that_is_open_again_or_heard_anew_is_kept(
    opinion: Opinion, people: People
) -> None:
    with acting(people["resident"]):
        heard = open_case(
            "reconsideration",
            people["resident"],
            "kept-opinion-1",
            COUNTY,
            result={"about": str(opinion.case_id)},
        )
    assert retention.retain(after(9000))["opinion_words"] == 0, "a reconsideration is open"
    Case.objects.filter(pk=heard.case).update(closed_on=DAY)
    Case.objects.filter(pk=opinion.case_id).update(closed_on=None)
    assert retention.retain(after(9000))["opinions"] == 0, "the case is open again"
    Case.objects.filter(pk=opinion.case_id).update(closed_on=DAY)
    assert retention.retain(after(9000))["opinions"] == 1


@pytest.fixture
def hotel(address: Address) -> Institution:
    """An institution that reports for three more years."""
    return Institution.objects.create(account=1, kind="hotel", name="合成旅馆", region=COUNTY, address=address,
                                      valid_from=DAY, valid_to=after(1000))  # fmt: skip


def colleague(hotel: Institution, **columns: Any) -> InstitutionAccount:
    """One more account of an institution."""
    name = str(uuid4())
    known = {
        "label": "夜班",
        "key": name,
        "code_hash": name,
        "invited_by": 1,
        "invited_at": NOON,
        "expires_on": DAY,
    }
    return InstitutionAccount.objects.create(institution=hotel, region=COUNTY, **{**known, **columns})


def test_accounts_that_ended_and_codes_that_nobody_took_go_and_those_that_report_stay(
    hotel: Institution,
) -> None:
    ended = colleague(hotel, account=2, joined_at=NOON, ended_at=NOON)
    unused, reports = colleague(hotel), colleague(hotel, account=3, joined_at=NOON)
    assert retention.retain(after(365))["institution_accounts"] == 0
    assert retention.retain(after(366))["institution_accounts"] == 2
    assert InstitutionAccount.objects.get() == reports
    assert {key for key, _ in gone("institution_account")} == {str(ended.pk), str(unused.pk)}


def test_accounts_of_an_institution_that_reports_no_more_go_once_nobody_stays_there(
    hotel: Institution,
) -> None:
    colleague(hotel, account=3, joined_at=NOON)
    stay = record(Stay, "test", key=uuid4(), valid_from=DAY, institution=hotel, region=COUNTY, kind="hotel", person_key=None,
                  document_kind="citizen", number_ct=b"", number_index="x", name_ct=b"")  # fmt: skip
    assert retention.retain(after(1365))["institution_accounts"] == 0
    assert retention.retain(after(1366))["institution_accounts"] == 0, "somebody is still there"
    replace(stay, "test", valid_to=after(1300))
    assert retention.retain(after(1366))["institution_accounts"] == 1
    assert gone("institution_account")[0][1] == "retention.institution_account_days"
    assert Institution.objects.filter(pk=hotel.pk).exists()


def sent(planted: Planted) -> SignedMessage:
    """A message that went out on the day."""
    content = Content(
        str(uuid4()), "taiyuan", "linfen", "residence.request", "residence_permit", "示例依据", COUNTY, {}
    )
    return log.keep("out", "linfen", content, planted.done.person_key)


def told(problem: str = "") -> bool:
    """Whether the log says something of contents that are gone without a reason."""
    return any("does not say why" in line for line in log.problems("taiyuan")) is bool(problem)


def test_the_content_of_a_message_goes_and_its_digest_and_receipt_stay(planted: Planted) -> None:
    message = SignedMessage.objects.get(certificate__case=planted.transfer.pk)
    log.keep_receipt(message, {"outcome": "accepted"})
    assert retention.retain(after(1097))["message_contents"] == 0, (
        "its certificate is decided on in an open case"
    )
    Case.objects.filter(pk=planted.transfer.pk).update(closed_on=DAY)
    assert retention.retain(after(1096))["message_contents"] == 0
    assert retention.retain(after(1097))["message_contents"] == 1
    row = SignedMessage.objects.select_related("receipt").get(pk=message.pk)
    assert row.content_ct is None and row.digest == message.digest and row.receipt.outcome == "accepted"
    assert gone(log.CONTENT) == [(str(message.pk), "retention.message_content_days")] and told()
    assert Certificate.objects.get(message=row).document_ct, "the certificate is the registry's evidence"
    SignedMessage.objects.filter(pk=sent(planted).pk).update(content_ct=None)
    assert told("a content that went without a line in the register is found")


def test_a_message_that_is_still_to_be_delivered_keeps_its_content(planted: Planted) -> None:
    message = sent(planted)
    Delivery.objects.create(message=message, next_try=now())
    assert retention.retain(after(4000))["message_contents"] == 0
    Delivery.objects.update(attempts=sending.ATTEMPTS)
    assert sending.try_again() == 1
    Delivery.objects.update(attempts=sending.ATTEMPTS)
    assert retention.retain(after(4000))["message_contents"] == 1
    assert sending.try_again() == 0, "there is nothing left that could be sent"


def test_evidence_of_a_spot_check_goes_when_the_check_was_over_long_enough(planted: Planted) -> None:
    file = Document.objects.create(
        kind="evidence", media="x", size=1, hash="x", content_ct=b"x", at=NOON, case=planted.check.pk
    )
    check = Check.objects.get(case=planted.check.pk)
    Check.objects.filter(pk=check.pk).update(document=file.pk, fingerprint="f", verdict="confirmed")
    assert retention.retain(after(4000))["spot_check_evidence"] == 0, "it is open"
    Case.objects.filter(pk=planted.check.pk).update(closed_on=DAY)
    assert retention.retain(after(1096))["spot_check_evidence"] == 0
    assert retention.retain(after(1097))["spot_check_evidence"] == 1
    check.refresh_from_db()
    assert (check.document, check.fingerprint, check.verdict) == (None, "f", "confirmed")
    assert not Document.objects.filter(pk=file.pk).exists() and Draw.objects.exists()
    assert gone("spot_check.evidence") == [(str(file.pk), "retention.spot_check_evidence_days")]


def test_the_system_page_counts_what_went_under_each_period(
    opinion: Opinion, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(account("k-system", "system_admin"))
    assert (
        opinion
        and "2 March 2026" not in client.get("/system/").content.decode().split("Periods of retention")[-1]
    )
    retention.retain(after(1097))
    (mine,) = [one for one in retention.periods(DAY) if one.en.startswith("Days after which the word")]
    assert (mine.gone, mine.last is not None) == (1, True)
    text = client.get("/system/").content.decode().split("Periods of retention")[-1]
    assert '1 <span class="quiet">2 March 2026' in text
