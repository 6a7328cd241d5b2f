"""The provider records visits, many at once, all or none; a batch that was wrong is voided by whoever recorded it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas import division
from schemas.canonical import digest_of
from schemas.contract import Milestone
from schemas.deciding import Context, Ref, World, new_id
from schemas.delivery import VisitsRecorded, VisitsVoided, VoidReason
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.party import DivisionCode
from schemas.refused import Refused
from services.contracts.rules.contract import Contract
from services.contracts.rules.step import Stage
from services.contracts.rules.visit import (
    Diary,
    Engagement,
    Visit,
    VisitBatch,
    VisitKind,
    chained,
    diaries_of,
    minutes_between,
    row_of,
    token_diaries,
    worker_diaries,
)

MOST_PER_BATCH = 500
LONGEST = timedelta(hours=24)
"""a platform limit: nobody is on one visit for longer"""

Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]


class GivenVisit(Model):
    """Who (`worker_id`), whom (the SHA-256 of a rating token, lower-case hex), when, where, of what kind."""

    worker_id: PartyId
    token: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    starts_at: Moment
    ends_at: Moment
    division: DivisionCode
    kind: VisitKind


class RecordVisits(Command):
    """Visits towards one milestone. `reference` is the provider's own name of the batch, once per milestone."""

    project_id: ProjectId
    milestone: Milestone
    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    visits: Annotated[tuple[GivenVisit, ...], Field(min_length=1, max_length=MOST_PER_BATCH)]


class VoidVisits(Command):
    project_id: ProjectId
    batch_id: UUID
    reason: VoidReason


class VisitsKept(Note):
    project_id: ProjectId
    batch: VisitBatch
    visits: tuple[Visit, ...]


def batch_of(command: RecordVisits) -> UUID:
    """One reference is one batch: handed in again it meets the first."""
    return new_id(command.project_id, f"visits/{command.milestone}/{command.reference}")


def record_refs(command: RecordVisits, cause: UUID) -> tuple[Ref, ...]:
    """The agreement, the batch if it is there already, and every day the workers and tokens are busy on."""
    days = {id for one in command.visits for id in diaries_of(one.worker_id, one.token, one.starts_at, one.ends_at)}
    return (Contract, command.project_id), (VisitBatch, batch_of(command)), *((Diary, id) for id in days)


def void_refs(command: VoidVisits, cause: UUID) -> tuple[Ref, ...]:
    return (Contract, command.project_id), (VisitBatch, command.batch_id)


def record(world: World, command: RecordVisits, context: Context) -> list[Model]:
    """Between signing and the milestone's submission. The same batch again changes nothing."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.provider_id)
    visits = _visits(contract, command)
    rows_digest = digest_of([row_of(visit) for visit in visits])
    before = world.find(VisitBatch, batch_of(command))
    if before is not None:
        if before.voided is not None:
            raise Refused("batch_voided", reference=before.reference)
        if before.rows_digest != rows_digest:
            raise Refused("batch_differs", field="reference", reference=before.reference)
        return []
    _must_be_awaited(contract, command.milestone)
    for visit in visits:
        _check(contract, visit, context.at)
    _nobody_in_two_places(world, visits)
    batch = VisitBatch(
        id=batch_of(command),
        project_id=command.project_id,
        milestone=command.milestone,
        reference=command.reference,
        rows_digest=rows_digest,
        visits=len(visits),
        minutes=sum(visit.minutes for visit in visits),
        tokens=len({visit.token for visit in visits}),
        recorded_by=PartyId(context.by.person_id),
    )
    recorded = VisitsRecorded(
        project_id=command.project_id,
        batch_id=batch.id,
        milestone=batch.milestone,
        visits=batch.visits,
        minutes=batch.minutes,
        tokens=batch.tokens,
        digest=chained(contract.visits_digest, visits),
        recorded_by=batch.recorded_by,
    )
    return [recorded, VisitsKept(project_id=command.project_id, batch=batch, visits=visits)]


def void(world: World, command: VoidVisits, context: Context) -> list[Model]:
    """By the person who recorded it, and not once the milestone was submitted on the strength of it."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.provider_id)
    batch = world.find(VisitBatch, command.batch_id)
    if batch is None or batch.project_id != contract.project_id:
        raise Refused("not_found", status=404, what="VisitBatch", id=str(command.batch_id))
    if batch.recorded_by != context.by.person_id:
        raise Refused("batch_of_another", status=403, person=str(batch.recorded_by))
    if batch.voided is not None:
        raise Refused("batch_voided", reference=batch.reference)
    _must_be_awaited(contract, batch.milestone)
    voided = VisitsVoided(
        project_id=command.project_id,
        batch_id=command.batch_id,
        milestone=batch.milestone,
        visits=batch.visits,
        minutes=batch.minutes,
        reason=command.reason,
        voided_by=PartyId(context.by.person_id),
    )
    return [voided]


def _visits(contract: Contract, command: RecordVisits) -> tuple[Visit, ...]:
    batch_id = batch_of(command)
    return tuple(
        Visit(
            id=new_id(batch_id, str(number)),
            batch_id=batch_id,
            project_id=command.project_id,
            provider_id=contract.provider_id,
            milestone=command.milestone,
            number=number,
            worker_id=given.worker_id,
            token=given.token,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            division=given.division,
            kind=given.kind,
        )
        for number, given in enumerate(command.visits, start=1)
    )


def _must_be_awaited(contract: Contract, milestone: Milestone) -> None:
    """What the community and the buyer look at does not change under their eyes."""
    if not contract.signed:
        raise Refused("visits_before_signing", contract=str(contract.agreement.contract_id))
    contract.must_be_under_way()
    if contract.deliveries[milestone].stage is not Stage.AWAITED:
        raise Refused("visits_after_submission", milestone=milestone)


def _check(contract: Contract, visit: Visit, at: datetime) -> None:
    row, place = visit.number, f"visits.{visit.number - 1}"
    if minutes_between(visit.starts_at, visit.ends_at) < 1:
        raise Refused("visit_too_short", status=422, field=f"{place}.ends_at", row=row)
    if visit.ends_at - visit.starts_at > LONGEST:
        raise Refused("visit_too_long", status=422, field=f"{place}.ends_at", row=row, hours=LONGEST.days * 24)
    if visit.ends_at > at:
        raise Refused("visit_in_the_future", status=422, field=f"{place}.ends_at", row=row)
    if visit.starts_at < (signed_at := contract.dates["signed"]):
        raise Refused("visit_before_signing", status=422, field=f"{place}.starts_at", row=row, signed_at=signed_at)
    if fault := division.check(visit.division):
        raise fault.refused("division_wrong", f"{place}.division")
    where = contract.agreement.brief.division
    if not division.within(visit.division, where):
        raise Refused(
            "visit_elsewhere", status=422, field=f"{place}.division", row=row, division=visit.division, project=where
        )


def _nobody_in_two_places(world: World, visits: Sequence[Visit]) -> None:
    """Over all projects of the provider: a worker does one thing at a time, a beneficiary is at one place at a time.

    Two workers may serve one beneficiary together.
    """
    taken: dict[UUID, list[Engagement]] = defaultdict(list)
    for visit in visits:
        here = Engagement(visit.starts_at, visit.ends_at, visit.division)
        place, row = f"visits.{visit.number - 1}", visit.number
        workers = tuple(worker_diaries(visit.worker_id, visit.starts_at, visit.ends_at))
        if any(here.overlaps(other) for other in _engaged(world, taken, workers)):
            raise Refused("worker_is_busy", field=f"{place}.worker_id", row=row, worker=str(visit.worker_id))
        tokens = tuple(token_diaries(visit.token, visit.starts_at, visit.ends_at))
        if any(here.overlaps(o) and o.division != here.division for o in _engaged(world, taken, tokens)):
            raise Refused("token_is_elsewhere", field=f"{place}.token", row=row)
        for id in (*workers, *tokens):
            taken[id].append(here)


def _engaged(world: World, taken: dict[UUID, list[Engagement]], diaries: Iterable[UUID]) -> Iterable[Engagement]:
    """As recorded before, and earlier in this batch."""
    for id in diaries:
        known = world.find(Diary, id)
        if known is not None:
            yield from known.engagements
        yield from taken[id]
