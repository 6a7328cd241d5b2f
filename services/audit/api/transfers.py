"""What a movement of money was part of, from its source to what people thought of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from events.database import Connection
from schemas.contract import ContractSigned
from schemas.dated import LotRecorded, PaymentClassified
from schemas.days import day_of
from schemas.evaluation import ProjectGraded
from schemas.finding import Finding
from schemas.fund import FundAppropriated, PaymentOrdered, SourceType, TranchePaid
from schemas.ids import ContractId, EventId, FundAccountId, LotId, NeedId, PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.project import LotShare, ProjectProposed
from schemas.receipt import MatchedLine
from schemas.refused import Refused
from schemas.role import Role
from schemas.tranche import Gate
from services.audit import store
from services.audit.rules import (
    BEFORE_LINES,
    Delivered,
    Entry,
    Kind,
    Movement,
    MovementState,
    Names,
    Opening,
    Opinion,
    Persons,
    Project,
    arrival_missing,
    delivered,
    findings_in,
    gates_of,
    lines_of,
    movements_of,
    openings_of,
    opinions_of,
    paid_to,
    parties_in,
    persons_of,
    tell,
    unaccounted,
)
from services.kit.asked import Answer, Asked
from services.kit.service import Get

Lot: TypeAlias = tuple[FundAppropriated, LotRecorded | None]


class LotPart(Model):
    """An amount of one lot, and where the lot came from."""

    lot_id: LotId
    amount: Money
    account_id: FundAccountId | None
    funder_id: PartyId | None
    source_type: SourceType | None
    budget_line: str | None
    """these are none when the arrival of the lot is missing from the archive"""
    functional_code: str | None
    economic_code: str | None
    """科目; none where the money has none, or arrived before they were told"""


class PaymentPapers(Model):
    payment_id: PaymentId
    file_digest: str
    """of the payment application"""
    receipt_digest: str | None
    """of the line that showed it paid; none before"""
    lines: tuple[MatchedLine, ...]
    """of the statements it was booked by: what `receipt_digest` is over"""
    lines_missing: Finding | None
    """why there are none of a payment that is paid"""
    economic_code: str | None
    """its own, where money of another code pays it"""
    paid_to: str | None
    """the end of the number of the account it went to; known of foundations' payments"""
    drawn_up_by: PartyId | None
    approved_by: PartyId | None
    """the two persons of a payment above the limit, by id; none where one was enough, or it was not told yet"""


class ProjectPart(Model):
    """What the money was for, and what people thought of it."""

    project_id: ProjectId
    title: str | None
    need_id: NeedId | None
    community_id: PartyId | None
    contract_id: ContractId | None
    provider_id: PartyId | None
    tranche: int | None
    gates: tuple[Gate, ...]
    """what opened the tranche"""
    opened: tuple[Opening, ...]
    """of these gates: when, by which event, and by whom"""
    delivered: Delivered
    """milestones, visits, and units of work accepted, of the whole project so far"""
    payment: PaymentPapers | None
    grade: str | None
    score: Decimal | None
    opinions: tuple[Opinion, ...]


class TransferTold(Model):
    """One transfer of the ledger, as the log tells it; the ledger's own ids."""

    transfer_id: UUID
    kind: Kind
    state: MovementState
    amount: Money
    debit_id: UUID
    credit_id: UUID
    resolves: UUID | None
    """the pending transfer it posts or voids, whole or in part"""
    corrects: UUID | None
    """the posted transfer whose mirror it is, for what was booked by mistake or sent back after it was paid"""
    resolved_by: tuple[UUID, ...]
    """the transfers that posted or voided this one so far"""
    lots: tuple[LotPart, ...]
    event_id: EventId
    """the event that told of it"""
    type: str
    at: datetime
    """when it was recorded"""
    effective_date: date
    """that it counts for"""
    booked_on: date
    """the same day, or the first one open when its period is closed"""
    cause: UUID
    """what funds answered: an event, or a command; the ledger's `correlation`"""
    zh: str
    en: str
    project: ProjectPart | None
    """none for an arrival and its correction, which are for no project yet"""


class TransfersAnswer(Answer):
    """One transfer; of an event, all that it moved: one from each account."""

    events: int
    """how many events the answer rests on"""
    id: UUID
    complete: bool
    findings: tuple[Finding, ...]
    transfers: tuple[TransferTold, ...]


async def transfers(connection: Connection, asked: Asked) -> TransfersAnswer:
    id = asked.id("transfer_id")
    key = await store.story_of(connection, id)
    if key is None and await store.still_reading(connection):
        raise Refused("archive_being_read", status=503, id=str(id))
    entries = await _story(connection, key) if key is not None else []
    movements = movements_of(entries)
    wanted = [one for one in movements if id in (one.transfer_id, one.event_id)]
    if key is None or (not wanted and all(entry.event_id != id for entry in unaccounted(entries))):
        raise Refused("not_found", status=404, what="Transfer", id=str(id))
    project = Project(id=ProjectId(key), entries=tuple(entries))
    arrivals = await store.arrivals_of(connection, {part.lot_id for one in wanted for part in one.lots})
    recorded = {entry.fact.lot_id: entry.fact for entry in arrivals if isinstance(entry.fact, LotRecorded)}
    lots = {
        entry.fact.lot_id: (entry.fact, recorded.get(entry.fact.lot_id))
        for entry in arrivals
        if isinstance(entry.fact, FundAppropriated)
    }
    sentences = await _sentences(connection, entries, {one.event_id for one in wanted})
    found = [
        *(arrival_missing(part.lot_id) for one in wanted for part in one.lots if part.lot_id not in lots),
        *findings_in(project),
        *await store.holes(connection, {key, *(lot.account_id for lot, _ in lots.values())}),
    ]
    return TransfersAnswer(
        events=len(entries) + len(arrivals),
        id=id,
        complete=not found,
        findings=tuple(found),
        transfers=tuple(_told(one, movements, project, lots, sentences[one.event_id]) for one in wanted),
    )


async def _story(connection: Connection, key: UUID) -> list[Entry]:
    """Of the project; or, when the key is a fund account's, what arrived there."""
    told = await store.money_stories(connection, [key])
    return told.get(key) or await store.arrivals_on(connection, key)


async def _sentences(
    connection: Connection, entries: Iterable[Entry], wanted: Collection[UUID]
) -> dict[UUID, tuple[Entry, str, str]]:
    """What the events that moved the money say to people."""
    telling = [entry for entry in entries if entry.event_id in wanted]
    names = Names(await store.parties(connection, {id for entry in telling for id in parties_in(entry.fact)}))
    said = {entry.event_id: (entry, tell(entry.fact, names)) for entry in telling}
    return {id: (entry, told.zh, told.en) for id, (entry, told) in said.items() if told is not None}


def _told(
    one: Movement,
    movements: Sequence[Movement],
    project: Project,
    lots: Mapping[LotId, Lot],
    sentence: tuple[Entry, str, str],
) -> TransferTold:
    entry, zh, en = sentence
    return TransferTold(
        transfer_id=one.transfer_id,
        kind=one.kind,
        state=one.state,
        amount=one.amount,
        debit_id=one.debit_id,
        credit_id=one.credit_id,
        resolves=one.resolves,
        corrects=one.corrects,
        resolved_by=tuple(other.transfer_id for other in movements if other.resolves == one.transfer_id),
        lots=tuple(_lot(part, *lots.get(part.lot_id, (None, None))) for part in one.lots),
        event_id=one.event_id,
        type=entry.fact.type,
        at=entry.at,
        effective_date=one.effective_date or day_of(entry.at),
        booked_on=one.booked_on or day_of(entry.at),
        cause=entry.cause,
        zh=zh,
        en=en,
        project=None if one.kind in (Kind.ARRIVED, Kind.CORRECTED) else _project(project, one),
    )


def _lot(part: LotShare, lot: FundAppropriated | None, recorded: LotRecorded | None) -> LotPart:
    return LotPart(
        lot_id=part.lot_id,
        amount=part.amount,
        account_id=lot.account_id if lot else None,
        funder_id=lot.funder_id if lot else None,
        source_type=lot.source_type if lot else None,
        budget_line=lot.budget_line if lot else None,
        functional_code=recorded.functional_code if recorded else None,
        economic_code=recorded.economic_code if recorded else None,
    )


def _project(project: Project, one: Movement) -> ProjectPart:
    proposed, agreement = project.last(ProjectProposed), project.last(ContractSigned)
    graded = project.last(ProjectGraded)
    gates = () if one.number is None else gates_of(project).get(one.number, ())
    return ProjectPart(
        project_id=project.id,
        title=proposed.brief.title if proposed else None,
        need_id=proposed.brief.need_id if proposed else None,
        community_id=proposed.brief.community_id if proposed else None,
        contract_id=agreement.contract_id if agreement else None,
        provider_id=agreement.provider_id if agreement else None,
        tranche=one.number,
        gates=gates,
        opened=tuple(opening for opening in openings_of(project) if opening.gate in gates),
        delivered=delivered(project),
        payment=_papers(project, one),
        grade=graded.grade if graded else None,
        score=graded.score if graded else None,
        opinions=opinions_of(project),
    )


def _papers(project: Project, one: Movement) -> PaymentPapers | None:
    """Of the movement's own order, or of the tranche's last one, once there is one."""
    orders = [fact for fact in reversed(project.all(PaymentOrdered)) if fact.number == one.number]
    own = [fact for fact in orders if fact.payment_id == one.payment_id]
    order = next(iter(own or orders), None)
    if order is None:
        return None
    receipts = {fact.payment_id: fact.receipt_digest for fact in project.all(TranchePaid)}
    codes = {fact.payment_id: fact.economic_code for fact in project.all(PaymentClassified)}
    persons = persons_of(entry.fact for entry in project.entries).get(order.payment_id, Persons())
    receipt, lines = receipts.get(order.payment_id), lines_of(project).get(order.payment_id, ())
    return PaymentPapers(
        payment_id=order.payment_id,
        file_digest=order.file_digest,
        receipt_digest=receipt,
        lines=lines,
        lines_missing=BEFORE_LINES if receipt is not None and not lines else None,
        economic_code=codes.get(order.payment_id),
        paid_to=paid_to(project).get(order.payment_id),
        drawn_up_by=persons.drawn_up_by,
        approved_by=persons.approved_by,
    )


TRANSFERS = Get(
    path="/v1/audit/transfers/{transfer_id}",
    roles=frozenset({Role.AUDITOR}),
    handler=transfers,
    answer=TransfersAnswer,
    summary="一笔转账的来龙去脉 · What a transfer (by the ledger's id, or the event that told of it) was part of",
)
