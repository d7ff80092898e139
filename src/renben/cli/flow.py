"""`renben flow`: check a BPMN file against what a flow table can say."""

from pathlib import Path
from typing import Annotated, Any

import typer

from renben.cli.common import JsonOption, out, print_json, print_table
from renben.core.errors import RenbenError
from renben.web import drawings

app = typer.Typer(no_args_is_help=True, help="Read a BPMN 2.0 file and say what a flow table can say of it.")


@app.callback()
def root() -> None:
    """Flows as tables, and drawings of them."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A BPMN 2.0 XML file.")],
    table: Annotated[
        Path | None, typer.Option(help="Write the draft as a flow table (YAML) to this file.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """List what a flow table cannot say, and what the verification finds; nothing is run. Fails where anything is.

    Example:

        renben flow check permit.bpmn --table permit.yaml
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RenbenError(f"{file}: cannot be read ({error.strerror}); give a BPMN 2.0 XML file.") from error
    found = drawings.check(data, file.name)
    if table is not None and found["table"]:
        table.write_text(found["table"], encoding="utf-8")
    _show(found, json_)
    if found["unsaid"] or found["problems"]:
        raise typer.Exit(1)


def _show(found: dict[str, Any], json_: bool) -> None:
    if json_:
        print_json(found)
        return
    if found["unsaid"]:
        header = ("element", "id", "name", "line", "why")
        print_table("cannot be said", header, [[row[name] for name in header] for row in found["unsaid"]])
    for problem in found["problems"]:
        out.print(f"verification: {problem}", markup=False)
    if not found["unsaid"] and not found["problems"]:
        out.print(f"{found['name']}: every element can be said; the verification found nothing.")
