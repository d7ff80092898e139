"""Who issued the document, when, under which number and title, and which documents it names.

Not modelled: seals and signatures, who of several issuers leads.
"""

import datetime as dt
import re
from dataclasses import dataclass, field

from renben.engines.plan_reader.deadlines import five_years
from renben.engines.plan_reader.model import Head, Reference
from renben.engines.plan_reader.numbers import chinese_value
from renben.engines.plan_reader.source import Line, Span
from renben.engines.plan_reader.text import Text

BRACKETED_YEAR = r"[〔\[［（【]\s*(20\d\d|19\d\d)\s*[〕\]］）】]"
NUMBER = re.compile(
    rf"(?P<body>(?:(?![和与及、，。按照根据《》])[一-鿿]){{2,10}}?)\s*{BRACKETED_YEAR}\s*第?(?P<n>\d{{1,5}})\s*号"
)
HAN_DATE = r"[二〇○零一三四五六七八九十]{1,4}"
DATE = re.compile(
    rf"(?P<y>20\d\d|{HAN_DATE})年(?P<m>\d{{1,2}}|{HAN_DATE})月(?P<d>\d{{1,2}}|{HAN_DATE})日|(?P<y2>20\d\d)[-/.](?P<m2>\d{{1,2}})[-/.](?P<d2>\d{{1,2}})"
)
KIND = "方案|计划|规划|意见|措施|通知|办法|细则|行动|要点|纲要|决定|工作安排|任务清单|条例|规定|指引|台账"
TITLE = re.compile(rf"(?:关于|《|.{{2,}}).*(?:{KIND})(?:》)?(?:（[^（）]*）)*(?:的通知)?\Z")
PRINTED = re.compile(r"(?:现将|关于印发|印发)\s*《(?P<title>.+?)》(?=印发|的通知|发给|\Z|，|。|予以)")
ISSUER = re.compile(
    r"[一-鿿]{2,30}(?:人民政府|人民政府办公厅|人民政府办公室|委员会|办公厅|办公室|厅|局|管委会|领导小组|部|党委)\Z"
)
PERIOD = re.compile(r"(20\d\d)年?\s*(?:[—\-～]+|至|到)\s*(20\d\d)年?")
META = re.compile(
    r"(?:索引号|发文字号|文号|发文机关|发布机构|成文日期|发布日期|公开日期|主题分类|主题词|信息来源|来源|有效性|效力状态|标题|名称|制发机关|生成日期|字号|浏览次数|字体|分类)[^：]{0,4}："
)
CLOSING = re.compile(
    r"(?:抄送|主送|分送|联系人|联系电话)：?|.{0,30}(?:20\d\d年\d{1,2}月\d{1,2}日印发|公开发布|公开方式|此件)"
)
QUOTED_TITLE = re.compile(r"《(?P<title>(?:[^《》]|《[^《》]*》)+)》(?:（(?P<note>[^（）]*)）)?")


@dataclass
class Found:
    """The head with the lines it was read from, and the lines that are still prose."""

    head: Head
    taken: list[Span] = field(default_factory=list)


def read_head(text: Text, first_label: int) -> Found:
    """Title, number, issuer, date and horizon.

    Args:
        text: the clean text.
        first_label: offset at which the numbered body begins.
    """
    found = Found(Head())
    front = [line for line in text.lines if line.start < first_label and text.of(line.span)]
    for line in front:
        _front_line(text, line, found)
    _printed_title(text, front, found)
    if not found.head.title:
        _title_lines(text, front, found)
    _repeated_title(text, front, found)
    _closing_lines(text, first_label, found)
    _issuer_in_title(found.head, text, front)
    found.head.title = re.sub(r"(?<=20\d\d)(年?)[\-～—]+(?=20\d\d年)", r"\1—", found.head.title)
    found.head.period = _period(found.head.title, text)
    return found


def _front_line(text: Text, line: Line, found: Found) -> None:
    words, head = text.of(line.span), found.head
    number, date = NUMBER.search(words), DATE.fullmatch(words.strip("（）"))
    if META.match(words):
        _metadata(words, head)
    elif number and len(words) - len(number[0]) <= 4:
        head.document_no = head.document_no or written_number(number)
    elif date:
        head.issued_on = head.issued_on or iso(date)
    elif issuer := issuer_of(words):
        head.issuer = head.issuer or issuer
    elif not (CLOSING.match(words.strip("（")) and len(words) < 60) and not _addressee(words):
        return
    found.taken.append(line.span)


def _addressee(words: str) -> bool:
    return words.endswith("：") and "。" not in words and len(words) < 200


def _metadata(words: str, head: Head) -> None:
    number, date = NUMBER.search(words), DATE.search(words)
    key, _, value = words.partition("：")
    if number and not head.document_no:
        head.document_no = written_number(number)
    if date and ("成文" in key or not head.issued_on):
        head.issued_on = iso(date)
    if re.search("机关|机构", key) and ISSUER.fullmatch(value.strip()):
        head.issuer = value.strip()


def _printed_title(text: Text, front: list[Line], found: Found) -> None:
    """现将《…》印发给你们: the title stands in the notice."""
    for line in front:
        match = PRINTED.search(text.text, *line.span)
        if match:
            found.head.title = re.sub(r"\s+", "", match["title"])
            found.taken.append(line.span)


def _repeated_title(text: Text, front: list[Line], found: Found) -> None:
    """Lines of a title page that say the title, or a part of it, once more."""
    for line in front:
        words = re.sub(r"\s+", "", text.of(line.span))
        if found.head.title and line.span not in found.taken and _part_of_title(words, found.head.title):
            found.taken.append(line.span)


def _part_of_title(words: str, title: str) -> bool:
    """A line of the title page: the title, a part of it, or the heading of the notice about it."""
    notice = title in words and words.endswith("的通知") and len(words) < len(title) + 50
    return words in title or notice or (words.endswith("的通知") and "。" not in words)


def _title_lines(text: Text, front: list[Line], found: Found) -> None:
    """The title as the first lines that are neither sentence nor anything else, joined until a kind of document."""
    joined: list[Line] = []
    for line in front:
        words = text.of(line.span)
        if line.span in found.taken:
            if joined:
                break
            continue
        if any(c in words for c in "。；") or len(words) > 80 or line.cells is not None:
            break
        joined.append(line)
    while joined:
        title = "".join(re.sub(r"\s+", "", text.of(line.span)) for line in joined)
        if TITLE.fullmatch(title):
            found.head.title = _inner(title)
            found.taken.extend(line.span for line in joined)
            return
        joined.pop()


def _inner(title: str) -> str:
    """关于印发《…》的通知 -> the title inside."""
    match = re.search(r"印发《?(.+?)》?的通知(?:（[^）]*）)?\Z", title)
    return match[1] if match else title.strip("《》")


def _closing_lines(text: Text, first_label: int, found: Found) -> None:
    """Signature, date and distribution list after the body."""
    lines = [line for line in text.lines if line.start >= first_label and text.of(line.span)]
    for line in reversed(lines[-8:]):
        words = text.of(line.span)
        date = DATE.fullmatch(words.strip("（）"))
        if line.cells is not None:
            continue
        if date:
            found.head.issued_on = found.head.issued_on or iso(date)
        elif issuer := issuer_of(words):
            found.head.issuer = found.head.issuer or issuer
        elif not (CLOSING.match(words.strip("（")) and len(words) < 80):
            continue
        found.taken.append(line.span)


def _issuer_in_title(head: Head, text: Text, front: list[Line]) -> None:
    """省人民政府关于…的意见 and the like name the issuer in the heading."""
    if head.issuer:
        return
    for line in front:
        match = re.match(
            r"([一-鿿]{2,20}?(?:人民政府办公厅|人民政府办公室|人民政府|委员会|办公厅|厅|局))(?:关于|印发)",
            text.of(line.span),
        )
        if match:
            head.issuer = match[1]
            return


def _period(title: str, text: Text) -> tuple[int | None, int | None]:
    """First and last year: from the title, else from the first stretch of years in the text."""
    match = PERIOD.search(title)
    if match is None and (named := five_years(title)):
        return named
    match = match or next((m for line in text.lines if (m := _stated_period(text.text, line.span))), None)
    if match:
        return int(match[1]), int(match[2])
    years = re.findall(r"到(20\d\d)年", text.text)
    return None, max(map(int, years)) if years else None


def _stated_period(text: str, span: Span) -> re.Match[str] | None:
    """Years from … to … in a sentence that speaks of the document's own duration."""
    match = PERIOD.search(text, *span)
    around = text[max(0, match.start() - 20) : match.end() + 10] if match else ""
    return match if re.search("实施期|规划期|期限|周期|本方案|有效期", around) else None


def issuer_of(words: str) -> str | None:
    """The issuer in a line of one or several issuers (several stand side by side, set apart by spaces)."""
    names = words.split()
    if names and all(ISSUER.fullmatch(name) and not TITLE.fullmatch(name) for name in names):
        return "、".join(names)
    return None


def references(text: Text, own_title: str, own_number: str | None) -> list[Reference]:
    """Documents named in 《》 or by their number alone, each once; the document itself is left out."""
    found: dict[str, Reference] = {}
    for match in QUOTED_TITLE.finditer(text.text):
        title = re.sub(r"\s+", "", match["title"])
        number = NUMBER.search(match["note"] or "")
        if title == own_title or len(title) < 3:
            continue
        if title not in found or (number and not found[title].document_no):
            found[title] = Reference(
                title, written_number(number) if number else None, text.back(match.span())
            )
    named = {r.document_no for r in found.values()}
    for match in NUMBER.finditer(text.text):
        written = written_number(match)
        if written not in named and written != own_number:
            named.add(written)
            found[written] = Reference("", written, text.back(match.span()))
    return list(found.values())


def written_number(match: re.Match[str]) -> str:
    """A document number in its official form, body〔year〕number号."""
    return f"{match['body']}〔{match[2]}〕{int(match['n'])}号"


def iso(match: re.Match[str]) -> str | None:
    """An ISO date, or None where it is no day of the calendar."""
    parts = [match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"]]
    try:
        numbers = [int(p) if p.isdigit() and p.isascii() else chinese_value(p) for p in parts]
        return dt.date(*numbers).isoformat()
    except ValueError:
        return None
