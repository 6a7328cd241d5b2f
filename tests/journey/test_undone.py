"""A complaint decided after both signed: what nothing was performed of is cancelled, and its money too; else it stands.

Through the public doors, with every service, to a complete story and books that add up.
"""

import pytest

from deploy.demo.client import Person
from deploy.demo.story import delivering, paying, tendering, whole
from deploy.demo.story.whole import Plan
from deploy.replay import replay
from schemas.cancelled import Performance
from schemas.money import ZERO
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from services.contracts.rules.life import ContractState
from services.funds.rules.project import Phase as MoneyPhase
from services.kit.rulebooks import shipped
from services.tenders.api.answers import ProjectAnswer, Step
from services.tenders.api.complaint_answers import ComplaintsAnswer, DecisionEffect
from services.tenders.rules.project import Phase
from tests.journey.after_award import object_in_vain
from tests.journey.complained import file
from tests.journey.test_after_award import decide, provided_by
from tests.journey.town import Town, a_need, a_plan, choose, players


async def signed(town: Town) -> tuple[Plan, Person, str, Person]:
    """The plan, who signed, the complaint (its address) that waits for its decision, and who decides."""
    of, api = await players(town), town.api
    (project_id,) = await choose(town, of, a_need())
    plan, finance = a_plan(of, project_id), await town.supervisor()
    await whole.to_bids(api, plan)
    await town.days(tendering.BID_DAYS)
    winner = (await whole.to_award(api, plan)).provider
    complainant = plan.offers[-1].provider
    objection = await object_in_vain(api, plan, complainant)
    await delivering.endorse(api, plan.buyer.approver, project_id)
    await delivering.endorse(api, winner, project_id)
    await paying.released(api, plan.buyer.finance, project_id, 1)
    return plan, winner, await file(api, plan, complainant, finance, objection), finance


async def is_complete(town: Town, plan: Plan) -> list[str]:
    """Without findings anywhere, and decided alike when it is replayed; the types of its steps."""
    await town.clock.quiet()
    trace = await town.api.get(f"/v1/audit/projects/{plan.project_id}/trace", TraceAnswer, town.auditor)
    async with town.observer.snapshot() as tx:
        replayed = await replay(tx, plan.project_id, shipped())
    assert trace.findings == ()
    assert await town.findings() == ()
    assert replayed is None or replayed.differences == ()  # none while nothing was ranked in its last run
    return [step.type for step in trace.steps]


@pytest.mark.timeout(240)
async def test_the_next_in_rank_signs_and_is_paid_after_an_agreement_was_cancelled(town: Town) -> None:
    plan, first, complaint, authority = await signed(town)
    api, door = town.api, f"/v1/projects/{plan.project_id}"
    await decide(api, plan, complaint, authority, "next")
    project = await api.until(door, ProjectAnswer, lambda p: p.phase is Phase.RANKED)
    contract = await api.get(f"{door}/contract", ContractAnswer, first)
    [shown] = (await api.get(f"{door}/complaints", ComplaintsAnswer)).complaints
    money = await paying.money(api, plan.project_id, plan.buyer.finance)

    assert contract.state.code is ContractState.CANCELLED
    assert shown.agreement is not None
    assert shown.agreement.code is DecisionEffect.CANCELLED
    assert "财政部令第94号" in shown.agreement.source
    assert (money.phase, money.tranches) == (MoneyPhase.RESERVED, ())

    second = plan.offers[1].provider
    chosen = next(one.bid_id for one in project.ranking if one.bidder_id == second.party_id)
    await api.post(f"{door}/award", Step, {"bid_id": chosen, "reason": "按排名(示例)"}, plan.buyer.approver)
    await api.until(f"{door}/contract", ContractAnswer, provided_by(second.party_id), second)
    await whole.to_first_payment(api, plan, second)

    steps = await is_complete(town, plan)
    paper = await api.get(f"{door}/contract", ContractAnswer, second)
    assert paper.document_digest != contract.document_digest
    assert [steps.count(f"contract.{what}") for what in ("signed", "cancelled", "paper_made")] == [2, 1, 2]
    assert steps.count("commitment.cancelled") == 1
    assert first.party_id != second.party_id


@pytest.mark.timeout(240)
async def test_a_tender_to_be_run_again_has_its_money_free_and_is_proposed_anew(town: Town) -> None:
    plan, _, complaint, authority = await signed(town)
    api, door = town.api, f"/v1/projects/{plan.project_id}"
    before = await paying.accounts(api, plan.buyer.finance)
    await decide(api, plan, complaint, authority, "rerun")
    await api.until(door, ProjectAnswer, lambda p: p.phase is Phase.VOIDED)
    await api.post(f"{door}/rerun", Step, {"reason": "重新开展采购(示例)"}, plan.buyer.drafter)
    money = await paying.money(api, plan.project_id, plan.buyer.finance)
    accounts = await paying.accounts(api, plan.buyer.finance)

    assert money.phase is MoneyPhase.RETURNED
    assert sum(one.free.fen for one in accounts) > sum(one.free.fen for one in before)
    await is_complete(town, plan)
    drafted = await tendering.draft(api, plan.buyer.drafter, plan.project_id, plan.shares, plan.terms)
    await tendering.approve(api, plan.buyer.approver, drafted)
    await tendering.budgeted(api, plan.project_id)
    await is_complete(town, plan)


@pytest.mark.timeout(240)
async def test_after_a_payment_the_agreement_stands_and_the_decision_and_the_agreement_say_so(town: Town) -> None:
    plan, winner, complaint, authority = await signed(town)
    api, door = town.api, f"/v1/projects/{plan.project_id}"
    await paying.pay(api, plan.buyer.finance, plan.project_id, 1, plan.buyer.approver)
    await decide(api, plan, complaint, authority, "next")
    told = await api.until(
        f"{door}/complaints", ComplaintsAnswer, lambda found: found.complaints[0].agreement is not None
    )
    contract = await api.get(f"{door}/contract", ContractAnswer, winner)
    money = await paying.money(api, plan.project_id, plan.buyer.finance)

    effect = told.complaints[0].agreement
    assert effect is not None
    assert (effect.code, "财政部令第94号" in effect.source) == (DecisionEffect.ORDERED, True)
    assert contract.contested is not None
    assert (contract.contested.performed, contract.contested.source) == (Performance.ORDERED, effect.source)
    assert contract.state.code is ContractState.SIGNED
    assert (money.phase, money.paid != ZERO) == (MoneyPhase.COMMITTED, True)
    assert (await api.get(door, ProjectAnswer)).phase is Phase.AWARDED
    assert "contract.stands" in await is_complete(town, plan)
