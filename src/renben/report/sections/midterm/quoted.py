"""Problems quoted as they were found in each period, with owner, task and outcome; settled ones first."""

from collections import Counter

from renben.engines.wording import labels
from renben.report.document import Cell, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.ledger import Problem, problems
from renben.report.sections.problems import SEVERITIES, SEVERITY_TONES, cut
from renben.report.sections.wording import office_name, plain
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

LISTED, LONGEST = 40, {"zh": 110, "en": 210}
ORDER = ("major", "error", "warning", "info")
COUNTED = ("data_not_sent", "early_warning")
"""Kinds that other sections list; quoted only where a task has answered for them."""


def quoted(e: Evidence, t: Tongue) -> list[Part]:
    """What was found in the plan's periods so far and what became of it."""
    every = problems(e)
    mine = [one for one in every if one.commitment or not one.kind.startswith(COUNTED)]
    if not mine:
        none = t(
            "方案实施以来各项检查没有立为任务的问题。",
            "Since the plan began, checks have found nothing to quote.",
        )
        return [Paragraph(none)]
    answered = [one for one in mine if one.answered or one.closed]
    open_ = [one for one in mine if not (one.answered or one.closed)]
    return [
        Paragraph(_counted(t, mine)),
        Heading(2, t("已答复或销号的问题", "Answered or closed")),
        *_listed(e, t, answered, t("问题原文与办理结果", "Problems as found, and their outcome")),
        Heading(2, t("尚未办结的问题", "Still open")),
        *_listed(e, t, open_, t("尚未办结的问题", "Problems still open")),
    ]


def _counted(t: Tongue, mine: list[Problem]) -> str:
    levels = Counter(one.severity for one in mine)
    said = t.join(f"{t(*SEVERITIES[s])}{t('', ' ')}{levels[s]}{t('个', '')}" for s in ORDER if levels[s])
    settled = sum(one.settled for one in mine)
    again = sum(bool(one.again) for one in mine)
    made_up = sum(one.synthetic for one in mine)
    return t(
        f"方案实施以来监测发现{len(mine)}个问题（{said}），其中{made_up}个出自合成数据；销号且未再出现{settled}个，以后各期再次出现{again}个。原文照录，不作改写。",
        f"Since the plan began monitoring found {len(mine)} problems ({said}), {made_up} of them on synthetic data. Closed and not found again: {settled}; found again later: {again}. They are quoted as found.",
    )


def _listed(e: Evidence, t: Tongue, rows: list[Problem], caption: str) -> list[Part]:
    columns = (
        Col(t("期", "Period"), 0.75, "center"),
        Col(t("级别", "Level"), t(1.0, 1.1), "center"),
        Col(t("问题原文", "As found"), 4.3),
        Col(t("责任单位", "Owner"), 1.7),
        Col(t("任务", "Task"), 1.0),
        Col(t("结果", "Outcome"), 2.7),
    )
    if not rows:
        return [Paragraph(t("没有。", "None."))]
    ordered = sorted(
        rows,
        key=lambda one: (one.synthetic, one.closed is None, ORDER.index(one.severity), one.period, one.key),
    )
    body = [_row(e, t, one) for one in ordered[:LISTED]]
    more = len(rows) - len(body)
    note = t(f"另有{more}个未列。", f"{more} more are not listed.") if more > 0 else ""
    return [*table(caption, columns, body, caption[:28]), Paragraph(note, note=True)]


def _row(e: Evidence, t: Tongue, one: Problem) -> tuple[Cell, ...]:
    made_up = t("（合成）", " (synthetic)") if one.synthetic else ""
    text = plain(e, t(one.text_zh, one.text_en), t)
    return (
        Cell(one.period),
        Cell(t(*SEVERITIES[one.severity]) + made_up, SEVERITY_TONES.get(one.severity, "plain")),
        Cell(t(f"“{cut(text, LONGEST['zh'])}”", f"“{cut(text, LONGEST['en'])}”")),
        Cell(office_name(e, one.owner, t)),
        Cell(_task(e, t, one)),
        Cell(_outcome(e, t, one), "green" if one.settled else "plain"),
    )


def _task(e: Evidence, t: Tongue, one: Problem) -> str:
    """The number of the task that answers, without the plan's id where it is the report's plan."""
    if not one.commitment:
        return DASH
    own = one.commitment.removeprefix(f"{e.plan.id}/")
    return own.replace("safeguards", t("保障", "safeguard"))


def _outcome(e: Evidence, t: Tongue, one: Problem) -> str:
    """Answered on, closed on, or the stage and its deadline; whether it came back."""
    said = []
    if one.answered:
        said.append(t(f"{t.day(one.answered)}答复", f"answered {t.day(one.answered)}"))
    if one.closed:
        said.append(t(f"{t.day(one.closed)}经复核销号", f"checked and closed {t.day(one.closed)}"))
    elif one.stage:
        stage = labels(e.catalogue, "programme_tasks", "stage").get(one.stage)
        words = t(stage.zh, stage.en) if stage else one.stage
        due = t(f"，{t.day(one.due)}前", f", due {t.day(one.due)}") if one.due else ""
        said.append(words + due)
    if one.again:
        said.append(t(f"{one.again}年再次出现", f"found again in {one.again}"))
    return t("；", "; ").join(said) or t("未立任务", "no task")
