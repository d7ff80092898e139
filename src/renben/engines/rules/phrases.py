"""Words for operators, units, periods and values, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.facts import Fact
from renben.engines.rules.kernel import Value
from renben.engines.rules.provisions import shown
from renben.engines.rules.terms import Term

STATE_ZH: dict[Value, str] = {True: "符合", False: "不符合", None: "待核实"}
STATE_EN: dict[Value, str] = {True: "met", False: "not met", None: "not known"}


@dataclass(frozen=True)
class Text:
    """One thing said twice."""

    zh: str
    en: str


NO_PERIOD = object()
MOST_NODES_SAID = 6
SIGNS = {"le": ("不超过", "at most"), "lt": ("少于", "less than"), "eq": ("等于", "equal to")}
DATE_SIGNS = {
    ("不超过", "at most"): ("不晚于", "not after"),
    ("少于", "less than"): ("早于", "before"),
    ("不少于", "at least"): ("不早于", "not before"),
    ("超过", "more than"): ("晚于", "after"),
}
INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "×",
    "div": "÷",
    "and": "&",
    "or": "|",
    "le": "≤",
    "lt": "<",
    "eq": "=",
}
EXPRESSIONS = {
    "min": ("较早（小）者", "the earlier (smaller) of"),
    "max": ("较晚（大）者", "the later (larger) of"),
    "add_months": ("加月数", "plus months"),
    "back_months": ("减月数", "less months"),
    "add_days": ("加天数", "plus days"),
    "days_between": ("相隔天数", "days between"),
    "month_index": ("月份", "month of"),
    "area": ("所属地区", "area of"),
    "district": ("市辖区", "district of a city"),
    "if": ("按情形", "depending on"),
    "not": ("并非", "not"),
}
LINK_WORDS = {
    "sum": Text("合计", "total"),
    "any": Text("任一人", "any"),
    "count": Text("人数：", "number with"),
    "first": Text("最早", "first"),
}


def plainness(term: Term) -> int:
    """How much a side reads like the person's own: a fact, then a value of the person, then a provision."""
    inner = term.args[0] if term.kind == "otherwise" else term
    return 2 if inner.kind == "fact" else 0 if inner.row_free or inner.kind == "regional" else 1


def period_of(months: Value) -> Text:
    """A number of months as years and months."""
    if months is None:
        return Text("（未公布的期限）", "(a period not yet published)")
    count = int(months)
    years, rest = divmod(count, 12)
    zh = (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")
    en = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((years, "year"), (rest, "month")) if n]
    return Text(zh, " ".join(en) or "0 months")


def show(value: Value, term: Term, fact: Fact | None) -> Any:
    """A value as people write it: a date, yuan, a code's name."""
    if value is None or isinstance(value, bool):
        return value
    if term.type.name == "date":
        return "never" if value >= kernel.NEVER else str(kernel.to_date(value))
    if term.type.name == "code" and fact is not None and fact.domain is not None:
        member = fact.domain.by_code.get(value)
        return Text(member.zh, member.en) if member else value
    return shown(value, fact.unit if fact else "")


def in_words(value: Any) -> Text:
    """A shown value in both languages."""
    if isinstance(value, Text):
        return value
    fixed = {None: Text("不详", "not known"), True: Text("是", "yes"), False: Text("否", "no")}
    if value is None or isinstance(value, bool):
        return fixed[value]
    return Text("无", "never") if value == "never" else Text(str(value), str(value))
