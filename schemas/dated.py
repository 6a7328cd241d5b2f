"""What the books keep of a transfer beside who, whom and how much: the days it counts for and is booked on, 科目."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from schemas.fact import FUNDS, Fact
from schemas.ids import FundAccountId, LotId, PaymentId
from schemas.model import Model
from schemas.project import ProjectFact


class TransferDates(Model):
    transfer_id: UUID
    effective_date: date
    """that it counts for"""
    booked_on: date
    """the same day, or the first one open when its period is closed"""


class TransfersDated(ProjectFact):
    """Transfers that count for, or are booked on, another day than the one they were recorded on; else nothing is told.

    Told right after the fact that moved the money.
    """

    type: ClassVar[str] = "transfers.dated"

    transfers: tuple[TransferDates, ...]


class LotRecorded(Fact):
    """Of what arrived: when it did, by the giver's paper, and its codes in the budget (科目), where it has any.

    Told right after `fund.appropriated`.
    """

    type: ClassVar[str] = "lot.recorded"
    stream: ClassVar[str] = FUNDS
    key_field: ClassVar[str] = "account_id"

    account_id: FundAccountId
    lot_id: LotId
    transfer_id: UUID
    functional_code: str | None
    """支出功能分类科目"""
    economic_code: str | None
    """支出经济分类科目"""
    effective_date: date
    booked_on: date


class PaymentClassified(ProjectFact):
    """An order's own economic code (经济分类科目), where money of another code pays it; else nothing is told.

    Told right after `payment.ordered`.
    """

    type: ClassVar[str] = "payment.classified"

    payment_id: PaymentId
    economic_code: str
