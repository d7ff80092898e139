"""What named groups of counties gained beyond the others, what such data could show at all, or what is wanting."""

from typing import Any

from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import mark, named, unit_text
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

SMALLEST = 0.001
"""Below it a p-value of random groups is not told apart from none."""


def effects(e: Evidence, t: Tongue) -> list[Part]:
    """The estimate of each group that has one, or how many counties have comparable values."""
    rows = e.table("group_effect").to_dicts()
    if not rows:
        return [Paragraph(t("没有可比较的县组。", "There is no group of counties to compare."))]
    known = [row for row in rows if row["effect"] is not None]
    if not known:
        return [Paragraph(_wanting(t, rows))]
    columns = (
        Col(t("分组", "Group"), 2.4),
        Col(t("指标", "Indicator"), 2.4),
        Col(t("可比县", "Counties"), 1.1, "right"),
        Col(t("对照县", "Others"), 1.0, "right"),
        Col(t("效应", "Effect"), 1.4, "right"),
        Col(t("最小可检出", "Detectable"), 1.4, "right"),
        Col(t("p值", "p"), 1.1, "right"),
    )
    grids = table(
        t("分组政策效应", "Effects by group"),
        columns,
        [_row(e, t, row) for row in known],
        t("政策效应", "Effects"),
    )
    return [Paragraph(_said(e, t, known)), *grids, Paragraph(_care(t, len(known), len(rows)), note=True)]


def _said(e: Evidence, t: Tongue, known: list[dict[str, Any]]) -> str:
    """Which estimates are larger than the least that such data can show."""
    large = [row for row in known if abs(row["effect"]) >= row["detectable"]]
    rest = len(known) - len(large)
    none = t(
        f"其余{rest}组的差值小于最小可检出，读作“未检出效应”。",
        f"For the other {rest} groups the difference is less than such data can show: no effect was detected.",
    )
    if not large:
        return t(
            f"{len(known)}组的差值都小于最小可检出，读作“未检出效应”。",
            f"For all {len(known)} groups the difference is less than such data can show: no effect was detected.",
        )
    said = t("；", "; ").join(_large(e, t, row) for row in large)
    return said + t("。", ". ") + (none if rest else "")


def _large(e: Evidence, t: Tongue, row: dict[str, Any]) -> str:
    group, indicator = e.catalogue.groups[row["group"]], e.catalogue.indicators[row["indicator"]]
    unit = unit_text(e, "pp" if indicator.unit in ("%", "pp") else indicator.unit, t)
    shown, least = t.signed(row["effect"], indicator.unit), t.number(row["detectable"], indicator.unit)
    return t(
        f"{group.zh}{row['first_year']}—{row['last_year']}年{indicator.name_zh}的变化比其他县{shown}{unit}，超过最小可检出的{least}{unit}{mark(row, t)}",
        f"{group.en}: {indicator.name_en} changed by {shown}{unit} against the other counties in {row['first_year']}–{row['last_year']}, more than the {least}{unit} that such data can show{mark(row, t)}",
    )


def _care(t: Tongue, known: int, every: int) -> str:
    return t(
        f"共比较{known}组，即使没有效应，按5%水平也会偶然出现约{known * 0.05:.1f}个；另有{every - known}个“分组×指标”可比县太少，未估计。各组有共同的县，不能相加。",
        f"{known} comparisons: without any effect about {known * 0.05:.1f} would fall below 5 % by chance. {every - known} more groups and indicators have too few comparable counties. Groups share counties and do not add up.",
    )


def _wanting(t: Tongue, rows: list[dict[str, Any]]) -> str:
    most = max(row["members_known"] for row in rows)
    others = max(row["others_known"] for row in rows)
    return t(
        f"目前不能估计政策效应：方案实施前后都有同一口径数值的县，组内最多{most}个，对照最多{others}个。需要各县报送年度数据后再评估。",
        f"No effect can be estimated yet: at most {most} counties of a group and {others} others have values of one series before and since the plan began. Counties have to send yearly data first.",
    )


def _row(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    group, indicator = e.catalogue.groups[row["group"]], e.catalogue.indicators[row["indicator"]]
    effect, p = row["effect"], row["p_value"]
    return (
        Cell(t(group.zh, group.en)),
        Cell(named(e, indicator, t)),
        Cell(f"{row['members_known']}/{row['members']}", number=row["members_known"]),
        Cell(str(row["others_known"]), number=row["others_known"]),
        Cell(t.signed(effect, indicator.unit) + mark(row, t), number=effect),
        Cell(t.number(row["detectable"], indicator.unit), number=row["detectable"]),
        Cell("<0.001" if p < SMALLEST else f"{p:.3f}", number=p),
    )
