"""`renben docs`: the generated pages, written or checked."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from renben.catalogue import Catalogue, coverage, load
from renben.cli import COMMANDS, LazyCommand
from renben.cli.common import out
from renben.cli.steps import STEPS
from renben.report import reference
from renben.settings import Settings
from renben.web.printed import permissions_page

app = typer.Typer(no_args_is_help=True, help="Write or check the generated documentation pages.")
FolderOption = Annotated[Path, typer.Option("--docs", help="The docs folder.")]
GUIDE_COMMAND = "renben docs write"


def pages(folder: Path) -> dict[Path, str]:
    """Every generated page and what it must say."""
    catalogue = load()
    return {
        folder / "measures.md": _measures(catalogue),
        folder / "reference" / "datasets.md": reference.datasets_page(catalogue, STEPS),
        folder / "reference" / "provisions.md": reference.provisions_page(catalogue),
        folder / "reference" / "settings.md": reference.settings_page([Settings]),
        folder / "reference" / "cli.md": cli_page(),
        folder / "reference" / "permissions.md": permissions_page(),
        folder / "adr" / "README.md": reference.adr_page(folder / "adr"),
    }


def _measures(catalogue: Catalogue) -> str:
    built = coverage.built_mechanisms()
    return "\n".join(coverage.measures_page(plan, catalogue, built) for plan in catalogue.plans.values())


@app.command()
def write(docs: FolderOption = Path("docs")) -> None:
    """Write the generated pages anew.

    Example:

        renben docs write
    """
    for path, text in pages(docs).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        out.print(str(path), highlight=False)


@app.command()
def check(docs: FolderOption = Path("docs")) -> None:
    """Fail where a generated page is missing or out of date, and say how to cure it.

    Example:

        renben docs check
    """
    stale = [p for p, text in pages(docs).items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
    for path in stale:
        out.print(f"{path} is out of date.", highlight=False)
    if stale:
        out.print(f"Cure: {GUIDE_COMMAND} (or: make docs), then commit.")
        raise typer.Exit(1)
    out.print(f"{len(pages(docs))} generated pages are up to date.")


def cli_page() -> str:
    """Every command with its options and examples."""
    parts = [reference.HEAD, "# Command line\n"]
    for name, (where, line) in COMMANDS.items():
        parts.append(f"## renben {name}\n\n{line}\n")
        for path, command in _leaves(name, LazyCommand(name, where, line).load()):
            text = inspect.cleandoc(command.help or "").strip()
            heading = f"### renben {path}\n\n" if path != name else ""
            rows = [
                (f"`{'`, `'.join(_names(p))}`", getattr(p, "help", "") or "")
                for p in command.params
                if p.name != "help"
            ]
            rows = [r for r in rows if "completion" not in r[0]]
            parts.append(
                heading
                + text
                + "\n"
                + ("\n" + reference.grid(["argument or option", "meaning"], rows) if rows else "")
            )
    return "\n".join(parts)


def _names(parameter: Any) -> list[str]:
    return [parameter.name] if parameter.param_type_name == "argument" else list(parameter.opts)


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if not children:
        yield path, command
        return
    for name, child in children.items():
        yield from _leaves(f"{path} {name}", child)
