"""Effects and facts of every kind of case that the registry carries."""

from renben.web.flow import collecting
from renben.web.flow.bindings import Bindings
from renben.web.registry import (
    consents,
    corrections,
    household,
    merging,
    moving,
    permits,
    photos,
    proxies,
    reconsideration,
    registration,
    settlements,
)
from renben.web.registry.answers import store_answers

FORM = {
    "store_answers": store_answers,
    "take_in": registration.take_in,
    "note_reopened": reconsideration.note_reopened,
}

REGISTRATION = Bindings(
    {
        **FORM,
        **collecting.EFFECTS,
        "register_residence": registration.register_residence,
        "note_assisted": registration.note_assisted,
        "ask_person": proxies.ask_person,
        "note_confirmed": proxies.note_confirmed,
        "note_denied": proxies.note_denied,
    },
    registration.facts,
)
PERMIT = Bindings(
    {**FORM, **moving.MOVING, "issue_permit": permits.issue_permit},
    lambda case, payload, day: permits.facts(case, payload, day) | moving.facts(case),
)
PERMIT_LIFE = Bindings(
    {
        "note_asked": permits.note_asked,
        "endorse": permits.endorse,
        "endorse_late": permits.endorse_late,
        "keep_due": permits.keep_due,
        "keep_expiry": permits.keep_expiry,
        "suspend": permits.suspend,
        "close_permit": permits.close_permit,
    },
    permits.life_facts,
)
SETTLEMENT = Bindings({**FORM, "settle": settlements.settle}, settlements.facts)
CORRECTION = Bindings(
    {**FORM, "correct_record": corrections.correct_record, "undo_correction": corrections.undo_correction},
    corrections.facts,
)
DUPLICATE = Bindings(
    {"merge": merging.merge, "undo_merge": merging.undo_merge, "keep_apart": merging.keep_apart},
    merging.facts,
)
PHOTO = Bindings(
    {
        **FORM,
        "hand_photo_in": photos.hand_in,
        "accept_photo": photos.accept,
        "ask_again": photos.ask_again,
        "drop_photo": photos.drop,
    },
    consents.photo_facts,
)
HOUSEHOLD = Bindings(
    {
        **FORM,
        **collecting.EFFECTS,
        "change_household": household.change,
        "undo_change": household.undo_change,
        "note_assisted": registration.note_assisted,
    },
    household.facts,
)
RECONSIDERATION = Bindings(
    {**FORM, "keep_article": reconsideration.keep_article, "reopen_about": reconsideration.reopen_about},
    reconsideration.facts,
)
