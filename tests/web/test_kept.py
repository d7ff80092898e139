"""What is kept of a page is what would be drawn: in every language, theme and role, on every page."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.template import Context, RequestContext, Template, TemplateSyntaxError, engines
from django.test import Client, RequestFactory
from django.urls import reverse

from renben.web.guard.models import User
from renben.web.guard.policy import policy
from renben.web.look.templatetags.kept import MOST, Kept, _pattern
from tests.web.conftest import COUNTY

ONCE = re.compile(r'(name="(?:csrfmiddlewaretoken|key)" value=")[^"]+')
PAGES = ("/", "/home/", "/office/", "/office/search/", "/my/cases/", "/apply/residence_permit/",
         "/accounts/", "/system/", "/flows/", "/nothing-here/?a=b&c=<d>")  # fmt: skip


def drawn(client: Client, address: str) -> str:
    return ONCE.sub(r"\1", client.get(address).content.decode())


def every(clients: dict[str, Client]) -> dict[tuple[str, str], str]:
    return {(who, page): drawn(client, page) for who, client in clients.items() for page in PAGES}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_the_same_with_and_without_what_is_kept(
    language: str,
    account: Callable[..., User],
    browse: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users = {
        role: account(f"k-{role}", role, "" if role == "resident" else COUNTY) for role in policy().roles
    }
    clients = {"nobody": browse(None, language), **{r: browse(u, language) for r, u in users.items()}}
    clients["resident"].cookies["theme"] = "dark"
    first, again = every(clients), every(clients)
    monkeypatch.setattr(Kept, "render", lambda self, context: self.nodelist.render(context))
    fresh = every(clients)
    assert first == again == fresh
    assert len(set(fresh.values())) > len(PAGES), "the pages do differ"


def test_the_form_token_is_never_kept(account: Callable[..., User], browse: Callable[..., Client]) -> None:
    tokens = set()
    for n in range(3):
        client = browse(account(f"token-{n}", "auditor"))
        page = client.get("/audit/").content.decode()
        tokens |= set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
        form = {"csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page)[0]}
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        assert strict.post("/theme/", {**form, "theme": "dark"}).status_code == 302
    assert len(tokens) == 3, "one for each visit, the same in all its forms"


def template(text: str) -> Template:
    return engines["django"].engine.from_string(text)  # type: ignore[attr-defined]


def test_only_the_live_part_is_drawn_again() -> None:
    page = template("{% kept a %}{{ a }}-{{ b }}-{% live %}{{ b }}{% endlive %}-{{ a }}{% endkept %}")
    assert page.render(Context({"a": 1, "b": "x"})) == "1-x-x-1"
    assert page.render(Context({"a": 1, "b": "<y>"})) == "1-x-&lt;y&gt;-1", "escaped, too"
    assert page.render(Context({"a": 2, "b": "z"})) == "2-z-z-2"


def test_no_more_is_kept_than_a_process_can_hold() -> None:
    page = template("{% kept a %}{{ a }}{% endkept %}")
    for n in range(MOST + 10):
        page.render(Context({"a": n}))
    (part,) = page.nodelist.get_nodes_by_type(Kept)
    assert len(part.known) == MOST and page.render(Context({"a": 1})) == "1"


@pytest.mark.parametrize(
    "text", ["{% kept a %}{% kept b %}{% endkept %}{% endkept %}", "{% kept a %}{% block b %}{% endblock %}{% endkept %}"]
)  # fmt: skip
def test_one_part_inside_another_is_refused(text: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="inside kept"):
        template(text)


@pytest.mark.parametrize(
    ("name", "values"),
    [("home", ()), ("person", (uuid4(),)), ("unlock", (7,)), ("guide", ("residence_permit",)), ("task_evidence", (uuid4(), 3)),
     ("my_step", (uuid4(), "withdraw"))],
)  # fmt: skip
def test_an_address_is_djangos_own(name: str, values: tuple[Any, ...]) -> None:
    names = [f"v{n}" for n in range(len(values))]
    page = template(f"{{% url '{name}' {' '.join(names)} %}}")
    context = RequestContext(RequestFactory().get("/"), dict(zip(names, values, strict=True)))
    assert page.render(context) == reverse(name, args=values)
    fast = all(not isinstance(one, str) for one in values)
    assert bool(_pattern(name, tuple(type(one) for one in values))) is fast
