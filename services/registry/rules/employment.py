"""Whom a social worker works for: an organization states it, the worker agrees or not, either ends it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.days import end_of
from schemas.deciding import Context, Due, Ref, State, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.standing import Party
from schemas.worker import EmploymentConfirmed, EmploymentEnded

MOST_JOBS = 200
"""of one worker, ended ones included; a platform limit, no law"""
Day = Annotated[date, Field(ge=date(1949, 1, 1), le=date(2100, 12, 31))]
ONE_DAY = timedelta(days=1)


class EmploymentPhase(StrEnum):
    STATED = "stated"
    """by the employer; the worker has not answered"""
    AGREED = "agreed"
    DENIED = "denied"
    OVER = "over"


class Job(Model):
    """One in a career. `last`: inclusive; before `first` where it never began."""

    employment_id: UUID
    employer_id: PartyId
    full_time: bool
    first: date
    last: date | None
    phase: EmploymentPhase

    @property
    def open(self) -> bool:
        return self.phase in (EmploymentPhase.STATED, EmploymentPhase.AGREED)

    @property
    def counts(self) -> bool:
        return self.phase in (EmploymentPhase.AGREED, EmploymentPhase.OVER)

    def overlaps(self, other: "Job") -> bool:
        """At least one day lies in both."""
        last = min((day for day in (self.last, other.last) if day is not None), default=None)
        return last is None or max(self.first, other.first) <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class Career(State):
    """What a worker's employments have in common; `id` is the worker."""

    jobs: tuple[Job, ...] = ()

    def due(self) -> Mapping[str, datetime]:
        agreed = (one for one in self.jobs if one.phase is EmploymentPhase.AGREED)
        return {str(one.employment_id): end_of(one.last) for one in agreed if one.last is not None}

    def job(self, employment_id: UUID) -> Job | None:
        return next((one for one in self.jobs if one.employment_id == employment_id), None)

    def overlapping(self, job: Job) -> tuple[Job, ...]:
        """Other employments that were agreed to, with a day in common."""
        others = (one for one in self.jobs if one.counts and one.employment_id != job.employment_id)
        return tuple(one for one in others if one.overlaps(job))


class StateEmployment(Command):
    """An organization says that a social worker works for it from a day on."""

    worker_id: PartyId
    employer_id: PartyId
    """the caller's own party"""
    full_time: bool
    first: Day
    last: Day | None = None
    """inclusive; none: until it ends"""


class ConfirmEmployment(Command):
    """The worker agrees."""

    worker_id: PartyId
    employment_id: UUID


class DenyEmployment(Command):
    """The worker says that it is not so."""

    worker_id: PartyId
    employment_id: UUID


class EndEmployment(Command):
    """By the worker or the employer."""

    worker_id: PartyId
    employment_id: UUID
    on: Day
    """the first day on which it works there no longer"""


class JobChanged(Note):
    """A job as it now is."""

    worker_id: PartyId
    job: Job


Answered = ConfirmEmployment | DenyEmployment | EndEmployment


def employment_id(cause: UUID) -> UUID:
    return new_id(cause, "employment")


def state_refs(command: StateEmployment, cause: UUID) -> tuple[Ref, ...]:
    return ((Career, command.worker_id), (Party, command.worker_id), (Party, command.employer_id))


def answer_refs(command: Answered, cause: UUID) -> tuple[Ref, ...]:
    return ((Career, command.worker_id), (Party, command.worker_id))


def career_refs(due: Due, cause: UUID) -> tuple[Ref, ...]:
    """That an employment is over changes the worker's standing."""
    return ((Party, due.ref[1]),)


def career_of(world: World, worker_id: UUID) -> Career:
    return world.find(Career, worker_id) or Career(id=worker_id)


def state_employment(world: World, command: StateEmployment, context: Context) -> list[Note]:
    context.by.must_be(command.employer_id)
    return [JobChanged(worker_id=command.worker_id, job=job_stated(world, command, context))]


def agreed_at_once(world: World, command: StateEmployment, context: Context) -> list[Fact | Note]:
    """Where both have said that they want it: stated by one and confirmed by the other in one step."""
    job = job_stated(world, command, context)
    return [_changed(command.worker_id, job, phase=EmploymentPhase.AGREED), _confirmed(command.worker_id, job)]


def job_stated(world: World, command: StateEmployment, context: Context) -> Job:
    employer, worker = world.get(Party, command.employer_id), world.get(Party, command.worker_id)
    if employer.kind is not PartyKind.ORGANIZATION:
        raise Refused("employs_nobody", status=403, party=str(employer.id), kind=employer.kind)
    if worker.kind is not PartyKind.SOCIAL_WORKER:
        raise Refused("no_social_worker", status=422, field="worker_id", party=str(worker.id), kind=worker.kind)
    employer.must_stand()
    worker.must_stand()
    if command.last is not None and command.last < command.first:
        first, day = command.first, command.last
        raise Refused("ends_before_it_begins", status=422, field="last", day=day, first=first)
    career = career_of(world, command.worker_id)
    if any(one.open and one.employer_id == command.employer_id for one in career.jobs):
        raise Refused("employed_there", party=str(worker.id))
    if len(career.jobs) >= MOST_JOBS:
        raise Refused("too_many_employments", party=str(worker.id), most=MOST_JOBS)
    job = Job(
        employment_id=employment_id(context.cause),
        employer_id=command.employer_id,
        full_time=command.full_time,
        first=command.first,
        last=command.last,
        phase=EmploymentPhase.STATED,
    )
    _must_be_alone(career, job)
    return job


def _must_be_alone(career: Career, job: Job) -> None:
    """Full time is possible in one place at a time; part times may overlap, with one full time too, and are shown."""
    for other in career.overlapping(job) if job.full_time else ():
        if other.full_time:
            first, last = other.first, other.last or "—"
            raise Refused("full_time_already", field="full_time", party=str(career.id), first=first, last=last)


def confirm_employment(world: World, command: ConfirmEmployment, context: Context) -> list[Fact | Note]:
    job = _unanswered(world, command, context)
    world.get(Party, command.worker_id).must_stand()
    _must_be_alone(career_of(world, command.worker_id), job)
    return [_changed(command.worker_id, job, phase=EmploymentPhase.AGREED), _confirmed(command.worker_id, job)]


def _confirmed(worker_id: PartyId, job: Job) -> EmploymentConfirmed:
    return EmploymentConfirmed(
        party_id=worker_id,
        employment_id=job.employment_id,
        employer_id=job.employer_id,
        full_time=job.full_time,
        first=job.first,
        last=job.last,
    )


def deny_employment(world: World, command: DenyEmployment, context: Context) -> list[Note]:
    return [_changed(command.worker_id, _unanswered(world, command, context), phase=EmploymentPhase.DENIED)]


def _changed(worker_id: PartyId, job: Job, **now: Any) -> JobChanged:
    return JobChanged(worker_id=worker_id, job=job.model_copy(update=now))


def _unanswered(world: World, command: ConfirmEmployment | DenyEmployment, context: Context) -> Job:
    context.by.must_be(command.worker_id)
    job = job_in(world, command)
    if job.phase is not EmploymentPhase.STATED:
        raise Refused("employment_answered", employment=str(job.employment_id), phase=job.phase)
    return job


def job_in(world: World, command: Answered) -> Job:
    job = career_of(world, command.worker_id).job(command.employment_id)
    if job is None:
        raise Refused("not_found", status=404, what="Employment", id=str(command.employment_id))
    return job


def end_employment(world: World, command: EndEmployment, context: Context) -> list[Fact | Note]:
    """What was not agreed to yet is taken back thereby."""
    job, on = job_in(world, command), command.on
    if context.by.party_id != command.worker_id:
        context.by.must_be(job.employer_id)
    if not job.open:
        raise Refused("employment_answered", employment=str(job.employment_id), phase=job.phase)
    if job.phase is EmploymentPhase.STATED:
        return [_changed(command.worker_id, job, phase=EmploymentPhase.DENIED)]
    latest = max(job.first, context.today) if job.last is None else min(max(job.first, context.today), job.last)
    if not job.first <= on <= latest:
        raise Refused("leaves_on_another_day", status=422, field="on", day=on, first=job.first, latest=latest)
    return _over(command.worker_id, job, on)


def _over(worker_id: PartyId, job: Job, on: date) -> list[Fact | Note]:
    told = EmploymentEnded(party_id=worker_id, employment_id=job.employment_id, employer_id=job.employer_id, on=on)
    return [_changed(worker_id, job, phase=EmploymentPhase.OVER, last=on - ONE_DAY), told]


def run_out(world: World, due: Due, context: Context) -> list[Fact | Note]:
    """The last day that both agreed on has passed."""
    career = world.get(Career, due.ref[1])
    job = career.job(UUID(due.name))
    if job is None or job.phase is not EmploymentPhase.AGREED or job.last is None:
        return []
    return _over(PartyId(career.id), job, job.last + ONE_DAY)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case JobChanged():
            career = career_of(world, fact.worker_id)
            return (replace(career, jobs=tuple(_with(career.jobs, fact.job))),)
        case _:
            return ()


def _with(jobs: Iterable[Job], job: Job) -> Iterable[Job]:
    """The latest changed last. Of what was denied one is kept of each employer, so that no employer fills a career."""
    for one in jobs:
        denied = one.phase is EmploymentPhase.DENIED and one.employer_id == job.employer_id
        if one.employment_id != job.employment_id and not denied:
            yield one
    yield job
