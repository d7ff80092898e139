"""What every page knows: language, theme, navigation of the actor's roles, and whether this is the demo."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from renben import __version__
from renben.web import clock
from renben.web.guard.policy import NOBODY, Actor
from renben.web.words import SIMPLIFIED, TRADITIONAL, column_now

THEMES = ("auto", "light", "dark")
HTML_LANG = ("zh-Hans", "en", "zh-Hant")
TONGUES = ((SIMPLIFIED, "zh-Hans", "简体"), ("en", "en", "English"), (TRADITIONAL, "zh-Hant", "繁體"))
"""Code, tag and own name of the languages that a page can be shown in, by column."""
OTHERS = tuple(tuple(one for one in TONGUES if one[1] != shown) for shown in HTML_LANG)
NAVIGATION = (
    ("home", "nav.home", "my.home"),
    ("my_cases", "nav.cases", "my.read"),
    ("my_permit", "nav.permit", "my.read"),
    ("entitlements", "nav.entitlements", "my.read"),
    ("services", "nav.services", "my.read"),
    ("my_years", "nav.years", "years.ask"),
    ("my_photo", "nav.photo", "photo.apply"),
    ("my_data", "nav.my_data", "my.read"),
    ("city_report", "nav.city_report", "my.read"),
    ("queue", "nav.queue", "queue.read"),
    ("search", "nav.search", "person.search"),
    ("population", "nav.population", "population.read"),
    ("office_stays", "nav.stays", "stay.read"),
    ("opinions", "nav.opinions", "opinion.read"),
    ("spot_checks", "nav.spot_checks", "spot_check.verify"),
    ("spot_check_results", "nav.spot_check_results", "spot_check.read", "spot_check.verify"),
    ("city_desk", "nav.city_desk", "city.read"),
    ("city_routing", "nav.city_routing", "city.route"),
    ("city_results", "nav.city_results", "city.results"),
    ("payments", "nav.payments", "payment.read"),
    ("equality", "nav.equality", "equality.read"),
    ("take_up", "nav.take_up", "take_up.read"),
    ("city_sensors", "nav.city_sensors", "city.sensor"),
    ("exports", "nav.exports", "export.read"),
    ("holds", "nav.holds", "hold.read"),
    ("transfers", "nav.transfers", "transfer.read"),
    ("sharing", "nav.sharing", "sharing.read"),
    ("board", "nav.board", "task.read"),
    ("tasks", "nav.tasks", "task.read"),
    ("overview", "nav.overview", "indicator.read"),
    ("accounts", "nav.accounts", "account.manage"),
    ("audit", "nav.audit", "audit.read"),
    ("system", "nav.system", "system.read"),
    ("flows", "nav.flows", "flow.read"),
    ("tokens_of_account", "nav.tokens", "token.use"),
)
"""Route, word and permission of each entry, in order; and the permission whose page leads there, where there is one."""
ENTRIES = frozenset(name for name, *_ in NAVIGATION)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the base template."""
    actor: Actor = getattr(request, "actor", NOBODY)
    language = get_language()
    match = request.resolver_match
    theme = request.COOKIES.get("theme", "auto")
    return {
        "actor": actor,
        "language": language,
        "html_lang": HTML_LANG[column_now()],
        "tongues": OTHERS[column_now()],
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "navigation": _navigation(actor.roles),
        "here": match.url_name if match and match.url_name in ENTRIES else "",
        "demo": settings.DEMO,
        "service_day": clock.today() if settings.DEMO else None,
        "release": __version__,
    }


@lru_cache(maxsize=64)
def _navigation(roles: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Route, word and address of the pages that some role of an actor opens."""
    anywhere = Actor(None, tuple((role, "") for role in roles))
    return tuple(
        (name, word, reverse(name))
        for name, word, needed, *led in NAVIGATION
        if anywhere.may(needed) and not any(anywhere.may(one) for one in led)
    )
