"""A payment and its application (支付申请): what finance hands to the treasury or the bank."""

import base64
import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from schemas.deciding import State
from schemas.fact import Note
from schemas.fund import SourceType
from schemas.ids import FundAccountId, LotId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from services.funds.rules.project import Payee

_PAYMENTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000010")


class PaymentLine(Model):
    """One lot's part of a payment: a line of the application, charged to one budget line."""

    account_id: FundAccountId
    lot_id: LotId
    source_type: SourceType
    budget_line: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(State):
    """One tranche's order. Its pending transfer bears its id. Paid only when a receipt line says so."""

    project_id: ProjectId
    funder_id: PartyId
    number: int
    reference: str
    title: str
    payee: Payee
    amount: Money
    lines: tuple[PaymentLine, ...]
    ordered_by: UUID
    """the person, by id"""
    ordered_on: date
    file_digest: str
    paid_on: date | None = None
    """the date the receipt line carries"""
    receipt_digest: str | None = None
    """of the line that paid it; of several together, the digest of their digests"""
    returned_on: date | None = None
    """the bank sent it back (退票); the tranche is ordered again under another number"""
    return_reason: str | None = None

    @property
    def is_awaited(self) -> bool:
        """Ordered, and neither paid nor sent back."""
        return self.receipt_digest is None and self.returned_on is None


class PaymentDrawnUp(Note):
    payment: Payment


REFERENCE = re.compile(r"(?<![A-Z0-9])ZF[A-Z2-7]{16}(?![A-Z0-9])")
"""our numbers as they stand in a longer text, in capitals"""


def reference_of(project_id: UUID, number: int, returns: int = 0) -> str:
    """What the application, and with it the receipt, is called: `ZF` and 80 bits, fit to be read out and typed.

    `returns`: how often the bank sent this tranche back before; each order has its own number.
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
)
SOURCE_NAMES = {
    SourceType.BUDGET: "一般公共预算",
    SourceType.LOTTERY: "福彩公益金",
    SourceType.DONATION: "慈善捐赠",
    SourceType.COMMUNITY_FOUNDATION: "社区基金会",
    SourceType.OWN: "自筹",
}


def application(
    *,
    reference: str,
    project_id: UUID,
    title: str,
    number: int,
    payee: Payee,
    lines: Sequence[PaymentLine],
    ordered_on: date,
) -> bytes:
    """The application as CSV (UTF-8 with a byte-order mark, for spreadsheets); the same data, the same bytes.

    One line per lot, then a control line (合计): the number of lines and their sum.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for place, line in enumerate(lines, start=1):
        rows.writerow(
            [
                reference,
                place,
                project_id,
                as_text(title),
                number,
                payee.id,
                as_text(payee.name or ""),
                payee.code or "",
                line.account_id,
                line.lot_id,
                SOURCE_NAMES[line.source_type],
                as_text(line.budget_line),
                yuan(line.amount),
                line.amount.fen,
                ordered_on.isoformat(),
            ]
        )
    total = sum_of(line.amount for line in lines)
    blanks = [""] * (len(HEAD) - 6)
    rows.writerow([reference, len(lines), "合计", *blanks, yuan(total), total.fen, ordered_on.isoformat()])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def file_of(payment: Payment) -> bytes:
    return application(
        reference=payment.reference,
        project_id=payment.project_id,
        title=payment.title,
        number=payment.number,
        payee=payment.payee,
        lines=payment.lines,
        ordered_on=payment.ordered_on,
    )


def yuan(amount: Money) -> str:
    return f"{amount.fen // 100}.{amount.fen % 100:02d}"


def as_text(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
