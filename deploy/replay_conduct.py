"""The committee's draw and the inquiries into low prices, derived once more from a project's facts."""

from collections.abc import Iterator, Mapping, Sequence

from deploy.difference import Difference
from schemas.committee import DrawCommitted, ExpertsDrawn, Member, Seat
from schemas.deciding import Context
from schemas.fact import Fact
from schemas.ids import BidId, ProjectId
from schemas.low_price import LowPriceDecided, LowPriceInquired, LowPriceTest
from schemas.refused import Refused
from schemas.tender import BidSealed, BidsQualified, BidWithdrawn, OpenedBid, ScoringClosed, TenderOpened
from services.tenders.rules.committee.lot import commitment_of, order_of, picked, seed_of
from services.tenders.rules.inquired import EXPLAIN_MINUTES
from services.tenders.rules.low_price import triggers


def drawn(facts: Sequence[Fact], project_id: ProjectId) -> Iterator[Difference]:
    """Each draw: the secret is the one that was committed, the seed and the order follow, and so do the members.

    Whom it passed over is taken from the fact: why, each party's own ties in `sanshe.parties` say.
    """
    withdrawn = {fact.bid_id for fact in facts if isinstance(fact, BidWithdrawn)}
    sealed = sorted(fact.digest for fact in facts if isinstance(fact, BidSealed) and fact.bid_id not in withdrawn)
    committed = next((fact for fact in facts if isinstance(fact, DrawCommitted)), None)
    for fact in facts:
        if isinstance(fact, ExpertsDrawn) and (committed is None or not _follows(fact, committed, project_id, sealed)):
            yield Difference(
                f"评审小组的抽取(种子 {fact.seed})与承诺值、名单和标书摘要重算的不符",
                f"the committee (seed {fact.seed}) is not what commitment, pool and the bids' digests give",
            )


def _follows(fact: ExpertsDrawn, committed: DrawCommitted, project_id: ProjectId, sealed: list[str]) -> bool:
    seed = seed_of(project_id, fact.secret, sealed)
    order = order_of(seed, committed.pool)
    experts = picked(order, (one.evaluator_id for one in fact.passed), committed.seats)
    members = [Member(evaluator_id=id, seat=Seat.EXPERT) for id in experts]
    if committed.representative is not None:
        members.append(Member(evaluator_id=committed.representative, seat=Seat.BUYER))
    return (
        commitment_of(project_id, fact.secret) == committed.commitment
        and list(fact.digests) == sealed
        and fact.seed == seed
        and fact.order == order
        and fact.members == tuple(members)
    )


def inquired(
    facts: Sequence[Fact], closed: ScoringClosed, opened: Mapping[BidId, OpenedBid], context: Context
) -> Iterator[Difference]:
    """Every price that a share of the rulebook finds low was inquired into, with the same arithmetic, and decided.

    Nothing is said where the rulebook is lost: that no ranking follows says it.
    """
    try:
        rulebook = context.rulebooks.by_hash(closed.rulebook)
    except Refused:
        return
    ceiling = next(fact.ceiling for fact in facts if isinstance(fact, TenderOpened))
    qualified = [v.bid_id for fact in facts if isinstance(fact, BidsQualified) for v in fact.verdicts if v.qualified]
    prices = [opened[bid_id].price for bid_id in qualified if bid_id in opened]
    said = {fact.bid_id: fact.triggers for fact in facts if isinstance(fact, LowPriceInquired) and _by_share(fact)}
    decided = {fact.bid_id for fact in facts if isinstance(fact, LowPriceDecided)}
    for bid_id in qualified:
        known = bid_id in opened and EXPLAIN_MINUTES in rulebook.rules
        follows = triggers(opened[bid_id].price, prices, ceiling, rulebook) if known else ()
        if said.get(bid_id, ()) != follows or (follows and bid_id not in decided):
            yield Difference(
                f"投标 {bid_id} 的异常低价审查与报价、规则集重算的不符,或未作认定",
                f"the inquiry into the price of bid {bid_id} is not what prices and rulebook give, or was not decided",
            )


def _by_share(fact: LowPriceInquired) -> bool:
    return all(trigger.test is not LowPriceTest.JUDGEMENT for trigger in fact.triggers)


def turned_down(facts: Sequence[Fact]) -> set[BidId]:
    """Bids that are invalid because of their price."""
    return {fact.bid_id for fact in facts if isinstance(fact, LowPriceDecided) and not fact.accepted}
