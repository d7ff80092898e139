"""Reads catalogue files so that every complaint names the file and the line."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CatalogueError(ValueError):
    """Something written in the catalogue is wrong; the message names file, line, value and next step."""

    shown_to_users = True


class Written:
    """A YAML document with the line on which each of its parts is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[tuple[Any, ...], int] = {(): 1}
        try:
            loader = Loader(path.read_text(encoding="utf-8"))
            node = loader.get_single_node()
            self.value = {} if node is None else self._build(loader, node, ())
            self._refuse_what_is_no_mapping()
        except UnicodeDecodeError as error:
            raise CatalogueError(f"{path}: not UTF-8 text ({error.reason}); save it as UTF-8.") from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            problem = getattr(error, "problem", error)
            raise CatalogueError(f"{path}:{line}: not valid YAML: {problem}.") from error

    def _refuse_what_is_no_mapping(self) -> None:
        if not isinstance(self.value, dict):
            raise CatalogueError(
                f"{self.path}:1: expected entries `name: ...`, found a {type(self.value).__name__}."
            )

    def _build(self, loader: Any, node: yaml.Node, at: tuple[Any, ...]) -> Any:
        self.lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            result: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = self._scalar(loader, key_node)
                if key in result:
                    line = key_node.start_mark.line + 1
                    raise CatalogueError(
                        f"{self.path}:{line}: {key!r} is written twice; first at line {self.lines[(*at, key)]}. "
                        "Remove one."
                    )
                result[key] = self._build(loader, value_node, (*at, key))
                self.lines[(*at, key)] = key_node.start_mark.line + 1
            return result
        if isinstance(node, yaml.SequenceNode):
            return [self._build(loader, child, (*at, i)) for i, child in enumerate(node.value)]
        return self._scalar(loader, node)

    def _scalar(self, loader: Any, node: yaml.Node) -> Any:
        try:
            return loader.construct_object(node, deep=True)
        except ValueError as error:
            line, value = node.start_mark.line + 1, getattr(node, "value", "")
            raise CatalogueError(f"{self.path}:{line}: {value!r} is no valid value: {error}.") from error

    def line(self, at: tuple[Any, ...]) -> int:
        """Line of the part at a path, or of its nearest written parent."""
        while at not in self.lines:
            at = at[:-1]
        return self.lines[at]

    def model(self, kind: type[Model], at: tuple[Any, ...], **extra: Any) -> Model:
        """Part of the document as a model; the first mistake is reported with file, line and value."""
        value: Any = self.value
        for key in at:
            value = value[key]
        if not isinstance(value, dict):
            raise CatalogueError(
                f"{self.path}:{self.line(at)}: expected a mapping ({kind.__name__}), found {value!r}."
            )
        return validated(kind, {**value, **extra}, self.path, lambda loc: self.line(_spelled(self, at, loc)))


def _spelled(written: Written, at: tuple[Any, ...], loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """Pydantic's location as written: keys that YAML read as dates or numbers come back as strings."""
    path = at
    for part in loc:
        options = [key for key in written.lines if len(key) == len(path) + 1 and key[:-1] == path]
        match = [key for key in options if key[-1] == part or str(part) in (str(key[-1]), repr(key[-1]))]
        if not match:
            return path
        path = match[0]
    return path


def validated(kind: type[Model], value: Any, path: Path, line_of: Any) -> Model:
    """A model from a mapping; the first mistake is reported with file, line, field and value.

    Raises:
        CatalogueError: the mapping does not fit the model.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(_readable(part) for part in first["loc"]) or kind.__name__
        given = "" if first["type"] == "missing" else f" (found {str(first.get('input'))[:80]!r})"
        more = f" and {error.error_count() - 1} more" if error.error_count() > 1 else ""
        raise CatalogueError(
            f"{path}:{line_of(first['loc'])}: {field}: {first['msg']}{given}{more}."
        ) from error


def _readable(part: Any) -> str:
    """A part of pydantic's location, with a date key as it is written: 2020-01-01."""
    return re.sub(r"^datetime\.date\((\d+), (\d+), (\d+)\)$", _iso, str(part))


def _iso(match: re.Match[str]) -> str:
    return "{:04d}-{:02d}-{:02d}".format(*map(int, match.groups()))


def csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with their line numbers, as text; short or long rows are refused.

    Raises:
        CatalogueError: a row has another number of fields than the header.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        header = next(reader, None)
        if header is None:
            raise CatalogueError(f"{path}:1: the file is empty; it needs a header row.")
        for row in reader:
            if len(row) != len(header):
                raise CatalogueError(
                    f"{path}:{reader.line_num}: {len(row)} fields where the header has {len(header)}; "
                    "quote values that contain commas."
                )
            yield reader.line_num, dict(zip(header, row, strict=True))
