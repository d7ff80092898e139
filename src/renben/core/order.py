"""The order of a run: by what each function reads, with refusals that name what does not fit."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from renben.catalogue import Dataset
from renben.core.errors import OrderError, did_you_mean
from renben.core.table import TableFunction


def ordered(functions: Iterable[TableFunction], datasets: Mapping[str, Dataset]) -> list[TableFunction]:
    """Functions so that each comes after those whose datasets it reads in the same period.

    Raises:
        OrderError: two makers, a source that a function writes, an undeclared dataset, an input nobody makes,
            or a circle within one period.
    """
    functions = list(functions)
    makers = _makers(functions)
    _refuse_undeclared(makers, datasets)
    _refuse_unmade(functions, makers, datasets)
    graph = {
        f.place: {makers[name].place for name, how in f.reads.items() if how != "previous" and name in makers}
        for f in functions
    }
    by_place = {f.place: f for f in functions}
    try:
        places = list(TopologicalSorter({k: graph[k] for k in sorted(graph)}).static_order())
    except CycleError as error:
        # graphlib lists each node before the one that depends on it; ours reads maker -> reader
        raise OrderError(_circle([by_place[place].name for place in error.args[1]])) from error
    return [by_place[place] for place in places]


def _makers(functions: Iterable[TableFunction]) -> dict[str, TableFunction]:
    makers: dict[str, TableFunction] = {}
    for function in functions:
        for name in function.outputs:
            if name in makers:
                raise OrderError(
                    f"{name} has two makers: {makers[name].place} and {function.place}. Rename one."
                )
            makers[name] = function
    return makers


def _refuse_undeclared(makers: Mapping[str, TableFunction], datasets: Mapping[str, Dataset]) -> None:
    for name, function in makers.items():
        if function.is_check:
            continue
        if name not in datasets:
            hint = did_you_mean(name, datasets)
            raise OrderError(
                f"{function.place} makes {name}, which catalogue/datasets does not declare.{hint}"
            )
        if datasets[name].source:
            raise OrderError(
                f"{function.place} makes {name}, which is a source: it enters by renben data add only."
            )


def _refuse_unmade(
    functions: Iterable[TableFunction], makers: Mapping[str, TableFunction], datasets: Mapping[str, Dataset]
) -> None:
    for function in functions:
        for name in function.reads:
            source = name in datasets and datasets[name].source
            if name not in makers and not source:
                hint = did_you_mean(name, [*makers, *(n for n, d in datasets.items() if d.source)])
                raise OrderError(f"{function.place} reads {name}, which nothing makes.{hint}")


def _circle(names: list[str]) -> str:
    return (
        f"circle within one period: {' -> '.join(names)}.\n"
        "  Type one of these inputs Previous so that it comes from last period."
    )
