"""Findings: what checks report. Their key is kind, subject and period, so a rerun opens no second case."""

import hashlib
from collections.abc import Callable
from typing import Any, get_type_hints

import polars as pl

from renben.catalogue import Column, Dataset
from renben.core.table import Table, TableFunction, declared

SEVERITIES = ("info", "warning", "error", "major")
GRAIN = ("kind", "subject")


def dataset_of(check_name: str) -> Dataset:
    """Schema of the findings that one check makes."""
    text = Column(type="str")
    return Dataset(
        name=f"findings_{check_name}",
        zh="发现的问题",
        en="Findings",
        grain=GRAIN,
        columns={
            "kind": text,
            "subject": text,
            "severity": Column(type="code", codes=SEVERITIES),
            "owner": Column(type="str", nullable=True),
            "text_zh": text,
            "text_en": text,
        },
    )


def check(function: Callable[..., Any]) -> TableFunction:
    """Declare a pure function that reads tables and returns findings: kind, subject, severity, owner, texts.

    Raises:
        DefinitionError: as for `table`.
    """
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    name = f"findings_{function.__name__}"
    return TableFunction(name, function, {name: GRAIN}, is_check=True, **declared(function, hints))


def key(kind: str, subject: str, period: str) -> str:
    """Stable key of a finding: the same finding of the same period is the same case."""
    text = "\x1f".join((kind, subject, period)).encode()
    return hashlib.blake2b(text, digest_size=12).hexdigest()


def with_keys(findings: Table, period: str) -> pl.DataFrame:
    """Findings of a period with their keys, most severe first."""
    frame = findings.collect()
    keys = [key(k, s, period) for k, s in zip(frame["kind"], frame["subject"], strict=True)]
    rank = pl.col("severity").replace_strict({s: i for i, s in enumerate(SEVERITIES)}, return_dtype=pl.Int8)
    return (
        frame.with_columns(pl.Series("key", keys, dtype=pl.String), period=pl.lit(period))
        .sort(rank, "kind", "subject", descending=[True, False, False])
        .select("key", "period", *dataset_of("x").columns)
    )
