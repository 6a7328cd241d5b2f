"""The inquiry into an abnormally low price (异常低价审查): asked, explained or not, decided by a person."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact


class LowPriceTest(StrEnum):
    """By what a price was found low: 财库〔2026〕2号."""

    MEAN = "mean"
    """below a share of the mean of all qualified prices"""
    SECOND = "second"
    """below a share of the second-lowest qualified price"""
    CEILING = "ceiling"
    """below a share of the ceiling"""
    JUDGEMENT = "judgement"
    """the committee's own, with its reason"""


class Trigger(Model):
    test: LowPriceTest
    arithmetic: str
    """or the committee's reason"""


class LowPriceInquired(ProjectFact):
    """The bidder has to explain its price before `explain_until`, which is exclusive."""

    type: ClassVar[str] = "low_price.inquired"

    bid_id: BidId
    bidder_id: PartyId
    price: Money
    triggers: tuple[Trigger, ...]
    explain_until: datetime


class LowPriceExplained(ProjectFact):
    type: ClassVar[str] = "low_price.explained"

    bid_id: BidId
    text: str
    explained_at: datetime


class LowPriceUnexplained(ProjectFact):
    """The time is over and nothing was said. Still a person has to decide."""

    type: ClassVar[str] = "low_price.unexplained"

    bid_id: BidId


class LowPriceDecided(ProjectFact):
    """`accepted` false: the bid is invalid, and is neither scored nor ranked."""

    type: ClassVar[str] = "low_price.decided"

    bid_id: BidId
    accepted: bool
    reason: str
    decided_by: PartyId
