"""Who stays in a framework follows from the ranking; a supplier more or less is shown."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from deploy.replay_framework import suppliers
from schemas.fact import Fact
from schemas.framework import FrameworkConcluded
from schemas.ids import BidId, PartyId, ProjectId
from schemas.money import Money
from schemas.tender import BidsRanked, RankedBid
from services.kit.rulebooks import shipped
from services.tenders.rules.framework.concluding import staying

RULEBOOK = shipped().named("example/framework")
PROJECT = ProjectId(UUID(int=1))


def of_five() -> tuple[BidsRanked, FrameworkConcluded]:
    ranking = tuple(
        RankedBid(
            rank=place,
            bid_id=BidId(UUID(int=10 + place)),
            bidder_id=PartyId(UUID(int=20 + place)),
            price=Money(100 + place),
            price_points=Decimal("1.00"),
            quality_points=Decimal("1.00"),
            total=Decimal("2.00"),
            arithmetic="",
        )
        for place in range(1, 6)
    )
    ranked = BidsRanked(project_id=PROJECT, base_price=Money(101), ranking=ranking)
    concluded = FrameworkConcluded(
        project_id=PROJECT,
        suppliers=staying(ranking, RULEBOOK.share("tender.elimination_share_least"), 1),
        eliminated=1,
        valid_until=date(2028, 1, 1),
        choices_close_at=datetime(2026, 1, 1, tzinfo=UTC),
        concluded_by=PartyId(UUID(int=2)),
        rulebook=RULEBOOK.hash,
    )
    return ranked, concluded


def test_four_of_five_stay() -> None:
    ranked, concluded = of_five()

    assert [one.rank for one in concluded.suppliers] == [1, 2, 3, 4]
    assert list(suppliers((ranked, concluded), shipped())) == []


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda concluded: {"suppliers": concluded.suppliers[:-1]},
        lambda concluded: {"eliminated": 0},
        lambda concluded: {
            "suppliers": (
                concluded.suppliers[0].model_copy(update={"price": Money(1)}),
                *concluded.suppliers[1:],
            )
        },
    ],
)
def test_another_conclusion_is_shown(rewrite: Callable[[FrameworkConcluded], dict[str, object]]) -> None:
    ranked, concluded = of_five()
    facts: list[Fact] = [ranked, concluded.model_copy(update=rewrite(concluded))]

    ((zh, en),) = suppliers(facts, shipped())
    assert "入围供应商" in zh
    assert "suppliers follow" in en
