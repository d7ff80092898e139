"""Deletes the registry's own rows that are past their period, batch by batch, each with a line in the deletion register.

Carries out: Personal Information Protection Law arts. 19 and 47. Called by the daily round of `guard.retention`. A period
that the catalogue leaves empty is not in force: those records are kept, and the system page says so. Open spells, permits
in force and persons are never deleted here; a notice in an inbox stays as long as its case is open. Not modelled: handing files over to an archive.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from renben.core.errors import LawError
from renben.web.flow.models import Case, Message
from renben.web.guard import retention, scope
from renben.web.law import Provided, provision
from renben.web.registry import reconsideration
from renben.web.registry.models import (
    Consent,
    Document,
    Employment,
    Endorsement,
    Fact,
    InstitutionAccount,
    Insurance,
    Opinion,
    Permit,
    PhotoGrant,
    Proof,
    Residence,
    Schooling,
    Stay,
    Tenure,
)
from renben.web.registry.permit_rules import add_years

Part = Callable[[dt.date], int]


def in_force(name: str, day: dt.date) -> Provided | None:
    """A period that is in force, None where the catalogue leaves it empty or unconfirmed."""
    try:
        return provision(f"retention.{name}", day)
    except LawError:
        return None


def stays(day: dt.date) -> int:
    """Delete a batch of stays that ended long enough ago, with everything that was ever stated of them (stays)."""
    law = provision("retention.stay_days", day)
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past: list[uuid.UUID] = []
        for kind, days in law.value.items():
            found = _ended(Stay, Q(kind=kind), day - dt.timedelta(days=int(days)))
            past += list(found.values_list("key", flat=True)[: retention.BATCH - len(past)])
        return _deleted(Stay, "stay", past, law)


def _ended(model: type[Fact], which: Q, last: dt.date) -> Any:
    """Facts whose last day lies before a day; a fact that is open by any current row stays."""
    rows = model.objects.current().filter(which)
    still = rows.filter(Q(valid_to=None) | Q(valid_to__gte=last)).values("key")
    return rows.filter(valid_to__lt=last).exclude(key__in=still).order_by("valid_to", "pk")


def _deleted(model: type[Fact], what: str, keys: list[uuid.UUID], law: Provided) -> int:
    """Delete every row of some facts, and register each fact once (facts)."""
    model.objects.filter(key__in=keys).delete()
    for key in keys:
        retention.register(what, str(key), law.name)
    return len(keys)


def residences(day: dt.date) -> int:
    """Delete a batch of spells that ended long enough ago, where a period is in force (spells)."""
    return _facts(Residence, "residence", "ended_residence_days", Q(), day)


def permits(day: dt.date) -> int:
    """Delete a batch of permits that were closed long enough ago, where a period is in force (permits)."""
    return _facts(Permit, "permit", "closed_permit_days", Q(state="closed"), day)


def _facts(model: type[Fact], what: str, name: str, which: Q, day: dt.date) -> int:
    law = in_force(name, day)
    if law is None:
        return 0
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        found = _ended(model, which, day - dt.timedelta(days=int(law.value)))
        keys = list(dict.fromkeys(found.values_list("key", flat=True)[: retention.BATCH]))
        if model is Permit:
            Endorsement.objects.filter(permit__in=keys).delete()
        return _deleted(model, what, keys, law)


def circumstances(day: dt.date) -> int:
    """Delete a batch of homes, jobs and schooling that ended or were taken back long enough ago (facts)."""
    return sum(_gone(model, "ended_circumstance_days", day) for model in (Tenure, Employment, Schooling))


def insurance(day: dt.date) -> int:
    """Delete a batch of stretches of insurance that ended or were taken back long enough ago (facts)."""
    return _gone(Insurance, "ended_insurance_days", day)


def _gone(model: type[Fact], name: str, day: dt.date) -> int:
    """Facts of people's circumstances that are over, and those that nobody states any more, where a period is in force."""
    law = in_force(name, day)
    if law is None:
        return 0
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        keys = list(_ended(model, Q(), last).values_list("key", flat=True)[: retention.BATCH])
        stated = model.objects.current().values("key")
        later = model.objects.filter(replaced_at__date__gte=last).values("key")
        taken_back = model.objects.exclude(key__in=stated).exclude(key__in=later).order_by("pk")
        keys += taken_back.values_list("key", flat=True)[: retention.BATCH - len(keys)]
        return _deleted(model, model.__name__.lower(), list(dict.fromkeys(keys)), law)


def proofs(day: dt.date) -> int:
    """Delete the files of a batch of proofs that ran out long ago, where a period is in force; the proof stays (files)."""
    law = in_force("expired_proof_days", day)
    if law is None:
        return 0
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        needed = Proof.objects.filter(Q(valid_to=None) | Q(valid_to__gte=last)).exclude(document=None)
        past = Proof.objects.filter(valid_to__lt=last).exclude(document=None)
        past = past.exclude(document__in=needed.values("document")).exclude(document__mandate__isnull=False)
        files = list(dict.fromkeys(past.values_list("document", flat=True)[: retention.BATCH]))
        Proof.objects.filter(document__in=files).update(document=None)
        Document.objects.filter(pk__in=files).delete()
        for key in files:
            retention.register("proof.file", str(key), law.name)
    return len(files)


def consents(day: dt.date) -> int:
    """Delete a batch of withdrawn consents whose record has been kept for its years (rows)."""
    return _records(Consent, "consent", "withdrawn_at", day)


def photo_uses(day: dt.date) -> int:
    """Delete a batch of photo uses that were taken back and whose record has been kept for its years (rows)."""
    return _records(PhotoGrant, "photo_grant", "revoked_at", day)


def _records(model: Any, what: str, column: str, day: dt.date) -> int:
    law = provision("retention.consent_record_years", day)
    last = add_years(day, -int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        return retention.delete_batch(model.objects.filter(**{f"{column}__date__lt": last}), what, law.name)


def messages(day: dt.date) -> int:
    """Delete a batch of notices in inboxes, of cases that are closed, where a period is in force (notices)."""
    law = in_force("inbox_message_days", day)
    if law is None:
        return 0
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past = Message.objects.filter(at__date__lt=last, case__closed_on__lt=last)
        return retention.delete_batch(past, "message", law.name)


def opinion_words(day: dt.date) -> int:
    """Take the word away from a batch of opinions that are past its period; the mark stays (opinions)."""
    law = provision("retention.opinion_word_days", day)
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        past = _settled(day - dt.timedelta(days=int(law.value))).exclude(word="")
        return retention.forget_batch(past, "word", "", "opinion.word", law.name)


def opinions(day: dt.date) -> int:
    """Delete a batch of opinions that are past their period, with the mark (opinions)."""
    law = provision("retention.opinion_days", day)
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        return retention.delete_batch(_settled(day - dt.timedelta(days=int(law.value))), "opinion", law.name)


def _settled(last: dt.date) -> QuerySet[Opinion]:
    """Opinions given before a day about cases that are closed and that no open reconsideration is about."""
    heard = Case.objects.filter(kind=reconsideration.KIND, closed_on=None, result__has_key="about")
    about = [str(key) for key in heard.values_list("result__about", flat=True)]
    rows = Opinion.objects.filter(given_on__lt=last, case__closed_on__isnull=False)
    return rows.exclude(case__in=about)


def institution_accounts(day: dt.date) -> int:
    """Delete a batch of further accounts of institutions that ended, and of codes that nobody took (rows).

    An account that ended, an invitation that ran out, and every account of an institution that reports no more. Where the
    institution still has somebody staying with it they are kept: who reported may have to be asked.
    """
    law = provision("retention.institution_account_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        staying = Stay.objects.current().filter(institution=OuterRef("institution"), valid_to=None)
        unused = Q(account=None, expires_on__lt=last)
        over = Q(ended_at__date__lt=last) | unused | Q(institution__valid_to__lt=last) & ~Exists(staying)
        return retention.delete_batch(
            InstitutionAccount.objects.filter(over), "institution_account", law.name
        )


PARTS: dict[str, Part] = {
    "stays": stays,
    "residences": residences,
    "permits": permits,
    "circumstances": circumstances,
    "insurance": insurance,
    "proofs": proofs,
    "consents": consents,
    "photo_uses": photo_uses,
    "messages": messages,
    "opinion_words": opinion_words,
    "opinions": opinions,
    "institution_accounts": institution_accounts,
}
"""Name -> what deletes one batch of it on a day."""
