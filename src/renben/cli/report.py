"""`renben report`: documents made from what has been run."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from renben.catalogue.plan import Plan
from renben.cli.common import WorkspaceOption, err, out, workspace
from renben.core.errors import RenbenError, did_you_mean
from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.report import docx, html, monitoring, pdf, xlsx
from renben.report.evidence import Evidence
from renben.report.fonts import NoChineseFont
from renben.report.tongue import Tongue
from renben.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Write reports as HTML, PDF, DOCX and XLSX.")
FORMATS = ("html", "pdf", "docx", "xlsx")


@app.callback()
def group() -> None:
    """Write reports as HTML, PDF, DOCX and XLSX."""


@app.command("monitoring")
def monitoring_(
    period: Annotated[str, typer.Option("--period", "-p", help="Period of the report.")],
    format_: Annotated[
        str, typer.Option("--format", help="html, pdf, docx, xlsx; several with commas.")
    ] = "html,pdf,docx,xlsx",
    plan: Annotated[str, typer.Option(help="Plan id; needed where the catalogue holds several.")] = "",
    region: Annotated[str, typer.Option(help="Region code (default: the plan's region).")] = "",
    language: Annotated[str, typer.Option(help="zh or en (default: RENBEN_LANGUAGE or zh).")] = "",
    as_of: Annotated[str | None, typer.Option(help="Write it as it was known on this day.")] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files (default: WORKSPACE/reports).")
    ] = None,
    at: WorkspaceOption = None,
) -> None:
    """Write the monitoring report of a period from what has been run.

    Examples:

        renben report monitoring --period 2024

        renben report monitoring --period 2024 --format docx --language en
    """
    space = workspace(at)
    wanted = _formats(format_)
    evidence = Evidence(
        space,
        _plan(space, plan),
        region or _plan(space, plan).region,
        Period(period),
        dt.date.fromisoformat(as_of) if as_of else None,
    )
    for path in write_monitoring(evidence, _tongue(language), wanted, to or space.root / "reports"):
        out.print(str(path), highlight=False, soft_wrap=True)


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


def write_monitoring(evidence: Evidence, tongue: Tongue, formats: list[str], folder: Path) -> list[Path]:
    """The report in each format; without Chinese fonts the others are still written, and the PDF says what to install."""
    document = monitoring.build(evidence, tongue)
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "" if tongue.language == "zh" else "-en"
    fonts = tuple(p for p in Settings().font_paths.split(":") if p)
    written, failed = [], None
    for kind in formats:
        path = folder / f"monitoring-{evidence.region}-{evidence.period}{suffix}.{kind}"
        if kind == "pdf":
            try:
                pdf.write(document, path, fonts)
            except NoChineseFont as error:
                failed = error
                err.print(f"renben: {error}", style="bold red")
                continue
        else:
            {"html": html, "docx": docx, "xlsx": xlsx}[kind].write(document, path)
        written.append(path)
    if failed and not written:
        raise failed
    return written
