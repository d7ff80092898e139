"""What the doors let in: small files of each kind, made here or taken from what is shipped; synthetic where people stand in it."""

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from renben.cli.rules_books import opened
from renben.web.exchange.envelope import Content, canonical
from tests.engines.plan_reader.made import as_docx

ROOT = Path(__file__).resolve().parents[3]
WRITTEN = ROOT / "src/renben/measures/citizenization/entitlements/cases/residence.yaml"
PLANS = ROOT / "tests/engines/plan_reader/documents"
BOOK = opened(None)
STAYS = (
    "\ufeffname,number,document_kind,from,to,hukou_region,hukou_kind\r\n"
    "示例甲,149901198501010014,citizen,2026-06-01,,141002,10\r\n"
).encode()


def _message() -> bytes:
    import datetime as dt  # noqa: PLC0415

    body = {"request": "GX-1", "answer": {"registered": True, "since": "2025-08-01"}}
    content = Content(
        str(UUID(int=7)),
        "linfen",
        "taiyuan",
        "sharing.answer",
        "residence_permit",
        "国务院令第663号第九条",
        "141002",
        body,
    )
    return canonical(
        content.signed(
            Ed25519PrivateKey.from_private_bytes(b"7" * 32), dt.datetime(2026, 6, 10, tzinfo=dt.UTC)
        )
    )


ENVELOPE = _message()
_CASES: list[dict[str, Any]] = yaml.safe_load(WRITTEN.read_text(encoding="utf-8"))[:3]
CASES = yaml.safe_dump(_CASES, allow_unicode=True).encode()
PERSON = json.dumps(_CASES[0]["person"], default=str).encode()


GRIDS = json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"code": "G1", "zh": "合成网格", "office": "housing", "towns": "合成街道"},
     "geometry": {"type": "Polygon", "coordinates": [[[112.55, 37.8], [112.56, 37.8], [112.56, 37.81], [112.55, 37.8]]]}},
    {"type": "Feature", "properties": {"code": "G2", "name": "合成网格二", "account": "x"},
     "geometry": {"type": "MultiPolygon", "coordinates": [[[[113, 37], [114, 37], [114, 38], [113, 37]]]]}},
]}).encode()  # fmt: skip


def plan(ending: str) -> tuple[bytes, ...]:
    """Invented plan documents of one kind."""
    return tuple(path.read_bytes() for path in sorted(PLANS.glob(f"*{ending}")))


def document() -> bytes:
    """One of them as a document of a word processor."""
    return as_docx(plan(".txt")[0].decode().splitlines())


def workbook() -> bytes:
    """A small table of a spreadsheet."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (("region", "period", "value"), ("140105", "2024", 66.3), ("140106", "2024", None)):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def picture(kind: str, **options: Any) -> bytes:
    """A white picture in the size of an identity photo."""
    out = io.BytesIO()
    Image.new("RGB", (358, 441), "white").save(out, kind, **options)
    return out.getvalue()
