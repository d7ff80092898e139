"""One self-contained HTML page: styles and pictures inside, nothing fetched from anywhere."""

from pathlib import Path

from jinja2 import Environment, select_autoescape

from renben.core.workspace import write_whole
from renben.report.document import TONES, Document, Figure, Grid, Heading, numbered

TEMPLATE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")


def render(document: Document) -> str:
    """The page as text."""
    environment = Environment(
        autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    )
    parts = [(_kind(part), part, label) for part, label in numbered(document.parts, document.language)]
    contents = [
        (i, part, label)
        for i, (_, part, label) in enumerate(parts)
        if isinstance(part, Heading) and part.level == 1
    ]
    return environment.from_string(TEMPLATE).render(
        document=document, parts=parts, contents=contents, tones=TONES
    )


def _kind(part: object) -> str:
    kinds = {Heading: "heading", Grid: "grid", Figure: "figure"}
    return kinds.get(type(part), "paragraph")


def write(document: Document, path: Path) -> None:
    """Write the page."""
    write_whole(path, render(document).encode())
