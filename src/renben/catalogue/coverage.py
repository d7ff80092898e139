"""Shows what a plan asks and what answers it: per measure its owners, commitments, mechanisms and indicators.

Counted honestly: a commitment counts as answered only if every module that it names exists and nothing of it
is left to a planned module. Rendered as docs/measures.md, in Chinese and English side by side.
Not counted here: whether a mechanism has data to run on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from renben.catalogue.loader import HERE, Catalogue
from renben.catalogue.plan import Commitment, Measure, Plan

MEASURES = HERE.parent / "measures"
COMMAND = "renben docs write"

STATES = {
    "answered": ("有机制回应", "answered by a mechanism"),
    "partly": ("部分有机制回应", "answered in part; the rest is planned"),
    "named": ("机制已定名，尚未建成", "mechanism named, not built yet"),
    "planned": ("可以计算，机制待建", "can be computed; mechanism not written yet"),
    "project": ("工程项目，按节点跟踪", "works, followed by their milestones"),
    "policy": ("政策文件待制定，按任务跟踪", "a text to be drafted, followed as a task"),
    "task": ("部门自身工作，按任务跟踪", "the offices' own work, followed as a task"),
    "evaluation": ("由监测评估回应", "answered by monitoring and evaluation"),
}
"""State of a commitment -> its label in Chinese and English, from best to least covered."""

STRENGTHS = {
    "must": "必须 must",
    "promote": "推动 promote",
    "support": "支持 support",
    "encourage": "鼓励 encourage",
    "explore": "探索 explore",
}


class Count(NamedTuple):
    """Commitments by state, and how many of them an indicator follows."""

    states: Counter[str]
    followed: int

    @property
    def total(self) -> int:
        """All commitments counted."""
        return self.states.total()


def built_mechanisms(folder: Path = MEASURES) -> frozenset[str]:
    """Names ACTION/MODULE of the mechanisms that exist as modules or packages under a folder."""
    modules = {path.with_suffix("") for path in folder.glob("*/*.py") if path.stem != "__init__"}
    packages = {path.parent for path in folder.glob("*/*/__init__.py")}
    return frozenset(path.relative_to(folder).as_posix() for path in modules | packages)


def state(commitment: Commitment, built: frozenset[str]) -> str:
    """How far a commitment is covered by the mechanisms that are built; a key of STATES."""
    if not commitment.mechanisms:
        return str(commitment.reason)
    existing = built.intersection(commitment.mechanisms)
    if not existing:
        return "named"
    whole = len(existing) == len(commitment.mechanisms) and not commitment.planned
    return "answered" if whole else "partly"


def count(commitments: Iterable[Commitment], built: frozenset[str]) -> Count:
    """Commitments by state, and how many are followed by at least one indicator."""
    found = tuple(commitments)
    return Count(Counter(state(c, built) for c in found), sum(bool(c.indicators) for c in found))


def measures_page(plan: Plan, catalogue: Catalogue, built: frozenset[str]) -> str:
    """Markdown page of a plan's coverage: totals first, then every measure and the safeguards."""
    page = _Page(catalogue, built)
    return "\n".join([*page.head(plan), *page.body(plan)]) + "\n"


class _Page:
    """Renders parts of the page; holds what every part needs to look names up."""

    def __init__(self, catalogue: Catalogue, built: frozenset[str]) -> None:
        self.catalogue = catalogue
        self.built = built

    def head(self, plan: Plan) -> Iterator[str]:
        """Title, totals by state and by action."""
        total = count(plan.commitments, self.built)
        yield from (f"# 方案要求与回应 What the plan asks and what answers it: {plan.id}", "")
        yield from (f"<!-- Generated: {COMMAND} -->", "")
        yield from (f"{plan.zh}（{plan.number}，{plan.issued_on:%Y-%m-%d}）  ", f"{plan.en}", "")
        yield f"{len(plan.measures)} 项举措，{total.total} 项任务，{total.followed} 项有指标跟踪。  "
        yield f"{len(plan.measures)} measures, {total.total} commitments, {total.followed} followed by an indicator."
        yield from (
            "",
            f"另有保障措施 {len(plan.safeguards)} 项。 Safeguards besides: {len(plan.safeguards)}.",
            "",
        )
        yield from (
            f"计数规则：{plan.splitting_zh}  ",
            f"How sentences were counted: {plan.splitting_en}",
            "",
        )
        yield from _table(("回应 Coverage", "任务数 Commitments", "占比 Share"), _state_rows(total))
        yield from _table(
            (
                "行动 Action",
                "举措 Measures",
                "任务 Commitments",
                "有或部分有机制 Answered or partly",
                "有指标 Indicator",
            ),
            self._action_rows(plan),
        )

    def body(self, plan: Plan) -> Iterator[str]:
        """One section per action and measure, then the safeguards."""
        for action in plan.actions.values():
            yield from (f"## {action.chapter}、{action.zh}", "", f"{action.en}", "")
            yield from (f"{action.aim_zh}。  ", f"{action.aim_en}.", "")
            for measure in action.measures.values():
                yield from self._measure(measure)
        if plan.safeguards:
            yield from ("## 保障措施 Safeguards", "")
            yield from self._commitments(plan.safeguards.values(), owners=True)

    def _action_rows(self, plan: Plan) -> Iterator[tuple[str, ...]]:
        for action in plan.actions.values():
            found = count((c for m in action.measures.values() for c in m.commitments.values()), self.built)
            answered = found.states["answered"] + found.states["partly"]
            yield (
                f"{action.zh} {action.en}",
                str(len(action.measures)),
                str(found.total),
                str(answered),
                str(found.followed),
            )

    def _measure(self, measure: Measure) -> Iterator[str]:
        found = count(measure.commitments.values(), self.built)
        yield from (f"### {measure.number}. {measure.zh}", "", f"{measure.en}", "")
        yield f"责任单位 Owners: {self._offices(measure.owners)}"
        states = "；".join(f"{' '.join(STATES[s])} {found.states[s]}" for s in STATES if found.states[s])
        yield from (
            "",
            f"任务 Commitments {found.total}：{states}；有指标 with an indicator {found.followed}",
            "",
        )
        yield from self._commitments(measure.commitments.values())

    def _commitments(self, commitments: Iterable[Commitment], owners: bool = False) -> Iterator[str]:
        header = (
            "编号 Id",
            "任务 Commitment",
            "力度 Strength",
            "地区 Places",
            "回应 Answer",
            "指标 Indicators",
        )
        rows = (self._row(c) for c in commitments)
        if not owners:
            yield from _table(header, rows)
            return
        named = ((*self._row(c), self._offices(c.owners)) for c in commitments)
        yield from _table((*header, "责任单位 Owners"), named)

    def _row(self, commitment: Commitment) -> tuple[str, ...]:
        names = [p.zh for p in commitment.programmes]
        named = f"<br>名称 Named: {'、'.join(names)}" if names else ""
        return (
            f"`{commitment.id}`",
            f"{commitment.zh}<br>{commitment.en}{named}",
            STRENGTHS[commitment.strength],
            "、".join(self._place(place) for place in commitment.places),
            self._answer(commitment),
            "<br>".join(self._indicator(name) for name in commitment.indicators),
        )

    def _answer(self, commitment: Commitment) -> str:
        lines = [" ".join(STATES[state(commitment, self.built)])]
        lines += [
            f"`{name}`{'' if name in self.built else '（未建 not built）'}" for name in commitment.mechanisms
        ]
        lines += [f"待建 planned: `{name}`" for name in commitment.planned]
        return "<br>".join(lines)

    def _indicator(self, name: str) -> str:
        indicator = self.catalogue.indicators[name]
        return f"`{name}` {indicator.name_zh} {indicator.name_en}"

    def _place(self, place: str) -> str:
        found = self.catalogue.groups.get(place)
        return found.zh if found else self.catalogue.regions[place].name_zh

    def _offices(self, ids: tuple[str, ...]) -> str:
        return "、".join(self.catalogue.offices[office].zh for office in ids)


def _state_rows(total: Count) -> Iterator[tuple[str, ...]]:
    for name, (zh, en) in STATES.items():
        number = total.states[name]
        if number:
            yield f"{zh} {en}", str(number), f"{100 * number / total.total:.1f} %"
    yield "合计 Total", str(total.total), "100.0 %"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"
    yield ""
