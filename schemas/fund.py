"""Money in, set aside, ordered, paid and returned."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.fact import FUNDS, Fact
from schemas.ids import FundAccountId, HoldId, LotId, PartyId, PaymentId
from schemas.money import Money
from schemas.project import FundShare, ProjectFact, Refusal


class SourceType(StrEnum):
    """Where money comes from; rules differ by it."""

    BUDGET = "budget"
    """一般公共预算"""
    LOTTERY = "lottery"
    """福彩公益金"""
    DONATION = "donation"
    """慈善捐赠"""
    COMMUNITY_FOUNDATION = "community_foundation"
    """社区基金会"""
    OWN = "own"
    """自筹"""


class FundAppropriated(Fact):
    """Money arrived as one lot of one source on a fund account."""

    type: ClassVar[str] = "fund.appropriated"
    stream: ClassVar[str] = FUNDS
    key_field: ClassVar[str] = "account_id"

    account_id: FundAccountId
    lot_id: LotId
    funder_id: PartyId
    source_type: SourceType
    budget_line: str
    amount: Money
    restricted_to: str | None
    """a need category, when the giver restricted the purpose"""


class CorrectionReason(StrEnum):
    """Why more was booked as arrived than had."""

    AMOUNT_TOO_LARGE = "amount_too_large"
    """金额多记"""
    ENTERED_TWICE = "entered_twice"
    """重复入账"""
    WRONG_ACCOUNT = "wrong_account"
    """记错账户、来源或指标"""
    NEVER_ARRIVED = "never_arrived"
    """款项实际未到账"""


class FundCorrected(Fact):
    """Of a lot, so much had never arrived: a mirror of the mistaken transfer took it off again."""

    type: ClassVar[str] = "fund.corrected"
    stream: ClassVar[str] = FUNDS
    key_field: ClassVar[str] = "account_id"

    account_id: FundAccountId
    lot_id: LotId
    funder_id: PartyId
    transfer_id: UUID
    corrects: UUID
    """the mistaken transfer"""
    amount: Money
    reason: CorrectionReason
    basis: str
    effective_date: date
    """of the mistaken transfer"""
    booked_on: date
    """the same day, or the first one open when its period is closed"""
    corrected_by: PartyId
    """another person than the one who had recorded it"""


class FundsCommitted(ProjectFact):
    """The reservation shrank to the price; `released` went back to where it came from."""

    type: ClassVar[str] = "funds.committed"

    price: Money
    shares: tuple[FundShare, ...]
    released: tuple[FundShare, ...]


class TrancheReleased(ProjectFact):
    """Every gate of the tranche is open. `withheld` is what a grade took off; it returns at settlement."""

    type: ClassVar[str] = "tranche.released"

    number: int
    amount: Money
    withheld: Money
    payee_id: PartyId
    shares: tuple[FundShare, ...]


class TrancheRefused(Refusal):
    type: ClassVar[str] = "tranche.refused"


class PaymentOrdered(ProjectFact):
    """A payment application (支付申请) left; `shares` name the accounts it draws on, `file_digest` the file."""

    type: ClassVar[str] = "payment.ordered"

    payment_id: PaymentId
    number: int
    amount: Money
    payee_id: PartyId
    shares: tuple[FundShare, ...]
    file_digest: str


class TranchePaid(ProjectFact):
    """A receipt line (回单) matched the order: now, and not before, it is paid."""

    type: ClassVar[str] = "tranche.paid"

    payment_id: PaymentId
    number: int
    amount: Money
    receipt_digest: str


class RefundReason(StrEnum):
    """Why a payee pays money back."""

    OVERPAID = "overpaid"
    """多付"""
    AUDIT_FINDING = "audit_finding"
    """审计核减"""
    TERMINATED = "terminated"
    """项目终止"""
    UNSPENT = "unspent"
    """项目结余"""


class PaymentRefunded(ProjectFact):
    """The payee paid money back; each lot got its part of it again, in proportion to what it had paid."""

    type: ClassVar[str] = "payment.refunded"

    refund_id: UUID
    amount: Money
    payee_id: PartyId
    shares: tuple[FundShare, ...]
    reason: RefundReason
    basis: str
    received_on: date
    line_reference: str
    """the bank's or treasury's own number of the line it came in with"""
    recorded_by: PartyId


class ReservationReleased(ProjectFact):
    """A project ended without an agreement; everything set aside went back."""

    type: ClassVar[str] = "reservation.released"

    shares: tuple[FundShare, ...]


class ProjectSettled(ProjectFact):
    """The last payment is in and what was never released went back to its sources in proportion."""

    type: ClassVar[str] = "project.settled"

    paid: Money
    returned: Money
    shares_returned: tuple[FundShare, ...]


class HoldPlaced(ProjectFact):
    """An auditor stopped money: of what was not ordered yet, so much stays until the end of the day `until`."""

    type: ClassVar[str] = "hold.placed"

    hold_id: HoldId
    amount: Money
    basis: str
    until: date
    placed_by: PartyId


class HoldLifted(ProjectFact):
    """The auditor who placed it let the money go again."""

    type: ClassVar[str] = "hold.lifted"

    hold_id: HoldId
    reason: str
    lifted_by: PartyId
