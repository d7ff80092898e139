"""How long a whole plan document takes to read, beside what merely opening it or converting its script takes."""

import io
import tempfile
from pathlib import Path

import docx
import opencc
import pypdfium2 as pdfium
import typst

from benchmarks.harness import Row, wall_seconds
from renben.engines.plan_reader import read

MEASURES = 33
SENTENCES = (
    "到2028年底前，在甲山縣、乙水縣新建水廠12座以上，供水人口佔比達到75%左右",
    "加快推進青雲高鐵、雲海高速等項目建設，深入實施“一村一策”專項行動",
    "探索建立管護經費合理分擔機制，對困難家庭減免30%—50%，人均補助不低於200元",
    "健全重大事項協調聯動機制，完善監測預警、分析研判和綜合評價等功能，確保按期完成",
)
OWNERS = "(責任單位:省水利廳、省財政廳、省發展改革委,甲陽市、乙陽市、丙陽市人民政府)"


def lines() -> list[str]:
    """An invented plan in traditional script of the size of a provincial one: 33 measures of four sentences."""
    names = "一二三四五六七八九十"
    found = ["青禾政發〔2026〕7號", "青禾省供水行動方案(2026—2030年)", "一、主要任務"]
    for number in range(1, MEASURES + 1):
        tens = ("" if number < 10 else "十") if number < 20 else names[number // 10 - 1] + "十"
        label = tens + (names[number % 10 - 1] if number % 10 else "")
        found.append(f"({label})推進第{label}批工程。" + "。".join(SENTENCES) + "。" + OWNERS)
    return found


def rows() -> list[Row]:
    """Text, Word and PDF."""
    with tempfile.TemporaryDirectory() as folder:
        text, word, page = _files(Path(folder))
        content = text.read_text(encoding="utf-8")
        converter = opencc.OpenCC("t2s")
        return [
            _row("text", text, "OpenCC's own conversion of it", lambda: converter.convert(content)),
            _row("Word", word, "python-docx taking its paragraphs", lambda: _word(word)),
            _row("PDF", page, "PDFium taking its characters", lambda: _pages(page)),
        ]


def _row(kind: str, path: Path, peer: str, plain: object) -> Row:
    ours, beside = wall_seconds(lambda: read(path)), wall_seconds(plain)  # type: ignore[arg-type]
    return Row(
        f"read {MEASURES} measures from {kind}",
        f"{ours * 1000:.0f} ms",
        f"{peer}: {beside * 1000:.0f} ms",
        f"{ours / beside:.1f} times",
        "under 1 s",
        ours < 1,
    )


def _files(folder: Path) -> tuple[Path, Path, Path]:
    text, word, source, page = (folder / f"plan.{end}" for end in ("txt", "docx", "typ", "pdf"))
    text.write_text("\n".join(lines()), encoding="utf-8")
    document = docx.Document()
    for line in lines():
        document.add_paragraph(line)
    document.save(word)
    body = "\n\n".join(
        "".join("\\" + c if c in "#*_`$<>@\\[]=-+/~\"'" else c for c in line) for line in lines()
    )
    source.write_text(f'#set text(font: "Noto Serif CJK TC", size: 16pt)\n{body}', encoding="utf-8")
    typst.compile(source, output=page)
    return text, word, page


def _word(path: Path) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(path.read_bytes())).paragraphs]


def _pages(path: Path) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(path)]
