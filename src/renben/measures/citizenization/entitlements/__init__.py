"""The rule book of entitlements: who may have which service, where, since when and on what ground.

Carries out: the documents each rule cites. Contents are written by hand; a test compares them with the modules.
"""

from renben.engines.rules import RuleBook
from renben.measures.citizenization.entitlements import education, residence
from renben.measures.citizenization.entitlements.facts import FACTS, PLACES

RESIDENCE = (
    residence.local_hukou,
    residence.lives_in_another_city,
    residence.permit_ground,
    residence.residence_registration,
    residence.residence_permit,
    residence.permit_in_force,
    residence.permit_holder,
    residence.permit_endorsement,
    residence.first_permit_free,
)
EDUCATION = (education.family_permit, education.compulsory_age, education.compulsory_school)
BOOK = RuleBook("citizenization", FACTS, (*RESIDENCE, *EDUCATION), PLACES)
