"""A running case goes to a newer version of its flow only where its stage is the same matter there, and back at once."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from renben.catalogue import Plan
from renben.web.flow import command
from renben.web.flow.definition import flow_of, flows
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Incomplete, NoSuchStep, NotAllowed, Stale
from renben.web.flow.renewal import Renewal, Unlike, differences, renew, undo
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Task
from tests.web.cases import do
from tests.web.programme.test_collectives import CITIES, cities, line  # noqa: F401

Cast = dict[str, Actor]
KIND = "programme_task"


@pytest.fixture
def first_version() -> Iterator[pytest.MonkeyPatch]:
    """Tasks are opened as they were before collectives could be split, until this is undone."""
    with pytest.MonkeyPatch.context() as before:
        before.setattr(command, "newest", lambda kind: flow_of(kind, 1))
        yield before


@pytest.fixture
def old(first_version: pytest.MonkeyPatch, cities: Plan) -> Task:  # noqa: F811
    """A collective's line under the first version of the flow: accepted by nobody, not split."""
    first_version.undo()
    task = line()
    assert (task.case.flow_version, task.case.stage) == (1, "assigned")
    return task


def wanted(
    task: Task, actor: Actor, key: str = "renew-key-1", note: str = "合成：以便分解", **more: int
) -> Renewal:
    version = Case.objects.values_list("version", flat=True).get(pk=task.pk)
    return Renewal(task.pk, actor, key, more.pop("expected", version), "task.supervise", note, **more)


def state(task: Task) -> tuple[object, ...]:
    case = Case.objects.get(pk=task.pk)
    return case.stage, case.visit, case.due_on, case.clock, case.level, case.wait_on


def test_a_renewed_case_keeps_stage_and_clock_and_says_who_did_it_and_why(old: Task, cast: Cast) -> None:
    before, audits = state(old), AuditEvent.objects.count()
    done = renew(wanted(old, cast["lead"]))
    case = Case.objects.get(pk=old.pk)
    assert state(old) == before and case.flow_version == 2 and done.version == case.version
    last = CaseEvent.objects.filter(case=old.pk).latest("seq")
    assert (last.action, last.detail, last.account) == ("renew", {"from": 1, "to": 2}, cast["lead"].user_id)
    assert last.seq == case.version and AuditEvent.objects.count() == audits + 1


def test_the_same_key_renews_once(old: Task, cast: Cast) -> None:
    first = wanted(old, cast["lead"])
    assert not renew(first).repeated and renew(first).repeated
    assert CaseEvent.objects.filter(case=old.pk, action="renew").count() == 1


def test_a_renewal_is_taken_back_while_nothing_happened_since_and_not_after(old: Task, cast: Cast) -> None:
    renew(wanted(old, cast["lead"]))
    undo(wanted(old, cast["lead2"], "renew-key-2"))
    assert Case.objects.get(pk=old.pk).flow_version == 1
    with pytest.raises(NoSuchStep, match="no_undo"):
        undo(wanted(old, cast["lead"], "renew-key-3"))
    renew(wanted(old, cast["lead"], "renew-key-4"))
    do(old.pk, "step_up", cast["lead"], "合成")
    with pytest.raises(NoSuchStep, match="no_undo"):
        undo(wanted(old, cast["lead"], "renew-key-5"))


def test_who_may_not_who_gives_no_reason_and_who_saw_an_old_page_is_refused(old: Task, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        renew(wanted(old, cast["finance"], "renew-key-6"))
    with pytest.raises(Incomplete):
        renew(wanted(old, cast["lead"], "renew-key-7", note=""))
    with pytest.raises(Stale):
        renew(wanted(old, cast["lead"], "renew-key-8", expected=99))
    with pytest.raises(NoSuchStep, match="no_newer"):
        renew(wanted(old, cast["lead"], "renew-key-9", to=3))
    assert Case.objects.get(pk=old.pk).flow_version == 1


def test_a_stage_that_the_other_version_lacks_or_changes_keeps_the_case_where_it_is(
    old: Task, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = flow_of(KIND, 2)
    less = two.model_copy(update={"stages": {k: v for k, v in two.stages.items() if k != "assigned"}})
    changed = two.stages["assigned"].model_copy(update={"deadline": "report"})
    other = two.model_copy(update={"stages": {**two.stages, "assigned": changed}})
    slower = two.deadlines["accept"].model_copy(update={"provision": "programme_task.report_days"})
    later = two.model_copy(update={"deadlines": {**two.deadlines, "accept": slower}})
    for flow, what in ((less, "stage"), (other, "deadline"), (later, "deadline")):
        assert what in differences(flow_of(KIND, 1), flow, "assigned")
        with monkeypatch.context() as there:
            there.setitem(flows(), (KIND, 2), flow)
            with pytest.raises(Unlike) as refused:
                renew(wanted(old, cast["lead"], f"renew-key-{what}-{id(flow)}"))
        assert what in refused.value.values["what"]
    assert differences(flow_of(KIND, 1), two, "assigned") == ()
    assert "final" in differences(flow_of(KIND, 1), two, "closed"), "what has ended stays as it ended"


def test_an_old_collective_is_renewed_and_split_on_its_page(
    old: Task, cast: Cast, browse: Callable[..., Client]
) -> None:
    lead = browse(User.objects.get(pk=cast["lead"].user_id))
    page = reverse("task", args=[old.pk])
    text = lead.get(page).content.decode()
    assert "Take it to the newer flow" in text and "Split it among the members" not in text
    form = {"key": "renew-page-1", "version": old.case.version, "note": "合成：以便分解"}
    assert lead.post(reverse("task_renew", args=[old.pk, "split"]), form).status_code == 409, (
        "not under version 1"
    )
    assert lead.post(reverse("task_renew", args=[old.pk, "renew"]), form).status_code == 302
    text = lead.get(page).content.decode()
    assert "Taken to a newer version of the flow" in text and "Split it among the members" in text
    assert "Take it back to the flow before" in text
    assert lead.post(reverse("task_renew", args=[old.pk, "split"]), form).status_code == 302
    assert Case.objects.get(pk=old.pk).stage == "shared"
    assert "Take it back" not in lead.get(page).content.decode()
    member = Task.objects.filter(collective=CITIES).first()
    assert member is not None
    assert lead.post(reverse("task_renew", args=[member.pk, "renew"]), form).status_code == 409
