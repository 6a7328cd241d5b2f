"""What may come between bids and agreement, through the public doors: cancelled, run again, objected to, passed on."""

from uuid import UUID

from deploy.demo.client import Client, Person
from deploy.demo.story import tendering
from deploy.demo.story.whole import Plan
from services.tenders.api.after_award import ObjectionReceived
from services.tenders.api.answers import Drafted, ProjectAnswer, Step
from services.tenders.rules.project import Phase


async def cancel_and_run_again(api: Client, plan: Plan) -> None:
    """Open with one bid in, cancelled by two persons, proposed again; its money is free again by then."""
    door, buyer = f"/v1/projects/{plan.project_id}", plan.buyer
    drafted = await tendering.draft(api, buyer.drafter, plan.project_id, plan.shares, plan.terms)
    await tendering.approve(api, buyer.approver, drafted)
    await tendering.budgeted(api, plan.project_id)
    await tendering.open_tender(api, buyer.drafter, plan.project_id)
    offer = plan.offers[0]
    await tendering.bid(api, offer.provider, plan.project_id, offer.price, offer.proposal)
    cancellation = {"ground": "no_longer_needed", "reason": "服务点搬迁(示例)"}
    cancelled = await api.post(f"{door}/cancellations", Drafted, cancellation, buyer.drafter)
    await api.post(f"{door}/cancellations/{cancelled.draft_id}/approval", Step, None, buyer.approver)
    await api.post(f"{door}/rerun", Step, {"reason": "服务点已定(示例)"}, buyer.drafter)


async def pass_on(api: Client, plan: Plan) -> Person:
    """The winner gives up in writing, and the next in rank is chosen with a reason; it is the winner then."""
    door, buyer = f"/v1/projects/{plan.project_id}", plan.buyer
    project = await api.get(door, ProjectAnswer)
    default = {"bid_id": project.award, "ground": "gave_up", "reason": "来函放弃(示例)", "evidence": "c" * 64}
    await api.post(f"{door}/award/default", Step, default, buyer.drafter)
    second = next(one for one in project.ranking if one.bid_id != project.award)
    choice = {"bid_id": second.bid_id, "reason": "报价相近,服务不能中断(示例)"}
    await api.post(f"{door}/award", Step, choice, buyer.approver)
    await api.until(door, ProjectAnswer, lambda p: p.phase is Phase.AWARDED)
    return next(offer.provider for offer in plan.offers if offer.provider.party_id == second.bidder_id)


async def announce_and_object(api: Client, plan: Plan, objector: Person) -> UUID:
    """Announced, objected to by somebody who did not win, found not to matter, and answered."""
    await api.post(f"/v1/projects/{plan.project_id}/award/notice", Step, None, plan.buyer.drafter)
    return await object_in_vain(api, plan, objector)


async def object_in_vain(api: Client, plan: Plan, objector: Person) -> UUID:
    door, buyer = f"/v1/projects/{plan.project_id}", plan.buyer
    body = {"objector_id": objector.party_id, "item": "result", "ground": "scoring", "text": "人员分请复核(示例)"}
    raised = await api.post(f"{door}/objections", ObjectionReceived, body, objector)
    here = f"{door}/objections/{raised.objection_id}"
    assessment = {"may_change": False, "reason": "所涉分值小于分差(示例)"}
    await api.post(f"{here}/assessment", Step, assessment, buyer.drafter)
    answer = {"upheld": False, "text": "经复核无误(示例)"}
    await api.post(f"{here}/answers", Step, answer, buyer.approver)
    return raised.objection_id
