"""Complaints to the finance department, through the public doors: rejected, filed anew, dismissed; one withdrawn."""

from uuid import UUID

from deploy.demo.client import Client, Person
from deploy.demo.story.whole import Plan
from services.tenders.api.after_award import ObjectionReceived
from services.tenders.api.answers import Step
from services.tenders.api.complaints import ComplaintReceived, ComplaintStep


async def file(api: Client, plan: Plan, by: Person, authority: Person, objection_id: UUID) -> str:
    """The complaint's own address."""
    door = f"/v1/projects/{plan.project_id}/complaints"
    body = {
        "objection_id": objection_id,
        "complainant_id": by.party_id,
        "respondent_id": plan.buyer.drafter.party_id,
        "authority_id": authority.party_id,
        "facts": "答复没有说明人员分如何计算(示例)",
        "request": "重新评审(示例)",
    }
    return f"{door}/{(await api.post(door, ComplaintReceived, body, by)).complaint_id}"


async def complain(api: Client, plan: Plan, by: Person, winner: Person, authority: Person, objection: UUID) -> None:
    """Suspended and let go on meanwhile; whom it concerns answers; in the end it is not upheld."""
    first = await file(api, plan, by, authority, objection)
    rejection = {"ground": "incomplete", "text": "请补正投诉书(示例)"}
    await api.post(f"{first}/rejection", ComplaintStep, rejection, authority)
    here = await file(api, plan, by, authority, objection)
    await api.post(f"{here}/acceptance", ComplaintStep, {"others": [winner.party_id]}, authority)
    suspension = {"days": 10, "reason": "核对评分表(示例)"}
    await api.post(f"{here}/suspension", ComplaintStep, suspension, authority)
    await api.post(f"{here}/answers", ComplaintStep, {"text": "评分依据见评分表(示例)"}, plan.buyer.drafter)
    await api.post(f"{here}/answers", ComplaintStep, {"text": "人员均已备案(示例)"}, winner)
    await api.post(f"{here}/resumption", ComplaintStep, None, authority)
    decision = {"upheld": False, "text": "投诉缺乏事实依据(示例)"}
    await api.post(f"{here}/decision", ComplaintStep, decision, authority)
    await withdraw_another(api, plan, by, authority)


async def withdraw_another(api: Client, plan: Plan, by: Person, authority: Person) -> None:
    door = f"/v1/projects/{plan.project_id}/objections"
    body = {"objector_id": by.party_id, "item": "process", "ground": "procedure", "text": "开标记录请复核(示例)"}
    raised = await api.post(door, ObjectionReceived, body, by)
    answer = {"upheld": False, "text": "经复核无误(示例)"}
    await api.post(f"{door}/{raised.objection_id}/answers", Step, answer, plan.buyer.approver)
    here = await file(api, plan, by, authority, raised.objection_id)
    await api.post(f"{here}/withdrawal", ComplaintStep, None, by)
