"""The catalogue as it ships, and the supplied official text where a shared folder is at hand."""

import os
from pathlib import Path

import pytest

from renben.catalogue import Catalogue, Plan

PLAN = "shanxi-2025"
TEXT = "shanxi-2024-20.txt"


def shared_folder() -> Path | None:
    """The folder of shared reference material: RENBEN_SHARED, or `shared` beside any parent of this file."""
    named = os.environ.get("RENBEN_SHARED")
    places = [Path(named)] if named else [parent / "shared" for parent in Path(__file__).resolve().parents]
    return next((place for place in places if place.is_dir()), None)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture(scope="session")
def plan(catalogue: Catalogue) -> Plan:
    return catalogue.plans[PLAN]


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("no shared folder beside the checkout and RENBEN_SHARED is not set")
    return folder
