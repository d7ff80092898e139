"""`renben city`: files of sensors and readings reach the service's folder, and what became of them is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from renben.web import passage
from tests.command import renben

DONE = {"taken": 2, "known": 0, "aside": {"quality": 1}, "alarms": ["CG-140105-2026-000001"]}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[passage.Place, Path]]:
    seen: list[tuple[passage.Place, Path]] = []

    def readings(place: passage.Place, file: Path) -> dict[str, Any]:
        seen.append((place, file))
        return DONE

    monkeypatch.setattr(passage, "readings", readings)
    monkeypatch.setattr(
        passage, "sensors", lambda place, file: seen.append((place, file)) or {"sensors": 1, "new": 1}
    )
    return seen


def test_a_file_reaches_the_folder_and_what_became_of_it_is_told(tmp_path: Path, told: list[Any]) -> None:
    file = tmp_path / "readings.csv"
    file.write_text("s,t,v,q\n", encoding="utf-8")
    said = renben("city", "readings", str(file), "--folder", str(tmp_path), "--demo", "--json")
    assert json.loads(said) == [DONE]
    assert told == [(passage.Place(tmp_path, "", True), file)]
    assert "CG-140105-2026-000001" in renben("city", "readings", str(file))
    assert "new" in renben("city", "sensors", str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path, told: list[Any]) -> None:
    assert "nothing.csv" in renben("city", "sensors", str(tmp_path / "nothing.csv"), code=2)
    assert told == []
