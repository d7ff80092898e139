"""PDF by typst in the layout of GB/T 9704-2012 (typst_page.py).

A report is set as body text with tables; red heads, seals, numbers and signatories are never made up.
"""

import tempfile
from pathlib import Path

import typst

from renben.core.errors import RenbenError
from renben.core.workspace import write_whole
from renben.report.document import (
    TONES,
    Cell,
    Document,
    Figure,
    Grid,
    Heading,
    Paragraph,
    Part,
    breakable,
    label_gap,
    numbered,
)
from renben.report.fonts import Fonts, choose
from renben.report.typst_page import page

HEADINGS = {1: "黑体", 2: "楷体", 3: "仿宋"}
KEPT = 100
"""Longest text (characters) that is kept on the page of the table behind it."""
SIZES_EN = {1: 15.0, 2: 13.0, 3: 11.5}


def write(document: Document, path: Path, font_paths: tuple[str, ...] = ()) -> list[str]:
    """Write the PDF; returns the faces that other fonts stand for.

    Raises:
        NoChineseFont: no font can set Chinese text.
        RenbenError: typst refuses the document or warns about a font it does not find.
    """
    fonts = choose(font_paths)
    write_whole(path, _compiled(document, fonts, font_paths))
    return fonts.substitutions()


def _compiled(document: Document, fonts: Fonts, font_paths: tuple[str, ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for figure in document.figures():
            (root / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
        source = root / "report.typ"
        source.write_text(typst_source(document, fonts), encoding="utf-8")
        try:
            pages, warnings = typst.compile_with_warnings(
                source, font_paths=[Path(p) for p in font_paths], format="pdf", timestamp=0
            )
        except typst.TypstError as error:
            raise RenbenError(f"the PDF could not be set: {error}") from error
    unknown = [w for w in warnings if "font" in w.message]
    if unknown:
        raise RenbenError(f"the PDF needs a font that is not installed: {unknown[0].message}")
    return bytes(pages)


def typst_source(document: Document, fonts: Fonts) -> str:
    """The document in typst's language."""
    zh = document.language == "zh"
    parts = [page(_string(document.title), document.language, fonts, (TONES["muted"], TONES["red"]))]
    parts += [f"#title({_string(document.title)})", "#v(4pt)"]
    parts += [f"#under({_string(line)})" for line in document.subtitle]
    parts += [f"#mark({_string(mark)})" for mark in document.marks]
    followers = (*document.parts[1:], None)
    labelled = zip(numbered(document.parts, document.language), followers, strict=True)
    parts += [_part(part, label, fonts, zh=zh, keep=_kept(part, after)) for (part, label), after in labelled]
    lines = (*document.colophon, *_faces(fonts, zh=zh))
    parts.append("#block(breakable: false, {" + "; ".join(f"note({_string(line)})" for line in lines) + "})")
    return "\n".join(parts) + "\n"


def _kept(part: Part, after: Part | None) -> bool:
    """Whether a text stays with the table behind it: a short one does, a long one would push both over."""
    return isinstance(after, Grid) and isinstance(part, Paragraph) and len(part.text) <= KEPT


def _faces(fonts: Fonts, *, zh: bool) -> list[str]:
    """Which faces other fonts stand for."""
    stand_ins = fonts.substitutions()
    if not stand_ins:
        return []
    text = "、".join(stand_ins)
    return [
        f"字体替代：{text}（本机没有规定字体）。"
        if zh
        else f"Faces replaced for want of the official ones: {text}."
    ]


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _part(part: Part, label: str, fonts: Fonts, *, zh: bool, keep: bool) -> str:
    """One part; text stays on the page of the table that follows it where `keep` is set."""
    if isinstance(part, Heading):
        return _heading(part, label, fonts, zh=zh)
    if isinstance(part, Paragraph):
        if part.note:
            return _note(part.text, keep=keep)
        text = f"par[#{_string(part.text)}]"
        return f"\n#held({text})\n" if keep else f"\n#{text}\n"
    if isinstance(part, Figure):
        caption = _string(f"{label} {part.caption}")
        return f'#picture("{part.name}.svg", {part.width * 100:.0f}%, {_string(part.alt)}, {caption}, {_string(part.note)})'
    return _grid(part, label, zh=zh)


def _heading(part: Heading, label: str, fonts: Fonts, *, zh: bool) -> str:
    face = fonts.chosen[HEADINGS[part.level] if zh else "黑体"]
    size = 15.75 if zh else SIZES_EN[part.level]
    start = "#pagebreak(weak: true)\n" if part.new_page else ""
    return f'\n{start}#h("{face}", {size}pt, {_string(label + label_gap(label) + part.text)})\n'


def _note(text: str, *, keep: bool = False) -> str:
    return f"\n#note({_string(text)}, keep: {str(keep).lower()})\n"


def _grid(part: Grid, label: str, *, zh: bool) -> str:
    columns = ", ".join(f"{width:g}fr" for width in part.widths)
    align = ", ".join(f"{a} + horizon" for a in part.align)
    more = "续" if zh else "Continued: "
    title = (
        f'titled("{label}", {_string(label)}, {_string(more)}, {_string(part.caption)}, {len(part.header)})'
    )
    header = ", ".join(
        f'table.cell(align: center + horizon, fill: rgb("#E8EEF4"))[#{_string(name)}]' for name in part.header
    )
    rows = ",\n  ".join(", ".join(_cell(cell) for cell in row) for row in part.rows)
    return (
        f"#block(breakable: true, width: 100%, table(columns: ({columns},), align: ({align},),\n"
        f"  table.header({title}, {header}),\n  {rows}))"
    )


def _cell(cell: Cell) -> str:
    text = _string(breakable(cell.text))
    if cell.tone == "plain":
        return f"table.cell(breakable: false)[#{text}]"
    return f'table.cell(breakable: false)[#text(fill: rgb("{TONES[cell.tone]}"), {text})]'
