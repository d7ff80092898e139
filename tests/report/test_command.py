"""`renben report monitoring`: files, help with examples, and errors that say the next step."""

import pytest
from typer.testing import CliRunner

from renben.cli import app

RUNNER = CliRunner()


def report(space, *arguments):
    return RUNNER.invoke(app, ["report", "monitoring", "--workspace", str(space.root), *arguments])


def test_the_wanted_formats_are_written_and_their_paths_printed(space, tmp_path):
    done = report(
        space, "--period", "2024", "--format", "html,xlsx", "--language", "en", "--out", str(tmp_path)
    )
    assert done.exit_code == 0, done.output
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["monitoring-140000-2024-en.html", "monitoring-140000-2024-en.xlsx"]
    assert all(name in done.output for name in names)


def test_the_help_shows_how_it_is_called():
    done = RUNNER.invoke(app, ["report", "monitoring", "--help"])
    assert done.exit_code == 0 and "renben report monitoring --period 2024" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--period", "2024", "--format", "odt"), "choose from html, pdf, docx, xlsx"),
        (("--period", "2024", "--language", "fr"), "choose zh or en"),
        (("--period", "2024", "--region", "149999"), "is not in the catalogue"),
        (("--period", "2024", "--plan", "other"), "is not in the catalogue"),
        (("--period", "2024", "--as-of", "soon"), "is not a day"),
        (("--period", "2019", "--format", "html"), "renben run --period 2019"),
        (("--period", "20x4"), "is not a year"),
    ],
    ids=["format", "language", "region", "plan", "day", "not run", "period"],
)
def test_an_error_names_the_value_and_the_next_step(space, arguments, said):
    done = report(space, *arguments)
    assert done.exit_code != 0
    assert said in " ".join((done.output + str(done.exception)).split())
