"""The guides show pictures that are there, small, and taken by the one command, and print words that pages say."""

import re
from pathlib import Path

import pytest
from PIL import Image

from renben.web.flow.definition import flows
from renben.web.words import words
from tests.web.screens import KEPT, LARGEST, LOOKS, smaller

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
PICTURE = re.compile(r"\]\((images/[\w.-]+\.png)\)")


def shown() -> dict[str, set[str]]:
    """Pictures that each guide shows."""
    return {page.name: set(PICTURE.findall(page.read_text(encoding="utf-8"))) for page in GUIDE.glob("*.md")}


def test_every_picture_that_a_guide_shows_is_there_and_small() -> None:
    used = set().union(*shown().values())
    assert len(used) > 60
    assert sorted(one for one in used if not (GUIDE / one).is_file()) == []
    assert [one for one in used if (GUIDE / one).stat().st_size > LARGEST] == []


def test_no_picture_is_left_that_no_guide_shows() -> None:
    there = {f"images/{path.name}" for path in (GUIDE / "images").glob("*.png")}
    assert sorted(there - set().union(*shown().values())) == []


def test_the_command_takes_what_the_guides_show_and_nothing_else() -> None:
    taken = {f"images/{name}-{language[:2]}-{size}.png" for language, size in LOOKS for name in KEPT[size]}
    used = set().union(*shown().values())
    assert used <= taken, sorted(used - taken)
    assert taken <= used, sorted(taken - used)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("web.md", "web.zh.md"),
        ("roles.md", "roles.zh.md"),
        ("programme.md", "programme.zh.md"),
        ("city.md", "city.zh.md"),
        ("payments.md", "payments.zh.md"),
    ],
)
def test_both_languages_show_the_same_steps(english: str, chinese: str) -> None:
    pages = shown()
    assert {one.replace("-en-", "-zh-") for one in pages[english]} == pages[chinese]


def test_a_picture_is_made_small_and_cut(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.effect_noise((1440, 4000), 90).convert("RGB").save(path)
    smaller(path)
    with Image.open(path) as found:
        assert found.mode == "P" and found.height == 2400


EMPHASIS = {"his own word", "没有本人确认就不登记"}
"""Bold words of the guides that are no words of a page."""


def test_what_a_guide_prints_bold_stands_on_a_page() -> None:
    said = {word for both in words().values() for word in both}
    for flow in flows().values():
        said |= {text for part in (*flow.transitions, *flow.stages.values()) for text in (part.zh, part.en)}
    wrong, seen = [], 0
    for name in (
        "web.md",
        "web.zh.md",
        "programme.md",
        "programme.zh.md",
        "payments.md",
        "payments.zh.md",
        "city.md",
        "city.zh.md",
    ):
        for bold in re.findall(r"\*\*([^*]+)\*\*", (GUIDE / name).read_text(encoding="utf-8")):
            seen += 1
            if bold not in EMPHASIS and not any(bold in one for one in said):
                wrong.append((name, bold))
    assert wrong == [] and seen > 60
