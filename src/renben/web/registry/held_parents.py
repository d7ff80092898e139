"""What the record of somebody's guardians answers for him: that one of them has a job, a home; never whose, which or since when.

Carries out: the provincial rule on exams of migrants' children (parents' lawful stable job and home, where the pupil lives).
The answer is the child's fact, so that a receipt tells one guardian no more of another than the decision needs. A guardian
counts whose own residence on record is in the child's province; of whom nothing stands there it is unknown, never false.
Whether one of them is enough or each has to have it is a provision; for each, those on record are meant.
Not modelled: guardians who are not on record; where a job is; months a guardian paid, which no rule in force asks for.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from renben.web.law import provision
from renben.web.registry.held_grounds import PROVINCE, SENIOR
from renben.web.registry.held_rows import Ground, Key, Spell

EACH = "education.exam_each_parent"
ONE_HAS = {"job": "parents_stable_job", "home": "parents_stable_home"}
EACH_HAS = {"job": "each_parent_stable_job", "home": "each_parent_stable_home"}
"""Matter -> fact of the rule book about a child, by the reading that is in force."""


def at_senior_high(grounds: Iterable[Ground]) -> bool:
    """Whether somebody goes to a senior high school: the rule on its exam speaks of parents, also of one who is of age."""
    return any(one.kind == SENIOR for one in grounds)


def of_guardians(
    guardians: Sequence[Key],
    grounds: Mapping[Key, Collection[Ground]],
    spells: Mapping[Key, Spell],
    region: str,
    day: dt.date,
) -> dict[str, Any]:
    """Facts of a child that its guardians' record shows on the day.

    Args:
        guardians: keys of those on record.
        grounds: homes and jobs that stand on the day, by key.
        spells: open residences, by key.
        region: where the child lives.
        day: the day on which the facts have to stand.
    """
    here = [key for key in guardians if key in spells and spells[key].region[:PROVINCE] == region[:PROVINCE]]
    if not here:
        return {}
    each = bool(provision(EACH, day, region).value)
    wanted = len(guardians) if each else 1
    shown = [{one.matter for one in grounds.get(key, ())} for key in here]
    names = EACH_HAS if each else ONE_HAS
    return {name: True for matter, name in names.items() if sum(matter in one for one in shown) >= wanted}
