"""The journey of one project, from a resident's need to published money, to the fen."""

from decimal import Decimal

from deploy.demo.story import delivering, paying, rating, tendering, whole
from schemas.fund import SourceType
from schemas.money import Money
from services.audit.api import TraceAnswer
from services.funds.rules.project import Phase
from tests.journey.town import Town, a_need, a_plan, choose, players, shares

STORY = (
    *("need.posted", "need.routed", "ballot.opened", "ballot.closed", "need.chosen"),
    *("fund.appropriated", "fund.appropriated"),
    *("project.proposed", "project.approved", "budget.reserved", "tender.opened"),
    *("bid.sealed", "bid.sealed", "bid.sealed", "tender.closed", "bids.opened", "bids.qualified"),
    *("scores.entered", "scores.entered", "scores.entered", "scoring.closed", "bids.ranked", "award.proposed"),
    *("award.confirmed", "contract.drafted", "contract.endorsed", "contract.endorsed", "contract.signed"),
    *("contract.paper_made",),
    *("funds.committed", "tranche.released", "payment.ordered", "tranche.paid", "receipts.matched"),
    *("milestone.submitted", "milestone.confirmed", "milestone.accepted", "milestone.report_made"),
    *("tranche.released", "payment.ordered", "tranche.paid", "receipts.matched"),
    *("milestone.submitted", "milestone.confirmed", "users.consulted", "milestone.accepted", "milestone.report_made"),
    *("party.rated", "party.rated", "party.rated", "party.rated"),
    *("milestone.rated", "ratings.assessed", "milestone.rated", "ratings.assessed"),
    *("grade.announced", "grade.accepted", "project.graded"),
    *(
        "tranche.released",
        "payment.ordered",
        "tranche.paid",
        "receipts.matched",
        "project.settled",
        "project.published",
    ),
)
ANNOUNCED = "award.announced"
"""told by the buyer while contracts drafts: before the draft or after it"""


async def test_a_need_becomes_published_money_to_the_fen(town: Town) -> None:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    ceiling = shares(of, Money(3_200_001), Money(1_600_000))
    plan = a_plan(of, project_id, shares=ceiling, price=Money(4_333_333))

    await whole.to_bids(town.api, plan)
    await town.days(tendering.BID_DAYS)
    winner = (await whole.to_award(town.api, plan)).provider
    await whole.to_first_payment(town.api, plan, winner)
    tokens = await whole.to_mid_term(town.api, plan, winner)
    await whole.to_final(town.api, plan, winner, tokens)
    await town.days(whole.RATING_DAYS)
    trace = await whole.to_the_end(town.api, plan, winner)
    graded = await rating.graded(town.api, project_id)
    money = await paying.settled(town.api, project_id, of.buyer.finance)

    # residents 80 × 50 + funder 75 × 30 + community 75 × 20, of 100: 77.50, which is 合格 and pays 90 %
    assert (graded.score, graded.grade, graded.factor_percent) == (Decimal("77.50"), "合格", 90)
    # 50/40/10 of 43,333.33: 21,666.665 goes up, as the largest remainder; 10 % at 90 % is 3,899.997
    assert [t.planned.fen for t in money.tranches] == [2_166_667, 1_733_333, 433_333]
    assert [t.amount.fen for t in money.tranches] == [2_166_667, 1_733_333, 390_000]
    assert [t.withheld.fen for t in money.tranches] == [0, 0, 43_333]
    assert (money.phase, money.paid.fen, money.returned.fen) == (Phase.SETTLED, 4_290_000, 43_333)
    # two thirds and one third: 48,000.01 less 43,333.33 at signing, and what was withheld at the end
    assert {(s.source_type, s.reserved.fen, s.paid.fen, s.returned.fen) for s in trace.sources} == {
        (SourceType.BUDGET, 3_200_001, 2_860_000, 340_001),
        (SourceType.LOTTERY, 1_600_000, 1_430_000, 170_000),
    }
    free = {account.account_id: account.free for account in await paying.accounts(town.api, of.buyer.finance)}
    assert free[of.accounts[0]] == Money(100_000_000_00 - 2_860_000)
    assert free[of.accounts[1]] == Money(100_000_000_00 - 1_430_000)
    assert (await delivering.published(town.api, project_id)).grade == "合格"
    assert_complete(trace)
    assert await town.findings() == ()


def assert_complete(trace: TraceAnswer) -> None:
    """Every step once and in order, each with the event it stands for and what caused it."""
    types = [step.type for step in trace.steps]
    types.remove(ANNOUNCED)
    assert tuple(types) == STORY
    assert (trace.published, trace.findings) == (True, ())
    assert len({step.event_id for step in trace.steps}) == len(STORY) + 1
    told = {step.event_id for step in trace.steps}
    by_others = [step.type for step in trace.steps if step.caused_by in told]
    assert {"project.proposed", "budget.reserved", "bids.ranked", "contract.drafted", "funds.committed"} <= set(
        by_others
    )
