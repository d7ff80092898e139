"""A county with towns for the tests: persons in every group, some groups small."""

import random
from collections import Counter

from django.db import transaction

from renben.core.period import Period
from renben.web.clock import today
from renben.web.exchange import small_areas
from renben.web.exchange.door import workspace
from renben.web.exchange.publish import store
from renben.web.guard import scope
from renben.web.registry.small_area_counts import CONCEPTS, LEFT, WHOLE, County, Name

AGES, KINDS = ("0-14", "15-59", "60+"), ("family", "collective", "none", "other")


def county(region: str, towns: int, people: int, seed: int = 1) -> County:
    """Counts of made-up people, who live closer together in the first towns."""
    dice, tally = random.Random(seed), Counter[Name]()
    for _ in range(people):
        area = f"{region}{dice.randrange(towns) ** 2 // towns + 1:03d}"
        holds = ["actual", *dice.choices(([], ["resident"]), (3, 97))[0]]
        if len(holds) > 1 and dice.random() < 0.4:
            holds += ["separated", dice.choice(("intra_district", "floating", "floating"))]
        holds += ["floating_by_order"] if dice.random() < 0.3 else []
        holds += [left for left, (wide, parts) in LEFT.items() if wide in holds and not {*parts} & {*holds}]
        groups = [
            (WHOLE, WHOLE), ("sex", dice.choice(("male", "female"))), ("age", dice.choices(AGES, (15, 65, 20))[0]),
            ("hukou_kind", dice.choices(KINDS, (900, 50, 5, 2))[0]),
        ]  # fmt: skip
        for concept in holds:
            tally.update((place, concept, *group) for place in ("", area) for group in groups)
    areas, known = {name[0] for name in tally}, {name[2:] for name in tally}
    cells = [(area, concept, *group) for area in areas for concept in CONCEPTS for group in known]
    return County(region, {name: tally[name] for name in cells})


def publish(*some: County) -> None:
    """Publish counties as the registry would, once per year."""
    frame = small_areas.table(list(some), small_areas.limits(today()))
    with transaction.atomic(), scope.as_job("registry"):
        store(workspace(), small_areas.NAME, Period(str(today().year)), frame)
