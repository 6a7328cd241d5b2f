"""What people and banks write into a cell: amounts in yuan, and dates."""

import re
import unicodedata
from datetime import date, timedelta

from schemas.money import MOST_FEN, Money
from services.funds.rules.uploads import CellFault

Cell = str | CellFault
"""what stands in it as text, or why that cannot be said"""

_AMOUNT = re.compile(r"\+?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_NEGATIVE = re.compile(r"-.*[0-9].*|\(.*[0-9].*\)")
_TIME = r"(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_DATES = (
    re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}"),
    re.compile(rf"([0-9]{{4}})()([0-9]{{2}})([0-9]{{2}}){_TIME}"),
    re.compile(rf"([0-9]{{4}})(年)([0-9]{{1,2}})月([0-9]{{1,2}})日{_TIME}"),
)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_DAY_ZERO = date(1899, 12, 30)
"""of the serial dates spreadsheets count in, from March 1900 on (the 1900 date system, ECMA-376 part 1, 18.17.4.1)"""
_YEARS = range(2000, 2100)


class Wrong(Exception):
    """What is wrong with the cell."""

    def __init__(self, fault: CellFault) -> None:
        super().__init__(fault)
        self.fault = fault


def plain(cell: Cell) -> str:
    """Full-width digits, signs and blanks as half-width ones (Unicode NFKC)."""
    if isinstance(cell, CellFault):
        raise Wrong(cell)
    return unicodedata.normalize("NFKC", cell).strip()


def line_in(cell: Cell) -> str:
    """On one line, without what cannot be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in plain(cell)).split())


def amount_in(cell: Cell) -> Money:
    """Yuan to the fen, with or without separators of thousands; above zero."""
    text = plain(cell).replace("\N{MINUS SIGN}", "-")
    text = re.sub(r"^(?:CNY|RMB|¥) *| *元$", "", text)
    if not text:
        raise Wrong(CellFault.EMPTY)
    if _NEGATIVE.fullmatch(text):
        raise Wrong(CellFault.NEGATIVE)
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Wrong(CellFault.NOT_AN_AMOUNT)
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > 2:
        raise Wrong(CellFault.PARTS_OF_A_FEN)
    yuan = found[1].replace(",", "").lstrip("0") or "0"
    if len(yuan) > len(str(MOST_FEN)) or (fen := int(yuan) * 100 + int(fraction.ljust(2, "0"))) > MOST_FEN:
        raise Wrong(CellFault.TOO_LARGE)
    if not fen:
        raise Wrong(CellFault.ZERO)
    return Money(fen)


def date_in(cell: Cell) -> date:
    """`2026-03-05`, `2026/3/5`, `20260305`, `2026年3月5日`, or days counted as spreadsheets do."""
    text = plain(cell)
    if not text:
        raise Wrong(CellFault.EMPTY)
    for form in _DATES:
        if found := form.fullmatch(text):
            return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _SERIAL.fullmatch(text):
        day = _DAY_ZERO + timedelta(days=int(found[1]))
        return _day(day.year, day.month, day.day)
    raise Wrong(CellFault.NOT_A_DATE)


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Wrong(CellFault.NOT_A_DATE) from None
    if found.year not in _YEARS:
        raise Wrong(CellFault.NOT_A_DATE)
    return found
