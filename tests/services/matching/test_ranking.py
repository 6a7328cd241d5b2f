"""The comprehensive scoring method, checked against the known vector and by its algebra."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import BidId, PartyId, ProjectId
from schemas.money import Money
from schemas.tender import AwardProposed, BidsRanked, RankableBid, RankedBid, ScoringClosed
from services.kit.rulebooks import shipped
from services.matching.rules.evolve import evolve
from services.matching.rules.ranking import Ranking, rank, ranked
from tests.support.pure import Story, refused

PROJECT = ProjectId(uuid4())
BOOK = shipped().named("example/below-limit")


def a_bid(price: int, *quality: str, id: int | None = None) -> RankableBid:
    return RankableBid(
        bid_id=BidId(UUID(int=id) if id is not None else uuid4()),
        bidder_id=PartyId(uuid4()),
        price=Money(price),
        quality=tuple(Decimal(total) for total in quality or ("50",)),
    )


def closed(*bids: RankableBid) -> ScoringClosed:
    return ScoringClosed(project_id=PROJECT, price_points=Decimal(30), bids=bids, rulebook=BOOK.hash)


def told(*bids: RankableBid) -> tuple[BidsRanked, AwardProposed, Ranking]:
    story = Story(evolve, BOOK)
    ranked, proposed = story.do(rank, closed(*bids), refs=[(Ranking, PROJECT)])
    assert isinstance(ranked, BidsRanked)
    assert isinstance(proposed, AwardProposed)
    return ranked, proposed, story.find((Ranking, PROJECT))


def test_price_points_follow_the_known_vector() -> None:
    """88, 95, 82 and 105 with base 82 and 30 points: rules.md 2d."""
    said, _, _ = told(*(a_bid(yuan * 100) for yuan in (88, 95, 82, 105)))

    assert said.base_price == Money(82_00)
    assert {bid.price.fen // 100: bid.price_points for bid in said.ranking} == {
        88: Decimal("27.95"),
        95: Decimal("25.89"),
        82: Decimal("30.00"),
        105: Decimal("23.43"),
    }


def test_the_whole_sum_stands_in_one_line() -> None:
    said, _, _ = told(a_bid(88_00, "60", "62.5", "58"), a_bid(82_00), a_bid(95_00))

    first = said.ranking[0]
    assert first.arithmetic == (
        "价格分 82.00 元 ÷ 88.00 元 × 30 = 27.95;质量分 (60 + 62.5 + 58) ÷ 3 = 60.17;总分 27.95 + 60.17 = 88.12"
    )
    assert first.total == Decimal("88.12")


def test_the_first_is_proposed_and_the_ranking_is_remembered() -> None:
    said, proposed, ranking = told(a_bid(88_00, "69"), a_bid(82_00, "40"), a_bid(95_00, "50"))

    assert (proposed.bid_id, proposed.price) == (said.ranking[0].bid_id, Money(88_00))
    assert (ranking.ranking, ranking.base_price) == (said.ranking, said.base_price)


def test_equal_totals_go_to_the_lower_price() -> None:
    said, _, _ = told(a_bid(82_00, "40.00"), a_bid(88_00, "42.05"), a_bid(105_00, "10"))

    assert [(bid.rank, bid.price.fen, bid.total) for bid in said.ranking[:2]] == [
        (1, 82_00, Decimal("70.00")),
        (2, 88_00, Decimal("70.00")),
    ]


def test_equal_totals_at_equal_prices_share_their_rank_and_are_listed_by_id() -> None:
    said, proposed, _ = told(a_bid(82_00, id=9), a_bid(82_00, id=3), a_bid(95_00, id=1))

    assert [(bid.rank, bid.bid_id.int) for bid in said.ranking] == [(1, 3), (1, 9), (3, 1)]
    assert proposed.bid_id.int == 3


def test_halves_are_rounded_up() -> None:
    said, _, _ = told(a_bid(80_00, "10.00", "10.01"), a_bid(80_00, "10"), a_bid(80_00, "10"))

    assert said.ranking[0].quality_points == Decimal("10.01")


@pytest.mark.parametrize(
    ("bids", "code"),
    [
        ((a_bid(1_00), a_bid(2_00)), "too_few_to_rank"),
        ((a_bid(1_00), a_bid(2_00), a_bid(0)), "bid_not_rankable"),
    ],
)
def test_what_cannot_be_ranked_is_refused_with_the_rule(bids: tuple[RankableBid, ...], code: str) -> None:
    with refused(code, source="第四十四条"):
        told(*bids)


@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.lists(st.integers(0, 70_00), min_size=3, max_size=5)),
        min_size=3,
        max_size=8,
    ),
)
def test_a_ranking_orders_by_total_and_does_not_depend_on_the_order_of_bids(
    offers: list[tuple[int, list[int]]],
) -> None:
    bids = [a_bid(price, *(str(Decimal(c).scaleb(-2)) for c in cents), id=i) for i, (price, cents) in enumerate(offers)]
    base = min(bid.price for bid in bids)

    def places(some: list[RankableBid]) -> tuple[RankedBid, ...]:
        return ranked(some, base, Decimal(30))

    ranking = places(bids)

    assert ranking == places(bids[::-1])
    assert [bid.total for bid in ranking] == sorted((bid.total for bid in ranking), reverse=True)
    assert ranking[0].rank == 1
    for bid in ranking:
        assert bid.total == bid.price_points + bid.quality_points
        assert 0 <= bid.price_points <= 30
        assert (bid.price_points == 30) or bid.price > base
        assert bid.total.as_tuple().exponent == -2
