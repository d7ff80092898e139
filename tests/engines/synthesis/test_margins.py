"""Margins of the census: published numbers come out of the facts exactly."""

import numpy as np
import pytest

from renben.engines.synthesis.fitting import FitError
from renben.engines.synthesis.margins import read_margins
from renben.engines.synthesis.planning import make_plan
from renben.engines.synthesis.priors import AGE_GROUPS, Priors
from renben.engines.synthesis.strata import strata


@pytest.fixture(scope="module")
def margins():
    return read_margins()


@pytest.fixture(scope="module")
def county_strata(margins):
    return strata(margins, Priors.read())


def test_117_counties_hold_the_34915616_residents_and_17805148_men_of_the_communique(margins):
    assert len(margins.codes) == 117 and margins.age_sex.sum() == 34_915_616
    assert margins.age_sex[:, :, 0].sum() == 17_805_148 and margins.age_sex[:, :, 1].sum() == 17_110_468


def test_urban_residents_and_children_are_those_of_the_communique(margins):
    assert margins.urban.sum() == 21_831_494
    children = margins.age_sex[:, : AGE_GROUPS.index("15-19")].sum()
    assert children == pytest.approx(5_709_895, abs=300)


def test_every_county_keeps_its_ages_its_sexes_and_its_women_of_15_to_49(margins):
    published = margins.published
    assert np.abs(margins.age_sex.sum(axis=2) - published["age"]).max() < 1
    assert np.abs(margins.age_sex.sum(axis=1) - published["sex"]).max() < 2
    women = margins.age_sex[:, AGE_GROUPS.index("15-19") : AGE_GROUPS.index("45-49") + 1, 1].sum(axis=1)
    assert np.abs(women - published["women_15_49"]).max() < 1


def test_households_and_collective_residents_are_those_of_the_communique(county_strata):
    every = [stratum for county in county_strata for stratum in county]
    assert sum(s.households for s in every) == 12_746_142
    assert sum(int(s.family.sum()) for s in every) == 32_138_952
    assert sum(int(s.collective.sum()) for s in every) == 2_776_664
    assert sum(s.collective_households for s in every) == 638_609


def test_published_households_of_a_prefecture_are_kept(margins, county_strata):
    inside = [i for i, parent in enumerate(margins.parents) if parent == "140100"]
    assert sum(s.households for i in inside for s in county_strata[i]) == 1_851_328
    assert sum(int(s.family.sum()) for i in inside for s in county_strata[i]) == 4_535_515


def test_urban_hukou_is_42_9_percent_of_those_registered_in_the_province(county_strata):
    every = [stratum for county in county_strata for stratum in county]
    urban = sum(int(s.hukou_urban[:3].sum()) for s in every)
    inside = 34_915_616 - sum(int(s.away[2]) for s in every)
    assert urban / inside == pytest.approx(0.4290, abs=1e-6)


def test_no_stratum_has_more_people_away_or_in_dormitories_than_people(county_strata):
    for county in county_strata:
        for s in county:
            assert s.away.sum() <= s.family.sum() + s.collective.sum()
            assert (s.family >= 0).all() and (s.collective >= 0).all() and s.households <= s.family.sum()


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5])
def test_a_share_outside_0_to_1_is_refused_with_an_example(share):
    with pytest.raises(FitError, match="--share 0"):
        make_plan(share)


def test_every_assumption_has_a_label_a_unit_a_reference_and_trust_d_or_s():
    rows = Priors.read().rows
    assert len(rows) > 40
    for row in rows:
        assert row["zh"] and row["en"] and row["unit"] and row["ref"] and row["trust"] in ("D", "S")
