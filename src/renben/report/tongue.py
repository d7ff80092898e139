"""Words and numbers in the habits of each language; what is missing is never written as 0."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from renben.report.document import Cell, Tone

STATUS = {
    "green": ("正常", "on course"),
    "yellow": ("关注", "watch"),
    "orange": ("预警", "warning"),
    "red": ("滞后", "behind"),
    "grey": ("无法判定", "not judged"),
    "synthetic": ("合成", "synthetic"),
}
DASH = "—"
T = TypeVar("T")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Tongue:
    """One of the two languages a report is written in."""

    language: Literal["zh", "en"]

    def __call__(self, zh: T, en: T) -> T:
        """The wording (or the width) of this language."""
        return zh if self.language == "zh" else en

    def number(self, value: float | None, unit: str = "", digits: int | None = None) -> str:
        """A number with separators, or a dash.

        >>> Tongue("en").number(66.3187, "%"), Tongue("zh").number(None)
        ('66.32', '—')
        """
        if value is None:
            return DASH
        if digits is None:
            digits = 2 if unit in ("%", "pp") or abs(value) < 100 else 0
        text = f"{value:,.{digits}f}"
        return text.rstrip("0").rstrip(".") if digits and unit not in ("%", "pp") and "." in text else text

    def day(self, day: dt.date) -> str:
        """A day in words.

        >>> Tongue("zh").day(dt.date(2025, 12, 31)), Tongue("en").day(dt.date(2025, 12, 31))
        ('2025年12月31日', '31 December 2025')
        """
        return self(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]} {day.year}")

    def signed(self, value: float | None, unit: str = "", digits: int | None = None) -> str:
        """A change with its sign, or a dash; the minus is a minus and no hyphen."""
        if value is None:
            return DASH
        text = self.number(abs(value), unit, digits)
        return text if not text.strip("0.,") else f"{'+' if value > 0 else '−'}{text}"

    def share(self, value: float | None) -> str:
        """A probability or share in whole per cent; the ends are not rounded to certainty."""
        if value is None:
            return DASH
        if 0 < value < 0.01:
            return self("不足1%", "<1 %")
        if 0.99 < value < 1:
            return self("99%以上", ">99 %")
        return self(f"{value:.0%}", f"{100 * value:.0f} %")

    def status(self, code: str, *, synthetic: bool = False) -> Cell:
        """A status as a word in its colour; without colour where it rests on synthetic data."""
        if synthetic:
            return Cell(self(f"{STATUS[code][0]}（合成）", f"{STATUS[code][1]} (synthetic)"), "muted")
        tone: Tone = code if code in ("green", "yellow", "orange", "red", "grey") else "plain"  # type: ignore[assignment]
        return Cell(self(*STATUS[code]), tone)

    def join(self, parts: Iterable[str]) -> str:
        """A list of things."""
        return self("、", ", ").join(parts)
