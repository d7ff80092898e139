"""The command line: one module per group, loaded only when it is called, so that --help answers at once."""

import importlib
import os
import sys
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from renben import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "renben.cli.demo:demo",
        "Run the main job on the facts: mechanisms, indicators, status, report.",
    ),
    "init": ("renben.cli.init:init", "Make a workspace, with facts and, if asked, synthetic example data."),
    "plan": ("renben.cli.plan:app", "Read a plan document; propose it, make its ledger, check it."),
    "data": ("renben.cli.data:app", "List, describe, add, check and trace datasets."),
    "law": ("renben.cli.law:app", "Show provisions in force; confirm values known only from memory."),
    "run": ("renben.cli.run:run", "Make every dataset of a period that is missing or out of date."),
    "indicators": ("renben.cli.indicators:indicators", "Show indicator values, or why there are none."),
    "status": ("renben.cli.status:status", "Show the status of targets, with probability or reason."),
    "findings": ("renben.cli.run:findings", "Show what checks found for a period."),
    "report": ("renben.cli.report:app", "Write reports as HTML, PDF, DOCX and XLSX."),
    "entitle": ("renben.cli.entitle:entitle", "Say what a person, or a population, is entitled to, and why."),
    "rules": ("renben.cli.rules:app", "List, show, check, test and compare entitlement rules."),
    "project": (
        "renben.cli.project:app",
        "Project people and both urbanization rates; back-test; solve for a target.",
    ),
    "synth": ("renben.cli.synth:synth", "Make a synthetic population that keeps the census margins."),
    "serve": (
        "renben.cli.serve:serve",
        "Start the web service: registration, permits, cases (--demo to try).",
    ),
    "audit": ("renben.cli.serve:audit", "Seal the web service's audit, print its head, verify it."),
    "keys": ("renben.cli.keys:app", "Show, add, change over to and retire the web service's keys."),
    "exchange": (
        "renben.cli.exchange:app",
        "Publish registry snapshots; take findings into tasks; exchange signed messages.",
    ),
    "city": (
        "renben.cli.city:app",
        "Register water-level sensors of a city; take in their readings from a file.",
    ),
    "flow": ("renben.cli.flow:app", "Read a BPMN 2.0 file and say what a flow table can say of it."),
    "docs": ("renben.cli.docs:app", "Write or check the generated documentation pages."),
}
"""Name -> (module:attribute, one line of help), in the order shown."""


class LazyCommand(TyperCommand):
    """A name and a line of help until it is called; then the module behind it is imported."""

    def __init__(self, name: str, where: str, line: str) -> None:
        super().__init__(name, help=line, short_help=line)
        self.where = where

    def load(self) -> Any:
        """The real command."""
        module, attribute = self.where.split(":")
        return as_click(getattr(importlib.import_module(module), attribute), self.name or attribute)

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        """The real command's context."""
        return self.load().make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: Any,  # noqa: ARG002
        cmd_name: str,
    ) -> Any:
        """The command of a name, not yet imported."""
        return LazyCommand(cmd_name, *COMMANDS[cmd_name]) if cmd_name in COMMANDS else None


def as_click(found: Any, name: str) -> Any:
    """A Typer app or a plain function as a command of a given name."""
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, rich_markup_mode="rich")
        single.command()(found)
        found = single
    found._add_completion = False
    command = typer.main.get_command(found)
    command.name = name
    return command


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=True,
    help="renben (人本, people first) runs a people-centred urbanization programme. Start with: renben init DIR --example",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"renben {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Run a people-centred urbanization programme."""


def main() -> None:
    """Entry point: errors meant for users are shown without a traceback; RENBEN_DEBUG=1 shows it."""
    try:
        app()
    except Exception as error:
        if not getattr(error, "shown_to_users", False) or "RENBEN_DEBUG" in os.environ:
            raise
        console = Console(stderr=True, soft_wrap=True)
        console.print("renben:", style="bold red", end=" ")
        console.print(str(error), markup=False, highlight=False)
        sys.exit(2)
