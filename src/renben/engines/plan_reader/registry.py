"""Names the catalogue knows: offices with their short forms, regions with theirs, named groups of regions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from renben.catalogue import Catalogue, Region
from renben.engines.plan_reader.script import simplified

SUFFIXES = ("自治州", "自治县", "自治旗", "地区", "新区", "市", "县", "区", "州", "盟", "旗", "省", "自治区")
GOVERNMENT = ("人民政府", "政府")


@dataclass(frozen=True)
class Known:
    """A region or group as the text may write it."""

    name: str
    code: str | None
    level: str
    short: bool
    full_name: str
    parent_name: str = ""
    group: str | None = None
    members: tuple[str, ...] = ()


@dataclass
class Registry:
    """Looks names up; names a document introduces itself (its owners' regions) are added without a code."""

    offices: dict[str, str] = field(default_factory=dict)
    full_names: dict[str, str] = field(default_factory=dict)
    office_regions: dict[str, str] = field(default_factory=dict)
    places: dict[str, Known] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def is_office(self, name: str) -> bool:
        """Whether the catalogue has a unit of this name or short form."""
        return name in self.offices

    def office(self, name: str) -> str | None:
        """Id of the unit, or None where the catalogue does not know it."""
        return self.offices.get(name)

    def government_code(self, name: str) -> str | None:
        """Code of the region whose government this is, or None."""
        office = self.offices.get(name)
        if office in self.office_regions and name.endswith(GOVERNMENT):
            return self.office_regions[office]
        for ending in GOVERNMENT:
            if name.endswith(ending):
                return self.codes.get(name.removesuffix(ending))
        return self.codes.get(name)

    def forget_short_forms(self) -> None:
        """Keep official names only: in a document of a region the catalogue does not know, 省水利厅 is another."""
        self.offices = {n: i for n, i in self.full_names.items() if not n.startswith(("各", "有关"))}

    def add_names(self, names: Iterable[str]) -> None:
        """Regions that the document itself names, for places without a code."""
        for name in names:
            if len(name) >= 3:
                self.places.setdefault(name, Known(name, None, "unknown", False, name))


def registry_of(catalogue: Catalogue) -> Registry:
    """The names of a catalogue."""
    found = Registry()
    for office in catalogue.offices.values():
        for name in (office.zh, *office.aliases):
            found.offices.setdefault(simplified(name), office.id)
        found.full_names[simplified(office.zh)] = office.id
        if office.region is not None:
            found.office_regions[office.id] = office.region
    _add_regions(found, catalogue)
    for group in catalogue.groups.values():
        name = simplified(group.zh)
        found.places.setdefault(
            name, Known(name, None, "group", False, name, "", group.id, tuple(group.members))
        )
    return found


def _add_regions(found: Registry, catalogue: Catalogue) -> None:
    regions = [r for r in catalogue.regions.values() if r.level != "nation" and r.valid_to is None]
    counts: dict[str, int] = {}
    for region in regions:
        counts[region.name_zh] = counts.get(region.name_zh, 0) + 1
    for region in regions:
        parent = catalogue.regions.get(region.parent or "")
        code = region.code if counts[region.name_zh] == 1 else None
        name, above = region.name_zh, parent.name_zh if parent else ""
        found.places[name] = Known(name, code, region.level, False, name, above)
        if code:
            found.codes[name] = code
    for region in regions:
        short = short_name(region)
        if len(short) >= 2 and short not in found.places and counts[region.name_zh] == 1:
            found.places[short] = Known(short, region.code, region.level, True, region.name_zh)


def short_name(region: Region) -> str:
    """The name without its ending, e.g. for 某某市 the first two characters."""
    for suffix in SUFFIXES:
        if region.name_zh.endswith(suffix):
            return region.name_zh.removesuffix(suffix)
    return region.name_zh
