"""An agreement without a tender, through the public doors: drafted by one, approved by another, reserved, arranged."""

from typing import Any

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, tendering
from deploy.demo.story.whole import Buyer
from schemas.contract import Milestone
from schemas.ids import ProjectId
from schemas.money import Money
from services.contracts.api.workload import WorkAnswer
from services.tenders.api.answers import Drafted, ProjectAnswer, Step
from services.tenders.rules.project import Phase
from tests.journey.town import Players, shares, yuan

WORK = {
    "items": [
        {"id": "visit", "name": "入户核实", "unit": "户", "unit_price": {"fen": 5_000}, "most_units": 120},
        {"id": "talk", "name": "政策宣讲", "unit": "场", "unit_price": {"fen": 80_000}, "most_units": 10},
    ]
}


def a_commission(of: Players, **changes: Any) -> dict[str, Any]:
    """12,000 元 at most: 3,600 in advance, the rest behind the final acceptance; all units would cost 14,000."""
    body = {
        "instrument": "commission",
        "provider_id": of.community.party_id,
        "price": yuan(12_000),
        "shares": shares(of, yuan(8_000), yuan(4_000)),
        "tranches": [
            {"amount": yuan(3_600), "gate": "signed"},
            {"amount": yuan(8_400), "gate": "final_accepted"},
        ],
        "work": WORK,
        "requirements": "逐户核实独居老人情况,每场宣讲留签到表。",
        "ground": {"code": "community_assistance", "reason": "须由熟悉住户的居委会入户核实。"},
        "rulebook": tendering.RULEBOOK,
    }
    return body | changes


def a_request(**changes: Any) -> dict[str, Any]:
    """What a department wants from a community, in its own words."""
    body = {
        "title": "独居老人情况核实",
        "request": "请逐户核实独居老人情况,并作政策宣讲;须由熟悉住户的居委会入户。",
        "category": "health_elderly",
        "beneficiaries": 120,
        "cost": yuan(12_000),
        "rulebook": tendering.RULEBOOK,
    }
    return body | changes


async def ask(api: Client, of: Players, body: dict[str, Any]) -> ProjectId:
    """The funder asks the community in writing."""
    door = f"/v1/communities/{of.community.party_id}/commissions"
    return (await api.post(door, Step, body, of.buyer.drafter)).project_id


async def consent(api: Client, community: Person, project_id: ProjectId) -> Step:
    return await api.post(f"/v1/projects/{project_id}/commission/acceptance", Step, None, community)


def a_reward(of: Players, provider: Person, **changes: Any) -> dict[str, Any]:
    body = {
        "instrument": "reward",
        "provider_id": provider.party_id,
        "price": yuan(5_000),
        "shares": shares(of, yuan(5_000)),
        "tranches": [{"amount": yuan(5_000), "gate": "final_accepted"}],
        "requirements": "先办邻里节,结果验收后奖补。",
        "ground": {"code": "after_result", "reason": "先办后补,按结果支付。"},
        "rulebook": tendering.RULEBOOK,
    }
    return body | changes


async def draft(api: Client, buyer: Buyer, project_id: ProjectId, body: dict[str, Any]) -> Drafted:
    return await api.post(f"/v1/projects/{project_id}/arrangements", Drafted, body, buyer.drafter)


async def arrange(api: Client, buyer: Buyer, project_id: ProjectId, body: dict[str, Any]) -> ProjectAnswer:
    drafted = await draft(api, buyer, project_id, body)
    await tendering.approve(api, buyer.approver, drafted)
    return await api.until(f"/v1/projects/{project_id}", ProjectAnswer, lambda p: p.phase is Phase.AWARDED)


async def report(api: Client, provider: Person, project_id: ProjectId, **units: int) -> WorkAnswer:
    return await api.post(f"/v1/projects/{project_id}/work/reports", WorkAnswer, _units(units), provider)


async def count(api: Client, buyer: Person, project_id: ProjectId, **units: int) -> WorkAnswer:
    return await api.post(f"/v1/projects/{project_id}/work/acceptances", WorkAnswer, _units(units), buyer)


def _units(units: dict[str, int]) -> dict[str, Any]:
    return {"units": [{"item": item, "units": number} for item, number in units.items()]}


async def perform(api: Client, of: Players, project_id: ProjectId) -> Money:
    """Signed, worked, counted and accepted; the fee."""
    await delivering.endorse(api, of.community, project_id)
    await delivering.endorse(api, of.buyer.approver, project_id)
    await report(api, of.community, project_id, visit=110, talk=6)
    await delivering.submit(api, of.community, project_id, Milestone.FINAL, "核实汇总(示例)")
    counted = await count(api, of.buyer.drafter, project_id, visit=100, talk=5)
    await delivering.consult(api, of.buyer.drafter, project_id, Milestone.FINAL)
    await delivering.accept(api, of.buyer.drafter, project_id, Milestone.FINAL)
    assert counted.fee is not None
    return counted.fee
