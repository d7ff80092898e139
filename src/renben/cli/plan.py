"""`renben plan`: read a plan document, propose it for the catalogue, make the task ledger, check it against a plan."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from renben.catalogue import Catalogue, load
from renben.catalogue.plan import Plan
from renben.catalogue.source import Written
from renben.cli.common import JsonOption, WorkspaceOption, err, out, print_json, print_table, workspace
from renben.core.errors import did_you_mean
from renben.core.workspace import write_whole
from renben.engines.plan_reader import PlanFileError, Reading, read
from renben.engines.plan_reader.as_json import as_json
from renben.engines.plan_reader.compare import Difference, differences
from renben.engines.plan_reader.ledger import ledger
from renben.engines.plan_reader.proposal import proposal

app = typer.Typer(
    no_args_is_help=True, help="Read an official plan document; check it against the catalogue."
)
FileArgument = Annotated[Path, typer.Argument(help="The document: .txt, .docx, .pdf (with text) or .html.")]
IdOption = Annotated[
    str | None, typer.Option("--id", help="Id of the plan, e.g. region-2025 (default: from its head).")
]
ToOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--to",
        help="Write plan.yaml (a proposal), ledger.xlsx (任务分工台账) or reading.json; may be repeated.",
    ),
]
SHOWN = 20


@app.command("read")
def read_(
    file: FileArgument,
    to: ToOption = None,
    plan_id: IdOption = None,
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Read a document into actions, measures, owners, commitments and targets.

    Nothing is dropped: what no rule could place is listed as unread, with page and line.

    Examples:

        renben plan read plan.docx

        renben plan read plan.pdf --json > plan.json

        renben plan read plan.txt --to plan.yaml --to ledger.xlsx
    """
    reading = read(file, _catalogue(at), plan_id)
    notes = [_written(reading, path) for path in to or []]
    if json_:
        print_json(as_json(reading))
    else:
        _show(reading)
    for note in notes:
        err.print(note, markup=False, highlight=False)


@app.command()
def check(
    file: FileArgument,
    against: Annotated[
        str, typer.Option("--against", help="Id of a plan in the catalogue, or a plan's .yaml file.")
    ],
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Say what differs between a document and a catalogue plan: measures, owners, places, numbers, commitments.

    Ends with 0 where nothing differs, 1 where something does, 2 where a file cannot be read. Notes (what the
    catalogue adds by interpretation) do not count as differences.

    Examples:

        renben plan check plan.docx --against shanxi-2025

        renben plan check plan.docx --against plan.yaml --json
    """
    catalogue = _catalogue(at)
    plan = _plan(against, catalogue)
    found = differences(read(file, catalogue, plan.id), plan, catalogue)
    if json_:
        print_json([dataclasses.asdict(difference) for difference in found])
    else:
        _show_differences(found, file, plan)
    if any(not difference.note for difference in found):
        raise typer.Exit(1)


def _catalogue(at: Path | None) -> Catalogue:
    """The catalogue, with that of a workspace laid over it where one is named or stood in."""
    if at is not None or Path("renben.yaml").is_file():
        return workspace(at).catalogue
    return load()


def _plan(name: str, catalogue: Catalogue) -> Plan:
    """A plan of the catalogue by its id, or the first plan of a YAML file."""
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        if not path.is_file():
            raise PlanFileError(f"{name}: no such file; check the path.")
        written = Written(path)
        key = next(iter(written.value), None)
        if key is None:
            raise PlanFileError(f"{name}: holds no plan.")
        return written.model(Plan, (key,), id=str(key))
    if name not in catalogue.plans:
        known = ", ".join(catalogue.plans) or "none"
        hint = did_you_mean(name, catalogue.plans)
        raise PlanFileError(f"--against {name}: the catalogue has no such plan; it has: {known}.{hint}")
    return catalogue.plans[name]


def _written(reading: Reading, path: Path) -> str:
    """Write one output, whole or not at all; the suffix says which. Returns what to tell the user."""
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        text, missing = proposal(reading)
        _save(path, text.encode())
        return f"{path}: proposal, not reviewed." + (f" Fill in: {'; '.join(missing)}." if missing else "")
    if suffix == ".xlsx":
        _save(path, ledger(reading))
        return f"{path}: task ledger."
    if suffix == ".json":
        _save(path, json.dumps(as_json(reading), ensure_ascii=False, indent=2).encode())
        return f"{path}: everything that was read."
    raise PlanFileError(f"--to {path}: ends in {suffix or 'nothing'}; use .yaml, .xlsx or .json.")


def _save(path: Path, content: bytes) -> None:
    if not path.parent.is_dir():
        raise PlanFileError(f"--to {path}: the folder {path.parent} does not exist; create it first.")
    write_whole(path, content)


def _show(reading: Reading) -> None:
    head = reading.head
    out.print(f"{head.title or '(no title found)'}", markup=False, highlight=False)
    facts = [head.document_no, head.issuer, head.issued_on, _years(reading)]
    out.print("  ".join(str(fact) for fact in facts if fact), markup=False, highlight=False)
    rows = [
        (m.number, action.title, m.title, len(m.commitments), "、".join(o.name for o in m.owners) or None)
        for action in reading.actions
        for m in action.measures
    ]
    print_table("Measures", ["no", "action", "measure", "commitments", "owners"], rows)
    counts = (len(reading.actions), len(reading.measures), len(reading.commitments), len(reading.safeguards))
    out.print("{} actions, {} measures, {} commitments, {} safeguards,".format(*counts), end=" ")
    out.print(f"{len(reading.targets)} targets, {len(reading.unread)} unread.")
    for unread in reading.unread[:SHOWN]:
        page, line = reading.source.at(unread.span[0])
        where = f"page {page}, line {line}" if page else f"line {line}"
        out.print(f"unread, {where}: {unread.text[:60]} ({unread.reason})", markup=False, highlight=False)
    if len(reading.unread) > SHOWN:
        out.print(f"... and {len(reading.unread) - SHOWN} more unread; --json lists all.")


def _years(reading: Reading) -> str | None:
    first, last = reading.head.period
    return f"{first or '?'}—{last or '?'}" if first or last else None


def _show_differences(found: list[Difference], file: Path, plan: Plan) -> None:
    rows = [
        (d.where, d.what, d.document or None, d.catalogue or None, "note" if d.note else None) for d in found
    ]
    if rows:
        print_table(f"{file.name} against {plan.id}", ["where", "what", "document", "catalogue", ""], rows)
    notes = sum(d.note for d in found)
    out.print(f"{len(found) - notes} differences, {notes} notes.")
