"""More accounts of one institution: its first account invites by a code of one use, sees them, and ends them.

A night desk and a ward report under accounts of their own, so that the audit names who reported what. Only the account
that enrolled the institution invites and ends; every other leaves by itself. What somebody reported stays as it is
when his account ends. Not modelled: handing the first account on; another account enrols the institution anew.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from renben.web.clock import now, today
from renben.web.flow.refusals import Guarded, Incomplete, KeyReused, NotAllowed, Unknown
from renben.web.guard import audit, paper_codes, scope
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import institutions
from renben.web.registry.models import Institution, InstitutionAccount, StayReport

SHORTEST_KEY = 8
REPORTS = 10
"""Reports that the page lists with who sent them."""


@dataclass(frozen=True)
class Invited:
    """An invitation with its code, which is shown once; without it where the same form came twice."""

    row: InstitutionAccount
    code: str


def led(actor: Actor, key: str) -> Institution:
    """A running institution whose first account the actor is.

    Raises:
        Unknown: none of his.
        NotAllowed: a colleague's account, which neither invites nor ends others.
    """
    one = next((each for each in institutions.running(actor) if str(each.pk) == key), None)
    if one is None:
        raise Unknown()
    if one.account != actor.user_id:
        raise NotAllowed("refusal.stay_first")
    return one


def invite(actor: Actor, institution: Institution, label: str, key: str) -> Invited:
    """Make a code by which one more account joins.

    Raises:
        Incomplete: no label or one-time key.
        Guarded: the institution has as many accounts as it may.
        KeyReused: the same form, sent for another institution.
    """
    label = label.strip()[:40]
    if not label or len(key) < SHORTEST_KEY:
        raise Incomplete("refusal.stay_label")
    with transaction.atomic(), scope.as_job("registry"):
        Institution.objects.select_for_update().get(pk=institution.pk)  # one invitation at a time
        before = InstitutionAccount.objects.filter(key=f"{actor.user_id}:{key}").first()
        if before is not None:
            if before.institution_id != institution.pk:
                raise KeyReused()
            return Invited(before, "")
        most = int(provision("stay.most_accounts", today(), institution.region).value)
        if open_rows(institution).count() + 1 >= most:
            raise Guarded("refusal.stay_accounts", most=most)
        code = paper_codes.fresh()
        days = int(provision("stay.invitation_days", today(), institution.region).value)
        row = InstitutionAccount.objects.create(
            institution=institution, region=institution.region, key=f"{actor.user_id}:{key}", label=label,
            invited_by=actor.user_id, invited_at=now(), code_hash=_hash(code),
            expires_on=today() + dt.timedelta(days=days),
        )  # fmt: skip
        _told(actor, row, "invited")
    return Invited(row, paper_codes.grouped(code))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def open_rows(institution: Institution) -> Any:
    """Accounts that report, and invitations that can still be taken."""
    waits = Q(account=None, expires_on__gte=today())
    return InstitutionAccount.objects.filter(
        Q(joined_at__isnull=False) | waits, institution=institution, ended_at=None
    )


def join(actor: Actor, typed: str) -> Institution:
    """The actor's account reports for the institution from now on.

    Raises:
        Unknown: no such code, used, run out or ended, or the institution reports no more.
        Guarded: it reports for this institution already.
    """
    found = Q(
        code_hash=_hash(paper_codes.folded(typed)), ended_at=None, account=None, expires_on__gte=today()
    )
    try:
        with transaction.atomic(), scope.as_job("registry"):
            rows = InstitutionAccount.objects.filter(found, institution__valid_to__gt=today())
            row = rows.select_related("institution").first()
            if row is None:
                raise Unknown("refusal.code")
            if row.institution.account == actor.user_id:
                raise Guarded("refusal.stay_joined")
            taken = InstitutionAccount.objects.filter(pk=row.pk, account=None, ended_at=None)
            if not taken.update(account=actor.user_id, joined_at=now()):
                raise Unknown("refusal.code")
            _told(actor, row, "joined")
            return row.institution
    except IntegrityError as error:
        raise Guarded("refusal.stay_joined") from error


def end(actor: Actor, row_id: int) -> UUID:
    """End an account or an invitation: the first account any of its institution, every other itself; whose it was.

    Raises:
        Unknown: not the actor's to end.
    """
    with transaction.atomic(), scope.as_job("registry"):
        rows = InstitutionAccount.objects.filter(pk=row_id, ended_at=None)
        row = rows.filter(Q(institution__account=actor.user_id) | Q(account=actor.user_id)).first()
        if row is None or not rows.update(ended_at=now(), ended_by=actor.user_id):
            raise Unknown()
        _told(actor, row, "ended")
    return row.institution_id


def _told(actor: Actor, row: InstitutionAccount, what: str) -> None:
    audit.record(
        actor, "account", "stay.report", object_type=f"institution_account_{what}", object_id=str(row.pk),
        region=row.region, detail={"institution": str(row.institution_id), "account": row.account},
    )  # fmt: skip


@dataclass(frozen=True)
class Colleague:
    """An account of an institution as a page shows it."""

    name: str
    """The account's name; empty while the code is not taken."""
    row: InstitutionAccount | None
    """Nothing for the first account."""

    @property
    def state(self) -> str:
        """first, joined, invited, ended or over."""
        if self.row is None:
            return "first"
        if self.row.ended_at or self.row.joined_at:
            return "ended" if self.row.ended_at else "joined"
        return "invited" if self.row.expires_on >= today() else "over"


def colleagues(found: list[Institution]) -> dict[UUID, list[Colleague]]:
    """Every account that some institutions have or had, the first one first, in a fixed number of queries."""
    rows = list(InstitutionAccount.objects.filter(institution__in=found).order_by("pk"))
    wanted = {one.account for one in found} | {row.account for row in rows if row.account}
    names = dict(User.objects.filter(pk__in=wanted).values_list("pk", "username"))
    listed = {one.pk: [Colleague(names.get(one.account, ""), None)] for one in found}
    for row in rows:
        listed[row.institution_id].append(Colleague(names.get(row.account or 0, ""), row))
    return listed


def reports(institution: Institution) -> list[tuple[StayReport, str]]:
    """The latest reports with the name of the account that sent each."""
    rows = list(StayReport.objects.filter(institution=institution).order_by("-at", "pk")[:REPORTS])
    names = dict(User.objects.filter(pk__in={row.account for row in rows}).values_list("pk", "username"))
    return [(row, names.get(row.account, "")) for row in rows]
