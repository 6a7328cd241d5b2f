"""A lot as one line that adds up, and what is missing when it does not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from schemas.dated import LotRecorded
from schemas.finding import Finding
from schemas.fund import FundAppropriated, FundCorrected, PaymentOrdered, SourceType, TranchePaid
from schemas.ids import EventId, FundAccountId, LotId, PartyId, PaymentId
from schemas.model import Model
from schemas.money import Money
from services.audit.rules.movements import Entry, unaccounted
from services.audit.rules.standing import Columns, Project, columns_of, flows_of, standing_of


class LotLine(Model):
    """One lot: amount = corrected + reserved + committed + released + ordered + paid + free."""

    lot_id: LotId
    account_id: FundAccountId | None
    funder_id: PartyId | None
    source_type: SourceType | None
    budget_line: str | None
    restricted_to: str | None
    arrived_at: datetime | None
    arrived_by: EventId | None
    """these are none when the arrival of the lot is missing from the archive"""
    functional_code: str | None
    economic_code: str | None
    effective_date: date | None
    """when it arrived by the giver's paper"""
    booked_on: date | None
    """these are none of lots from before they were told"""
    amount: Money | None
    corrected: Money
    """of it, what had never arrived"""
    columns: Columns
    free: Money | None
    """never set aside, or back; none when it cannot be known"""
    projects: int
    adds_up: bool


def lot_line(
    lot_id: LotId,
    arrival: Entry | None,
    projects: Sequence[Project],
    corrections: Iterable[FundCorrected] = (),
    recorded: LotRecorded | None = None,
) -> LotLine:
    """`projects`: at least all that money of the lot was set aside for; `corrections`: at least all of the lot."""
    fact = arrival.fact if arrival is not None else None
    lot = fact if isinstance(fact, FundAppropriated) else None
    standing = [standing_of(flows) for flows in _of_each(lot_id, projects)]
    total = {name: sum(one[name] for one in standing) for name in Columns.model_fields}
    corrected = sum(fact.amount.fen for fact in corrections if fact.lot_id == lot_id)
    taken = corrected + sum(fen for name, fen in total.items() if name != "returned")
    sound = lot is not None and taken <= lot.amount.fen and all(fen >= 0 for one in standing for fen in one.values())
    return LotLine(
        lot_id=lot_id,
        account_id=lot.account_id if lot else None,
        funder_id=lot.funder_id if lot else None,
        source_type=lot.source_type if lot else None,
        budget_line=lot.budget_line if lot else None,
        restricted_to=lot.restricted_to if lot else None,
        arrived_at=arrival.at if arrival is not None else None,
        arrived_by=arrival.event_id if arrival is not None else None,
        functional_code=recorded.functional_code if recorded else None,
        economic_code=recorded.economic_code if recorded else None,
        effective_date=recorded.effective_date if recorded else None,
        booked_on=recorded.booked_on if recorded else None,
        amount=lot.amount if lot else None,
        corrected=Money(corrected),
        columns=columns_of(total),
        free=Money(lot.amount.fen - taken) if lot and taken <= lot.amount.fen else None,
        projects=len(standing),
        adds_up=sound,
    )


def _of_each(lot_id: LotId, projects: Sequence[Project]) -> list[Counter[str]]:
    """Flows of the projects that money of the lot went to."""
    return [flows for project in projects if any((flows := flows_of(project, lot_id)).values())]


def findings_of(line: LotLine, projects: Sequence[Project]) -> Iterator[Finding]:
    """Why the columns of a lot cannot be relied on; nothing when they can."""
    lot = line.lot_id
    if line.amount is None:
        yield arrival_missing(lot)
    elif line.free is None:
        yield Finding(
            zh=f"批次 {lot} 到账 {line.amount},档案中列出的用途超过此数",
            en=f"lot {lot}: {line.amount} arrived, and the archive tells of more than that",
        )
    for project in projects:
        for name, fen in standing_of(flows_of(project, lot)).items():
            if fen < 0:
                yield Finding(
                    zh=f"批次 {lot} 在项目 {project.id} 中缺少一步:“{name}”一栏为负 {Money(-fen)}",
                    en=f"lot {lot}, project {project.id}: a step is missing, {name} is below zero by {Money(-fen)}",
                )


def arrival_missing(lot_id: LotId) -> Finding:
    return Finding(
        zh=f"批次 {lot_id} 的到账记录不在档案中", en=f"lot {lot_id}: its arrival is missing from the archive"
    )


def findings_in(project: Project) -> Iterator[Finding]:
    """Money of a project that its columns do not show, of whatever lot."""
    ordered: dict[PaymentId, Money] = {}
    for entry in project.entries:
        if isinstance(entry.fact, PaymentOrdered):
            ordered[entry.fact.payment_id] = entry.fact.amount
        if isinstance(entry.fact, TranchePaid) and ordered.get(entry.fact.payment_id) != entry.fact.amount:
            yield Finding(
                zh=f"项目 {project.id} 第 {entry.fact.number} 期已付 {entry.fact.amount},档案中没有同额的支付申请",
                en=f"project {project.id}: tranche {entry.fact.number} was paid {entry.fact.amount}, "
                "and no order of that amount is in the archive",
            )
    for entry in unaccounted(project.entries):
        yield unknown_movement(entry)


def unknown_movement(entry: Entry) -> Finding:
    return Finding(
        zh=f"事件 {entry.event_id}({entry.fact.type})涉及资金,本页尚不能说明其去向",
        en=f"event {entry.event_id} ({entry.fact.type}) carries money, and this page cannot say yet where it went",
    )
