"""A small writer of workbooks (SpreadsheetML; ECMA-376, ISO/IEC 29500 transitional): the same rows, the same bytes.

Nothing comes from the surroundings: no clock, no user, and no compression, whose result differs between builds of
zlib. Text is never a formula. openpyxl would stamp the time and is no part of pure rules; it reads these files.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

Cell = str | Decimal
Row = tuple[Cell, ...]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""the first moment a zip can name"""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""what XML 1.0 cannot hold, not even escaped"""
_WHOLE, _TWO_PLACES = 1, 2
"""places of `cellXfs` in `_STYLES`"""

_TYPES = f"""{_DECLARED}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>
</Types>"""
_RELATIONS = f"""{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"""
_BOOK_RELATIONS = f"""{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>
</Relationships>"""
_STYLES = f"""{_DECLARED}<styleSheet xmlns="{_MAIN}">
<fonts count="1"><font><sz val="11"/><name val="SimSun"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""


def written(name: str, rows: Sequence[Row], widths: Sequence[int]) -> bytes:
    """One sheet of this name, of at most 26 columns; `widths` of them in characters."""
    columns = "".join(f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(widths, start=1))
    data = "".join(_row(number, row) for number, row in enumerate(rows, start=1))
    sheets = f'<sheets><sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets>'
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "xl/workbook.xml": f'{_DECLARED}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": _BOOK_RELATIONS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": (
            f'{_DECLARED}<worksheet xmlns="{_MAIN}"><cols>{columns}</cols><sheetData>{data}</sheetData></worksheet>'
        ),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path, text in files.items():
            archive.writestr(_entry(path), text.encode())
    return file.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    """Not from this machine, not from today."""
    entry = zipfile.ZipInfo(path, _EARLIEST)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _row(number: int, row: Row) -> str:
    cells = "".join(_cell(f"{chr(ord('A') + place)}{number}", cell) for place, cell in enumerate(row) if cell != "")
    return f'<row r="{number}">{cells}</row>'


def _cell(at: str, cell: Cell) -> str:
    if isinstance(cell, Decimal):
        style = _WHOLE if "." not in str(cell) else _TWO_PLACES
        return f'<c r="{at}" s="{style}"><v>{cell}</v></c>'
    text = escape(_NOT_XML.sub("\ufffd", cell))
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
