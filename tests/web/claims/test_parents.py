"""What a minor's guardians have on record answers for the child: a job, a home, where they live; and no more of it than needed."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from renben.web import clock
from renben.web.claims import claiming, later, offers
from renben.web.claims.prefilled import prefilled
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import Provided, provision
from renben.web.look.templatetags.words import day as shown
from renben.web.registry import held_parents, people
from renben.web.registry.decided_again import again as decided_again
from renben.web.registry.entitlements import facts_of, one_entitled
from renben.web.registry.held import Reading
from renben.web.registry.lacking import lacking
from renben.web.registry.models import (
    Address,
    Employment,
    HouseholdMember,
    Mandate,
    Person,
    Residence,
    SamePerson,
    Schooling,
    Tenure,
    record,
    replace,
    withdraw,
)
from tests.web.cases import acting, again, do, registered
from tests.web.conftest import COUNTY, DAY, answers, set_day
from tests.web.stated import stated
from tests.web.test_household import CHILD, WIFE
from tests.web.test_queries import known, queries

Browse = Callable[..., Client]
D = dt.date
EXAM = "local_gaokao"
JOB, HOME = "parents_stable_job", "parents_stable_home"
EACH = ("each_parent_stable_job", "each_parent_stable_home")
TEACHES = "合成机械厂"


@pytest.fixture
def family(people: dict[str, Actor], address: Address) -> Actor:
    """Father, mother and a child of fifteen, three years at senior high school; nothing else is stated of anybody."""
    registered(people, answers(address, proof_kind="student", members=[WIFE, CHILD]))
    Person.objects.filter(birth=D(2018, 6, 15)).update(birth=D(2010, 6, 15))
    child = Person.objects.current().get(birth=D(2010, 6, 15))
    stated(child.key, "senior", D(2023, 3, 1), region=COUNTY, enrolled=True)
    return again(people["resident"])


def child() -> Person:
    return Person.objects.current().get(birth=D(2010, 6, 15))


def mother() -> UUID:
    return HouseholdMember.objects.current().get(relation="spouse").person_key


def exam(day: dt.date = DAY) -> Any:
    return one_entitled(EXAM, facts_of(child(), day), child(), day)


def answer(day: dt.date = DAY) -> tuple[str, tuple[str, ...]]:
    found = exam(day).receipt
    return found.answer, found.missing


def test_a_job_of_one_and_a_home_of_the_other_are_enough_and_nothing_stated_is_unknown(family: Actor) -> None:
    assert answer() == ("need_info", (JOB, HOME)), "not denied: nobody said that there is none"
    stated(family.person_key, "contract", D(2025, 1, 1))
    assert answer() == ("need_info", (HOME,))
    stated(mother(), "lease", D(2025, 1, 1))
    assert answer() == ("grant", ())
    found = facts_of(child(), DAY)
    assert (found[JOB], found[HOME]) == (True, True) and not set(EACH) & set(found)


@pytest.mark.parametrize(("kind", "since", "ends", "counts"), [
    ("contract", D(2026, 3, 2), None, True),  # the first day counts
    ("contract", D(2026, 3, 3), None, False),  # not begun
    ("licence", D(2020, 1, 1), D(2026, 3, 3), True),  # the last day counts
    ("employer", D(2020, 1, 1), D(2026, 3, 2), False),  # ended yesterday
    ("senior", D(2020, 1, 1), None, False),  # schooling is no job
])  # fmt: skip
def test_a_job_counts_on_the_days_on_which_it_stands(
    family: Actor, kind: str, since: dt.date, ends: dt.date | None, counts: bool
) -> None:
    assert DAY == D(2026, 3, 2)
    stated(family.person_key, kind, since, ends)
    assert (JOB in facts_of(child(), DAY)) is counts


def test_where_each_parent_is_asked_one_alone_leaves_it_open(
    family: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other reading: facts by themselves, whatever the rule book's own provision says."""
    strict = Provided(held_parents.EACH, True, "test", "D", "yes_no")
    monkeypatch.setattr(held_parents, "provision", lambda *_: strict)
    stated(family.person_key, "contract", D(2025, 1, 1))
    stated(family.person_key, "lease", D(2025, 1, 1))
    assert not {JOB, HOME, *EACH} & set(facts_of(child(), DAY))
    stated(mother(), "licence", D(2025, 1, 1))
    found = facts_of(child(), DAY)
    assert found[EACH[0]] is True and EACH[1] not in found
    Residence.objects.filter(person_key=mother()).update(region="130102")
    assert EACH[0] not in facts_of(child(), DAY), "one of them lives elsewhere: not known of each"


def test_the_reading_is_a_provision_that_the_receipt_names(family: Actor) -> None:
    assert provision(held_parents.EACH, DAY, COUNTY).value is False
    (cited,) = [one for one in exam().receipt.provisions if one.name == held_parents.EACH]
    assert (cited.value, cited.trust) == (False, "D")


def test_a_guardian_who_lives_in_another_province_or_nowhere_on_record_answers_nothing(family: Actor) -> None:
    stated(family.person_key, "contract", D(2025, 1, 1))
    spell = Residence.objects.filter(person_key=family.person_key)
    for region, counts in (("141002", True), ("130102", False)):
        spell.update(region=region)
        assert (JOB in facts_of(child(), DAY)) is counts, region
    spell.update(region=COUNTY, valid_to=DAY)
    assert JOB not in facts_of(child(), DAY)


def test_only_recorded_guardians_answer_and_a_pupil_of_age_still_has_parents(
    family: Actor, people: dict[str, Actor]
) -> None:
    stated(family.person_key, "contract", D(2025, 1, 1))
    assert JOB in facts_of(child(), DAY)
    grown = D(2008, 3, 2)
    Person.objects.filter(key=child().key).update(birth=grown)
    pupil = Person.objects.current().get(birth=grown)
    found = facts_of(pupil, DAY)
    assert found[JOB] is True and "guardians" not in found, "eighteen today, and at senior high school"
    seat = HouseholdMember.objects.current().get(person_key=pupil.key)
    Mandate.objects.filter(person_key=pupil.key).update(valid_to=DAY)
    replace(seat, "t", relation="other")
    assert JOB not in facts_of(pupil, DAY), "nobody is on record as parent or guardian any more"


def test_who_is_of_age_and_at_no_senior_high_school_has_no_parents_looked_up(family: Actor) -> None:
    stated(family.person_key, "contract", D(2025, 1, 1))
    seat = HouseholdMember.objects.current().get(person_key=mother())
    replace(seat, "t", relation="child")  # a grown-up child in the household
    someone = people.person(seat.person_key)
    assert someone is not None and JOB not in facts_of(someone, DAY)


def test_facts_under_a_merged_record_of_a_guardian_count(family: Actor) -> None:
    twin = uuid4()
    stated(twin, "contract", D(2025, 1, 1))
    assert JOB not in facts_of(child(), DAY)
    SamePerson.objects.create(kept=family.person_key, other=twin, case=uuid4(), made_at=clock.now())
    assert JOB in facts_of(child(), DAY)


def claimed(actor: Actor, tag: str = "1") -> str:
    ward = str(child().key)
    with acting(actor):
        case = claiming.begin(actor, EXAM, f"exam-claim-{tag}", ward).case
    do(case, "save", actor, question="claim", fields={"claim_remark": "", "document": ""})
    return case


def test_offered_claimed_and_decided_again_as_it_was_known_whatever_the_guardian_corrects_later(
    family: Actor,
) -> None:
    with pytest.raises(Guarded, match="claim_need_info"):
        claimed(family)
    stated(mother(), "contract", D(2025, 1, 1))
    stated(family.person_key, "lease", D(2025, 1, 1))
    with acting(family):
        names = {
            one.child.key: {item.rule for item in (*one.first, *one.more)}
            for one in offers.offered(family)
            if one.child
        }
    assert EXAM in names[child().key]
    case = claimed(family, "2")
    do(case, "submit", family)
    moment = clock.now()
    set_day(DAY + dt.timedelta(30))
    withdraw(Employment.objects.current().get(person_key=mother()))
    home = Tenure.objects.current().get(person_key=family.person_key)
    replace(home, "t", valid_from=D(2026, 3, 20))
    replace(Residence.objects.current().get(person_key=mother()), "t", region="130102")
    assert JOB not in facts_of(child(), DAY) and HOME not in facts_of(child(), DAY)
    before = facts_of(child(), DAY, moment)
    assert (before[JOB], before[HOME]) == (True, True)
    found = decided_again(Case.objects.get(pk=case))
    assert found is not None and found.differs == () and found.now.digest == found.kept.digest
    assert found.kept.answer == "grant"


def test_a_receipt_and_the_pages_say_that_a_guardian_has_it_and_never_whose_or_which(
    family: Actor, browse: Browse
) -> None:
    stated(mother(), "contract", D(2021, 11, 9), name=TEACHES)
    stated(mother(), "lease", D(2021, 11, 9))
    case = claimed(family)
    do(case, "submit", family)
    kept = claiming.frozen(Case.objects.get(pk=case))
    assert kept is not None and kept.inputs[JOB] is True
    told = [kept.model_dump_json(), str(prefilled(Case.objects.get(pk=case)).known)]
    client = browse(User.objects.get(pk=family.user_id))
    told += [client.get(f"/my/cases/{case}/").content.decode(), client.get("/my/data/file/").content.decode()]
    told += [client.get("/my/entitlements/").content.decode()]
    days = {"2021-11-09"}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            days.add(shown(D(2021, 11, 9)))
    for text in told:
        assert len(text) > 100 and not [one for one in (TEACHES, str(mother()), *days) if one in text]
    assert len(days) == 3 and "一方有合法稳定职业', '是'" in told[1]


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("Not entitled yet: what is missing, and from when (1)", "A parent (or other guardian) has lawful stable work",
            "Put my job or home on record", "these are still missing", "Each guardian puts a job")),
    ("zh-hans", ("还不能享受的：缺什么、从何时起（1 项）", "父母（或其他监护人）一方有合法稳定职业", "补登我的就业或住所", "还需要下面的情况",
                 "由监护人各自在自己的记录里登记")),
])  # fmt: skip
def test_the_guardian_is_told_what_is_missing_from_when_and_where_it_is_stated(
    family: Actor, browse: Browse, language: str, said: tuple[str, ...]
) -> None:
    client = browse(User.objects.get(pk=family.user_id), language)
    page = client.get("/my/entitlements/").content.decode()
    for word in (*said[:3], said[4]):
        assert word in page, word
    begun = client.post("/apply/fact_correction/begin/", {"key": "parents-fact-1"})
    case = Case.objects.get(pk=begun["Location"].split("/cases/")[1].split("/")[0])
    assert case.person_key == family.person_key, "a guardian states his own job on his own record"
    school = replace(_school(), "t", valid_from=D(2024, 9, 1))
    (waiting,) = later.later(child(), facts_of(child(), DAY), DAY)
    assert waiting.found.receipt.answer == "deny" and waiting.lack is not None
    assert (waiting.lack.on, waiting.lack.own) == (D(2026, 9, 1), ()) and len(waiting.lack.parents) == 2
    assert said[3] in client.get("/my/entitlements/").content.decode()
    stated(family.person_key, "contract", D(2025, 1, 1))
    stated(family.person_key, "lease", D(2025, 1, 1))
    (waiting,) = later.later(child(), facts_of(child(), DAY), DAY)
    assert waiting.lack is None and waiting.found.granted_from == D(2026, 9, 1)
    withdraw(school)
    (waiting,) = later.later(child(), facts_of(child(), DAY), DAY)
    assert waiting.lack is not None and len(waiting.lack.own) == 2, "the child's own schooling is missing"
    ward = client.get("/my/entitlements/").content.decode()
    assert f'name="ward" value="{child().key}"' in ward


def _school() -> Any:
    return Schooling.objects.current().get(person_key=child().key, kind="senior")


def test_of_a_small_child_nobody_is_asked_about_exams(family: Actor) -> None:
    first = D(2014, 3, 2)  # entry at six, nine grades, told of in the last three: twelve years
    assert later.old_enough(first, DAY) and not later.old_enough(first + dt.timedelta(1), DAY)


def test_the_pupils_own_page_says_who_states_a_parents_job(family: Actor) -> None:
    facts = facts_of(child(), DAY)
    lack = lacking(one_entitled(EXAM, facts, child(), DAY), facts)
    assert lack is not None and (lack.own, lack.on, lack.whole) == ((), None, True)
    assert [one.en for one in lack.parents] == [
        "a parent (or other guardian) has lawful stable work",
        "a parent (or other guardian) has a lawful stable home (rental counts)",
    ]


def test_guardians_of_many_are_read_in_as_many_queries_as_of_one(family: Actor) -> None:
    stated(family.person_key, "contract", D(2025, 1, 1))
    spell = Residence.objects.current().get(person_key=family.person_key)
    one = queries(lambda: Reading(DAY).facts([child()]))
    columns = {f.attname: getattr(spell, f.attname) for f in Residence._meta.concrete_fields
               if f.attname not in ("id", "recorded_at", "replaced_at", "source", "key", "person_key")}  # fmt: skip
    rows = known(24)
    for head, young in zip(rows[:12], rows[12:], strict=True):
        household = uuid4()
        for person, relation in ((head, "head"), (young, "child")):
            record(HouseholdMember, "t", key=uuid4(), valid_from=DAY, household=household, person_key=person.key,
                   relation=relation)  # fmt: skip
            record(Residence, "t", key=uuid4(), **{**columns, "person_key": person.key})
        Person.objects.filter(pk=young.pk).update(birth=D(2011, 1, 1))
        stated(head.key, "contract", D(2025, 1, 1))
    young = list(Person.objects.current().filter(birth=D(2011, 1, 1)))
    many = queries(lambda: Reading(DAY).facts([child(), *young]))
    found = Reading(DAY).facts([child(), *young])
    assert sum(JOB in one for one in found.values()) == 13
    assert many <= one, (one, many)
    assert one <= (14 if connection.vendor == "sqlite" else 24)
