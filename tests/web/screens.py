"""Takes the guides' pictures from a running demo, beside a workspace with a run on the shipped facts.

    python -m tests.web.screens docs/guide/images [zh-hans:desktop ...]

Only the pictures that the guides show (KEPT) are kept, each in few colours and at most 120 kB.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from tests import once
from tests.evaluated import evaluated
from tests.web import errands, screens_city, screens_kept
from tests.web.browser import chromium, sign_in, visitor
from tests.web.service import Service

LOOKS = [("zh-hans", "desktop"), ("zh-hans", "phone"), ("en", "desktop"), ("en", "phone")]
LARGEST, TALLEST = 120_000, 2400
"""Bytes and pixels of a picture at most; a taller page is cut."""
ROLES = (
    ("jumin", "resident", "/home/"),
    ("minjing", "community", "/home/"),
    ("gongan", "police", "/office/"),
    ("jiaoyu", "education", "/office/"),
    ("weijian", "service", "/home/"),
    ("fuyi", "reconsideration", "/home/"),
    ("zhihui", "dispatcher", "/city/desk/?view=open"),
    ("shizheng", "handler", "/city/desk/"),
    ("hecha", "inspector", "/city/desk/"),
    ("shuju", "steward", "/office/exports/"),
    ("zijin", "finance", "/payments/"),
    ("guihua", "programme", "/programme/"),
    ("renshe", "liaison", "/programme/"),
    ("xitong", "system", "/system/"),
    ("anquan", "security", "/accounts/"),
    ("shenji", "auditor", "/audit/"),
)
"""Account, role in the picture's name, and the role's main page."""
MAIN = {f"role-{role}" for _, role, _ in ROLES}
KEPT = {
    "desktop": MAIN | {
        "office-home", "queue", "office-case", "office-return", "office-approved", "office-accept", "office-issue",
        "office-issued", "counter-sheet", "counter-slip", "photo-points", "duplicate", "export", "task-line", "task",
        "overview", "trace", "hold", "city-file", "city-send", "city-trial", "city-results", "city-public", "payment",
    },
    "phone": MAIN | {
        "question-identity", "receipt", "my-data", "photo-ledger", "household", "refused", "offline-form", "offline-queue", "board", "trace", "city-where",
        "city-receipt", "city-handle", "city-look",
    },
}  # fmt: skip
"""Pictures that the guides show, by size; a test compares them with the guides and the folder."""
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
        """One picture of a whole page, where a guide shows it in this size."""
        if name not in KEPT[self.mark.split("-")[1]]:
            return
        path = self.folder / f"{name}-{self.mark}.png"
        page.screenshot(path=path, full_page=True)
        smaller(path)


def smaller(path: Path) -> None:
    """Cut what is too tall, and take fewer colours until the file is small."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB").crop((0, 0, opened.width, min(opened.height, TALLEST)))
    for colours in (64, 32, 16, 12, 8):
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return


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
            page.fill(f"main :is(input, textarea)[name={name}]", value)


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
    camera.shot(page, "office-approved")
    step(page, permit, "claim")
    camera.shot(page, "office-accept")
    step(page, permit, "accept")
    issuer.goto(f"/office/cases/{permit}/")
    camera.shot(issuer, "office-issue")
    step(issuer, permit, "issue")
    camera.shot(issuer, "office-issued")


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


def export(steward: Any, chief: Any, camera: Camera) -> None:
    """A list of people is asked for, approved by somebody else, and ready."""
    steward.goto("/office/exports/")
    steward.fill("#reason", "合成：核对本季度居住登记，用后销毁" if camera.mark.startswith("zh") else
                 "Synthetic: check this quarter's registrations, then destroy")  # fmt: skip
    steward.click("main form .actions button")
    steward.wait_for_load_state()
    chief.goto(steward.url)
    chief.click("form[action$='/step/approve/'] button")
    chief.wait_for_load_state()
    steward.reload()
    camera.shot(steward, "export")


def programme(lead: Any, owner: Any, camera: Camera) -> None:
    """A collective's line, a liaison's report on the way, and a number followed back."""
    owner.goto("/programme/tasks/?view=waiting")
    owner.click("tbody a >> nth=0")
    owner.wait_for_load_state()
    owner.click("form[action$='/step/accept/'] button")
    owner.wait_for_load_state()
    owner.click("details:has(form[action$='/step/report/']) summary")
    camera.shot(owner, "task")
    lead.goto("/programme/")
    camera.shot(lead, "board")
    lead.goto("/programme/tasks/?owner=gov_cities")
    lead.click("tbody a >> nth=0")
    lead.wait_for_load_state()
    camera.shot(lead, "task-line")
    lead.goto("/overview/")
    camera.shot(lead, "overview")
    lead.goto("/overview/indicators/urban_rate_resident/")
    lead.evaluate("document.querySelectorAll('main > *').forEach(e => {"
                  " if (!e.querySelector('.trace') && !e.matches('.trace, h1, #from, .crumb, link')) e.remove() })")  # fmt: skip
    camera.shot(lead, "trace")


def take(folder: Path, language: str, size: str, workspace: Path) -> None:
    """All pictures of one look."""
    camera = Camera(folder, language, size)
    service = Service(Path(tempfile.mkdtemp()) / "service", RENBEN_WORKSPACE=str(workspace)).start()
    try:
        with chromium() as browser:
            visit = {
                name: visitor(browser, service.base, language, size)
                for name in (
                    "",
                    "laohu",
                    "minjing3",
                    "shuju2",
                    "zijin2",
                    *(account for account, _, _ in ROLES),
                )
            }
            for name, page in visit.items():
                if name:
                    sign_in(page, name, service.password)
            for name, role, main in ROLES:
                visit[name].goto(main)
                camera.shot(visit[name], f"role-{role}")
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
            export(visit["shuju"], visit["shuju2"], camera)
            screens_kept.hold(visit["shuju"], visit["shuju2"], dict(ANSWERS)["identity"]["number"], camera)
            screens_kept.drafts(browser, service, camera)
            programme(visit["guihua"], visit["renshe"], camera)
            screens_city.report(visit[""], fill, camera)
            screens_city.cases(visit["zhihui"], visit["shizheng"], visit["hecha"], camera)
            screens_city.payment(visit["zijin"], visit["zijin2"], camera)
    finally:
        service.stop()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    shared = once.begin()
    try:
        space = evaluated(Path(tempfile.mkdtemp()) / "workspace")
        screens_city.computed(space)
        for look in [tuple(one.split(":")) for one in sys.argv[2:]] or LOOKS:
            take(target, *look, space.root)
    finally:
        once.end(shared)
