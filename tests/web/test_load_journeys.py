"""The journeys of the load programme do what they say, one visitor, before anybody times them."""

from collections.abc import Iterator

import pytest

from benchmarks.web import Loaded, loaded
from benchmarks.web_journeys import EMPTY, JOURNEYS, Journey
from benchmarks.web_meter import WrongAnswers, watch
from benchmarks.web_profiles import BY_NAME, PARTS, crew

PERSONS = 600


@pytest.fixture(scope="module")
def service() -> Iterator[Loaded]:
    with loaded("SQLite", PERSONS) as one:
        yield one


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda one: one.name)
def test_a_journey_gets_the_right_answers(service: Loaded, journey: Journey) -> None:
    line = service.line(journey)
    assert journey.ask(line) and journey.ask(line)
    line.close()


def test_everybody_in_the_crew_goes_a_whole_round(service: Loaded) -> None:
    seen = watch(service.service, crew(service, len(PARTS)), 0.0, warm=0.0)
    assert set(seen.times) == {name for part in PARTS for name in part.journeys} <= set(BY_NAME)


def test_one_wrong_answer_voids_the_run(service: Loaded) -> None:
    wrong = Journey("wrong", "a page that is not there", "", lambda line: line.get("/nowhere/")[0] == 200, "")
    with pytest.raises(WrongAnswers):
        service.measure(wrong, 0.1)
    assert EMPTY.ask(service.line(EMPTY))
