"""What a plan wants to reach: clauses with a number, with a mark to reach, or with a direction.

A target is one clause. 分别 shares several numbers out among several subjects, one target each.
"""

import re
from dataclasses import replace

from renben.engines.plan_reader.deadlines import year_of
from renben.engines.plan_reader.model import Quantity, Target
from renben.engines.plan_reader.quantities import quantities
from renben.engines.plan_reader.source import Span
from renben.engines.plan_reader.text import trimmed

AIMS = re.compile(
    r"(?:到|至)“?(?:20\d\d年|十[一二三四五六七八九]五)|经过[\d一二三四五六七八九十]+年|力争|(?:主要|总体|工作|发展)?目标(?:是|为|：)|接近|期末"
)
REACHES = re.compile(
    r"达到?|提高|提升|增长|增加|增强|下降|降低|减少|控制在|不低于|不少于|不超过|超过|突破|接近|保持|以上|以下|以内|左右|力争|实现|建成|完成|新增|累计|形成|基本"
)
INDICATOR = re.compile(
    r"率|比重|比例|占比|面积|总量|人口|数量|规模|收入|产值|增加值|覆盖|浓度|人均|户均|每万人|每千人|里程|床位|学位"
)
STRIVE = re.compile("力争|争取|努力")
CLOSE = re.compile("接近|左右|约|近|逼近")
DIRECTION = re.compile(
    "提高|提升|增强|增长|扩大|缩小|下降|降低|减少|改善|畅通|明显|显著|进一步|持续|全面|取得|优化|深入"
)
ROUND = re.compile("(?:一|两|三|五)?[大多]幅|翻一番|平均水平|先进水平|前列|全覆盖|基本消除|基本实现")
CLAUSE = re.compile("[，；。！？]")
EACH = re.compile(
    r"(?P<subjects>[^，；。]{1,80}?)分别(?:比[^，；。]*?)?(?P<verb>达到?|提高到|增长|下降|降低|不低于|超过|为|控制在|提高)"
)
AFTER_NUMBER = {"以上": "at_least", "以下": "at_most", "以内": "at_most", "左右": "about"}


def aims(sentence: str) -> bool:
    """Whether a sentence outside the measures states what is to be reached."""
    return AIMS.search(sentence) is not None and REACHES.search(sentence) is not None


def targets(text: str, span: Span, horizon: int | None, *, only_numbers: bool = False) -> list[Target]:
    """Targets of a sentence, clause by clause.

    Args:
        text: the clean text.
        span: the sentence.
        horizon: last year of the plan, for clauses without a year of their own.
        only_numbers: leave clauses without a number of an indicator out (sentences of measures).
    """
    found: list[Target] = []
    year = None
    subject = ""
    for clause in clauses(text, span):
        words = text[slice(*clause)]
        year = year_of(text, clause) or year
        numbers = [q for q in quantities(text, clause) if not _is_time(q) and not _is_base(q, words)]
        subject = _subject(words) or subject
        found += _of_clause(text, clause, numbers, year or horizon, subject, only_numbers)
    return found


def clauses(text: str, span: Span) -> list[Span]:
    """Clauses of a sentence between ， ； and full stops, outside brackets."""
    found, start, depth = [], span[0], 0
    for index in range(*span):
        character = text[index]
        depth += (character in "（“《") - (character in "）”》")
        if depth <= 0 and CLAUSE.match(character):
            found.append((start, index))
            start = index + 1
    found.append((start, span[1]))
    return [c for c in (trimmed(text, c) for c in found) if c[0] < c[1]]


def _of_clause(
    text: str, clause: Span, numbers: list[Quantity], year: int | None, subject: str, only_numbers: bool
) -> list[Target]:
    words = text[slice(*clause)]
    shared = EACH.search(words)
    if shared and len(numbers) > 1:
        return _shared_out(words, clause, numbers, year, shared)
    if numbers and (not only_numbers or INDICATOR.search(subject[-4:])):
        return [_numeric(words, clause, q, year, subject) for q in numbers]
    if only_numbers or not (REACHES.search(words) or DIRECTION.search(words)) or _is_lead_in(words):
        return []
    comparison = "at_least" if ROUND.search(words) else None
    quality = _quality(words)
    about = subject if quality == "strive_for" else ""
    return [Target(words, None, "", quality, comparison, year, clause, subject=about)]


def _shared_out(
    words: str, clause: Span, numbers: list[Quantity], year: int | None, shared: re.Match[str]
) -> list[Target]:
    """甲、乙分别达到70%和50%以上: one target for each subject; what follows the last holds for all."""
    subjects = [s for s in re.split("、|和|与|及", _without_year(shared["subjects"])) if s]
    last = numbers[-1]
    ending = next((c for w, c in AFTER_NUMBER.items() if words.rstrip("。").endswith(w)), None)
    if ending:
        numbers = [replace(q, comparison=ending) if q.comparison != "between" else q for q in numbers]
    elif last.comparison == "equals" and numbers[0].comparison != "equals":
        numbers = [replace(q, comparison=numbers[0].comparison) for q in numbers]
    if not all(INDICATOR.search(s) for s in subjects):
        subjects = [f"{s}（{shared['subjects']}）" for s in subjects]
    if len(subjects) != len(numbers):
        subjects = [shared["subjects"]] * len(numbers)
    return [_numeric(words, clause, q, year, s) for q, s in zip(numbers, subjects, strict=True)]


def _numeric(words: str, clause: Span, quantity: Quantity, year: int | None, subject: str) -> Target:
    vague = "close_to" if quantity.comparison == "about" or CLOSE.search(words) else None
    if vague is None and STRIVE.search(words):
        vague = "strive_for"
    return Target(
        words, quantity.value, quantity.unit, vague, quantity.comparison, year, clause, quantity.to, subject
    )


def _quality(words: str) -> str:
    if STRIVE.search(words):
        return "strive_for"
    return "direction" if DIRECTION.search(words) else "quality"


def _is_lead_in(words: str) -> bool:
    """到2028年 and 经过5年的努力 open a sentence and ask for nothing themselves."""
    return re.fullmatch(r"(?:力争)?(?:到|至|经过)[^，]{1,14}?(?:年|努力|期末|底前?|末)", words) is not None


def _subject(words: str) -> str:
    """What the clause measures: the words before its verb."""
    match = re.match(
        r"(.{2,40}?)(?:分别|达到|达(?=\d|约|近)|提高|提升|增长|增加|下降|降低|减少|控制|不低于|不少于|不超过|超过|突破|接近|保持|力争|稳定|\d[\d.,]*[%万亿个元张家])",
        _without_year(words),
    )
    return re.sub(r"(?:[由从]|(?:较|比)[^，]{2,12})\Z", "", match[1].strip("，、：")) if match else ""


def _without_year(words: str) -> str:
    return re.sub(
        r"^(?:力争)?(?:到|至)?(?:“?十[一二三四五六七八九]五”?(?:期?末|期间)?|20\d\d年(?:\d+月)?)?(?:底|末)?前?，?",
        "",
        words,
    )


def _is_base(quantity: Quantity, words: str) -> bool:
    """由52%提高到60%: the first number is where it starts, not what is to be reached."""
    return re.search(rf"[由从](?:20\d\d年的?)?{re.escape(quantity.text)}", words) is not None


def _is_time(quantity: Quantity) -> bool:
    return quantity.unit in ("年", "个月", "天", "日")
