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
from renben.engines.rules.phrases import (
    DATE_SIGNS,
    EXPRESSIONS,
    INFIX,
    LINK_WORDS,
    MOST_NODES_SAID,
    NO_PERIOD,
    SIGNS,
    STATE_EN,
    STATE_ZH,
    Text,
    in_words,
    period_of,
    plainness,
    show,
)
from renben.engines.rules.terms import Term, describe
from renben.engines.rules.words import TODAY


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
        return Because(
            describe(term, self.book.names), holds, value, threshold, name, article, said.zh, said.en
        )

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
        said = in_words(value)
        return Text(f"{label.zh}：{said.zh}", f"{label.en}: {said.en}"), value, None

    def _waited(self, term: Term) -> tuple[Text, Any, Any] | None:
        """`date + n months <= today`, said as a period that is over or not."""
        row, limit = (term.args[0], term.args[1]) if term.kind == "le" else (term.args[1], term.args[0])
        months = self.months(row, limit)
        if months is NO_PERIOD:
            return None
        row = row.args[0] if limit.number == TODAY.number else row
        start = self._value(row)
        label, period = self.label(row), period_of(months)
        day = show(start, row, None)
        known = start is not None and months is not None
        done = show(kernel.add_months(int(start), int(months)), row, None) if known else None  # type: ignore[arg-type]
        if months is not None and int(months) < 0:
            before = period_of(-int(months))
            zh = f"距{label.zh}（{in_words(day).zh}）不超过{before.zh}，自{done}起"
            en = f"not more than {before.en} before {label.en} ({in_words(day).en}), from {done} on"
            return Text(zh, en), day, before.en
        full = term.kind == "le"
        zh = f"{label.zh}（{in_words(day).zh}）起{'满' if full else '未满'}{period.zh}"
        en = f"{'at least' if full else 'less than'} {period.en} since {label.en} ({in_words(day).en})"
        if done:
            zh, en = f"{zh}，{done}满", f"{en}, complete on {done}"
        return Text(zh, en), day, period.en

    def months(self, row: Term, limit: Term) -> Any:
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
        if plainness(right) > plainness(left):
            left, right = right, left
            turned = {"le": ("不少于", "at least"), "lt": ("超过", "more than")}
            sign_zh, sign_en = turned.get(term.kind, (sign_zh, sign_en))
        if left.type.name == "date":
            sign_zh, sign_en = DATE_SIGNS.get((sign_zh, sign_en), (sign_zh, sign_en))
        fact = self._fact(left) or self._fact(right)
        value, threshold = show(self._value(left), left, fact), show(self._value(right), right, fact)
        mine, other = self.label(left), self.label(right)
        zh = f"{mine.zh}（{in_words(value).zh}）{sign_zh}{other.zh}（{in_words(threshold).zh}）"
        en = f"{mine.en} ({in_words(value).en}) {sign_en} {other.en} ({in_words(threshold).en})"
        if right.kind == "const":
            zh = f"{mine.zh}（{in_words(value).zh}）{sign_zh}{in_words(threshold).zh}"
            en = f"{mine.en} ({in_words(value).en}) {sign_en} {in_words(threshold).en}"
        return Text(zh, en), value, threshold

    def _listed(self, term: Term) -> tuple[Text, Any, Any]:
        fact = self._fact(term.args[0])
        label, value = self.label(term.args[0]), show(self._value(term.args[0]), term.args[0], fact)
        wanted = [show(code, term.args[0], fact) for code in term.data]
        zh = f"{label.zh}（{in_words(value).zh}）属于：{'、'.join(in_words(w).zh for w in wanted)}"
        en = f"{label.en} ({in_words(value).en}) is one of: {', '.join(in_words(w).en for w in wanted)}"
        return Text(zh, en), value, [in_words(w).en for w in wanted]

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
            return self._summed_up(term)
        parts = [self.label(arg) for arg in term.args]
        zh, en = EXPRESSIONS.get(term.kind, (term.kind, term.kind))
        if term.kind in INFIX:
            return Text(
                f" {INFIX[term.kind]} ".join(p.zh for p in parts),
                f" {INFIX[term.kind]} ".join(p.en for p in parts),
            )
        return Text(f"{zh}（{'，'.join(p.zh for p in parts)}）", f"{en} ({', '.join(p.en for p in parts)})")

    def _summed_up(self, term: Term) -> Text:
        """An expression too long to be said: whether it is a condition or an amount, and the facts that it looks at."""
        told = list(dict.fromkeys(self.label(one) for one in walk([term]) if one.kind == "fact"))
        zh, en = "、".join(one.zh for one in told), ", ".join(one.en for one in told)
        if term.type.name == "bool":
            if not told:
                return Text("符合规定的条件", "the conditions required")
            return Text(f"符合条件（看{zh}）", f"the conditions on {en}")
        return (
            Text(f"由{zh}算出的数值", f"the value worked out from {en}")
            if told
            else Text("规定的数值", "the value required")
        )
