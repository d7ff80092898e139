"""What every test shares: no deadline for a single example, and processes of their own find renben too."""

import os
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).parents[1]
settings.register_profile("renben", deadline=None)
settings.load_profile("renben")
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
)
