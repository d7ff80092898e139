"""A device in a real Chromium: turned on, without a network, filled in, looked into."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.web.browser import sign_in, visitor
from tests.web.service import Service

NUMBER, NAME = "149901198501010014", "示例甲"
ADDRESS = "示例街道坞城路1号院1号楼102室"
HOUSEHOLD = {
    "notice-notice": True, "identity-acting_as": "self", "identity-document_kind": "citizen", "identity-number": NUMBER,
    "identity-name": NAME, "contact-phone": "13900000077", "hukou-hukou_region": "141002", "hukou-hukou_kind": "10",
    "hukou-hukou_rural": "yes", "arrival-arrival": "2026-06-01", "place-region": "140105", "address-words": ADDRESS,
    "stay-reason": "work", "stay-housing": "site", "proof-proof_kind": "contract",
}  # fmt: skip
STREET = {
    "what-subclass": "street_lamp", "where-region": "140105", "where-place": "合成路口", "words-words": "合成：路灯不亮",
    "words-severity": "ordinary",
}  # fmt: skip
DUMP = """async () => {
  const db = await Drafts.store.open(), found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((yes) => { const a = db.transaction(name).objectStore(name).getAll(); a.onsuccess = () => yes(a.result); });
  }
  const plain = (key, value) => value instanceof ArrayBuffer ? new TextDecoder("latin1").decode(value)
    : ArrayBuffer.isView(value) ? Array.from(value).join(",") : value;
  return JSON.stringify(found, plain);
}"""
"""Everything in the database as text."""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return found;
}"""
LEFT = """async () => [(await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""
SAVED = 900
"""After the last key it is kept in 400 ms; a picture of the page is slower than that (ms)."""
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })"


def device(
    browser: Any,
    service: Service,
    account: str = "",
    language: str = "en",
    size: str = "phone",
    **options: Any,
) -> Any:
    """A page of drafts on a device that was turned on."""
    page = visitor(browser, service.base, "en" if language == "en" else "zh-hans", size, **options)
    page.set_default_timeout(20_000)
    if account:
        sign_in(page, account, service.password)
    page.goto(f"/offline/{language}/")
    page.click("#turn-on")
    page.wait_for_selector("#ready:not([hidden])")
    return page


def opened(page: Any, language: str = "en") -> Any:
    """The page of drafts, opened anew."""
    page.goto(f"/offline/{language}/")
    page.wait_for_selector("main[data-started]")
    return page


def enter(page: Any, fields: dict[str, Any]) -> None:
    """Fill fields of the form that is open, by name."""
    for name, value in fields.items():
        one = page.locator(f"#editor form:not([hidden]) [name='{name}']")
        kind = one.first.evaluate("e => e.type")
        if kind == "radio":
            page.check(f"#editor form:not([hidden]) [name='{name}'][value='{value}']")
        elif kind == "checkbox":
            one.set_checked(value)
        elif kind == "select-one":
            one.select_option(value)
        else:
            one.fill(value)


def begin(page: Any, kind: str, fields: dict[str, Any]) -> str:
    """Begin a draft and fill it in; its id."""
    page.click(f"[data-new={kind}]")
    page.wait_for_selector("#editor:not([hidden])")
    enter(page, fields)
    page.wait_for_timeout(SAVED)
    page.wait_for_selector("#saved:not(:empty)")
    return str(page.evaluate("location.hash.slice(1)"))


def finish(page: Any) -> None:
    """Put the open draft into the queue."""
    page.click("#finish")
    page.wait_for_selector("#ready:not([hidden])")


def wait_for(page: Any, draft: str, state: str) -> str:
    """Wait until a draft is in a state; what its entry says."""
    one = page.locator(f"[data-draft='{draft}'][data-state='{state}']")
    one.wait_for()
    return str(one.inner_text())


def number_of(page: Any, draft: str) -> str:
    """The number under which a draft was taken in."""
    wait_for(page, draft, "accepted")
    return str(page.inner_text(f"[data-draft='{draft}'] strong"))


def numbers(page: Any, prefix: str = "JD") -> list[str]:
    """Numbers of the account's cases, by its page."""
    page.goto("/my/cases/")
    return [one for one in page.inner_text("main").split() if one.startswith(f"{prefix}-")]


@contextmanager
def offline(page: Any) -> Iterator[None]:
    """Without a network."""
    page.context.set_offline(True)
    try:
        yield
    finally:
        page.context.set_offline(False)


def as_account(page: Any, account: str, password: str) -> None:
    """Another account signs in on this device, without the former one's having signed out."""
    page.context.clear_cookies(name="sessionid")
    sign_in(page, account, password)
