"""Corrections of differing amounts, derived once more from what was opened."""

from collections.abc import Iterator, Mapping, Sequence

from deploy.difference import Difference
from schemas.deciding import Context
from schemas.fact import Fact
from schemas.ids import BidId
from schemas.quotation import CorrectionAnswered, PriceCorrected, Quotation, QuotationOpened, corrections
from schemas.refused import Refused
from schemas.tender import OpenedBid, ScoringClosed
from services.tenders.rules.correcting import order_of


def quotations(facts: Sequence[Fact]) -> dict[BidId, Quotation]:
    return {fact.bid_id: fact.quotation for fact in facts if isinstance(fact, QuotationOpened)}


def priced(facts: Sequence[Fact], opened: Mapping[BidId, OpenedBid]) -> dict[BidId, OpenedBid]:
    """The bids with the prices their bidders stand by."""
    confirmed = {fact.bid_id for fact in facts if isinstance(fact, CorrectionAnswered) and fact.confirmed}
    now = {fact.bid_id: fact.corrected for fact in facts if isinstance(fact, PriceCorrected)}
    return {
        id: bid.model_copy(update={"price": now[id]}) if id in confirmed and id in now else bid
        for id, bid in opened.items()
    }


def corrected(
    facts: Sequence[Fact], closed: ScoringClosed, opened: Mapping[BidId, OpenedBid], context: Context
) -> Iterator[Difference]:
    """Every correction follows from the priced list by the rulebook's order, and none is missing."""
    try:
        order = order_of(context.rulebooks.by_hash(closed.rulebook))
    except Refused:
        return
    said = {fact.bid_id: fact for fact in facts if isinstance(fact, PriceCorrected)}
    lists = quotations(facts)
    for id, bid in opened.items():
        steps = corrections(bid.price, lists[id], order) if id in lists else ()
        follows = (bid.price, steps) if steps and steps[-1].after != bid.price else None
        if (None if id not in said else (said[id].stated, said[id].steps)) != follows:
            yield Difference(
                f"投标 {id} 的报价修正与开启的内容、规则集重算的不符",
                f"the correction of bid {id} is not what its amounts and the rulebook give",
            )
