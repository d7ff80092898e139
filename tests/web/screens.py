"""Takes the guide's pictures from a running demo: python -m tests.web.screens docs/guide/images [zh-hans:desktop …]."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.web import errands
from tests.web.browser import chromium, sign_in, visitor
from tests.web.service import Service

LOOKS = [
    ("zh-hans", "desktop"),
    ("zh-hans", "phone"),
    ("en", "desktop"),
    ("en", "phone"),
    ("zh-hans", "tablet"),
]
ANSWERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("notice", {"check:notice": "on"}),
    ("identity", {"check:acting_as": "self", "number": "149901198503030019", "name": "示例巳"}),
    ("contact", {"phone": "13900000099"}),
    ("hukou", {"select:hukou_region": "141002", "check:hukou_kind": "10", "check:hukou_rural": "yes"}),
    ("arrival", {"arrival": "2026-06-08"}),
    ("place", {"select:region": "140105"}),
    ("address", {"first:address": ""}),
    ("stay", {"check:reason": "work", "check:housing": "rent"}),
    ("members", {}),
    ("proof", {"check:proof_kind": "lease"}),
)


class Camera:
    """Takes pictures of one look into a folder."""

    def __init__(self, folder: Path, language: str, size: str) -> None:
        self.folder, self.mark = folder, f"{language[:2]}-{size}"

    def shot(self, page: Any, name: str) -> None:
        """One picture of a whole page."""
        page.screenshot(path=self.folder / f"{name}-{self.mark}.png", full_page=True)


def fill(page: Any, fields: dict[str, str]) -> None:
    """Fill one question."""
    for name, value in fields.items():
        how, _, field = name.rpartition(":")
        if how == "select":
            page.select_option(f"main select[name={field}]", value)
        elif how == "first":
            page.check(f"main input[name={field}] >> nth=0")
        elif how == "check":
            page.check(
                f"main input[name={field}]" if value == "on" else f"main input[name={field}][value='{value}']"
            )
        else:
            page.fill(f"main input[name={name}]", value)


def register(page: Any, camera: Camera) -> str:
    """A resident registers; the pictures a newcomer needs."""
    page.goto("/apply/residence_registration/")
    camera.shot(page, "guide")
    page.click("main button.primary")
    case = str(page.url.split("/cases/")[1].split("/")[0])
    for name, fields in ANSWERS:
        fill(page, fields)
        if name in ("identity", "address"):
            camera.shot(page, f"question-{name}")
        page.click("main button[value=next]")
        page.wait_for_load_state()
    camera.shot(page, "check")
    page.click("main form.actions button")
    page.wait_for_load_state()
    camera.shot(page, "receipt")
    return case


def step(page: Any, case: str, action: str) -> None:
    """An officer's step."""
    page.goto(f"/office/cases/{case}/")
    page.click(f"form[action$='/step/{action}/'] button")
    page.wait_for_load_state()


def officer(page: Any, issuer: Any, case: str, permit: str, camera: Camera) -> None:
    """An officer registers a family and a colleague issues a permit."""
    page.goto("/home/")
    camera.shot(page, "office-home")
    page.goto("/office/")
    camera.shot(page, "queue")
    page.goto(f"/office/cases/{case}/")
    camera.shot(page, "office-case")
    step(page, case, "claim")
    page.click("details:has(form[action$='/step/return/']) summary")
    camera.shot(page, "office-return")
    step(page, case, "approve")
    step(page, permit, "claim")
    step(page, permit, "accept")
    issuer.goto(f"/office/cases/{permit}/")
    camera.shot(issuer, "office-issue")
    step(issuer, permit, "issue")


def apply_for_permit(page: Any) -> str:
    """A resident whose half year is over applies."""
    page.goto("/apply/residence_permit/")
    page.click("main button.primary")
    case = str(page.url.split("/cases/")[1].split("/")[0])
    for fields in ({"check:notice": "on"}, {"check:proof_kind": "contract"}):
        fill(page, fields)
        page.click("main button[value=next]")
        page.wait_for_load_state()
    page.click("main form.actions button")
    return case


def photo(resident: Any, officer: Any, camera: Camera) -> None:
    """One photo from the resident's phone to the officer's five points and the ledger."""
    case = errands.hand_in_photo(resident, errands.photo_file(Path(tempfile.mkdtemp())))
    errands.claim(officer, case)
    errands.point(officer, case)
    camera.shot(officer, "photo-points")
    errands.accept(officer)
    resident.goto("/my/photo/")
    resident.click("form[action='/my/photo/give/'] button >> nth=2")
    resident.wait_for_load_state()
    camera.shot(resident, "photo-ledger")
    resident.goto("/photo/")
    camera.shot(resident, "photo-collect")


def counter(officer: Any, camera: Camera) -> None:
    """A form taken down at the counter, its sheet and the slip."""
    errands.take_down(officer)
    camera.shot(officer, "counter-sheet")
    errands.hand_in(officer)
    camera.shot(officer, "counter-slip")


def household(resident: Any, camera: Camera) -> None:
    """The household and the question about whom a change is."""
    resident.goto("/my/household/")
    camera.shot(resident, "household")
    resident.goto("/apply/household_change/")
    resident.click("main button.primary")
    for fields in ({"check:notice": "on"}, {"check:change": "leave", "change_date": "2026-06-09"}):
        fill(resident, fields)
        errands.go_on(resident)
    camera.shot(resident, "household-who")


def duplicates(resident: Any, officer: Any, steward: Any, camera: Camera) -> None:
    """Somebody is registered twice under two numbers; the steward compares."""
    resident.goto("/apply/residence_registration/")
    resident.click("main button.primary")
    case = errands.case_in(resident)
    twin = {"number": "149901199309090071", "name": "示例己"}
    for name, fields in ANSWERS:
        given = {**fields, **twin} if name == "identity" else fields
        given = {**given, "phone": "13900000004"} if name == "contact" else given
        fill(resident, given)
        errands.go_on(resident)
    resident.click("main form.actions button")
    resident.wait_for_load_state()
    step(officer, case, "claim")
    step(officer, case, "approve")
    steward.goto("/office/")
    steward.click("tbody a >> nth=0")
    camera.shot(steward, "duplicate")


def refused(resident: Any, officer: Any, camera: Camera) -> None:
    """A refusal with the way to reconsideration."""
    resident.goto("/apply/record_correction/")
    resident.click("main button.primary")
    case = errands.case_in(resident)
    fill(resident, {"check:correct_field": "name", "correct_value": "示例酉"})
    errands.go_on(resident)
    resident.click("main form.actions button")
    resident.wait_for_load_state()
    step(officer, case, "claim")
    officer.click("details:has(form[action$='/step/refuse/']) summary")
    form = "form[action$='/step/refuse/']"
    officer.fill(f"{form} [name=article]", "个人信息保护法第四十六条")
    officer.fill(f"{form} [name=note]", "Household book and name do not match.")
    officer.click(f"{form} button")
    officer.wait_for_load_state()
    resident.goto(f"/my/cases/{case}/")
    camera.shot(resident, "refused")


def take(folder: Path, language: str, size: str) -> None:
    """All pictures of one look."""
    camera = Camera(folder, language, size)
    service = Service(Path(tempfile.mkdtemp()) / "service").start()
    try:
        with chromium() as browser:
            visit = {
                name: visitor(browser, service.base, language, size)
                for name in ("", "jumin", "laohu", "minjing", "minjing3", "gongan", "shuju", "shenji")
            }
            for name, page in visit.items():
                if name:
                    sign_in(page, name, service.password)
            visit[""].goto("/")
            camera.shot(visit[""], "welcome")
            case, permit = register(visit["jumin"], camera), apply_for_permit(visit["laohu"])
            officer(visit["minjing"], visit["gongan"], case, permit, camera)
            for path, name in (
                ("/home/", "home"),
                ("/my/permit/", "permit"),
                ("/my/entitlements/", "entitlements"),
                ("/my/data/", "my-data"),
            ):
                visit["laohu"].goto(path)
                camera.shot(visit["laohu"], name)
            photo(visit["laohu"], visit["minjing"], camera)
            counter(visit["minjing"], camera)
            household(visit["laohu"], camera)
            refused(visit["laohu"], visit["minjing"], camera)
            duplicates(visit["jumin"], visit["minjing3"], visit["shuju"], camera)
            visit["shenji"].goto("/audit/")
            visit["shenji"].click("main button.primary")
            camera.shot(visit["shenji"], "audit")
            visit["shenji"].goto("/flows/residence_permit/1/")
            camera.shot(visit["shenji"], "flow")
    finally:
        service.stop()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for look in [tuple(one.split(":")) for one in sys.argv[2:]] or LOOKS:
        take(target, *look)
