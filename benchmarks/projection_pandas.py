"""A year of the projection as an analyst writes it on long tables with pandas.

Survival, competing hazards, ageing, destinations, births and the ledger of registered people who live away. Left out, so
less work than ours: settlement, newcomers from other provinces, moves inside a county, reclassification, service bands.
"""

import numpy as np
import pandas as pd

from renben.engines.projection import reference
from renben.engines.projection.states import DURATIONS, Fixed, Path, Stock, classes

PLACE = ["county", "sex", "place", "age"]
AWAY = ["county", "address", "sex", "age"]
MOVES = ["out", "back", "leave", "to_urban", "to_rural"]


def year(stock: Stock, fixed: Fixed, path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Residents and ledger after one year; long tables, persons in ``n``."""
    people, alive = _residents(stock, fixed, path)
    lost = _losses(people, classes(stock.people.shape[3]))
    stay = _aged(people, fixed)
    arrived = _arrivals(people, fixed)
    ledger = _ledger(stock, fixed, lost, people, alive)
    born = _births(people, stay, fixed, path)
    return pd.concat([stay, arrived, born]), ledger


def _long(values: np.ndarray, columns: list[str], name: str = "n") -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(n) for n in values.shape], names=columns)
    return pd.DataFrame({name: values.ravel()}, index=index).reset_index()


def _residents(stock: Stock, fixed: Fixed, path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People with their survivors and movers of each kind."""
    people = _long(stock.people, ["county", "sex", "place", "state", "age"])
    rates, _ = reference.survival(fixed, fixed.e0 + path.e0[0])
    alive = _long(np.moveaxis(rates, 2, 1), PLACE, "alive")
    people = people.merge(alive, on=PLACE)
    people["class"] = np.where(people["state"] < 2, people["state"], 2 + (people["state"] - 2) // DURATIONS)
    for k, name in enumerate(MOVES):
        level = _long(fixed.level[k], ["county", "place", "class"], "level")
        profile = _long(fixed.profile[k], ["sex", "age"], "pattern")
        people = people.merge(level, on=["county", "place", "class"]).merge(profile, on=["sex", "age"])
        people[name] = people.pop("level") * people.pop("pattern")
    total = people[MOVES].sum(axis=1)
    people["start"] = people["n"]
    people["dead"] = people["n"] * (1 - people["alive"])
    people["n"] *= people["alive"]
    gone = people["n"] * (1 - np.exp(-total))
    per_hazard = np.where(total > 0, gone / total, 0.0)
    for name in MOVES:
        people[name] *= per_hazard
    people["n"] -= gone
    return people, alive


def _losses(people: pd.DataFrame, kinds: int) -> pd.DataFrame:
    """Dead, returners and leavers among people registered elsewhere, by class, sex and age."""
    away = people[people["class"] >= 2]
    found = away.groupby(["class", "sex", "age"], as_index=False)[["dead", "back", "leave"]].sum()
    return found[found["class"] == min(3, 1 + kinds)]


def _aged(people: pd.DataFrame, fixed: Fixed) -> pd.DataFrame:
    """Those who stay, a year older and with a year more of residence."""
    last = fixed.profile.shape[2] - 1
    older = people["state"] + ((people["state"] - 2) % DURATIONS < DURATIONS - 1)
    stay = people.assign(
        age=np.minimum(people["age"] + 1, last), state=np.where(people["state"] < 2, people["state"], older)
    )
    return stay.groupby(["county", "sex", "place", "state", "age"], as_index=False)["n"].sum()


def _arrivals(people: pd.DataFrame, fixed: Fixed) -> pd.DataFrame:
    """Movers between counties by destination, in the class elsewhere with no year of residence."""
    people["band"] = np.searchsorted(fixed.band, people["age"], side="right") - 1
    origin = people.groupby(["band", "county"], as_index=False)["out"].sum()
    weights = np.repeat(fixed.friction, 2, axis=2) * fixed.pull[:, None, :]
    weights /= weights.sum(axis=2, keepdims=True)
    pull = _long(weights, ["band", "county", "to"], "share").merge(origin, on=["band", "county"])
    pull["moved"] = pull["share"] * pull["out"]
    place = pull.groupby(["band", "to"], as_index=False)["moved"].sum()
    place["share"] = place["moved"] / place.groupby("band")["moved"].transform("sum")
    pool = people.groupby(["band", "sex", "age"], as_index=False)["out"].sum()
    arrived = place.merge(pool, on="band")
    last = fixed.profile.shape[2] - 1
    return pd.DataFrame(
        {
            "county": arrived["to"] // 2, "place": arrived["to"] % 2, "sex": arrived["sex"], "state": 2,
            "age": np.minimum(arrived["age"] + 1, last), "n": arrived["share"] * arrived["out"],
        }
    )  # fmt: skip


def _ledger(
    stock: Stock, fixed: Fixed, lost: pd.DataFrame, people: pd.DataFrame, alive: pd.DataFrame
) -> pd.DataFrame:
    """Registered people who live away: less deaths, returns and departures of their pool, plus the new ones."""
    table = _long(stock.far, AWAY, "far").merge(_long(stock.near, AWAY, "near"), on=AWAY)
    table = table.merge(_long(stock.outside, AWAY, "outside"), on=AWAY)
    pool = table.groupby(["sex", "age"], as_index=False)["far"].sum().rename(columns={"far": "whole"})
    table = table.merge(pool.merge(lost, on=["sex", "age"]), on=["sex", "age"])
    part = np.where(table["whole"] > 0, table["far"] / table["whole"], 0.0)
    local = people[people["class"] < 2].rename(columns={"class": "address"})
    new = local.groupby(AWAY, as_index=False)[["out", "leave"]].sum()
    table = table.merge(new.rename(columns={"leave": "left"}), on=AWAY)
    urban = alive[alive["place"] == 0][["county", "sex", "age", "alive"]]
    table = table.merge(urban, on=["county", "sex", "age"])
    table["far"] += table["out"] - part * (table["dead"] + table["back"] + table["leave"])
    table["outside"] = table["outside"] * table["alive"] + part * table["leave"] + table["left"]
    table["near"] *= table["alive"]
    table["age"] = np.minimum(table["age"] + 1, fixed.profile.shape[2] - 1)
    return table.groupby(AWAY, as_index=False)[["near", "far", "outside"]].sum()


def _births(people: pd.DataFrame, stay: pd.DataFrame, fixed: Fixed, path: Path) -> pd.DataFrame:
    """Children of the mean of the women at both ends of the year, by place and group of the mother."""
    pattern = pd.DataFrame({"age": range(len(path.births_by_age[0])), "pattern": path.births_by_age[0]})
    keys = ["county", "place", "state"]
    women = []
    for table, column in ((people, "start"), (stay, "n")):
        some = table[table["sex"] == 1].merge(pattern, on="age")
        some["women"] = 0.5 * some[column] * some["pattern"]
        women.append(some.groupby(keys, as_index=False)["women"].sum())
    born = pd.concat(women).groupby(keys, as_index=False)["women"].sum()
    born["class"] = np.where(born["state"] < 2, born["state"], 2 + (born["state"] - 2) // DURATIONS)
    level = _long(fixed.fertility, ["county", "place", "class"], "level")
    born = born.merge(level, on=["county", "place", "class"])
    whole = path.tfr[0] * born["women"] * born["level"]
    boys = path.sex_ratio[0] / (1 + path.sex_ratio[0])
    sexes = [born[keys].assign(sex=x, age=0, n=whole * share) for x, share in ((0, boys), (1, 1 - boys))]
    return pd.concat(sexes)
