"""What a project keeps of inquiries into low prices."""

from datetime import datetime

from schemas.ids import BidId, PartyId
from schemas.low_price import Trigger
from schemas.model import Model
from schemas.money import Money

EXPLAIN_MINUTES = "low_price.explain_minutes_least"


class Inquiry(Model):
    bid_id: BidId
    bidder_id: PartyId
    price: Money
    triggers: tuple[Trigger, ...]
    explain_until: datetime
    """exclusive"""
    explanation: str | None = None
    lapsed: bool = False
    """the time to explain was over before anything was said"""
    accepted: bool | None = None
    """none: open"""
    reason: str | None = None

    @property
    def waiting(self) -> bool:
        """For the bidder's words."""
        return self.explanation is None and not self.lapsed and self.accepted is None
