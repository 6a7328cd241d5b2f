"""Money in, set aside, ordered, paid and returned."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

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
