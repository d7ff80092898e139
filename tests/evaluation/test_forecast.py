"""Drift forecasts: published worked values, nothing across a break, pooling, and sane probabilities."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.evaluation.forecast import Settings, fit, forecasts, pool, probability, to_scale

RATES = (62.53, 63.42, 63.96, 64.97, 66.32)
NEED = Settings(points=4, siblings=3, edge=0.0005)
DEFINED = pl.DataFrame(
    {"indicator": ["share", "count", "gap"], "scale": ["logit", "log", "identity"], "per": [0.01, 1.0, 1.0]}
)


def series(values, start=2020, indicator="share", region="r", labels=None) -> pl.DataFrame:
    """A history; None = missing."""
    return pl.DataFrame(
        {
            "region": [region] * len(values),
            "indicator": [indicator] * len(values),
            "year": list(range(start, start + len(values))),
            "value": [None if v is None else float(v) for v in values],
            "series": labels or [None] * len(values),
        },
        schema_overrides={
            "region": pl.String,
            "indicator": pl.String,
            "year": pl.Int64,
            "value": pl.Float64,
            "series": pl.String,
        },
    )


def no_parents():
    return pl.DataFrame(schema={"region": pl.String, "parent": pl.String})


def fitted(history, parents=None):
    return pool(fit(history, DEFINED, NEED), no_parents() if parents is None else parents, NEED)


def chance(fan: pl.DataFrame, year: int, value: float, scale="logit", per=0.01) -> float:
    asked = fan.filter(pl.col("year") == year).with_columns(
        against=to_scale(pl.lit(value), pl.lit(scale), NEED.edge, pl.lit(per))
    )
    return probability(asked, "against")[0]


def test_the_published_worked_values_come_out():
    fan = forecasts(fitted(series(RATES)), 2029)
    last = fan.filter(pl.col("year") == 2029).to_dicts()[0]
    assert round(last["median"], 1) == 70.8
    assert (round(last["p10"], 1), round(last["p90"], 1)) == (69.0, 72.5)
    assert round(chance(fan, 2029, 69.5), 2) == 0.84
    assert round(chance(fan, 2029, 70), 2) == 0.74
    assert (last["freedom"], last["points"]) == (3, 5)


def test_without_the_drift_s_own_uncertainty_the_band_would_be_too_narrow():
    fan = forecasts(fitted(series(RATES)), 2029).filter(pl.col("year") == 2029).to_dicts()[0]
    assert fan["p90"] - fan["p10"] > 1.8 * (71.7 - 69.9)


def test_the_forecast_uses_only_the_newest_series_and_never_crosses_the_census():
    labels = ["population@census2010"] * 3 + ["population@census2020"] * 5
    crossing = fitted(series((57.3, 58.41, 59.55, *RATES), start=2017, labels=labels))
    assert crossing["first_year"][0] == 2020
    alone = forecasts(fitted(series(RATES)), 2029)
    assert forecasts(crossing, 2029)["median"].to_list() == alone["median"].to_list()


def test_too_few_years_give_a_fit_and_no_forecast():
    short = fitted(series(RATES[:3]))
    assert not short["usable"][0]
    assert forecasts(short, 2029).is_empty()


def test_a_gap_counts_as_the_years_it_spans():
    straight = fitted(series((10, 20, None, 40, 50), indicator="gap"))
    assert straight["drift"][0] == pytest.approx(10)
    assert straight["span"][0] == 4
    assert straight["variance"][0] == pytest.approx(0)
    last = forecasts(straight, 2026).filter(pl.col("year") == 2026)
    assert last["median"][0] == last["p5"][0] == pytest.approx(70)


def test_a_quantity_grows_by_a_rate_and_never_falls_below_zero():
    fan = forecasts(fitted(series((100, 50, 30, 10, 2), indicator="count")), 2040)
    assert fan["p5"].min() > 0


def test_shares_at_their_limits_keep_a_forecast_inside_them():
    fan = forecasts(fitted(series((98, 99, 100, 100, 100))), 2035)
    assert 0 < fan["p5"].min() and fan["p95"].max() <= 100


def county_world(drifts, noise=0.1, years=6):
    parts = []
    for number, drift in enumerate(drifts):
        steps = [50 + drift * t + noise * ((-1) ** (t + number)) for t in range(years)]
        parts.append(series(steps, region=f"c{number}", indicator="gap"))
    parents = pl.DataFrame({"region": [f"c{i}" for i in range(len(drifts))], "parent": "city"})
    return pl.concat(parts), parents


def test_counties_are_pulled_towards_their_city_and_no_further():
    history, parents = county_world((1.0, 1.2, 0.8, 1.1), noise=2.0)
    alone = fit(history, DEFINED, NEED).sort("region")["drift"]
    pooled = fitted(history, parents).sort("region")["drift"]
    mean = alone.mean()
    assert all(abs(p - mean) <= abs(a - mean) + 1e-9 for a, p in zip(alone, pooled, strict=True))
    assert pooled.std() < alone.std()


def test_a_county_with_one_year_borrows_the_drift_of_its_city():
    history, parents = county_world((1.0, 1.2, 0.8))
    lone = series((40,), start=2025, region="lone", indicator="gap")
    parents = pl.concat([parents, pl.DataFrame({"region": ["lone"], "parent": ["city"]})])
    fan = forecasts(fitted(pl.concat([history, lone]), parents), 2030).filter(pl.col("region") == "lone")
    assert fan.filter(pl.col("year") == 2030)["median"][0] == pytest.approx(45, abs=0.3)
    other = forecasts(fitted(history, parents), 2030).filter(pl.col("region") == "c0")
    width = lambda rows: (rows["p90"] - rows["p10"]).tail(1)[0]  # noqa: E731
    assert width(fan) > 0 and width(other) > 0


def test_two_counties_are_too_few_to_pool():
    history, parents = county_world((1.0, 1.2))
    assert not fitted(history, parents)["pooled"].any()


shares = st.lists(st.floats(0.5, 99.5), min_size=4, max_size=12)


@settings(max_examples=100, deadline=None)
@given(shares, st.floats(1, 99), st.floats(1, 99))
def test_a_higher_target_is_never_more_likely(values, a, b):
    fan = forecasts(fitted(series(values)), 2040)
    low, high = sorted((a, b))
    assert chance(fan, 2040, high) <= chance(fan, 2040, low) + 1e-12


@settings(max_examples=100, deadline=None)
@given(shares)
def test_quantiles_are_in_order_and_bands_widen_with_time(values):
    fan = forecasts(fitted(series(values)), 2045)
    assert (fan["p5"] <= fan["p10"]).all() and (fan["p10"] <= fan["median"]).all()
    assert (fan["median"] <= fan["p90"]).all() and (fan["p90"] <= fan["p95"]).all()
    assert fan["spread"].is_sorted()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=0, max_size=10),
    st.sampled_from(["share", "count", "gap"]),
)
def test_any_history_is_fitted_or_left_alone(values, indicator):
    fan = forecasts(fitted(series(values, indicator=indicator)), 2035)
    assert fan["median"].is_finite().all() or fan.is_empty()
