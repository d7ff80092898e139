"""The one loader of the catalogue: our folder, with an operator's folder laid over it.

Every kind loads when first asked for and only once. An operator's file adds entries or replaces entries
of the same id; nothing of ours is edited to change a value.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from renben.catalogue.fact_tables import FactTables
from renben.catalogue.indicator import DataElement, Indicator, Reason, Target, Unit
from renben.catalogue.plan import Plan
from renben.catalogue.plan_names import named
from renben.catalogue.schema import Dataset, Office, Provision, Region, RegionGroup
from renben.catalogue.source import CatalogueError, Written, csv_rows, validated

HERE = Path(__file__).parent
FACTS = HERE / "facts"
Model = TypeVar("Model", bound=BaseModel)
Complaint = tuple[tuple[Any, ...], str]
"""Where in an entry something is wrong, and what."""


class Catalogue:
    """Everything that is written: plans, laws, datasets, indicators, offices, regions and facts."""

    def __init__(self, overlay: Path | None = None) -> None:
        if overlay is not None and not overlay.is_dir():
            raise CatalogueError(
                f"catalogue overlay {overlay}: no such folder; create it or leave the setting out."
            )
        self.overlay = overlay
        self.folders = (HERE,) if overlay is None else (HERE, overlay)

    def files(self, kind: str, pattern: str) -> Iterator[Path]:
        """Files of one kind, ours first, each folder in name order."""
        for folder in self.folders:
            yield from sorted((folder / kind).glob(pattern))

    def digest(self, kind: str) -> str:
        """Digest of everything written of one kind, ours and the operator's."""
        digest = hashlib.blake2b(digest_size=16)
        for path in self.files(kind, "*"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def _entries(
        self,
        kind: str,
        model: type[Model],
        key_field: str,
        complaints: Callable[[Model], Iterable[Complaint]] = lambda _: (),
    ) -> dict[str, Model]:
        """One entry per top-level key of every YAML file of a kind; later folders replace, twins are refused."""
        found: dict[str, Model] = {}
        where: dict[str, Path] = {}
        for path in self.files(kind, "*.yaml"):
            written = Written(path)
            for key in written.value:
                twin = where.get(str(key))
                if twin is not None and twin.parent == path.parent:
                    raise CatalogueError(
                        f"{path}:{written.line((key,))}: {key} is already written in {twin}."
                    )
                entry = written.model(model, (key,), **{key_field: str(key)})
                for at, complaint in complaints(entry):
                    raise CatalogueError(f"{path}:{written.line((key, *at))}: {complaint}")
                found[str(key)] = entry
                where[str(key)] = path
        return found

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """Dataset schemas by name."""
        return self._entries("datasets", Dataset, "name")

    @cached_property
    def offices(self) -> dict[str, Office]:
        """Responsible units by id."""
        return self._entries("offices", Office, "id")

    @cached_property
    def groups(self) -> dict[str, RegionGroup]:
        """Named groups of regions by id; members must be known regions."""
        groups = self._entries("regions", RegionGroup, "id")
        for group in groups.values():
            unknown = [code for code in group.members if code not in self.regions]
            if unknown:
                raise CatalogueError(
                    f"region group {group.id}: unknown region codes {unknown}; see catalogue/regions."
                )
        return groups

    @cached_property
    def regions(self) -> dict[str, Region]:
        """Regions by code, in file order (parents before children)."""
        found: dict[str, Region] = {}
        for path in self.files("regions", "*.csv"):
            for line, row in csv_rows(path):
                filled: dict[str, Any] = {key: value for key, value in row.items() if value != ""}
                filled.setdefault("parent", None)
                region = validated(Region, filled, path, lambda _, line=line: line)
                found[region.code] = region
        return found

    def rows(
        self, kind: str, name: str, model: type[Model], key: Callable[[Any], Hashable], **extra: Any
    ) -> dict[Any, Model]:
        """Entries of one CSV file per folder by key; later folders replace, twins in one file are refused."""
        found: dict[Any, Model] = {}
        for path in self.files(kind, name):
            lines: dict[Hashable, int] = {}
            for line, row in csv_rows(path):
                filled = {field: value for field, value in row.items() if value != ""} | extra
                entry = validated(model, filled, path, lambda _, line=line: line)
                if key(entry) in lines:
                    raise CatalogueError(
                        f"{path}:{line}: {key(entry)} is written twice; first at line {lines[key(entry)]}."
                    )
                lines[key(entry)] = line
                found[key(entry)] = entry
        return found

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The indicators in use by id."""
        return self.rows("indicators", "indicators.csv", Indicator, lambda entry: entry.id)

    @cached_property
    def reserve_indicators(self) -> dict[str, Indicator]:
        """Indicators kept in reserve by id; they are checked but not evaluated."""
        return self.rows("indicators", "indicators_reserve.csv", Indicator, lambda e: e.id, reserve=True)

    @cached_property
    def elements(self) -> dict[str, DataElement]:
        """Data elements by id."""
        return self.rows("indicators", "data_elements.csv", DataElement, lambda entry: entry.id)

    @cached_property
    def targets(self) -> dict[tuple[str, str, int | None], Target]:
        """Targets by indicator, region that set them, and year."""
        return self.rows(
            "indicators", "targets.csv", Target, lambda entry: (entry.indicator, entry.region, entry.year)
        )

    @cached_property
    def reasons(self) -> dict[str, Reason]:
        """Reason codes and cell states by code."""
        return self.rows("indicators", "reasons.csv", Reason, lambda entry: entry.code)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units of measure by name."""
        return self.rows("indicators", "units.csv", Unit, lambda entry: entry.unit)

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Plans by id; owners are known offices, places known regions or groups, indicators in the catalogue."""
        return self._entries("plans", Plan, "id", self._unknown_names)

    def _unknown_names(self, plan: Plan) -> Iterator[Complaint]:
        known: dict[str, tuple[Mapping[str, Any], str]] = {
            "office": (self.offices, "write it in catalogue/offices"),
            "place": (
                {**self.regions, **self.groups},
                "it is no region code and no group in catalogue/regions",
            ),
            "indicator": (self.indicators, "write it in catalogue/indicators"),
        }
        for kind, name, at in named(plan):
            entries, advice = known.get(kind, ({name: None}, ""))
            if name not in entries:
                yield at, f"unknown {kind} {name!r}; {advice}."

    @cached_property
    def facts(self) -> FactTables:
        """Facts tables by name, as text."""
        return FactTables(*(folder / "facts" for folder in self.folders))

    @cached_property
    def laws(self) -> dict[str, Provision]:
        """Provisions by dotted name, FILE.KEY[.KEY]."""
        found: dict[str, Provision] = {}
        for path in self.files("laws", "*.yaml"):
            written = Written(path)
            for at in _provision_paths(written.value, ()):
                name = ".".join((path.stem, *at))
                found[name] = written.model(Provision, at, name=name)
        return found

    @cached_property
    def references(self) -> dict[str, tuple[str, str]]:
        """Notes of ours beside a value or a publication, as written: (Chinese, English)."""
        found: dict[str, tuple[str, str]] = {}
        for path in self.files("references", "*.yaml"):
            for note, words in Written(path).value.items():
                found[note] = words.get("zh") or note, words.get("en") or note
        return found


class CatalogueView:
    """The catalogue as a table function sees it; remembers which kinds were read."""

    HIDDEN = ("laws", "files", "overlay", "folders")

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.kinds: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in self.HIDDEN:
            raise CatalogueError(f"cat.{name}: not for table functions; take law: Law for provisions.")
        kind = {
            "groups": "regions",
            "elements": "indicators",
            "targets": "indicators",
            "reasons": "indicators",
        }
        value = getattr(self._catalogue, name)
        self.kinds.add({**kind, "units": "indicators", "rows": "indicators"}.get(name, name))
        return value


def _provision_paths(value: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Paths of the mappings that are provisions (they have `values`); other mappings are folders of names."""
    for key, child in value.items():
        if (
            isinstance(child, dict)
            and "values" not in child
            and all(isinstance(c, dict) for c in child.values())
        ):
            yield from _provision_paths(child, (*at, key))
        else:
            yield (*at, key)


@lru_cache(maxsize=8)
def load(overlay: Path | None = None) -> Catalogue:
    """The catalogue, with an operator's folder laid over ours where one is given.

    Raises:
        CatalogueError: the folder does not exist.
    """
    return Catalogue(overlay)
