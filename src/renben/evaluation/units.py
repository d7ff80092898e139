"""Checks that a formula's unit is its indicator's: dimensions, and the powers of ten in its constants.

A formula's number times the scale found here is the quantity in base units: in `100*a/b` the constant 100
turns a share into per cent, which has the factor 0.01.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from renben.catalogue.indicator import DataElement, Indicator, Unit
from renben.core.errors import did_you_mean
from renben.evaluation.formula import Binary, Element, FormulaError, Node, Number, parse, parts


@dataclass(frozen=True)
class Measure:
    """Dimension of a formula and the factor from its number to base units."""

    scale: float
    powers: Mapping[str, int] = field(default_factory=dict)
    constant: bool = False


def check_unit(indicator: Indicator, elements: Mapping[str, DataElement], units: Mapping[str, Unit]) -> None:
    """Refuse an indicator whose formula does not have its unit.

    Raises:
        FormulaError: an element is unknown, parts of a sum differ in unit, or the result has another unit.
    """
    found = measure(parse(indicator.formula), elements, units, indicator.formula)
    unit = _unit(indicator.unit, units, f"indicator {indicator.id}")
    if dict(found.powers) != unit.powers or not math.isclose(found.scale, unit.factor, rel_tol=1e-9):
        raise FormulaError(
            f"indicator {indicator.id}: {indicator.formula} gives {found.scale:g} x {_spell(found.powers)}, "
            f"but its unit {indicator.unit} is {unit.factor:g} x {_spell(unit.powers)}. "
            "Correct the formula, the indicator's unit or the elements' units in catalogue/indicators."
        )


def measure(node: Node, elements: Mapping[str, DataElement], units: Mapping[str, Unit], text: str) -> Measure:
    """Dimension and scale of a formula.

    Raises:
        FormulaError: an element or unit is unknown, or parts of a sum differ.
    """
    if isinstance(node, Number):
        return Measure(1 / node.value if node.value else math.inf, {}, constant=True)
    if isinstance(node, Element):
        if node.id not in elements:
            raise FormulaError(
                f"formula {text}: {node.id} is no data element.{did_you_mean(node.id, elements)} "
                "Write it in catalogue/indicators/data_elements.csv."
            )
        unit = _unit(elements[node.id].unit, units, f"data element {node.id}")
        return Measure(unit.factor, unit.powers)
    measures = [measure(part, elements, units, text) for part in parts(node)]
    if not isinstance(node, Binary):
        return measures[0]
    left, right = measures
    return _product(node.sign, left, right) if node.sign in "*/" else _sum(node, left, right, text)


def _product(sign: str, left: Measure, right: Measure) -> Measure:
    turn = 1 if sign == "*" else -1
    powers = {
        base: left.powers.get(base, 0) + turn * right.powers.get(base, 0)
        for base in (*left.powers, *right.powers)
    }
    return Measure(
        left.scale * right.scale**turn,
        {base: power for base, power in powers.items() if power},
        left.constant and right.constant,
    )


def _sum(node: Binary, left: Measure, right: Measure, text: str) -> Measure:
    plain = Measure(1.0)
    left, right = (plain if part.constant else part for part in (left, right))
    if dict(left.powers) != dict(right.powers) or not math.isclose(left.scale, right.scale, rel_tol=1e-9):
        raise FormulaError(
            f"formula {text}: the two sides of {node.sign} differ in unit: {left.scale:g} x {_spell(left.powers)} "
            f"and {right.scale:g} x {_spell(right.powers)}."
        )
    return left


def _unit(name: str, units: Mapping[str, Unit], where: str) -> Unit:
    if name not in units:
        raise FormulaError(
            f"{where}: unit {name!r} is not in catalogue/indicators/units.csv.{did_you_mean(name, units)}"
        )
    return units[name]


def _spell(powers: Mapping[str, int]) -> str:
    return " ".join(f"{b}^{p}" if p != 1 else b for b, p in sorted(powers.items())) or "1"
