"""The page of a report in typst's language: GB/T 9704-2012 for Chinese, a smaller body for English.

GB/T 9704-2012: A4, top margin 37 mm, binding edge 28 mm, type area 156 x 225 mm, 22 lines of 28 characters (so
15.75 pt on 28.99 pt), levels 一、in Hei, （一）in Kai, 1. in FangSong, page number in 14 pt between dashes, 7 mm under
the type area, odd pages right and even pages left, one character in.
"""

from renben.report.fonts import Fonts

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
#set text(font: {fonts}, size: {size}pt, lang: "{lang}", region: "{region}", top-edge: 0.86em, bottom-edge: -0.14em)
#set par(leading: {leading}pt, spacing: {spacing}pt, justify: true, first-line-indent: (amount: {indent}, all: true))
#set figure(gap: 6pt, numbering: none, supplement: none)
#set table(stroke: 0.5pt + rgb("#8A939C"), inset: (x: 4pt, y: 4pt))
#show table.cell: set text(size: {small}pt, hyphenate: auto)
#show table.cell: set par(leading: 4pt, spacing: 4pt, justify: false, first-line-indent: 0pt)
#show table.cell.where(y: 0): set text(font: {hei})
#show table.cell.where(y: 1): set text(font: {hei})
#let held(it) = block(sticky: true, above: {spacing}pt, below: {spacing}pt, it)
#let note(it, keep: false) = block(width: 100%, sticky: keep, above: {gap}pt, below: {gap}pt, {{
  set par(leading: 5pt, first-line-indent: 0pt)
  text(size: {small}pt, fill: rgb("{muted}"), it)
}})
#let title(it) = align(center, {{
  set par(first-line-indent: 0pt, leading: 12pt, justify: false)
  text(font: "{serif}", size: {big}pt, weight: "bold", hyphenate: false, it)
}})
#let under(it) = align(center, {{
  set par(first-line-indent: 0pt, leading: 8pt, justify: false)
  text(font: {kai}, size: 12pt, it)
}})
#let mark(it) = block(width: 100%, above: 8pt, below: 8pt, inset: 7pt, stroke: 1pt + rgb("{alarm}"), {{
  set par(first-line-indent: 0pt, leading: 6pt)
  text(font: {hei}, size: {caption}pt, fill: rgb("{alarm}"), it)
}})
#let h(face, size, it) = block(sticky: true, above: {above}pt, below: {below}pt, par(justify: false, text(font: face, size: size, it)))
#let picture(file, width, alt, cap, how) = figure(placement: auto, {{
  image(file, width: width, alt: alt)
  text(font: {hei}, size: {caption}pt, cap)
  if how != "" {{ note(how) }}
}})
#let titled(name, label, more, cap, columns) = table.cell(colspan: columns, stroke: none, align: center, fill: none, {{
  let pages = counter("renben-" + name)
  pages.step()
  context text(size: {caption}pt, if pages.get().first() > 1 {{ more + label + " " + cap }} else {{ label + " " + cap }})
}})
"""


def page(title: str, language: str, fonts: Fonts, tones: tuple[str, str]) -> str:
    """Page, faces and the small set of functions that parts are written with.

    Args:
        title: quoted, for the document's properties.
        language: zh or en.
        fonts: faces in use.
        tones: colours of notes and alarms.
    """
    return PAGE.format(
        title=title, muted=tones[0], alarm=tones[1], gap=6, **_faces(language, fonts), **_sizes(language)
    )


def _faces(language: str, fonts: Fonts) -> dict[str, str]:
    zh = language == "zh"
    return dict(
        serif=fonts.chosen["小标宋"],
        fonts=f'"{fonts.chosen["仿宋"]}"',
        hei=f'"{fonts.chosen["黑体"]}"',
        kai=f'"{fonts.chosen["楷体"]}"' if zh else f'"{fonts.chosen["仿宋"]}"',
        lang="zh" if zh else "en",
        region="cn" if zh else "gb",
    )


def _sizes(language: str) -> dict[str, float | str]:
    """Sizes and distances in points."""
    zh = language == "zh"
    size, pitch = (15.75, 28.99) if zh else (11.5, 18.0)
    return {
        "size": size,
        "leading": pitch - size,
        "spacing": pitch - size if zh else 10,
        "indent": "2em" if zh else "0em",
        "small": 10.5 if zh else 9,
        "caption": 12 if zh else 10,
        "big": 22 if zh else 20,
        "above": pitch - size if zh else 16,
        "below": pitch - size if zh else 8,
    }
