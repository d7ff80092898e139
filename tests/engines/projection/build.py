"""Small random systems in which every flow is alive; synthetic, seeded."""

import numpy as np

from renben.engines.projection.states import DURATIONS, Fixed, Path, Stock

AGES = 101
BANDS = np.array([0, 5, 15, 20, 25, 30, 40, 60, 101])


def stock(rng, counties, kinds, prefecture):
    ages = np.exp(-((np.arange(AGES) - 35) ** 2) / 900.0) * 100
    states = 2 + DURATIONS * kinds
    people = rng.random((counties, 2, 2, states, AGES)) * ages
    by_class = people[:, :, :, 2:].reshape(counties, 2, 2, kinds, DURATIONS, AGES).sum(axis=(2, 4))
    near, far = np.zeros((2, counties, 2, 2, AGES))
    if kinds == 3:
        guests = by_class[:, :, 2].sum(axis=0)
        for p in np.unique(prefecture):
            mine = np.where(prefecture == p)[0]
            near[mine] = spread(rng, by_class[mine, :, 0].sum(axis=0), len(mine))
        far = spread(rng, by_class[:, :, 1].sum(axis=0), counties)
    else:
        guests = 0.3 * by_class[:, :, 0].sum(axis=0)
        far = spread(rng, 0.7 * by_class[:, :, 0].sum(axis=0), counties)
    outside = rng.random((counties, 2, 2, AGES)) * ages
    return Stock(people, near, far, outside, guests)


def spread(rng, total, counties):
    weight = rng.random((counties, 2)) + 0.1
    weight /= weight.sum()
    return weight[:, :, None, None] * total[None, None]


def fixed(rng, counties, kinds, prefecture):
    x = np.arange(AGES)
    level = rng.random((5, counties, 2, 2 + kinds)) * 0.08
    level[1, :, :, :2] = 0.0
    level[3, :, 0] = 0.0
    level[4, :, 1] = 0.0
    friction = rng.random((1 if kinds == 1 else len(BANDS) - 1, counties, counties))
    friction[:, range(counties), range(counties)] = 0.0
    pull = rng.random((len(BANDS) - 1, 2 * counties))
    levels = np.arange(60.0, 95.01, 1.0)
    death = np.minimum(0.6, 0.0004 * np.exp(0.085 * x))
    survival = np.clip(1 - death[None, None] * (1.5 - 0.02 * (levels - 60))[:, None, None], 0.01, 1.0)
    survival = np.repeat(survival, 2, axis=1)
    weights = np.zeros((3, AGES))
    weights[0, :15], weights[1, 15:65], weights[2, 64:] = 1, 1, 0.5
    _, firsts = np.unique(prefecture, return_index=True)
    guest_age = rng.random((2, AGES))
    guest_place = rng.random((counties, 2))
    settle = rng.random((counties, 2 + kinds, DURATIONS)) * 0.05
    settle[:, 0] = 0.0
    return Fixed(
        prefecture.astype(np.int64),
        firsts.astype(np.int64),
        np.append(firsts[1:], counties).astype(np.int64),
        prefecture.astype(np.int64),
        BANDS.astype(np.int64),
        rng.random((5, 2, AGES)) * 2,
        level,
        settle,
        friction,
        pull,
        survival,
        np.full((len(levels), 2), 0.99),
        70 + 10 * rng.random((counties, 2, 2)),
        np.array([74.0, 80.0]),
        np.array([60.0, 1.0]),
        0.5 + rng.random((counties, 2, 2 + kinds)),
        0.8,
        guest_age / guest_age.sum(),
        guest_place / guest_place.sum(),
        rng.random(counties),
        rng.random((counties, 2, 2, AGES)) * 3,
        rng.random((counties, 2)) * 3,
        weights,
        np.array([[0, 15], [15, 65], [64, 101]], dtype=np.int64),
    )


def path(rng, counties, years=4):
    ages = np.arange(AGES)
    births = np.where((ages >= 15) & (ages < 50), np.exp(-((ages - 28.0) ** 2) / 40), 0.0)
    attraction = np.exp(rng.normal(size=(years, 2 * counties)) * 0.2)
    attraction[1:2] = attraction[0]
    return Path(
        np.exp(rng.normal(size=(years, 6, counties)) * 0.3),
        rng.random((years, counties)) * 0.03,
        attraction,
        1 + 0.3 * rng.random(years),
        np.tile(births / births.sum(), (years, 1)),
        np.full(years, 1.08),
        rng.normal(size=(years, 2)) * 0.5,
        50 + 20 * rng.random(years),
        0.05 + 0.02 * rng.random(years),
        rng.random(years),
        rng.choice([0.0, 0.4], years),
        rng.choice([0.0, 1.0], years),
    )


def system(seed, counties=6, kinds=3, prefectures=3, years=4):
    rng = np.random.default_rng(seed)
    prefecture = np.sort(np.arange(counties) % prefectures)
    return (
        stock(rng, counties, kinds, prefecture),
        fixed(rng, counties, kinds, prefecture),
        path(rng, counties, years),
    )
