"""The guides' pictures of city cases and payments: a resident reports, a call goes to its end, a batch waits for approval."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from renben.core.workspace import Workspace
from tests.web import errands
from tests.web.city import errands as city
from tests.web.payments.versions import reward

STREET: tuple[tuple[str, dict[str, str]], ...] = (
    ("what", {"check:subclass": "ponding"}),
    ("where", {"select:region": "140106", "place": "示例路与示例街口"}),
    ("words", {"words": "路口积水，行人绕行", "check:severity": "ordinary"}),
    ("phone", {"phone": "13900000189"}),
)


def report(page: Any, fill: Any, camera: Any) -> None:
    """Somebody without an account reports what is wrong, and looks at what is public."""
    page.goto("/city/report/")
    for name, fields in STREET:
        fill(page, fields)
        camera.shot(page, f"city-{name}")
        page.click("main button[value=next]")
        page.wait_for_load_state()
        if page.locator("input[name=into]").count():
            page.check("input[name=into][value=new]")
            page.click("main button[value=next]")
            page.wait_for_load_state()
    page.click("main button[value=send]")
    page.wait_for_load_state()
    camera.shot(page, "city-receipt")
    page.goto("/city/?region=140105")
    camera.shot(page, "city-public")


def cases(desk: Any, unit: Any, look: Any, camera: Any) -> None:
    """A call is filed, sent out, done and looked at; rules are tried out; results are counted."""
    case, _ = city.taken_down(desk)
    camera.shot(desk, "city-file")
    city.press(desk, case, "file", title="路灯不亮", place="示例路口")
    camera.shot(desk, "city-send")
    city.press(desk, case, "dispatch")
    city.press(unit, case, "accept")
    camera.shot(unit, "city-handle")
    city.press(unit, case, "done", note="已更换灯头", file=city.photo(Path(tempfile.mkdtemp())))
    look.goto(case)
    camera.shot(look, "city-look")
    desk.goto("/city/routing/140100/trial/")
    camera.shot(desk, "city-trial")
    desk.goto("/city/results/")
    camera.shot(desk, "city-results")


REWARD = {
    ("140100", "settlement"): "1284600.00", ("140100", "pupils"): "366000.50", ("140200", "settlement"): "412300.00",
    ("140200", "pupils"): None, ("140400", "settlement"): "268750.25", ("140400", "pupils"): "91400.00",
}  # fmt: skip
"""Made up, in yuan; one part could not be computed."""


def computed(space: Workspace) -> None:
    """What a run of made-up settlers would have computed, for the finance office."""
    reward(space, REWARD, dt.date(2026, 6, 1), synthetic=True)


def payment(maker: Any, checker: Any, camera: Any) -> None:
    """A batch is drawn up, handed on and waits for the other officer."""
    batch = errands.draw_up_batch(maker)
    errands.batch_step(maker, batch, "submit")
    checker.goto(batch)
    camera.shot(checker, "payment")
