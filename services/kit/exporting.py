"""Every list as a workbook: the pages of a list door, one after the other, as rows under one header."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import to_json

from events.database import Connection
from schemas.days import minute_of
from schemas.money import Money
from schemas.packed import clean
from schemas.refused import Refused
from schemas.workbook import MEDIA_TYPE, MOST_IN_A_CELL, Cell, Leaf, bound
from services.kit import reasons
from services.kit.asked import MOST_PER_PAGE, Answer, Asked, File
from services.kit.service import Get

FORMAT = "format"
FORMATS = ("json", "xlsx")
MOST_ROWS = 10_000
"""of one export; it says where the next begins"""
_MOST_EXACT = 10**15
"""a spreadsheet keeps 15 digits of a number"""
_CUT = "…"
_BESIDE = frozenset({"version", "next", "notice"})
_YES = {"zh": ("是", "否"), "en": ("yes", "no")}
_ABOUT = {
    "zh": ("列表", "导出时间", "条件", "行数", "是否完整", "完整", "不完整,余下部分从 cursor={next} 起"),
    "en": ("list", "exported at", "query", "rows", "complete", "complete", "not complete; the rest: cursor={next}"),
}


@cache
def lists_of(answer: Any) -> tuple[str, ...]:
    """The fields of an answer that hold rows, if it is a list and nothing else; none if it is no list."""
    if not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        return ()
    fields = answer.model_fields
    rows = tuple(name for name, field in fields.items() if _holds_rows(field.annotation))
    beside = {name for name in fields if name not in rows and name not in _BESIDE and not name.endswith("_id")}
    return rows if "next" in fields or not beside else ()


def _holds_rows(annotation: Any) -> bool:
    inner = get_args(annotation)[:1]
    return get_origin(annotation) is tuple and isinstance(inner[0], type) and issubclass(inner[0], BaseModel)


def wanted(get: Get, query: Mapping[str, str], accepts: str) -> bool:
    """By `?format=xlsx`, or by what the caller accepts; only where there is a list."""
    if FORMAT not in query:
        return bool(lists_of(get.answer)) and accepts.split(";")[0].strip().lower() == MEDIA_TYPE
    if query[FORMAT] not in FORMATS:
        raise Refused("no_such_format", status=422, field=FORMAT, formats=", ".join(FORMATS))
    return query[FORMAT] == "xlsx"


@dataclass(frozen=True, slots=True)
class _Found:
    rows: dict[str, list[Any]]
    next: object
    """where it goes on; none when that is all"""


async def exported(connection: Connection, get: Get, asked: Asked, language: str) -> File:
    """All of the list from the cursor on, up to `MOST_ROWS`; with a `limit` this one page."""
    found = await _found(connection, get.handler, lists_of(get.answer), asked)
    leaves = [_leaf(name, rows, language) for name, rows in found.rows.items()]
    leaves.append(_about(get, asked, found, language))
    name = get.path.removeprefix("/v1/").replace("{", "").replace("}", "").replace("/", "-")
    return File(body=bound(*leaves), name=f"{name}.xlsx")


async def _found(
    connection: Connection,
    handler: Callable[[Connection, Asked], Awaitable[Answer | File]],
    names: tuple[str, ...],
    asked: Asked,
) -> _Found:
    query = {name: value for name, value in asked.query.items() if name != FORMAT}
    one_page = "limit" in query or len(names) > 1  # several lists page by the one that is long
    rows: dict[str, list[Any]] = {name: [] for name in names}
    while True:
        page = await handler(connection, replace(asked, query={"limit": str(MOST_PER_PAGE), **query}))
        for name in names:
            rows[name] += getattr(page, name)
        next = getattr(page, "next", None)
        if next is None or one_page or max(map(len, rows.values())) >= MOST_ROWS:
            return _Found(rows, next)
        query["cursor"] = str(next)


def _leaf(name: str, rows: list[Any], language: str) -> Leaf:
    flat = [dict(_flat(row, language)) for row in rows]
    columns = _columns(flat) or ["—"]
    cells = [[row.get(column, "") for column in columns] for row in flat]
    return Leaf(name=name[:31], rows=[columns, *cells], bold=frozenset({0}))


def _columns(rows: list[dict[str, Cell]]) -> list[str]:
    """In the order of the fields; what is none in one row and has parts in another has the columns of its parts."""
    places: dict[str, dict[str, None]] = {}
    for row in rows:
        for column in row:
            places.setdefault(column.partition(".")[0], {})[column] = None
    found = [column for columns in places.values() for column in columns]
    whole = {column.rpartition(".")[0] for column in found}
    return [column for column in found if column not in whole]


def _flat(row: BaseModel, language: str, of: str = "") -> list[tuple[str, Cell]]:
    found: list[tuple[str, Cell]] = []
    for name in type(row).model_fields:
        value = getattr(row, name)
        if isinstance(value, BaseModel):
            found += _flat(value, language, f"{of}{name}.")
        else:
            found.append((of + name, _cell(value, language)))
    return found


def _cell(value: Any, language: str) -> Cell:
    match value:
        case None:
            return ""
        case Money():
            return value
        case bool():
            return _YES[language][not value]
        case int() if abs(value) < _MOST_EXACT:
            return value
        case Decimal() if value.is_finite() and value.as_tuple().exponent in range(-15, 1):
            return value
        case _:
            return _text(value, language)


def _text(value: Any, language: str) -> str:
    match value:
        case StrEnum():
            text = reasons.said(value, language)
        case datetime():
            text = minute_of(value)
        case date():
            text = value.isoformat()
        case tuple() | frozenset() if all(isinstance(one, str) for one in value):
            text = reasons.BETWEEN[language].join(sorted(_text(one, language) for one in value))
        case tuple() | frozenset() | dict() | list():
            text = to_json(value).decode()
        case _:
            text = str(value)
    text = clean(text)
    return text if len(text) <= MOST_IN_A_CELL else text[: MOST_IN_A_CELL - 1] + _CUT


def _about(get: Get, asked: Asked, found: _Found, language: str) -> Leaf:
    what, at, query, number, complete, all, part = _ABOUT[language]
    conditions = "&".join(f"{name}={value}" for name, value in sorted(asked.query.items()) if name != FORMAT)
    path = get.path.format_map(asked.path)
    rows: list[tuple[Cell, ...]] = [
        (what, get.summary),
        ("URL", path),
        (query, _text(conditions, language)),
        (at, minute_of(asked.at)),
        (number, max(map(len, found.rows.values()))),
        (complete, all if found.next is None else part.format(next=found.next)),
    ]
    return Leaf(name="说明 About", rows=rows, widths=(18, 70))
