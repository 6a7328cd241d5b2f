"""A bidder says who delivers besides it: a group on record (备案) has no standing to bid, its hub bids and is liable.

Like the bidder's id a row of tenders until the award; what is bid and at which price stays sealed.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.disclosure import Deliverer, DeliveryDisclosed
from schemas.fact import Command, Fact, Note
from schemas.ids import BidId, ProjectId
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from schemas.tender import AwardConfirmed
from services.tenders.rules.hub import must_be_its_group
from services.tenders.rules.project import Phase, Project, bids_of


class DiscloseDelivery(Command):
    """All who deliver; said again before the deadline, it replaces what was said. A bid that replaces another begins
    with nobody named.
    """

    project_id: ProjectId
    bid_id: BidId
    delivered_by: Annotated[tuple[Deliverer, ...], Field(max_length=20)]
    """empty: the bidder alone"""


class DeliveryKept(Note):
    project_id: ProjectId
    bid_id: BidId
    deliverers: tuple[Deliverer, ...]


def delivery_refs(command: DiscloseDelivery, cause: UUID) -> tuple[Ref, ...]:
    groups = {one.group_id: None for one in command.delivered_by if one.group_id is not None}
    return ((Project, command.project_id), *((Party, group) for group in groups))


def disclose_delivery(world: World, command: DiscloseDelivery, context: Context) -> list[DeliveryKept]:
    project = world.get(Project, command.project_id)
    if project.closes_at is not None and context.at >= project.closes_at:
        source = context.rulebooks.by_hash(project.agreed.rulebook).source("tender.deadline")
        raise Refused("bid_after_deadline", source, closes_at=project.closes_at)
    project.must_be_in(Phase.OPEN)
    bid = next((one for one in bids_of(world, project) if one.id == command.bid_id), None)
    if bid is None:
        raise Refused("no_such_bid", status=404, bid=str(command.bid_id))
    context.by.must_be(bid.bidder_id)
    must_be_public(command.delivered_by, "delivered_by")
    for place, one in enumerate(command.delivered_by):
        if one.group_id is not None:
            must_be_its_group(world, one.group_id, one.name, bid.bidder_id, f"delivered_by.{place}.group_id")
    return [DeliveryKept(project_id=command.project_id, bid_id=command.bid_id, deliverers=command.delivered_by)]


def disclosed(award: AwardConfirmed, deliverers: tuple[Deliverer, ...]) -> list[Fact]:
    """With the award; nothing where the bidder delivers alone."""
    if not deliverers:
        return [award]
    told = DeliveryDisclosed(
        project_id=award.project_id, bid_id=award.bid_id, provider_id=award.provider_id, deliverers=deliverers
    )
    return [award, told]
