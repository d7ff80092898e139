"""Keeps personal values and line breaks out of the log.

Not caught: a name in Latin letters that a visitor writes into the path of an address that does not exist.
"""

import logging
import re
from typing import Any
from urllib.parse import unquote

NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[0-9]{8,11}[0-9Xx](?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{2,}")
"""Words in Han characters: our own messages are English, so what stands there came from a visitor, such as a name."""
ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})+")
"""The same as Django writes them into its log: characters outside ASCII escaped."""
QUERY = re.compile(r"\?[^\s\"']+")


def masked(text: str) -> str:
    """Text without identity numbers, phone numbers, Chinese names and query strings, on one line."""
    text = ESCAPED.sub("[words]", text)
    text = HAN.sub("[words]", PHONE.sub("[phone]", NUMBER.sub("[number]", unquote(text))))
    return QUERY.sub("?[query]", text).replace("\r", "\\r").replace("\n", "\\n")


class MaskPersonal(logging.Filter):
    """Masks a record's message before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, masked."""
        record.msg, record.args = masked(record.getMessage()), None
        return True


class OneLine(logging.Formatter):
    """Time, level, logger and message on one line; of an exception only its type and place."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: Any) -> str:
        """Type of the error and the innermost place of our code; never its text, which may quote a value."""
        kind, _, trace = ei
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        return f"{kind.__name__ if kind else '?'} at {place}"

    def format(self, record: logging.LogRecord) -> str:
        """One line whatever happens."""
        return super().format(record).replace("\n", " | ")
