"""What a commitment asks for and how binding its verb is, from its first telling word.

A proposal for the reviewer, never a judgement: the catalogue plan is what counts.
"""

import re

KINDS = (
    ("pilot", "试点|试行|先行先试|试验"),
    ("explore", "探索|研究(?!所|院|中心)"),
    ("report", "请示报告|报送|通报|报告制度"),
    ("evaluate", "监测和?评估|考核|评估|评价|督查|督导|调查|普查|监测"),
    ("finance", "财政|资金|补助|奖励|贷款|债券|投融资|基金|信托|保险"),
    ("build", "建设|改造|新建|扩建|布局|修建|整治|升级|开工|建成|打通|工程|部署"),
    ("regulate", "规范|监管|标准|不得|依法|执法|认定|清单|准入|审批|许可|规划"),
    ("reform", "改革|机制|取消|放宽|放开|体制|体系"),
    ("coordinate", "协同|协调|联动|合作|对接|互认|共享|衔接|联合|联防"),
    ("serve", "服务|培训|提供|救助|办理|就读|教育|医疗|就业"),
    ("protect", "保护|权益|维护|传承"),
    ("ensure", "确保|保障|落实|兜底"),
    ("develop", "发展|培育|壮大|打造|产业|促进"),
)
COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)
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
    """The kind whose telling word comes first in the sentence; develop where none does.

    >>> kind_of("探索建立自愿有偿退出的办法。")
    'explore'
    """
    found = [
        (match.start(), order, kind)
        for order, (kind, pattern) in enumerate(COMPILED)
        if (match := pattern.search(sentence))
    ]
    return min(found)[2] if found else "develop"


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
