"""A small writer of docx (WordprocessingML; ECMA-376, ISO/IEC 29500 transitional): the same parts, the same bytes.

Nothing comes from the surroundings: no clock, no user, and no compression, whose result differs between builds of zlib.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from schemas import docx_parts as fixed
from schemas.capitals import in_figures
from schemas.money import Money
from schemas.packed import in_xml, packed
from schemas.workbook import Cell


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
    rows: tuple[tuple[Cell, ...], ...]


Part = Text | Table


def written(title: str, parts: Sequence[Part], footer: str) -> bytes:
    """The file. `footer` stands on every page, before its number."""
    body = "".join(_table(part) if isinstance(part, Table) else _paragraph(part) for part in parts)
    files = {
        "[Content_Types].xml": fixed.CONTENT_TYPES,
        "_rels/.rels": fixed.PACKAGE_RELATIONS,
        "docProps/core.xml": fixed.core(in_xml(title)),
        "word/document.xml": fixed.part("document", f"<w:body>{body}{fixed.SECTION}</w:body>"),
        "word/_rels/document.xml.rels": fixed.DOCUMENT_RELATIONS,
        "word/styles.xml": fixed.STYLES,
        "word/settings.xml": fixed.SETTINGS,
        "word/footer1.xml": fixed.part("ftr", _footer(footer)),
    }
    return packed(files)


def in_words(cell: Cell) -> str:
    return in_figures(cell) if isinstance(cell, Money) else str(cell)


def _run(text: str) -> str:
    inside = in_xml(text)
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


def _row(cells: tuple[Cell, ...], width: int, *, head: bool) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>{_run(in_words(cell))}</w:p></w:tc>'
        for cell in cells
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{inside}</w:tr>"


def _footer(text: str) -> str:
    number = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return f'<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{_run(f"{text} · ")}{number}</w:p>'
