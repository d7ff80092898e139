"""The registry's tables. Every fact about the world is bitemporal: valid time and recorded time."""

from renben.web.registry.models.circumstances import Circumstance, Employment, Insurance, Schooling, Tenure
from renben.web.registry.models.consents import Consent, ConsentPaper
from renben.web.registry.models.facts import Fact, record, replace, withdraw
from renben.web.registry.models.opinions import Opinion
from renben.web.registry.models.papers import Document, Mandate, OneTimeCode, Photo, PhotoGrant, Proof
from renben.web.registry.models.people import Household, HouseholdMember, NameToken, Person, SamePerson
from renben.web.registry.models.permits import Endorsement, Permit, Settlement
from renben.web.registry.models.places import Address, Residence
from renben.web.registry.models.stays import Institution, InstitutionAccount, Stay, StayReport

__all__ = [
    "Address",
    "Circumstance",
    "Consent",
    "ConsentPaper",
    "Document",
    "Employment",
    "Endorsement",
    "Fact",
    "Household",
    "HouseholdMember",
    "Institution",
    "InstitutionAccount",
    "Insurance",
    "Mandate",
    "NameToken",
    "OneTimeCode",
    "Opinion",
    "Permit",
    "Person",
    "Photo",
    "PhotoGrant",
    "Proof",
    "Residence",
    "SamePerson",
    "Schooling",
    "Settlement",
    "Stay",
    "StayReport",
    "Tenure",
    "record",
    "replace",
    "withdraw",
]
