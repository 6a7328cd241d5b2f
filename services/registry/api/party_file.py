"""A file of parties, read as far as it can be without deciding anything."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from schemas.party import NATURAL_PERSONS, CertificateLevel, PartyKind
from schemas.refused import Refused
from schemas.sheet import Encoding, Sheet, SheetCell, Unread
from services.kit import csv_files, reasons
from services.kit.problems import fault
from services.kit.workbooks import FileFault, first_sheet, too_many_rows, unreadable
from services.registry.rules.importing import MOST_LINES, ImportParties, LineProblem, PartyFile, PartyLine
from services.registry.rules.party import CAPACITY, RegisterParty

MOST_ROWS = MOST_LINES + 100
"""the header and blank rows included"""
MOST_UNPACKED = 16 * 1024 * 1024
MOST_SHOWN = 10
"""merged ranges and headings that a refusal names"""
COLUMNS = {
    "kind": "主体类别 Kind",
    "name": "名称 Name",
    "uscc": "统一社会信用代码 Credit code",
    "division": "区划代码 Division",
    "certificate.level": "社工证书等级 Certificate",
    "certificate.registered_until": "证书登记有效期 Registered until",
    "newer_reason": "新区划代码说明 Newer code",
}
OPTIONAL = ("certificate.level", "certificate.registered_until", "newer_reason")
KINDS = (*CAPACITY, *sorted(NATURAL_PERSONS), PartyKind.SUPERVISION_COMMITTEE, PartyKind.REGISTRAR, PartyKind.AUDITOR)
_NAMES = ("kind", "certificate.level")
_AS_WRITTEN = ("name", "newer_reason")
"""these keep their full-width signs"""


def read(command: ImportParties) -> PartyFile:
    """A pure function of the command."""
    digest = hashlib.sha256(command.content).hexdigest()
    try:
        sheet, encoding = _sheet(command)
        lines = _lines(sheet)
    except Refused as problem:
        return PartyFile(digest=digest, file_name=command.file_name, problem=problem)
    columns = tuple(COLUMNS.items())
    return PartyFile(digest=digest, file_name=command.file_name, columns=columns, encoding=encoding, lines=tuple(lines))


def words(kind: PartyKind | CertificateLevel, language: str = "zh") -> str:
    return reasons.said(kind, language)


def _sheet(command: ImportParties) -> tuple[Sheet, Encoding | None]:
    if command.format == "csv":
        text, encoding = csv_files.decoded(command.content, command.encoding)
        return Sheet("", csv_files.rows_of(text, MOST_ROWS)), encoding
    sheet = first_sheet(command.content, MOST_ROWS, MOST_UNPACKED)
    if len(sheet.rows) > MOST_ROWS:
        raise too_many_rows(MOST_LINES)
    if sheet.merged:
        raise Refused("cells_merged", status=422, field="content", cells=", ".join(sheet.merged[:MOST_SHOWN]))
    return sheet, None


def _lines(sheet: Sheet) -> list[PartyLine]:
    filled = [(place, row) for place, row in enumerate(sheet.rows, start=1) if any(_is_filled(cell) for cell in row)]
    if not filled:
        raise unreadable(FileFault.NO_LINES)
    places = _places(*filled[0])
    if len(filled) == 1:
        raise unreadable(FileFault.NO_LINES)
    if len(filled) > MOST_LINES + 1:
        raise too_many_rows(MOST_LINES)
    known = {"kind": _spoken(KINDS), "certificate.level": _spoken(tuple(CertificateLevel))}
    return [_line(place, row, places, known) for place, row in filled[1:]]


def _is_filled(cell: SheetCell) -> bool:
    return isinstance(cell, Unread) or bool(cell.strip())


def _spoken(values: Sequence[PartyKind | CertificateLevel]) -> dict[str, str]:
    """By what they are called: their code, and their words in both languages."""
    return {_title(said): str(v) for v in values for said in (str(v), words(v), words(v, "en"))}


def _places(row: int, header: Sequence[SheetCell]) -> dict[str, int]:
    """Of each column its place. Headings in either language or both; every other heading is a mistake."""
    wanted = {_title(name): what for what, heading in COLUMNS.items() for name in (what, heading, *_halves(heading))}
    titles = [_title(cell) for cell in header]
    found = [wanted.get(title) for title in titles]
    counts = Counter(what for what in found if what is not None)
    missing = [heading for what, heading in COLUMNS.items() if what not in counts and what not in OPTIONAL]
    strange = [str(cell) for cell, title in zip(header, titles, strict=True) if title and title not in wanted]
    twice = [COLUMNS[what] for what, number in counts.items() if number > 1]
    if missing or strange or twice:
        raise Refused(
            "import_header_wrong",
            status=422,
            field="content",
            row=row,
            missing=_some(missing),
            beside=_some([*strange, *twice]),
        )
    return {what: place for place, what in enumerate(found) if what is not None}


def _halves(heading: str) -> tuple[str, str]:
    zh, _, en = heading.partition(" ")
    return zh, en


def _some(names: Sequence[str]) -> str:
    return "、".join(name[:40] for name in names[:MOST_SHOWN]) or "—"


def _title(cell: SheetCell) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split()).lower()


def _line(place: int, row: Sequence[SheetCell], places: Mapping[str, int], known: Mapping[str, Any]) -> PartyLine:
    fields: dict[str, str] = {}
    problems: list[LineProblem] = []
    for what, at in places.items():
        cell = row[at] if at < len(row) else ""
        if isinstance(cell, Unread):
            problems.append(LineProblem(column=COLUMNS[what], refusal=Refused("cell_unread", status=422, unread=cell)))
        elif text := _text(what, cell):
            fields[what] = known[what].get(_title(text), text) if what in _NAMES else text
    if problems:
        return PartyLine(row=place, command=None, problems=tuple(problems))
    try:
        return PartyLine(row=place, command=RegisterParty.model_validate(_nested(fields)))
    except ValidationError as error:
        return PartyLine(row=place, command=None, problems=tuple(_problems(error)))


def _text(what: str, cell: str) -> str:
    return cell.strip() if what in _AS_WRITTEN else unicodedata.normalize("NFKC", cell).strip()


def _nested(fields: Mapping[str, str]) -> dict[str, Any]:
    nested: dict[str, Any] = {what: text for what, text in fields.items() if "." not in what}
    if certificate := {what.partition(".")[2]: text for what, text in fields.items() if "." in what}:
        nested["certificate"] = certificate
    return nested


def _problems(error: ValidationError) -> list[LineProblem]:
    """In one line once per column, never quoting the cell."""
    found: dict[str, Refused] = {}
    for each in error.errors(include_url=False, include_input=False):
        wrong = fault(each)
        column = COLUMNS.get(wrong["field"], wrong["field"])
        found.setdefault(column, Refused("invalid_field", status=422, **wrong | {"field": column}))
    return [LineProblem(column=column, refusal=refusal) for column, refusal in found.items()]
