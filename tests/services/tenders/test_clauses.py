"""What a tender fixes beside price and plan, within the rulebook where it sets a bound."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic_core import to_json

from schemas.clauses import Clauses, CostLimit, Indicator, PaymentTerm
from schemas.tender import AwardConfirmed
from services.kit.rulebooks import shipped
from services.tenders.rules.clauses import COST_PERCENT_MOST, PAYMENT_DAYS_MOST
from services.tenders.rules.project import Phase
from tests.services.tenders.market import a_market
from tests.services.tenders.stories import Tendered, a_draft, some_terms
from tests.support.fixtures import Running
from tests.support.pure import refused


def an_indicator(id: str = "meals", points: str = "60") -> Indicator:
    return Indicator(id=id, name="送餐", unit="人次", planned=12_000, points=Decimal(points))


def terms_with(**clauses: Any) -> dict[str, Any]:
    return {"terms": some_terms().model_copy(update={"clauses": Clauses(**clauses)})}


ALL = Clauses(
    indicators=(an_indicator(), an_indicator("visits", "40")),
    cost_limits=(CostLimit(head="management", name="管理费", most_percent=10),),
    payment=PaymentTerm(days=60, late_permyriad=5),
)


def test_the_clauses_of_the_tender_go_into_the_award() -> None:
    story = Tendered().proposed()
    story.draft(a_draft(terms=some_terms().model_copy(update={"clauses": ALL})))
    drafted = story.project.agreed
    ranked = Tendered().ranked(1, 2, 3)
    ranked.world.put(replace(ranked.project, draft=drafted))

    confirmed, *_ = ranked.award(ranked.project.ranking[0].bid_id)

    assert isinstance(confirmed, AwardConfirmed)
    assert confirmed.terms.clauses == ALL


@pytest.mark.parametrize(
    ("clauses", "code", "field", "source"),
    [
        (
            {"indicators": (an_indicator(), an_indicator("visits", "40.01"))},
            "indicator_points_above_most",
            "terms.clauses.indicators",
            None,
        ),
        (
            {
                "cost_limits": (
                    CostLimit(head="staff", name="人员", most_percent=100),
                    CostLimit(head="management", name="管理费", most_percent=11),
                )
            },
            "cost_limit_above_most",
            "terms.clauses.cost_limits.1.most_percent",
            "5%—10%",
        ),
    ],
)
def test_clauses_beyond_a_bound_are_refused_by_their_field(
    clauses: dict[str, Any], code: str, field: str, source: str | None
) -> None:
    story = Tendered().proposed()

    with refused(code, source=source, status=422) as caught:
        story.draft(a_draft(**terms_with(**clauses)))

    assert caught.value.field == field
    assert story.phase is Phase.PROPOSED


def test_the_rulebook_may_shorten_the_time_to_pay() -> None:
    story = Tendered().proposed()
    rules = story.rulebook.rules
    story.rulebook = replace(
        story.rulebook, rules={**rules, PAYMENT_DAYS_MOST: replace(rules[PAYMENT_DAYS_MOST], value=30)}
    )

    with refused("payment_days_above_most", status=422) as caught:
        story.draft(a_draft(**terms_with(payment=PaymentTerm(days=31, late_permyriad=5))))
    assert caught.value.field == "terms.clauses.payment.days"
    story.draft(a_draft(**terms_with(payment=PaymentTerm(days=30, late_permyriad=5))))


def test_an_edition_without_these_bounds_goes_on_as_before() -> None:
    (book,) = [b for b in shipped() if (b.id, b.version) == ("example/below-limit", "2026.2")]
    story = Tendered().proposed()
    story.rulebook = book

    assert not {COST_PERCENT_MOST, PAYMENT_DAYS_MOST} & set(book.rules)
    story.draft(a_draft(**terms_with(cost_limits=(CostLimit(head="management", name="管理费", most_percent=99),))))
    assert story.phase is Phase.DRAFTED


async def test_at_the_door_each_fault_is_named_and_what_fits_is_kept(running: Running) -> None:
    async with a_market(running) as market:
        await market.propose()
        good = a_draft(terms=some_terms().model_copy(update={"clauses": ALL})).model_dump(
            mode="json", exclude={"project_id"}
        )

        async def refused_at(change: dict[str, Any], title: str, field: str) -> None:
            clauses = good["terms"]["clauses"] | change
            reply = await market.post("drafts", good | {"terms": good["terms"] | {"clauses": clauses}}, market.drafter)
            assert (reply.status, reply.json["title"], reply.json["field"]) == (422, title, field)

        first, second = good["terms"]["clauses"]["indicators"]
        dear, empty = [first | {"points": "60.01"}, second], [first | {"planned": 0}]
        at = "terms.clauses.indicators"
        await refused_at({"indicators": dear}, "indicator_points_above_most", at)
        await refused_at({"indicators": empty}, "invalid_field", f"{at}.0.planned")
        await refused_at({"indicators": [first, first]}, "invalid_field", "terms.clauses")
        await refused_at({"payment": {"days": 61, "late_permyriad": 5}}, "invalid_field", "terms.clauses.payment.days")
        assert (await market.get("/draft", market.drafter)).status == 404
        await market.must("drafts", good, market.drafter)
        draft = await market.get("/draft", market.approver)

        assert Clauses.model_validate_json(to_json(draft.json["terms"]["clauses"])) == ALL
