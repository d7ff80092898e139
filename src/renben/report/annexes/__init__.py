"""Annexes of a report: definitions with formula, vintage and source; what cannot be judged; data quality; revisions."""

from renben.report.annexes.definitions import definitions, sources
from renben.report.annexes.parameters import parameters
from renben.report.annexes.quality import quality
from renben.report.annexes.revisions import revisions
from renben.report.annexes.unjudged import unjudged
from renben.report.document import Heading, Part
from renben.report.evidence import Evidence
from renben.report.tongue import Tongue


def annexes(e: Evidence, t: Tongue) -> list[Part]:
    """All annexes."""
    return [
        Heading(1, t("附件", "Annexes"), new_page=True),
        Heading(2, t("指标口径、版本与来源", "Definitions, vintage and sources")),
        *definitions(e, t),
        Heading(2, t("无法判定的指标及原因", "What cannot be judged, and why")),
        *unjudged(e, t),
        Heading(2, t("数据质量与覆盖", "Data quality and coverage")),
        *quality(e, t),
        Heading(2, t("修订说明", "Revisions")),
        *revisions(e, t),
        Heading(2, t("参数与可信度", "Parameters and their trust marks")),
        *parameters(e, t),
        Heading(2, t("资料来源", "Sources")),
        *sources(e, t),
    ]
