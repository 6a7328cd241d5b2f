"""Visits: recorded and voided by the provider in batches, listed for the parties and auditors, never public."""

from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.delivery import VoidReason
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules, store
from services.contracts.api.finding import milestone_in, own
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class BatchAnswer(Answer):
    """One batch. `tokens`: different beneficiaries in it."""

    batch_id: UUID
    milestone: Milestone
    reference: str
    visits: int
    minutes: int
    tokens: int
    recorded_by: PartyId
    voided: VoidReason | None


class TotalsAnswer(Answer):
    """Of the visits that count: how many, whole minutes, different tokens and workers."""

    visits: int
    minutes: int
    tokens: int
    workers: int


class VisitAnswer(Answer):
    """`token` is the SHA-256 of a rating token: whom, without a person. `number` counts in the batch."""

    id: UUID
    batch_id: UUID
    number: int
    worker_id: PartyId
    token: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    division: str
    kind: rules.VisitKind


class VisitsAnswer(Answer):
    """`totals` are of all the milestone's visits, this page or not."""

    totals: TotalsAnswer
    visits: tuple[VisitAnswer, ...]
    next: UUID | None


class BatchRowsAnswer(Answer):
    """A batch whole, also a voided one: what the chain of digests in the log is made of."""

    batch: BatchAnswer
    visits: tuple[VisitAnswer, ...]
    """in the order they were handed in"""


def totals_answer(totals: rules.VisitTotals) -> TotalsAnswer:
    return TotalsAnswer(visits=totals.visits, minutes=totals.minutes, tokens=totals.tokens, workers=totals.workers)


async def get_visits(tx: Connection, asked: Asked) -> VisitsAnswer:
    contract, milestone = await own(tx, asked), milestone_in(asked)
    visits = await store.visits_of(tx, contract.id, milestone, asked.cursor, asked.limit)
    sums = await store.visit_sums(tx, contract.id)
    return VisitsAnswer(
        totals=totals_answer(sums.get(milestone, rules.VisitTotals())),
        visits=tuple(_visit_answer(visit) for visit in visits),
        next=visits[-1].id if len(visits) == asked.limit else None,
    )


async def get_batch(tx: Connection, asked: Asked) -> BatchRowsAnswer:
    contract, id = await own(tx, asked), asked.id("batch_id")
    found = await store.batch_of(tx, contract.id, id)
    if found is None:
        raise Refused("not_found", status=404, what="VisitBatch", id=str(id))
    batch, visits = found
    return BatchRowsAnswer(batch=_batch_answer(batch), visits=tuple(_visit_answer(visit) for visit in visits))


def _visit_answer(visit: rules.Visit) -> VisitAnswer:
    return VisitAnswer(
        id=visit.id,
        batch_id=visit.batch_id,
        number=visit.number,
        worker_id=visit.worker_id,
        token=visit.token,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        minutes=visit.minutes,
        division=visit.division,
        kind=visit.kind,
    )


def _recorded(world: World, command: rules.RecordVisits, cause: UUID) -> BatchAnswer:
    return _batch_answer(world.get(rules.VisitBatch, rules.batch_of(command)))


def _voided(world: World, command: rules.VoidVisits, cause: UUID) -> BatchAnswer:
    return _batch_answer(world.get(rules.VisitBatch, command.batch_id))


def _batch_answer(batch: rules.VisitBatch) -> BatchAnswer:
    return BatchAnswer(
        batch_id=batch.id,
        milestone=batch.milestone,
        reference=batch.reference,
        visits=batch.visits,
        minutes=batch.minutes,
        tokens=batch.tokens,
        recorded_by=batch.recorded_by,
        voided=batch.voided,
    )


def _batch(command: rules.RecordVisits, cause: UUID) -> Ref:
    return rules.VisitBatch, rules.batch_of(command)


def _named_batch(command: rules.VoidVisits, cause: UUID) -> Ref:
    return rules.VisitBatch, command.batch_id


VISITS = (
    Post(
        path="/v1/projects/{project_id}/milestones/{milestone}/visits",
        command=rules.RecordVisits,
        roles=frozenset({Role.PROVIDER}),
        refs=rules.record_refs,
        decide=rules.record,
        subject=_batch,
        answer=_recorded,
        summary="录入走访(一批最多 500 行,全部或全不) · Record visits, up to 500 at once, all or none",
    ),
    Post(
        path="/v1/projects/{project_id}/visit-batches/{batch_id}/voiding",
        command=rules.VoidVisits,
        roles=frozenset({Role.PROVIDER}),
        refs=rules.void_refs,
        decide=rules.void,
        subject=_named_batch,
        answer=_voided,
        summary="作废一批走访(由录入人,在节点提交之前) · Void a batch of visits before the milestone is submitted",
    ),
    Get(
        path="/v1/projects/{project_id}/visit-batches/{batch_id}/visits",
        roles=frozenset({Role.FUNDER, Role.COMMUNITY, Role.PROVIDER, Role.AUDITOR}),
        handler=get_batch,
        answer=BatchRowsAnswer,
        summary="一批走访的各行(含已作废的),可与日志中的摘要核对 · The rows of one batch, to check against the log",
    ),
    Get(
        path="/v1/projects/{project_id}/milestones/{milestone}/visits",
        roles=frozenset({Role.FUNDER, Role.COMMUNITY, Role.PROVIDER, Role.AUDITOR}),
        handler=get_visits,
        answer=VisitsAnswer,
        summary="走访明细与合计(仅限当事方与审计,服务对象只列凭证摘要) · Visits, for the parties and auditors",
    ),
)
