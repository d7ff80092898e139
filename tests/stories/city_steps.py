"""Takes steps of a city case as given accounts, in a process of its own on the service's database: the flow's own command.

Called with the case's number and a JSON list of [account, action, answers, note]; prints for each the stage, or the refusal.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.web.service import ROOT, clean_environment

DEMO = {"RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0"}
Steps = list[tuple[str, str, dict[str, Any], str]]


def took(folder: Path, number: str, *steps: tuple[str, str, dict[str, Any], str]) -> list[str]:
    """Stage after each step of a case, or the word of the refusal."""
    settings = {
        **clean_environment(),
        **DEMO,
        "RENBEN_WEB_FOLDER": str(folder),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.stories.city_steps", number, json.dumps(steps)],
        env=settings, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def main(number: str, steps: Steps) -> list[str]:
    """Take the steps; see the module."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "renben.web.settings"
    import django  # noqa: PLC0415

    django.setup()
    from renben.web.flow.command import Command, act  # noqa: PLC0415
    from renben.web.flow.models import Case  # noqa: PLC0415
    from renben.web.flow.refusals import Refusal  # noqa: PLC0415
    from renben.web.guard.accounts import actor_of  # noqa: PLC0415
    from renben.web.guard.models import User  # noqa: PLC0415

    said = []
    for n, (name, action, answers, note) in enumerate(steps):
        case, actor = Case.objects.get(number=number), actor_of(User.objects.get(username=name))
        key = f"story-{number}-{case.version}-{n}"
        try:
            said.append(act(Command(case.pk, action, actor, key, case.version, answers, note)).stage)
        except Refusal as error:
            said.append(error.word)
    return said


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], json.loads(sys.argv[2]))))
