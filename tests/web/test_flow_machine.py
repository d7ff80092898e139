"""Random walks: the command and a small reference of the registration flow must never disagree."""

import uuid
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from renben.web.flow.command import Command, act, open_case
from renben.web.flow.definition import newest
from renben.web.flow.models import Case, CaseEvent, Outbox
from renben.web.flow.refusals import Refusal
from renben.web.flow.sweeper import SWEEPER
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address, Residence
from renben.web.registry.questions import QUESTIONS
from tests.web.conftest import COUNTY, answers

ACTIONS = sorted({move.action for move in newest("residence_registration").transitions})
PAYLOAD: dict[str, Any] = {"fields": ["proof"], "article": "663/9", "kind": "urge", "question": "proof"}


class Reference:
    """The registration flow again, in a few lines: stage, who holds it, how often it was returned."""

    def __init__(self) -> None:
        self.stage, self.holder, self.returns = "draft", "", 0

    def step(self, who: str, action: str) -> bool:
        """Take the step and say whether it was allowed."""
        officer, holds = who in ("officer", "colleague"), who == self.holder
        table = {
            ("draft", "submit"): (who == "resident", "submitted"),
            ("draft", "assist"): (who == "system", "assisted"),
            **{("assisted", a): (holds, "assisted") for a in ("take_down", "hand_in", "drop")},
            ("returned", "resubmit"): (who == "resident", "in_review"),
            ("submitted", "claim"): (officer, "in_review"),
            ("in_review", "release"): (holds, "submitted"),
            ("in_review", "approve"): (holds, "registered"),
            ("in_review", "return"): (holds and self.returns == 0, "returned"),
            ("in_review", "refuse"): (holds, "refused"),
            **{(s, "withdraw"): (who == "resident", "withdrawn") for s in ("draft", "submitted", "in_review", "returned")},
            **{(s, "expire"): (who == "system", "expired") for s in ("draft", "assisted", "returned")},
            **{(s, "escalate"): (who == "system", s) for s in ("submitted", "in_review")},
        }  # fmt: skip
        allowed, target = table.get((self.stage, action), (False, ""))
        if allowed:
            self.returns += action == "return"
            self.holder = {"claim": who, "release": ""}.get(action, self.holder)
            self.stage = target
        return allowed


class Walk(RuleBasedStateMachine):
    """One case, four people and the system, any step at any time, sometimes twice."""

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        address = Address.objects.create(
            region=COUNTY, township=COUNTY + "001", text="合成街道1号", synthetic=True
        )
        self.people: dict[str, Actor] = {"system": SWEEPER}
        for name, role in (
            ("resident", "resident"),
            ("officer", "community_officer"),
            ("colleague", "community_officer"),
        ):
            user = User.objects.create(username=f"walk-{name}", demo=True)
            Grant.objects.create(user=user, role=role, region="" if role == "resident" else COUNTY)
            self.people[name] = actor_of(user)
        self.reference, self.steps = Reference(), 0
        self.case = uuid.UUID(open_case("residence_registration", self.people["resident"], self.key()).case)
        for question in QUESTIONS["residence_registration"]:
            payload = {"question": question.name, "fields": answers(address)}
            act(Command(self.case, "save", self.people["resident"], self.key(), None, payload))

    def key(self) -> str:
        return uuid.uuid4().hex

    def version(self) -> int:
        return int(Case.objects.values_list("version", flat=True).get(pk=self.case))

    @rule(
        who=st.sampled_from(("resident", "officer", "colleague", "system")),
        action=st.sampled_from([action for action in ACTIONS if action != "save"]),
        twice=st.booleans(),
    )
    def take(self, who: str, action: str, twice: bool) -> None:
        expected = self.reference.step(who, action)
        command = Command(self.case, action, self.people[who], self.key(), self.version(), PAYLOAD, "note")
        try:
            result, done = act(command), True
        except Refusal:
            done = False
        assert done == expected, (who, action, self.reference.stage)
        if done and twice:
            again = act(command)
            assert again.repeated and again.version == result.version

    @invariant()
    def the_case_is_where_the_reference_is(self) -> None:
        case = Case.objects.get(pk=self.case)
        assert (case.stage, case.returns) == (self.reference.stage, self.reference.returns)
        seqs = list(CaseEvent.objects.filter(case=case).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, case.version + 1)), "events are numbered without gaps"
        assert (case.closed_on is not None) == newest(case.kind).stages[case.stage].final
        assert Residence.objects.count() == (1 if case.stage == "registered" else 0)
        assert Outbox.objects.filter(case=case).count() <= case.version

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)


def test_no_random_walk_leaves_the_table() -> None:
    limits = settings(
        max_examples=40, stateful_step_count=14, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    run_state_machine_as_test(Walk, settings=limits)
