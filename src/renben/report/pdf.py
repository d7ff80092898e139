"""PDF by typst in the layout of GB/T 9704-2012: A4, type area 156 x 225 mm, 22 lines of 28 characters.

A report is set as body text with tables; red heads, seals, numbers and signatories are never made up.
"""

import tempfile
from pathlib import Path

import typst

from renben.core.errors import RenbenError
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
    numbered,
)
from renben.report.fonts import Fonts, choose

PAGE = """
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, inside: 28mm, outside: 26mm),
  footer-descent: 7mm,
  footer: context {{
    let n = counter(page).get().first()
    set text(font: "{serif}", size: 14pt)
    let mark = [— #n —]
    if calc.odd(n) {{ align(right, pad(right: 14pt, mark)) }} else {{ align(left, pad(left: 14pt, mark)) }}
  }})
#set text(font: "{body}", size: 15.75pt, lang: "{lang}", region: "{region}", top-edge: "ascender", bottom-edge: "descender")
#set text(top-edge: 0.86em, bottom-edge: -0.14em)
#set par(leading: 28.99pt - 15.75pt, spacing: 28.99pt - 15.75pt, justify: true, first-line-indent: (amount: {indent}, all: true))
#show figure.caption: it => text(font: "{hei}", size: 12pt, it.body)
#set figure(gap: 6pt)
#set table(stroke: 0.5pt + rgb("#8A939C"), inset: (x: 4pt, y: 4pt))
#show table.cell: set text(size: 10.5pt)
#show table.cell: set par(leading: 4pt, spacing: 4pt, justify: false, first-line-indent: 0pt)
#show table.cell.where(y: 0): set text(font: "{hei}")
#show table.cell.where(y: 1): set text(font: "{hei}")
"""


def write(document: Document, path: Path, font_paths: tuple[str, ...] = ()) -> list[str]:
    """Write the PDF; returns the faces that other fonts stand for.

    Raises:
        NoChineseFont: no font can set Chinese text.
        RenbenError: typst refuses the document or warns about a font it does not find.
    """
    fonts = choose(font_paths)
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
    path.write_bytes(pages)
    return fonts.substitutions()


def typst_source(document: Document, fonts: Fonts) -> str:
    """The document in typst's language."""
    zh = document.language == "zh"
    head = PAGE.format(
        title=_string(document.title),
        body=fonts.chosen["仿宋"],
        serif=fonts.chosen["小标宋"],
        hei=fonts.chosen["黑体"],
        lang="zh" if zh else "en",
        region="cn" if zh else "gb",
        indent="2em" if zh else "0em",
    )
    parts = [head, _title(document, fonts)]
    parts += [_part(part, label, fonts) for part, label in numbered(document.parts, document.language)]
    parts += [_note(line) for line in document.colophon]
    return "\n".join(parts) + "\n"


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _text(text: str) -> str:
    """Any text as typst content: a string cannot be read as markup."""
    return f"#{_string(text)}"


def _title(document: Document, fonts: Fonts) -> str:
    lines = [
        f'#align(center, par(first-line-indent: 0pt, leading: 12pt, text(font: "{fonts.chosen["小标宋"]}", size: 22pt, weight: "bold", {_string(document.title)})))',
        "#v(6pt)",
    ]
    for line in document.subtitle:
        lines.append(
            f'#align(center, par(first-line-indent: 0pt, text(font: "{fonts.chosen["楷体"]}", size: 14pt, {_string(line)})))'
        )
    lines.append("#v(10pt)")
    for mark in document.marks:
        lines.append(
            f'#block(width: 100%, inset: 8pt, stroke: 1pt + rgb("{TONES["red"]}"), par(first-line-indent: 0pt, leading: 7pt, '
            f'text(font: "{fonts.chosen["黑体"]}", size: 12pt, fill: rgb("{TONES["red"]}"), {_string(mark)})))'
        )
    return "\n".join(lines)


def _part(part: Part, label: str, fonts: Fonts) -> str:
    if isinstance(part, Heading):
        return _heading(part, label, fonts)
    if isinstance(part, Paragraph):
        return _note(part.text) if part.note else f"\n#par[{_text(part.text)}]\n"
    if isinstance(part, Figure):
        return (
            f'#figure(image("{part.name}.svg", width: {part.width * 100:.0f}%, alt: {_string(part.alt)}), '
            f"caption: {_string(f'{label} {part.caption}')}, supplement: none, numbering: none)"
        )
    return _grid(part, label)


def _heading(part: Heading, label: str, fonts: Fonts) -> str:
    face = {1: fonts.chosen["黑体"], 2: fonts.chosen["楷体"], 3: fonts.chosen["仿宋"]}[part.level]
    gap = "" if label.endswith(("、", "）", ".")) else " "
    return f'\n#block(sticky: true, par(text(font: "{face}", {_string(label + gap + part.text)})))\n'


def _note(text: str) -> str:
    return f'\n#par(leading: 6pt, spacing: 8pt, first-line-indent: 0pt, text(size: 10.5pt, fill: rgb("{TONES["muted"]}"), {_string(text)}))\n'


def _grid(part: Grid, label: str) -> str:
    columns = ", ".join(f"{width:g}fr" for width in part.widths)
    align = ", ".join(f"{a} + horizon" for a in part.align)
    caption = _string(f"{label} {part.caption}")
    title = f"table.cell(colspan: {len(part.header)}, stroke: none, align: center, fill: none)[#text(size: 12pt, {caption})]"
    header = ", ".join(f'table.cell(fill: rgb("#E8EEF4"))[{_text(name)}]' for name in part.header)
    rows = ",\n  ".join(", ".join(_cell(cell) for cell in row) for row in part.rows)
    return (
        f"#block(breakable: true, table(columns: ({columns},), align: ({align},),\n"
        f"  table.header({title}, {header}),\n  {rows}))"
    )


def _cell(cell: Cell) -> str:
    text = breakable(cell.text)
    if cell.tone == "plain":
        return f"table.cell(breakable: false)[{_text(text)}]"
    return f'table.cell(breakable: false)[#text(fill: rgb("{TONES[cell.tone]}"), {_string(text)})]'
