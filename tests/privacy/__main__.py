"""Registers synthetic people, uses the service on them, and looks for their values in the dump and in the log."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from tests.faults.client import Visitor
from tests.faults.database import SERVER, create, drop
from tests.privacy import pages
from tests.privacy.people import person
from tests.privacy.search import readable
from tests.web.service import ROOT, Service, clean_environment

ASKED = 40
"""People whose values are sent to the running service in every way that might leave a trace in its log."""

PAGED = 20
"""People who are registered page by page over HTTP; all others through the same commands in one process."""


def environment(service: Service) -> dict[str, str]:
    """The environment of a process that works on the service's database."""
    return clean_environment() | {
        "RENBEN_WEB_FOLDER": str(service.folder), "RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0",
        "RENBEN_WEB_DATABASE": service.database, "RENBEN_WEB_LOG_LEVEL": "DEBUG", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }  # fmt: skip


def page_by_page(service: Service, numbers: range) -> None:
    """Register some people through the pages, and let an officer look at what nobody should see."""
    officer = Visitor(service.base).sign_in("minjing", service.password)
    resident = Visitor(service.base).sign_in("jumin", service.password)
    for n in numbers:
        case = pages.register(resident, officer, n)
        officer.get(f"/office/cases/{case}/")
        resident.get(f"/my/cases/{case}/")
    resident.get("/my/data/file/")


def use(service: Service, count: int) -> None:
    """Search, list, open, and send values where they do not belong: in addresses, forms and accounts."""
    officer = Visitor(service.base).sign_in("minjing", service.password)
    resident = Visitor(service.base).sign_in("jumin", service.password)
    for n in range(min(count, ASKED)):
        one = {field: quote(value) for field, value in person(n).items()}
        for fields in ({"number": person(n)["number"]}, {"name": person(n)["name"]}):
            officer.post("/office/search/", fields)
        officer.get(f"/office/?view=open&kind={one['number']}&page={one['name']}")
        officer.get(f"/office/people/{one['number']}/")
        resident.get(f"/apply/{one['phone']}/?name={one['name']}")
        resident.post(
            "/apply/residence_registration/begin/", {"key": f"{person(n)['number']}{person(n)['name']}"}
        )
        Visitor(service.base).get(f"/{one['name']}/{one['number']}")
        stranger = Visitor(service.base)
        stranger.get("/account/login/")
        stranger.post("/account/login/", {"login": person(n)["phone"], "password": person(n)["number"]})
    for page in ("/office/", "/office/?view=closed", "/population/", "/home/"):
        officer.get(page)


def dumped(service: Service) -> bytes:
    """The whole database: SQLite's files byte for byte and as text, PostgreSQL's dump."""
    if service.database:
        return subprocess.run(
            ["pg_dump", "--inserts", service.database], check=True, capture_output=True
        ).stdout
    files = sorted(service.folder.glob("web.sqlite3*"))
    text = subprocess.run(
        [sys.executable, "-m", "sqlite3", str(files[0]), ".dump"], check=False, capture_output=True
    ).stdout
    return text + b"".join(path.read_bytes() for path in files)


def kept(service: Service) -> bytes:
    """Whatever else lies in the service's folder, but the keys."""
    paths = [p for p in service.folder.rglob("*") if p.is_file() and p.name != "keys.json"]
    return b"\n".join(
        p.read_bytes() for p in paths if not p.name.startswith("web.sqlite3") and "static" not in p.parts
    )


def check(database: str, count: int, folder: Path) -> int:
    """Run on one database and print a line for each place that was searched; how many values were readable."""
    service = Service(
        folder / database, create(SERVER) if database == "postgresql" else "", RENBEN_WEB_LOG_LEVEL="DEBUG"
    )
    service.start()
    print(f"privacy {database}: {count} people are registered, then their values are looked for", flush=True)
    try:
        paged = min(PAGED, count // 10)
        command = [sys.executable, "-m", "tests.privacy.register", str(count - paged)]
        done = subprocess.run(command, env=environment(service), cwd=ROOT, check=True, stderr=subprocess.PIPE)
        page_by_page(service, range(count - paged, count))
        use(service, count)
        service.stop()
        places = {"dump": dumped(service), "log": service.log.encode() + done.stderr, "folder": kept(service)}
    finally:
        service.stop()
        if service.database:
            drop(service.database)
    return sum(_say(database, count, place, content) for place, content in places.items())


def _say(database: str, count: int, place: str, content: bytes) -> int:
    found = readable(content, count)
    hits = {field: len(some) for field, some in found.items()}
    said = " ".join(f"{field}s {n}" for field, n in hits.items())
    print(
        f"privacy {database} {place} registrations {count} bytes {len(content)} readable {said}", flush=True
    )
    return sum(hits.values())


def main() -> None:
    """Parse, run, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registrations", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="renben-privacy-") as folder:
        names = options.database or ["sqlite", "postgresql"]
        hits = sum(check(name, options.registrations, Path(folder)) for name in names)
    if hits:
        sys.exit(f"{hits} personal values can be read where they should not be")


if __name__ == "__main__":
    main()
