"""Places that a sentence names: full names, short names where they are sure, and bracketed abbreviations.

甲（乙）丙（丁） writes the regions 甲乙 and 丙丁 so that their first characters can be read as one word.
Not modelled: townships and villages, sites, regions outside the catalogue that no owner names.
"""

import re
from collections.abc import Iterator

from renben.engines.plan_reader.model import Place
from renben.engines.plan_reader.registry import Known, Registry
from renben.engines.plan_reader.source import Span

ABBREVIATED = re.compile(r"(?:[一-鿿]（[一-鿿]{1,2}）){2,}")
PAIR = re.compile(r"([一-鿿])（([一-鿿]{1,2})）")
LEFT = re.compile(
    r"(?:\A|[、，。；：（“《\s—]|打造|启动|发挥|深化|支持|推动|推进|建设|培育|优化|加快|围绕|依托|以|在|与|和|及|至|到|由|从|向)\Z"
)
EDGE = re.compile(r"(?:\A|[、，。；：（“\s])\Z")
IDIOM_AFTER = ("久安", "小异", "社会", "世界")
GENERIC = ("市", "县", "区", "旗", "州", "省")
COUNTY_WORDS = ("城", "域", "级", "乡")


class Gazetteer:
    """Finds the regions and groups of a registry in a document."""

    def __init__(self, registry: Registry, text: str) -> None:
        self.registry = registry
        self.text = text
        names = sorted(registry.places, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, names))) if names else None
        self.spoken = {known.full_name for known in registry.places.values() if self._is_spoken(known)}

    def _is_spoken(self, known: Known) -> bool:
        return known.full_name in self.text

    def find(self, span: Span) -> list[Place]:
        """Places in a stretch of text, each once, in order."""
        found: dict[tuple[str, str | None], Place] = {}
        hits = sorted([*self._abbreviated(span), *self._named(span)], key=lambda hit: hit[0])
        for _, place in hits:
            found.setdefault((place.name, place.code), place)
        return list(found.values())

    def _abbreviated(self, span: Span) -> Iterator[tuple[int, Place]]:
        for chain in ABBREVIATED.finditer(self.text, *span):
            for pair in PAIR.finditer(self.text, *chain.span()):
                if pair[2] in GENERIC and pair[1] + pair[2] not in self.registry.places:
                    continue
                yield pair.start(), self._resolved(pair[1] + pair[2], pair[0])

    def _resolved(self, name: str, written: str) -> Place:
        known = self.registry.places.get(name)
        if known is None:
            return Place(name, None, written=written)
        return Place(known.full_name, known.code, written=written)

    def _named(self, span: Span) -> Iterator[tuple[int, Place]]:
        if self.pattern is None:
            return
        position, last_end = span[0], -1
        while match := self.pattern.search(self.text, position, span[1]):
            known = self.registry.places[match[0]]
            if self._accepted(known, match, span, last_end):
                yield (
                    match.start(),
                    Place(known.full_name, known.code, known.group, known.members, match[0]),
                )
                position = last_end = match.end()
            else:
                position = match.start() + 1

    def _accepted(self, known: Known, match: re.Match[str], span: Span, last_end: int) -> bool:
        before = self.text[max(span[0], match.start() - 4) : match.start()]
        after = self.text[match.end() : match.end() + 2]
        if not known.short:
            return self._full(known, before, after)
        if after.startswith(IDIOM_AFTER):
            return False
        if match.start() == last_end:
            return True
        if known.level in ("province", "zone"):
            return False
        if known.level == "prefecture":
            return LEFT.search(before) is not None
        return known.full_name in self.spoken and EDGE.search(before) is not None

    @staticmethod
    def _full(known: Known, before: str, after: str) -> bool:
        """A full name, unless it may be an ordinary word: one character and 区 needs its city before it, 县 before 城
        is a county town."""
        if len(known.name) == 2 and known.name.endswith("区"):
            return bool(known.parent_name) and before.endswith((known.parent_name, known.parent_name[:-1]))
        return not (known.name.endswith("县") and after.startswith(COUNTY_WORDS))
