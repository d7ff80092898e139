"""What a commitment asks for and how binding its verb is, from its telling words.

A proposal for the reviewer, never a judgement: the catalogue plan is what counts.
"""

import re

KINDS = (
    ("pilot", 4, "试点|试行|先行先试|试验"),
    ("explore", 4, "探索|研究(?!所|院|中心)"),
    ("report", 4, "请示报告|报送|通报|报告制度"),
    ("evaluate", 2, "监测和?评估|考核|评估|评价|督查|督导|普查"),
    ("ensure", 2, "纳入|确保|兜底|救助|就读"),
    ("reform", 2, "改革|取消|放宽|放开|一视同仁|机制|衔接"),
    ("finance", 2, "财政|资金|补助|奖励|贷款|债券|投融资|基金|信托|资本"),
    ("coordinate", 2, "协同|协作|分工|协调|联动|对接|互认|融通|同城化|联防|联合|共享|合作"),
    ("protect", 2, "保护|权益|维护|传承|承包权"),
    ("regulate", 2, "规范|监管|标准|不得|依法|执法|认定|清单|准入|审批|许可"),
    ("build", 1, "建设|改造|新建|扩建|布局|修建|整治|升级|开工|建成|打通|工程|设施|基地|管网|住房"),
    ("serve", 1, "服务|培训|办理|培养|人才|教师"),
    ("ensure", 1, "保障|落实|供给"),
    ("develop", 1, "发展|培育|壮大|打造|产业集群|品牌|旅游|市场"),
)
COMPILED = tuple((kind, weight, re.compile(pattern)) for kind, weight, pattern in KINDS)
GOVERNING = (
    ("explore", re.compile("探索|研究(?!所|院|中心)|审慎")),
    ("encourage", re.compile("鼓励|引导|倡导|允许")),
    ("support", re.compile("支持|帮助|扶持")),
)
"""Verbs that count where they open the sentence."""
DUTY = re.compile(
    "实施|开展|建立|健全|落实|确保|纳入|执行|启动|取消|不得|严格|必须|应当|构建(?=[^，。]*体系)|依法|请示|报告"
)
PUSH = re.compile(
    "推动|促进|推进|加快|积极|努力|力争|争取|逐步|稳步|大力|加大|加强|完善|发展|培育|扩大|深化|优化|提升|提高|打造"
)
OPENING = 8
"""Characters at the start of a sentence in which its governing verb is looked for (count)."""


def kind_of(sentence: str) -> str:
    """The kind whose telling words weigh most in the sentence, those of its first clause double.

    >>> kind_of("探索建立自愿有偿退出的办法。")
    'explore'
    """
    first = len(re.split("[，；]", sentence)[0])
    scores: dict[str, int] = {}
    for kind, weight, pattern in COMPILED:
        hits = sum(2 if match.start() < first else 1 for match in pattern.finditer(sentence))
        scores[kind] = scores.get(kind, 0) + weight * hits
    return max(scores, key=lambda kind: scores[kind]) if any(scores.values()) else "develop"


def strength_of(sentence: str) -> str:
    """How binding the sentence is: explore, encourage, support, promote, or must.

    A search, an appeal or a support counts where it opens the sentence; else the strongest verb decides.

    >>> strength_of("鼓励企业参与。"), strength_of("建立台账。"), strength_of("推进改革。")
    ('encourage', 'must', 'promote')
    """
    opening = re.split("[，；]", sentence)[0][:OPENING]
    for word, pattern in GOVERNING:
        if pattern.search(opening):
            return word
    return "must" if DUTY.search(sentence) or not PUSH.search(sentence) else "promote"
