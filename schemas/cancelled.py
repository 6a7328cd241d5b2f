"""A complaint decided after signing: what nothing was performed of is cancelled (撤销合同), another agreement stands.

The decision itself is `complaint.decided`. Contracts knows what was accepted and funds what was ordered to be paid, so
the agreement asks its money before it says what became of it.
"""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.ids import ContractId, PartyId
from schemas.objection import Remedy
from schemas.project import FundShare, ProjectFact


class Performance(StrEnum):
    """Why a signed agreement stands although a decision would cancel it."""

    ACCEPTED = "accepted"
    """work or a milestone was accepted"""
    ORDERED = "ordered"
    """a payment was ordered"""
    OVER = "over"
    """it had ended before"""


class CancellationFact(ProjectFact):
    contract_id: ContractId
    complaint_id: UUID


class CancellationAsked(CancellationFact):
    """Nothing of it was accepted; it stands still until funds says whether anything was ordered to be paid."""

    type: ClassVar[str] = "contract.cancellation_asked"

    remedy: Remedy
    source: str
    """the rule by which such an agreement is cancelled"""
    rulebook: str


class CommitmentCancelled(CancellationFact):
    """No payment was ordered, and none will be: all of the agreement's money is taken off it."""

    type: ClassVar[str] = "commitment.cancelled"

    freed: tuple[FundShare, ...]
    """of what was set aside"""
    taken_back: tuple[FundShare, ...]
    """of what was released, and not ordered"""
    set_aside: tuple[FundShare, ...]
    """again, up to the ceiling of the approval, for another agreement"""
    reserved: bool
    """money is set aside for another agreement; never where the tender is to be run again"""


class CommitmentStands(CancellationFact):
    """A payment was ordered before: nothing of the money changes."""

    type: ClassVar[str] = "commitment.stands"


class ContractCancelled(CancellationFact):
    """By the decision: it binds nobody any more, and another may be drafted."""

    type: ClassVar[str] = "contract.cancelled"

    provider_id: PartyId
    remedy: Remedy
    reserved: bool
    """money is set aside for another agreement"""
    source: str
    rulebook: str


class ContractStands(CancellationFact):
    """Performed in part, or over: the decision does not cancel it. Damages (赔偿) are settled elsewhere."""

    type: ClassVar[str] = "contract.stands"

    performed: Performance
    source: str
    rulebook: str
