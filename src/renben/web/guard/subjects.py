"""About whom and about which case every row is that can be deleted, and which rows a hold keeps back.

Carries out: Personal Information Protection Law art. 47 para. 2 (what must still be kept is stored and protected, not
deleted). One table says it for every model; `guard/erasing.py` asks it for every batch, so no keeping part can forget it,
and a model that is not in the table cannot be deleted from. A person's hold reaches every key of his that stands under
the merges of the day, his account, stays reported under his number, and the cases about him or opened by him. A case's
hold reaches what hangs on the case and the facts that it stated. All of it is asked inside the query: a few holds are
looked up by index, no keys are carried to and fro, and where no hold runs nothing is asked at all.
Not reached: a name or number in another person's answers, which are sealed and have no index, and cases that are only
linked to a held case; hold those themselves.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Replace

from renben.web.guard.models import Hold, User

SAME = """WITH RECURSIVE held(whose) AS (
SELECT person_key FROM guard_hold
WHERE person_key IS NOT NULL AND lifted_at IS NULL AND from_on <= %s AND until_on >= %s
UNION SELECT CASE WHEN same.kept = held.whose THEN same.other ELSE same.kept END
FROM held JOIN registry_sameperson same ON same.undone_at IS NULL AND (same.kept = held.whose OR same.other = held.whose)
) SELECT whose FROM held"""
"""Keys of held persons, with every key that is the same person's by the merges that stand."""


class Undeclared(LookupError):
    """Rows of a model are to be deleted, and nobody has said about whom they are."""


@dataclass(frozen=True)
class About:
    """Which columns lead to a person, an account, a case, a document number or another model's row."""

    persons: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    """Blind indexes of document numbers."""
    stated: tuple[str, ...] = ()
    """Texts that name the case which stated the row, among other sources."""
    rows: tuple[tuple[str, str, str], ...] = ()
    """Column here, another model, its column: about whomever the other row is."""
    nobody: str = ""
    """Why it is about nobody; then no hold keeps it back."""


FACT = About(persons=("person_key",), stated=("source",))
ABOUT: dict[str, About] = {
    "flow.Case": About(persons=("person_key",), accounts=("applicant",), cases=("pk",)),
    "flow.Message": About(accounts=("account",), cases=("case",)),
    "flow.CommandKey": About(
        nobody="hashes of one-time keys, and references; what a command did stands in its case's events"
    ),
    "guard.Recovery": About(persons=("person_key",), accounts=("user",)),
    "guard.Hold": About(persons=("person_key",), cases=("case",)),
    "guard.HoldStep": About(rows=(("hold", "guard.Hold", "pk"),)),
    "registry.Residence": FACT,
    "registry.Tenure": FACT,
    "registry.Employment": FACT,
    "registry.Schooling": FACT,
    "registry.Insurance": FACT,
    "registry.Permit": About(persons=("person_key",), cases=("life",), stated=("source",)),
    "registry.Endorsement": About(rows=(("permit", "registry.Permit", "key"),)),
    "registry.Stay": About(persons=("person_key",), numbers=("number_index",), cases=("registration",)),
    "registry.Proof": About(persons=("person_key",), cases=("case",)),
    "registry.Mandate": About(persons=("person_key",), accounts=("account",), cases=("case",)),
    "registry.Document": About(
        cases=("case",),
        rows=(
            ("pk", "registry.Proof", "document"),
            ("pk", "registry.Mandate", "document"),
            ("pk", "registry.Institution", "document"),
            ("pk", "cases.Report", "photo"),
            ("pk", "spotcheck.Check", "document"),
        ),
    ),
    "registry.Consent": About(persons=("person_key",), accounts=("account",)),
    "registry.ConsentPaper": About(rows=(("consent", "registry.Consent", "pk"),)),
    "registry.Photo": About(persons=("person_key",), cases=("case",)),
    "registry.PhotoGrant": About(rows=(("photo", "registry.Photo", "pk"),)),
    "registry.Opinion": About(cases=("case",), rows=(("report", "cases.Report", "pk"),)),
    "registry.Institution": About(accounts=("account",), cases=("pk",)),
    "registry.InstitutionAccount": About(
        accounts=("account", "invited_by"), rows=(("institution", "registry.Institution", "pk"),)
    ),
    "claims.Offer": About(persons=("person_key",)),
    "exchange.Certificate": About(persons=("person_key",), cases=("case",)),
    "exchange.Message": About(persons=("person_key",), rows=(("pk", "exchange.Certificate", "message"),)),
    "spotcheck.Check": About(cases=("about", "case")),
    "cases.Report": About(accounts=("account",), cases=("case", "city")),
    "cases.Reading": About(nobody="measured values of a sensor"),
}
"""Model -> about whom its rows are. Every model from which something is deleted in time stands here."""


def about(label: str) -> About:
    """About whom the rows of a model are.

    Raises:
        Undeclared: nobody has said it.
    """
    found = ABOUT.get(label)
    if found is None:
        raise Undeclared(
            f"{label}: rows are to be deleted, and guard/subjects.py ABOUT does not say about whom they are; "
            "write there which columns lead to a person, an account or a case, or why it is about nobody."
        )
    return found


def free(rows: QuerySet[Any], one: str, day: dt.date) -> QuerySet[Any]:
    """Those of some rows that no hold keeps back on a day.

    Args:
        rows: of a model in the table.
        one: column that makes one thing; a fact is kept with every row of its key.
        day: on which the holds run.

    Raises:
        Undeclared: the model is not in the table.
    """
    for kept in held(rows.model._meta.label, one, day):
        rows = rows.exclude(**{f"{one}__in": kept})
    return rows


def kept_back(rows: QuerySet[Any], one: str, day: dt.date) -> int:
    """How many of some rows are kept back by a hold on a day (things, as of `free`)."""
    which = Q(pk__in=[])
    for kept in held(rows.model._meta.label, one, day):
        which |= Q(**{f"{one}__in": kept})
    return int(rows.filter(which).order_by().values(one).distinct().count())


def held(label: str, one: str, day: dt.date) -> Iterator[QuerySet[Any]]:
    """Queries for what the holds of a day keep of a model, one for each way that leads there."""
    known = about(label)
    if known.nobody or not Hold.objects.running(day).exists():
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL jit = off"
            )  # compiling so many small inner queries takes seconds, running them does not
    yield from _held(label, one, day)


def _held(label: str, one: str, day: dt.date) -> Iterator[QuerySet[Any]]:
    rows = apps.get_model(label)._default_manager.filter(**{f"{one}__isnull": False}).order_by()
    for which in _ways(about(label), day):
        yield rows.filter(which).values(one)
    for column in about(label).stated:
        bare = rows.annotate(bare_source=Replace(F(column), Value("-"), Value("")))
        yield bare.filter(bare_source__in=_cases(day).values(bare=_bare("case"))).values(one)


def _ways(known: About, day: dt.date) -> Iterator[Q]:
    persons = RawSQL(SAME, [connection.ops.adapt_datefield_value(day)] * 2)
    accounts = User.objects.filter(person_key__in=persons).values("pk")
    case, person = apps.get_model("flow.Case"), apps.get_model("registry.Person")
    numbers = person._default_manager.filter(key__in=persons).values("number_index")
    cases = _cases(day).values("case").union(
        case._default_manager.filter(person_key__in=persons).order_by().values("pk"),
        case._default_manager.filter(applicant__in=accounts).order_by().values("pk"),
        all=True,
    )  # fmt: skip
    yield from (Q(**{f"{column}__in": persons}) for column in known.persons)
    yield from (Q(**{f"{column}__in": accounts}) for column in known.accounts)
    yield from (Q(**{f"{column}__in": numbers}) for column in known.numbers)
    yield from (Q(**{f"{column}__in": cases}) for column in known.cases)
    for column, other, theirs in known.rows:
        yield from (Q(**{f"{column}__in": rows}) for rows in _held(other, theirs, day))


def _cases(day: dt.date) -> QuerySet[Any]:
    return Hold.objects.running(day).filter(case__isnull=False)


def _bare(column: str) -> Any:
    """A key as text without hyphens, as both databases can say it."""
    return Replace(Cast(column, CharField()), Value("-"), Value(""))
