"""Four or eight numbers at once: a vector of doubles for compiled code; speed does not hang on the compiler's guess.

The compiler cannot turn a loop over many rows into vector instructions by itself, since it must assume that the rows
overlap. Here the loop says it: `load` neighbours of a row, calculate as with plain numbers, `store` them.
No bounds are checked; rows are padded to a multiple of ``LANES`` (see ``kernel_work``).
"""

# mypy: disallow-untyped-calls=False

import operator
from typing import Any

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import types
from numba.core import cgutils
from numba.core.typing import signature
from numba.core.typing.templates import ConcreteTemplate, infer_global
from numba.extending import intrinsic, lower_builtin, models, register_model

LANES = 8 if get_host_cpu_features().get("avx512f") else 4
"""Doubles in a vector: one register of 512 bits where the machine has them, else of 256; narrower ones take two."""
FAST = ("reassoc", "nsz", "contract")
"""Sums may be taken in any order and products added at once; nothing else is relaxed."""
_WORD = ir.VectorType(ir.DoubleType(), LANES)


class LanesType(types.Type):
    """Numba's type of a vector of ``LANES`` doubles."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes({LANES})")


lanes = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front: Any) -> None:
        super().__init__(manager, front, _WORD)


def _address(context: Any, builder: Any, called: Any, args: Any) -> Any:
    table = context.make_array(called.args[0])(context, builder, args[0])
    width = builder.extract_value(table.shape, 1)
    position = builder.add(builder.mul(args[1], width), args[2])
    return builder.bitcast(builder.gep(table.data, [position]), _WORD.as_pointer())


def _load(_typing: Any, table: Any, _row: Any, _column: Any) -> Any:
    """Neighbours of a row of a contiguous table, from a column on."""

    def code(context: Any, builder: Any, called: Any, args: Any) -> Any:
        found = builder.load(_address(context, builder, called, args))
        found.align = 8
        return found

    return lanes(table, types.intp, types.intp), code


def _store(_typing: Any, table: Any, _row: Any, _column: Any, _value: Any) -> Any:
    """Write neighbours of a row of a contiguous table."""

    def code(context: Any, builder: Any, called: Any, args: Any) -> Any:
        done = builder.store(args[3], _address(context, builder, called, args))
        done.align = 8
        return context.get_dummy_value()

    return types.void(table, types.intp, types.intp, lanes), code


def _spread(_typing: Any, _value: Any) -> Any:
    """The same number in every lane."""

    def code(_context: Any, builder: Any, _called: Any, args: Any) -> Any:
        return _widen(builder, args[0])

    return lanes(types.float64), code


def _total(_typing: Any, _value: Any) -> Any:
    """Sum of the lanes."""

    def code(_context: Any, builder: Any, _called: Any, args: Any) -> Any:
        parts = [builder.extract_element(args[0], cgutils.int32_t(k)) for k in range(LANES)]
        while len(parts) > 1:
            parts = [builder.fadd(a, b, flags=FAST) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    return types.float64(lanes), code


load: Any = intrinsic(_load)
store: Any = intrinsic(_store)
spread: Any = intrinsic(_spread)
total: Any = intrinsic(_total)


def _widen(builder: Any, value: Any) -> Any:
    """A number as a vector; a vector as it is."""
    if value.type == _WORD:
        return value
    empty = ir.Constant(_WORD, ir.Undefined)
    first = builder.insert_element(empty, value, cgutils.int32_t(0))
    return builder.shuffle_vector(
        first, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    )


def _define(symbol: Any, instruction: str) -> None:
    """Let numba know what a sign means between vectors, and between a vector and a number."""
    kinds = ((lanes, lanes), (lanes, types.float64), (types.float64, lanes))
    template = type(instruction, (ConcreteTemplate,), {"cases": [signature(lanes, *pair) for pair in kinds]})
    infer_global(symbol)(template)

    def code(_context: Any, builder: Any, _called: Any, args: Any) -> Any:
        left, right = (_widen(builder, value) for value in args)
        return getattr(builder, instruction)(left, right, flags=FAST)

    for pair in kinds:
        lower_builtin(symbol, *pair)(code)


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _define(_symbol, _name)
