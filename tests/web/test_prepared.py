"""A prepared query gives what Django's own gives, whatever the values, and is written once per shape."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from renben.web import clock
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, Grant, User
from renben.web.guard.policy import Actor
from renben.web.guard.sessions import ACCOUNT
from renben.web.look.pages import Pages, PreparedList
from renben.web.prepared import NotPrepared, Prepared
from renben.web.registry.models import Person, Residence
from tests.web.conftest import COUNTY, DAY, OTHER_COUNTY
from tests.web.planted import Planted
from tests.web.test_queries import cases, known

KEYED = Prepared(lambda keys: Person.objects.current().filter(key__in=keys, valid_to=None).order_by("pk"))


def columns(rows: list[Any]) -> list[dict[str, Any]]:
    return [{f.attname: getattr(one, f.attname) for f in one._meta.concrete_fields} for one in rows]


def test_rows_are_djangos_rows_for_keys_texts_numbers_days_and_lists() -> None:
    persons, made = known(3), cases(3, due_on=DAY)
    keys = [one.key for one in persons[:2]]
    assert columns(KEYED(keys)) == columns(persons[:2])
    query = Prepared(lambda day, region, least: Case.objects.filter(
        due_on__lte=day, region=region, returns__gte=least).order_by("pk"))  # fmt: skip
    for day, region, least, count in ((DAY, COUNTY, 0, 3), (DAY, OTHER_COUNTY, 0, 0), (DAY, COUNTY, 1, 0),
                                      (DAY - dt.timedelta(days=1), COUNTY, 0, 0)):  # fmt: skip
        found = query(day, region, least)
        assert columns(found) == columns(list(query.make(day, region, least))) and len(found) == count
    assert {one.pk for one in query(DAY, COUNTY, 0)} == {one.pk for one in made}
    assert len(query.known) == 1, "one statement for all of them"


def test_lists_of_another_length_are_another_statement_and_an_empty_one_asks_nothing() -> None:
    persons = known(3)
    for count in (1, 2, 3, 2):
        assert len(KEYED([one.key for one in persons[:count]])) == count
    with CaptureQueriesContext(connection) as seen:
        assert KEYED([]) == []
    assert not len(seen)


def test_related_rows_and_annotations_come_along(planted: Planted) -> None:
    query = Prepared(
        lambda key: Residence.objects.filter(person_key=key)
        .select_related("address").annotate(n=Count("pk")).order_by("pk")
    )  # fmt: skip
    (spell,) = query(planted.done.person_key)
    (same,) = query.make(planted.done.person_key)
    with CaptureQueriesContext(connection) as seen:
        assert spell.address.text == same.address.text and spell.n == 1
    assert not len(seen)


def test_single_columns_come_as_they_are_and_several_as_tuples() -> None:
    (one,) = cases(1)
    assert Prepared(lambda k: Case.objects.filter(pk=k).values_list("region", flat=True))(one.pk) == [COUNTY]
    assert Prepared(lambda k: Case.objects.filter(pk=k).values_list("id", "stage"))(one.pk) == [
        (one.pk, one.stage)
    ]


def test_nothing_and_yes_or_no_stand_in_the_statement() -> None:
    user = User.objects.create(username="prepared")
    query = Prepared(lambda active, key: User.objects.filter(is_active=active, person_key=key).order_by("pk"))
    assert user in query(True, None) and user not in query(False, None)
    assert query(True, uuid4()) == [] and len(query.known) == 3


def test_what_changes_the_statement_is_given_by_name() -> None:
    AuditEvent.objects.bulk_create(AuditEvent(at=clock.now(), kind=f"p{n}") for n in range(3))
    query = Prepared(lambda least, order: AuditEvent.objects.filter(kind__gte=least).order_by(order))
    up, down = query("p0", order="kind"), query("p0", order="-kind")
    assert [one.pk for one in up[:3]] == [one.pk for one in reversed(down)][:3] and len(query.known) == 2


def test_a_value_that_the_query_changes_or_forgets_is_refused() -> None:
    with pytest.raises(NotPrepared, match="changed by the query or not used"):
        Prepared(lambda text: Case.objects.filter(region__contains=text))("14")
    with pytest.raises(NotPrepared, match="changed by the query or not used"):
        Prepared(lambda key, stage: Case.objects.filter(pk=key))(uuid4(), "draft")
    with pytest.raises(NotPrepared, match="float"):
        Prepared(lambda n: Case.objects.filter(returns=n))(1.5)


def test_a_list_is_counted_and_turned_with_two_statements() -> None:
    made = cases(7, due_on=DAY)
    listed = PreparedList(lambda day, region, *, late: Case.objects.filter(
        region=region, **{"due_on__lt" if late else "due_on__lte": day}).order_by("pk"))  # fmt: skip
    asked = listed(DAY, COUNTY, late=False)
    assert [asked.upto(most) for most in (5, 7, 100)] == [5, 7, 7]
    assert asked[0:3] + asked[3:100] == sorted(made, key=lambda one: one.pk)
    assert listed(DAY, OTHER_COUNTY, late=False).upto(9) == listed(DAY, COUNTY, late=True).upto(9) == 0
    pages = Pages(asked, 3)
    assert pages.num_pages == 3 and len(pages.get_page(3).object_list) == 1
    with CaptureQueriesContext(connection) as seen:
        Pages(listed(DAY - dt.timedelta(days=1), COUNTY, late=False), 3).get_page(1)
    assert len(seen) == 1, "an empty list is counted and not asked for"


def test_an_account_comes_with_its_open_grants_and_no_others(people: dict[str, Actor]) -> None:
    user = User.objects.get(pk=people["officer"].user_id)
    Grant.objects.create(user=user, role="police_officer", region=OTHER_COUNTY, taken_at=clock.now())
    Grant.objects.create(user=user, role="police_officer", region=COUNTY)
    rows = ACCOUNT(user.pk)
    assert [(row.open_role, row.open_region) for row in rows] == [
        ("community_officer", COUNTY), ("police_officer", COUNTY),
    ]  # fmt: skip
    assert columns(rows[:1]) == columns([user])
    bare = User.objects.create(username="nothing-granted")
    assert [row.open_role for row in ACCOUNT(bare.pk)] == [None] and ACCOUNT(-1) == []


def test_a_query_can_be_written_more_than_once(people: dict[str, Actor]) -> None:
    """Two threads may both be the first to ask after a start; what one writes must not spoil the other's."""
    number = people["officer"].user_id
    texts = {ACCOUNT._planned([number], {}).sql for _ in range(3)}  # type: ignore[union-attr]
    assert len(texts) == 1
