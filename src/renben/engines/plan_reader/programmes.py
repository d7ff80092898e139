"""Projects, programmes and schemes that a sentence names: in quotation marks, or in a list before 等项目.

Not modelled: names without quotation marks in running text; where they begin cannot be told from grammar.
"""

import re

from renben.engines.plan_reader.model import Programme
from renben.engines.plan_reader.source import Span

QUOTED = re.compile(
    r"“(?!十[一二三四五六七八九]五)([^“”]{2,24})”([一-鿿]{0,8}?(?:专项行动|行动|工程|计划|试点|示范区|平台))?"
)
LISTED = re.compile(r"([^，。；：]{4,120}?)等(?:一批)?(?:重点|重大|标志性)?(项目|工程|行动|计划|试点)")
VERBS = re.compile(
    r".*?(?:加快推进|推动|推进|实施|启动|建设|开展|组织|抓好|做好|打造|办好|加快|建成|完成|开工|谋划|统筹)(?:建设|实施)?(?=[^、]{3,}\Z)"
)
SINGLE = re.compile(
    r"(?:启动|开工建设|建成投用|建成|实施|办好|举办)((?:(?!等|的|符合)[^，。；：“”]){4,60}?(?:工程|项目|博览会|行动计划|铁路|高铁|高速|机场|水库))(?=建设|等|[，。；])"
)
KINDS = (
    ("event", re.compile("博览会|论坛|大会|招聘|节\\Z|活动")),
    ("zone", re.compile("示范区|经济区|园区|开发区|新区|谷\\Z")),
    ("system", re.compile("系统|平台|网络")),
    ("facility", re.compile("中心|基地|场馆|医院")),
    (
        "project",
        re.compile("项目|工程|高铁|铁路|公路|高速|改扩建|改造|联络线|号线|机场|水库|期\\Z"),
    ),
    ("scheme", re.compile("试点|改革|机制|制度|模式|标准|挂钩|办\\Z|证书")),
    ("brand", re.compile("品牌|老字号")),
)


def programmes(text: str, span: Span) -> list[Programme]:
    """Named projects, programmes and schemes of a sentence, each once, in order.

    Args:
        text: the clean text.
        span: the sentence.
    """
    sentence = text[slice(*span)]
    found: list[tuple[int, str, str]] = []
    for match in QUOTED.finditer(sentence):
        found.append((match.start(), match[1] + (match[2] or ""), ""))
    for match in LISTED.finditer(sentence):
        found += [(match.start() + i, name, match[2]) for i, name in enumerate(_listed(match[1]))]
    for match in SINGLE.finditer(sentence):
        found += [(match.start(1) + i, name, "") for i, name in enumerate(_listed(match[0]))]
    names: dict[str, Programme] = {}
    for _, name, group in sorted(found):
        if not any(name != other and name in other for _, other, _ in found):
            names.setdefault(name, Programme(name, _kind(name, group)))
    return list(names.values())


def _listed(words: str) -> list[str]:
    """Names in a list; the first loses the verb before it."""
    pieces = _outside_brackets(words)
    head = VERBS.match(pieces[0])
    if not head or "的" in pieces[0] or "符合" in pieces[0]:
        return []
    pieces[0] = pieces[0][head.end() :]
    return [piece for piece in pieces if len(piece) >= 3 and "“" not in piece and "”" not in piece]


def _outside_brackets(words: str) -> list[str]:
    pieces, start, depth = [], 0, 0
    for index, character in enumerate(words):
        depth += (character in "（“") - (character in "）”")
        if character == "、" and depth == 0:
            pieces.append(words[start:index])
            start = index + 1
    return [*pieces, words[start:]]


def _kind(name: str, group: str) -> str:
    for kind, pattern in KINDS:
        if pattern.search(name):
            return kind
    return "project" if group in ("项目", "工程") else "programme"
