"""Who delivers what a bidder is awarded: a group on record (备案) works through its hub, which bids and is liable."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.project import ProjectFact


class Deliverer(Model):
    """A group without legal personality, with whom it is on record, and what it does."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    filed_with: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    """备案机关 (county, street or community) and number"""
    part: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    group_id: PartyId | None = None
    """as it is registered under its hub, which is the bidder; none: it is only described"""


class DeliveryDisclosed(ProjectFact):
    """With the award: who delivers besides the provider, which stays the party to the agreement and liable."""

    type: ClassVar[str] = "delivery.disclosed"
    version: ClassVar[int] = 2

    bid_id: BidId
    provider_id: PartyId
    deliverers: tuple[Deliverer, ...]
