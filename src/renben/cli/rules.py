"""`renben rules`: what the rule book says, whether it is sound, and what a change would touch."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from renben.cli.common import JsonOption, WorkspaceOption, out, print_json, print_table
from renben.cli.rules_books import BookOption, catalogue_of, day_of, opened
from renben.cli.rules_diff import changes
from renben.cli.rules_test import test
from renben.core.errors import RenbenError, did_you_mean
from renben.core.receipt import Receipt
from renben.engines.rules import (
    Desk,
    Provisions,
    inactive,
)
from renben.engines.rules.loading import Loaded, LoadedBook
from renben.engines.rules.provisions import shown
from renben.engines.rules.receipts import reproduce as decide_again
from renben.engines.rules.scenario import read_scenario
from renben.engines.rules.terms import describe
from renben.measures.citizenization.entitlements.services import services

app = typer.Typer(no_args_is_help=True, help="List, show, check, test and compare entitlement rules.")
app.command()(test)


@app.command("list")
def list_(
    topic: Annotated[str, typer.Argument(help="Only rules whose name contains this.")] = "",
    at: WorkspaceOption = None,
    book: BookOption = None,
    json_: JsonOption = False,
) -> None:
    """Decisions with place, basis, law, trust and whether they are active.

    Examples:

        renben rules list

        renben rules list school --json
    """
    loaded = opened(at, book)
    rows = [_row(loaded, name) for name in loaded.decisions if topic in name]
    if json_:
        print_json(rows)
        return
    header = ["rule", "zh", "en", "basis", "trust", "active"]
    print_table(f"Decisions of {loaded.book.name}", header, ([row[key] for key in header] for row in rows))
    for row in rows:
        if row["why_inactive"]:
            line = f"未启用 inactive: {row['rule']}: {'; '.join(row['why_inactive'])}"
            out.print(line, highlight=False, markup=False, soft_wrap=True)


def _row(loaded: LoadedBook, name: str) -> dict[str, Any]:
    rule = loaded.rules[name].rule
    why = inactive(loaded, name)
    return {
        "rule": name,
        "zh": rule.zh,
        "en": rule.en,
        "place": rule.place,
        "basis": rule.about.get("basis"),
        "trust": rule.trust,
        "law": "；".join(rule.law),
        "department": rule.about.get("department"),
        "active": "no" if why else "yes",
        "why_inactive": why,
    }


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of the rule.")],
    on: Annotated[str | None, typer.Option(help="Day of the provisions (default: today).")] = None,
    at: WorkspaceOption = None,
    book: BookOption = None,
    json_: JsonOption = False,
) -> None:
    """One rule: its formula, facts, provisions in force with articles, and what reads it.

    Example:

        renben rules show residence_permit --on 2025-03-01
    """
    loaded = opened(at, book)
    if name not in loaded.rules:
        raise RenbenError(
            f"{name}: no such rule.{did_you_mean(name, loaded.rules)} renben rules list shows all names"
        )
    found = _shown(loaded, name, day_of(on))
    if json_:
        print_json(found)
        return
    for key, value in found.items():
        if key == "provisions":
            header = ["name", "value", "unit", "since", "article", "trust"]
            print_table("provisions", header, ([row[k] for k in header] for row in value))
        else:
            text = ", ".join(value) if isinstance(value, list) else value
            out.print(f"{key}: {text}", highlight=False, markup=False, soft_wrap=True)


def _shown(loaded: LoadedBook, name: str, on: dt.date) -> dict[str, Any]:
    rule = loaded.rules[name]
    binding = Desk(loaded).binding(on)
    provisions = []
    for each in sorted(rule.provisions):
        written = loaded.provisions[each]
        dated = written.at(on)
        value = shown_value(loaded.provisions, each, on)
        refs = {
            "since": dated.since if dated else "",
            "article": dated.ref if dated else "not published",
            "trust": dated.trust if dated else "",
        }
        provisions.append({"name": each, "value": value, "unit": written.unit, **refs})
    return {
        "rule": name,
        "zh": rule.rule.zh,
        "en": rule.rule.en,
        "meaning": rule.rule.doc,
        "law": list(rule.rule.law),
        "place": rule.rule.place,
        "missing": rule.rule.missing,
        "formula": describe(rule.term, _others(loaded, rule)),
        "amount": None if rule.amount is None else describe(rule.amount, loaded.names),
        "facts": sorted(rule.facts),
        "reads": list(rule.uses),
        "read_by": [n for n, other in loaded.rules.items() if name in other.uses],
        "inactive": inactive(loaded, name),
        "about": dict(rule.rule.about),
        "on": str(binding.on),
        "provisions": provisions,
    }


def _others(loaded: LoadedBook, rule: Loaded) -> dict[int, str]:
    """Names of the intermediate values a rule reads (not its own)."""
    return {number: name for number, name in loaded.names.items() if number != rule.term.number}


def shown_value(provisions: Provisions, name: str, on: dt.date) -> Any:
    """A provision's national value in force, in its written unit; None where not published or not yet in force."""
    found = provisions[name].at(on)
    return None if found is None else shown(found.value, provisions[name].unit)


@app.command()
def check(at: WorkspaceOption = None, book: BookOption = None, json_: JsonOption = False) -> None:
    """Load the rule book and refuse what is unsound; say how many rules, facts and provisions it has.

    Example:

        renben rules check
    """
    loaded = opened(at, book)
    used = {name for rule in loaded.rules.values() for name in rule.provisions}
    found: dict[str, Any] = {
        "book": loaded.book.name,
        "digest": loaded.digest(),
        "decisions": len(loaded.decisions),
        "active": sum(not inactive(loaded, name) for name in loaded.decisions),
        "rules": len(loaded.rules),
        "facts": len(list(loaded.book.facts)),
        "provisions": len(used),
    }
    if json_:
        print_json(found)
        return
    out.print(
        f"{found['book']}: sound. {found['decisions']} decisions ({found['active']} active), {found['rules']} rules, "
        f"{found['facts']} facts, {found['provisions']} provisions. Digest {found['digest'][:16]}.",
        soft_wrap=True,
    )


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="First day, YYYY-MM-DD.")],
    after: Annotated[str, typer.Argument(help="Second day, YYYY-MM-DD.")],
    at: WorkspaceOption = None,
    book: BookOption = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file to lay over the second day.")] = None,
    json_: JsonOption = False,
) -> None:
    """Which provisions differ between two days (or under a scenario), and which decisions that touches.

    Example:

        renben rules diff 2023-12-31 2024-01-01
    """
    loaded = opened(at, book)
    new = (
        loaded.provisions
        if scenario is None
        else loaded.provisions.overlay(read_scenario(scenario, loaded).provisions)
    )
    rows = changes(loaded, new, day_of(before), day_of(after))
    if json_:
        print_json(rows)
        return
    print_table(
        f"{before} to {after}",
        ["provision", "before", "after", "unit", "article", "decisions"],
        (
            [
                *(row[k] for k in ("provision", "before", "after", "unit", "article")),
                ", ".join(row["decisions"]),
            ]
            for row in rows
        ),
    )


@app.command()
def reproduce(
    file: Annotated[Path, typer.Argument(help="A receipt kept by renben entitle --receipts.")],
    at: WorkspaceOption = None,
    book: BookOption = None,
) -> None:
    """Decide again from what a receipt says, and refuse it if anything differs.

    Example:

        renben rules reproduce receipts/0a1b2c.json
    """
    found = decide_again(Desk(opened(at, book)), _receipt(file))
    out.print(
        f"{found.digest}: {found.decision} on {found.on}: {found.answer}, reproduced",
        highlight=False,
        soft_wrap=True,
    )


def _receipt(file: Path) -> Receipt:
    if not file.is_file():
        raise RenbenError(
            f"{file}: no such receipt; renben entitle --person FILE --receipts FOLDER keeps them"
        )
    try:
        return Receipt.model_validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise RenbenError(f"{file}: is no receipt ({error.error_count()} things do not fit)") from None


@app.command("services")
def services_(at: WorkspaceOption = None, json_: JsonOption = False) -> None:
    """Items of the national standard with the decision that gives each, its basis, payer and department.

    Example:

        renben rules services
    """
    rows = [each.model_dump() for each in services(catalogue_of(at), opened(at))]
    if json_:
        print_json(rows)
        return
    header = ["number", "domain", "zh", "trust", "rule", "basis", "tier", "payer", "department", "state"]
    print_table(
        "Items of the national standard 国家基本公共服务标准（M 凭记忆 from memory，S 二手来源 secondary）",
        header,
        ([row[key] or None for key in header] for row in rows),
    )
    counts = {
        state: sum(row["state"] == state for row in rows) for state in ("active", "inactive", "no_rule")
    }
    out.print(
        f"启用 active {counts['active']}，未启用 inactive {counts['inactive']}（依据凭记忆 rests on memory），"
        f"尚无规则 no rule {counts['no_rule']}",
        highlight=False,
        soft_wrap=True,
    )
