"""What one person proposes to agree on with a provider directly, for another to approve."""

from datetime import date
from uuid import UUID

from schemas.arranging import Ground
from schemas.clauses import NO_CLAUSES, Clauses, Instrument, Work
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import FundShare
from schemas.term import PlannedTerm
from schemas.tranche import Tranche


class Arrangement(Model):
    id: UUID
    instrument: Instrument
    provider_id: PartyId
    price: Money
    shares: tuple[FundShare, ...]
    tranches: tuple[Tranche, ...]
    work: Work | None
    requirements: str
    clauses: Clauses = NO_CLAUSES
    term: PlannedTerm | None = None
    ground: Ground
    rulebook: str
    drafted_by: PartyId
    drafted_on: date | None = None
    """none in drafts from before purchases were counted by the year"""
    split_approval: str | None = None
    line_left: str | None = None
    """why not only the money residents chose with pays"""

    @property
    def ceiling(self) -> Money:
        """What is to be reserved."""
        return self.price
