"""A framework agreement (框架协议): several suppliers at offered prices, among whom service users choose.

政府采购框架协议采购方式管理暂行办法(财政部令第110号): for services to users outside the buyer's own system two or more
suppliers are found in a first stage, and each user chooses among them in the second. A framework commits no money; what
is bought of a supplier is a call-off, a project of its own.
"""

from datetime import date, datetime
from typing import ClassVar

from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.project import Brief, ProjectFact


class FrameworkApproved(ProjectFact):
    """Another person approved the terms of a framework: it can be put out to tender, and nothing is reserved for it."""

    type: ClassVar[str] = "framework.approved"

    brief: Brief
    ceiling: Money
    """the most a bid may ask for serving all users"""
    drafted_by: PartyId
    approved_by: PartyId
    rulebook: str


class Supplier(Model):
    """A bid that stands in the framework; `price` is for serving all users."""

    rank: int
    bid_id: BidId
    provider_id: PartyId
    price: Money


class FrameworkConcluded(ProjectFact):
    """The first of the ranking are the suppliers; `eliminated`: how many of the ranked are not."""

    type: ClassVar[str] = "framework.concluded"

    suppliers: tuple[Supplier, ...]
    eliminated: int
    valid_until: date
    """the last day on which anything may be called off"""
    choices_close_at: datetime
    """until then, exclusive, each user may choose"""
    concluded_by: PartyId
    rulebook: str


class UsersListed(ProjectFact):
    """The community gave its service users a token each; `users`: how many there are by now."""

    type: ClassVar[str] = "framework.users_listed"

    users: int


class SupplierChosen(Model):
    provider_id: PartyId
    users: int


class SuppliersChosen(ProjectFact):
    """What the users chose, counted after the close. Who chose whom is in no event."""

    type: ClassVar[str] = "framework.chosen"

    users: int
    """listed; who did not choose is in no supplier's count"""
    chosen: tuple[SupplierChosen, ...]


class FrameworkCalledOff(ProjectFact):
    """This project buys of one supplier what its users are worth: price × its users ÷ all, rounded down to the fen."""

    type: ClassVar[str] = "framework.called_off"

    framework_id: ProjectId
    bid_id: BidId
    provider_id: PartyId
    offered: Money
    users: int
    of_users: int
    price: Money
