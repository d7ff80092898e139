"""Numbers that are printed in textbooks and manuals come out to the printed digit."""

import numpy as np
import pytest

from renben.engines.projection import baselines, brass, cohort, graduation, ipf, lifetable, rogers, schedules

# Preston, Heuveline and Guillot (2001), box 6.1 and 6.2: females, Sweden 1993 to 1998 and 2003
WOMEN = [
    293395,
    248369,
    240012,
    261346,
    285209,
    314388,
    281290,
    286923,
    304108,
    324946,
    247613,
    211351,
    215140,
    221764,
    223506,
    183654,
    141990,
    112424,
]
LIVED = (
    np.array(
        [
            497487,
            497138,
            496901,
            496531,
            495902,
            495168,
            494213,
            492760,
            490447,
            486613,
            480665,
            471786,
            457852,
            436153,
            402775,
            350358,
            271512,
            291707,
        ]
    )
    / 1e5
)
BIRTHS = np.array([0, 0, 0, 0.0120, 0.0908, 0.1499, 0.1125, 0.0441, 0.0074, 0.0003] + [0] * 8)
IN_1998 = [
    293574,
    293189,
    248251,
    239833,
    261015,
    284787,
    313782,
    280463,
    285576,
    301731,
    320974,
    243039,
    205109,
    204944,
    204793,
    194419,
    142324,
    131768,
]
IN_2003 = [
    280121,
    293368,
    293049,
    248066,
    239529,
    260629,
    284238,
    312859,
    279147,
    283344,
    298043,
    315045,
    235861,
    195388,
    189260,
    178141,
    150666,
    141960,
]

# Willekens and Rogers (1978), females of Slovenia and the rest of Yugoslavia, 1961: rates as printed (six decimals)
DEATH = np.array(
    [
        [0.006150, 0.022468],
        [0.000432, 0.000669],
        [0.000297, 0.000478],
        [0.000516, 0.000865],
        [0.000747, 0.001220],
        [0.000677, 0.001585],
        [0.000999, 0.001753],
        [0.001224, 0.002073],
        [0.001924, 0.002872],
        [0.003570, 0.003889],
        [0.005224, 0.006382],
        [0.008004, 0.009615],
        [0.012955, 0.016857],
        [0.025864, 0.027784],
        [0.047742, 0.048067],
        [0.075556, 0.072084],
        [0.146620, 0.111814],
        [0.203611, 0.143486],
    ]
)
FERTILITY = np.array(
    [
        [0, 0],
        [0, 0],
        [0.000071, 0.000067],
        [0.015857, 0.026458],
        [0.070652, 0.087978],
        [0.063218, 0.074260],
        [0.041103, 0.044290],
        [0.022862, 0.023532],
        [0.007797, 0.012051],
        [0.000710, 0.002151],
        [0.000292, 0.000714],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
    ]
)
MIGRATION = np.array(
    [
        [0.002832, 0.000272],
        [0.002294, 0.000166],
        [0.001485, 0.000157],
        [0.005158, 0.000679],
        [0.007170, 0.000937],
        [0.005534, 0.000506],
        [0.003756, 0.000350],
        [0.001765, 0.000226],
        [0.001013, 0.000183],
        [0.000543, 0.000094],
        [0.000663, 0.000130],
        [0.000629, 0.000205],
        [0.000884, 0.000203],
        [0.000949, 0.000156],
        [0.000876, 0.000078],
        [0.001111, 0.000099],
        [0.000704, 0.000196],
        [0.001111, 0.000076],
    ]
)
FIRST = np.array(
    [
        [67800, 847900],
        [74100, 905200],
        [70700, 808100],
        [60100, 617400],
        [62900, 725500],
        [66500, 774000],
        [67100, 728400],
        [62900, 633300],
        [39500, 392400],
        [47900, 437100],
        [51300, 453800],
        [46100, 389300],
        [39600, 325800],
        [29500, 230600],
        [21700, 180000],
        [14400, 120900],
        [7100, 61200],
        [3600, 39300],
    ],
    float,
)
SLOVENIA_1966 = [
    69924,
    66731,
    73995,
    71060,
    60535,
    63284,
    66331,
    66848,
    62615,
    39079,
    46957,
    49841,
    43968,
    36090,
    24653,
    16054,
    8557,
    4434,
]
REST_1966 = [
    897654,
    798890,
    902577,
    804890,
    613569,
    719826,
    767460,
    721349,
    625319,
    385715,
    425956,
    435875,
    364372,
    291703,
    191560,
    134208,
    77450,
    61436,
]


def sweden():
    survival = np.append(LIVED[1:-1] / LIVED[:-2], [LIVED[-1] / (LIVED[-1] + LIVED[-2])] * 2)
    return survival, LIVED[0] / 5


def yugoslavia():
    moves = np.zeros((18, 2, 2))
    moves[:, 0, 1], moves[:, 1, 0] = MIGRATION[:, 0], MIGRATION[:, 1]
    rates = rogers.rate_matrices(DEATH, moves)
    alive, years, survivorship = rogers.multistate_table(rates, 5)
    births = rogers.birth_blocks(FERTILITY, rogers.transfer(rates, 5)[0], survivorship, 5)
    return rates, alive, years, rogers.block_leslie(births, survivorship)


def test_sweden_1993_projects_to_the_printed_numbers_in_five_year_steps():
    survival, infant = sweden()
    matrix = rogers.leslie(BIRTHS, survival, infant, 5, 1 / 2.05)
    assert np.round(matrix @ WOMEN).tolist() == IN_1998
    assert np.round(matrix @ matrix @ WOMEN).tolist() == IN_2003


def test_the_two_sex_cohort_projection_gives_the_same_women_as_the_leslie_matrix():
    survival, infant = sweden()
    rates = cohort.Rates(np.stack([survival, survival]), np.array([infant, infant]), BIRTHS, 1.05, 5.0)
    people = np.stack([np.array(WOMEN, float), np.array(WOMEN, float)])
    once = cohort.project(people, rates)
    assert np.round(once[1]).tolist() == IN_1998
    assert np.round(cohort.project_steps(people, [rates, rates])[2, 1]).tolist() == IN_2003
    assert once[0, 0] == pytest.approx(1.05 * once[1, 0])


def test_sweden_grows_at_the_printed_intrinsic_rate_and_reproduces_itself():
    survival, infant = sweden()
    found = rogers.stable(rogers.leslie(BIRTHS, survival, infant, 5, 1 / 2.05), 5)
    assert (found.growth - 1) / 5 == pytest.approx(0.000223, abs=5e-7)
    assert np.round(found.shares[[0, 1, -1]], 4).tolist() == [0.0619, 0.0618, 0.0356]
    assert rogers.net_reproduction(BIRTHS, LIVED, 1 / 2.05) == pytest.approx(1.01, abs=0.005)


def test_open_projections_place_half_of_the_migrants_before_survival():
    survival = np.array([0.9, 0.8, 0.5, 0.5])
    rates = cohort.Rates(
        np.stack([survival] * 2), np.array([0.95, 0.95]), np.array([0, 0.1, 0, 0]), 1.05, 1.0
    )
    people, net = np.full((2, 4), 100.0), np.full((2, 4), 10.0)
    even = cohort.project(people, rates, net)
    assert even[1, 1] == pytest.approx((100 + 5) * 0.9 + 5)
    assert even[1, 3] == pytest.approx((105 + 105) * 0.5 + 5)
    end = cohort.project(people, rates, net, timing="end")
    assert end[1, 1] == pytest.approx(100 * 0.9 + 10)


def test_slovenia_and_the_rest_of_yugoslavia_have_the_printed_survivors():
    _, alive, years, _ = yugoslavia()
    survivors = np.round(alive[:, :, 0] * 1e5)
    assert np.abs(survivors[1] - [95608, 1310]).max() <= 1
    assert np.abs(survivors[17] - [14669, 3469]).max() <= 3  # printed rates have six decimals
    assert np.abs(np.round(alive[17, :, 1] * 1e5) - [342, 18367]).max() <= 3
    lived = years[:, :, 0].sum(axis=0)
    assert lived.sum() == pytest.approx(72.48, abs=0.01)
    assert lived[1] == pytest.approx(7.58, abs=0.01)


def test_slovenia_and_the_rest_of_yugoslavia_project_to_the_printed_numbers_of_1966():
    _, _, _, matrix = yugoslavia()
    later = (matrix @ FIRST.ravel()).reshape(18, 2)
    assert np.abs(later[:, 0] - SLOVENIA_1966).max() < 3  # persons; rates are printed to six decimals
    assert np.abs(later[:, 1] / REST_1966 - 1).max() < 3e-5


def test_their_stable_growth_and_shares_are_the_printed_ones():
    _, _, _, matrix = yugoslavia()
    found = rogers.stable(matrix, 5)
    assert found.growth == pytest.approx(1.0309668781, abs=2e-5)
    assert found.rate == pytest.approx(0.00609942, abs=4e-6)
    assert found.shares.reshape(18, 2)[:, 0].sum() == pytest.approx(0.05578, abs=5e-5)


def test_linear_and_exponential_transfer_agree_for_small_steps():
    rates, *_ = yugoslavia()
    assert np.abs(rogers.transfer(rates, 0.1) - rogers.transfer(rates, 0.1, exponential=True)).max() < 1e-6


def test_one_move_a_year_overstates_a_move_by_half_the_reverse_hazard():
    """Spec 2.2: against the full generator the overstatement is about half the hazard of the reverse move."""
    for there, back in ((0.10, 0.10), (0.10, 0.005)):
        rates = np.array([[[there, -back], [-there, back]]])
        full = rogers.transfer(rates, 1.0, exponential=True)[0][1, 0]
        single = 1 - np.exp(-there)
        assert single / full - 1 == pytest.approx(back / 2, abs=0.3 * back / 2 + 1e-4)


def test_mortpak_life_table_of_the_united_nations_manual():
    """United Nations (1988), Mortpak, p. 82: e0 49.997 under its own separation factors; ours differ below 0.03."""
    age = [0, 1, *range(5, 81, 5)]
    rate = [
        0.12846,
        0.02477,
        0.00603,
        0.0034,
        0.00417,
        0.00513,
        0.00581,
        0.00645,
        0.00725,
        0.00813,
        0.00913,
        0.01199,
        0.01647,
        0.0256,
        0.04047,
        0.06624,
        0.10638,
        0.19611,
    ]
    table = lifetable.from_rates(age, rate, "female")
    assert table.expected[0] == pytest.approx(49.997, abs=0.03)
    assert table.expected[-1] == pytest.approx(5.099, abs=0.001)
    assert table.expected[10] == pytest.approx(26.578, abs=0.05)


def test_the_open_group_ends_after_one_over_its_death_rate_and_tables_close():
    table = lifetable.from_rates(
        np.arange(0, 101), np.minimum(0.6, 0.0005 * np.exp(0.085 * np.arange(101))), "male"
    )
    assert table.expected[-1] == pytest.approx(1 / table.rate[-1])
    assert table.years.sum() == pytest.approx(table.expected[0])
    assert (table.alive * table.death).sum() == pytest.approx(1.0)
    ratios = lifetable.survival_ratios(table)
    assert ratios[-1] == ratios[-2] == pytest.approx(table.beyond[-1] / table.beyond[-2])


def test_a_life_table_rebuilt_from_its_probabilities_is_the_same():
    age = [0, 1, *range(5, 86, 5)]
    rate = np.linspace(0.01, 0.2, len(age))
    one = lifetable.from_rates(age, rate, "female")
    two = lifetable.from_deaths(age, one.death, one.lived, one.expected[-1])
    assert np.allclose(one.expected, two.expected) and np.allclose(one.rate, two.rate)


@pytest.mark.parametrize(
    ("rate", "sex", "lived"),
    [
        (0.01, "male", 0.1293),
        (0.05, "male", 0.1913),
        (0.1, "male", 0.2992),
        (0.01, "female", 0.1285),
        (0.05, "female", 0.2407),
    ],
)
def test_infants_who_die_live_the_published_part_of_the_year(rate, sex, lived):
    assert lifetable.first_year_lived(rate, sex) == pytest.approx(lived, abs=1e-4)


def test_an_open_group_without_deaths_is_refused():
    with pytest.raises(ValueError, match="never ends"):
        lifetable.from_rates([0, 1, 5], [0.1, 0.1, 0.0])


def test_brass_returns_the_standard_at_alpha_zero_and_meets_every_life_expectancy():
    age = np.array([0, 1, *range(5, 101, 5)])
    rate = np.minimum(1.0, 0.0004 * np.exp(0.09 * age))
    standard = brass.standard_from_rates(age, rate, "female")
    assert np.allclose(brass.logit(brass.relate(0.0, 1.0, standard)), standard)
    targets = np.array([60.0, 75.37, 80.88, 90.0])
    alpha = brass.solve_alpha(standard, targets)
    assert np.abs(brass.expectancy(alpha, standard) - targets).max() < 1e-6
    assert np.all(np.diff(alpha) < 0)


def test_brass_of_a_known_logit():
    """l = 0.9 has the logit -1.0986 (half the log of 1/9); alpha 0.5 takes it to 0.7680."""
    assert brass.logit(0.9) == pytest.approx(-1.0986123)
    assert brass.relate(0.5, 1.0, brass.logit(0.9)) == pytest.approx(0.76803, abs=1e-5)


def test_survival_tables_keep_the_open_ratio_in_the_last_two_ages():
    age = np.array([0, 1, *range(5, 101, 5)])
    standard = brass.standard_from_rates(age, np.minimum(1.0, 0.0004 * np.exp(0.09 * age)), "male")
    table, infant = brass.survival_tables(standard, [70.0, 80.0])
    assert table.shape == (2, 101)
    assert np.all(table[:, -1] == table[:, -2])
    assert np.all(table[1] >= table[0]) and infant[1] > infant[0]


def test_the_fundamental_rogers_castro_schedule_peaks_where_the_formula_says():
    schedule = schedules.FUNDAMENTAL
    assert schedule.labour_peak() == pytest.approx(20 - np.log(0.1 / 0.4) / 0.4)
    ages = np.linspace(10, 40, 3001)
    no_children = schedules.RogersCastro(0, 0, 0.06, 0.1, 20, 0.4, 0)
    assert ages[np.argmax(no_children.rates(ages))] == pytest.approx(schedule.labour_peak(), abs=0.011)
    assert schedule.rates(0.0) == pytest.approx(0.02 + 0.003, abs=1e-6)
    assert schedules.gross_rate(schedules.normalised(schedule.rates(np.arange(101)))) == pytest.approx(1)


def test_a_steady_stock_is_its_inflow_over_the_exit_rate():
    stock = schedules.stock_of_flow(1000.0, 0.1)
    assert stock.sum() == pytest.approx(1000 / 0.1)
    assert np.allclose(stock[1:5] / stock[:4], np.exp(-0.1))
    with pytest.raises(ValueError, match="above zero"):
        schedules.stock_of_flow(1000.0, 0.0)


def test_fertility_of_a_chinese_city_has_its_printed_mean_and_spread():
    """Mean age 29.46 and standard deviation 4.98 (one city, census 2020)."""
    pattern = schedules.fertility_gamma(29.46, 4.98)
    assert schedules.mean_age(pattern) == pytest.approx(29.46, abs=0.1)
    middle = np.arange(101) + 0.5
    assert np.sqrt((pattern * (middle - schedules.mean_age(pattern)) ** 2).sum()) == pytest.approx(
        4.98, abs=0.1
    )


def test_fertility_from_groups_keeps_every_group():
    shares = np.array([2.6, 23.1, 34.9, 24.6, 11.0, 2.9, 0.9])
    single = schedules.fertility_from_groups(np.arange(15, 50, 5), shares)
    assert np.allclose(
        graduation.group(single, [0, 15, 20, 25, 30, 35, 40, 45])[1:-1], (shares / shares.sum())[:-1]
    )
    assert single.min() >= 0 and single[:15].sum() == 0


def test_sprague_keeps_groups_and_reproduces_a_straight_line():
    groups = 5 * (1000 - 10 * (np.arange(10) * 5 + 2))
    single = graduation.sprague(groups)
    assert np.allclose(graduation.group(single, range(0, 50, 5)), groups)
    assert np.allclose(single, 1000 - 10 * np.arange(50))


def test_graduation_never_goes_below_zero_where_sprague_does():
    groups = np.array([100.0, 0, 100, 0, 100, 0, 100, 50])
    starts = np.arange(0, 40, 5)
    assert graduation.sprague(groups[:-1]).min() < 0
    single = graduation.graduate(starts, groups, np.exp(-0.05 * np.arange(101)))
    assert single.min() >= 0
    assert np.allclose(graduation.group(single, starts), groups)


def test_fitting_meets_margins_and_keeps_cross_product_ratios():
    """Deming and Stephan: the table keeps the association of its seed."""
    seed = np.array([[40.0, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]])
    rows, columns = np.array([150.0, 300, 400, 150]), np.array([200.0, 300, 400, 100])
    found = ipf.fit(seed, [((0,), rows), ((1,), columns)])
    assert np.allclose(found.table.sum(axis=1), rows) and np.allclose(found.table.sum(axis=0), columns)
    odds = lambda t: t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0])  # noqa: E731
    assert odds(found.table) == pytest.approx(odds(seed))


def test_fitting_keeps_structural_zeros_and_refuses_what_they_forbid():
    seed = np.array([[0.0, 1], [1, 1]])
    found = ipf.fit(seed, [((0,), np.array([10.0, 30])), ((1,), np.array([15.0, 25]))])
    assert found.table[0, 0] == 0
    with pytest.raises(ValueError, match="no table meets"):
        ipf.fit(seed, [((0,), np.array([30.0, 10])), ((1,), np.array([25.0, 15]))], rounds=50)
    with pytest.raises(ValueError, match="different totals"):
        ipf.fit(seed, [((0,), np.array([30.0, 10])), ((1,), np.array([25.0, 25]))])


def test_the_un_method_reproduces_its_published_path_for_china():
    """World Urbanization Prospects 2018: 66.5 70.6 73.9 76.4 78.3 80.0 for 2025 to 2050, from 61.4 in 2020."""
    path = 100 * baselines.un_urban(0.6143, 0.0506, 0.0206, 6)
    assert np.abs(path - [66.5, 70.6, 73.9, 76.4, 78.3, 80.0]).max() < 0.12


def test_hamilton_perry_carries_each_cohort_by_its_own_ratio():
    before, now = np.array([100.0, 90, 80, 70, 60]), np.array([95.0, 92, 98, 81, 110])
    later = baselines.hamilton_perry(before, now, slice(2, 4))
    assert later[2] == pytest.approx(98 / 100 * 95)
    assert later[3] == pytest.approx(81 / 90 * 92)
    assert later[4] == pytest.approx(110 / (80 + 70 + 60) * (98 + 81 + 110))
    assert later[0] / later[2:4].sum() == pytest.approx(95 / (98 + 81))


def test_a_rogers_castro_schedule_is_found_again_from_its_gross_rates():
    true = schedules.RogersCastro(0.03, 0.08, 0.09, 0.12, 22.0, 0.5, 0.004)
    age = np.arange(0, 81) + 0.5
    found = schedules.fit_rogers_castro(age, 0.7 * true.rates(age), hold=0.0)
    assert found.rates(age) == pytest.approx(0.7 * true.rates(age), rel=1e-4)
    assert (found.mu2, found.lambda2) == pytest.approx((22.0, 0.5), rel=1e-3)
    held = schedules.fit_rogers_castro(age, 0.7 * true.rates(age), hold=50.0)
    assert held.lambda2 == pytest.approx(schedules.FUNDAMENTAL.lambda2, abs=0.01), "a strong penalty holds"
    with pytest.raises(ValueError, match="net rates cannot be fitted"):
        schedules.fit_rogers_castro(age, -true.rates(age))


def test_a_net_profile_over_ten_years_adds_the_years_a_cohort_lived_through():
    inward, outward = np.full(101, 0.02), np.full(101, 0.005)
    net = schedules.net_profile(inward, outward, 10)
    assert net[0] == pytest.approx(0.015) and net[[9, 50, 100]] == pytest.approx([0.15] * 3)


def test_balancing_factors_meet_both_sides_and_keep_the_pattern():
    rng = np.random.default_rng(3)
    friction = rng.random((5, 7)) + 0.1
    friction[0, 0] = 0.0
    out, into = rng.random(5) * 100, rng.random(7)
    into *= out.sum() / into.sum()
    origin, target = ipf.balance(friction, out, into, 1e-12)
    flows = origin[:, None] * friction * target
    assert np.allclose(flows.sum(axis=1), out, rtol=1e-10) and np.allclose(
        flows.sum(axis=0), into, rtol=1e-10
    )
    assert flows[0, 0] == 0.0
    cross = flows[1, 1] * flows[2, 2] / (flows[1, 2] * flows[2, 1])
    assert cross == pytest.approx(friction[1, 1] * friction[2, 2] / (friction[1, 2] * friction[2, 1]))


def test_an_origin_that_nobody_can_leave_is_an_error_that_says_so():
    friction = np.array([[0.0, 0.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="no partner"):
        ipf.balance(friction, np.array([1.0, 2.0]), np.array([1.0, 2.0]), rounds=20)
