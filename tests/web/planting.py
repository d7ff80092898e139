"""Plants one person with every kind of row on whatever database the settings name; prints keys and counts as JSON.

Run in a process of its own, as the application role that row policies hold.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from renben.web.cases.models import Grid, RouteRule, RouteSet  # noqa: E402
from renben.web.clock import now, today  # noqa: E402
from renben.web.exchange import log  # noqa: E402
from renben.web.exchange.models import Delivery, Message  # noqa: E402
from renben.web.flow import linking  # noqa: E402
from renben.web.flow.models import Handover, Outbox  # noqa: E402
from renben.web.flow.sweeper import deliver  # noqa: E402
from renben.web.guard.accounts import actor_of  # noqa: E402
from renben.web.guard.models import Grant, User  # noqa: E402
from renben.web.guard.policy import Actor  # noqa: E402
from renben.web.programme.models import Seat  # noqa: E402
from renben.web.registry import codes, photo_ledger  # noqa: E402
from renben.web.registry.models import Address, Endorsement, Mandate, Opinion, Permit  # noqa: E402
from tests.web.cases import SETUP, acting, again, do  # noqa: E402
from tests.web.conftest import DAY, answers, set_day  # noqa: E402
from tests.web.pictures import MASTER_FACE  # noqa: E402
from tests.web.planted import COUNTY, Planted, plant  # noqa: E402

ROLES = {
    "resident": ("resident", ""),
    "officer": ("community_officer", COUNTY),
    "issuer": ("police_officer", COUNTY),
    "steward": ("data_steward", COUNTY),
    "steward2": ("data_steward", COUNTY),
}
TABLES = (
    "flow_case", "flow_caseevent", "flow_handover", "flow_caselink", "flow_message", "registry_person", "registry_residence", "registry_permit",
    "registry_tenure", "registry_employment", "registry_schooling", "registry_insurance",
    "registry_document", "registry_proof", "registry_mandate", "registry_onetimecode", "registry_photo",
    "registry_photogrant", "registry_institution", "registry_institutionaccount", "registry_stayreport", "registry_stay",
    "registry_consent", "registry_consentpaper", "registry_endorsement", "registry_household", "registry_householdmember",
    "registry_opinion", "guard_recovery", "guard_hold", "guard_holdstep", "claims_claim", "claims_offer", "exchange_message", "exchange_certificate",
    "exchange_messagereceipt", "exchange_delivery", "spotcheck_check", "cases_citycase", "cases_report", "cases_routeset",
    "cases_routerule", "cases_grid",
    "exchange_messagereceipt", "exchange_delivery", "spotcheck_check",
    "payments_batch", "payments_row", "payments_givenfile", "payments_returnfile", "payments_returnrow",
    "payments_outcome",
)  # fmt: skip


def account(name: str, role: str, region: str) -> Actor:
    user = User.objects.create(username=f"planting-{name}", demo=True)
    Grant.objects.create(user=user, role=role, region=region)
    return actor_of(user)


def desks() -> dict[str, int]:
    """Accounts of the service department over the county: two with a seat, by office, and one without."""
    found = {
        name: account(f"desk-{name}", "service_officer", COUNTY).user_id or 0
        for name in ("health", "hrss", "")
    }
    for name in ("health", "hrss"):
        Seat.objects.create(user_id=found[name], office=name)
    return found


def whole() -> tuple[Planted, Actor]:
    """The person, a permit, a photo that one use has, a mandate, a code, an endorsement."""
    people = {name: account(name, *row) for name, row in ROLES.items()}
    place = Address.objects.create(region=COUNTY, township=COUNTY + "001", text="合成街道1号", synthetic=True)
    planted = plant(people, place, answers)
    resident = again(people["resident"])
    do(planted.open.pk, "claim", people["officer"])
    do(planted.open.pk, "accept", people["officer"])
    do(planted.open.pk, "issue", people["issuer"])
    do(planted.photo.pk, "claim", people["officer"])
    do(planted.photo.pk, "accept", people["officer"], face=MASTER_FACE)
    with acting(resident):
        use = next(one.name for one in photo_ledger.uses(today()) if one.consent)
        photo_ledger.give(resident, use)
    person = planted.done.person_key
    Mandate.objects.create(
        account=resident.user_id, person_key=person, kind="guardian", case=planted.done.pk, valid_from=today()
    )
    codes.make("bind", planted.done.pk, person)
    permit = Permit.objects.current().get(person_key=person)
    Endorsement.objects.create(permit=permit.key, due=today(), done=today(), late=False)
    Handover.objects.create(
        case_id=planted.open.pk,
        seq=1,
        from_region=COUNTY,
        to_region="141002",
        sent_on=today(),
        answer="sent_back",
    )
    linking.link(
        people["officer"], planted.open, planted.done, linking.FOLLOWS, "合成：同一人", "planted-link"
    )
    Opinion.objects.create(
        case_id=planted.done.pk, kind="residence_registration", region=COUNTY, score=4, given_on=today()
    )
    routes = RouteSet.objects.create(region=COUNTY, version=1, made_by=1, made_at=now())
    RouteRule.objects.create(routes=routes, place=1, unit="housing")
    Grid.objects.create(
        region=COUNTY, code="G1", zh="合成网格", office="housing", first_day=today(), made_at=now()
    )
    message = Message.objects.get(certificate__case=planted.transfer.pk)
    log.keep_receipt(message, {"outcome": "accepted"})
    Delivery.objects.create(message=message, next_try=now(), done_at=now())
    return planted, resident


def counted() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def main() -> dict[str, Any]:
    with transaction.atomic(), acting(SETUP):
        set_day(DAY)
        planted, resident = whole()
        seated = desks()
    while Outbox.objects.filter(done_at=None).exists() and deliver():
        pass
    with transaction.atomic(), acting(SETUP):
        return {
            "person": str(planted.done.person_key), "account": resident.user_id, "case": str(planted.done.pk),
            "rows": counted(), "claim": str(planted.claim.pk), "desks": seated,
            "claims": {"flow_case": 1, "flow_caseevent": planted.claim.events.count(), "claims_claim": 1},
        }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
