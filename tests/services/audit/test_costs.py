"""What the provider spent, told again from the log: sums by head, and spending beyond the agreement is a finding."""

from schemas.clauses import Clauses, CostLimit
from schemas.contract import ContractSigned
from schemas.cost import CostRejected, CostsReported, CostWithdrawalReason, CostWithdrawn, HeadTotal
from schemas.fact import FUNDS, NEEDS, PROJECTS, Fact
from schemas.money import Money
from services.audit.rules import Names, Story, spent_by_head, tell
from tests.services.audit.found import findings
from tests.services.audit.stories import Told


def reported(told: Told, **fen: int) -> CostsReported:
    return CostsReported(
        project_id=told.project,
        batch_id=told.contract,
        batch="2026-1",
        provider_id=told.provider,
        lines=len(fen),
        heads=tuple(HeadTotal(head=head, amount=Money(amount)) for head, amount in fen.items()),
        total=Money(sum(fen.values())),
        digest="0" * 64,
    )


def withdrawn(
    told: Told, reason: CostWithdrawalReason = CostWithdrawalReason.WRONG_HEAD, fen: int = 1
) -> CostWithdrawn:
    return CostWithdrawn(
        project_id=told.project,
        batch_id=told.contract,
        line_id=told.contract,
        head="activity",
        amount=Money(fen),
        reason=reason,
        withdrawn_by=told.provider,
    )


def rejected(told: Told, fen: int = 1) -> CostRejected:
    return CostRejected(
        project_id=told.project,
        batch_id=told.contract,
        line_id=told.contract,
        head="activity",
        amount=Money(fen),
        reason="无活动签到",
        rejected_by=told.funder,
    )


def costs(told: Told) -> list[Fact]:
    return [reported(told, activity=500, tax=20), withdrawn(told), rejected(told)]


def story(told: Told, *more: Fact, limit: int = 100) -> Story:
    """The whole story under an agreement that limits one head."""
    clauses = Clauses(cost_limits=(CostLimit(head="activity", name="业务活动费", most_percent=limit),))
    facts = [f.model_copy(update={"clauses": clauses}) if isinstance(f, ContractSigned) else f for f in told.facts]
    return Story(
        needs=tuple(f for f in facts if f.stream == NEEDS),
        funds=tuple(f for f in facts if f.stream == FUNDS),
        project=(*(f for f in facts if f.stream == PROJECTS), *more),
    )


def test_costs_are_summed_by_head_without_what_was_withdrawn_or_rejected() -> None:
    told = Told()

    activity, tax = spent_by_head(story(told, reported(told, activity=500), *costs(told)))

    assert (activity.head, activity.reported.fen, activity.withdrawn.fen) == ("activity", 1000, 1)
    assert (activity.rejected.fen, activity.counted.fen) == (1, 998)
    assert (tax.head, tax.counted.fen) == ("tax", 20)


def test_spending_beyond_a_heads_limit_or_the_price_is_a_finding_to_the_fen() -> None:
    told = Told()
    signed = next(fact for fact in told.facts if isinstance(fact, ContractSigned))
    half = signed.price.fen // 2

    within = findings(story(told, reported(told, activity=half), limit=50))
    beyond = findings(story(told, reported(told, activity=half + 1), limit=50))
    brought_back = findings(story(told, reported(told, activity=half + 1), withdrawn(told), limit=50))
    above_price = findings(story(told, reported(told, tax=signed.price.fen + 1)))

    assert (within, brought_back) == ([], [])
    assert [line.split(":")[0] for line in beyond] == ["cost head activity"]
    assert [line.split(":")[0] for line in above_price] == ["costs"]


def test_a_report_is_told_with_its_sums_by_head() -> None:
    told = Told()

    said = tell(reported(told, activity=500, tax=20), Names({}))

    assert said is not None
    assert "activity 5.00 元、tax 0.20 元" in said.zh
    assert "2 lines, CNY 5.20 (activity CNY 5.00, tax CNY 0.20)" in said.en
