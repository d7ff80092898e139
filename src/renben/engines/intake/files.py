"""Reads tables that people send: CSV, XLSX or Parquet, every cell as text, with the row it stands in."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from renben.core.errors import RenbenError

PATTERN = re.compile(r"\*|\^.*\$\Z")
"""Names that the table library takes for patterns of names."""
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")


class FileError(RenbenError):
    """A file cannot be read as a table."""


def read_cells(path: Path) -> pl.DataFrame:
    """A file's table with all cells as text; blank cells are null; `__row` is the row in the file (header = 1).

    Raises:
        FileError: no such file, an unknown kind, broken, empty, or without a header.
    """
    if not path.is_file():
        raise FileError(f"{path}: no such file; give the path of a .csv, .xlsx or .parquet file.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise FileError(
            f"{path}: {path.suffix or 'no ending'} is not a table file; save it as .csv, .xlsx or .parquet."
        )
    cells = reader(path)
    if not cells.height:
        raise FileError(f"{path}: has a header but no rows; nothing was added.")
    return cells


def _csv(path: Path) -> pl.DataFrame:
    raw = path.read_bytes()
    if not raw.strip():
        raise FileError(f"{path}: is empty; renben data template NAME --to FILE makes a form to fill in.")
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = _decoded(path, raw, ("utf-16",) if wide else ENCODINGS)
    try:
        frame = pl.read_csv(text.encode(), infer_schema=False, raise_if_empty=True)
    except pl.exceptions.PolarsError as error:
        raise FileError(f"{path}: not a regular CSV table: {str(error).splitlines()[0]}.") from error
    return _tidy(path, frame.with_row_index("__row", offset=2).with_columns(pl.col("__row").cast(pl.Int64)))


def _decoded(path: Path, raw: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError(f"{path}: its text encoding is unknown; save it as UTF-8.")


def _xlsx(path: Path) -> pl.DataFrame:
    try:
        rows = _sheet(path)
    except Exception as error:  # a damaged workbook fails in as many ways as the library has parts
        told = " ".join(str(error).split())[:80] or type(error).__name__
        raise FileError(
            f"{path}: not a readable .xlsx file ({told}); open it in the office program and save again."
        ) from error
    if not rows:
        raise FileError(f"{path}: its first sheet is empty.")
    header = [str(cell).strip() if cell is not None else "" for cell in rows[0][1]]
    width = max((i + 1 for i, name in enumerate(header) if name), default=0)
    data = {
        name: [_text(row[i]) if i < len(row) else None for _, row in rows[1:]]
        for i, name in enumerate(header[:width])
    }
    if len(data) != width or "" in data:
        raise FileError(f"{path}: the header in row {rows[0][0]} has an empty or repeated column name.")
    return _tidy(
        path,
        pl.DataFrame(
            {"__row": [i for i, _ in rows[1:]], **data}, schema_overrides=dict.fromkeys(data, pl.String)
        ),
    )


def _sheet(path: Path) -> list[tuple[int, tuple[Any, ...]]]:
    """Rows of the first sheet that hold anything, with their numbers (first row 1)."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        every = enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
        return [(i, row) for i, row in every if any(cell is not None for cell in row)]
    finally:
        book.close()


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileError(f"{path}: not a readable Parquet file ({error}).") from error
    cells = frame.select(pl.all().cast(pl.String))
    return _tidy(path, cells.with_row_index("__row", offset=1).with_columns(pl.col("__row").cast(pl.Int64)))


def _tidy(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """Header names and cells without surrounding blanks; empty cells as null.

    Raises:
        FileError: two columns of one name, or a name that stands for several columns.
    """
    names = {name: name.strip() for name in frame.columns}
    for name in names.values():
        if list(names.values()).count(name) > 1 or PATTERN.match(name):
            raise FileError(f"{path}: column {name!r} stands twice or is no name; give every column its own.")
    frame = frame.rename(names)
    text = [name for name in frame.columns if name != "__row"]
    stripped = [pl.col(name).str.strip_chars().replace("", None).alias(name) for name in text]
    return frame.with_columns(stripped).filter(pl.any_horizontal(pl.col(text).is_not_null()))


READERS: dict[str, Callable[[Path], pl.DataFrame]] = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
