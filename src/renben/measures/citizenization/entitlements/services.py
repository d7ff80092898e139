"""Items of the national standard beside the decisions that give them: what is covered, on what basis, by whom.

Carries out: the plan (basic public services by residence); indicator C2-06.
Not modelled: the content and amount of each item. The names are keyed from memory and marked so (trust M), but for those
that press copies of the revision name (S); what is given rests on the law of the decision beside it.
"""

from collections.abc import Iterator

import yaml
from pydantic import BaseModel, ConfigDict

from renben.catalogue import Catalogue
from renben.core.errors import RenbenError
from renben.engines.rules.loading import LoadedBook, inactive


class ServiceListError(RenbenError):
    """The list of services cannot be read."""


class Service(BaseModel):
    """One item of the national standard, with the decision that gives it, if any."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: int
    domain: str
    category: str
    zh: str
    en: str = ""
    department: str
    rule: str = ""
    trust: str = "M"
    ref: str = ""
    basis: str = ""
    tier: str = ""
    payer: str = ""
    law: str = ""
    active: bool = False
    state: str = "no_rule"
    """active; inactive (the decision that gives it rests on memory); no_rule (no decision gives it yet)."""


def services(catalogue: Catalogue, book: LoadedBook) -> list[Service]:
    """All items, with basis, step, payer and law of the decision that gives them.

    Args:
        catalogue: where the list is written (`services/*.yaml`).
        book: the loaded rule book.

    Raises:
        ServiceListError: an item names a decision the rule book does not have.
    """
    found = [
        item for path in catalogue.files("services", "*.yaml") for item in _read(path.read_text("utf-8"))
    ]
    unknown = sorted({item.rule for item in found if item.rule} - set(book.decisions))
    if unknown:
        raise ServiceListError(f"catalogue/services: {', '.join(unknown)} is no decision of the rule book")
    return [_with_rule(item, book) for item in found]


def _read(text: str) -> Iterator[Service]:
    tree = yaml.safe_load(text)
    for item in tree["items"]:
        yield Service(**{"trust": tree["trust"], "ref": tree["ref"], **item})


def _with_rule(item: Service, book: LoadedBook) -> Service:
    if not item.rule:
        return item
    rule = book.decisions[item.rule].rule
    about = {key: rule.about.get(key, "") for key in ("basis", "tier", "payer")}
    active = not inactive(book, item.rule)
    told = {"law": "；".join(rule.law), "active": active, "state": "active" if active else "inactive"}
    return item.model_copy(update={**about, **told})
