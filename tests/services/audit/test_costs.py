"""What the provider spent, told again from the log: sums by head, and spending beyond the agreement is a finding."""

from schemas.change import CommitmentChanged
from schemas.clauses import Clauses, CostLimit
from schemas.contract import ContractSigned
from schemas.cost import CostRejected, CostsReported, CostWithdrawalReason, CostWithdrawn, HeadTotal
from schemas.fact import FUNDS, NEEDS, PROJECTS, Fact
from schemas.money import Money
from services.audit import SERVICE
from services.audit.rules import Names, Story, above_new_limits, spent_by_head, tell
from tests.services.audit.found import findings
from tests.services.audit.lives import committed
from tests.services.audit.stories import Told
from tests.services.audit.test_service import tell_all
from tests.services.audit.test_tracing import auditor_of
from tests.support.fixtures import Running


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


def lowered(told: Told, price: int) -> CommitmentChanged:
    return committed(told, Money(price), (), (), (), ())


def faults(told: Told, *more: Fact, limit: int = 100) -> list[str]:
    return [line for line in findings(story(told, *more, limit=limit)) if line.startswith("cost")]


def test_a_price_lowered_below_what_was_spent_is_no_fault_and_is_told_as_what_it_is() -> None:
    told = Told()  # 900 yuan, of which the head may take half
    more = (reported(told, activity=44_000), lowered(told, 60_000))

    above = above_new_limits(story(told, *more, limit=50))

    assert faults(told, *more, limit=50) == []
    assert [(one.head, one.limit.fen, one.above.fen) for one in above] == [("activity", 30_000, 14_000)]
    assert "activity 的支出 440.00 元 填报时未超限额;价款下调后限额为 300.00 元,超出的 140.00 元" in above[0].zh
    assert "CNY 140.00 beyond it are the provider's own" in above[0].en


def test_beyond_the_price_too_each_fen_is_told_once() -> None:
    told = Told()
    more = (reported(told, activity=40_000, tax=35_000), lowered(told, 60_000))

    above = above_new_limits(story(told, *more, limit=50))

    assert faults(told, *more, limit=50) == []
    assert [(one.head, one.above.fen) for one in above] == [("activity", 10_000), (None, 5_000)]


def test_what_was_reported_after_the_price_came_down_has_to_keep_to_it() -> None:
    told = Told()
    within = (reported(told, activity=29_000), lowered(told, 60_000), reported(told, activity=1_000))
    beyond = (reported(told, activity=29_000), lowered(told, 60_000), reported(told, activity=1_001))

    assert faults(told, *within, limit=50) == []
    assert faults(told, *beyond, limit=50) == ["cost head activity: 300.01 元 spent, above 50% of the price 600.00 元"]
    assert above_new_limits(story(told, *beyond, limit=50)) == ()
    assert faults(told, reported(told, tax=50_000), lowered(told, 60_000), reported(told, tax=10_001)) == [
        "costs: 600.01 元 spent, above the price 600.00 元"
    ]


def test_a_higher_price_makes_room_from_then_on() -> None:
    told = Told()

    assert faults(told, lowered(told, 99_000), reported(told, tax=99_000)) == []
    assert faults(told, reported(told, tax=90_001), lowered(told, 99_000)) == [
        "costs: 900.01 元 spent, above the price 900.00 元"
    ]


async def test_the_trace_shows_it_beside_its_findings(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        told.by += [("funds", reported(told, tax=80_000)), ("funds", lowered(told, 60_000))]
        await tell_all(system, told)

        trace = (await system.get(f"/v1/audit/projects/{told.project}/trace", auditor)).json

        assert [one for one in trace["findings"] if one["en"].startswith("cost")] == []
        (one,) = trace["above_new_limits"]
        assert (one["spent"], one["limit"], one["above"]) == ({"fen": 80_000}, {"fen": 60_000}, {"fen": 20_000})
        assert "由承接方自行承担" in one["zh"]
