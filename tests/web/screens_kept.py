"""Pictures of what is kept: a hold asked to be lifted, and a draft that waits on a device without a network."""

import datetime as dt
from typing import Any

from tests.web.offline.device import HOUSEHOLD, begin, device, finish, offline, wait_for
from tests.web.service import Service


def hold(steward: Any, colleague: Any, number: str, camera: Any) -> None:
    """Something is still needed: a steward sets a hold and asks to lift it; a colleague is shown both."""
    chinese = camera.mark.startswith("zh")
    steward.goto("/holds/")
    steward.fill("#number", number)
    steward.click("form[action='/holds/find/'] button")
    steward.wait_for_load_state()
    ground = (
        "合成：某法院（2026）示例第1号通知，保全登记材料"
        if chinese
        else "Synthetic: example court, notice 1 of 2026, keep the record"
    )
    steward.fill("#reason", ground)
    last = dt.date.fromisoformat(steward.get_attribute("#until", "min") or "")
    steward.fill("#until", str(last + dt.timedelta(days=90)))
    steward.click("main .actions button.primary")
    steward.wait_for_load_state()
    steward.click("details:has(form[action$='/step/ask_lift/']) summary")
    steward.fill(
        "#ask-reason",
        "合成：案件已结，不再需要" if chinese else "Synthetic: the case is over, nothing is needed any more",
    )
    steward.click("form[action$='/step/ask_lift/'] button")
    steward.wait_for_load_state()
    colleague.goto(steward.url)
    camera.shot(colleague, "hold")


def drafts(browser: Any, service: Service, camera: Any) -> None:
    """A household written down without a network: the form, and the queue that waits."""
    language, size = camera.mark.split("-")
    page = device(browser, service, "jumin", language, size)
    with offline(page):
        page.goto(f"/offline/{language}/")
        page.wait_for_selector("main[data-started]")
        draft = begin(page, "declaration", HOUSEHOLD)
        camera.shot(page, "offline-form")
        finish(page)
        wait_for(page, draft, "waiting")
        camera.shot(page, "offline-queue")
