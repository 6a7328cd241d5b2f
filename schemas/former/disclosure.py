"""Version 1 of `delivery.disclosed`: before a group on record could be named by its registration."""

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


class DeliveryDisclosed(ProjectFact):
    """With the award: who delivers besides the provider, which stays the party to the agreement and liable."""

    type: ClassVar[str] = "delivery.disclosed"

    bid_id: BidId
    provider_id: PartyId
    deliverers: tuple[Deliverer, ...]
