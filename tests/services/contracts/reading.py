"""A docx as a reader of it sees it, by python-docx: its paragraphs, and its tables by their captions."""

import io
from dataclasses import dataclass

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table


@dataclass(frozen=True, slots=True)
class Read:
    title: str
    texts: tuple[str, ...]
    tables: dict[str, list[list[str]]]
    """the rows below the head, by caption"""
    footer: str

    def rows(self, caption: str) -> dict[str, list[str]]:
        """By their first cell's Chinese words."""
        return {row[0].split("·")[0].strip(): row[1:] for row in self.tables[caption]}


def read(body: bytes) -> Read:
    document = Document(io.BytesIO(body))
    return Read(
        title=document.core_properties.title,
        texts=tuple(paragraph.text for paragraph in document.paragraphs),
        tables={
            _caption(table): [[cell.text for cell in row.cells] for row in table.rows[1:]] for table in document.tables
        },
        footer=document.sections[0].footer.paragraphs[0].text,
    )


def _caption(table: Table) -> str:
    caption = table._tbl.tblPr.find(qn("w:tblCaption"))
    assert caption is not None
    return str(caption.get(qn("w:val")))
