"""A small writer of xlsx (SpreadsheetML; ECMA-376, ISO/IEC 29500 transitional): the same rows, the same bytes.

Written out, because a file that left is made again years later and must have the digest it left with; openpyxl writes
the time into it, and reads it in the tests. Every text is a text cell, so that none is run as a formula; every number
is a value, so that none has to be computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.money import Money
from schemas.packed import in_xml, packed
from schemas.sheet import place_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | Money
"""a text, a count, a number as it is written, or an amount in fen that is shown in yuan"""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

COUNT, TEXT, AMOUNT, BOLD, NUMBER = range(5)
"""the places of the formats in `_STYLES`"""
_STYLES = f"""<styleSheet xmlns="{_SHEETS}"><fonts count="2"><font><sz val="11"/><name val="SimSun"/></font>\
<font><b/><sz val="11"/><name val="SimSun"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>\
<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


MOST_IN_A_CELL = 32_767
"""characters, in spreadsheets"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One sheet to write; an empty text is an empty cell."""

    name: str
    rows: Sequence[Sequence[Cell]]
    bold: frozenset[int] = frozenset()
    """rows of headings, counted from 0"""
    widths: Sequence[int] = ()
    """of the columns in characters, else all alike"""


def written(
    name: str, rows: Sequence[Sequence[Cell]], bold: frozenset[int] = frozenset(), widths: Sequence[int] = ()
) -> bytes:
    """A workbook of one sheet."""
    return bound(Leaf(name=name, rows=rows, bold=bold, widths=widths))


def bound(*leaves: Leaf) -> bytes:
    """A workbook of these sheets."""
    sheets = [f"sheet{number}.xml" for number in range(1, len(leaves) + 1)]
    types = "".join(
        f'<Override PartName="/xl/worksheets/{sheet}" ContentType="{_TYPES}.worksheet+xml"/>' for sheet in sheets
    )
    named = "".join(
        f'<sheet name="{in_xml(leaf.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, leaf in enumerate(leaves, start=1)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{types}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            *(("worksheet", f"worksheets/{sheet}") for sheet in sheets), ("styles", "styles.xml")
        ),
        "xl/styles.xml": _STYLES,
    }
    files |= {
        f"xl/worksheets/{sheet}": _sheet(leaf.rows, leaf.bold, leaf.widths)
        for sheet, leaf in zip(sheets, leaves, strict=True)
    }
    return packed({part: _HEAD + text for part, text in files.items()})


def _relations(*parts: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(parts, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _sheet(rows: Sequence[Sequence[Cell]], bold: frozenset[int], widths: Sequence[int]) -> str:
    inside = "".join(
        f'<row r="{place + 1}">{"".join(_cell(cell, at, place, place in bold) for at, cell in enumerate(row))}</row>'
        for place, row in enumerate(rows)
    )
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths or [18] * max(len(row) for row in rows), start=1)
    )
    return f'<worksheet xmlns="{_SHEETS}"><cols>{columns}</cols><sheetData>{inside}</sheetData></worksheet>'


def _cell(cell: Cell, column: int, row: int, bold: bool) -> str:
    at = place_of(row, column)
    match cell:
        case Money():
            return f'<c r="{at}" s="{AMOUNT}"><v>{cell.fen // 100}.{cell.fen % 100:02d}</v></c>'
        case Decimal():
            style = NUMBER if "." in str(cell) else COUNT
            return f'<c r="{at}" s="{style}"><v>{cell}</v></c>'
        case int():
            return f'<c r="{at}" s="{COUNT}"><v>{cell}</v></c>'
        case "":
            return ""
        case _:
            style = BOLD if bold else TEXT
            return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{in_xml(cell)}</t></is></c>'
