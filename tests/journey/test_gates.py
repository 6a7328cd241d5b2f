"""Tranches behind several gates, and what a failed mid-term does: through the public doors only."""

from decimal import Decimal
from typing import Any

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, paying, rating, tendering, whole
from deploy.demo.story.whole import Plan
from schemas.clauses import Clauses, PaymentTerm
from schemas.contract import Milestone
from schemas.days import day_of
from schemas.money import Money
from schemas.role import Role
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from services.funds.api.answers import ProjectMoneyAnswer, TrancheAnswer
from services.funds.rules.instalment import Step
from services.funds.rules.project import Phase
from tests.journey.test_delivering import an_awarded_project
from tests.journey.town import Town, players, refused, yuan

PLAN = TranchePlan(
    tranches=(
        PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
        PlannedTranche(share_percent=Decimal(40), gate=Gate.MID_TERM_ACCEPTED, also=(Gate.MID_TERM_PASSED,)),
        PlannedTranche(
            share_percent=Decimal(10), gate=Gate.AUDIT_REPORTED, also=(Gate.FINAL_GRADED,), grade_at_least="合格"
        ),
    )
)
TERMS = tendering.TERMS.model_copy(
    update={"tranche_plan": PLAN, "clauses": Clauses(payment=PaymentTerm(days=45, late_permyriad=4))}
)


async def judge(api: Client, plan: Plan, result: str, score: str) -> ContractAnswer:
    body: dict[str, Any] = {"result": result, "score": score, "reasons": "按中期评估表(示例)"}
    path = f"/v1/projects/{plan.project_id}/midterm/judgements"
    return await api.post(path, ContractAnswer, body, plan.buyer.drafter)


async def report(api: Client, plan: Plan, opinion: str) -> ContractAnswer:
    body = {"report_digest": "a" * 64, "auditor_name": "示例会计师事务所", "opinion": opinion}
    return await api.post(f"/v1/projects/{plan.project_id}/audit-reports", ContractAnswer, body, plan.buyer.drafter)


async def unjudged(api: Client, plan: Plan, winner: Person) -> TrancheAnswer:
    """The second tranche, once it waits for the judgement, until a day."""
    found = await api.until(
        f"/v1/projects/{plan.project_id}/money",
        ProjectMoneyAnswer,
        lambda found: getattr(found.tranches[1].missing, "code", None) == "mid_term_not_judged",
        winner,
    )
    return found.tranches[1]


async def test_a_mid_term_that_nobody_judges_pays_all_the_same_and_everybody_sees_why(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of, terms=TERMS)
    api, id = town.api, plan.project_id
    await whole.to_first_payment(api, plan, winner)
    await whole.deliver(api, plan, winner, Milestone.MID_TERM, "中期记录")
    waiting = await unjudged(api, plan, winner)
    assert waiting.missing is not None
    assert waiting.missing.until is not None

    await town.days((waiting.missing.until - day_of(await town.now())).days + 1)

    assert (await paying.released(api, of.buyer.finance, id, 2)).amount == yuan(16_000)
    (_, second, _) = (await paying.money(api, id, winner)).tranches
    assert [gate.open for gate in second.gates] == [True, True]
    assert "无人作出评估" in second.gates[1].zh
    contract = await api.get(f"/v1/projects/{id}/contract", ContractAnswer, winner)
    assert contract.mid_term is None
    assert contract.mid_term_judgement is not None
    assert (contract.mid_term_judgement.deemed, contract.mid_term_judgement.last_day) == (True, waiting.missing.until)
    with refused("mid_term_passed_already"):
        await judge(api, plan, "failed", "40.00")
    await paying.pay(api, of.buyer.finance, id, 2, of.buyer.approver)
    await town.clock.quiet()
    trace = await api.get(f"/v1/audit/projects/{id}/trace", TraceAnswer, town.auditor)
    assert "midterm.deemed_passed" in [step.type for step in trace.steps]
    assert trace.findings == ()


async def test_money_follows_the_judgement_the_report_and_the_grade_and_the_organization_sees_what_is_missing(
    town: Town,
) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of, terms=TERMS)
    api, id = town.api, plan.project_id
    await whole.to_first_payment(api, plan, winner)
    money = await paying.money(api, id, winner)
    assert money.tranches[0].clock is not None
    assert "45 日" in money.tranches[0].clock.source
    await whole.deliver(api, plan, winner, Milestone.MID_TERM, "中期记录")
    waiting = await unjudged(api, plan, winner)
    assert (waiting.step, [gate.open for gate in waiting.gates]) == (Step.WAITING, [True, False])
    assert waiting.missing is not None
    assert waiting.missing.who == (Role.FUNDER,)

    await judge(api, plan, "passed", "86.00")
    assert (await paying.released(api, of.buyer.finance, id, 2)).amount == yuan(16_000)
    await paying.pay(api, of.buyer.finance, id, 2, of.buyer.approver)
    tokens = await rating.issue_tokens(api, plan.community, id, plan.beneficiaries)
    await whole.to_final(api, plan, winner, tokens)
    await town.days(whole.RATING_DAYS)
    await rating.accept_grade(api, winner, id)
    await rating.graded(api, id)
    await report(api, plan, "adverse")
    graded = await api.until(
        f"/v1/projects/{id}/money",
        ProjectMoneyAnswer,
        lambda found: getattr(found.tranches[2].missing, "code", None) == "audit_opinion_adverse",
        winner,
    )
    assert graded.phase is Phase.COMMITTED
    assert graded.tranches[2].missing is not None
    assert graded.tranches[2].missing.until is not None  # the last day on which another report may come
    await report(api, plan, "qualified")
    trace = await whole.to_the_trace(api, plan)
    assert trace.findings == ()


async def test_a_failed_mid_term_ends_it_the_rest_returns_to_its_sources_and_the_result_is_published(
    town: Town,
) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of, terms=TERMS)
    api, id = town.api, plan.project_id
    await whole.to_first_payment(api, plan, winner)
    await delivering.submit(api, winner, id, Milestone.MID_TERM, "只有半份记录")

    with refused("score_against_result", "60 分"):
        await judge(api, plan, "failed", "60.00")
    judged = await judge(api, plan, "failed", "45.00")

    assert judged.mid_term is not None
    assert "海曙区" in judged.mid_term.source
    contract = await delivering.published(api, id)
    money = await paying.money(api, id, of.buyer.finance)
    assert (money.phase, money.paid, money.returned) == (Phase.SETTLED, yuan(20_000), yuan(20_000))
    assert money.set_aside == Money(0)
    assert contract.grade == "不合格"
    with refused("agreement_over"):
        await delivering.confirm(api, plan.community, id, Milestone.MID_TERM)
    trace = await delivering.trace(api, id)
    assert trace.findings == ()
    assert await town.findings() == ()
