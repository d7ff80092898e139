"""Documents the tests write themselves, in Word and PDF; the provinces and towns in them are invented."""

import io
from pathlib import Path
from typing import Any

import docx
import typst
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

HERE = Path(__file__).parent / "documents"


def as_docx(lines: list[str]) -> bytes:
    """One paragraph for each line."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def saved(document: Any) -> bytes:
    memory = io.BytesIO()
    document.save(memory)
    return memory.getvalue()


def as_pdf(lines: list[str], folder: Path, header: str = "") -> Path:
    """A PDF set by typst: justified, indented, with a running header and page numbers — 1 —."""
    body = "\n\n".join(
        "".join("\\" + c if c in "#*_`$<>@\\[]=-+/~\"'" else c for c in line) for line in lines
    )
    head = f"header: align(center)[{header}]," if header else ""
    page = f'#set page(paper: "a4", margin: 2.5cm, {head} footer: context align(center)[— #counter(page).display() —])'
    style = '#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")\n#set par(first-line-indent: (amount: 2em, all: true), justify: true)'
    (folder / "made.typ").write_text(f"{page}\n{style}\n{body}", encoding="utf-8")
    typst.compile(folder / "made.typ", output=folder / "made.pdf")
    return folder / "made.pdf"


def numbered_list(document: Any, form: str, pattern: str, number: int) -> None:
    """A list style in which Word counts by itself: form chineseCounting and pattern （%1） print （一）."""
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(number))
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for name, value in (("start", "1"), ("numFmt", form), ("lvlText", pattern)):
        child = OxmlElement(f"w:{name}")
        child.set(qn("w:val"), value)
        level.append(child)
    abstract.append(level)
    root.insert(0, abstract)
    num = OxmlElement("w:num")
    num.set(qn("w:numId"), str(number))
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), str(number))
    num.append(link)
    root.append(num)


def counted(document: Any, text: str, number: int) -> None:
    """A paragraph whose number Word prints and the text does not hold."""
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    holder = OxmlElement("w:numPr")
    for name, value in (("ilvl", "0"), ("numId", str(number))):
        child = OxmlElement(f"w:{name}")
        child.set(qn("w:val"), value)
        holder.append(child)
    properties.append(holder)


def forest_plan() -> bytes:
    """A Word document of nested items, automatic numbers, owner lines in several forms, and two tables."""
    document = docx.Document()
    numbered_list(document, "chineseCounting", "（%1）", 71)
    document.sections[0].header.paragraphs[0].text = "云岭省林草局文件"
    for line in (
        "云岭省绿色林场建设行动方案",
        "（2026—2030年）",
        "一、总体要求",
        "坚持生态优先，分区施策。",
        "二、主要目标",
        "到2030年，全省森林覆盖率稳定在38%以上，林场职工年均收入增长8%左右。具体指标见附表。",
        "三、重点任务",
    ):
        document.add_paragraph(line)
    counted(document, "培育优质森林", 71)
    for line in (
        "1. 营造林工程。“十五五”期间完成造林120万亩，每年抚育不少于30万亩。",
        "2. 种苗提升。2028年底前建成良种基地5处，良种使用率达到85%。",
        "牵头单位：省林草局",
        "配合单位：省财政厅、农业农村厅，黑松市、白桦市人民政府",
    ):
        document.add_paragraph(line)
    counted(document, "发展林下经济", 71)
    for line in (
        "1. 鼓励林药、林菌复合经营，培育龙头企业10家以上。",
        "2. 在黑松市、白桦市开展林票改革试点。",
        "责任单位：省林草局、省自然资源厅、省地方金融监管局等",
    ):
        document.add_paragraph(line)
    document.add_paragraph("四、保障措施")
    document.add_paragraph("各级林草部门要建立台账，按季度调度。")
    document.add_paragraph("附表1 主要指标")
    _table(
        document,
        [
            ["序号", "指标", "单位", "2025年（现状）", "2030年", "属性"],
            ["1", "森林覆盖率", "%", "36.5", "≥38", "约束性"],
            ["2", "林场道路里程", "公里", "850", "1,200左右", "预期性"],
        ],
    )
    document.add_paragraph("附表2 年度重点任务清单")
    table = _table(
        document,
        [
            ["序号", "重点任务", "具体举措", "牵头单位", "配合单位", "完成时限"],
            ["1", "林区道路", "新建林区道路60公里。", "省交通运输厅", "省林草局、黑松市人民政府", "2026年底"],
            ["", "", "改造危桥12座。", "省交通运输厅", "", "2027年6月"],
            ["2", "森林防火", "建设瞭望塔20座；配备无人机不少于15架。", "省应急厅", "省林草局", "长期坚持"],
        ],
    )
    for column in (0, 1):
        table.cell(1, column).merge(table.cell(2, column))
    document.add_paragraph("云岭省林草局")
    document.add_paragraph("2026年2月9日")
    return saved(document)


def _table(document: Any, rows: list[list[str]]) -> Any:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, words in enumerate(rows):
        for column, text in enumerate(words):
            table.cell(row, column).text = text
    return table
