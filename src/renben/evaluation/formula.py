"""Formulas of indicators: arithmetic, lag and cum, read from text into a tree.

`100*pop_urban_resident/pop_resident`, `lag(x, 1)` = x one year before, `cum(x)` = sum from the first year on.
Nothing else is a formula: no names of functions, no comparison, no power. Reading is separate from computing
(cells.py), so that a formula can be checked for its elements and units without any data.
"""

import ast
from dataclasses import dataclass

from renben.core.errors import RenbenError

OPERATORS = ((ast.Add, "+"), (ast.Sub, "-"), (ast.Mult, "*"), (ast.Div, "/"))


class FormulaError(RenbenError):
    """A formula cannot be read, or its units do not fit; the message quotes the part."""


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Element:
    """A data element by id."""

    id: str


@dataclass(frozen=True)
class Negative:
    """Minus a part."""

    of: "Node"


@dataclass(frozen=True)
class Binary:
    """Two parts joined by + - * or /."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Lag:
    """A part, some years before."""

    of: "Node"
    years: int


@dataclass(frozen=True)
class Cum:
    """A part, summed from the first year on."""

    of: "Node"


Node = Number | Element | Negative | Binary | Lag | Cum


@dataclass(frozen=True)
class Ratio:
    """A formula that is factor * numerator / denominator, both linear in their elements."""

    factor: float
    numerator: Node
    denominator: Node


def parse(text: str) -> Node:
    """The tree of a formula.

    >>> parse("100*a/b")
    Binary(sign='/', left=Binary(sign='*', left=Number(value=100.0), right=Element(id='a')), right=Element(id='b'))

    Raises:
        FormulaError: the text is not arithmetic over elements, numbers, lag and cum.
    """
    try:
        return _node(ast.parse(text.strip(), mode="eval").body, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(
            f"formula {text[:200]!r} cannot be read: {error}. Use + - * / ( ), element ids, lag(x,1), cum(x)."
        ) from error


def _node(tree: ast.AST, text: str) -> Node:
    if isinstance(tree, ast.Constant) and _is_number(tree.value):
        return Number(float(str(tree.value)))
    if isinstance(tree, ast.Name):
        return Element(tree.id)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return Negative(_node(tree.operand, text))
    if isinstance(tree, ast.BinOp):
        sign = next((sign for kind, sign in OPERATORS if isinstance(tree.op, kind)), None)
        if sign:
            return Binary(sign, _node(tree.left, text), _node(tree.right, text))
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        return _call(tree, text)
    part = ast.get_source_segment(text.strip(), tree) if isinstance(tree, ast.expr) else None
    raise FormulaError(
        f"formula {text!r}: {part or type(tree).__name__!r} is no part of a formula. "
        "Use + - * / ( ), numbers, element ids, lag(x,1), cum(x)."
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _call(tree: ast.Call, text: str) -> Node:
    name = tree.func.id if isinstance(tree.func, ast.Name) else ""
    if name == "cum" and len(tree.args) == 1:
        return Cum(_node(tree.args[0], text))
    if name == "lag" and len(tree.args) == 2:
        by = tree.args[1]
        if isinstance(by, ast.Constant) and type(by.value) is int and by.value > 0:
            return Lag(_node(tree.args[0], text), by.value)
        raise FormulaError(f"formula {text!r}: lag needs a whole number of years above 0, as in lag(x,1).")
    raise FormulaError(f"formula {text!r}: {name}() is unknown; the functions are lag(x,1) and cum(x).")


def parts(node: Node) -> tuple[Node, ...]:
    """The parts directly below a node."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    return (node.of,) if isinstance(node, Negative | Lag | Cum) else ()


def element_ids(node: Node) -> tuple[str, ...]:
    """Elements a formula reads, in the order written, each once."""
    found = (node.id,) if isinstance(node, Element) else ()
    for part in parts(node):
        found = (*found, *element_ids(part))
    return tuple(dict.fromkeys(found))


def looks_back(node: Node) -> bool:
    """Whether a formula reads other years than its own."""
    return isinstance(node, Lag | Cum) or any(looks_back(part) for part in parts(node))


def is_linear(node: Node) -> bool:
    """Whether a formula adds up over regions: sums of elements, possibly times constants."""
    if isinstance(node, Binary) and node.sign == "/":
        return isinstance(node.right, Number) and is_linear(node.left)
    if isinstance(node, Binary) and node.sign == "*":
        constant = isinstance(node.left, Number) or isinstance(node.right, Number)
        return constant and is_linear(node.left) and is_linear(node.right)
    if isinstance(node, Binary):
        return not any(isinstance(p, Number) for p in parts(node)) and all(map(is_linear, parts(node)))
    return all(map(is_linear, parts(node)))


def as_ratio(node: Node) -> Ratio | None:
    """A formula as factor, numerator and denominator; None where it is not one ratio of linear parts.

    >>> as_ratio(parse("100*(a+b)/c")).factor
    100.0
    """
    if not (isinstance(node, Binary) and node.sign in "*/"):
        return None
    if node.sign == "*" and isinstance(node.left, Number):
        inner = as_ratio(node.right)
        return inner and Ratio(node.left.value * inner.factor, inner.numerator, inner.denominator)
    if node.sign == "*":
        return None
    factor, top = _factor(node.left)
    if isinstance(top, Number) or not element_ids(node.right):
        return None
    if not (is_linear(top) and is_linear(node.right)) or looks_back(node):
        return None
    return Ratio(factor, top, node.right)


def _factor(node: Node) -> tuple[float, Node]:
    if isinstance(node, Binary) and node.sign == "*" and isinstance(node.left, Number):
        factor, rest = _factor(node.right)
        return node.left.value * factor, rest
    return 1.0, node
