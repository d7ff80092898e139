"""Pages on which a number is followed back: a dataset version, a publication, a goal of the plan, the number's receipt."""

import json
from typing import Any

from django.http import HttpResponse, QueryDict

from renben.catalogue import load
from renben.report.sections.wording import named, unit_name
from renben.web.dashboards.cells import line, measured, tongue
from renben.web.exchange import lineage
from renben.web.exchange.door import catalogue, plans
from renben.web.exchange.reading import Reading, missing, reading
from renben.web.flow.refusals import Unknown
from renben.web.words import either

SHOWN = 60


def _run() -> Reading:
    read = reading()
    if read is None:
        raise Unknown()
    return read


def chain(read: Reading, indicator: Any, region: str) -> dict[str, Any]:
    """The steps behind one value, nearest first: run, base values, provisions, versions."""
    value, space, t = read.value(indicator.id, region), read.evidence.workspace, tongue()
    version = space.latest(lineage.VALUES, read.evidence.period)
    rows, more = lineage.inputs(read, indicator, region, value)
    shown = [(one, t.number(one.value, one.unit), unit_name(read.evidence, one.unit, t)) for one in rows]
    judged = space.latest(lineage.STATUS, read.evidence.period)
    return {
        "value": value, "inputs": shown, "more_inputs": more,
        "run": lineage.told(read, version) if version else None,
        "judged": lineage.linked(read, judged) if judged else None,
        "trace": [(lineage.link(read, s.dataset, s.period, s.vintage), s, lineage.sources_of(read, s.sources))
                  for s in read.trace()],
    }  # fmt: skip


def version_page(dataset: str, period: str, vintage: str) -> dict[str, Any]:
    """Everything written about one dataset version.

    Raises:
        Unknown: no run, or no such version in the workspace.
    """
    read = _run()
    version = lineage.find(read, dataset, period, vintage)
    if version is None:
        raise Unknown()
    laws = load().laws | read.catalogue.laws
    told = lineage.told(read, version)
    cites = [
        (c, laws.get(c.name), own)
        for part, own in ((told.provisions, True), (told.inherited, False))
        for c in part
    ]
    about = read.catalogue.datasets.get(dataset)
    return {"told": told, "cites": cites, "about": about, "offices": read.catalogue.offices,
            "others": [lineage.linked(read, v) for v in read.evidence.workspace.versions(dataset)][::-1][:SHOWN]}  # fmt: skip


def source_page(key: str) -> dict[str, Any]:
    """One publication and the values that cite it.

    Raises:
        Unknown: no run, or no such publication.
    """
    read, t = _run(), tongue()
    found = read.evidence.publications.get(key)
    if found is None:
        raise Unknown()
    rows = lineage.cited_in(read, key)
    known = read.catalogue.indicators
    shown = [
        (known[row["indicator"]], row, measured(read, row["value"], known[row["indicator"]].unit, t))
        for row in rows
        if row["indicator"] in known
    ]
    return {
        "source": found,
        "title": either(*lineage.titles(found)),
        "rows": shown[:SHOWN],
        "more": max(0, len(shown) - SHOWN),
    }


def goal_page(key: str) -> dict[str, Any]:
    """One goal of the plan: what the text says, how it is judged, how likely it is, and where both come from.

    Raises:
        Unknown: no such goal.
    """
    read, t = reading(), tongue()
    plan = read.plan if read else plans()[0]
    goal = plan.goals.get(key)
    if goal is None:
        raise Unknown()
    base = {"goal": goal, "plan": plan, "others": [(k, g) for k, g in plan.goals.items() if k != key]}
    if read is None:
        word, folder = missing()
        return {**base, "read": None, "missing": word, "folder": folder}
    indicator = read.catalogue.indicators.get(goal.indicator or "")
    base |= {
        "read": read,
        "period": read.period,
        "vintage": read.vintage,
        "synthetic": len(read.evidence.synthetic),
    }
    if indicator is None:
        return base
    status, space = read.status(indicator.id, plan.region) or {}, read.evidence.workspace
    version = space.latest(lineage.STATUS, read.evidence.period)
    return {
        **base, "indicator": indicator, "name": named(read.evidence, indicator, t), "status": status,
        "line": line(read, indicator, plan.region, t), "judged": lineage.told(read, version) if version else None,
        "drift": t.share(status.get("drift_probability")),
    }  # fmt: skip


def receipt_file(name: str, query: QueryDict) -> HttpResponse:
    """The receipt of one number as a JSON file.

    Raises:
        Unknown: no run, no such indicator or no such region.
    """
    read, found = _run(), catalogue().indicators.get(name)
    region = query.get("region", "") or read.plan.region
    if found is None or region not in read.catalogue.regions:
        raise Unknown()
    body = lineage.receipt(read, found, region)
    text = json.dumps(body, ensure_ascii=False, indent=1, default=str)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.id}-{region}-{read.period}.json"'
    return answer
