"""Next steps: what needs coordination, and which data each office still owes, with the day they are due."""

import datetime as dt
import re
from typing import Any

from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import office_name, reason
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

NOT_OWED = ("not_applicable", "missing_excused", "suppressed_small_n", "undefined_denominator")
SHOWN = 4


def next_steps(e: Evidence, t: Tongue) -> list[Part]:
    """Indicators that stand worst, and the data that are still to come by office."""
    owed = _owed(e)
    columns = (
        Col(t("单位", "Office"), t(1.75, 2.4)),
        Col(t("项数", "Number"), 0.8, "right"),
        Col(t("应报日期", "Due"), 1.15),
        Col(t("缺数指标", "Indicators without a value"), 6.2),
    )
    rows = [
        _row(e, t, office, mine) for office, mine in sorted(owed.items(), key=lambda o: (-len(o[1]), o[0]))
    ]
    grids = table(t("待报数据", "Data still to come"), columns, rows, t("待报数据", "Data owed"))
    return [Paragraph(_behind(e, t)), Paragraph(_asked(e, t, owed)), *grids]


def _behind(e: Evidence, t: Tongue) -> str:
    """Indicators behind or under warning whose target binds the region."""
    behind = [
        i for i, row in e.own.items() if e.class_of(row) in ("red", "orange") and not row["reference_only"]
    ]
    worst = t.join(t(e.catalogue.indicators[i].name_zh, e.catalogue.indicators[i].name_en) for i in behind)
    if behind:
        return t(f"需要协调的指标：{worst}。", f"Indicators that need coordination: {worst}.")
    return t(
        "可以判定的指标中，没有状态为“预警”或“滞后”且目标对本地区有约束力的指标。",
        "No indicator that can be judged and whose target binds the region is behind or under warning.",
    )


def _asked(e: Evidence, t: Tongue, owed: dict[str, list[Indicator]]) -> str:
    total = sum(len(mine) for mine in owed.values())
    if not total:
        return t(f"{e.period}年各单位数据均已报送。", f"All data for {e.period} have been sent.")
    return t(
        f"下列{len(owed)}个单位负责的{total}项指标尚无{e.period}年数据，请按期报送。报送方法：用 renben data template elements 取表，填好后用 renben data add 入库，再运行一次即更新本报告。",
        f"{len(owed)} offices answer for {total} indicators that have no value for {e.period}. To send them: take a form with renben data template elements, add it with renben data add, and run again.",
    )


def _owed(e: Evidence) -> dict[str, list[Indicator]]:
    found: dict[str, list[Indicator]] = {}
    for id_, row in e.own.items():
        why = e.values.get(id_, {}).get("value_reason") or row.get("reason")
        if row["value"] is None and why not in NOT_OWED:
            found.setdefault(e.catalogue.indicators[id_].owner, []).append(e.catalogue.indicators[id_])
    return found


def _row(e: Evidence, t: Tongue, office: str, mine: list[Indicator]) -> tuple[Cell, ...]:
    names = [t(i.name_zh, i.name_en) for i in mine]
    more = t(f"等{len(names)}项", f" and {len(names) - SHOWN} more") if len(names) > SHOWN else ""
    days = sorted({day for i in mine if (day := due(e, i)) is not None})
    when = t("未规定", "not set") if not days else t("、", ", ").join(d.isoformat() for d in days[:2])
    late = [i for i in mine if e.values.get(i.id, {}).get("value_reason") == "missing_late"]
    tail = (
        t(f"；其中{len(late)}项{reason(e, 'missing_late', t)}", f"; {len(late)} of them late") if late else ""
    )
    return (
        Cell(office_name(e, office, t)),
        Cell(str(len(names)), number=len(names)),
        Cell(when),
        Cell(t("、", "; ").join(names[:SHOWN]) + more + tail),
    )


def due(e: Evidence, indicator: Indicator) -> dt.date | None:
    """Day on which the last data element of an indicator is due, or None where no lag is set."""
    lags = [
        _lag(e.catalogue.elements[n])
        for n in re.findall(r"[a-z]\w*", indicator.formula)
        if n in e.catalogue.elements
    ]
    known = [lag for lag in lags if lag is not None]
    return e.period.end + dt.timedelta(days=max(known)) if known else None


def _lag(element: Any) -> int | None:
    return None if element.lag_days is None else int(element.lag_days)
