"""The lines of a statement in a table."""

import re

from pydantic import ValidationError

from services.funds.files.cells import Cell, Wrong, amount_in, date_in, line_in
from services.funds.files.table import TableRow
from services.funds.rules.receipts import ReceiptLine
from services.funds.rules.uploads import CellFault

NO_NUMBER = "-"
"""where a line has no number of ours in its column"""

_SENT_BACK = re.compile(r"(?:已|被|银行|支付|交易|处理)?(?:退票|退回|退汇|拒付|失败)(?:[:,;( ].*)?")
_WENT_THROUGH = ("", "成功", "已支付", "支付成功", "交易成功", "处理成功", "已入账", "已清算")


def receipt_line(row: TableRow) -> ReceiptLine | None:
    """None when a cell of it is wrong."""
    fields = {
        "paid_on": row.read("paid_on", date_in),
        "amount": row.read("amount", amount_in),
        "line_reference": row.read("line_reference", _filled),
        "payment_reference": row.read("payment_reference", line_in) or NO_NUMBER,
        "text": (row.read("text", line_in) if row.has("text") else None) or None,
        "returned": row.read("status", _sent_back) if row.has("status") else None,
    }
    if row.wrong:
        return None
    try:
        return ReceiptLine.model_validate(fields)
    except ValidationError as error:
        for what in dict.fromkeys(str(each["loc"][0]) for each in error.errors()):
            row.refuse("status" if what == "returned" else what, CellFault.TOO_LONG)
        return None


def _filled(cell: Cell) -> str:
    text = line_in(cell)
    if not text:
        raise Wrong(CellFault.EMPTY)
    return text


def _sent_back(cell: Cell) -> str | None:
    status = line_in(cell)
    if _SENT_BACK.fullmatch(status):
        return status
    if status in _WENT_THROUGH:
        return None
    raise Wrong(CellFault.UNKNOWN_STATUS)
