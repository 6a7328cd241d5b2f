"""Visits, batch by batch as the log tells of them: how many, the chain of digests, and where the rows can be read."""

from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.delivery import VisitsRecorded, VisitsVoided, VoidReason
from schemas.finding import Finding
from schemas.ids import EventId, PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Role
from services.audit import store
from services.kit.asked import Answer, Asked
from services.kit.service import Get


class BatchTold(Model):
    batch_id: UUID
    milestone: Milestone
    visits: int
    minutes: int
    tokens: int
    """different beneficiaries among them"""
    recorded_by: PartyId
    event_id: EventId
    at: datetime
    chain_before: str
    """the chain of digests over every row recorded before; empty before the first"""
    chain: str
    """and after these rows: SHA-256(digest so far ‖ canonical row), row by row"""
    voided: VoidReason | None
    """why it does not count; its rows stay in the chain"""
    rows: str
    """where they can be read"""


class AuditedVisits(Answer):
    project_id: ProjectId
    findings: tuple[Finding, ...]
    batches: tuple[BatchTold, ...]
    """in the order of the log"""
    next: UUID | None


async def visits(connection: Connection, asked: Asked) -> AuditedVisits:
    id = ProjectId(asked.id("project_id"))
    entries = (await store.money_stories(connection, [id])).get(id)
    if entries is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    voided = {entry.fact.batch_id: entry.fact.reason for entry in entries if isinstance(entry.fact, VisitsVoided)}
    told: list[BatchTold] = []
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, VisitsRecorded):
            told.append(
                BatchTold(
                    batch_id=fact.batch_id,
                    milestone=fact.milestone,
                    visits=fact.visits,
                    minutes=fact.minutes,
                    tokens=fact.tokens,
                    recorded_by=fact.recorded_by,
                    event_id=entry.event_id,
                    at=entry.at,
                    chain_before=told[-1].chain if told else "",
                    chain=fact.digest,
                    voided=voided.get(fact.batch_id),
                    rows=f"/v1/projects/{id}/visit-batches/{fact.batch_id}/visits",
                )
            )
    first = next((place for place, one in enumerate(told, start=1) if one.batch_id == asked.cursor), 0)
    page = told[first : first + asked.limit]
    return AuditedVisits(
        project_id=id,
        findings=tuple(await store.holes(connection, [id])),
        batches=tuple(page),
        next=page[-1].batch_id if first + len(page) < len(told) else None,
    )


VISITS = Get(
    path="/v1/audit/projects/{project_id}/visits",
    roles=frozenset({Role.AUDITOR}),
    handler=visits,
    answer=AuditedVisits,
    summary="项目的走访批次与摘要链,及各行的读取地址 · A project's batches of visits, digests, and where the rows are",
)
