"""What a number's pages say in words that the catalogue writes in signs: formulas, rules of judgement, dates of publications."""

import re
from typing import Any

from django import template

from renben.report.sections.wording import unit_word
from renben.report.tongue import STATUS
from renben.web.dashboards.cells import tongue
from renben.web.exchange.door import catalogue
from renben.web.look.templatetags.words import day
from renben.web.words import ENGLISH, either, say_now, side_now

register = template.Library()
NAME = re.compile(r"[a-z][a-z_0-9]*")
BEFORE = re.compile(r"lag\(([a-z][a-z_0-9]*),1\)")
SUMMED = re.compile(r"cum\(([a-z][a-z_0-9]*)\)")
SIGNS = {"*": " × ", "/": " ÷ ", "+": " + ", "-": " − "}
RULED = (
    (re.compile(r"P\(([^)]*)\)"), r"chance to \1 "), (re.compile(">="), "≥"), (re.compile("<="), "≤"),
    (re.compile(r"(?<=\d)-(?=\d)"), "–"), (re.compile(r";\s*"), "; "), (re.compile(r"\byoy\b"), "year on year"),
    (re.compile(r"\bCI\b"), "a confidence interval"),
    *((re.compile(rf"\b{colour}\b"), STATUS[colour][ENGLISH]) for colour in ("green", "yellow", "orange", "red")),
)  # fmt: skip
"""How the signs of an English rule are read out, one after the other."""
DATE = re.compile(r"\d{4}-\d\d-\d\d")


@register.filter
def worded(formula: str) -> str:
    """A formula with what its names stand for: 100 × 城镇常住人口 ÷ 常住人口."""
    elements = catalogue().elements

    def label(name: str) -> str:
        one = elements.get(name)
        return name if one is None else either(one.name_zh, one.name_en)

    plain = BEFORE.sub(lambda hit: f"\x00{say_now('trace.before', name=label(hit[1]))}\x00", formula)
    plain = SUMMED.sub(lambda hit: f"\x00{say_now('trace.summed', name=label(hit[1]))}\x00", plain)
    parts = plain.split("\x00")  # what stands at odd places is words already
    parts[::2] = [_signs(NAME.sub(lambda hit: label(hit[0]), _spaced(part))) for part in parts[::2]]
    return "".join(parts).strip()


def _spaced(part: str) -> str:
    """Signs of reckoning as letters that no name has, so that a hyphen in a label stays one."""
    return part.translate({ord(sign): chr(0xE000 + n) for n, sign in enumerate(SIGNS)})


def _signs(part: str) -> str:
    return part.translate({0xE000 + n: spoken for n, spoken in enumerate(SIGNS.values())})


@register.filter
def judged(indicator: Any) -> str:
    """The rule by which an indicator is judged, in the page's language, with the words that the pages use for a status."""
    written = str(indicator.status_thresholds or indicator.status_rule)
    if side_now() != ENGLISH:
        return either(indicator.judged_by_zh or written, written)
    for sign, spoken in RULED:
        written = sign.sub(spoken, written)
    return written


@register.filter
def dated(written: str) -> str:
    """A day of publication as the language writes it; a year or whatever else is written stays as it is."""
    return day(written) if DATE.fullmatch(written) else written


@register.filter
def amount(rule: Any) -> str:
    """The number by which a goal counts as reached, with its unit."""
    if rule.unit == "%":
        return say_now("per_cent", n=f"{rule.value:g}")
    spoken = tongue()
    unit = unit_word(catalogue().units, rule.unit, spoken)
    return spoken(f"{rule.value:g}{unit}", f"{rule.value:g} {unit}".strip())


@register.simple_tag
def versioned(version: Any) -> str:
    """Period and vintage of a dataset version."""
    return say_now("trace.version_of", period=version.period, day=dated(version.vintage))
