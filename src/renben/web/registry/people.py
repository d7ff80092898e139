"""Finds and states persons: by document number exactly, by name through keyed tokens."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from renben.web.guard import crypto
from renben.web.guard.policy import Actor
from renben.web.prepared import ByKeys, Prepared
from renben.web.registry.identifiers import normalised
from renben.web.registry.models import (
    NameToken,
    OneTimeCode,
    Person,
    PhotoGrant,
    SamePerson,
    Stay,
    record,
    replace,
)

DOCUMENT_KINDS = ("citizen", "compatriot", "foreign_2023", "birth_certificate", "other_paper")
PREFIXES = 3


def number_index(kind: str, number: str) -> str:
    """Blind index of a document number."""
    return crypto.blind_index(f"{kind}|{number}", "number")


def name_index(name: str) -> str:
    """Blind index of a whole name."""
    return crypto.blind_index(name.replace(" ", ""), "name")


def name_tokens(name: str) -> set[str]:
    """Keyed tokens of a name: its prefixes (^), and every pair of neighbouring characters."""
    text = name.replace(" ", "")
    prefixes = {f"^{text[:n]}" for n in range(1, min(PREFIXES, len(text)) + 1)}
    pairs = {text[n : n + 2] for n in range(len(text) - 1)}
    return {crypto.blind_index(part, "name.token") for part in prefixes | pairs}


NUMBERED = Prepared(
    lambda indexes: Person.objects.current().filter(number_index__in=indexes, valid_to=None).order_by("pk")
)
NAMED = Prepared(
    lambda keys: Person.objects.current().filter(key__in=keys, valid_to=None).values_list("key", "name_ct")
)
TOKENS = Prepared(
    lambda tokens: NameToken.objects.filter(token__in=tokens).values_list("person_key", flat=True).distinct()
)
LINKS = ByKeys(
    lambda others, moment: (
        SamePerson.objects.standing(moment)
        .filter(other__in=others)
        .order_by("pk")
        .values_list("other", "kept")
    )
)
MERGED = ByKeys(
    lambda kept, moment: (
        SamePerson.objects.standing(moment).filter(kept__in=kept).order_by("pk").values_list("kept", "other")
    )
)
ROWS = ByKeys(
    lambda keys, moment: Person.objects.as_of(moment).filter(key__in=keys, valid_to=None).order_by("pk")
)


def find(kind: str, number: str) -> Person | None:
    """The person with a document number; nobody is found by having none."""
    if not number:
        return None
    found: Person | None = NUMBERED.first([number_index(kind, number)])
    return found


def numbered(number: str) -> list[Person]:
    """The persons with a number, whatever kind of document carries it."""
    return NUMBERED([number_index(kind, number) for kind in DOCUMENT_KINDS])


def at_counter(actor: Actor, permission: str, typed: str) -> Person | None:
    """The person in an officer's regions whose document lies at the counter, by the number as it was typed."""
    number = normalised(typed)
    found = [one for one in numbered(number) if actor.may(permission, one.region)] if number else []
    return person(found[0].key) if found else None


def keyed(keys: list[uuid.UUID]) -> list[Person]:
    """The persons with some keys, as known now, in the order in which they were recorded."""
    return list(ROWS(keys, moment=None))


def names(keys: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of persons by key, decrypted."""
    return {key: crypto.decrypt(sealed, "person.name", key) for key, sealed in NAMED(keys)}


def person(key: uuid.UUID | str) -> Person | None:
    """A person as known now, followed to the record that is kept where two were merged."""
    return next(iter(ROWS([kept_key(key)], moment=None)), None)


def kept_key(key: uuid.UUID | str) -> uuid.UUID:
    """The key that stands for a person: the kept one at the end of its merges, else its own."""
    own = uuid.UUID(str(key))
    return kept_keys([own])[own]


def all_keys(key: uuid.UUID | str) -> list[uuid.UUID]:
    """Every key under which facts about a person are kept, the one that stands for him first."""
    return list(keys_under([kept_key(key)]))


def kept_keys(keys: Iterable[uuid.UUID], moment: dt.datetime | None = None) -> dict[uuid.UUID, uuid.UUID]:
    """Each of some keys with the key that stands for its person, now or as known at a moment."""
    found = {key: key for key in keys}
    layer = set(found)
    while links := dict(LINKS(sorted(layer), moment=moment)):
        found = {key: links.get(kept, kept) for key, kept in found.items()}
        layer = set(links.values())
    return found


def keys_under(kept: Iterable[uuid.UUID], moment: dt.datetime | None = None) -> dict[uuid.UUID, uuid.UUID]:
    """Every key under which facts about some persons are kept, with the key that stands for each person."""
    found = {key: key for key in kept}
    layer = list(found)
    while rows := MERGED(layer, moment=moment):
        found |= {other: found[key] for key, other in rows}
        layer = [other for _, other in rows]
    return found


def merged() -> dict[uuid.UUID, uuid.UUID]:
    """Every key of a record that was merged with another, with the key that stands for the person."""
    links = dict(SamePerson.objects.standing().values_list("other", "kept"))
    found = {}
    for key in {*links, *links.values()}:
        kept = key
        while kept in links:
            kept = links[kept]
        found[key] = kept
    return found


def persons(keys: Iterable[uuid.UUID], moment: dt.datetime | None = None) -> dict[uuid.UUID, Person]:
    """The persons of some keys, each followed to the record that is kept; who is not on record is left out."""
    kept = kept_keys(keys, moment)
    rows = {one.key: one for one in ROWS(sorted(set(kept.values())), moment=moment)}
    return {key: rows[own] for key, own in kept.items() if own in rows}


def search(name: str) -> Iterable[uuid.UUID]:
    """Keys of persons whose name begins with, or holds, the characters given (two or more)."""
    text = name.replace(" ", "")
    if len(text) <= PREFIXES:
        wanted = {f"^{text}"} if len(text) != 2 else {f"^{text}", text}
        return TOKENS(sorted({crypto.blind_index(part, "name.token") for part in wanted}))
    pairs = {crypto.blind_index(text[n : n + 2], "name.token") for n in range(len(text) - 1)}
    keys: set[uuid.UUID] | None = None
    for token in pairs:
        found = set(NameToken.objects.filter(token=token).values_list("person_key", flat=True))
        keys = found if keys is None else keys & found
    return keys or set()


def state_person(facts: Mapping[str, Any], day: dt.date, source: str) -> Person:
    """The person of some answers: the one with this number stated anew where something changed, or a new one.

    Args:
        facts: document_kind, number, name, sex, birth, phone, hukou_region, hukou_kind, hukou_rural, region.
        day: day from which the statement holds.
        source: case that states it.
    """
    known = find(facts["document_kind"], facts["number"])
    key = known.key if known else uuid.uuid4()
    columns = _columns(facts, key)
    index_name(key, facts["name"])
    if known is None:
        return record(Person, source, key=key, valid_from=day, **columns)
    return replace(known, source, **columns)


def _columns(facts: Mapping[str, Any], key: uuid.UUID) -> dict[str, Any]:
    phone = facts.get("phone", "")
    return {
        "document_kind": facts["document_kind"],
        "number_ct": crypto.encrypt(facts["number"], "person.number", key),
        "number_index": number_index(facts["document_kind"], facts["number"] or f"none/{key}"),
        "name_ct": crypto.encrypt(facts["name"], "person.name", key),
        "name_index": name_index(facts["name"]),
        "phone_ct": crypto.encrypt(phone, "person.phone", key) if phone else None,
        "phone_index": crypto.blind_index(phone, "phone") if phone else "",
        **{
            name: facts[name]
            for name in ("sex", "birth", "hukou_region", "hukou_kind", "hukou_rural", "region")
        },
    }


def unsaved(facts: Mapping[str, Any]) -> Person:
    """A person of some answers who is not on record, for comparison with those who are."""
    key = uuid.uuid4()
    return Person(key=key, **_columns(facts, key))


def index_name(key: uuid.UUID, name: str) -> None:
    """Write the keyed tokens by which a name is found."""
    rows = [NameToken(person_key=key, token=token) for token in sorted(name_tokens(name))]
    NameToken.objects.bulk_create(rows, ignore_conflicts=True)


def index_numbers(key: uuid.UUID) -> None:
    """Let a person be found by the number of today and by no former one, which stays in the history without an index."""
    rows = list(Person.objects.filter(key=key))
    live = _live(rows)
    for row in sorted(rows, key=lambda one: one.replaced_at is None):  # former ones make way first
        if row.number_index != (wanted := _indexed(row, live)):
            Person.objects.filter(pk=row.pk).update(number_index=wanted)


def _live(rows: Iterable[Person]) -> set[tuple[uuid.UUID, str, str]]:
    return {(row.key, row.document_kind, row.number) for row in rows if row.replaced_at is None}


def _indexed(row: Person, live: set[tuple[uuid.UUID, str, str]]) -> str:
    """The index of a row's number; that of nothing for a number that its person has no more."""
    number = row.number
    if (row.key, row.document_kind, number) not in live:
        return number_index(row.document_kind, f"former/{row.key}")
    return number_index(row.document_kind, number or f"none/{row.key}")


def index_anew(after: int, count: int) -> list[int]:
    """Make the blind indexes of some rows anew, under the index key of the settings; their numbers, in order.

    Args:
        after: number of the row after which to begin.
        count: most rows to take.
    """
    rows = list(Person.objects.filter(pk__gt=after).order_by("pk")[:count])
    live = _live(Person.objects.current().filter(key__in={row.key for row in rows}))
    for row in rows:
        phone = row.phone
        Person.objects.filter(pk=row.pk).update(
            number_index=_indexed(row, live), name_index=name_index(row.name),
            phone_index=crypto.blind_index(phone, "phone") if phone else "",
        )  # fmt: skip
    keys = {row.key for row in rows}
    NameToken.objects.filter(person_key__in=keys).delete()
    for row in Person.objects.filter(key__in=keys):
        index_name(row.key, row.name)
    return [row.pk for row in rows]


def index_codes_anew() -> None:
    """Make the blind indexes of codes that are still good and of stays, which are kept for a short time, anew."""
    for row in OneTimeCode.objects.filter(used_at=None):
        code = crypto.decrypt(row.code_ct, "one_time_code", f"{row.case}/{row.purpose}")
        OneTimeCode.objects.filter(pk=row.pk).update(
            code_index=crypto.blind_index(code, f"code.{row.purpose}")
        )
    for stay in Stay.objects.iterator(chunk_size=500):
        Stay.objects.filter(pk=stay.pk).update(number_index=number_index(stay.document_kind, stay.number))
    for grant in PhotoGrant.objects.filter(revoked_at=None).exclude(code_ct=None):
        code = crypto.decrypt(grant.code_ct, "photo_grant.code", f"{grant.photo_id}/{grant.use}")
        PhotoGrant.objects.filter(pk=grant.pk).update(code_index=crypto.blind_index(code, "photo.code"))
