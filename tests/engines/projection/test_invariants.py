"""What must hold whatever the numbers are: nobody appears, vanishes or is counted twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.projection import kernel
from renben.engines.projection.states import DURATIONS, Fixed, Path, Stock, hukou_rate, resident_rate
from tests.engines.projection.build import AGES, system

examples = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 10_000)
kinds_ = st.sampled_from([1, 3])


def people(stock):
    return stock.people.sum(axis=(1, 2, 3, 4))


def no_moves(fixed):
    return fixed._replace(level=fixed.level * 0, settle=fixed.settle * 0)


def quiet(path):
    """No births, no newcomers, nobody back from outside, nothing reclassified."""
    return path._replace(
        tfr=path.tfr * 0,
        guests=path.guests * 0,
        home_from_outside=path.home_from_outside * 0,
        reclassified=path.reclassified * 0,
    )


@examples
@given(seed=seeds, kinds=kinds_)
def test_change_is_births_minus_deaths_plus_net_arrivals_in_every_county(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds)
    last, result = kernel.project(stock, fixed, path)
    f = result.flows.sum(axis=0)
    change = f[:, 0] - f[:, 1] + f[:, 2] - f[:, 3] + f[:, 7]
    assert np.abs(people(last) - people(stock) - change).max() <= 1e-9 * people(stock).sum()


@examples
@given(seed=seeds, kinds=kinds_)
def test_who_leaves_one_county_arrives_in_another(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds)
    _, result = kernel.project(stock, fixed, path)
    flows = result.flows.sum(axis=(0, 1))
    assert flows[2] == pytest.approx(flows[3], rel=1e-10)


@examples
@given(seed=seeds)
def test_residents_and_ledger_agree_by_class_sex_and_age(seed):
    stock, fixed, path = system(seed, kinds=3)
    last, _ = kernel.project(stock, fixed, path)
    away = last.people[:, :, :, 2:].reshape(len(last.people), 2, 2, 3, DURATIONS, AGES).sum(axis=(2, 4))
    scale = away.max()
    for lo, hi in zip(fixed.first, fixed.last, strict=True):
        near = last.near[lo:hi].sum(axis=(0, 1))
        assert np.abs(away[lo:hi, :, 0].sum(axis=0) - near).max() <= 1e-10 * scale
    assert np.abs(away[:, :, 1].sum(axis=0) - last.far.sum(axis=(0, 1))).max() <= 1e-10 * scale
    assert np.abs(away[:, :, 2].sum(axis=0) - last.guests).max() <= 1e-10 * scale


@examples
@given(seed=seeds)
def test_pooled_migrants_are_the_provinces_own_and_the_guests(seed):
    stock, fixed, path = system(seed, kinds=1)
    last, _ = kernel.project(stock, fixed, path)
    away = last.people[:, :, :, 2:].sum(axis=(0, 2, 3))
    assert np.abs(away - last.far.sum(axis=(0, 1)) - last.guests).max() <= 1e-10 * away.max()


@examples
@given(seed=seeds, kinds=kinds_)
def test_residents_are_registered_minus_outside_plus_guests(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds)
    students = fixed.students.sum()
    fixed = fixed._replace(students_hukou=fixed.students_hukou / fixed.students_hukou.sum() * students)
    last, result = kernel.project(stock, fixed, path)
    registered = result.registered[-1].sum()
    assert result.residents[-1].sum() == pytest.approx(
        registered - last.outside.sum() + last.guests.sum(), rel=1e-10
    )


@examples
@given(seed=seeds, kinds=kinds_)
def test_no_cell_is_ever_negative(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds)
    last, _ = kernel.project(stock, fixed, path)
    assert min(part.min() for part in last) >= 0


@examples
@given(seed=seeds, kinds=kinds_)
def test_every_person_does_exactly_one_thing_in_a_year(seed, kinds):
    """With no deaths, births or border crossing, the number of residents and of registered people stays."""
    stock, fixed, path = system(seed, kinds=kinds)
    fixed = fixed._replace(survival=np.ones_like(fixed.survival), level=fixed.level.copy())
    fixed.level[2] = 0.0
    if kinds == 3:
        fixed.level[1, :, :, 4] = 0.0
    else:
        fixed.level[1] = 0.0
    last, result = kernel.project(stock, fixed, quiet(path))
    assert last.people.sum() == pytest.approx(stock.people.sum(), rel=1e-12)
    registered = result.registered.sum(axis=(1, 2))
    settled_guests = stock.guests.sum() - last.guests.sum()
    assert registered[-1] - registered[0] == pytest.approx(settled_guests, abs=1e-8 * registered[0])


@given(seed=seeds, kinds=kinds_)
@settings(max_examples=8, deadline=None)
def test_zero_rates_are_pure_ageing(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds, years=1)
    fixed = no_moves(fixed)._replace(survival=np.ones_like(fixed.survival))
    last, _ = kernel.project(stock, fixed, quiet(path))
    before, after = stock.people.sum(axis=3), last.people.sum(axis=3)
    assert np.allclose(after[..., 1 : AGES - 1], before[..., : AGES - 2], rtol=1e-13)
    assert np.allclose(after[..., -1], before[..., -1] + before[..., -2], rtol=1e-13)
    assert np.all(after[..., 0] == 0)


def test_single_year_durations_shift_exactly_and_the_last_absorbs():
    stock, fixed, path = system(3, kinds=3, years=1)
    fixed = no_moves(fixed)._replace(survival=np.ones_like(fixed.survival))
    last, _ = kernel.project(stock, fixed, quiet(path))
    old, new = stock.people[:, :, :, 2:8].sum(axis=-1), last.people[:, :, :, 2:8].sum(axis=-1)
    assert np.allclose(new[..., 1:5], old[..., :4])
    assert np.allclose(new[..., 5], old[..., 4] + old[..., 5])
    assert np.all(new[..., 0] == 0)


@examples
@given(seed=seeds, kinds=kinds_, factor=st.floats(0.001, 1000))
def test_scaling_everybody_scales_everything(seed, kinds, factor):
    stock, fixed, path = system(seed, kinds=kinds, years=2)
    fixed = fixed._replace(students=fixed.students * 0, students_hukou=fixed.students_hukou * 0)
    one = kernel.project(stock, fixed, path._replace(guests=path.guests))[1]
    big = kernel.project(
        Stock(*(p * factor for p in stock)), fixed, path._replace(guests=path.guests * factor)
    )[1]
    assert np.allclose(big.residents, one.residents * factor, rtol=1e-10)


@pytest.mark.parametrize("kinds", [1, 3])
def test_the_order_of_counties_does_not_matter(kinds):
    stock, fixed, path = system(8, counties=6, kinds=kinds, prefectures=2)
    order = np.array([2, 0, 1, 5, 4, 3])  # inside the prefectures
    units = np.stack([2 * order, 2 * order + 1], axis=1).ravel()
    moved = Stock(
        stock.people[order], stock.near[order], stock.far[order], stock.outside[order], stock.guests
    )
    by_county = {
        "level": 1,
        "settle": 0,
        "e0": 0,
        "fertility": 0,
        "guest_place": 0,
        "back_urban": 0,
        "students": 0,
        "students_hukou": 0,
    }
    changed = {name: np.take(getattr(fixed, name), order, axis=axis) for name, axis in by_county.items()}
    changed["friction"] = fixed.friction[:, order][:, :, order]
    changed["pull"] = fixed.pull[:, units]
    shuffled = Fixed(**{**fixed._asdict(), **changed})
    course = Path(
        **{
            **path._asdict(),
            "moves": path.moves[:, :, order],
            "reclassified": path.reclassified[:, order],
            "attraction": path.attraction[:, units],
        }
    )
    one, two = kernel.project(stock, fixed, path)[1], kernel.project(moved, shuffled, course)[1]
    assert np.allclose(two.residents, one.residents[:, order], rtol=1e-10)
    assert np.allclose(two.registered, one.registered[:, order], rtol=1e-10)


def test_two_equal_counties_project_like_one_of_double_size():
    """Equal halves of a county, with no move between them, add up to the county."""
    stock, fixed, path = system(4, counties=4, kinds=1, prefectures=1)
    twin = np.array([0, 1, 2, 3, 3])
    half = np.array([1, 1, 1, 0.5, 0.5])
    units = np.stack([2 * twin, 2 * twin + 1], axis=1).ravel()
    weight = np.repeat(half, 2)
    split = Stock(
        stock.people[twin] * half[:, None, None, None, None],
        stock.near[twin],
        stock.far[twin] * half[:, None, None, None],
        stock.outside[twin] * half[:, None, None, None],
        stock.guests,
    )
    by_county = {"level": 1, "settle": 0, "e0": 0, "fertility": 0, "back_urban": 0}
    changed = {name: np.take(getattr(fixed, name), twin, axis=axis) for name, axis in by_county.items()}
    changed["friction"] = fixed.friction[:, twin][:, :, twin]
    changed["pull"] = fixed.pull[:, units] * weight
    changed["prefecture"], changed["area"], changed["last"] = (
        np.zeros(5, np.int64),
        np.zeros(5, np.int64),
        np.array([5]),
    )
    changed["guest_place"] = fixed.guest_place[twin] * half[:, None]
    for name in ("students", "students_hukou"):
        part = getattr(fixed, name)[twin]
        changed[name] = part * half.reshape(-1, *([1] * (part.ndim - 1)))
    course = Path(
        **{
            **path._asdict(),
            "moves": path.moves[:, :, twin],
            "reclassified": path.reclassified[:, twin],
            "attraction": path.attraction[:, units],
        }
    )
    one = kernel.project(stock, fixed, path)[1]
    two = kernel.project(split, Fixed(**{**fixed._asdict(), **changed}), course)[1]
    merged = two.residents.copy()
    merged[:, 3] += merged[:, 4]
    assert np.allclose(merged[:, :4], one.residents, rtol=1e-9)


@examples
@given(seed=seeds, kinds=kinds_)
def test_if_every_rural_place_turns_urban_everybody_is_urban(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds, years=1)
    fixed = fixed._replace(students=fixed.students * np.array([1.0, 0.0])[:, None])
    path = path._replace(reclassified=np.ones_like(path.reclassified))
    _, result = kernel.project(stock, fixed, path)
    assert resident_rate(result.residents)[-1] == pytest.approx(1.0, abs=1e-14)


@examples
@given(seed=seeds, kinds=kinds_)
def test_settlement_does_not_change_the_resident_rate(seed, kinds):
    """The fertility and mobility of settlers apart: with equal rates in all states U is the same to the digit."""
    stock, fixed, path = system(seed, kinds=kinds, years=1)
    quiet_path = path._replace(tfr=path.tfr * 0)
    none = no_moves(fixed)
    some = none._replace(settle=fixed.settle)
    one, two = kernel.project(stock, none, quiet_path)[1], kernel.project(stock, some, quiet_path)[1]
    assert resident_rate(two.residents)[-1] == pytest.approx(resident_rate(one.residents)[-1], abs=1e-13)
    assert hukou_rate(two.registered)[-1] > hukou_rate(one.registered)[-1]


@examples
@given(seed=seeds, kinds=kinds_)
def test_moves_inside_the_county_do_not_change_the_hukou_rate(seed, kinds):
    stock, fixed, path = system(seed, kinds=kinds, years=1)
    still = quiet(path)._replace(tfr=path.tfr * 0)
    none = no_moves(fixed)._replace(survival=np.ones_like(fixed.survival))
    level = none.level.copy()
    level[3:] = fixed.level[3:]
    one, two = (
        kernel.project(stock, none, still)[1],
        kernel.project(stock, none._replace(level=level), still)[1],
    )
    assert hukou_rate(two.registered)[-1] == pytest.approx(hukou_rate(one.registered)[-1], abs=1e-13)


@pytest.mark.parametrize("by_address", [0.0, 1.0])
def test_reclassification_moves_registrations_only_when_they_follow_the_address(by_address):
    stock, fixed, path = system(2, kinds=3, years=1)
    still = quiet(path)._replace(by_address=np.full(1, by_address))
    none = no_moves(fixed)
    some = still._replace(reclassified=np.full_like(path.reclassified, 0.05))
    before = hukou_rate(kernel.project(stock, none, still)[1].registered)[-1]
    after = hukou_rate(kernel.project(stock, none, some)[1].registered)[-1]
    if by_address:
        students = fixed.students_hukou.sum(axis=0)
        registered = kernel.project(stock, none, still)[1].registered[-1].sum(axis=0)
        gain = 0.05 * (registered[1] - students[1])
        assert after - before == pytest.approx(gain / registered.sum(), rel=1e-10)
    else:
        assert after == pytest.approx(before, abs=1e-14)


def test_a_long_run_forgets_its_start():
    """With constant rates the shares of counties converge to the same limit from two different starts."""
    stock, fixed, path = system(7, counties=4, kinds=1, prefectures=2, years=1)
    years = 2000
    long = Path(*(np.repeat(part[:1], years, axis=0) for part in path))
    long = long._replace(
        guests=np.zeros(years), reclassified=np.zeros_like(long.reclassified), tfr=np.full(years, 1.1)
    )
    fixed = fixed._replace(students=fixed.students * 0)
    other = Stock(*(part * 1.0 for part in stock))
    other.people[0, :, :, :2] *= 5
    shares = []
    for start in (stock, other):
        residents = kernel.project(start, fixed, long)[1].residents[-1].sum(axis=(1, 2))
        shares.append(residents / residents.sum())
    assert np.abs(shares[0] - shares[1]).max() < 1e-6
