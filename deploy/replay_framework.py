"""The suppliers of a framework derived once more from the ranking they were taken from."""

from collections.abc import Iterator, Sequence

from schemas.awarding import BidderBarred
from schemas.deciding import Rulebooks
from schemas.fact import Fact
from schemas.framework import FrameworkConcluded
from schemas.ids import BidId
from schemas.tender import BidsRanked, RankedBid
from services.tenders.rules.framework.concluding import LEAST, SHARE_LEAST, staying


def suppliers(facts: Sequence[Fact], rulebooks: Rulebooks) -> Iterator[tuple[str, str]]:
    """What differs, in both languages."""
    ranking: tuple[RankedBid, ...] = ()
    barred: set[BidId] = set()
    for fact in facts:
        if isinstance(fact, BidderBarred):
            barred.add(fact.bid_id)
        if isinstance(fact, BidsRanked):
            ranking = fact.ranking
        if not isinstance(fact, FrameworkConcluded):
            continue
        rulebook = rulebooks.by_hash(fact.rulebook)
        enough = staying(ranking, rulebook.share(SHARE_LEAST), rulebook.integer(LEAST))
        follow = tuple(one for one in enough if one.bid_id not in barred)
        if (fact.suppliers, fact.eliminated) != (follow, len(ranking) - len(follow)):
            yield (
                f"入围供应商应为 {len(follow)} 家,与记录的 {len(fact.suppliers)} 家或其报价、次序不符",
                f"{len(follow)} suppliers follow from the ranking; the {len(fact.suppliers)} said are others",
            )
