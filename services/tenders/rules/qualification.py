"""After opening, a person of the buyer looks at every bid and its bidder, and signs who takes part."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.eligible import circle_of, unmet
from schemas.fact import Command, Fact
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from schemas.tender import BidsQualified, TenderVoided, Verdict
from services.tenders.rules.correcting import must_be_confirmed
from services.tenders.rules.fewer import continued, least_qualified
from services.tenders.rules.low_price import inquiries
from services.tenders.rules.project import Bid, Phase, Project, bids_of


class Judgement(Model):
    """One bid taken up or turned down. `bidder_id` stands beside `bid_id` as in the opened bids."""

    bid_id: BidId
    bidder_id: PartyId
    qualified: bool
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class QualifyBids(Command):
    project_id: ProjectId
    judgements: Annotated[tuple[Judgement, ...], Field(min_length=1, max_length=500)]
    continue_reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """why it goes on with fewer qualified bids than usual; kept only where that is so"""


def qualify_refs(command: QualifyBids, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), *((Party, judgement.bidder_id) for judgement in command.judgements))


def qualify_bids(world: World, command: QualifyBids, context: Context) -> list[Fact]:
    """Every opened bid gets one signed verdict; with too few left the tender is void."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.OPENED)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    bids = {bid.bid_id: bid for bid in bids_of(world, project)}
    named = [(judgement.bid_id, judgement.bidder_id) for judgement in command.judgements]
    if sorted(named) != sorted((bid.bid_id, bid.bidder_id) for bid in bids.values()):
        raise Refused("judgements_incomplete", status=422, field="judgements", bids=len(bids))
    must_be_public(command.judgements, "judgements")
    must_be_public(command.continue_reason, "continue_reason")
    verdicts = tuple(
        _verdict(bids[judgement.bid_id], judgement, project, world, context, rulebook)
        for judgement in command.judgements
    )
    signed_by = PartyId(context.by.person_id)
    signed = BidsQualified(project_id=project.project_id, signed_by=signed_by, verdicts=verdicts)
    count = sum(verdict.qualified for verdict in verdicts)
    least = least_qualified(rulebook)
    if count < rulebook.integer(least):
        source = rulebook.source(least).text
        return [signed, TenderVoided(project_id=project.project_id, code="too_few_qualified", source=source)]
    goes_on = continued(project, count, command.continue_reason, signed_by, rulebook)
    taking_part = [bids[verdict.bid_id] for verdict in verdicts if verdict.qualified]
    return [signed, *goes_on, *inquiries(project, taking_part, rulebook, context)]


def _verdict(
    bid: Bid, judgement: Judgement, project: Project, world: World, context: Context, rulebook: Rulebook
) -> Verdict:
    bidder = party(world, bid.bidder_id)
    if judgement.qualified:
        must_be_confirmed(bid, rulebook, context)
        _must_be_priced_within(bid, project.agreed.ceiling, rulebook)
        rivals = [other.bidder_id for other in bids_of(world, project) if other.bidder_id != bid.bidder_id]
        _must_be_fit(bid, bidder, project, rivals, context, rulebook)
    return Verdict(
        bid_id=bid.bid_id,
        bidder_verified=bidder.verified,
        bidder_suspended=bidder.suspended,
        certificate_until=bidder.certificate.registered_until if bidder.certificate else None,
        qualified=judgement.qualified,
        reason=judgement.reason,
    )


def _must_be_priced_within(bid: Bid, ceiling: Money, rulebook: Rulebook) -> None:
    """Nobody can sign for a price above the ceiling."""
    if bid.opened.price > ceiling:
        source = rulebook.source("tender.ceiling")
        raise Refused("price_above_ceiling", source, bid=str(bid.id), price=bid.opened.price, ceiling=ceiling)


def _must_be_fit(
    bid: Bid, bidder: Party, project: Project, rivals: list[PartyId], context: Context, rulebook: Rulebook
) -> None:
    """What the bid door asked is asked again today; now that bidders are known, also who is employed by another."""
    circle = circle_of(project.brief.funder_id, rulebook, project.agreed.narrowing)
    because = unmet(bidder, circle, context.today, rivals)
    if because is not None:
        source = rulebook.source("tender.bidder_standing")
        raise Refused("bidder_unfit", source, bid=str(bid.id), bidder=str(bidder.id), because=because)
