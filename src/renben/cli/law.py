"""`renben law`: which provisions are in force, and confirmation of those known only from memory."""

import datetime as dt
from typing import Annotated

import typer

from renben.cli.common import JsonOption, WorkspaceOption, now, out, print_json, print_table, workspace
from renben.core.errors import LawError
from renben.core.law import Law

app = typer.Typer(
    no_args_is_help=True, help="Show provisions in force; confirm values known only from memory."
)
TRUST = {"L": "law text read", "P": "the plan", "S": "secondary source", "M": "memory", "D": "our default"}


@app.command("list")
def list_(
    topic: Annotated[str, typer.Argument(help="Only provisions whose name starts so.")] = "",
    on: Annotated[str | None, typer.Option(help="Day on which they are in force (default: today).")] = None,
    at: WorkspaceOption = None,
    json_: JsonOption = False,
) -> None:
    """Provisions with value, article and trust mark.

    Examples:

        renben law list residence_permit

        renben law list --on 2015-06-30 --json
    """
    space = workspace(at)
    day = dt.date.fromisoformat(on) if on else now().date()
    law = Law(space.catalogue.laws, day, space.confirmed | frozenset(space.catalogue.laws))
    rows = [_row(law, name, space.confirmed) for name in space.catalogue.laws if name.startswith(topic)]
    if json_:
        print_json(rows)
        return
    print_table(
        f"Provisions on {day}", ["name", "value", "unit", "since", "trust", "ref"], [r.values() for r in rows]
    )


def _row(law: Law, name: str, confirmed: frozenset[str]) -> dict[str, object]:
    unit = law.unit(name)
    try:
        used = law.cite(name)
    except LawError as error:
        return {"name": name, "value": None, "unit": unit, "since": None, "trust": None, "ref": str(error)}
    mark = f"M, confirmed: {name in confirmed}" if used.trust == "M" else used.trust
    return {
        "name": name,
        "value": used.value,
        "unit": unit,
        "since": used.since,
        "trust": mark,
        "ref": used.ref,
    }


@app.command()
def confirm(
    name: Annotated[str, typer.Argument(help="Name of the provision.")],
    by: Annotated[str, typer.Option(help="Who has read the text.")],
    ref: Annotated[str, typer.Option(help="Where it was read.")],
    at: WorkspaceOption = None,
) -> None:
    """Confirm a provision that is known only from memory, so that it may run.

    Example:

        renben law confirm social_aid.income_multiple --by "Li, civil affairs" --ref "gazette 2024 no. 3"
    """
    space = workspace(at)
    space.confirm(name, by, ref, now().date())
    out.print(f"{name}: confirmed by {by} ({ref}). Results that use it stay marked.")
