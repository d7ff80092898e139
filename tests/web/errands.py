"""Errands that people run in a real browser: a photo for many uses, a form taken down at the counter, a change at home, a payment."""

import io
from pathlib import Path
from typing import Any

from tests.web.pictures import drawn, encoded

CLICKS = {
    "ear_left": (181, 20),
    "ear_right": (299, 20),
    "eye": (20, 224),
    "hair": (20, 139),
    "chin": (20, 303),
}
"""Where an officer presses the synthetic master photo, in pixels of the page's image."""


def photo_file(folder: Path) -> Path:
    """A synthetic master photo as a file."""
    path = folder / "synthetic.jpg"
    path.write_bytes(encoded(drawn(1800, 2400, ears=440, top=520, centre=900.0), quality=90, dpi=(72, 72)))
    return path


def case_in(page: Any) -> str:
    """The case of the page's address."""
    return str(page.url.split("/cases/")[1].split("/")[0])


def go_on(page: Any) -> None:
    """Save and go on."""
    page.click("main button[name=do][value=next]")
    page.wait_for_load_state()


def hand_in_photo(page: Any, path: Path) -> str:
    """A resident hands a photo in."""
    page.goto("/apply/photo/")
    page.click("main button.primary")
    case = case_in(page)
    page.check("input[name=notice]")
    go_on(page)
    page.set_input_files("input[name=file]", str(path))
    go_on(page)
    page.click("main form.actions button")
    page.wait_for_load_state()
    return case


def claim(page: Any, case: str) -> None:
    """An officer takes a case."""
    page.goto(f"/office/cases/{case}/")
    page.click("form[action$='/step/claim/'] button")
    page.wait_for_load_state()


def point(page: Any, case: str) -> None:
    """An officer presses the five points on the photo."""
    page.goto(f"/office/cases/{case}/face/")
    for x, y in CLICKS.values():
        page.click("input[type=image]", position={"x": x, "y": y})
        page.wait_for_load_state()


def accept(page: Any) -> None:
    """An officer accepts the photo whose points stand."""
    page.click("form[action$='/step/accept/'] button")
    page.wait_for_load_state()


def fetched(page: Any, code: str) -> tuple[int, int]:
    """Size of the picture that a recipient downloads for a code."""
    from PIL import Image  # noqa: PLC0415

    page.goto("/photo/")
    page.fill("#code", code)
    with page.expect_download() as download:
        page.click("main button.primary")
    with Image.open(io.BytesIO(Path(download.value.path()).read_bytes())) as picture:
        return picture.size


COUNTER: tuple[tuple[str, dict[str, str]], ...] = (
    ("notice", {"check:notice": ""}),
    ("identity", {"check:acting_as": "self", "fill:number": "149901195603030012", "fill:name": "示例申"}),
    ("contact", {"fill:phone": "13900000077"}),
    ("hukou", {"select:hukou_region": "141002", "check:hukou_kind": "10", "check:hukou_rural": "yes"}),
    ("arrival", {"fill:arrival": "2026-06-08"}),
    ("place", {"select:region": "140105"}),
    ("address", {"first:address": ""}),
    ("stay", {"check:reason": "live", "check:housing": "kin"}),
    ("members", {}),
    ("proof", {"check:proof_kind": "lodging"}),
)


def enter(page: Any, fields: dict[str, str]) -> None:
    """Enter one question."""
    for name, value in fields.items():
        how, field = name.split(":")
        box = f"main input[name={field}]"
        if how == "fill":
            page.fill(box, value)
        elif how == "select":
            page.select_option(f"main select[name={field}]", value)
        elif how == "first":
            page.check(f"{box} >> nth=0")
        else:
            page.check(f"{box}[value='{value}']" if value else box)


def take_down(page: Any) -> str:
    """An officer takes a registration down at the counter, up to the sheet that is read back."""
    page.goto("/home/")
    page.click("form[action='/office/assist/'] button")
    page.wait_for_load_state()
    case = str(page.url.split("/assist/")[1].split("/")[0])
    for _, fields in COUNTER:
        enter(page, fields)
        go_on(page)
    return case


def hand_in(page: Any) -> None:
    """Read back, signed, handed in."""
    page.check("input[name=read_back]")
    page.check("input[name=signed]")
    page.click("main button.primary")
    page.wait_for_load_state()


def draw_up_batch(page: Any) -> str:
    """A finance officer draws a batch up from the first version that is offered; its address."""
    page.goto("/payments/")
    page.click("main p.actions a.primary")
    page.click("main table tbody a >> nth=0")
    page.click("main form.actions button")
    page.wait_for_load_state()
    return str(page.url)


def batch_step(page: Any, address: str, action: str) -> None:
    """A finance officer takes a step in a batch that asks for nothing."""
    page.goto(address)
    page.click(f"form[action$='/step/{action}/'] button")
    page.wait_for_load_state()


def bring_return(page: Any, address: str, path: Path, text: str) -> None:
    """A finance officer uploads what the treasury sent back."""
    path.write_text(text, encoding="utf-8")
    page.goto(address)
    page.set_input_files("#return", str(path))
    page.click("form[action$='/return/'] button")
    page.wait_for_load_state()


def explain_difference(page: Any, address: str, way: str, note: str) -> None:
    """A finance officer says of the first difference what becomes of it."""
    page.goto(address)
    page.click("details:has(form[action$='/step/explain/']) summary >> nth=0")
    form = "form[action$='/step/explain/'] >> nth=0"
    page.locator(form).locator(f"input[value={way}]").check()
    page.locator(form).locator("textarea").fill(note)
    page.locator(form).locator("button").click()
    page.wait_for_load_state()


def close_difference(page: Any, address: str) -> None:
    """Another finance officer agrees to what was said of the first difference."""
    page.goto(address)
    page.click("details:has(form[action$='/step/close_difference/']) summary >> nth=0")
    page.click("form[action$='/step/close_difference/'] button >> nth=0")
    page.wait_for_load_state()
