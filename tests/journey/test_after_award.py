"""A tender that is cancelled and run again, objected to, evaluated again and passed on: to the agreement and its first
payment, with every fen where it belongs, a complete story, and a ranking that follows from its last run."""

from collections.abc import Callable

import pytest

from deploy.demo.client import Client, Person
from deploy.demo.story import paying, tendering, whole
from deploy.demo.story.whole import Plan
from deploy.replay import replay
from schemas.ids import BidId, PartyId
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from services.funds.rules.project import Phase as MoneyPhase
from services.kit.rulebooks import shipped
from services.tenders.api.after_award import AfterAnswer, ObjectionReceived
from services.tenders.api.answers import ProjectAnswer, Step
from services.tenders.api.complaints import ComplaintStep
from tests.journey.after_award import announce_and_object, cancel_and_run_again, object_in_vain, pass_on
from tests.journey.complained import file
from tests.journey.town import Town, a_need, a_plan, choose, players, yuan


@pytest.mark.timeout(240)
async def test_a_tender_with_all_that_may_happen_to_it_comes_to_its_agreement(town: Town) -> None:
    of, api = await players(town), town.api
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    await cancel_and_run_again(api, plan)
    await whole.to_bids(api, plan)
    await town.days(tendering.BID_DAYS)
    first = (await whole.to_award(api, plan)).provider
    again = await evaluated_again(api, plan)
    second = await pass_on(api, plan)
    await announce_and_object(api, plan, plan.offers[-1].provider)
    await api.until(f"/v1/projects/{project_id}/contract", ContractAnswer, provided_by(second.party_id), second)
    await whole.to_first_payment(api, plan, second)

    money = await paying.money(api, project_id, of.buyer.finance)
    shown = await api.get(f"/v1/projects/{project_id}/award", AfterAnswer)
    trace = await api.until(
        f"/v1/audit/projects/{project_id}/trace",
        TraceAnswer,
        lambda trace: any(step.type == "tranche.paid" for step in trace.steps),
        town.auditor,
    )
    await town.clock.quiet()
    async with town.observer.snapshot() as tx:
        replayed = await replay(tx, project_id, shipped())

    assert first.party_id != second.party_id
    assert (money.phase, money.price) == (MoneyPhase.COMMITTED, yuan(41_000))
    assert (shown.run, [one.bid_id for one in shown.set_aside]) == (2, [again])
    assert trace.findings == ()
    assert replayed is not None
    assert (replayed.differences, replayed.bids) == ((), 3)


@pytest.mark.timeout(240)
async def test_what_the_finance_department_decides_is_followed_and_the_ranking_still_follows(town: Town) -> None:
    """An objection is not upheld, a complaint about it is: scored anew; a second sets the award aside, and the next in
    rank signs. The story is complete, and the award is found again from what was said."""
    of, api = await players(town), town.api
    (project_id,) = await choose(town, of, a_need())
    plan, finance = a_plan(of, project_id), await town.supervisor()
    await whole.to_bids(api, plan)
    await town.days(tendering.BID_DAYS)
    await whole.to_award(api, plan)
    complainant = plan.offers[-1].provider
    objection = await object_in_vain(api, plan, complainant)
    await decide(api, plan, await file(api, plan, complainant, finance, objection), finance, "reevaluate")
    again = await score_again(api, plan)
    objection = await announce_and_object(api, plan, complainant)
    await decide(api, plan, await file(api, plan, complainant, finance, objection), finance, "next")
    second = plan.offers[1].provider
    door = f"/v1/projects/{project_id}"
    ranking = (await api.get(door, ProjectAnswer)).ranking
    chosen = next(one.bid_id for one in ranking if one.bidder_id == second.party_id)
    await api.post(f"{door}/award", Step, {"bid_id": chosen, "reason": "按排名(示例)"}, of.buyer.approver)
    await api.until(f"{door}/contract", ContractAnswer, provided_by(second.party_id), second)
    await whole.to_first_payment(api, plan, second)

    await town.clock.quiet()
    shown = await api.get(f"{door}/award", AfterAnswer)
    trace = await api.get(f"/v1/audit/projects/{project_id}/trace", TraceAnswer, town.auditor)
    async with town.observer.snapshot() as tx:
        replayed = await replay(tx, project_id, shipped())

    assert [(one.bid_id, one.code) for one in shown.set_aside] == [(again, "complaint_upheld")]
    assert sum(step.type == "complaint.decided" for step in trace.steps) == 2
    assert trace.findings == ()
    assert replayed is not None
    assert replayed.differences == ()


async def decide(api: Client, plan: Plan, complaint: str, finance: Person, remedy: str) -> None:
    await api.post(f"{complaint}/acceptance", ComplaintStep, None, finance)
    decision = {"upheld": True, "remedy": remedy, "text": "评分错误(示例)"}
    await api.post(f"{complaint}/decision", ComplaintStep, decision, finance)


def provided_by(party_id: PartyId) -> Callable[[ContractAnswer], bool]:
    return lambda found: found.agreement.provider_id == party_id


async def evaluated_again(api: Client, plan: Plan) -> BidId:
    """An objection is upheld, everything is scored anew, and the first is the first again."""
    door, buyer, objector = f"/v1/projects/{plan.project_id}", plan.buyer, plan.offers[1].provider
    body = {"objector_id": objector.party_id, "item": "result", "ground": "scoring", "text": "漏计一名评委(示例)"}
    raised = await api.post(f"{door}/objections", ObjectionReceived, body, objector)
    here = f"{door}/objections/{raised.objection_id}"
    await api.post(f"{here}/assessment", Step, {"may_change": True, "reason": "分差很小(示例)"}, buyer.drafter)
    answer = {"upheld": True, "remedy": "reevaluate", "text": "重新评审(示例)"}
    await api.post(f"{here}/answers", Step, answer, buyer.approver)
    return await score_again(api, plan)


async def score_again(api: Client, plan: Plan) -> BidId:
    """As before, and the first is chosen again."""
    buyer = plan.buyer
    project = await api.get(f"/v1/projects/{plan.project_id}", ProjectAnswer)
    by_bidder = {offer.provider.party_id: offer for offer in plan.offers}
    for evaluator in plan.evaluators:
        points = {bid.bid_id: whole.marks(plan.terms, by_bidder[bid.bidder_id].quality) for bid in project.opened}
        await tendering.score(api, evaluator, plan.project_id, points)
    await tendering.close_scoring(api, buyer.drafter, plan.project_id)
    ranked = await tendering.ranked(api, plan.project_id)
    await tendering.confirm_award(api, buyer.approver, plan.project_id, ranked.ranking[0].bid_id)
    return ranked.ranking[0].bid_id
