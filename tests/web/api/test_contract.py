"""Calls made up from the OpenAPI document: every answer is one that the document promises (schemathesis)."""

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings

from renben.core.workspace import Workspace
from renben.web.guard.models import User

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed (dev group)")
requests = pytest.importorskip("requests", reason="requests comes with schemathesis")

from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from urllib3 import HTTPResponse  # noqa: E402

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = 40


def called(client: Client, case: Any) -> Any:
    """The answer to a made-up case, as schemathesis reads it."""
    given_ = case.as_transport_kwargs(base_url="http://testserver")
    headers = {
        k: str(v)
        for k, v in (given_.get("headers") or {}).items()
        if k.lower() not in ("content-type", "cookie")
    }
    body = given_.get("data")
    if given_.get("json") is not None:
        body = json.dumps(given_["json"])
    path = given_["url"].removeprefix("http://testserver")
    query = urlencode(given_.get("params") or {}, doseq=True)
    answer = client.generic(
        case.method, f"{path}?{query}" if query else path, body or b"", "application/json", headers=headers
    )
    found = requests.Response()
    found.status_code, found._content = answer.status_code, answer.content
    found.headers.update(answer.headers)
    found.raw = HTTPResponse(
        io.BytesIO(answer.content), dict(answer.headers), answer.status_code, preload_content=False
    )
    found.request = requests.Request(case.method, f"http://testserver{path}").prepare()
    return found


def test_every_answer_is_one_that_the_document_promises(
    account: Callable[..., User], browse: Callable[..., Client], ran: Workspace
) -> None:
    client = browse(account("contract", "programme_officer", "140000"))
    client.raise_request_exception = False
    document = client.get("/api/v1/openapi.json").json()
    statuses: set[int] = set()
    for found in schemathesis.openapi.from_dict(document).get_all_operations():

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(case=found.ok().as_strategy())
        def answers(case: Any) -> None:
            answer = called(client, case)
            statuses.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        answers()
    assert {200, 404} <= statuses and not any(status >= 500 for status in statuses)
