"""What a project did with the money of a lot: tranche by tranche with its papers, and what people thought of it."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from schemas.bank import PaymentInstructed, mask
from schemas.cancelled import CommitmentCancelled
from schemas.change import ContractChanged
from schemas.contract import ContractSigned, Milestone
from schemas.evaluation import MilestoneRated, ProjectGraded
from schemas.fact import Fact
from schemas.fund import PaymentOrdered, TranchePaid, TrancheReleased
from schemas.ids import ContractId, EventId, LotId, NeedId, PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.payment import PaymentReturned
from schemas.project import ProjectProposed
from schemas.receipt import MatchedLine
from schemas.tranche import Gate
from services.audit.rules.delivered import DELIVERED, Delivered, delivered
from services.audit.rules.movements import Entry
from services.audit.rules.openings import OPENS, Opening, openings_of
from services.audit.rules.receipts import lines_of
from services.audit.rules.standing import Columns, Project, columns_of, flows_of, of_lot, standing_of

_TELLING: frozenset[type[Fact]] = frozenset((ProjectProposed, ContractChanged, MilestoneRated, ProjectGraded))
USES = frozenset(fact.type for fact in (*_TELLING, *OPENS, *DELIVERED))
"""types of the facts that others than funds say, and that tell what the money was for"""


class Step(StrEnum):
    RELEASED = "released"
    ORDERED = "ordered"
    PAID = "paid"


class TrancheUse(Model):
    """What of a lot is in one tranche, or in one payment of it, and the papers that show how far it came."""

    number: int
    gates: tuple[Gate, ...]
    """what opened it, all together; none when the agreement is missing from the archive, or terminated and this its
    settlement"""
    amount: Money
    step: Step
    released_by: EventId
    payment_id: PaymentId | None = None
    file_digest: str | None = None
    """of the payment application"""
    receipt_digest: str | None = None
    """of the line that showed it paid"""
    lines: tuple[MatchedLine, ...] = ()
    """that this digest is over; none of what was paid before they were told"""
    paid_to: str | None = None
    """the end of the number of the account it went to; known of foundations' payments"""


class Opinion(Model):
    """What the beneficiaries said about a milestone: how many, and the mean as 0–100."""

    milestone: Milestone
    ratings: int
    mean: Decimal


class Use(Model):
    """One project that money of the lot was set aside for."""

    project_id: ProjectId
    title: str | None
    need_id: NeedId | None
    community_id: PartyId | None
    contract_id: ContractId | None
    provider_id: PartyId | None
    set_aside: Money
    """ever; the columns add up to it"""
    columns: Columns
    tranches: tuple[TrancheUse, ...]
    opened: tuple[Opening, ...]
    """gates, by what and by whom"""
    delivered: Delivered
    grade: str | None
    score: Decimal | None
    """of the grade"""
    opinions: tuple[Opinion, ...]


def use_of(project: Project, lot_id: LotId) -> Use:
    proposed, agreement = project.last(ProjectProposed), project.last(ContractSigned)
    graded = project.last(ProjectGraded)
    flows = flows_of(project, lot_id)
    return Use(
        project_id=project.id,
        title=proposed.brief.title if proposed else None,
        need_id=proposed.brief.need_id if proposed else None,
        community_id=proposed.brief.community_id if proposed else None,
        contract_id=agreement.contract_id if agreement else None,
        provider_id=agreement.provider_id if agreement else None,
        set_aside=Money(flows["set_aside"] + flows["supplemented"]),
        columns=columns_of(standing_of(flows)),
        tranches=tuple(_tranches(project, lot_id)),
        opened=openings_of(project),
        delivered=delivered(project),
        grade=graded.grade if graded else None,
        score=graded.score if graded else None,
        opinions=opinions_of(project),
    )


def _tranches(project: Project, lot_id: LotId) -> Iterator[TrancheUse]:
    sent_back = {fact.payment_id for fact in project.all(PaymentReturned)}
    standing = (fact for fact in project.all(PaymentOrdered) if fact.payment_id not in sent_back)
    gates, orders = gates_of(project), list(standing)
    receipts = {fact.payment_id: fact.receipt_digest for fact in project.all(TranchePaid)}
    accounts, lines = paid_to(project), lines_of(project)
    for entry in _since_cancelled(project):
        fact = entry.fact
        if not isinstance(fact, TrancheReleased) or not (fen := of_lot(fact.shares, lot_id)):
            continue
        use = TrancheUse(
            number=fact.number,
            gates=gates.get(fact.number, ()),
            amount=Money(fen),
            step=Step.RELEASED,
            released_by=entry.event_id,
        )
        for order in orders:
            part = of_lot(order.shares, lot_id) if order.number == fact.number else 0
            if part:
                known = {"paid_to": accounts.get(order.payment_id), "lines": lines.get(order.payment_id, ())}
                yield _ordered(use, order, part, receipts.get(order.payment_id)).model_copy(update=known)
                fen -= part
        if fen > 0:
            yield use.model_copy(update={"amount": Money(fen)})


def _since_cancelled(project: Project) -> tuple[Entry, ...]:
    """What was released under an agreement that was cancelled went back, and the next numbers its tranches anew."""
    cancelled = [place for place, one in enumerate(project.entries) if isinstance(one.fact, CommitmentCancelled)]
    return project.entries[cancelled[-1] :] if cancelled else project.entries


def _ordered(use: TrancheUse, order: PaymentOrdered, fen: int, receipt: str | None) -> TrancheUse:
    """All of it, or the part that no hold kept back."""
    papers = {"payment_id": order.payment_id, "file_digest": order.file_digest, "receipt_digest": receipt}
    step = Step.PAID if receipt else Step.ORDERED
    return use.model_copy(update={"amount": Money(fen), "step": step, **papers})


def paid_to(project: Project) -> dict[PaymentId, str]:
    """The masked account of each payment that left in a file for a bank."""
    return {fact.payment_id: mask(fact.account_ending) for fact in project.all(PaymentInstructed)}


def gates_of(project: Project) -> dict[int, tuple[Gate, ...]]:
    """What opens each tranche of the agreement, by its number."""
    agreement = project.last(ContractChanged) or project.last(ContractSigned)
    return {tranche.number: tranche.gates for tranche in agreement.tranches} if agreement else {}


def opinions_of(project: Project) -> tuple[Opinion, ...]:
    """The last word on each milestone."""
    rated = {fact.milestone: fact for fact in project.all(MilestoneRated)}
    return tuple(
        Opinion(milestone=milestone, ratings=rated[milestone].ratings, mean=rated[milestone].mean)
        for milestone in Milestone
        if milestone in rated
    )
