"""A forgotten password: somebody identifies the owner, a slip with a code is printed, and the owner sets a new one.

Carries out: GB/T 22239 8.1.4.1 (an account belongs to one identified user; failed tries are held back).
At the counter an officer sees the person and a document. For accounts of staff a security administrator does, and a
second one agrees; at the counter a second officer agrees where the second factors were lost too. The code is shown
once and kept as a hash, is good for minutes, for one use, and only with something that does not stand on the slip.
A lock-out after wrong passwords runs on, and an account that is switched off gets no slip. Not modelled: accounts
without a person on record, which nobody can identify; their owners make a new one.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F

from renben.web.clock import now, today
from renben.web.flow.refusals import Guarded, Incomplete, KeyReused, NotAllowed, Unknown
from renben.web.guard import audit, paper_codes, scope
from renben.web.guard.models import ApiToken, Recovery, User
from renben.web.guard.policy import NOBODY, Actor
from renben.web.law import provision

SEEN = ("id_card", "interim_id", "hukou_book", "permit", "passport", "staff_card")
REASONS = ("forgotten", "exposed", "device")
SHORTEST_KEY = 8
JOB = "registry"
"""Reads and writes rows that belong to nobody who is signed in."""
STAFF, COUNTER = "account.manage", "recovery.assist"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """What an officer states about somebody who stands before him."""

    user: User
    known: str
    """What the owner has to know beside the code: the end of the document number, or the account's name."""
    seen: str
    reason: str
    factors_lost: bool
    word: bool
    """The officer's word that face and document belong together."""
    region: str = ""
    staff: bool = False

    @property
    def permission(self) -> str:
        """The permission under which it is asked."""
        return STAFF if self.staff else COUNTER

    @property
    def two(self) -> bool:
        """Whether a second person has to agree before a slip is printed."""
        return self.staff or self.factors_lost


def law(name: str) -> int:
    """A limit of recoveries that is in force today."""
    return int(provision(f"account_security.recovery_{name}", today()).value)


def is_staff(user: User) -> bool:
    """Whether an account holds any role but a resident's."""
    return user.grants.filter(taken_at=None).exclude(role="resident").exists()


def ask(actor: Actor, asked: Asked, key: str) -> tuple[Recovery, str]:
    """State that the owner was identified; the slip's code where no second person has to agree, else an empty text.

    Raises:
        Incomplete: document, reason, word or one-time key is missing.
        NotAllowed: one's own account.
        Guarded: switched off, the wrong office for this account, or too many slips today.
        KeyReused: the same form, sent for another account.
    """
    if asked.seen not in SEEN or asked.reason not in REASONS or not asked.word or len(key) < SHORTEST_KEY:
        raise Incomplete("refusal.recovery_incomplete")
    if asked.user.pk == actor.user_id:
        raise NotAllowed("refusal.recovery_own")
    if is_staff(asked.user) != asked.staff:
        raise Guarded("refusal.recovery_resident" if asked.staff else "refusal.recovery_staff")
    with transaction.atomic(), scope.as_job(JOB):
        user = User.objects.select_for_update().get(pk=asked.user.pk)  # two forms for one account take turns
        before = Recovery.objects.filter(key=f"{actor.user_id}:{key}").first()
        if before is not None:
            return _repeated(before, asked), ""
        return _asked(actor, asked, user, f"{actor.user_id}:{key}")


def _repeated(before: Recovery, asked: Asked) -> Recovery:
    if before.user_id != asked.user.pk:
        raise KeyReused()
    return before


def _asked(actor: Actor, asked: Asked, user: User, key: str) -> tuple[Recovery, str]:
    if not user.is_active:
        raise Guarded("refusal.recovery_off")
    rows = Recovery.objects.filter(user=user)
    most = law("slips_per_day")
    if rows.filter(asked_at__gt=now() - DAY).count() >= most:
        raise Guarded("refusal.recovery_many", most=most)
    rows.filter(used_at=None, ended_at=None).update(ended_at=now())
    row = Recovery.objects.create(
        key=key, user=user, person_key=user.person_key, region=asked.region, staff=asked.staff, seen=asked.seen,
        reason=asked.reason, factors_lost=asked.factors_lost, asked_by_id=actor.user_id, asked_at=now(),
        expires_at=_end(),
    )  # fmt: skip
    _told(actor, row, "asked", seen=row.seen, reason=row.reason, factors_lost=row.factors_lost)
    return row, "" if asked.two else _print(actor, row, asked.known)


def _end() -> dt.datetime:
    return now() + dt.timedelta(minutes=law("minutes"))


def _print(actor: Actor, row: Recovery, known: str) -> str:
    """The code of a slip, as it is printed; only hashes of it are kept."""
    code = paper_codes.fresh()
    row.code_hash, row.known_hash, row.expires_at = _hash(code), _hash(f"{code}|{_plain(known)}"), _end()
    row.save(update_fields=["code_hash", "known_hash", "expires_at"])
    _told(actor, row, "printed")
    return paper_codes.grouped(code)


def _plain(known: str) -> str:
    return known.strip().upper()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def open_row(recovery_id: int, staff: bool) -> Recovery:
    """A recovery that waits for a word or for its use.

    Raises:
        Unknown: none such, used, ended or run out.
    """
    with scope.reading_as(JOB):
        rows = Recovery.objects.filter(pk=recovery_id, staff=staff, used_at=None, ended_at=None)
        row = rows.filter(expires_at__gt=now()).select_related("user").first()
    if row is None:
        raise Unknown()
    return row


def second(actor: Actor, row: Recovery, known: str, word: bool) -> str:
    """The second person's word; the slip's code is returned.

    Args:
        actor: who agrees.
        row: what a colleague asked for.
        known: what the owner has to know beside the code.
        word: that face and document were seen to belong together.

    Raises:
        Incomplete: without the word.
        NotAllowed: the one who asked, or the owner of the account.
        Guarded: the account was switched off since.
        Unknown: it waits no more.
    """
    if not word:
        raise Incomplete("refusal.recovery_incomplete")
    if actor.user_id in (row.asked_by_id, row.user_id):
        raise NotAllowed("refusal.recovery_second")
    if not row.user.is_active:
        raise Guarded("refusal.recovery_off")
    with transaction.atomic(), scope.as_job(JOB):
        waits = Recovery.objects.filter(pk=row.pk, code_hash=None, ended_at=None, expires_at__gt=now())
        if not waits.update(seconded_by=actor.user_id):
            raise Unknown()
        row.seconded_by_id = actor.user_id
        _told(actor, row, "seconded")
        return _print(actor, row, known)


def end(actor: Actor, row: Recovery) -> None:
    """Turn down what a colleague asked for, or take a slip back."""
    with transaction.atomic(), scope.as_job(JOB):
        if not Recovery.objects.filter(pk=row.pk, used_at=None, ended_at=None).update(ended_at=now()):
            raise Unknown()
        _told(actor, row, "ended")


def redeem(typed: str, known: str, password: str) -> None:
    """Set a new password with a slip: every sign-in and token of the account ends; factors go if the slip says so.

    Raises:
        Unknown: no such slip, used, run out, locked, or the wrong knowledge.
        ValidationError: the password is not fit; the slip stays good.
    """
    code = paper_codes.folded(typed)
    row = _right(code, known)
    validate_password(password, row.user)
    with transaction.atomic(), scope.as_job(JOB):
        open_ = Recovery.objects.filter(pk=row.pk, used_at=None, ended_at=None, expires_at__gt=now())
        if not open_.filter(user__is_active=True).update(used_at=now()):
            raise Unknown("refusal.code")
        row.user.set_password(password)
        row.user.save()
        _told(NOBODY, row, "used", **_shut(row))


def _right(code: str, known: str) -> Recovery:
    with scope.reading_as(JOB):
        rows = Recovery.objects.filter(
            code_hash=_hash(code), used_at=None, ended_at=None, expires_at__gt=now()
        )
        row = rows.filter(user__is_active=True, tries__lt=law("tries")).select_related("user").first()
    if row is None:
        audit.record(NOBODY, "login_failed", object_type="recovery", object_id="unknown")
        raise Unknown("refusal.code")
    if row.known_hash != _hash(f"{code}|{_plain(known)}"):
        with transaction.atomic(), scope.as_job(JOB):
            Recovery.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            audit.record(NOBODY, "login_failed", object_type="recovery", object_id=str(row.pk))
        raise Unknown("refusal.code")
    return row


def _shut(row: Recovery) -> dict[str, int]:
    """End every sign-in and token of the account, and take away factors that were lost; how many of each."""
    sessions = list(UserSession.objects.filter(user=row.user))
    for one in sessions:
        one.end()
    tokens = ApiToken.objects.filter(user=row.user, revoked_at=None).update(revoked_at=now())
    factors = Authenticator.objects.filter(user=row.user).delete()[0] if row.factors_lost else 0
    return {"sessions": len(sessions), "tokens": tokens, "factors": factors}


def _told(actor: Actor, row: Recovery, what: str, **detail: Any) -> None:
    audit.record(
        actor, "account", STAFF if row.staff else COUNTER, object_type=f"recovery_{what}", object_id=str(row.pk),
        subject=row.person_key, region=row.region, detail={"account": row.user_id, **detail},
    )  # fmt: skip


def state(row: Recovery) -> str:
    """Where a recovery stands: used, ended, over, waiting or printed."""
    if row.used_at or row.ended_at:
        return "used" if row.used_at else "ended"
    if row.expires_at <= now():
        return "over"
    return "printed" if row.code_hash else "waiting"


def of_account(user_id: int | None) -> list[tuple[Recovery, str]]:
    """What was done about an account's password, for its owner, the newest first."""
    rows = Recovery.objects.filter(user=user_id).order_by("-asked_at", "-pk")
    return [(row, state(row)) for row in rows]
