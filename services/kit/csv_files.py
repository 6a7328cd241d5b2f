"""CSV as offices, banks and spreadsheets write it: commas, in UTF-8 or GB 18030."""

import csv
import io

from schemas.refused import Refused
from schemas.sheet import Encoding
from services.kit.workbooks import MOST_COLUMNS, FileFault, too_many_rows, unreadable

_MARK = b"\xef\xbb\xbf"


def decoded(content: bytes, encoding: Encoding | None) -> tuple[str, Encoding]:
    """The text and what it was written in. Every byte must fit; the first that does not is named, from 1."""
    if encoding is not None:
        return _strict(content, encoding), encoding
    try:
        return _strict(content, Encoding.UTF_8), Encoding.UTF_8
    except Refused:
        if content.startswith(_MARK):
            raise
    return _strict(content, Encoding.GB18030), Encoding.GB18030


def _strict(content: bytes, encoding: Encoding) -> str:
    mark = len(_MARK) if encoding is Encoding.UTF_8 and content.startswith(_MARK) else 0
    try:
        return content[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            "file_not_text", status=422, field="content", encoding=encoding.upper(), byte=error.start + mark + 1
        ) from None


def rows_of(text: str, most_rows: int) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            rows.append(row)
            if len(rows) > most_rows:
                raise too_many_rows(most_rows)
            if len(row) > MOST_COLUMNS:
                raise unreadable(FileFault.TOO_WIDE)
    except csv.Error:
        raise unreadable(FileFault.NOT_CSV) from None
    return rows
