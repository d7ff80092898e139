"""Every indicator that cannot be judged, with its reason and who answers for it."""

from renben.report.document import Cell, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import office_name, why
from renben.report.tables import Col, table
from renben.report.tongue import Tongue


def unjudged(e: Evidence, t: Tongue) -> list[Part]:
    """Every grey indicator in the order of the measures."""
    rows = [
        (
            Cell(_measures(i.measures, t)),
            Cell(t(i.name_zh, i.name_en)),
            Cell(why(e, t, e.own[i.id]), "grey"),
            Cell(office_name(e, i.owner, t)),
        )
        for i in e.catalogue.indicators.values()
        if e.own.get(i.id, {}).get("status") == "grey"
    ]
    columns = (
        Col(t("举措", "Measures"), 1.25, "center"),
        Col(t("指标", "Indicator"), 3.8),
        Col(t("原因", "Reason"), 3.05),
        Col(t("单位", "Office"), 1.8),
    )
    return list(
        table(t("无法判定的指标", "Indicators without a status"), columns, rows, t("无法判定", "Unjudged"))
    )


def _measures(numbers: tuple[str, ...], t: Tongue) -> str:
    return t.join(t("总体", "goals") if n == "H" else n for n in numbers)
