"""Whom social workers work for: stated by the organization, answered by the worker, ended by either."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry.api.organizations import PAGES
from services.registry.rules import employment
from services.registry.rules.employment import Career, EmploymentPhase, Job
from services.registry.store import workers

PROVIDER = frozenset({Role.PROVIDER})


class Overlap(Answer):
    """Another employment of the worker with a day in common."""

    employment_id: UUID
    employer_id: PartyId
    full_time: bool
    first: date
    last: date | None


class EmploymentAnswer(Answer):
    id: UUID
    worker_id: PartyId
    employer_id: PartyId
    full_time: bool
    first: date
    last: date | None
    """inclusive; none: until it ends. Before `first`: it never began"""
    phase: EmploymentPhase
    overlaps: tuple[Overlap, ...]
    """with others that were agreed to; none of what is not agreed to yet, but to the worker and registrars"""


class EmploymentsPage(Answer):
    """A worker's own, or those that an organization stated; the next page begins after a worker."""

    employments: tuple[EmploymentAnswer, ...]
    next: UUID | None


def employment_answer(career: Career, job: Job, full: bool) -> EmploymentAnswer:
    overlapping = career.overlapping(job) if full or job.counts else ()
    return EmploymentAnswer(
        id=job.employment_id,
        worker_id=PartyId(career.id),
        employer_id=job.employer_id,
        full_time=job.full_time,
        first=job.first,
        last=job.last,
        phase=job.phase,
        overlaps=tuple(
            Overlap(
                employment_id=one.employment_id,
                employer_id=one.employer_id,
                full_time=one.full_time,
                first=one.first,
                last=one.last,
            )
            for one in overlapping
        ),
    )


def shown_to(career: Career, by: Actor) -> tuple[EmploymentAnswer, ...]:
    """To the worker and registrars all of them, to an employer its own with what overlaps."""
    full = by.role is Role.REGISTRAR or by.party_id == career.id
    jobs = (one for one in career.jobs if full or one.employer_id == by.party_id)
    return tuple(employment_answer(career, one, full) for one in jobs)


async def _own(connection: Connection, asked: Asked) -> EmploymentsPage:
    by = asked.actor
    own = await workers.career(connection, by.party_id)
    if own.jobs:
        return EmploymentsPage(employments=shown_to(own, by), next=None)
    found = await workers.careers_with(connection, by.party_id, asked.cursor, asked.limit)
    return EmploymentsPage(
        employments=tuple(one for career in found for one in shown_to(career, by)),
        next=found[-1].id if len(found) == asked.limit else None,
    )


def _stated(world: World, command: employment.StateEmployment, cause: UUID) -> EmploymentAnswer:
    return _answer(world, command.worker_id, employment.employment_id(cause))


def _answer(world: World, worker_id: PartyId, id: UUID) -> EmploymentAnswer:
    career = world.get(Career, worker_id)
    job = career.job(id)
    if job is None:
        raise Refused("not_found", status=404, what="Employment", id=str(id))
    return employment_answer(career, job, full=False)


def _settled(world: World, command: employment.Answered, cause: UUID) -> EmploymentAnswer:
    return _answer(world, command.worker_id, command.employment_id)


def _subject(command: Any, cause: UUID) -> Ref:
    return (Career, command.worker_id)


def _on_employment(noun: str, command: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/social-workers/{worker_id}/employments/{employment_id}/" + noun,
        command=command,
        roles=PROVIDER,
        refs=employment.answer_refs,
        decide=decide,
        subject=_subject,
        answer=_settled,
        summary=summary,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/social-workers/{worker_id}/employments",
        command=employment.StateEmployment,
        roles=PROVIDER,
        refs=employment.state_refs,
        decide=employment.state_employment,
        subject=_subject,
        answer=_stated,
        summary="组织申报聘用一名社会工作者(由本人确认) · State that a social worker works for one's organization",
    ),
    _on_employment(
        "confirmations",
        employment.ConfirmEmployment,
        employment.confirm_employment,
        "社会工作者确认聘用 · The worker confirms an employment",
    ),
    _on_employment(
        "denials",
        employment.DenyEmployment,
        employment.deny_employment,
        "社会工作者否认聘用 · The worker denies an employment",
    ),
    _on_employment(
        "endings",
        employment.EndEmployment,
        employment.end_employment,
        "结束聘用(任一方) · End an employment, by either side",
    ),
    Get(
        path="/v1/employments",
        roles=PROVIDER,
        handler=_own,
        answer=EmploymentsPage,
        summary="本人或本组织的聘用,含重叠 · One's own employments, with overlaps",
        query=PAGES,
    ),
)
