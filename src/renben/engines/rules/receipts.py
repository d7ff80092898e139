"""Receipts: a decision that can be read, appealed and computed again from what is written on it.

Carries out: Personal Information Protection Law art. 24 (explanation, no purely automated refusal).
Not modelled: the officer's confirmation of an adverse decision; until then a denial is a proposal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.core.errors import RenbenError
from renben.core.receipt import Cited, Receipt
from renben.engines.rules.binding import walk
from renben.engines.rules.desk import Desk
from renben.engines.rules.explain import Decision, decide
from renben.engines.rules.facts import Facts
from renben.engines.rules.kernel import NEVER, Value, to_date
from renben.engines.rules.loading import Loaded, relations_of
from renben.engines.rules.person import Person, read_person
from renben.engines.rules.provisions import shown
from renben.engines.rules.types import DATE

BOOK_KEY = "rule_book"
APPEAL_ZH = "对结论有异议的，可依《个人信息保护法》第二十四条要求说明理由并由工作人员复核。"
APPEAL_EN = "You may ask for an explanation and for review by an officer (Personal Information Protection Law, art. 24)."


class ReceiptError(RenbenError):
    """A receipt does not lead back to its decision."""


def receipt(
    desk: Desk,
    decision: Decision,
    person: Person,
    subject: str = "applicant",
    *,
    synthetic: bool = False,
    known_at: dt.datetime | None = None,
) -> Receipt:
    """The receipt of a decision: facts used, provisions with articles, reasons, next step and appeal.

    Args:
        desk: the rule book and its provisions.
        decision: what was decided.
        person: about whom, with the facts.
        subject: pseudonymous id.
        synthetic: whether the facts are made up.
        known_at: moment as of which the facts were known; None where they came with a person file.
    """
    loaded = desk.book.rules[decision.rule]
    next_zh, next_en = _next(desk, decision)
    return Receipt(
        decision=decision.rule,
        subject=subject,
        on=decision.on,
        answer=decision.answer,  # type: ignore[arg-type]
        inputs={BOOK_KEY: desk.book.digest(), **inputs_of(desk.book.book.facts, loaded, person)},
        missing=decision.missing,
        provisions=tuple(
            Cited(
                name=row["name"],
                value=row["value"],
                ref=row["article"],
                trust=row["trust"],
                since=row["since"],
            )
            for row in decision.provisions
        ),
        because_zh="；".join(each.zh for each in decision.because),
        because_en="; ".join(each.en for each in decision.because),
        next_step_zh=next_zh,
        next_step_en=next_en,
        appeal_zh=APPEAL_ZH,
        appeal_en=APPEAL_EN,
        synthetic=synthetic,
        known_at=known_at,
    )


def inputs_of(facts: Facts, loaded: Loaded, person: Person) -> dict[str, Any]:
    """Facts a rule may use, as written in a person file; related people only with the facts it gathers."""
    found = {name: _plain(facts, name, person.facts.get(name)) for name in sorted(loaded.facts)}
    terms = [t for t in (loaded.term, loaded.amount) if t is not None]
    for relation in sorted(relations_of(terms)):
        if relation not in person.related:
            found[relation] = None
            continue
        gathered = {
            t.data
            for link in walk(terms)
            if link.kind == "link" and link.data[1] == relation
            for t in walk(link.args)
            if t.kind == "fact"
        }
        others = [other for other in person.related[relation] if other is not person]
        found[relation] = [
            {name: _plain(facts, name, other.facts.get(name)) for name in sorted(gathered)}
            for other in others
        ]
    return found


def _plain(facts: Facts, name: str, value: Value) -> Any:
    fact = facts[name]
    if value is None or isinstance(value, bool):
        return value
    if fact.type == DATE:
        return "never" if value >= NEVER else to_date(value).isoformat()
    return shown(value, fact.unit)


def _next(desk: Desk, decision: Decision) -> tuple[str, str]:
    if decision.answer == "grant":
        return f"可办理：{decision.zh}", f"You may go ahead: {decision.en}"
    if decision.answer == "need_info":
        names = [_called(desk, name) for name in decision.missing]
        zh, en = "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
        return f"请补充：{zh}", f"Please provide: {en}"
    day = decision.span.granted_from
    if day is not None:
        return f"其他情况不变时，自{day}起可办理", f"If nothing else changes, granted from {day} on"
    return "情况变化后可再次申请", "Apply again when your situation has changed"


def _called(desk: Desk, name: str) -> tuple[str, str]:
    facts = desk.book.book.facts
    last = name.split("].")[-1]
    if last in facts:
        return facts[last].zh, facts[last].en
    if name in facts.relations:
        return facts.relations[name].zh, facts.relations[name].en
    if name in desk.book.provisions:
        provision = desk.book.provisions[name]
        return f"{provision.zh}（主管部门尚未公布）", f"{provision.en} (not yet published by the authority)"
    return name, name


def reproduce(desk: Desk, written: Receipt | Mapping[str, Any]) -> Receipt:
    """Decide again from what a receipt says, and check that the same receipt comes out.

    Raises:
        ReceiptError: the rule book or a provision has changed, or the receipt was altered.
    """
    old = written if isinstance(written, Receipt) else Receipt.model_validate(written)
    if old.inputs.get(BOOK_KEY) != desk.book.digest():
        raise ReceiptError(
            f"receipt {old.digest}: made with another rule book; load the one of that day to reproduce it"
        )
    facts = {name: value for name, value in old.inputs.items() if name != BOOK_KEY}
    person = read_person(desk.book.book.facts, facts)
    decision = decide(desk, old.decision, person, old.on)
    new = receipt(desk, decision, person, old.subject, synthetic=old.synthetic, known_at=old.known_at)
    if new.digest != old.digest:
        changed = [name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)]
        raise ReceiptError(
            f"receipt {old.digest}: deciding again gives other {', '.join(changed)} ({new.digest})"
        )
    return new
