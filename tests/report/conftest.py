"""A workspace with the facts, run once; the report of it in both languages; a small document that needs no data."""

import dataclasses

import pytest

from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.report import figures, monitoring
from renben.report.document import Cell, Document, Figure, Grid, Heading, Paragraph
from renben.report.evidence import Evidence
from renben.report.tongue import Tongue
from tests.evaluated import evaluated

PROVINCE, YEAR = "140000", "2024"
SENTENCE = "常住人口城镇化率稳步提高各项举措有序推进县城承载能力继续增强"
"""Chinese characters without any sign at which a line could be set shorter or longer."""


@pytest.fixture(scope="session")
def space(tmp_path_factory) -> Workspace:
    return evaluated(tmp_path_factory.mktemp("report") / "ws")


@pytest.fixture(scope="session")
def evidence(space) -> Evidence:
    return fresh(space)


def fresh(space: Workspace, **tables) -> Evidence:
    """Evidence of the workspace in which some tables are replaced: status, history or findings."""
    plan = next(iter(space.catalogue.plans.values()))
    made = Evidence(space, plan, PROVINCE, Period(YEAR))
    made.__dict__.update(tables)
    return made


@pytest.fixture(scope="session")
def documents(evidence) -> dict[str, Document]:
    return {language: monitoring.build(evidence, Tongue(language)) for language in ("zh", "en")}


@pytest.fixture(scope="session")
def small() -> Document:
    """Two full pages of running text, then a long table, a figure and headings of every level."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40" width="90" height="40"><rect width="90" height="40" fill="#1F5F99"/></svg>'
    picture = figures.from_svg(svg)
    rows = tuple(
        (
            Cell(f"第{n}行" + "长" * 30),
            Cell("—" if n % 7 == 0 else f"{n}.50", number=None if n % 7 == 0 else n + 0.5),
            Cell("滞后", "red"),
        )
        for n in range(1, 61)
    )
    table = Grid("一张长表", ("名称", "数值", "状态"), rows, (3, 1, 1), ("left", "right", "center"), "长表")
    parts = (
        Heading(1, "总体进展"),
        *(Paragraph(SENTENCE * 14) for _ in range(3)),
        Heading(2, "主要指标"),
        Heading(3, "人口"),
        Paragraph("见下表。"),
        table,
        Figure("one", "一张图", picture.svg, picture.png, "蓝色方块", 0.5, "看图说明"),
        Heading(1, "附件", new_page=True),
        Paragraph("说明“—”表示没有数据。", note=True),
    )
    return Document("zh", "测试报告", ("报告期：2024年",), parts, ("含合成数据。",), ("完。",))


@pytest.fixture(scope="session")
def plain(small) -> Document:
    """Nothing but running text, so that every page but the last is full."""
    text = tuple(Paragraph(SENTENCE * 22) for _ in range(4))
    return dataclasses.replace(small, parts=text, marks=(), colophon=())
