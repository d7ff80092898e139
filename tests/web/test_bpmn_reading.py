"""A BPMN file becomes a draft: ours comes back the same, others say element by element what a table cannot say."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from renben.cli import app
from renben.web.flow.bpmn import bpmn
from renben.web.flow.bpmn_drafting import draft
from renben.web.flow.bpmn_reading import WHY, BpmnError
from renben.web.flow.definition import Flow, flow_of, flows, read
from renben.web.flow.models import Case
from renben.web.guard.models import User
from renben.web.words import words

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><process id="leave" name="请假 / Leave">'
TAIL = "</process></definitions>"
SMALL = """
<startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="apply"/>
<userTask id="apply" name="申请 / Applying"/><sequenceFlow id="b" sourceRef="apply" targetRef="which"/>
<exclusiveGateway id="which"/>
<sequenceFlow id="c" name="同意 / Approve" sourceRef="which" targetRef="done"/>
<sequenceFlow id="e" name="退回 / Send back" sourceRef="which" targetRef="mend"/>
<userTask id="mend" name="补正"/><sequenceFlow id="f" sourceRef="mend" targetRef="apply"/>
<boundaryEvent id="late" attachedToRef="mend"><timerEventDefinition><timeDuration>residence_registration.mend_days</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="g" name="逾期 / Time is up" sourceRef="late" targetRef="out"/>
<endEvent id="done" name="办结 / Done"/><endEvent id="out" name="失效 / Lapsed"/>
"""


def made(body: str) -> bytes:
    return f"{HEAD}{body}{TAIL}".encode()


@pytest.mark.parametrize("flow", flows().values(), ids=lambda one: f"{one.name}-{one.version}")
def test_our_own_export_comes_back_the_same(flow: Flow, tmp_path: Path) -> None:
    found = draft(bpmn(flow), "x.bpmn")
    assert found.flow == flow and found.unsaid == () and found.problems == ()
    (tmp_path / "back.yaml").write_text(found.table, encoding="utf-8")
    assert read(tmp_path / "back.yaml") == flow, "the table that is shown can be read as a table"


def test_a_small_process_of_another_tool_becomes_stages_choices_and_waits() -> None:
    found = draft(made(SMALL), "leave.bpmn")
    assert found.flow is not None and found.unsaid == ()
    assert (found.flow.zh, found.flow.en, found.flow.start) == ("请假", "Leave", "apply")
    assert {name: stage.final for name, stage in found.flow.stages.items()} == {
        "apply": False, "mend": False, "done": True, "out": True,
    }  # fmt: skip
    moves = {(move.from_[0], move.action): move.to for move in found.flow.transitions}
    assert moves == {
        ("apply", "approve"): "done", ("apply", "send_back"): "mend", ("mend", "to_apply"): "apply",
        ("mend", "time_is_up"): "out",
    }  # fmt: skip
    wait = found.flow.stages["mend"].wait
    assert wait is not None and (wait.action, wait.provision) == (
        "time_is_up",
        "residence_registration.mend_days",
    )
    assert "transition approve from apply: no permission says who may take it" in found.problems, (
        "what it lacks is said"
    )
    assert any("no bindings" in one for one in found.problems)


@pytest.mark.parametrize(
    ("tag", "reason"),
    [("parallelGateway", "parallel"), ("scriptTask", "script"), ("serviceTask", "service"), ("subProcess", "inside"),
     ("intermediateCatchEvent", "event"), ("dataObject", "data"), ("laneSet", "role"), ("globalWhatever", "other")],
)  # fmt: skip
def test_what_a_table_cannot_say_is_listed_with_its_line_and_its_reason(tag: str, reason: str) -> None:
    found = draft(
        made(f'{SMALL}\n<{tag} id="odd" name="奇"><documentation>x</documentation></{tag}>'), "x.bpmn"
    )
    (one,) = found.unsaid
    assert (one.element, one.id, one.name, one.reason) == (tag, "odd", "奇", reason)
    assert one.line == SMALL.count("\n") + 2


def test_an_arrow_into_something_unsaid_is_listed_and_not_followed() -> None:
    odd = '<serviceTask id="robot"/><sequenceFlow id="z" sourceRef="apply" targetRef="robot"/>'
    found = draft(made(SMALL + odd), "x.bpmn")
    assert {(one.id, one.reason) for one in found.unsaid} == {("robot", "service"), ("z", "nowhere")}


def test_a_script_is_listed_and_nothing_of_it_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    script = f"<scriptTask id='p'><script>open({str(mark)!r}, 'w')</script></scriptTask>"
    found = draft(made(SMALL + script), "x.bpmn")
    assert [one.element for one in found.unsaid] == ["scriptTask"] and not mark.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no XML"),
        (b"<html/>", "not BPMN 2.0"),
        (made("").replace(b"<process", b"<pool").replace(b"</process", b"</pool"), "not BPMN 2.0"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]>' + made("<documentation>&a;</documentation>"), "document type"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/hostname">' + made(SMALL), "document type"),
        (b" " * 2_000_001, "at most"),
    ],
)
def test_what_is_no_bpmn_or_reaches_outside_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BpmnError, match=said):
        draft(data, "x.bpmn")


@given(st.text(max_size=40), st.sampled_from(sorted(WHY)))
def test_no_text_and_no_element_brings_the_reader_down(text: str, tag: str) -> None:
    clean = re.sub(r"[^\u4e00-\u9fff\w ]", "", text)
    body = SMALL.replace("申请 / Applying", clean) + f"<{tag}>{clean}</{tag}>"
    try:
        found = draft(made(body), "x.bpmn")
    except BpmnError:
        return
    assert [one.element for one in found.unsaid] == [tag]


def test_every_reason_is_worded() -> None:
    assert {
        f"bpmn.why.{one}" for one in (*WHY.values(), "foreign", "second", "other", "nowhere", "boundary")
    } <= set(words())


def test_the_system_administrator_reads_a_file_on_a_page_and_nothing_is_kept(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    admin, before = browse(account("b-admin", "system_admin")), Case.objects.count()
    assert "BPMN" in admin.get("/system/bpmn/").content.decode()
    sent = SimpleUploadedFile("own.bpmn", bpmn(flow_of("residence_permit", 2)), "application/xml")
    page = admin.post("/system/bpmn/", {"file": sent}).content.decode()
    assert "can be said whole" in page and "residence_permit" in page
    odd = SimpleUploadedFile("odd.bpmn", made(SMALL + '<serviceTask id="robot"/>'), "application/xml")
    page = admin.post("/system/bpmn/", {"file": odd}).content.decode()
    assert "serviceTask" in page and "robot" in page and "permission" in page
    wrong = SimpleUploadedFile("x.bpmn", b"<html/>", "application/xml")
    assert "not BPMN 2.0" in admin.post("/system/bpmn/", {"file": wrong}).content.decode()
    assert admin.post("/system/bpmn/").status_code == 200
    assert Case.objects.count() == before and ("leave", 1) not in flows()
    officer = browse(account("b-officer", "community_officer", "140105"))
    assert officer.get("/system/bpmn/").status_code == 403


def test_the_command_says_what_the_page_says_and_fails_where_something_is_unsaid(tmp_path: Path) -> None:
    good, odd = tmp_path / "good.bpmn", tmp_path / "odd.bpmn"
    good.write_bytes(bpmn(flow_of("photo", 1)))
    odd.write_bytes(made(SMALL + '<serviceTask id="robot"/>'))
    table = tmp_path / "good.yaml"
    answer = CliRunner().invoke(app, ["flow", "check", str(good), "--table", str(table)])
    assert answer.exit_code == 0, answer.output
    assert yaml.safe_load(table.read_text(encoding="utf-8"))["name"] == "photo"
    answer = CliRunner().invoke(app, ["flow", "check", str(odd)])
    assert answer.exit_code == 1 and "serviceTask" in answer.output and "robot" in answer.output
