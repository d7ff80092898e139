"""Conditions in plain words, in Chinese and English, with value, threshold and provision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.binding import params_of, walk
from renben.engines.rules.desk import Case
from renben.engines.rules.facts import Fact
from renben.engines.rules.kernel import Value
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.provisions import shown
from renben.engines.rules.terms import Term, describe
from renben.engines.rules.words import TODAY

STATE_ZH = {True: "符合", False: "不符合", None: "待核实"}
STATE_EN = {True: "met", False: "not met", None: "not known"}
UNIT_ZH = {
    "yuan": "元",
    "month": "个月",
    "year": "年",
    "day": "天",
    "person": "人",
    "percent": "%",
    "m2": "平方米",
}


@dataclass(frozen=True)
class Text:
    """One thing said twice."""

    zh: str
    en: str


@dataclass(frozen=True)
class Because:
    """One condition behind an answer.

    Args:
        condition: the condition as written.
        holds: true, false or None for unknown.
        value: the person's value (None: unknown).
        threshold: what it is compared with.
        provision: names of the provisions behind the threshold.
        article: where it is written.
        zh: the condition in Chinese.
        en: the condition in English.
    """

    condition: str
    holds: Value
    value: Any
    threshold: Any
    provision: str | None
    article: str
    zh: str
    en: str


class Speaker:
    """Puts the leaf conditions of one case into words."""

    def __init__(self, case: Case, book: LoadedBook) -> None:
        """Keep the case and what the rules registered about their conditions."""
        self.case = case
        self.book = book
        self.facts = book.book.facts
        self.wordings = book.wordings

    def because(self, term: Term, holds: Value) -> Because:
        """One leaf condition with value, threshold, provision, article and words.

        Args:
            term: the condition (its negation is read off `holds`).
            holds: whether the condition holds as the rule needs it.
        """
        text, value, threshold = self._say(term)
        provisions = sorted(params_of([term]))
        own = self.wordings.get(term.number)
        if own and own.zh:
            text = Text(own.zh, own.en)
        article = self._article(term, provisions)
        said = Text(f"{text.zh}（{STATE_ZH[holds]}）", f"{text.en} ({STATE_EN[holds]})")
        name = ", ".join(provisions) or None
        return Because(describe(term, self.book.names), holds, value, threshold, name, article, said.zh, said.en)

    def _article(self, term: Term, provisions: list[str]) -> str:
        own = self.wordings.get(term.number)
        if own and own.law:
            return str(own.law)
        refs = []
        for name in provisions:
            dated = self.case.binding.dated(name, self._region(term))
            refs += [dated.ref] if dated else []
        writer = self.book.writer_of(self.case.loaded.rule.name, term.number)
        law = self.book.rules[writer].rule.law or self.case.loaded.rule.law
        return "；".join(dict.fromkeys(refs)) or "；".join(law)

    def _region(self, term: Term) -> int | None:
        for each in walk([term]):
            if each.kind == "regional":
                value = self.case.values.get(each.args[0].number)
                return None if value is None else int(value)
        return None

    def _value(self, term: Term) -> Value:
        if term.number in self.case.values:
            return self.case.values[term.number]  # type: ignore[no-any-return]
        return self.case.binding.value(term, None) if term.row_free else None

    def _say(self, term: Term) -> tuple[Text, Any, Any]:
        if term.kind in ("le", "lt"):
            return self._waited(term) or self._compared(term)
        if term.kind == "eq":
            return self._compared(term)
        if term.kind == "not":
            if term.args[0].kind == "eq":
                return self._compared(term.args[0], ("不同于", "different from"))
            inner, value, threshold = self._say(term.args[0])
            return Text(f"并非：{inner.zh}", f"not: {inner.en}"), value, threshold
        if term.kind == "in":
            return self._listed(term)
        label, value = self.label(term), show(self._value(term), term, self._fact(term))
        said = _words(value)
        return Text(f"{label.zh}：{said.zh}", f"{label.en}: {said.en}"), value, None

    def _waited(self, term: Term) -> tuple[Text, Any, Any] | None:
        """`date + n months <= today`, said as a period that is over or not."""
        row, limit = (term.args[0], term.args[1]) if term.kind == "le" else (term.args[1], term.args[0])
        months = self._months(row, limit)
        if months is NO_PERIOD:
            return None
        row = row.args[0] if limit.number == TODAY.number else row
        start = self._value(row)
        label, period = self.label(row), _period(months)
        day = show(start, row, None)
        known = start is not None and months is not None
        done = show(kernel.add_months(int(start), int(months)), row, None) if known else None  # type: ignore[arg-type]
        full = term.kind == "le"
        zh = f"{label.zh}（{_words(day).zh}）起{'满' if full else '未满'}{period.zh}"
        en = f"{'at least' if full else 'less than'} {period.en} since {label.en} ({_words(day).en})"
        if done:
            zh, en = f"{zh}，{done}满", f"{en}, complete on {done}"
        return Text(zh, en), day, period.en

    def _months(self, row: Term, limit: Term) -> Any:
        """Months of `x + months <= today`, also where the shift has moved to today's side."""
        if limit.number == TODAY.number and row.kind == "add_months":
            return self._value(row.args[1])
        inner = limit.args[1] if limit.kind == "regional" else limit
        if inner.kind != "back_months" or inner.args[0].number != TODAY.number:
            return NO_PERIOD
        return self.case.binding.value(inner.args[1], self._region(limit))

    def _compared(self, term: Term, sign: tuple[str, str] | None = None) -> tuple[Text, Any, Any]:
        left, right = term.args
        sign_zh, sign_en = sign or SIGNS[term.kind]
        if _plainness(right) > _plainness(left):
            left, right = right, left
            turned = {"le": ("不少于", "at least"), "lt": ("超过", "more than")}
            sign_zh, sign_en = turned.get(term.kind, (sign_zh, sign_en))
        if left.type.name == "date":
            sign_zh, sign_en = DATE_SIGNS.get((sign_zh, sign_en), (sign_zh, sign_en))
        fact = self._fact(left) or self._fact(right)
        value, threshold = show(self._value(left), left, fact), show(self._value(right), right, fact)
        mine, other = self.label(left), self.label(right)
        zh = f"{mine.zh}（{_words(value).zh}）{sign_zh}{other.zh}（{_words(threshold).zh}）"
        en = f"{mine.en} ({_words(value).en}) {sign_en} {other.en} ({_words(threshold).en})"
        if right.kind == "const":
            zh = f"{mine.zh}（{_words(value).zh}）{sign_zh}{_words(threshold).zh}"
            en = f"{mine.en} ({_words(value).en}) {sign_en} {_words(threshold).en}"
        return Text(zh, en), value, threshold

    def _listed(self, term: Term) -> tuple[Text, Any, Any]:
        fact = self._fact(term.args[0])
        label, value = self.label(term.args[0]), show(self._value(term.args[0]), term.args[0], fact)
        wanted = [show(code, term.args[0], fact) for code in term.data]
        zh = f"{label.zh}（{_words(value).zh}）属于：{'、'.join(_words(w).zh for w in wanted)}"
        en = f"{label.en} ({_words(value).en}) is one of: {', '.join(_words(w).en for w in wanted)}"
        return Text(zh, en), value, [_words(w).en for w in wanted]

    def _fact(self, term: Term) -> Fact | None:
        names = [t.data for t in walk([term]) if t.kind == "fact"]
        return self.facts[names[0]] if len(set(names)) == 1 else None

    def label(self, term: Term) -> Text:
        """What a value is called: a fact's or provision's name, or the expression itself."""
        if term.number == TODAY.number:
            return Text("当日", "today")
        if term.number in self.book.names:
            rule = self.book.rules[self.book.names[term.number]].rule
            return Text(rule.zh, rule.en)
        if term.kind == "fact":
            fact = self.facts[term.data]
            return Text(fact.zh, fact.en)
        if term.kind == "regional":
            return self.label(term.args[1])
        if term.kind == "param":
            provision = self.case.binding.provisions[term.data]
            return Text(provision.zh, provision.en)
        if term.kind in ("otherwise", "known"):
            return self.label(term.args[0])
        if term.kind == "link":
            relation, inner = self.facts.relations[term.data[1]], self.label(term.args[0])
            how = LINK_WORDS[term.data[0]]
            return Text(f"{relation.zh}{how.zh}{inner.zh}", f"{how.en} {inner.en} of the {relation.en}")
        return self._expression(term)

    def _expression(self, term: Term) -> Text:
        if not term.args:
            return Text(str(show(term.data, term, None)), str(show(term.data, term, None)))
        if len(walk([term])) > MOST_NODES_SAID:
            return Text("规定的数值", "the value required")
        parts = [self.label(arg) for arg in term.args]
        zh, en = EXPRESSIONS.get(term.kind, (term.kind, term.kind))
        if term.kind in INFIX:
            return Text(
                f" {INFIX[term.kind]} ".join(p.zh for p in parts),
                f" {INFIX[term.kind]} ".join(p.en for p in parts),
            )
        return Text(f"{zh}（{'，'.join(p.zh for p in parts)}）", f"{en} ({', '.join(p.en for p in parts)})")


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
    "if": ("按情形", "depending on"),
    "not": ("并非", "not"),
}
LINK_WORDS = {
    "sum": Text("合计", "total"),
    "any": Text("任一人", "any"),
    "count": Text("人数：", "number with"),
    "first": Text("最早", "first"),
}


def _plainness(term: Term) -> int:
    """How much a side reads like the person's own: a fact, then a value of the person, then a provision."""
    inner = term.args[0] if term.kind == "otherwise" else term
    return 2 if inner.kind == "fact" else 0 if inner.row_free or inner.kind == "regional" else 1


def _period(months: Value) -> Text:
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


def _words(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    fixed = {None: Text("不详", "not known"), True: Text("是", "yes"), False: Text("否", "no")}
    if value is None or isinstance(value, bool):
        return fixed[value]
    return Text("无", "never") if value == "never" else Text(str(value), str(value))
