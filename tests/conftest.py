"""What every test shares: no deadline for a single example, and processes of their own find renben too."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests import once

ROOT = Path(__file__).parents[1]
settings.register_profile("renben", deadline=None)
settings.register_profile("renben-ci", deadline=None, max_examples=40)
settings.load_profile("renben-ci" if os.environ.get("CI") else "renben")
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
)

SERVICES = ("no Chromium", "no PostgreSQL", "no Java")
"""Reasons that are allowed on a developer's machine and never in CI."""
LONG = (
    "tests/stories/",
    "tests/web/test_accessibility.py",
    "tests/web/test_postgresql",
    "tests/web/programme/test_postgresql",
    "tests/measures/citizenization/test_entitlements_engines.py",
)
"""Tests of minutes: they begin first, so that at the end no process works alone."""


SHORTENED = (
    "tests/stories/test_readme.py::test_every_command_of_the_tour",
    "tests/measures/citizenization/test_entitlements_engines.py::test_spark",
    "tests/report/test_command.py",
    "tests/web/city/test_desk_in_browser.py",
    "tests/web/exchange/test_small_areas.py",
    "tests/web/exchange/test_two_services.py",
    "tests/web/payments/test_payment_in_browser.py",
    "tests/web/programme/test_postgresql.py",
    "tests/web/test_accessibility.py::test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways[zh",
    "tests/web/offline/test_device_in_browser.py::test_axe_finds_nothing_in_any_state_of_the_page[en",
    "tests/web/offline/test_in_browser.py::test_two_tabs_that_send_at_once_make_one_case[False",
    "tests/web/test_account_pages.py::test_an_account_is_protected_step_by_step_in_a_browser[en",
    "tests/web/test_facts_moved.py::test_behind_row_policies",
    "tests/web/test_guard_rotation.py::test_a_rotation_killed",
    "tests/web/test_load_journeys.py",
    "tests/web/test_passkeys.py",
    "tests/web/test_postgresql_registry.py::test_every_feature",
    "tests/web/test_registry_in_browser.py",
)
"""Tests of half a minute and more that CI leaves out, for it has twenty minutes; `make test` and `make test-wide` run them."""


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder for what is made once in a run."""
    config.made_once = once.begin()  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it at the end."""
    once.end(getattr(config, "made_once", ""))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long tests first, else leave the order; in CI only the short form."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if os.environ.get("CI") and not os.environ.get("RENBEN_TESTS_WIDE"):
        left = [item for item in items if _left_out(item.nodeid)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not _left_out(item.nodeid)]


def _left_out(name: str) -> bool:
    """Whether CI leaves a test out."""
    return name.startswith(SHORTENED)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """In CI a test whose service is missing fails; elsewhere it is skipped with its reason."""
    for mark in item.iter_markers("skipif"):
        reason = str(mark.kwargs.get("reason", ""))
        if os.environ.get("CI") and mark.args and mark.args[0] is True and reason.startswith(SERVICES):
            pytest.fail(f"CI must have it: {reason}", pytrace=False)
