"""Pages of the documentation that need Django, made in a process of their own with an empty demo folder."""

import os
import subprocess
import sys
import tempfile


class NotPrinted(RuntimeError):
    """A page could not be made; the message is what the process said."""


def permissions_page() -> str:
    """The matrix of who may do what, in Markdown.

    Raises:
        NotPrinted: the process failed, as where the extra `web` is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="renben-print-") as folder:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RENBEN_", "DJANGO_"))}
        ours = {"RENBEN_WEB_FOLDER": folder, "RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0"}
        command = [sys.executable, "-m", "renben.web.guard.auditors_page"]
        done = subprocess.run(command, env={**kept, **ours}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPrinted(f"docs/reference/permissions.md: not made; {done.stderr.strip()[-500:]}")
    return done.stdout
