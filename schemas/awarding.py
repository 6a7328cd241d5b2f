"""From the buyer's choice to an agreement, or to another choice, or to another run of the tender."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.ids import BidId, ContractId, PartyId
from schemas.money import Money
from schemas.organization import CreditList
from schemas.project import ProjectFact


class DefaultGround(StrEnum):
    GAVE_UP = "gave_up"
    """放弃成交, in writing"""
    NOT_SIGNED = "not_signed"
    """逾期不签订合同"""


class CancelGround(StrEnum):
    """废标: the four of 政府采购法 第三十六条, and a winner that defaulted."""

    TOO_FEW = "too_few"
    """符合条件的供应商不足"""
    UNLAWFUL = "unlawful"
    """出现影响采购公正的违法、违规行为"""
    ABOVE_BUDGET = "above_budget"
    """报价均超过预算,不能支付"""
    NO_LONGER_NEEDED = "no_longer_needed"
    """因重大变故,采购任务取消"""
    WINNER_DEFAULTED = "winner_defaulted"
    """成交供应商违约,不再确定下一候选人"""


class AwardAnnounced(ProjectFact):
    """通知书发出,结果公告. Moments are exclusive."""

    type: ClassVar[str] = "award.announced"

    bid_id: BidId
    provider_id: PartyId
    price: Money
    announced_at: datetime
    last_day: date
    """of the notice; the time to object to the result begins after it"""
    objections_until: datetime
    contract_due: datetime
    """until when the agreement is to be signed"""
    holidays_known: bool
    """whether the year's holidays were published when the days were counted"""
    rulebook: str
    announced_by: PartyId


class AwardPassedOn(ProjectFact):
    """The next in rank was chosen in place of those set aside, and why it, and not another run."""

    type: ClassVar[str] = "award.passed_on"

    bid_id: BidId
    instead_of: tuple[BidId, ...]
    reason: str
    chosen_by: PartyId


class BidderBarred(ProjectFact):
    """At the choice of the winner: who would have come first stands on a credit list, and the next comes after it."""

    type: ClassVar[str] = "bidder.barred"

    bid_id: BidId
    provider_id: PartyId
    lists: tuple[CreditList, ...]
    source: str
    reason: str
    """why the next in rank, and not another run"""
    decided_by: PartyId


class WinnerDefaulted(ProjectFact):
    """The winner gives up, or does not sign in time."""

    type: ClassVar[str] = "winner.defaulted"

    bid_id: BidId
    provider_id: PartyId
    ground: DefaultGround
    reason: str
    evidence: str | None
    """SHA-256 of what the winner wrote; there when it gave up"""
    recorded_by: PartyId


class AwardSetAside(ProjectFact):
    """The choice no longer stands, and what was drafted on it neither. `code`: the fact that led to it."""

    type: ClassVar[str] = "award.set_aside"

    bid_id: BidId
    provider_id: PartyId
    code: str


class EvaluationReopened(ProjectFact):
    """The qualified bids are scored anew; what was scored and ranked before does not count."""

    type: ClassVar[str] = "evaluation.reopened"

    objection_id: UUID


class TenderCancelled(ProjectFact):
    """The buyer ends a tender before the award, by two persons and on a ground; `tender.voided` follows."""

    type: ClassVar[str] = "tender.cancelled"

    ground: CancelGround
    reason: str
    drafted_by: PartyId
    approved_by: PartyId
    """another person than the one who drafted"""


class TenderRerun(ProjectFact):
    """A project whose tender was void is proposed again. Bids of earlier runs stay as they are, and do not count."""

    type: ClassVar[str] = "tender.rerun"

    run: int
    """from 2"""
    reason: str
    decided_by: PartyId


class ContractWithdrawn(ProjectFact):
    """A drafted agreement whose award was set aside; another may be drafted."""

    type: ClassVar[str] = "contract.withdrawn"

    contract_id: ContractId
