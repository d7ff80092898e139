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
        Col(t("举措", "Measures"), t(1.25, 1.2), "center"),
        Col(t("指标", "Indicator"), t(3.8, 3.6)),
        Col(t("原因", "Reason"), t(3.05, 2.6)),
        Col(t("单位", "Office"), t(1.8, 2.6)),
    )
    return list(
        table(t("无法判定的指标", "Indicators without a status"), columns, rows, t("无法判定", "Unjudged"))
    )


def _measures(numbers: tuple[str, ...], t: Tongue) -> str:
    return t.join(t("总体", "goals") if n == "H" else n for n in numbers)
