"""Levers: what a government could change, as multipliers on the central course.

For people: "what if settlement gets easier", "what if eight counties attract more", answered with the same luck.
A settlement lever changes the hukou rate and who is entitled to what; it does not change resident urbanization.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from renben.engines.projection.course import BACK, LEAVE, OUT, SETTLE, TO_RURAL, TO_URBAN, copy
from renben.engines.projection.states import Fixed, Mask, Path


class LeverError(ValueError):
    """A lever that is not known or a value that makes no sense."""


@dataclass(frozen=True)
class Lever:
    """A named lever.

    Args:
        name: as written after ``--set``.
        zh: label.
        en: what it does.
        kind: 'multiplier' (1 changes nothing) or 'value'.
        low: smallest value that makes sense.
        high: largest one.
        moves: which of the two rates it can change.
        act: changes a path in place; takes path, value, county mask (c,), years mask (t,).
    """

    name: str
    zh: str
    en: str
    kind: str
    low: float
    high: float
    moves: tuple[str, ...]
    act: Callable[[Path, float, Mask, Mask], None]


def _scale_move(which: int) -> Callable[[Path, float, Mask, Mask], None]:
    def act(path: Path, value: float, counties: Mask, years: Mask) -> None:
        path.moves[np.ix_(years, np.array([which]), counties)] *= value

    return act


def _reclassify(path: Path, value: float, counties: Mask, years: Mask) -> None:
    at = np.ix_(years, counties)
    path.reclassified[at] = np.clip(path.reclassified[at] * value, 0.0, 0.95)


def _attract(path: Path, value: float, counties: Mask, years: Mask) -> None:
    path.attraction[np.ix_(years, np.repeat(counties, 2))] *= value


def _attract_urban(path: Path, value: float, counties: Mask, years: Mask) -> None:
    urban = np.zeros(2 * len(counties), bool)
    urban[::2] = counties
    path.attraction[np.ix_(years, urban)] *= value


def _by_year(name: str, scale: bool) -> Callable[[Path, float, Mask, Mask], None]:
    def act(path: Path, value: float, counties: Mask, years: Mask) -> None:  # noqa: ARG001
        part = getattr(path, name)
        part[years] = part[years] * value if scale else value

    return act


LEVERS = {
    lever.name: lever
    for lever in (
        Lever(
            "to_urban",
            "县内农村人口进城强度",
            "Moves from rural to urban places inside the county",
            "multiplier",
            0,
            5,
            ("resident",),
            _scale_move(TO_URBAN),
        ),
        Lever(
            "to_rural",
            "县内城镇人口下乡强度",
            "Moves from urban to rural places inside the county",
            "multiplier",
            0,
            5,
            ("resident",),
            _scale_move(TO_RURAL),
        ),
        Lever(
            "reclassified",
            "城乡划分代码变动强度",
            "Rural places that become urban in the statistical code list",
            "multiplier",
            0,
            5,
            ("resident", "hukou"),
            _reclassify,
        ),
        Lever(
            "attraction",
            "目的地吸引力",
            "Attraction of the chosen counties for movers inside the province",
            "multiplier",
            0.1,
            10,
            ("resident",),
            _attract,
        ),
        Lever(
            "urban_attraction",
            "目的地城镇吸引力",
            "Attraction of the urban part of the chosen counties",
            "multiplier",
            0.1,
            10,
            ("resident",),
            _attract_urban,
        ),
        Lever(
            "mobility",
            "县际外出强度",
            "Moves to another county of the province",
            "multiplier",
            0,
            5,
            ("resident",),
            _scale_move(OUT),
        ),
        Lever(
            "return",
            "返乡强度",
            "Returns to the hukou county",
            "multiplier",
            0,
            5,
            ("resident",),
            _scale_move(BACK),
        ),
        Lever(
            "out_of_province",
            "流出省外强度",
            "Moves out of the province",
            "multiplier",
            0,
            5,
            ("resident",),
            _scale_move(LEAVE),
        ),
        Lever(
            "home_from_outside",
            "省外返晋强度",
            "Returns of people living outside the province",
            "multiplier",
            0,
            5,
            ("resident",),
            _by_year("home_from_outside", True),
        ),
        Lever(
            "guests",
            "外省来晋规模",
            "Arrivals from other provinces",
            "multiplier",
            0,
            5,
            ("resident",),
            _by_year("guests", True),
        ),
        Lever(
            "settle",
            "落户强度",
            "Settling of the hukou where people live",
            "multiplier",
            0,
            20,
            ("hukou",),
            _scale_move(SETTLE),
        ),
        Lever(
            "keep_years",
            "居住年限互认比例",
            "Share of movers whose residence years are recognised",
            "value",
            0,
            1,
            ("hukou",),
            _by_year("keep_years", False),
        ),
        Lever(
            "newborn_here",
            "随迁新生儿登记比例",
            "Share of migrants' newborn registered where they are born",
            "value",
            0,
            1,
            ("hukou",),
            _by_year("newborn_here", False),
        ),
        Lever(
            "tfr", "总和生育率", "Total fertility", "multiplier", 0.2, 3, ("resident",), _by_year("tfr", True)
        ),
    )
}
"""Levers by name."""

BY_CLASS = ("settle.local", "settle.same_prefecture", "settle.same_province", "settle.other_province")
"""Settlement by origin: changes fixed hazards, so it is applied to the model's rates."""


def neutral_value(name: str) -> float:
    """The value of a multiplier that changes nothing (levers of kind 'value' have none but their default)."""
    if name in LEVERS and LEVERS[name].kind == "value":
        raise LeverError(
            f"{name} is a share and has no neutral multiplier; its default is in the assumption sheet"
        )
    return 1.0


def check(name: str, value: float) -> None:
    """Refuse an unknown lever or a value outside of its limits.

    Raises:
        LeverError: names the lever, the value and what is allowed.
    """
    plain = name.split("@", 1)[0]
    if plain in BY_CLASS:
        if not 0 <= value <= 20:
            raise LeverError(f"{name}={value:g}: a settlement multiplier lies between 0 and 20")
        return
    if plain not in LEVERS:
        known = ", ".join([*LEVERS, *BY_CLASS])
        raise LeverError(
            f"no lever is named {plain!r}; there are {known}. Add @CODE,CODE or @GROUP for some counties."
        )
    lever = LEVERS[plain]
    if not lever.low <= value <= lever.high:
        raise LeverError(
            f"{name}={value:g}: {lever.en} lies between {lever.low:g} and {lever.high:g} ({lever.kind})"
        )


def apply(
    path: Path,
    fixed: Fixed,
    settings: Mapping[str, float],
    counties_of: Callable[[str], Mask],
    years: Mask | None = None,
) -> tuple[Path, Fixed]:
    """A scenario's path and rates; nothing is changed in place.

    Args:
        path: central course.
        fixed: rates.
        settings: lever (with ``@places`` for some counties) -> value.
        counties_of: turns the text after ``@`` into a county mask.
        years: (t,) years in which the levers act; all by default.
    """
    out, rates = copy(path), fixed
    when = np.ones(len(path.tfr), bool) if years is None else np.asarray(years, bool)
    everywhere = np.ones(path.reclassified.shape[1], bool)
    for name, value in settings.items():
        check(name, value)
        plain, _, where = name.partition("@")
        counties = counties_of(where) if where else everywhere
        if plain in BY_CLASS:
            rates = _settle_by_class(rates, plain, value, counties)
        else:
            LEVERS[plain].act(out, value, counties, when)
    return out, rates


def _settle_by_class(fixed: Fixed, name: str, value: float, counties: Mask) -> Fixed:
    settle = np.array(fixed.settle)
    kinds = settle.shape[1] - 2
    at = {
        "settle.local": 1,
        "settle.same_prefecture": 2,
        "settle.same_province": 3,
        "settle.other_province": 4,
    }[name]
    if kinds == 1 and at > 1:
        raise LeverError(f"{name} needs the three origin classes; run without --fast")
    settle[counties, at] *= value
    return fixed._replace(settle=settle)
