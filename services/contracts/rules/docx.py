"""A small writer of docx (WordprocessingML; ECMA-376, ISO/IEC 29500 transitional): the same parts, the same bytes.

Nothing comes from the surroundings: no clock, no user, and no compression, whose result differs between builds of zlib.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from services.contracts.rules import docx_parts as fixed

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""the first moment a zip can name"""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""what XML 1.0 cannot hold, not even escaped"""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph; `style` is the id of a style of `docx_parts.STYLES`."""

    text: str
    style: str = "Normal"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head, as many cells each; programs find it by its caption (its alternative text)."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part = Text | Table


def written(title: str, parts: Sequence[Part], footer: str) -> bytes:
    """The file. `footer` stands on every page, before its number."""
    body = "".join(_table(part) if isinstance(part, Table) else _paragraph(part) for part in parts)
    files = {
        "[Content_Types].xml": fixed.CONTENT_TYPES,
        "_rels/.rels": fixed.PACKAGE_RELATIONS,
        "docProps/core.xml": fixed.core(escape(clean(title))),
        "word/document.xml": fixed.part("document", f"<w:body>{body}{fixed.SECTION}</w:body>"),
        "word/_rels/document.xml.rels": fixed.DOCUMENT_RELATIONS,
        "word/styles.xml": fixed.STYLES,
        "word/settings.xml": fixed.SETTINGS,
        "word/footer1.xml": fixed.part("ftr", _footer(footer)),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(_entry(name), text.encode())
    return file.getvalue()


def clean(text: str) -> str:
    """One kind of line end, and the replacement character for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _entry(name: str) -> zipfile.ZipInfo:
    """Not from this machine, not from today."""
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _run(text: str) -> str:
    inside = escape(clean(text))
    for sign, element in (("\n", "<w:br/>"), ("\t", "<w:tab/>")):
        inside = inside.replace(sign, f'</w:t>{element}<w:t xml:space="preserve">')
    return f'<w:r><w:t xml:space="preserve">{inside}</w:t></w:r>'


def _paragraph(part: Text) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{part.style}"/></w:pPr>{_run(part.text)}</w:p>'


def _table(part: Table) -> str:
    width = fixed.WIDTH // len(part.head)
    grid = f'<w:gridCol w:w="{width}"/>' * len(part.head)
    rows = "".join(_row(row, width, head=row is part.head) for row in (part.head, *part.rows))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{fixed.WIDTH}" w:type="dxa"/>'
        f"<w:tblCaption w:val={quoteattr(part.caption)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        "<w:p/>"  # two tables without a paragraph between them would become one
    )


def _row(cells: tuple[str, ...], width: int, *, head: bool) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>{_run(cell)}</w:p></w:tc>' for cell in cells
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{inside}</w:tr>"


def _footer(text: str) -> str:
    number = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return f'<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{_run(f"{text} · ")}{number}</w:p>'
