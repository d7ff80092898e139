"""`renben report`: documents made from what has been run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from renben.catalogue.plan import Plan
from renben.cli.common import WorkspaceOption, day_option, err, out, progress, workspace
from renben.core.errors import RenbenError, did_you_mean
from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.report import docx, html, midterm, monitoring, pdf, xlsx
from renben.report.document import Document
from renben.report.evidence import Evidence
from renben.report.fonts import NoChineseFont
from renben.report.tongue import Tongue
from renben.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Write reports as HTML, PDF, DOCX and XLSX.")
FORMATS = ("html", "pdf", "docx", "xlsx")


@app.callback()
def group() -> None:
    """Write reports as HTML, PDF, DOCX and XLSX."""


PeriodOption = Annotated[str, typer.Option("--period", "-p", help="Period of the report, e.g. 2024.")]
FormatOption = Annotated[str, typer.Option("--format", help="html, pdf, docx, xlsx; several with commas.")]
PlanOption = Annotated[str, typer.Option(help="Plan id; needed where the catalogue holds several.")]
RegionOption = Annotated[str, typer.Option(help="Region code (default: the plan's region).")]
LanguageOption = Annotated[str, typer.Option(help="zh or en (default: RENBEN_LANGUAGE or zh).")]
DayOption = Annotated[str | None, typer.Option(help="Write it as it was known on this day (YYYY-MM-DD).")]
FolderOption = Annotated[
    Path | None, typer.Option("--out", help="Folder for the files (default: WORKSPACE/reports).")
]


@app.command("monitoring")
def monitoring_(
    period: PeriodOption,
    format_: FormatOption = "html,pdf,docx,xlsx",
    plan: PlanOption = "",
    region: RegionOption = "",
    language: LanguageOption = "",
    as_of: DayOption = None,
    to: FolderOption = None,
    at: WorkspaceOption = None,
) -> None:
    """Write the monitoring report of a period from what has been run.

    Examples:

        renben report monitoring --period 2024

        renben report monitoring --period 2024 --format docx --language en

        renben report monitoring --period 2024 --as-of 2025-06-30 --out archive
    """
    asked = Asked(period, format_, plan, region, language, as_of, to)
    _report(workspace(at), asked, MONITORING)


@app.command("midterm")
def midterm_(
    period: PeriodOption,
    format_: FormatOption = "html,pdf,docx,xlsx",
    plan: PlanOption = "",
    region: RegionOption = "",
    language: LanguageOption = "",
    as_of: DayOption = None,
    to: FolderOption = None,
    at: WorkspaceOption = None,
) -> None:
    """Write the mid-term evaluation of a plan up to a period: verdict, effects, problems with their outcome.

    Examples:

        renben report midterm --period 2027

        renben report midterm --period 2027 --format docx --language en
    """
    asked = Asked(period, format_, plan, region, language, as_of, to)
    _report(workspace(at), asked, MIDTERM)


@dataclass(frozen=True)
class Kind:
    """A kind of report: first part of its file names, how it is built, and what it needs beside every report's data."""

    name: str
    build: Callable[[Evidence, Tongue], Document]
    needs: tuple[str, ...] = ()


MONITORING = Kind("monitoring", monitoring.build)
MIDTERM = Kind("midterm", midterm.build, midterm.NEEDED)


@dataclass(frozen=True)
class Asked:
    """What was asked for, as given on the command line."""

    period: str
    formats: str
    plan: str
    region: str
    language: str
    as_of: str | None
    to: Path | None


def _report(space: Workspace, asked: Asked, kind: Kind) -> None:
    wanted, tongue, chosen = _formats(asked.formats), _tongue(asked.language), _plan(space, asked.plan)
    region, day = _region(space, asked.region or chosen.region), day_option(asked.as_of)
    evidence = Evidence(space, chosen, region, Period(asked.period), day, kind.needs)
    with progress(str(evidence.period)) as tell:
        paths = write(evidence, tongue, wanted, asked.to or space.root / "reports", kind, tell)
    for path in paths:
        out.print(str(path), highlight=False, soft_wrap=True)


def _region(space: Workspace, code: str) -> str:
    known = space.catalogue.regions
    if code not in known:
        raise RenbenError(
            f"region {code!r} is not in the catalogue.{did_you_mean(code, known)} Give a code with --region."
        )
    return code


def _formats(text: str) -> list[str]:
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [f for f in wanted if f not in FORMATS]
    if unknown or not wanted:
        raise RenbenError(
            f"format {', '.join(unknown) or text!r} is not known; choose from {', '.join(FORMATS)}."
        )
    return wanted


def _tongue(language: str) -> Tongue:
    chosen = language or Settings().language
    if chosen not in ("zh", "en"):
        raise RenbenError(f"language {chosen!r} is not known; choose zh or en.")
    return Tongue("en" if chosen == "en" else "zh")


def _plan(space: Workspace, name: str) -> Plan:
    plans = space.catalogue.plans
    if not name and len(plans) == 1:
        return next(iter(plans.values()))
    if name not in plans:
        raise RenbenError(
            f"plan {name!r} is not in the catalogue.{did_you_mean(name, plans)} It has: {', '.join(plans)}; choose one with --plan."
        )
    return plans[name]


Tell = Callable[[str, int, int], object]
"""Told what is being written, its number and how many there are."""


def write_monitoring(
    evidence: Evidence, tongue: Tongue, formats: list[str], folder: Path, tell: Tell | None = None
) -> list[Path]:
    """The monitoring report in each format; see `write`."""
    return write(evidence, tongue, formats, folder, MONITORING, tell)


def write(
    evidence: Evidence, tongue: Tongue, formats: list[str], folder: Path, kind: Kind, tell: Tell | None = None
) -> list[Path]:
    """A report in each format; without Chinese fonts the others are still written, and the PDF says what to install.

    Raises:
        NoChineseFont: only a PDF is wanted, and no font can set it.
        RenbenError: the period has not been run.
    """
    document = kind.build(evidence, tongue)
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "" if tongue.language == "zh" else "-en"
    written, failed = [], None
    for number, form in enumerate(formats, start=1):
        if tell is not None:
            tell(form, number, len(formats))
        path = folder / f"{kind.name}-{evidence.region}-{evidence.period}{suffix}.{form}"
        try:
            _write(document, path, form)
            written.append(path)
        except NoChineseFont as error:
            failed = error
    if failed and not written:
        raise failed
    if failed:
        err.print(f"renben: {failed}", style="bold red")
    return written


def _write(document: Document, path: Path, kind: str) -> None:
    if kind == "pdf":
        pdf.write(document, path, tuple(p for p in Settings().font_paths.split(":") if p))
    else:
        {"html": html, "docx": docx, "xlsx": xlsx}[kind].write(document, path)
