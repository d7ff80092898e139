"""The device's checks and the service's agree: the same numbers, the same households, in a real Chromium."""

import datetime as dt
import random
from typing import Any

import pytest

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.offline import shell
from renben.web.registry import declarations
from renben.web.registry.identifiers import PAPERS, check_digit, check_id
from renben.web.registry.models import Address
from tests.web.api.test_declarations import WHOLE
from tests.web.browser import CHROMIUM, chromium

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
DAY = dt.date(2026, 3, 2)
KINDS = ("citizen", "compatriot", "foreign_2023", *PAPERS)
HAND = ("", " ", "149901198501010014", "１４９９０１１９８５０１０１００１４", "14990119850101001x", "149901850101001", "140100\n",
        "١٤٩٩٠١١٩٨٥٠١٠١٠٠١٤", "81000019850101001X", "R140012345", "出生证-12", "𠮷" * 18, "a" * 17, "149901190002290010",
        "149901200002290017", "149901000001010010", "149901185001010018")  # fmt: skip


def asked(calls: list[tuple[str, Any]]) -> list[Any]:
    """What the device's checks say, in a browser that is opened after everything of the service was asked."""
    with chromium() as browser:
        page = browser.new_page()
        page.add_script_tag(path=str(shell.HERE / "static" / "offline" / "checks.js"))
        return [page.evaluate(script, given) for script, given in calls]


def numbers(count: int, seed: int = 7) -> list[str]:
    """Numbers with the address code that was never assigned, and others that are broken in one place."""
    dice, found = random.Random(seed), list(HAND)
    for _ in range(count):
        start = dice.choice(("149901", "149901", "149901", "810000", "914156", "830000"))
        first = f"{start}{dice.randint(1845, 2030)}{dice.randint(0, 13):02}{dice.randint(0, 32):02}{dice.randint(0, 999):03}"
        number = first + check_digit(first)
        at = dice.randrange(18)
        found += [
            number,
            number[:at] + dice.choice("0123456789Xx ") + number[at + 1 :],
            number[:at] + number[at + 1 :],
        ]
    return found


def test_numbers_are_judged_as_by_the_service() -> None:
    kit, every = shell.kit("en", today()), [(n, k) for n in numbers(300) for k in KINDS]
    judged = [check_id(number, kind, DAY) for number, kind in every]
    script = "([rows, day, kit]) => rows.map(([number, kind]) => Drafts.checkId(number, kind, day, kit))"
    [said] = asked([(script, [every, DAY.isoformat(), kit])])
    wrong = []
    for (number, kind), known, one in zip(every, judged, said, strict=True):
        error = next((code for code in known.codes if code.startswith("E")), "")
        if kind in PAPERS:
            error = kind if error else ""
        told = (error, known.number, known.birth.isoformat() if known.birth and not error else "")
        here = (one["error"], one["number"], one["birth"] if not one["error"] else "")
        if told != here:
            wrong.append((number, kind, told, here))
    assert wrong == [] and len({one["error"] for one in said}) >= 8


CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("nothing is wrong", {}),
    ("no name", {"identity": {**WHOLE["identity"], "name": ""}}),
    ("a name with a digit", {"identity": {**WHOLE["identity"], "name": "张3"}}),
    ("a rare name", {"identity": {**WHOLE["identity"], "name": "买买提·𠮷\ue863"}}),
    ("a broken number", {"identity": {**WHOLE["identity"], "number": "149901198501010015"}}),
    ("no number where one is needed", {"identity": {**WHOLE["identity"], "number": ""}}),
    ("a paper without birth", {"identity": {**WHOLE["identity"], "document_kind": "other_paper", "number": "AB1234"}}),
    ("a paper", {"identity": {**WHOLE["identity"], "document_kind": "no_paper", "number": "", "sex": "1", "birth": "1980-01-01"}}),
    ("no phone", {"contact": {"phone": ""}}),
    ("a phone with a prefix", {"contact": {"phone": "+86 139-0000-0099"}}),
    ("no phone number", {"contact": {"phone": "123"}}),
    ("no county", {"hukou": {"hukou_region": "", "hukou_kind": "10", "hukou_rural": "yes"}}),
    ("registered nowhere", {"hukou": {"hukou_region": "", "hukou_kind": "30", "hukou_rural": "unknown"}}),
    ("tomorrow", {"arrival": {"arrival": "2026-03-03"}}),
    ("before birth", {"arrival": {"arrival": "1984-12-31"}}),
    ("no reason", {"stay": {"reason": "", "housing": "rent"}}),
    ("a period that runs backward", {"proof": {"proof_kind": "lease", "proof_from": "2026-02-01", "proof_to": "2026-01-01"}}),
    ("another's, without evidence", {"identity": {**WHOLE["identity"], "acting_as": "landlord"}, "contact": {"phone": ""}}),
    ("the applicant once more", {"members": [{**WHOLE["members"][0], "number": "149901198501010014"}]}),
    ("a member twice", {"members": [WHOLE["members"][0], {**WHOLE["members"][0], "relation": "child"}]}),
    ("a member without anything", {"members": [{"relation": "child", "document_kind": "citizen", "number": "", "name": ""}]}),
)  # fmt: skip


def test_households_are_judged_as_by_the_service(address: Address) -> None:
    kit, calls, known = shell.kit("en", today()), [], []
    for _, changes in CHANGES:
        given = {**WHOLE, "address": {"address": str(address.pk)}, **changes}
        known.append(sorted({one.where for one in declarations._checked(Case(kind=shell.FIRST), given)[1]}))
        answers = {**given, "notice": {"notice": True}}
        script = "([answers, day, kit]) => Drafts.checks.household(answers, 'declaration', day, kit, null)"
        calls.append((script, [answers, DAY.isoformat(), kit]))
    said = [sorted({one["where"] for one in found}) for found in asked(calls)]
    assert dict(zip([n for n, _ in CHANGES], said, strict=True)) == dict(
        zip([n for n, _ in CHANGES], known, strict=True)
    )


FILES = (
    (b"%PDF-1.7", 8, False, ""), (b"%PDF-1.7", 8, True, "form.file.picture"), (b"\xff\xd8\xff\xe0", 4, True, ""),
    (b"\x89PNG\r\n\x1a\n", 8, True, ""), (b"GIF89a", 6, False, "form.file.kind"), (b"", 0, False, "form.file.empty"),
    (b"%PDF-1.7", 5_000_001, False, "form.file.large"),
)  # fmt: skip


def test_files_are_judged_by_their_first_bytes() -> None:
    kit, script = shell.kit("en", today()), "([h, s, p, kit]) => Drafts.checks.file(h, s, p, kit)"
    said = asked([(script, [list(head), size, picture, kit]) for head, size, picture, _ in FILES])
    assert said == [word for *_, word in FILES]
