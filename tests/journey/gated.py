"""A department at the gate before communities, through the public doors."""

from typing import Any

from deploy.demo.client import Client
from schemas.days import day_of
from services.needs.api.burden import InventoryAnswer, ReliefAnswer
from services.needs.api.gate import ItemAnswer
from services.needs.api.stamps import StampAnswer
from tests.journey.town import Players, Town

COUNTY = "320508"
PRINCIPLES = {name: {"holds": True, "reason": "已核对"} for name in ("lawful", "effective", "accountable")}


def gate_of(town: Town) -> str:
    return f"/v1/gates/{town.registry.enters.party_id}"


async def apply(town: Town, of: Players, **changes: Any) -> ItemAnswer:
    today = day_of(await town.now()).isoformat()
    body = {
        "title": "独居老人情况入户核对",
        "description": "每季度入户一次,核对独居老人的服务需求。",
        "dimension": "work",
        "category": "health_elderly",
        "beneficiaries": 120,
        "scope": COUNTY,
        "basis_level": "prefecture_document",
        "basis": "苏府办〔2026〕1号第三条(示例)",
        "costing": {"budget_line": "2080208", "unit": "户", "quantity": 120, "unit_price": {"fen": 10_000}},
        "begins_on": today,
        "ends_on": today,
    }
    return await town.api.post(f"{gate_of(town)}/items", ItemAnswer, body | changes, of.buyer.drafter)


async def assess(town: Town, item: ItemAnswer, **changes: Any) -> ItemAnswer:
    body = {"principles": PRINCIPLES, "outcome": "admit", "reason": "三项原则均符合"}
    path = f"{gate_of(town)}/items/{item.id}/assessments"
    return await town.api.post(path, ItemAnswer, body | changes, town.registry.enters)


async def decide(town: Town, item: ItemAnswer, what: str = "confirmation", body: Any = None) -> ItemAnswer:
    return await town.api.post(
        f"{gate_of(town)}/items/{item.id}/{what}", ItemAnswer, body or {}, town.registry.verifies
    )


async def convert(town: Town, of: Players, performer: str) -> ItemAnswer:
    """Needed, on no list, and without a basis."""
    item = await apply(town, of, basis_level="none", basis="")
    communities = [of.community.party_id]
    await assess(town, item, outcome="convert", performer=performer, communities=communities)
    return await decide(town, item)


async def follow(town: Town, item: ItemAnswer, kind: str) -> ItemAnswer:
    body = {"kind": kind, "on": day_of(await town.now()).isoformat(), "note": "社区、街道、部门三方会商(示例)"}
    return await decide(town, item, "follow-ups", body)


async def stamp(api: Client, of: Players, proof: str) -> StampAnswer:
    path = f"/v1/communities/{of.community.party_id}/stamps"
    return await api.post(path, StampAnswer, {"proof": proof}, of.community)


async def count(town: Town, scope: str, counts: dict[str, int]) -> InventoryAnswer:
    body = {
        "scope": scope,
        "as_of": day_of(await town.now()).isoformat(),
        "counts": [{"dimension": side, "count": number} for side, number in counts.items()],
        "source": "街道清理台账(示例)",
    }
    return await town.api.post(f"{gate_of(town)}/inventories", InventoryAnswer, body, town.registry.enters)


async def relieve(town: Town, scope: str) -> ReliefAnswer:
    body = {
        **{"scope": scope, "on": day_of(await town.now()).isoformat(), "dimension": "offices", "count": 10},
        **{"departments": 4, "moved_to": "取消", "basis": "先清后进、全面精简(示例)"},
    }
    return await town.api.post(f"{gate_of(town)}/reliefs", ReliefAnswer, body, town.registry.enters)


async def a_whole_gate(town: Town, of: Players) -> None:
    """Every door of it once."""
    item = await apply(town, of)
    await assess(town, item)
    await decide(town, item, "return", {"reason": "依据未附文号"})
    await assess(town, item)
    await decide(town, item)
    await follow(town, item, "joint_meeting")
    await stamp(town.api, of, "死亡证明")
    await count(town, COUNTY, {"work": 129, "stamps": 81})
    await relieve(town, COUNTY)
