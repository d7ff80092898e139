"""Evidence as a file: kept encrypted, given to whoever sees the task, once per sending; and who holds which seat."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renben.catalogue import Plan
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Report, Seat, Task
from renben.web.registry.models import Document
from tests.web.cases import do

Browse = Callable[..., Client]
PAPER = b"%PDF-1.4 synthetic evidence of a task"


def user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


@pytest.fixture
def task(opened: Plan, cast: dict[str, Actor]) -> Task:
    found = Task.objects.filter(owner="finance").order_by("order").first()
    assert found is not None
    do(found.pk, "accept", cast["finance"])
    return found


def report(client: Client, task: Task, key: str = "evidence-1", file: bytes = PAPER, **changes: str) -> Any:
    version = str(Case.objects.values_list("version", flat=True).get(pk=task.pk))
    form = {"key": key, "version": version, "progress": "50", "note": "合成进展", **changes}
    paper = SimpleUploadedFile("paper.pdf", file, "application/pdf")
    return client.post(f"/programme/tasks/{task.pk}/step/report/", {**form, "file": paper})


def test_a_file_is_kept_encrypted_and_read_back_with_its_fingerprint(
    task: Task, cast: dict[str, Actor], browse: Browse
) -> None:
    owner, lead = browse(user(cast["finance"])), browse(user(cast["lead"]))
    assert report(owner, task).status_code == 302
    kept = Report.objects.get(task=task)
    assert kept.fingerprint == hashlib.sha256(PAPER).hexdigest()
    assert PAPER not in bytes(Document.objects.get(pk=kept.document).content_ct)
    address = f"/programme/tasks/{task.pk}/evidence/{kept.seq}/"
    for client in (owner, lead):
        answer = client.get(address)
        assert answer.content == PAPER and answer["Content-Disposition"].startswith("attachment")
        assert kept.fingerprint[:16] in client.get(f"/programme/tasks/{task.pk}/").content.decode()
    assert AuditEvent.objects.filter(object_type="evidence", object_id=str(kept.document)).count() == 2
    assert browse(user(cast["hrss"])).get(address).status_code == 404, "another office's"


def test_a_file_closes_a_task_like_a_document_number_and_the_same_sending_counts_once(
    task: Task, cast: dict[str, Actor], browse: Browse
) -> None:
    owner = browse(user(cast["finance"]))
    version = str(Case.objects.values_list("version", flat=True).get(pk=task.pk))
    assert report(owner, task).status_code == report(owner, task, version=version).status_code == 302
    assert Report.objects.filter(task=task).count() == 1 and Document.objects.count() == 1
    assert report(owner, task, file=PAPER + b"x", version=version).status_code == 422, (
        "the key, with another file"
    )
    do(task.pk, "acknowledge", cast["lead"])
    do(task.pk, "propose_close", cast["finance"], "合成")
    do(task.pk, "close", cast["lead2"])


@pytest.mark.parametrize("file", [b"", b"MZ program", b"<html>"])
def test_what_is_no_paper_is_refused_and_nothing_is_reported(
    file: bytes, task: Task, cast: dict[str, Actor], browse: Browse
) -> None:
    answer = report(browse(user(cast["finance"])), task, file=file)
    assert answer.status_code == 422 and not Report.objects.exists() and not Document.objects.exists()


def test_a_report_without_a_file_has_none_to_give(task: Task, cast: dict[str, Actor], browse: Browse) -> None:
    do(task.pk, "report", cast["finance"], "合成", progress="10", evidence="示例文号")
    assert browse(user(cast["lead"])).get(f"/programme/tasks/{task.pk}/evidence/1/").status_code == 404


def test_the_lead_gives_and_takes_seats_and_the_tasks_follow(
    task: Task, cast: dict[str, Actor], browse: Browse
) -> None:
    lead, seatless = browse(user(cast["lead"])), browse(user(cast["seatless"]))
    assert seatless.get(f"/programme/tasks/{task.pk}/").status_code == 404
    page = lead.get("/programme/seats/").content.decode()
    assert "p-seatless" in page and "p-finance" in page
    assert lead.post("/programme/seats/", {"username": "p-seatless", "office": "finance"}).status_code == 302
    assert seatless.get(f"/programme/tasks/{task.pk}/").status_code == 200
    seat = Seat.objects.get(user__username="p-seatless")
    assert lead.post(f"/programme/seats/{seat.pk}/take/").status_code == 302
    assert seatless.get(f"/programme/tasks/{task.pk}/").status_code == 404
    assert list(AuditEvent.objects.filter(permission="seat.manage").order_by("pk").values_list("object_type", flat=True)) == [
        "seat_given", "seat_taken",
    ]  # fmt: skip
    for wrong in (
        {"username": "p-lead", "office": "finance"},
        {"username": "p-seatless", "office": "no-such"},
    ):
        assert lead.post("/programme/seats/", wrong).status_code == 422
    assert browse(user(cast["finance"])).get("/programme/seats/").status_code == 403
