"""`renben indicators`: values of the indicators of a region and period, or the reason why there are none."""

from typing import Annotated, Any

import polars as pl
import typer

from renben.catalogue import Catalogue
from renben.cli.common import JsonOption, WorkspaceOption, day_option, out, print_json, print_table, workspace
from renben.core.errors import RenbenError, did_you_mean

RegionOption = Annotated[
    str | None, typer.Option("--region", "-r", help="Code or name of a region (default: the plan's).")
]
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="The period.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Use only what was known on this day (2025-03-01).")
]


SYNTHETIC = "（合成）"


def region_code(catalogue: Catalogue, text: str | None) -> str:
    """Code of a region given by code or by name; without either, the region of the first plan.

    Raises:
        RenbenError: no region, or more than one, is called so.
    """
    if text is None:
        return next((plan.region for plan in catalogue.plans.values()), next(iter(catalogue.regions)))
    if text in catalogue.regions:
        return text
    named = [r for r in catalogue.regions.values() if text in (r.name_zh, r.name_en)]
    if len(named) == 1:
        return named[0].code
    if named:
        listed = ", ".join(f"{r.code} {r.name_zh}" for r in named)
        raise RenbenError(f"--region {text}: more than one region is called so ({listed}); give the code.")
    names = [name for r in catalogue.regions.values() for name in (r.code, r.name_zh, r.name_en)]
    raise RenbenError(f"--region {text}: no such region.{did_you_mean(text, names)} See catalogue/regions.")


def in_order(frame: pl.DataFrame, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Rows in the order in which the indicators are written."""
    order = {name: i for i, name in enumerate(catalogue.indicators)}
    return sorted(frame.to_dicts(), key=lambda row: order.get(row["indicator"], len(order)))


def reason_zh(catalogue: Catalogue, code: str | None) -> str:
    """A reason or state code in words."""
    return "" if code is None else catalogue.reasons[code].zh if code in catalogue.reasons else code


def shown(value: float | None, unit: str) -> str | None:
    """A value with its unit for the terminal; None stays None."""
    if value is None:
        return None
    digits = 2 if abs(value) < 1000 else 0
    return f"{value:,.{digits}f} {unit}".strip()


def indicators(
    period: PeriodOption,
    region: RegionOption = None,
    known: Annotated[bool, typer.Option("--known", help="Only indicators that have a value.")] = False,
    at: WorkspaceOption = None,
    as_of: AsOfOption = None,
    json_: JsonOption = False,
) -> None:
    """Show every indicator of a region and period: its value, state and sources, or why there is none.

    Examples:

        renben indicators --period 2024

        renben indicators --region NAME-OR-CODE --period 2020 --known --json
    """
    space = workspace(at)
    cat = space.catalogue
    code = region_code(cat, region)
    frame = space.read("indicator_values", period, day_option(as_of)).filter(pl.col("region") == code)
    rows = [row for row in in_order(frame, cat) if row["value"] is not None or not known]
    if json_:
        print_json([_named(row, cat) for row in rows])
        return
    title = f"{cat.regions[code].name_zh} {period}"
    body = [_line(row, cat) for row in rows]
    print_table(title, ["指标", "数值", "上年", "状态", "覆盖(人口)", "来源"], body)
    with_value = sum(row["value"] is not None for row in rows)
    out.print(f"{with_value} of {len(rows)} indicators have a value; the others say why not.")


def _named(row: dict[str, object], cat: Catalogue) -> dict[str, object]:
    indicator = cat.indicators[str(row["indicator"])]
    return {
        **row,
        "name_zh": indicator.name_zh,
        "name_en": indicator.name_en,
        "unit": indicator.unit,
        "formula": indicator.formula,
        "measures": list(indicator.measures),
    }


def _line(row: dict[str, object], cat: Catalogue) -> list[object]:
    indicator = cat.indicators[str(row["indicator"])]
    population = row["coverage_population"]
    return [
        indicator.name_zh + (SYNTHETIC if row["synthetic"] else ""),
        shown(row["value"], cat.units[indicator.unit].zh),  # type: ignore[arg-type]
        shown(row["previous_value"], ""),  # type: ignore[arg-type]
        reason_zh(cat, str(row["state"])),
        None if population is None else f"{population:.0%}",
        row["sources"],
    ]
