"""The versions before an agreement had a term: the second of three events, the first of two."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.arranging import Ground
from schemas.change import ChangeReason
from schemas.clauses import NO_CLAUSES, Clauses, Instrument, Work
from schemas.former.project import Brief
from schemas.ids import BidId, ContractId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact
from schemas.tender import Criterion, Points
from schemas.tranche import Tranche, TranchePlan


class Terms(Model):
    """What the tender fixes for itself within the rulebook's bounds; price points and criteria make 100."""

    price_points: Points
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=20)]
    tranche_plan: TranchePlan
    requirements: Annotated[str, Field(min_length=1, max_length=5000)]
    clauses: Clauses = NO_CLAUSES


class TenderOpened(ProjectFact):
    """The project is open for bids until `closes_at`, which is exclusive."""

    type: ClassVar[str] = "tender.opened"
    version: ClassVar[int] = 2

    brief: Brief
    ceiling: Money
    terms: Terms
    closes_at: datetime
    rulebook: str


class AwardConfirmed(ProjectFact):
    """The buyer chose; carries all that an agreement is drafted from."""

    type: ClassVar[str] = "award.confirmed"
    version: ClassVar[int] = 2

    brief: Brief
    bid_id: BidId
    provider_id: PartyId
    price: Money
    proposal_digest: str
    """the digest of the chosen bid, as it was sealed"""
    terms: Terms
    chosen_by: PartyId
    rulebook: str


class AwardArranged(ProjectFact):
    """The budget of a directly arranged agreement is reserved; carries all that the agreement is drafted from."""

    type: ClassVar[str] = "award.arranged"

    brief: Brief
    instrument: Instrument
    provider_id: PartyId
    """the community itself where it performs"""
    price: Money
    """paid by the unit, the most there can be"""
    tranches: tuple[Tranche, ...]
    work: Work | None
    requirements: str
    clauses: Clauses = NO_CLAUSES
    ground: Ground
    drafted_by: PartyId
    approved_by: PartyId
    """another person than the one who drafted"""
    rulebook: str


def _as_before(value: object) -> bool:
    return value in (None, NO_CLAUSES, Instrument.PURCHASE)


class Agreement(Model):
    """The terms both parties sign the digest of; one fen changed is another digest."""

    contract_id: ContractId
    brief: Brief
    provider_id: PartyId
    price: Money
    tranches: tuple[Tranche, ...]
    requirements: str
    proposal_digest: str
    """the digest of the winning bid; of what was arranged directly, of its basis"""
    rulebook: str
    instrument: Annotated[Instrument, Field(exclude_if=_as_before)] = Instrument.PURCHASE
    clauses: Annotated[Clauses, Field(exclude_if=_as_before)] = NO_CLAUSES
    work: Annotated[Work | None, Field(exclude_if=_as_before)] = None
    """paid by the unit; the price is then the most there can be"""


class ContractDrafted(ProjectFact):
    type: ClassVar[str] = "contract.drafted"
    version: ClassVar[int] = 2

    agreement: Agreement
    digest: str
    """SHA-256 of the canonical JSON of `agreement`"""


class ChangeProposed(ProjectFact):
    """One party proposes new terms, and signs them by proposing."""

    type: ClassVar[str] = "change.proposed"

    change_id: UUID
    number: int
    """of the agreement's proposed changes, from 1"""
    contract_id: ContractId
    reason: ChangeReason
    text: str
    agreement: Agreement
    """as it will be"""
    digest: str
    """SHA-256 of the canonical JSON of `agreement`"""
    proposed_by: PartyId
    signed_by: PartyId
    """the person"""
