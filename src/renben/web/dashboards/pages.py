"""What the dashboards show, from one reading; None and an empty state where nothing has been run."""

from collections import Counter
from typing import Any

from django.http import QueryDict
from django.utils.safestring import mark_safe

from renben.catalogue.indicator import Indicator
from renben.report.sections.wording import named, unit_name
from renben.web.dashboards.cells import Line, line, tally, tongue
from renben.web.dashboards.charts import Fan, fan_chart
from renben.web.dashboards.maps import region_map
from renben.web.dashboards.services import needs
from renben.web.dashboards.supervision import supervision
from renben.web.dashboards.tracing import chain
from renben.web.exchange import lineage
from renben.web.exchange.door import catalogue, indicators_of, plans
from renben.web.exchange.reading import Reading, missing, reading
from renben.web.flow.definition import newest
from renben.web.flow.refusals import Unknown
from renben.web.programme.models import Task
from renben.web.programme.opening import KIND

NONE = "—"
LEVELS = ("province", "prefecture", "county")


def common(read: Reading | None) -> dict[str, Any]:
    """Period, vintage and the synthetic notice of a reading, or what to run."""
    if read is None:
        word, where = missing()
        return {"read": None, "missing": word, "folder": where}
    return {"read": read, "period": read.period, "vintage": read.vintage, "plan": read.plan,
            "synthetic": len(read.evidence.synthetic)}  # fmt: skip


def overview() -> dict[str, Any]:
    """Goals with their probabilities, the map of the headline, the four actions."""
    read, t = reading(), tongue()
    if read is None:
        return {**common(None), **supervision(catalogue(), plans()[0], t)}
    known = read.catalogue.indicators
    goals = [(key, g, line(read, known[g.indicator], read.plan.region, t) if g.indicator in known else None)
             for key, g in read.plan.goals.items()]  # fmt: skip
    headline = next((known[g.indicator] for g in read.plan.goals.values() if g.indicator in known), None)
    return {
        **common(read),
        **supervision(read.catalogue, read.plan, t),
        "goals": goals,
        "headline": headline,
        "headline_name": named(read.evidence, headline, t) if headline else "",
        "map": _map(read, headline, t) if headline else "",
        "actions": [_action(read, key, action, t) for key, action in read.plan.actions.items()],
        "cities": [
            r
            for r in read.catalogue.regions.values()
            if r.level == "prefecture" and read.evidence.under(r.code)
        ],
    }


def _action(read: Reading, key: str, action: Any, t: Any) -> dict[str, Any]:
    numbers = set(action.measures)
    each = [indicators_of(one, read.plan, read.catalogue) for one in action.measures.values()]
    mine = list({one.id: one for group in each for one in group}.values())
    tasks = Task.objects.filter(plan=read.plan.id, measure__in=numbers, line=False)
    return {"key": key, "action": action, "measures": list(action.measures.values()), "indicators": len(mine),
            "tally": tally(read, mine, read.plan.region, t), "tasks": tasks.count(),
            "closed": tasks.exclude(case__closed_on=None).count()}  # fmt: skip


def measure(number: int, sees_tasks: bool) -> dict[str, Any]:
    """One measure: commitments, owners, tasks and indicators; without a run the plan is still shown."""
    read, t = reading(), tongue()
    plan = read.plan if read else plans()[0]
    if not 1 <= number <= len(plan.measures):
        raise Unknown()
    found, flow = plan.measures[number - 1], newest(KIND)
    tasks: dict[str, list[Any]] = {}
    for task in (
        Task.objects.filter(plan=plan.id, measure=number, collective="")
        .select_related("case")
        .order_by("-leading", "owner")
    ):
        tasks.setdefault(task.commitment, []).append((task, flow.stages[task.case.stage]))
    known = read.catalogue if read else catalogue()
    mine = indicators_of(found, plan, known)
    return {
        **common(read), "plan": plan, "measure": found, "action": plan.actions[plan.action_of(number)],
        "commitments": [(one, tasks.get(one.id, [])) for one in found.commitments.values()],
        **_parted([line(read, one, plan.region, t) for one in mine] if read else []),
        "previous": number - 1, "sees_tasks": sees_tasks, "next": number + 1 if number < len(plan.measures) else 0,
    }  # fmt: skip


def region(code: str) -> dict[str, Any]:
    """One region: every indicator that applies to its level and has a value or a status."""
    read, t = reading(), tongue()
    place = catalogue().regions.get(code)
    if place is None or place.level not in LEVELS:
        raise Unknown()
    if read is None:
        return {**common(None), "place": place}
    rows = [
        line(read, one, code, t) for one in read.catalogue.indicators.values() if place.level in one.levels
    ]
    below = [r for r in read.catalogue.regions.values() if r.parent == code and r.level in LEVELS]
    return {
        **common(read), "place": place, "below": below, "above": read.catalogue.regions.get(place.parent or ""),
        **_parted(rows), "behind": _behind(read, code), "services_year": read.plan.last_year,
        "services": needs(read, code, read.plan.last_year, t),
    }  # fmt: skip


def _behind(read: Reading, code: str) -> dict[str, Any]:
    """What a region's values rest on: the run's tables, and the publications they cite with how often."""
    space, at = read.evidence.workspace, read.evidence.period
    found = (
        space.latest(name, at) for name in (lineage.VALUES, lineage.STATUS, "elements", "indicator_published")
    )
    cited: Counter[str] = Counter()
    for (region_, _), row in read.values_of.items():
        if region_ == code and row["value"] is not None:
            cited.update(read.evidence.cited(row["sources"]))
    named_ = [(read.evidence.publications[key], n) for key, n in cited.most_common()]
    return {"tables": [lineage.linked(read, one) for one in found if one], "publications": named_}


def indicators() -> dict[str, Any]:
    """Every indicator in the plan's region, those without a value apart."""
    read, t = reading(), tongue()
    if read is None:
        return common(None)
    rows = [line(read, one, read.plan.region, t) for one in read.catalogue.indicators.values()]
    return {**common(read), **_parted(rows)}


def _parted(rows: list[Line]) -> dict[str, list[Line]]:
    """Indicators with a value, and those without."""
    return {"lines": [r for r in rows if r.value != NONE], "empty": [r for r in rows if r.value == NONE]}


def indicator(name: str, query: QueryDict) -> dict[str, Any]:
    """One indicator in one region: series, vintages, forecast, regions compared, and where it comes from."""
    found, t = catalogue().indicators.get(name), tongue()
    if found is None:
        raise Unknown()
    read = reading()
    if read is None:
        return {**common(None), "indicator": found}
    place = read.catalogue.regions.get(query.get("region", "") or read.plan.region)
    if place is None:
        raise Unknown()
    series = read.series(name, place.code)
    value = read.value(name, place.code)
    return {
        **common(read), "indicator": found, "place": place, "line": line(read, found, place.code, t),
        "unit": unit_name(read.evidence, found.unit, t), "series": [_shown(read, one, found, t) for one in series][::-1],
        "chart": _chart(read, found, place.code, series, t), "vintages": read.vintages(name, place.code),
        "map": _map(read, found, t), "publications": read.publications(_sources(series, value)),
        "chain": chain(read, found, place.code),
        "goals": [(key, g) for key, g in read.plan.goals.items() if g.indicator == name],
        "regions": _compared(read, found, t),
        "measures": [m for m in read.plan.measures if found in indicators_of(m, read.plan, read.catalogue)],
    }  # fmt: skip


def _sources(series: list[dict[str, Any]], value: dict[str, Any]) -> str:
    cells = [one["sources"] or "" for one in series] + [value.get("sources") or ""]
    return ";".join(dict.fromkeys(part for cell in cells for part in cell.split(";") if part))


def _shown(read: Reading, row: dict[str, Any], found: Indicator, t: Any) -> dict[str, Any]:
    return {
        **row,
        "text": t.number(row["value"], found.unit),
        "cited": lineage.sources_of(read, (row["sources"] or "").split(";")),
    }


def _compared(read: Reading, found: Indicator, t: Any) -> list[Any]:
    """Cities below the plan's region with their newest value and status."""
    places = [
        r for r in read.catalogue.regions.values() if r.level == "prefecture" and read.evidence.under(r.code)
    ]
    return (
        [(place, line(read, found, place.code, t)) for place in places]
        if "prefecture" in found.levels
        else []
    )


def _chart(read: Reading, found: Indicator, region_: str, series: list[dict[str, Any]], t: Any) -> str:
    seen = [(int(row["year"]), float(row["value"])) for row in series]
    if not seen:
        return ""
    ahead = [row for row in read.forecast(found.id, region_) if row["year"] > seen[-1][0]]
    columns = [[row[name] for row in ahead] for name in ("year", "p10", "median", "p90")]
    status = read.status(found.id, region_) or {}
    aim = (int(status["target_year"]), float(status["target"])) if status.get("target_year") else None
    words = {"target": t("目标", "Target")}
    title = f"{t(found.name_zh, found.name_en)} {seen[0][0]}–{(ahead or [{'year': seen[-1][0]}])[-1]['year']}"
    return mark_safe(fan_chart(seen, Fan(*columns) if ahead else None, aim, words, title))


def _map(read: Reading, found: Indicator, t: Any) -> str:
    return mark_safe(region_map(read, found, t))
