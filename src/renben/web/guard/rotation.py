"""Seals every personal field anew under the newest key, and makes blind indexes anew under another index key.

Carries out: GB/T 39786 (change of keys and algorithms). Both jobs work in batches, each in one transaction, and can
be killed and called again: a sealed value names its key, and the index job keeps its place. Values can be sealed
anew while the service runs; the index job is for a stopped service, which refuses to start before it has ended.
Not covered: one-time keys of requests and yearly pseudonyms, which are made with the index key and not rewritten.
"""

import base64
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from renben.web.config import web_settings
from renben.web.guard import audit, crypto, scope
from renben.web.guard.models import Instance
from renben.web.guard.policy import Actor

KEEPER = Actor(None, job="setup")
BATCH = 200
INDEXED_WITH, INDEXING = "index_key", "index_rotation"
FORMS = {
    "crypto": ("renben.web.guard.crypto", "decrypt", "encrypt"),
    "vault": ("renben.web.guard.vault", "unseal", "seal"),
}
"""How a column is sealed -> module, function that opens and function that seals."""


@dataclass(frozen=True)
class Sealed:
    """A column that holds sealed values."""

    model: str
    column: str
    field: str
    """What is authenticated beside the owner."""
    owner: str
    """Columns that make the owner, joined by a slash."""
    form: str = "crypto"

    def owner_of(self, row: Model) -> str:
        """The owner to which a row's value is bound."""
        return "/".join(str(getattr(row, name)) for name in self.owner.split("/"))


COLUMNS = (
    Sealed("registry.Person", "number_ct", "person.number", "key"),
    Sealed("registry.Person", "name_ct", "person.name", "key"),
    Sealed("registry.Person", "phone_ct", "person.phone", "key"),
    Sealed("registry.Document", "content_ct", "document.content", "pk"),
    Sealed("registry.Photo", "content_ct", "photo", "pk", "vault"),
    Sealed("registry.ConsentPaper", "content_ct", "consent_paper", "pk", "vault"),
    Sealed("registry.OneTimeCode", "code_ct", "one_time_code", "case/purpose"),
    Sealed("registry.PhotoGrant", "code_ct", "photo_grant.code", "photo_id/use"),
    Sealed("registry.Stay", "number_ct", "stay.number", "key"),
    Sealed("registry.Stay", "name_ct", "stay.name", "key"),
    Sealed("registry.Employment", "name_ct", "employment.name", "key"),
    Sealed("registry.Schooling", "name_ct", "schooling.name", "key"),
    Sealed("flow.Case", "answers_ct", "case.answers", "pk"),
    Sealed("flow.CaseEvent", "note_ct", "event.note", "case_id/seq"),
    Sealed("flow.CaseLink", "why_ct", "link.note", "pk"),
    Sealed("flow.CaseLink", "undone_why_ct", "link.note", "pk"),
    Sealed("guard.HoldStep", "why_ct", "hold.why", "hold_id/seq"),
    Sealed("cases.Report", "words_ct", "city.words", "case_id"),
    Sealed("cases.Report", "place_ct", "city.place", "case_id"),
    Sealed("cases.Report", "phone_ct", "city.phone", "case_id"),
    Sealed("exchange.Message", "content_ct", "exchange.content", "way/party/message"),
    Sealed("exchange.Certificate", "document_ct", "certificate.document", "issuer/serial"),
)
"""Every column that holds sealed values; a test compares it with the models."""


def reseal(progress: Callable[[str, int], None] = lambda _name, _rows: None) -> Counter[str]:
    """Seal anew whatever is not sealed with the newest key and the chosen cipher (values by column).

    Args:
        progress: told the column and how many of its values have been sealed anew, after every batch.
    """
    done: Counter[str] = Counter()
    for column in COLUMNS:
        name = f"{column.model}.{column.column}"
        for rows in _batches(column.model):
            done[name] += _reseal_batch(column, rows)
            progress(name, done[name])
    _told("keys_rotated", dict(done))
    return done


def _batches(model: str) -> Iterator[list[Any]]:
    """Keys of a table's rows in batches, in order."""
    table, last = apps.get_model(model), None
    while True:
        with transaction.atomic(), scope.as_job(KEEPER.job):
            found = table._default_manager.order_by("pk").values_list("pk", flat=True)
            keys = list((found if last is None else found.filter(pk__gt=last))[:BATCH])
        if not keys:
            return
        yield keys
        last = keys[-1]


def _reseal_batch(column: Sealed, keys: list[Any]) -> int:
    table, done = apps.get_model(column.model), 0
    module, opens, seals = FORMS[column.form]
    form = importlib.import_module(module)
    with transaction.atomic(), scope.as_job(KEEPER.job):
        for row in table._default_manager.filter(pk__in=keys).exclude(**{column.column: None}):
            stored = getattr(row, column.column)
            if not stored:
                continue
            if crypto.seal_of(stored) == crypto.newest():
                continue
            owner = column.owner_of(row)
            plain = getattr(form, opens)(stored, column.field, owner)
            fresh = getattr(form, seals)(plain, column.field, owner)
            unchanged = table._default_manager.filter(pk=row.pk, **{column.column: stored})
            done += unchanged.update(**{column.column: fresh})
    return done


def used() -> Counter[tuple[int, int]]:
    """Cipher byte and key number -> sealed values."""
    found: Counter[tuple[int, int]] = Counter()
    for column in COLUMNS:
        table = apps.get_model(column.model)
        with transaction.atomic(), scope.as_job(KEEPER.job):
            rows = table._default_manager.exclude(**{column.column: None}).values_list(
                column.column, flat=True
            )
            found.update(crypto.seal_of(one) for one in rows.iterator(chunk_size=500) if one)
    return found


def fingerprint() -> str:
    """Which index key and digest the settings name, without telling the key."""
    key = base64.b64decode(web_settings().keys().index)
    return crypto.digest(key, b"renben index key").hex()[:24]


def index_in_use() -> bool:
    """Whether the blind indexes were made with the key and digest of the settings; notes them at the first start."""
    row, _ = Instance.objects.get_or_create(name=INDEXED_WITH, defaults={"value": fingerprint()})
    return row.value == fingerprint()


def reindex(progress: Callable[[str, int], None] = lambda _name, _rows: None) -> int:
    """Make every person's blind indexes anew; goes on where it was stopped (persons' rows).

    Args:
        progress: told how many rows are done, after every batch.
    """
    maker = importlib.import_module("renben.web.registry.people")
    mark = f"{fingerprint()}|"
    place, _ = Instance.objects.get_or_create(name=INDEXING, defaults={"value": f"{mark}0"})
    last = int(place.value.removeprefix(mark)) if place.value.startswith(mark) else 0
    done = 0
    while True:
        with transaction.atomic(), scope.as_job(KEEPER.job):
            keys = maker.index_anew(last, BATCH)
            if not keys:
                break
            last = keys[-1]
            Instance.objects.filter(name=INDEXING).update(value=f"{mark}{last}")
        done += len(keys)
        progress("registry.Person", done)
    with transaction.atomic(), scope.as_job(KEEPER.job):
        maker.index_codes_anew()
        Instance.objects.update_or_create(name=INDEXED_WITH, defaults={"value": fingerprint()})
        Instance.objects.filter(name=INDEXING).delete()
        _told("index_rotated", {"rows": done})
    return done


def _told(what: str, detail: dict[str, int]) -> None:
    with transaction.atomic():
        audit.record(KEEPER, "system", object_type=what, detail=detail)
