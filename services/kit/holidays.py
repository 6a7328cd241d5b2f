"""The operator's file of holidays (放假) and make-up days (调休上班), for years the package does not know yet.

CSV in UTF-8, a line a day: `2027-01-01,休,元旦` is a day of rest, `2027-01-03,班` a working one; `#` begins a remark.
Named are the days that differ from a plain week. See 国务院办公厅关于部分节假日安排的通知 of the year.
"""

import csv
from datetime import date
from pathlib import Path

from schemas import workdays
from schemas.bilingual import Bilingual
from services.kit.settings import Settings

NAME = "holidays.csv"
MOST_LINES = 2000
_WORDS = {"休": False, "off": False, "班": True, "work": True}


class BadHolidays(Bilingual):
    """The file cannot be used: which line, and why."""


def learn_from(settings: Settings) -> None:
    """From the file the settings name, or the one in the data folder; without either what the package knows holds."""
    named = settings.holidays
    path = named or settings.data / NAME
    workdays.learn(read(path) if named is not None or path.exists() else {})


def read(path: Path) -> dict[date, bool]:
    """The days named, and whether each is a working day."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadHolidays(
            f"节假日文件 {path} 无法读取:{error}", f"The holidays in {path} cannot be read: {error}"
        ) from None
    if len(lines) > MOST_LINES:
        raise BadHolidays(
            f"节假日文件 {path} 有 {len(lines)} 行,最多 {MOST_LINES} 行",
            f"{path} has {len(lines)} lines; at most {MOST_LINES} are read",
        )
    days: dict[date, bool] = {}
    for number, cells in enumerate(csv.reader(lines), 1):
        if not cells or not cells[0].strip() or cells[0].lstrip().startswith("#"):
            continue
        day, works = _day(path, number, cells)
        if day in days:
            raise _wrong(path, number, f"{day} 重复", f"{day} stands twice")
        days[day] = works
    return days


def _day(path: Path, number: int, cells: list[str]) -> tuple[date, bool]:
    try:
        day = date.fromisoformat(cells[0].strip())
    except ValueError:
        raise _wrong(
            path, number, "第一列不是日期,应如 2027-01-01", "its first cell is no date such as 2027-01-01"
        ) from None
    word = cells[1].strip().lower() if len(cells) > 1 else ""
    if word not in _WORDS:
        raise _wrong(path, number, "第二列应为“休”或“班”", "its second cell is neither 休 (off) nor 班 (work)")
    return day, _WORDS[word]


def _wrong(path: Path, number: int, zh: str, en: str) -> BadHolidays:
    return BadHolidays(f"节假日文件 {path} 第 {number} 行:{zh}", f"{path}, line {number}: {en}")
