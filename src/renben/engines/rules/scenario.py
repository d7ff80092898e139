"""Scenarios as files: what a reform would change, in a layout an analyst writes.

name: three_months
zh: 居住登记满三个月即可申领
provisions:
  residence_permit.min_months: {2025-01-01: 3}
  social_aid.line: {regions: {"149901": {2025-01-01: 800}}}
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from renben.core.errors import RenbenError
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.reading import read_changes
from renben.engines.rules.select import Scenario


class ScenarioError(RenbenError):
    """A scenario file cannot be read."""


def read_scenario(path: Path, book: LoadedBook) -> Scenario:
    """A scenario from its file.

    Raises:
        ScenarioError: the file has no provisions, or its name is no plain word.
        ProvisionError: it changes a provision that does not exist.
    """
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path}: is no YAML that can be read: {' '.join(str(error).split())}") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("provisions"), dict):
        raise ScenarioError(f"{path}: give provisions: {{NAME: {{YYYY-MM-DD: VALUE}}}}")
    name = str(tree.get("name", path.stem))
    if not re.fullmatch(r"\w+", name):
        raise ScenarioError(f"{path}: name {name!r}: use letters, digits and _ only")
    return Scenario(name, read_changes(tree["provisions"], book.provisions, str(path)))
