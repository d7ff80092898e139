"""Which rule book a command works on: ours, or a Python file of the user's own, with its provisions."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

from renben.catalogue import Catalogue
from renben.catalogue import load as load_catalogue
from renben.cli.common import now, workspace
from renben.core.errors import RenbenError
from renben.engines.rules import RuleBook, from_catalogue, load
from renben.engines.rules.loading import LoadedBook
from renben.measures.citizenization.entitlements import BOOK

BookOption = Annotated[
    Path | None,
    typer.Option("--book", help="Python file with a BOOK of your own (provisions in laws/ beside it)."),
]


def opened(at: Path | None, book: Path | None = None) -> LoadedBook:
    """The rule book with the provisions of the workspace (or of the catalogue alone), loaded and checked."""
    overlay = book.parent if book is not None and (book.parent / "laws").is_dir() else None
    confirmed: frozenset[str] = frozenset()
    catalogue = load_catalogue(overlay)
    if at is not None or Path("renben.yaml").is_file():
        space = workspace(at)
        confirmed = frozenset(space.confirmed)
        catalogue = space.catalogue if overlay is None else catalogue
    written = from_catalogue(catalogue.laws, confirmed, parents_of(catalogue))
    return load(BOOK if book is None else _from_file(book), written)


def parents_of(catalogue: Catalogue) -> dict[str, str | None]:
    """Every region with the one above it."""
    return {code: region.parent for code, region in catalogue.regions.items()}


def catalogue_of(at: Path | None) -> Catalogue:
    """The workspace's catalogue, or ours where there is no workspace."""
    return workspace(at).catalogue if at is not None or Path("renben.yaml").is_file() else load_catalogue()


def _from_file(path: Path) -> RuleBook:
    spec = importlib.util.spec_from_file_location(f"renben_book_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise RenbenError(f"{path}: no Python file with a rule book")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    book = getattr(module, "BOOK", None)
    if not isinstance(book, RuleBook):
        raise RenbenError(
            f"{path}: has no BOOK; end the file with BOOK = RuleBook(name, facts, rules, places)"
        )
    return book


def day_of(on: str | None) -> dt.date:
    """The day asked for, or today."""
    try:
        return dt.date.fromisoformat(on) if on else now().date()
    except ValueError:
        raise RenbenError(f"--on {on}: no date; write YYYY-MM-DD") from None
