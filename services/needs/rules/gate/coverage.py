"""三项制度 (工作事项清单、综合考核评比制度、印章使用清单): how many of the divisions below have each in force."""

from collections.abc import Iterable
from datetime import date

from schemas import division
from schemas.division import Level
from schemas.gate import ListName
from schemas.model import Model
from schemas.rulebook import Rulebook
from services.needs.rules.gate.lists import LISTS

APPRAISALS = "gate.appraisals"
SYSTEMS = {
    LISTS[ListName.ENTRY]: "社区工作事项清单",
    APPRAISALS: "社区综合考核评比制度",
    LISTS[ListName.STAMPS]: "社区印章使用清单",
}
"""安徽省民政厅 2019年8月15日答复函, by the path a local document has for each"""


class Coverage(Model):
    """`percent`: to one decimal, half up, as the bureaus write it."""

    system: str
    level: Level
    having: int
    of: int
    percent: str
    missing: tuple[str, ...]
    """codes that have none"""


def coverage(area: str, books: Iterable[Rulebook], today: date) -> list[Coverage]:
    """Over the divisions right below a province or prefecture; below a county nobody adopts lists."""
    below = division.below(area)
    if not below:
        return []
    local = [
        book
        for book in books
        if book.jurisdiction is not None and book.id.endswith("/community") and book.effective_from <= today
    ]
    return [_of(system, division.level(below[0]), below, local) for system in SYSTEMS]


def _of(system: str, level: Level, below: tuple[str, ...], local: list[Rulebook]) -> Coverage:
    having = {book.jurisdiction for book in local if system in book.rules and book.rules[system].layer == book.name}
    missing = tuple(code for code in below if code not in having)
    share = shown(len(below) - len(missing), len(below))
    return Coverage(
        system=system, level=level, having=len(below) - len(missing), of=len(below), percent=share, missing=missing
    )


def shown(having: int, of: int) -> str:
    """11 of 16: 68.8."""
    tenths = (having * 2000 + of) // (2 * of)
    return f"{tenths // 10}.{tenths % 10}"
