"""Version 1 of `tender.opened` and `award.confirmed`: before a tender had further clauses."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.former.project import Brief
from schemas.former.tranche import TranchePlan
from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact
from schemas.tender import Criterion, Points


class Terms(Model):
    """What the tender fixes for itself within the rulebook's bounds; price points and criteria make 100."""

    price_points: Points
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=20)]
    tranche_plan: TranchePlan
    requirements: Annotated[str, Field(min_length=1, max_length=5000)]


class TenderOpened(ProjectFact):
    """The project is open for bids until `closes_at`, which is exclusive."""

    type: ClassVar[str] = "tender.opened"

    brief: Brief
    ceiling: Money
    terms: Terms
    closes_at: datetime
    rulebook: str


class AwardConfirmed(ProjectFact):
    """The buyer chose; carries all that an agreement is drafted from."""

    type: ClassVar[str] = "award.confirmed"

    brief: Brief
    bid_id: BidId
    provider_id: PartyId
    price: Money
    proposal_digest: str
    """the digest of the chosen bid, as it was sealed"""
    terms: Terms
    chosen_by: PartyId
    rulebook: str
