"""Statements about who is responsible: 责任单位：…, （…牵头，…配合）, 由…负责 and the lists behind them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from renben.engines.plan_reader.names import split_names
from renben.engines.plan_reader.source import Span

LEAD, SUPPORT, RESPONSIBLE = "lead", "support", "responsible"
_UNIT = "(?:单位|部门|主体|处室|机构|地区|方|人)"
LABEL = re.compile(
    rf"(?:(?P<lead>(?:牵头|主办|总牵头|第一责任|主要责任){_UNIT}?(?:及责任{_UNIT})?)"
    rf"|(?P<support>(?:配合|协办|参与|参加|协同|协作|协助|支持|会同){_UNIT})"
    rf"|(?P<responsible>(?:省级|市级|县级|省直)?(?:责任|负责|实施|完成|落实|承办|执行|承担|主管|组织实施|建设){_UNIT}(?:和责任人)?))"
    r"(?:[ \t]*[：:]|为|是|[ \t]+)[ \t]*"
)
LEAD_VERB = re.compile(
    r"(?:负责)?(?:共同)?(?:牵头|主办|总负责|牵头负责)(?:，)?(?:负责|组织实施|实施|落实|推进|抓好落实|组织)*\Z"
)
SUPPORT_VERB = re.compile(
    r"(?:等)?(?:按(?:照)?(?:各自)?职责(?:分工)?)?(?:密切|积极|共同|协同)?(?:配合|参与|参加|协助|协办|协同|支持)(?:落实|实施|推进|做好)?\Z"
)
DUTY_VERB = re.compile(
    r"(?:按(?:照)?(?:各自)?(?:部门)?职责(?:和?分工)?(?:要求)?|按(?:照)?分工|依职责|根据职责分工)?(?:，)?(?:分别|共同|具体|组织|统筹|指导|认真|抓好)*"
    r"(?:负责|落实|实施|推进|抓落实|承担|承办|完成)+(?:实施|落实|推进|组织实施)*\Z"
)
BECOMES = re.compile(
    rf"(?P<names>.+?)(?:为|作为|是)(?P<role>牵头|主办|责任|实施|配合|协办|参与|承办|落实){_UNIT}\Z"
)
BRACKET = re.compile(r"（(?:[^（）]|（[^（）]*）)*）")
OPENS = re.compile(
    r"\A(?:(?:该|本|此)项(?:工作|任务|措施|政策)?|以上(?:工作|任务|措施)|上述(?:工作|任务|措施))?由"
)
FILLER = re.compile(
    r"\A(?:(?:该|本|此)项(?:工作|任务|措施|政策)?|以上(?:工作|任务|措施)|上述(?:工作|任务|措施))?(?:由|请)?"
)
SURE_END = re.compile(
    r"(?:厅|局|委|办|部|署|会|政府|集团|公司|银行|人行|部门|单位|中心|妇联|残联|文联|科协|侨联|工商联|团委|法院|检察院|研究院|专班|办公室|总队|市|县|区|州|盟|旗)(?:（[^（）]*）)?\Z"
)
VERB_FIRST = re.compile(
    r"(?:支持|鼓励|引导|推动|加强|组织|落实|建立|发挥|完善|健全|推进|促进|强化|开展|到|对|将|以|未)"
)
BARE_END = re.compile(
    r"(?:厅|局|委|政府|管委会|委员会|办公室|有关部门|各部门|有关单位|集团|公司|分行|总队|法院|检察院|总工会|团[省市县]委|残联|妇联|文联|科协|工商联|(?<![全内外中东西南北局干总])部)\Z"
)
FIRST_LEADS = re.compile(
    r"[，；。]?(?:注：)?(?:责任单位|责任部门|单位)?(?:中)?(?:排|列|居)?(?:在)?(?:第一位?|首位|第一个|首个)(?:的|者)?(?:单位|部门)?(?:为|是)牵头(?:责任)?(?:单位|部门)[^，；。）]*(?:，下同)?|[，；]下同"
)
"""排第一位的为牵头单位: a remark that makes the first owner of every list the leading one."""
MARKED = re.compile(r"（(牵头|主办|配合|协办|参与)(?:单位|部门)?）\Z")
"""省教育厅（牵头）: the role stands behind the name."""
DUE = re.compile(
    r"[，；。、 \t]*(?:完成时限|完成时间|完成期限|时间节点|时限要求|时限|实施时间|实施期限|进度安排)[：:为]\s*(?P<due>[^；，。）]+)"
)
LONGEST_NAME = 30


@dataclass(frozen=True)
class Named:
    """A unit with its role, as read from a statement."""

    name: str
    role: str


@dataclass(frozen=True)
class Statement:
    """A stretch of text that says who is responsible."""

    span: Span
    owners: tuple[Named, ...]
    others: bool
    bracketed: bool


def statements(text: str, span: Span, known: Callable[[str], bool]) -> list[Statement]:
    """Every owner statement of a paragraph, in order, without overlap.

    Args:
        text: the clean text.
        span: the paragraph.
        known: whether the catalogue knows a unit's name.
    """
    found = list(_bracketed(text, span, known))
    labelled = _labelled(text, span, known, found)
    if labelled is not None:
        found.append(labelled)
    return sorted(found, key=lambda s: s.span)


def _bracketed(text: str, span: Span, known: Callable[[str], bool]) -> Iterator[Statement]:
    for match in BRACKET.finditer(text, *span):
        read = read_statement(match[0][1:-1], known, strict=True)
        if read is None and _closes_sentence(text, match, span):
            read = _bare_list(match[0][1:-1], known)
        if read:
            end = match.end() + (text[match.end() : match.end() + 1] in tuple("。；"))
            yield Statement((match.start(), min(end, span[1])), *read, bracketed=True)


def _closes_sentence(text: str, match: re.Match[str], span: Span) -> bool:
    """Whether a bracket stands behind a full stop or at the very end of the paragraph."""
    before, after = text[span[0] : match.start()].rstrip(), text[match.end() : span[1]].strip()
    return before.endswith(("。", "；")) or (bool(before) and after in ("", "。"))


def _bare_list(words: str, known: Callable[[str], bool]) -> tuple[tuple[Named, ...], bool] | None:
    """Owners of a bracket that holds nothing but names of units: （省教育厅、省财政厅，各市人民政府）."""
    words = FIRST_LEADS.sub("", words)
    names, others = split_names(words, known)
    if not names or not all(known(n) or (BARE_END.search(n) and not VERB_FIRST.match(n)) for n in names):
        return None
    if any(len(name) > LONGEST_NAME for name in names):
        return None
    return tuple(dict.fromkeys(Named(name, RESPONSIBLE) for name in names)), others


def _labelled(
    text: str, span: Span, known: Callable[[str], bool], taken: list[Statement]
) -> Statement | None:
    """A statement that begins with 责任单位： and runs to the end of the paragraph."""
    for match in LABEL.finditer(text, *span):
        before = text[span[0] : match.start()].rstrip()
        inside = any(s.span[0] <= match.start() < s.span[1] for s in taken)
        if inside or (before and before[-1] not in "。；！？）】”\t [【"):
            continue
        start = match.start()
        if before.endswith(("【", "[")):
            start -= 1
        end = min([s.span[0] for s in taken if s.span[0] > start], default=span[1])
        read = read_statement(text[match.start() : end].rstrip("】]。 "), known, strict=False)
        if read:
            return Statement((start, end), *read, bracketed=False)
    return None


def sentence_statement(
    text: str, span: Span, known: Callable[[str], bool]
) -> tuple[tuple[Named, ...], bool] | None:
    """Owners of a whole sentence that says nothing but who is responsible, else None."""
    sentence = text[span[0] : span[1]].strip().rstrip("。；")
    if len(sentence) > 300 or not re.search("牵头|负责|配合|单位|部门|参与|落实|实施", sentence):
        return None
    return read_statement(sentence, known, strict=True)


def read_statement(
    text: str, known: Callable[[str], bool], *, strict: bool
) -> tuple[tuple[Named, ...], bool] | None:
    """Owners and whether others (等) are meant; None where the text is no statement of responsibility.

    Args:
        text: the words without brackets.
        known: whether the catalogue knows a unit's name.
        strict: every name must end as a unit does and a role word must be there.
    """
    reader = _Reader(known)
    for part in _parts(DUE.sub("；", FIRST_LEADS.sub("", text)).strip().strip("。；")):
        reader.part(part)
    return reader.result(strict)


def _parts(text: str) -> list[str]:
    """Parts between ， ； 。 outside brackets; a label opens a part of its own."""
    marked = re.sub(r"[，；。](?![^（]*）)", "\n", text)
    marked = LABEL.sub(lambda m: "\n" + m[0], marked)
    return [part.strip(" 、") for part in marked.split("\n") if part.strip(" 、")]


class _Reader:
    """Goes through the parts of a statement; names wait until a role word settles them."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self.known = known
        self.role: str | None = None
        self.waiting: list[str] = []
        self.owners: list[Named] = []
        self.others = False
        self.settled = False

    def part(self, part: str) -> None:
        """Take one part of the statement in."""
        label = LABEL.match(part)
        if label:
            self._settle(self.role or RESPONSIBLE)
            self.role = next(role for role in (LEAD, SUPPORT, RESPONSIBLE) if label[role])
            self.settled = True
            self._names(_without_verb(part[label.end() :]))
            return
        becomes = BECOMES.match(part)
        if becomes:
            self._names(FILLER.sub("", becomes["names"]))
            self._settle(_role_word(becomes["role"]))
            return
        self._verb(FILLER.sub("", part))

    def _verb(self, part: str) -> None:
        for verb, role in ((LEAD_VERB, LEAD), (SUPPORT_VERB, SUPPORT), (DUTY_VERB, RESPONSIBLE)):
            match = verb.search(part)
            if match:
                self._with_helpers(part[: match.start()].strip(), role)
                return
        self._names(part)

    def _with_helpers(self, names: str, role: str) -> None:
        """甲会同乙、丙负责: the first leads, the others support."""
        head, joined, tail = names.partition("会同")
        if joined and head:
            self._names(head)
            self._settle(LEAD)
            self._names(tail)
            self._settle(SUPPORT)
        else:
            self._names(names)
            self._settle(role)

    def _names(self, text: str) -> None:
        names, others = split_names(text, self.known)
        self.waiting += names
        self.others |= others

    def _settle(self, role: str) -> None:
        for name in self.waiting:
            marked = MARKED.search(name)
            found = Named(name[: marked.start()], _role_word(marked[1])) if marked else Named(name, role)
            self.owners.append(found)
        self.waiting = []
        self.settled = True

    def result(self, strict: bool) -> tuple[tuple[Named, ...], bool] | None:
        """Owners without doubles; None where it is no statement."""
        if strict and not self.settled:
            return None
        self._settle(self.role or RESPONSIBLE)
        if not self.owners or any(not self._plausible(owner.name, strict) for owner in self.owners):
            return None
        return tuple(dict.fromkeys(self.owners)), self.others

    def _plausible(self, name: str, strict: bool) -> bool:
        if self.known(name):
            return True
        if len(name) > LONGEST_NAME or re.search("[。！？]", name):
            return False
        return not strict or bool(SURE_END.search(name) and not VERB_FIRST.match(name))


def _without_verb(words: str) -> str:
    """责任单位：甲、乙按职责分工负责 repeats in its verb what the label has said."""
    for verb in (LEAD_VERB, SUPPORT_VERB, DUTY_VERB):
        match = verb.search(words)
        if match and match.start() > 0:
            return words[: match.start()]
    return words


def _role_word(word: str) -> str:
    if word in ("牵头", "主办"):
        return LEAD
    return SUPPORT if word in ("配合", "协办", "参与") else RESPONSIBLE
