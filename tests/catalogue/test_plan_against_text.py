"""The catalogue's plan says what the official text says, and says it in other words."""

import re
from difflib import SequenceMatcher

import pytest

from renben.catalogue import Catalogue, Plan
from tests.catalogue.conftest import TEXT
from tests.catalogue.official import OfficialMeasure, OfficialText, owners, plain, read

LONGEST_COPY = 10
"""Characters that may be the same in a row once official names are taken out."""

LOCATED = {("shanxi-2025/9/1", "141182"): "杏花村", ("shanxi-2025/17/2", "140171"): "山西转型综改示范区"}
"""Places that a sentence names by something that lies in them."""

IN_CONTEXT = {"taiyuan_circle": "都市圈", "potential_counties": "潜力"}
"""Words that mean a group within this document; elsewhere they mean others, so they are no aliases."""


@pytest.fixture(scope="session")
def text(shared) -> OfficialText:
    path = shared / "plans" / TEXT
    if not path.is_file():
        pytest.skip(f"the official text {path} is not supplied")
    return read(path)


def sentences(plan: Plan, text: OfficialText):
    for measure, official in zip(plan.measures, text.measures, strict=True):
        yield from zip(measure.commitments.values(), official.sentences, strict=True)


def test_the_text_has_33_measures_with_121_sentences(text):
    assert len(text.measures) == 33
    assert sum(len(m.sentences) for m in text.measures) == 121


def test_every_measure_has_as_many_commitments_as_the_text_has_sentences(plan, text):
    ours = [len(m.commitments) for m in plan.measures]
    assert ours == [len(m.sentences) for m in text.measures]


def test_titles_of_measures_and_actions_are_the_official_ones(plan, text):
    assert [plain(m.zh) for m in plan.measures] == [m.title for m in text.measures]
    ours = [f"{a.chapter}、{a.zh}" for a in plan.actions.values()]
    assert ours == list(text.headings[1:-1])


def test_measures_stand_under_the_action_of_the_text(plan, text):
    headings = [re.escape(h) for h in text.headings]
    chapters = re.split("|".join(headings), text.whole)[2:-1]
    for action, chapter in zip(plan.actions.values(), chapters, strict=True):
        titles = [m.title for m in text.measures if f"){m.title}。" in chapter]
        assert [plain(m.zh) for m in action.measures.values()] == titles


def office_ids(catalogue: Catalogue, names: tuple[str, ...]) -> tuple[str | None, ...]:
    known = {plain(n): o.id for o in catalogue.offices.values() for n in (o.zh, *o.aliases)}
    return tuple(known.get(name) for name in names)


def test_owners_are_exactly_those_of_the_text_in_its_order(plan, text, catalogue):
    for measure, official in zip(plan.measures, text.measures, strict=True):
        assert measure.owners == office_ids(catalogue, official.owners), f"measure {measure.number}"


def test_a_shared_ending_makes_five_owners():
    found = owners("省交通厅,太原市、忻州市、吕梁市、晋中市、阳泉市人民政府")
    assert found == ("省交通厅", *(f"{c}市人民政府" for c in ("太原", "忻州", "吕梁", "晋中", "阳泉")))
    assert owners("省住建厅、省发展改革委,各市人民政府")[-1] == "各市人民政府"


def test_document_number_date_title_and_parent_are_in_the_text(plan, text):
    assert plain(plan.number) == text.whole.splitlines()[0]
    assert f"{plan.issued_on.year}年{plan.issued_on.month}月{plan.issued_on.day}日" in text.whole
    assert f"《{plain(plan.zh)}》" in text.whole
    assert f"({plan.first_year}—{plan.last_year}年)" in text.whole
    parents = [r for r in plan.references if r.parent]
    assert len(parents) == 1 and f"《{parents[0].zh}》({parents[0].number})" in text.whole
    assert all(r.zh in text.whole for r in plan.references)


def test_numbers_of_the_goals_are_in_the_text(plan, text):
    for goal in plan.goals.values():
        if goal.value is not None:
            assert f"{goal.value:g}{goal.unit}" in text.goals, goal.id
    assert "接近70%" in text.goals and plan.goals["urban_rate"].vague == "close_to"
    assert "力争达到全国平均水平" in text.goals and plan.goals["urban_rate_national"].vague == "strive_for"


def test_every_number_of_a_sentence_is_a_quantity_or_part_of_a_name(plan, text):
    for commitment, sentence in sentences(plan, text):
        named = [plain(p.zh) for p in commitment.programmes]
        stated = {f"{v:g}" for q in commitment.quantities for v in (q.value, q.to) if v is not None}
        for number in re.findall(r"\d+(?!G)", sentence):
            inside_name = any(number in name for name in named)
            assert inside_name or number in stated, f"{commitment.id}: {number}"


def test_every_quantity_of_a_commitment_is_in_its_sentence(plan, text):
    for commitment, sentence in sentences(plan, text):
        numbers = re.findall(r"\d+", sentence)
        for quantity in commitment.quantities:
            values = [v for v in (quantity.value, quantity.to) if v is not None]
            assert all(f"{v:g}" in numbers for v in values), commitment.id


def test_every_named_programme_is_in_its_sentence(plan, text):
    for commitment, sentence in sentences(plan, text):
        for programme in commitment.programmes:
            assert plain(programme.zh) in sentence, f"{commitment.id}: {programme.zh}"


def test_every_place_of_a_commitment_is_in_its_sentence(plan, text, catalogue):
    for commitment, sentence in sentences(plan, text):
        for place in commitment.places:
            located = LOCATED.get((commitment.id, place), "\0")
            assert located in sentence or is_named(place, sentence, catalogue), f"{commitment.id}: {place}"


def is_named(place: str, sentence: str, catalogue: Catalogue) -> bool:
    group = catalogue.groups.get(place)
    if group is None:
        return short(catalogue.regions[place].name_zh) in sentence
    forms = [*map(plain, (group.zh, *group.aliases)), IN_CONTEXT.get(place, group.zh)]
    everyone = all(short(catalogue.regions[m].name_zh) in sentence for m in group.members)
    return everyone or any(form in sentence for form in forms)


def short(name: str) -> str:
    return re.sub(r"[市县区]$", "", name) if len(name) > 2 else name


def test_every_region_named_in_a_sentence_is_a_place_of_its_commitment(plan, text, catalogue):
    for commitment, sentence in sentences(plan, text):
        covered = set(commitment.places)
        for group in (catalogue.groups[p] for p in commitment.places if p in catalogue.groups):
            covered |= set(group.members)
        named = [r for r in catalogue.regions.values() if len(r.name_zh) > 2 and r.name_zh in sentence]
        missing = [r.name_zh for r in named if r.code not in covered and r.level != "zone"]
        assert not missing, f"{commitment.id}: {missing}"


def test_town_groups_have_exactly_the_members_that_the_brackets_spell(text, catalogue):
    sentence = text.measures[16].sentences[2]
    groups = [g for g in catalogue.groups.values() if g.id.startswith("town_group_")]
    assert len(groups) == 5
    for group in groups:
        bracketed = next(plain(a) for a in group.aliases if "(" in a)
        assert bracketed in sentence
        spelt = [a + b for a, b in re.findall(r"([^()])\(([^)]+)\)", bracketed)]
        names = [catalogue.regions[m].name_zh for m in group.members]
        assert [n.startswith(s) for n, s in zip(names, spelt, strict=True)] == [True] * len(names)


def test_the_eight_potential_counties_are_those_of_the_text(plan, text, catalogue):
    group = catalogue.groups["potential_counties"]
    listed = "、".join(catalogue.regions[m].name_zh for m in group.members)
    assert len(group.members) == 8 and f"{listed}等县域为潜力地区" in text.whole


def test_owners_of_the_safeguards_are_in_that_chapter(plan, text, catalogue):
    for duty in plan.safeguards.values():
        for office in (catalogue.offices[o] for o in duty.owners):
            assert any(plain(n) in text.safeguards for n in (office.zh, *office.aliases)), duty.id


def test_all_three_kinds_of_evaluation_of_the_text_are_safeguards(plan, text):
    assert "动态监测、中期评估、总结评估相结合的全过程评估制度" in text.safeguards
    evaluated = " ".join(d.zh for d in plan.safeguards.values() if d.kind == "evaluate")
    assert all(word in evaluated for word in ("动态监测", "中期评估", "总结评估"))


def official_names(plan: Plan, catalogue: Catalogue) -> list[str]:
    """Names that have only one form: of programmes, groups of regions and offices; longest first."""
    programmes = [p.zh for d in plan.duties for p in d.programmes]
    groups = [n for g in catalogue.groups.values() for n in (g.zh, *g.aliases)]
    offices = [n for o in catalogue.offices.values() for n in (o.zh, *o.aliases)]
    names = {plain(n).strip("“”") for n in (*programmes, *groups, *offices)}
    return sorted(names, key=len, reverse=True)


def without_names(written: str, names: list[str]) -> str:
    for name in names:
        written = written.replace(name, "\n")
    return written


def longest_copy(ours: str, official: str) -> str:
    match = SequenceMatcher(None, ours, official, autojunk=False).find_longest_match()
    return ours[match.a : match.a + match.size]


def test_commitments_are_in_our_own_words(plan, text, catalogue):
    copied = {}
    names = official_names(plan, catalogue)
    for commitment, sentence in sentences(plan, text):
        ours = without_names(plain(commitment.zh), names).split("\n")
        longest = max((longest_copy(part, sentence) for part in ours), key=len)
        if len(longest) > LONGEST_COPY:
            copied[commitment.id] = longest
    assert not copied


def test_aims_goals_and_safeguards_are_in_our_own_words(plan, text, catalogue):
    names = [*official_names(plan, catalogue), "常住人口城镇化率"]
    written = [(g.id, g.zh, text.goals) for g in plan.goals.values()]
    written += [(d.id, d.zh, text.safeguards) for d in plan.safeguards.values()]
    written += [(a.zh, a.aim_zh, text.whole) for a in plan.actions.values()]
    for where, zh, official in written:
        parts = without_names(plain(zh), names).split("\n")
        assert max(len(longest_copy(part, official)) for part in parts) <= LONGEST_COPY, where


def test_no_commitment_is_longer_than_its_sentence(plan, text):
    longer = [c.id for c, sentence in sentences(plan, text) if len(c.zh) > len(sentence)]
    assert not longer


def test_the_measure_of_copying_finds_a_copy():
    official = OfficialMeasure("题", ("加强地质灾害综合防治体系建设",), ())
    assert len(longest_copy("要加强地质灾害综合防治体系", official.sentences[0])) == 12
