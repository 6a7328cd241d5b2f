"""A payment and its application (支付申请): what finance hands to the treasury or the bank."""

import base64
import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import StringConstraints

from schemas.deciding import State
from schemas.fact import Note
from schemas.fund import SourceType
from schemas.ids import FundAccountId, LotId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.project import FundShare, LotShare
from schemas.workbook import Cell
from services.funds.rules.project import Payee

_PAYMENTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000010")
FORM = 2
"""of the application as it is drawn up today"""

EconomicCode = Annotated[str, StringConstraints(pattern=r"^[35][0-9]{2}(?:[0-9]{2})?$")]
"""支出经济分类科目 to 类 or 款: what the money is spent on; of the government (5xx) or of the unit (3xx).
Expenditure is classified by function and by economic nature (预算法 第三十二条; 财政部 政府收支分类科目)."""


class PaymentLine(Model):
    """One lot's part of a payment: a line of the application, charged to one budget line."""

    account_id: FundAccountId
    lot_id: LotId
    source_type: SourceType
    budget_line: str
    amount: Money
    functional_code: str | None = None
    """支出功能分类科目 of the lot"""
    economic_code: str | None = None
    """支出经济分类科目 of the lot; what the order itself says goes before it"""


class Declined(Model):
    """The second person sent the application back."""

    by: UUID
    """the person, by id"""
    at: datetime
    reason: str


class Instructed(Model):
    """The file for the bank that a foundation's payment is in."""

    file_id: UUID
    message_id: str
    ending: str
    """of the account it goes to"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(State):
    """One tranche's order. Its pending transfer bears its id. Paid only when a receipt line says so.

    Above the limit of the rulebook it is drawn up first, and moves nothing until a second person approves it.
    """

    project_id: ProjectId
    funder_id: PartyId
    number: int
    reference: str
    title: str
    payee: Payee
    amount: Money
    lines: tuple[PaymentLine, ...]
    ordered_by: UUID
    """the person who drew it up, by id"""
    ordered_on: date
    """the day it left; before that the day it was drawn up"""
    file_digest: str
    """of the application as CSV; empty until it leaves"""
    paid_on: date | None = None
    """the date the receipt line carries"""
    receipt_digest: str | None = None
    """of the line that paid it; of several together, the digest of their digests"""
    returned_on: date | None = None
    """the bank sent it back (退票); the tranche is ordered again under another number"""
    return_reason: str | None = None
    form: int = 1
    """of the files; 2 adds the functional and the economic classification"""
    economic_code: str | None = None
    workbook_digest: str | None = None
    """of the application as xlsx; None where it was ordered before there was one"""
    has_left: bool = True
    """False while a second person has yet to approve it, and for good when it was sent back"""
    approved_by: UUID | None = None
    """the second person, where one was needed"""
    declined: Declined | None = None
    instructed: Instructed | None = None
    """of a foundation's payment, once it is in a file for the bank; it is in one at most"""

    @property
    def shares(self) -> tuple[FundShare, ...]:
        """What it draws on, by account."""
        lots: dict[FundAccountId, list[LotShare]] = {}
        for line in self.lines:
            lots.setdefault(line.account_id, []).append(LotShare(lot_id=line.lot_id, amount=line.amount))
        return tuple(
            FundShare(account_id=account_id, amount=sum_of(part.amount for part in parts), lots=tuple(parts))
            for account_id, parts in lots.items()
        )

    @property
    def is_awaited(self) -> bool:
        """Ordered, and neither paid nor sent back."""
        return self.has_left and self.receipt_digest is None and self.returned_on is None

    @property
    def is_paid(self) -> bool:
        """A receipt line said so, and none since that the money came back."""
        return self.receipt_digest is not None and self.returned_on is None

    @property
    def waits_for_approval(self) -> bool:
        return not self.has_left and self.declined is None


class PaymentDrawnUp(Note):
    payment: Payment


REFERENCE = re.compile(r"(?<![A-Z0-9])ZF[A-Z2-7]{16}(?![A-Z0-9])")
"""our numbers as they stand in a longer text, in capitals"""


def reference_of(project_id: UUID, number: int, returns: int = 0) -> str:
    """What the application, and with it the receipt, is called: `ZF` and 80 bits, fit to be read out and typed.

    `returns`: how often it was ordered before: sent back by the bank or the second person, or paid in part. Each order
    has its own number.
    """
    again = f"/{returns}" if returns else ""
    digest = hashlib.sha256(f"{project_id}/{number}{again}".encode()).digest()
    return f"ZF{base64.b32encode(digest[:10]).decode()}"


def payment_of(reference: str) -> UUID:
    """The payment a reference names, whether it exists or not."""
    return uuid5(_PAYMENTS, reference)


HEAD = (
    "支付申请编号",
    "行号",
    "项目编号",
    "项目名称",
    "拨付期次",
    "收款人编号",
    "收款人名称",
    "统一社会信用代码",
    "资金账户",
    "资金批次",
    "资金来源",
    "指标",
    "金额(元)",
    "金额(分)",
    "申请日期",
    "功能分类科目",
    "经济分类科目",
)
_CLASSIFIED = 2
"""columns at the end that applications of form 1 do not have"""
SOURCE_NAMES = {
    SourceType.BUDGET: "一般公共预算",
    SourceType.LOTTERY: "福彩公益金",
    SourceType.DONATION: "慈善捐赠",
    SourceType.COMMUNITY_FOUNDATION: "社区基金会",
    SourceType.OWN: "自筹",
}
Row = tuple[Cell, ...]


def content_of(payment: Payment) -> tuple[Row, ...]:
    """The application, whatever file it becomes: a head, one line per lot, and the control line (合计).

    The control line gives the number of lines and their sum.
    """
    lines = [_line(payment, place, line) for place, line in enumerate(payment.lines, start=1)]
    total = sum_of(line.amount for line in payment.lines)
    blanks: Row = ("",) * (HEAD.index("金额(元)") - 3)
    day = payment.ordered_on.isoformat()
    control: Row = (payment.reference, len(lines), "合计", *blanks, total, total.fen, day, "", "")
    return tuple(_of_form(payment.form, row) for row in (HEAD, *lines, control))


def _line(payment: Payment, place: int, line: PaymentLine) -> Row:
    return (
        payment.reference,
        place,
        str(payment.project_id),
        payment.title,
        payment.number,
        str(payment.payee.id),
        payment.payee.name or "",
        payment.payee.code or "",
        str(line.account_id),
        str(line.lot_id),
        SOURCE_NAMES[line.source_type],
        line.budget_line,
        line.amount,
        line.amount.fen,
        payment.ordered_on.isoformat(),
        line.functional_code or "",
        payment.economic_code or line.economic_code or "",
    )


def _of_form(form: int, row: Row) -> Row:
    return row if form == FORM else row[:-_CLASSIFIED]


def file_of(payment: Payment) -> bytes:
    """As CSV (UTF-8 with a byte-order mark, for spreadsheets); the same payment, the same bytes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerows([_in_csv(cell) for cell in row] for row in content_of(payment))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _in_csv(cell: Cell) -> str:
    match cell:
        case Money():
            return yuan(cell)
        case int() | Decimal():
            return str(cell)
        case _:
            return as_text(cell)


def yuan(amount: Money) -> str:
    return f"{amount.fen // 100}.{amount.fen % 100:02d}"


def as_text(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
