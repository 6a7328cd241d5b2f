"""A social worker's hours over running projects, as the visits recorded under their agreements add up."""

from datetime import datetime

from events.database import Connection
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import store
from services.kit.asked import Answer, Asked
from services.kit.service import Get


class HoursIn(Answer):
    """In one running project: visits that count, and their whole minutes."""

    project_id: ProjectId
    title: str
    provider_id: PartyId
    visits: int
    minutes: int
    last_at: datetime
    """when the last visit ended"""


class WorkerHours(Answer):
    """To the worker all of them, to a provider those of its own projects, to auditors those of their area."""

    worker_id: PartyId
    visits: int
    minutes: int
    projects: tuple[HoursIn, ...]
    """by id; at most 1,000"""
    next: None = None
    """never: one page"""


async def hours(tx: Connection, asked: Asked) -> WorkerHours:
    worker_id, by = PartyId(asked.id("worker_id")), asked.actor
    whole = by.role is Role.AUDITOR or by.party_id == worker_id
    if not whole and not await store.has_worked_for(tx, worker_id, by.party_id):
        raise Refused("not_your_party", status=403)
    found = await store.hours_of(tx, worker_id, None if whole else by.party_id, asked.prefix)
    projects = tuple(HoursIn(**dict(row)) for row in found)
    return WorkerHours(
        worker_id=worker_id,
        visits=sum(one.visits for one in projects),
        minutes=sum(one.minutes for one in projects),
        projects=projects,
    )


ROUTES = (
    Get(
        path="/v1/social-workers/{worker_id}/hours",
        roles=frozenset({Role.PROVIDER, Role.AUDITOR}),
        handler=hours,
        answer=WorkerHours,
        summary="一名社会工作者在进行中项目的服务时长 · A social worker's hours over running projects",
    ),
)
