"""What papers of all services share: turns of phrase, and the same parts as a document (docx) or a workbook (xlsx)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas import docx, workbook
from schemas.docx import Part, Table, Text
from schemas.rulebook import Certainty, Source
from schemas.term import LongTermGround
from schemas.tranche import Gate
from schemas.workbook import Cell

CERTAINTIES = {
    Certainty.LAW: "法律条文 · law",
    Certainty.FOUNDING: "立项文件 · founding document",
    Certainty.PUBLISHED: "公开资料 · published page",
    Certainty.SECONDARY: "转引资料 · secondary source",
    Certainty.COMMON: "通行做法 · common practice",
    Certainty.EXAMPLE: "示例 · example",
}
GATES = {
    Gate.SIGNED: "双方签署本协议 · both parties signed",
    Gate.MID_TERM_ACCEPTED: "中期成果通过验收 · mid-term accepted",
    Gate.MID_TERM_PASSED: "中期评估合格 · mid-term evaluation passed",
    Gate.FINAL_ACCEPTED: "末期成果通过验收 · final delivery accepted",
    Gate.AUDIT_REPORTED: "独立审计报告已提交 · report of an independent auditor present",
    Gate.FINAL_GRADED: "末期评估定级(按等级系数支付)· final grade given, paid by its factor",
}
GROUNDS = {
    LongTermGround.CONTENT_FIXED: "购买内容相对固定 · the content is fixed",
    LongTermGround.CONTINUOUS: "连续性强 · the service is continuous",
    LongTermGround.FUNDS_STABLE: "经费来源稳定 · its funds are stable",
    LongTermGround.PRICE_STABLE: "价格变化幅度小 · prices are stable",
    LongTermGround.BUDGET_ASSURED: "年度预算能保障 · the yearly budget is assured",
}
NOTHING = "—"
ITEMS_HEAD = ("项目 · Item", "内容 · Content")
_COLUMN = 30
"""characters"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """`kind`: what it is called in Chinese; `about`: the title of the project; `footer` stands on every page."""

    kind: str
    about: str
    parts: tuple[Part, ...]
    footer: str

    @property
    def title(self) -> str:
        return f"{self.kind} {self.about}"

    def as_document(self) -> bytes:
        return docx.written(self.title, self.parts, self.footer)

    def as_workbook(self) -> bytes:
        """One sheet: the parts one below the other, amounts as numbers in yuan."""
        rows: list[Sequence[Cell]] = []
        bold: set[int] = set()
        for part in self.parts:
            if isinstance(part, Table):
                bold.add(len(rows))
                rows += [part.head, *part.rows, ()]
            else:
                if part.style in ("Title", "Heading1", "State"):
                    bold.add(len(rows))
                rows.append((part.text,))
        rows.append((self.footer,))
        return workbook.written(self.kind, rows, frozenset(bold), [_COLUMN] * max(map(len, rows)))


def said(zh: str, en: str) -> Iterator[Part]:
    yield Text(zh)
    yield Text(en, "English")


def cited(source: Source) -> str:
    """Only what is law may be quoted as law, so each says how sure it is."""
    return f"{source.text}【{CERTAINTIES[source.certainty]}】"


def quoted(source: Source) -> Text:
    return Text(f"来源 Source:{cited(source)}", "English")
