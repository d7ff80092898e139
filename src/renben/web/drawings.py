"""Reading BPMN files for the command line, which may be called before Django is loaded and without a database."""

import importlib
import os
import tempfile
from dataclasses import asdict
from typing import Any

from renben.web import start


def check(data: bytes, name: str) -> dict[str, Any]:
    """What a flow table can say of a BPMN file; see flow.bpmn_drafting.draft.

    Raises:
        BpmnError: no BPMN 2.0 process.
    """
    # the verification reads the policy and the bindings, not the database: a demo's settings in an empty folder do
    with tempfile.TemporaryDirectory(prefix="renben-flow-") as folder:
        given = {"RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0", "RENBEN_WEB_FOLDER": folder}
        for key, value in given.items():
            os.environ.setdefault(key, value)
        start.prepare()
        say = importlib.import_module("renben.web.words").say
        found = importlib.import_module("renben.web.flow.bpmn_drafting").draft(data, name)
    rows = [{**asdict(one), "why": say("en", f"bpmn.why.{one.reason}")} for one in found.unsaid]
    return {"name": found.name, "unsaid": rows, "problems": list(found.problems), "table": found.table}
