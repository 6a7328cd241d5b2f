"""The comprehensive scoring method (综合评分法), in exact arithmetic.

Price points = lowest qualified price ÷ price × the tender's price points (财政部令第87号 第五十五条, no price and no
score is removed). Quality points = the mean of the evaluators' totals. Both are rounded half up to two decimals, and
the total adds the rounded values, so that anyone can check it on paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from schemas.deciding import Context, State, World
from schemas.fact import Fact
from schemas.money import Money
from schemas.refused import Refused
from schemas.tender import AwardProposed, BidsRanked, RankableBid, RankedBid, ScoringClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking(State):
    """A project's ranking; `id` is the project's."""

    base_price: Money
    ranking: tuple[RankedBid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    bid: RankableBid
    price_points: Decimal
    quality_points: Decimal

    @property
    def total(self) -> Decimal:
        return self.price_points + self.quality_points


def rank(world: World, fact: ScoringClosed, context: Context) -> list[Fact]:
    """Rank what scoring left, and propose the first."""
    rulebook = context.rulebooks.by_hash(fact.rulebook)
    least = rulebook.integer("ranking.qualified_least")
    if len(fact.bids) < least:
        source = rulebook.source("ranking.qualified_least")
        raise Refused("too_few_to_rank", source, bids=len(fact.bids), least=least)
    for bid in fact.bids:
        if not bid.price or not bid.quality:
            raise Refused("bid_not_rankable", rulebook.source("ranking.qualified_least"), bid=str(bid.bid_id))
    base = min(bid.price for bid in fact.bids)
    ranking = ranked(fact.bids, base, fact.price_points)
    first = ranking[0]
    return [
        BidsRanked(project_id=fact.project_id, base_price=base, ranking=ranking),
        AwardProposed(project_id=fact.project_id, bid_id=first.bid_id, bidder_id=first.bidder_id, price=first.price),
    ]


def ranked(bids: Iterable[RankableBid], base: Money, price_points: Decimal) -> tuple[RankedBid, ...]:
    """Total first, then the lower price; what is equal in both shares its rank, and is listed by bid id."""
    scored = sorted((_scored(bid, base, price_points) for bid in bids), key=_place)
    ranks: list[int] = []
    for i, one in enumerate(scored):
        tied = i > 0 and _place(scored[i - 1])[:2] == _place(one)[:2]
        ranks.append(ranks[-1] if tied else i + 1)
    return tuple(
        RankedBid(
            rank=rank,
            bid_id=one.bid.bid_id,
            bidder_id=one.bid.bidder_id,
            price=one.bid.price,
            price_points=one.price_points,
            quality_points=one.quality_points,
            total=one.total,
            arithmetic=_arithmetic(one, base, price_points),
        )
        for rank, one in zip(ranks, scored, strict=True)
    )


def _place(one: Scored) -> tuple[Decimal, Money, str]:
    """Equal total at an equal price means equal quality, so quality needs no place of its own."""
    return -one.total, one.bid.price, str(one.bid.bid_id)


def _scored(bid: RankableBid, base: Money, price_points: Decimal) -> Scored:
    return Scored(
        bid=bid,
        price_points=_points(base.fen * _hundredths(price_points), bid.price.fen),
        quality_points=_points(sum(map(_hundredths, bid.quality)), len(bid.quality)),
    )


def _hundredths(points: Decimal) -> int:
    return int(points.scaleb(2))


def _points(hundredths: int, parts: int) -> Decimal:
    """hundredths ÷ parts, rounded half up; points are never negative."""
    return Decimal((2 * hundredths + parts) // (2 * parts)).scaleb(-2)


def _arithmetic(one: Scored, base: Money, price_points: Decimal) -> str:
    quality = " + ".join(str(total) for total in one.bid.quality)
    return (
        f"价格分 {base} ÷ {one.bid.price} × {price_points} = {one.price_points};"
        f"质量分 ({quality}) ÷ {len(one.bid.quality)} = {one.quality_points};"
        f"总分 {one.price_points} + {one.quality_points} = {one.total}"
    )
