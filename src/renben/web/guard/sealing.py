"""Seals the audit: a Merkle tree over each batch of rows, each seal chained to the one before.

A changed or removed row no longer fits its seal. Removing the last seal together with its rows is visible
only against a head that was published elsewhere: `renben audit head` prints it, `audit verify` compares.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from renben.web.clock import now
from renben.web.guard.models import AuditEvent, AuditSeal

BATCH = 500
START = "0" * 64
FIELDS = (
    "id", "at", "kind", "actor", "role", "permission", "purpose", "region",
    "object_type", "object_id", "subject", "request", "detail",
)  # fmt: skip


Row = tuple[Any, ...]
"""An audit row's FIELDS, in their order."""


@dataclass(frozen=True)
class Verdict:
    """What a check of the seals found."""

    seals: int
    events: int
    unsealed: int
    head: str
    problems: tuple[str, ...]


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)


def leaf(row: Row) -> bytes:
    """Hash of one audit row in a canonical form."""
    values = dict(zip(FIELDS, row, strict=True))
    return hashlib.sha256(b"\x00" + CANONICAL.encode(values).encode()).digest()


def merkle_root(leaves: list[bytes]) -> str:
    """Root of a Merkle tree; an odd node moves up unchanged."""
    level = leaves
    while len(level) > 1:
        pairs = [_hash(b"\x01", *level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()


def _order() -> str:
    return "position" if connection.vendor == "postgresql" else "id"


def _settled() -> int:
    """Position up to which no row can appear any more (ids of open transactions commit out of order)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
        else:
            cursor.execute("SELECT coalesce(max(id), 0) FROM guard_auditevent")
        return int(cursor.fetchone()[0])


def _chained(previous: str, root: str, after: int, upto: int, count: int) -> str:
    text = f"{previous}|{root}|{after}|{upto}|{count}"
    return hashlib.sha256(text.encode()).hexdigest()


def _leaves(after: int, upto: int) -> list[bytes]:
    order = _order()
    found = AuditEvent.objects.filter(**{f"{order}__gt": after, f"{order}__lte": upto})
    return [leaf(row) for row in found.order_by(order, "id").values_list(*FIELDS)]


def seal() -> int:
    """Seal every settled row that is not sealed yet and return how many (rows)."""
    done = 0
    while count := _seal_one():
        done += count
    return done


def _alone() -> None:
    """One sealer at a time until the end of the transaction; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('renben.sealing'))")


def _seal_one() -> int:
    with transaction.atomic():
        _alone()
        last = AuditSeal.objects.order_by("-after").first()
        after, previous = (last.upto, last.hash) if last else (0, START)
        upto = _end(after, _settled())
        if upto is None:
            return 0
        leaves = _leaves(after, upto)
        root, count = merkle_root(leaves), len(leaves)
        AuditSeal.objects.create(
            after=after, upto=upto, count=count, root=root, previous=previous,
            hash=_chained(previous, root, after, upto, count), at=now(),
        )  # fmt: skip
        return count


def _end(after: int, settled: int) -> int | None:
    """Position of the row that ends the next batch: BATCH rows, and all rows of the last transaction among them."""
    order = _order()
    found = AuditEvent.objects.filter(**{f"{order}__gt": after, f"{order}__lte": settled})
    ends = list(found.order_by(order, "id").values_list(order, flat=True)[:BATCH])
    return ends[-1] if ends else None


def verify(anchor: str = "") -> Verdict:
    """Recompute every seal and compare it with the rows it covers.

    Args:
        anchor: hash of a seal published earlier; it must still be in the chain.
    """
    problems: list[str] = []
    events, previous, upto = 0, START, 0
    hashes = {START}
    seals = list(AuditSeal.objects.order_by("after"))
    for one in seals:
        problems.extend(_problems(one, previous, upto))
        previous, upto, events = one.hash, one.upto, events + one.count
        hashes.add(one.hash)
    if anchor and anchor not in hashes:
        problems.append(f"anchor {anchor}: not in the chain; seals after it were removed or rewritten")
    unsealed = AuditEvent.objects.filter(**{f"{_order()}__gt": upto}).count()
    return Verdict(len(seals), events, unsealed, previous, tuple(problems))


def _problems(one: AuditSeal, previous: str, upto: int) -> Iterator[str]:
    where = f"seal {one.pk} (rows after {one.after} up to {one.upto}, sealed {one.at:%Y-%m-%d %H:%M})"
    if one.previous != previous or one.after != upto:
        yield f"{where}: does not follow the seal before it"
    if one.hash != _chained(one.previous, one.root, one.after, one.upto, one.count):
        yield f"{where}: the seal itself was altered"
    leaves = _leaves(one.after, one.upto)
    if len(leaves) != one.count:
        yield f"{where}: covers {one.count} rows, {len(leaves)} are there"
    elif merkle_root(leaves) != one.root:
        yield f"{where}: a row was altered"
