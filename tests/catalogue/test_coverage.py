"""docs/measures.md is what the catalogue and the modules say today, and counts honestly."""

from collections import Counter
from pathlib import Path

import pytest

from renben.catalogue import Commitment
from renben.catalogue.coverage import COMMAND, STATES, built_mechanisms, count, measures_page, state

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measures.md"
BUILT = frozenset({"city/air_quality"})


def commitment(**answer) -> Commitment:
    return Commitment.model_validate({"zh": "一", "en": "one", "strength": "must", "kind": "build"} | answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"mechanisms": ["city/air_quality"]}, "answered"),
        ({"mechanisms": ["city/air_quality"], "planned": ["city/waste"]}, "partly"),
        ({"mechanisms": ["city/air_quality", "city/flooding"]}, "partly"),
        ({"mechanisms": ["city/flooding"]}, "named"),
        ({"mechanisms": ["city/flooding"], "planned": ["city/waste"]}, "named"),
        ({"reason": "planned", "planned": ["city/waste"]}, "planned"),
        ({"reason": "task"}, "task"),
        ({"reason": "evaluation"}, "evaluation"),
    ],
)
def test_a_commitment_counts_as_answered_only_if_all_of_it_is_built(answer, expected):
    assert state(commitment(**answer), BUILT) == expected


def test_every_commitment_is_counted_in_exactly_one_state(plan):
    found = count(plan.commitments, BUILT)
    assert found.total == 121 and set(found.states) <= set(STATES)
    assert found.followed == sum(bool(c.indicators) for c in plan.commitments)


def test_nothing_counts_as_answered_when_nothing_is_built(plan):
    found = count(plan.commitments, frozenset())
    assert found.states["answered"] == found.states["partly"] == 0
    assert found.states["named"] == sum(bool(c.mechanisms) for c in plan.commitments)


def test_modules_and_packages_are_mechanisms_and_their_parts_are_not(tmp_path):
    for name in ("city/__init__.py", "city/flooding.py", "city/air/__init__.py", "city/air/score.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert built_mechanisms(tmp_path) == {"city/flooding", "city/air"}


def test_the_page_names_every_measure_commitment_and_owner(plan, catalogue):
    page = measures_page(plan, catalogue, BUILT)
    assert all(f"### {m.number}. {m.zh}\n" in page and m.en in page for m in plan.measures)
    ids = Counter(line.split("`")[1] for line in page.splitlines() if line.startswith("| `"))
    assert ids == Counter(c.id for c in plan.duties)
    owners = [catalogue.offices[o].zh for m in plan.measures for o in m.owners]
    assert all(owner in page for owner in owners)


def test_every_row_of_a_table_has_as_many_cells_as_its_header(plan, catalogue):
    width = 0
    for line in measures_page(plan, catalogue, BUILT).splitlines():
        cells = line.replace(r"\|", "").count("|")
        width = cells if width == 0 else width
        assert cells in (0, width), line
        width = 0 if cells == 0 else width


def test_the_page_is_up_to_date(catalogue):
    built = built_mechanisms()
    fresh = "\n".join(measures_page(plan, catalogue, built) for plan in catalogue.plans.values())
    assert PAGE.read_text(encoding="utf-8") == fresh, f"docs/measures.md is out of date; run: {COMMAND}"
