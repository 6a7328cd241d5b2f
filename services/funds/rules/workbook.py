"""A small writer of xlsx (SpreadsheetML; ECMA-376, ISO/IEC 29500 transitional): the same rows, the same bytes.

Written out, because an application that left is made again years later and must have the digest it left with: nothing
comes from the surroundings, no clock, no library, and no compression, whose result differs between builds of zlib.
Every text is a text cell, so that none is run as a formula; every number is a value, so that none has to be computed.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from schemas.money import Money

Cell = str | int | Money
"""a text, a count, or an amount in fen that is shown in yuan"""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""the first moment a zip can name"""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""what XML 1.0 cannot hold, not even escaped"""
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

COUNT, TEXT, AMOUNT, BOLD = range(4)
"""the places of the formats in `_STYLES`"""
_STYLES = f"""<styleSheet xmlns="{_SHEETS}"><fonts count="2"><font><sz val="11"/><name val="SimSun"/></font>\
<font><b/><sz val="11"/><name val="SimSun"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def written(name: str, rows: Sequence[Sequence[Cell]], bold: frozenset[int] = frozenset()) -> bytes:
    """One sheet. `bold`: rows of headings, counted from 0; an empty text is an empty cell."""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": _sheet(rows, bold),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for part, text in files.items():
            entry = zipfile.ZipInfo(part, _EARLIEST)
            entry.create_system = 3  # not of this machine
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (_HEAD + text).encode())
    return file.getvalue()


def _relations(*parts: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(parts, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _sheet(rows: Sequence[Sequence[Cell]], bold: frozenset[int]) -> str:
    width = max(len(row) for row in rows)
    inside = "".join(
        f'<row r="{place + 1}">{"".join(_cell(cell, at, place, place in bold) for at, cell in enumerate(row))}</row>'
        for place, row in enumerate(rows)
    )
    columns = f'<cols><col min="1" max="{width}" width="18" customWidth="1"/></cols>'
    return f'<worksheet xmlns="{_SHEETS}">{columns}<sheetData>{inside}</sheetData></worksheet>'


def _cell(cell: Cell, column: int, row: int, bold: bool) -> str:
    assert column < 26  # one letter
    at = f"{chr(ord('A') + column)}{row + 1}"
    match cell:
        case Money():
            return f'<c r="{at}" s="{AMOUNT}"><v>{cell.fen // 100}.{cell.fen % 100:02d}</v></c>'
        case int():
            return f'<c r="{at}" s="{COUNT}"><v>{cell}</v></c>'
        case "":
            return ""
        case _:
            text = escape(_NOT_XML.sub("\ufffd", cell))
            style = BOLD if bold else TEXT
            return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
