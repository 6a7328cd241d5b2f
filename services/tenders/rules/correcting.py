"""Differing amounts in a bid (报价修正): put right at the opening, confirmed by the bidder or out.

The order is the rulebook's. Silence is no confirmation; a person still signs the verdict at qualification.
"""

from dataclasses import replace
from datetime import timedelta

from schemas.deciding import Context, World
from schemas.fact import Command, Fact
from schemas.ids import BidId, PartyId, ProjectId
from schemas.quotation import CorrectionAnswered, CorrectionRule, PriceCorrected, QuotationOpened, corrections
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.tender import BidContent
from services.tenders.rules.project import CONFIRM_HOURS, Bid, Phase, PriceCorrection, Project, bids_of

ORDER = "tender.price_correction"


class AnswerCorrection(Command):
    project_id: ProjectId
    bid_id: BidId
    bidder_id: PartyId
    """the caller's own party"""
    confirmed: bool
    """false: the bid does not take part"""


def quoted(project: Project, bid: Bid, content: BidContent, context: Context) -> list[Fact]:
    """What opening tells of a bid's priced list, and of amounts in it that differ."""
    if content.quotation is None:
        return []
    told = QuotationOpened(project_id=project.project_id, bid_id=bid.bid_id, quotation=content.quotation)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    steps = corrections(content.price, content.quotation, order_of(rulebook))
    if not steps or steps[-1].after == content.price:
        return [told]
    corrected = PriceCorrected(
        project_id=project.project_id,
        bid_id=bid.bid_id,
        bidder_id=bid.bidder_id,
        stated=content.price,
        corrected=steps[-1].after,
        steps=steps,
        confirm_until=context.at + timedelta(hours=rulebook.integer(CONFIRM_HOURS)),
    )
    return [told, corrected]


def order_of(rulebook: Rulebook) -> tuple[CorrectionRule, ...]:
    """Nothing is corrected under editions that have no order."""
    if ORDER not in rulebook.rules or CONFIRM_HOURS not in rulebook.rules:
        return ()
    return tuple(map(CorrectionRule, rulebook.value(ORDER)))


def answer_correction(world: World, command: AnswerCorrection, context: Context) -> list[CorrectionAnswered]:
    """Once, in time, before qualification."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.bidder_id)
    project.must_be_in(Phase.OPENED)
    bid = next((one for one in bids_of(world, project) if one.bid_id == command.bid_id), None)
    if bid is None or bid.correction is None:
        raise Refused("no_correction", status=404, bid=str(command.bid_id))
    if bid.bidder_id != command.bidder_id:
        raise Refused("bid_of_another", status=403, bid=str(command.bid_id))
    if bid.correction.confirmed is not None:
        raise Refused("correction_answered", bid=str(command.bid_id))
    if context.at >= bid.correction.confirm_until:
        source = context.rulebooks.by_hash(project.agreed.rulebook).source(CONFIRM_HOURS)
        raise Refused("correction_late", source, until=bid.correction.confirm_until)
    answered = CorrectionAnswered(project_id=project.project_id, bid_id=command.bid_id, confirmed=command.confirmed)
    return [answered]


def must_be_confirmed(bid: Bid, rulebook: Rulebook, context: Context) -> None:
    """Before a bid whose amounts differ can be found qualified."""
    correction = bid.correction
    if correction is None or correction.confirmed:
        return
    source = rulebook.source(ORDER)
    if correction.confirmed is None and context.at < correction.confirm_until:
        raise Refused("correction_waits", source, bid=str(bid.id), until=correction.confirm_until)
    raise Refused(
        "price_unconfirmed", source, bid=str(bid.id), stated=correction.stated, corrected=correction.corrected
    )


Corrected = QuotationOpened | PriceCorrected | CorrectionAnswered


def evolve_corrected(world: World, fact: Corrected) -> tuple[Bid, ...]:
    project = world.find(Project, fact.project_id)
    rulebook = project.draft.rulebook if project is not None and project.draft is not None else ""
    opened = (bid for bid in world.each(Bid) if bid.bid_id == fact.bid_id and bid.content is not None)
    return tuple(_next(bid, fact, rulebook) for bid in opened)


def _next(bid: Bid, fact: Corrected, rulebook: str) -> Bid:
    match fact:
        case QuotationOpened():
            return replace(bid, content=bid.opened.model_copy(update={"quotation": fact.quotation}))
        case PriceCorrected():
            kept = PriceCorrection(
                stated=fact.stated,
                corrected=fact.corrected,
                steps=fact.steps,
                confirm_until=fact.confirm_until,
                rulebook=rulebook,
            )
            return replace(bid, correction=kept)
        case CorrectionAnswered() if bid.correction is not None:
            answered = bid.correction.model_copy(update={"confirmed": fact.confirmed})
            price = answered.corrected if fact.confirmed else answered.stated
            return replace(bid, correction=answered, content=bid.opened.model_copy(update={"price": price}))
        case _:
            return bid
