"""Says which of the registry's own rows are past their period.

Carries out: Personal Information Protection Law arts. 19 and 47. Called by the daily round of `guard.retention`. A period
that the catalogue leaves empty is not in force: those records are kept, and the system page says so. Open spells, permits
in force and persons are never deleted here; a notice in an inbox stays as long as its case is open. Not modelled: handing files over to an archive.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from renben.core.errors import LawError
from renben.web.flow.models import Case, Message
from renben.web.guard import retention
from renben.web.guard.erasing import Due
from renben.web.law import Provided, provision
from renben.web.registry import documents, photos, reconsideration
from renben.web.registry.models import (
    Consent,
    Document,
    Employment,
    Fact,
    Institution,
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


def in_force(name: str, day: dt.date) -> Provided | None:
    """A period that is in force, None where the catalogue leaves it empty or unconfirmed."""
    try:
        return provision(f"retention.{name}", day)
    except LawError:
        return None


def stays(day: dt.date) -> Iterator[Due]:
    """Stays that ended long enough ago, with everything that was ever stated of them."""
    law = provision("retention.stay_days", day)
    for kind, days in law.value.items():
        last = day - dt.timedelta(days=int(days))
        yield _fact(_ended(Stay, Q(kind=kind), last), "stay", law.name)


def _ended(model: type[Fact], which: Q, last: dt.date) -> Any:
    """Facts whose last day lies before a day; a fact that is open by any current row stays."""
    rows = model.objects.current().filter(which)
    still = rows.filter(Q(valid_to=None) | Q(valid_to__gte=last)).values("key")
    return rows.filter(valid_to__lt=last).exclude(key__in=still)


def _fact(rows: Any, what: str, rule: str, **more: Any) -> Due:
    """Facts that go with every row of their key, each registered once."""
    return Due(rows, what, rule, one="key", order=("valid_to", "pk"), **more)


def residences(day: dt.date) -> Iterator[Due]:
    """Spells that ended long enough ago, where a period is in force."""
    for rule, last in _set("ended_residence_days", day):
        yield _fact(_ended(Residence, Q(), last), "residence", rule)


def permits(day: dt.date) -> Iterator[Due]:
    """Permits that were closed long enough ago, with their endorsements, where a period is in force."""
    for rule, last in _set("closed_permit_days", day):
        found = _ended(Permit, Q(state="closed"), last)
        yield _fact(found, "permit", rule, along=(("registry.Endorsement", "permit"),))


def _set(name: str, day: dt.date) -> Iterator[tuple[str, dt.date]]:
    """The name of a period and the day before which something has to have ended, where it is in force."""
    law = in_force(name, day)
    if law is not None:
        yield law.name, day - dt.timedelta(days=int(law.value))


def circumstances(day: dt.date) -> Iterator[Due]:
    """Homes, jobs and schooling that ended or were taken back long enough ago, where a period is in force."""
    for model in (Tenure, Employment, Schooling):
        yield from _gone(model, "ended_circumstance_days", day)


def insurance(day: dt.date) -> Iterator[Due]:
    """Stretches of insurance that ended or were taken back long enough ago, where a period is in force."""
    yield from _gone(Insurance, "ended_insurance_days", day)


def _gone(model: type[Fact], name: str, day: dt.date) -> Iterator[Due]:
    """Facts of people's circumstances that are over, and those that nobody states any more."""
    for rule, last in _set(name, day):
        what = model.__name__.lower()
        yield _fact(_ended(model, Q(), last), what, rule)
        stated = model.objects.current().values("key")
        later = model.objects.filter(replaced_at__date__gte=last).values("key")
        yield _fact(model.objects.exclude(key__in=stated).exclude(key__in=later), what, rule)


def proofs(day: dt.date) -> Iterator[Due]:
    """Files of proofs that ran out long ago and that no other proof needs, where a period is in force; the proofs stay."""
    for rule, last in _set("expired_proof_days", day):
        rows = Proof.objects.exclude(document=None)
        needed = rows.filter(Q(valid_to=None) | Q(valid_to__gte=last)).values("document")
        past = rows.filter(valid_to__lt=last).values("document")
        files = Document.objects.filter(pk__in=past, mandate=None).exclude(pk__in=needed)
        yield Due(files, "proof.file", rule, unnamed=(("registry.Proof", "document"),))


def answer_files(day: dt.date) -> Iterator[Due]:
    """Files handed in with applications that led to nothing, which go as their answers do; none that a record rests on."""
    rule, last = retention.days("ended_case_days", day)
    over = Case.objects.filter(retention.led_to_nothing(), closed_on__lt=last)
    files = Document.objects.filter(
        kind=documents.PROOF, case__in=over.values("pk"), proof=None, mandate=None
    )
    licences = Institution.objects.exclude(document=None).values("document")
    yield Due(files.exclude(pk__in=licences), "case.file", rule)


def consents(day: dt.date) -> Iterator[Due]:
    """Withdrawn consents whose record has been kept for its years, with their papers."""
    papers = (("registry.ConsentPaper", "consent"),)
    yield _record(Consent, "consent", "withdrawn_at", day, along=papers)


def photo_uses(day: dt.date) -> Iterator[Due]:
    """Photo uses that were taken back and whose record has been kept for its years."""
    yield _record(PhotoGrant, "photo_grant", "revoked_at", day)


def _record(model: Any, what: str, column: str, day: dt.date, **more: Any) -> Due:
    law = provision("retention.consent_record_years", day)
    last = add_years(day, -int(law.value))
    return Due(model.objects.filter(**{f"{column}__date__lt": last}), what, law.name, **more)


def photos_dropped(day: dt.date) -> Iterator[Due]:
    """Pictures of photos that led to nothing or were replaced; at once, so these are the ones that a hold kept."""
    yield photos.dropped(day)


def messages(day: dt.date) -> Iterator[Due]:
    """Notices in inboxes, of cases that are closed, where a period is in force."""
    for rule, last in _set("inbox_message_days", day):
        past = Message.objects.filter(at__date__lt=last, case__closed_on__lt=last)
        yield Due(past, "message", rule)


def opinion_words(day: dt.date) -> Iterator[Due]:
    """Words of opinions that are past their period; the mark stays."""
    rule, last = retention.days("opinion_word_days", day)
    yield Due(_settled(last).exclude(word=""), "opinion.word", rule, empty={"word": ""})


def opinions(day: dt.date) -> Iterator[Due]:
    """Opinions that are past their period, with the mark."""
    rule, last = retention.days("opinion_days", day)
    yield Due(_settled(last), "opinion", rule)


def _settled(last: dt.date) -> QuerySet[Opinion]:
    """Opinions given before a day about cases that are closed and that no open reconsideration is about."""
    heard = Case.objects.filter(kind=reconsideration.KIND, closed_on=None, result__has_key="about")
    about = [str(key) for key in heard.values_list("result__about", flat=True)]
    rows = Opinion.objects.filter(given_on__lt=last, case__closed_on__isnull=False)
    return rows.exclude(case__in=about)


def institution_accounts(day: dt.date) -> Iterator[Due]:
    """Further accounts of institutions that ended, and codes that nobody took.

    An account that ended, an invitation that ran out, and every account of an institution that reports no more. Where the
    institution still has somebody staying with it they are kept: who reported may have to be asked.
    """
    rule, last = retention.days("institution_account_days", day)
    staying = Stay.objects.current().filter(institution=OuterRef("institution"), valid_to=None)
    unused = Q(account=None, expires_on__lt=last)
    over = Q(ended_at__date__lt=last) | unused | Q(institution__valid_to__lt=last) & ~Exists(staying)
    yield Due(InstitutionAccount.objects.filter(over), "institution_account", rule)


PARTS: dict[str, retention.Part] = {
    "stays": stays,
    "residences": residences,
    "permits": permits,
    "circumstances": circumstances,
    "insurance": insurance,
    "proofs": proofs,
    "answer_files": answer_files,
    "consents": consents,
    "photo_uses": photo_uses,
    "photos": photos_dropped,
    "messages": messages,
    "opinion_words": opinion_words,
    "opinions": opinions,
    "institution_accounts": institution_accounts,
}
"""Name -> what of it is due on a day."""
