"""The application (支付申请) as a sheet that people read: the lines of the CSV between a heading and the total."""

import hashlib
from dataclasses import replace

from schemas.capitals import in_capitals
from schemas.money import sum_of
from schemas.workbook import Cell, written
from services.funds.rules.payment import Payment, content_of, file_of

SHEET = "支付申请"


def workbook_of(payment: Payment) -> bytes:
    """As xlsx; the same payment, the same bytes. The control totals stand in cells of their own, as values."""
    payee = " ".join(filter(None, (payment.payee.name, payment.payee.code))) or str(payment.payee.id)
    heading: tuple[tuple[Cell, ...], ...] = (
        ("支付申请",),
        ("项目", payment.title),
        ("支付申请编号", payment.reference),
        ("收款人", payee),
        ("申请日期", payment.ordered_on.isoformat()),
        (),
    )
    total = sum_of(line.amount for line in payment.lines)
    control: tuple[tuple[Cell, ...], ...] = (
        (),
        ("笔数", len(payment.lines)),
        ("合计(元)", total),
        ("合计(大写)", in_capitals(total)),
    )
    bold = frozenset({0, len(heading)})
    return written(SHEET, (*heading, *content_of(payment), *control), bold)


def sealed(payment: Payment) -> Payment:
    """With the digests of its files, as they leave."""
    return replace(
        payment,
        file_digest=hashlib.sha256(file_of(payment)).hexdigest(),
        workbook_digest=hashlib.sha256(workbook_of(payment)).hexdigest(),
    )
