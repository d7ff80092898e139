"""What the catalogue of services shows: the list by kind, and one service with its conditions, ways and appeal."""

from typing import Any

from renben.web.claims import catalogue, claiming
from renben.web.claims.catalogue import KINDS_EN, KINDS_ZH, Item
from renben.web.clock import today
from renben.web.flow.refusals import Unknown
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import people
from renben.web.words import VIEW, column_now
from renben.web.words.traditional import traditional


def services(text: str) -> dict[str, Any]:
    """Services by kind that hold a text in name, office or kind; all where it is empty."""
    wanted = text.strip().casefold()
    groups: dict[str, list[Item]] = {}
    for one in catalogue.items().values():
        if wanted in _searched(one):
            groups.setdefault(one.kind, []).append(one)
    return {
        "groups": [(kind_words(kind), found) for kind, found in groups.items()],
        "found": sum(len(found) for found in groups.values()), "all": len(catalogue.items()), "find": text.strip()[:60],
    }  # fmt: skip


def _searched(one: Item) -> str:
    offices = " ".join(f"{office.zh} {office.en}" for office in one.offices if office)
    kind = kind_words(one.kind)
    text = f"{one.zh} {one.en} {one.department} {offices} {kind['zh']} {kind['en']}".casefold()
    return f"{text} {traditional(text)}" if column_now() == VIEW else text  # what is shown can be found


def kind_words(kind: str) -> dict[str, str]:
    """The name of a kind in both languages."""
    return {"zh": KINDS_ZH.get(kind, kind), "en": KINDS_EN[kind]}


def service(actor: Actor, key: str) -> dict[str, Any]:
    """One service; for a resident with the claim that is under way or was granted.

    Raises:
        Unknown: no such service.
    """
    item, day = catalogue.items().get(key), today()
    if item is None:
        raise Unknown()
    keys = people.all_keys(actor.person_key) if actor.person_key and actor.may("claim.apply") else []
    mine = claiming.claims_of(keys).get(item.rule)
    return {
        "item": item, "kind": kind_words(item.kind), "rule": catalogue.rule_of(item), "claim": mine, "today": day,
        "same": [one for one in catalogue.items().values() if item.rule and one.rule == item.rule and one != item],
        "conditions": catalogue.conditions(item, day), "values": list(catalogue.values(item, day)),
        "unconfirmed": catalogue.why_inactive(item), "may": actor.may("claim.apply"),
        "signed_in": actor.user_id is not None, "appeal": provision("reconsideration.apply_days", day),
        "long": provision("service_flow.claim_working_days", day),
    }  # fmt: skip
