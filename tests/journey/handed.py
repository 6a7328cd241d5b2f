"""A need at the departments of a street, two needs that are one, and a patrol, through the public doors."""

from typing import Any

from deploy.demo.client import Person
from schemas.days import day_of
from services.needs.api.handling import OfficesAnswer
from services.needs.api.intake import NeedAnswer
from services.needs.api.merging import GridReportAnswer, MergedAnswer
from services.needs.api.steps import HandlingAnswer
from services.needs.api.window import TakenInAnswer
from tests.journey.town import COMMUNITY, STREET, Players, Town
from tests.journey.windowed import take_in


async def assign(town: Town, kind: str, party: Person) -> OfficesAnswer:
    registrar = town.registry.enters
    body = {"division": STREET, "kind": kind, "department_id": party.party_id}
    return await town.api.post(f"/v1/registrars/{registrar.party_id}/departments", OfficesAnswer, body, registrar)


async def step(town: Town, need: TakenInAnswer, what: str, by: Person, **body: Any) -> HandlingAnswer:
    return await town.api.post(f"/v1/needs/{need.id}/{what}", HandlingAnswer, body, by)


async def through_departments(town: Town, of: Players) -> TakenInAnswer:
    """Given back, handed over again, answered, closed, opened again."""
    staff, department = of.community, of.buyer.drafter
    await assign(town, "housing", department)
    need = await take_in(town, of, category="mediation", title="7号楼电梯困人", description="一个月坏了三次。")
    await step(town, need, "handovers", staff)
    await step(town, need, "return", department, reason="请写明楼号")
    await step(town, need, "handovers", staff)
    await step(town, need, "acceptance", department)
    await step(town, need, "answers", department, text="三日内大修")
    await step(town, need, "closure", staff, outcome="not_solved", text="居民说仍在困人")
    await step(town, need, "reopening", staff, reason="又坏了")
    return need


async def found_to_be_one(town: Town, of: Players, known: TakenInAnswer) -> NeedAnswer:
    """Merged and parted; and a patrol that joins the need."""
    other = await take_in(town, of, category="mediation", title="电梯老坏", description="关过两次人")
    path, reason = f"/v1/needs/{other.id}", {"reason": "同一部电梯"}
    await town.api.post(f"{path}/merger", MergedAnswer, reason | {"into": str(known.id)}, of.community)
    await town.api.post(f"{path}/separation", MergedAnswer, reason | {"parted_from": str(known.id)}, of.community)
    body = {
        **{"category": "mediation", "division": COMMUNITY, "beneficiaries": 1, "grid": "03"},
        **{"title": "电梯停用", "description": "巡查时停在二楼。", "joins": str(known.id)},
        "patrolled_on": day_of(await town.now()).isoformat(),
    }
    door = f"/v1/communities/{of.community.party_id}/grid-reports"
    await town.api.post(door, GridReportAnswer, body, of.community)
    return await town.api.get(f"/v1/needs/{other.tracking_number}", NeedAnswer)


async def a_whole_street(town: Town, of: Players) -> None:
    """Every door of it once."""
    need = await through_departments(town, of)
    await found_to_be_one(town, of, need)
