"""Table functions: the signature is the declaration.

A table function is named after the dataset it makes; its parameters are the datasets it reads. Annotations
say which version: Table (this period), Maybe (this period, empty where there is none), Previous (one period back,
empty where there is none), History (every period up to this one, with a `period` column). Maybe and History carry a
`synthetic` column, so that rows of mixed origin can be told apart. `law: Law`, `cat: Catalogue` and `seed: int` are
the only others.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import polars as pl

from renben.catalogue import Catalogue
from renben.core.errors import DefinitionError
from renben.core.law import Law
from renben.core.purity import check_pure, code_digest

Table = pl.LazyFrame
Maybe = Annotated[pl.LazyFrame, "maybe"]
Previous = Annotated[pl.LazyFrame, "previous"]
History = Annotated[pl.LazyFrame, "history"]

Grain = tuple[str, ...]


@dataclass(frozen=True)
class TableFunction:
    """A declared step: what it makes, what it reads and which law it carries out."""

    name: str
    function: Callable[..., Any]
    outputs: Mapping[str, Grain]
    reads: Mapping[str, str]
    """Dataset name -> table, maybe, previous or history."""
    basis: tuple[str, ...] = ()
    law: bool = False
    catalogue: bool = False
    seed: bool = False
    is_check: bool = False

    @cached_property
    def code(self) -> str:
        """Digest of what it computes, with every helper, also those written below it in its module.

        Raises:
            DefinitionError: a helper is not pure.
        """
        check_pure(self.function)
        return code_digest(self.function)

    @property
    def place(self) -> str:
        """Module and function, for messages."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def table(
    grain: Grain | Mapping[str, Grain], basis: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a pure function as the maker of the dataset it is named after.

    Args:
        grain: key columns of the dataset; for a function that returns a NamedTuple, one grain per field.
        basis: provision topics or articles that it carries out.

    Raises:
        DefinitionError: a parameter is not annotated, the function is not pure, or grains do not fit.
    """

    def declare(function: Callable[..., Any]) -> TableFunction:
        hints = get_type_hints(function, include_extras=True)
        outputs = _outputs(function, hints.pop("return", None), grain)
        return TableFunction(
            name=function.__name__,
            function=function,
            outputs=outputs,
            basis=basis,
            **declared(function, hints),
        )

    return declare


def declared(function: Callable[..., Any], hints: dict[str, Any]) -> dict[str, Any]:
    """What a signature declares: datasets read, and whether law, catalogue and seed are taken."""
    reads: dict[str, str] = {}
    takes = {"law": False, "catalogue": False, "seed": False}
    for name in inspect.signature(function).parameters:
        hint = hints.get(name)
        if hint is Law:
            takes["law"] = True
        elif hint is Catalogue:
            takes["catalogue"] = True
        elif hint is int and name == "seed":
            takes["seed"] = True
        else:
            reads[name] = _how(function, name, hint)
    check_pure(function)
    return {"reads": reads, **takes}


def _how(function: Callable[..., Any], name: str, hint: Any) -> str:
    if hint is pl.LazyFrame:
        return "table"
    if get_origin(hint) is Annotated and get_args(hint)[0] is pl.LazyFrame:
        return str(get_args(hint)[1])
    raise DefinitionError(
        f"{function.__module__}.{function.__qualname__}: parameter {name} is annotated {hint!r}; "
        "a parameter is Table, Maybe, Previous or History (a dataset), law: Law, cat: Catalogue or seed: int."
    )


def _outputs(function: Callable[..., Any], returned: Any, grain: Any) -> dict[str, Grain]:
    where = f"{function.__module__}.{function.__qualname__}"
    fields = getattr(returned, "_fields", None)
    if fields is None:
        if returned is not pl.LazyFrame or isinstance(grain, Mapping):
            raise DefinitionError(
                f"{where}: must return Table (or a NamedTuple of tables with a grain for each)."
            )
        return {function.__name__: tuple(grain)}
    if not isinstance(grain, Mapping) or set(grain) != set(fields):
        raise DefinitionError(f"{where}: returns {list(fields)}; give a grain for exactly these.")
    return {name: tuple(grain[name]) for name in fields}


def functions_of(*modules: Any) -> tuple[TableFunction, ...]:
    """Table functions and checks that modules define, in the order written, each once."""
    found: dict[str, TableFunction] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, TableFunction) and value.function.__module__.startswith(module.__name__):
                found[value.place] = value
    return tuple(found.values())
