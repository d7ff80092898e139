"""An empty form for a dataset: one sheet to fill in, with choices and limits, and one that explains the columns."""

from pathlib import Path
from typing import Any

import xlsxwriter

from renben.catalogue import Catalogue, Column, Dataset
from renben.core.schema import polars_schema

ROWS = 2000


def write_template(dataset: Dataset, catalogue: Catalogue, path: Path) -> None:
    """Write an .xlsx form; its header takes Chinese labels where there are some, and it can be read back.

    Args:
        dataset: schema of the form.
        catalogue: gives the region codes to choose from.
        path: where to write; replaced if it exists.
    """
    book = xlsxwriter.Workbook(str(path))
    bold = book.add_format(
        {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "top"}
    )
    sheet, notes = book.add_worksheet("填报"), book.add_worksheet("说明")
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(polars_schema(dataset)):
        column = dataset.columns.get(name)
        label = (column.zh if column and column.zh else name) if column else name
        sheet.write(0, at, label, bold)
        sheet.set_column(at, at, max(14, 2 * len(label) + 2))
        if column:
            sheet.write_comment(0, at, _explained(name, column))
            _limit(sheet, at, column)
    _describe(notes, bold, dataset, catalogue)
    book.close()


def _limit(sheet: Any, at: int, column: Column) -> None:
    if column.codes and len(",".join(column.codes)) <= 255:
        sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": list(column.codes)})
    elif column.type in ("int", "float") and (column.min is not None or column.max is not None):
        low = column.min if column.min is not None else -1e15
        high = column.max if column.max is not None else 1e15
        kind = "integer" if column.type == "int" else "decimal"
        sheet.data_validation(
            1, at, ROWS, at, {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
        )


def _explained(name: str, column: Column) -> str:
    parts = [name, column.en, f"单位 {column.unit}" if column.unit else "", "可空" if column.nullable else ""]
    if column.reasons:
        parts.append("缺值时填原因代码，不填 0 / a reason code where missing, never 0")
    return "\n".join(part for part in parts if part)


def _describe(sheet: Any, bold: Any, dataset: Dataset, catalogue: Catalogue) -> None:
    sheet.write_row(
        0,
        0,
        ["列名 column", "中文", "English", "类型 type", "单位 unit", "最小 min", "最大 max", "代码 codes"],
        bold,
    )
    sheet.set_column(0, 7, 18)
    for at, (name, column) in enumerate(dataset.columns.items(), start=1):
        codes = ", ".join(column.codes or ())
        row = [name, column.zh, column.en, column.type, column.unit, column.min, column.max, codes]
        for i, cell in enumerate(row):
            if cell not in (None, ""):
                sheet.write(at, i, cell)
    at = len(dataset.columns) + 2
    sheet.write(at, 0, f"{dataset.zh} {dataset.en}: {dataset.note}")
    sheet.write_row(at + 2, 0, ["代码 code", "地区 region"], bold)
    for i, region in enumerate(catalogue.regions.values(), start=at + 3):
        sheet.write_row(i, 0, [region.code, region.name_zh])
