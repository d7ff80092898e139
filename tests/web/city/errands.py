"""Errands that dispatchers, units and inspectors run in a real browser: a call taken down, sent out, done and looked at."""

from pathlib import Path
from typing import Any

CALL = {"subclass": "street_lamp", "region": "140105"}
WORDS = {"words": "路灯连着三盏不亮", "place": "示例路与示例街口", "phone": "13900000188"}


def taken_down(page: Any) -> tuple[str, str]:
    """A dispatcher takes a call down; the case's address and the code that is read to the caller."""
    page.goto("/city/desk/new/")
    for name, value in CALL.items():
        page.select_option(f"main select[name={name}]", value)
    for name, value in WORDS.items():
        page.fill(f"main [name={name}]", value)
    page.click("main form .actions button.primary")
    page.wait_for_load_state()
    code = str(page.inner_text(".receipt strong >> nth=1"))
    page.click("main a.button.primary")
    page.wait_for_load_state()
    return str(page.url), code


def press(page: Any, case: str, action: str, **fields: Any) -> None:
    """Take a step by its form on the page of a case."""
    page.goto(case)
    form = f"form[action$='/step/{action}/']"
    folded = page.locator(f"details:has({form}):not([open]) > summary")
    if folded.count():
        folded.click()
    for name, value in fields.items():
        box = f"{form} [name={name}]"
        if name == "ways":
            page.check(f"{box}[value={value}]")
        elif name == "file":
            page.set_input_files(box, value)
        elif name in ("subclass", "unit"):
            page.select_option(box, value)
        else:
            page.fill(box, value)
    page.click(f"{form} button")
    page.wait_for_load_state()


def photo(folder: Path) -> str:
    """A synthetic file of evidence."""
    path = folder / "after.pdf"
    path.write_bytes(b"%PDF-1.4 synthetic evidence")
    return str(path)
