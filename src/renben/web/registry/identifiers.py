"""Checks document numbers of citizens, compatriots with a residence permit, and foreign permanent residents.

Carries out: GB 11643 (18 digits, check digit after ISO 7064 MOD 11-2). A birth certificate or
another paper carries a number that tells nothing; its holder says birth and sex. Not modelled: whether a number was
ever given out; an address code valid in the birth year is not asked for, since a number is often assigned
years later.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from renben.catalogue import load
from renben.web.law import provision

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]\Z")
FIFTEEN = re.compile(r"[0-9]{15}\Z")
FOREIGN_2017 = re.compile(r"[A-Z]{3}[0-9]{12}\Z")
KINDS = ("citizen", "compatriot", "foreign_2017", "foreign_2023")
PAPERS = ("birth_certificate", "other_paper", "no_paper")
"""What somebody shows who has no number that tells birth and sex: a newborn, a person without household registration."""
PAPER = re.compile(r"[0-9A-Z\u4e00-\u9fff\-/()]{4,30}\Z")
NUMBERED = "citizen"
RENAMED = {"foreign_2017": "foreign_2023"}
"""Kinds of document whose numbers were given out anew under another kind."""
CORRECTED = ("number", "wrong_number")
"""Corrections of a number: one that was missing, one that is wrong."""
FIRST_BIRTH = dt.date(1850, 1, 1)


@dataclass(frozen=True)
class Checked:
    """A document number after checking."""

    number: str
    """Normalised form."""
    codes: tuple[str, ...]
    """E_... errors, R_... for human review, W_... warnings."""
    birth: dt.date | None = None
    sex: str = "0"
    """GB/T 2261.1: 1 male, 2 female, 0 not told by the number."""

    @property
    def level(self) -> str:
        """Worst of ok, warning, review, error."""
        kinds = {code[0] for code in self.codes}
        levels = (("E", "error"), ("R", "review"), ("W", "warning"))
        return next((word for mark, word in levels if mark in kinds), "ok")


def normalised(number: str) -> str:
    """A number with full-width digits folded, blanks cut and the check character in capitals."""
    return unicodedata.normalize("NFKC", number).strip().replace(" ", "").upper()


def check_digit(first17: str) -> str:
    """Check character of a number's first 17 digits (ISO 7064 MOD 11-2).

    >>> check_digit("11010519491231002")
    'X'
    """
    return CHECK[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def kind_now(kind: str) -> str:
    """The kind of document that the corrected number of somebody with a document belongs to."""
    return NUMBERED if kind in PAPERS else RENAMED.get(kind, kind)


def from_fifteen(number: str) -> str:
    """The 18-digit form of an old 15-digit number (births of the 20th century)."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_digit(first17)


def check_id(
    number: str, kind: str, today: dt.date, assigned_on: dt.date | None = None, declared_sex: str = ""
) -> Checked:
    """Check a document number.

    Args:
        number: as typed; full-width digits, blanks and a small x are taken.
        kind: citizen, compatriot, foreign_2017, foreign_2023, or one of the papers that tell neither birth nor sex.
        today: no birth date may lie after it.
        assigned_on: day on which the number was given out, if known.
        declared_sex: 1 or 2; a contradiction asks for human review.

    Raises:
        ValueError: an unknown kind.
    """
    text = normalised(number)
    if kind in PAPERS:
        right = not text if kind == "no_paper" else bool(PAPER.match(text))
        return Checked(text, () if right else ("E_FORMAT",))
    if kind not in KINDS:
        raise ValueError(f"document kind {kind!r}: one of {', '.join((*KINDS, *PAPERS))}.")
    if kind == "foreign_2017":
        return Checked(text, () if FOREIGN_2017.match(text) else ("E_FORMAT",))
    codes: list[str] = []
    if kind == "citizen" and FIFTEEN.match(text):
        text, codes = from_fifteen(text), ["W_15DIGIT"]
    if not EIGHTEEN.match(text):
        return Checked(text, ("E_LENGTH",) if len(text) != 18 else ("E_DIGITS",))
    return _eighteen(text, kind, today, assigned_on, declared_sex, codes)


def _eighteen(
    text: str, kind: str, today: dt.date, assigned_on: dt.date | None, declared: str, codes: list[str]
) -> Checked:
    if check_digit(text[:17]) != text[17]:
        codes.append("E_CHECK")
    if not _fits(text, kind, today):
        codes.append("E_KIND")
    birth = _birth(text[6:14])
    if birth is None or not FIRST_BIRTH <= birth <= today:
        codes.append("E_BIRTH")
    sex = "1" if int(text[16]) % 2 else "2"
    if declared in ("1", "2") and declared != sex:
        codes.append("R_SEX")
    if kind == "citizen":
        codes.extend(_address_codes(text[:6], assigned_on))
    return Checked(text, tuple(codes), birth, sex)


def _fits(text: str, kind: str, today: dt.date) -> bool:
    compatriots = provision("identifiers.compatriot_codes", today).value
    if kind == "compatriot":
        return text[:6] in compatriots
    if kind == "foreign_2023":
        return text[0] == "9"
    return text[0] != "9" and text[:6] not in compatriots


def _birth(digits: str) -> dt.date | None:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _address_codes(code: str, assigned_on: dt.date | None) -> tuple[str, ...]:
    """Warnings about an address code; silent about provinces that the catalogue does not know."""
    regions = load().regions
    if code[:2] + "0000" not in regions:
        return ()
    region = regions.get(code)
    if region is None:
        return ("W_ADDRESS_UNKNOWN",)
    if region.level in ("province", "prefecture"):
        return ("W_ADDRESS_NOT_COUNTY",)
    ended = assigned_on and region.valid_to and assigned_on > region.valid_to
    early = assigned_on and region.valid_from and assigned_on < region.valid_from
    return ("W_ADDRESS_NOT_VALID_THEN",) if ended or early else ()
