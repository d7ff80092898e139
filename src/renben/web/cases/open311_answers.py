"""Answers of Open311 in both formats, and its errors: code and description, also those that the gate makes.

XML comes from the standard library, which escapes; JSON follows from the same rows. XML is the format of the standard, so it
is what an address without a known ending is answered in.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpRequest, HttpResponse

from renben.web.words import say_now

PREFIX = "/open311/"
JSON, XML = "json", "xml"
MEDIA = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
ITEMS = {"services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
         "values": "value", "endpoints": "endpoint", "formats": "format"}  # fmt: skip
"""Name of a list -> name of one of its entries."""
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no place for."""
WORDS = {401: "open311.no_key", 403: "api.forbidden", 404: "api.not_found", 405: "api.method", 429: "api.too_many",
         503: "api.away"}  # fmt: skip
FIRST_FAILURE = 300


class Trouble(Exception):
    """A call that cannot be answered: a status and what is wrong."""

    def __init__(self, status: int, word: str, **values: Any) -> None:
        self.status = status
        self.text = say_now(word, **values) if values else say_now(word)
        super().__init__(self.text)


def answer(form: str, name: str, rows: Any, status: int = 200) -> HttpResponse:
    """Rows, or one record, under their name in a format.

    Args:
        form: json, or xml for anything else.
        name: root element of the XML.
        rows: a list of records or one record, of texts, numbers, None, lists and records.
        status: HTTP status.
    """
    if form == JSON:
        return HttpResponse(json.dumps(rows, ensure_ascii=False), content_type=MEDIA[JSON], status=status)
    root = Element(name)
    _fill(root, name, rows)
    text = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type=MEDIA[XML], status=status)


def _fill(at: Element, name: str, value: Any) -> None:
    """Put a value into an element: a list as its entries, a record as its fields, anything else as text."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _fill(SubElement(at, key), key, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            _fill(SubElement(at, ITEMS[name]), ITEMS[name], one)
    elif isinstance(value, bool):
        at.text = str(value).lower()
    elif value is not None:
        at.text = NOT_XML.sub("", str(value))


def failure(form: str, status: int, text: str) -> HttpResponse:
    """An error as the standard has it."""
    return answer(form, "errors", [{"code": status, "description": text}], status)


def form_of(path: str) -> str:
    """The format that an address ends in, XML where it ends in none."""
    return JSON if path.endswith(f".{JSON}") else XML


class GeoReportErrors:
    """Turns pages that answer a call of Open311 into its errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what is an answer of Open311 stays as it is."""
        response = self.get_response(request)
        if not request.path.startswith(PREFIX) or response.status_code < FIRST_FAILURE:
            return response
        if response.get("Content-Type", "") in MEDIA.values():
            return response
        status = response.status_code
        fresh = failure(form_of(request.path), status, say_now(WORDS.get(status, "api.broken")))
        for name in ("Allow", "Retry-After"):
            if name in response:
                fresh[name] = response[name]
        return fresh
