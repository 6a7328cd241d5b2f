"""What funds remembers of one project's money, and how each fact changes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any
from uuid import UUID

from schemas.cancelled import CommitmentCancelled
from schemas.change import CommitmentChanged
from schemas.clauses import PaymentTerm
from schemas.contract import ContractSigned
from schemas.days import end_of
from schemas.deciding import State, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact, Note
from schemas.fund import (
    FundsCommitted,
    HoldLifted,
    HoldPlaced,
    PaymentOrdered,
    PaymentRefunded,
    ProjectSettled,
    ReservationReleased,
    TranchePaid,
    TrancheReleased,
)
from schemas.ids import ContractId, HoldId, PartyId, ProjectId
from schemas.judging import (
    AuditOpinion,
    AuditReported,
    Consequence,
    MidTermAwaited,
    MidTermDeemedPassed,
    MidTermGraded,
    MidTermResult,
)
from schemas.model import Model
from schemas.money import ZERO, Money, sum_of
from schemas.obligation import Duty, Obligation
from schemas.payment import PaymentReturned
from schemas.project import BudgetRefused, BudgetReserved, FundShare, ProjectApproved
from schemas.refund import RefundCorrected
from schemas.role import Role
from schemas.rulebook import Source
from schemas.standing import Party
from schemas.termination import ContractTerminated
from schemas.tranche import Gate, Tranche
from schemas.work import WorkAccepted
from services.funds.rules.clock import PaymentClockSet
from services.funds.rules.instalment import Instalment, Part, Step
from services.funds.rules.shares import less, plus

LAPSE = "lapse"
RESERVATION_DAYS = "funds.reservation_days"
"""the timer of a reservation"""
GATES_CLOSE = "gates_close"
"""the timer of gates that may open after the grade"""


class Phase(StrEnum):
    ASKED = "asked"
    """approved; nothing is set aside yet"""
    REFUSED = "refused"
    RESERVED = "reserved"
    COMMITTED = "committed"
    """signed: what is set aside is the price less what was released"""
    SETTLED = "settled"
    RETURNED = "returned"
    """ended without an agreement; everything went back"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Who is paid, as far as it is public: a natural person is an id only."""

    id: PartyId
    name: str | None
    code: str | None
    """统一社会信用代码"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What an auditor keeps back, and on what it rests."""

    id: HoldId
    amount: Money
    basis: str
    until: date
    """the last day on which it binds"""
    placed_by: PartyId
    lifted: bool = False

    def binds(self, today: date) -> bool:
        return not self.lifted and today <= self.until


class Lapsed(Model):
    """A reservation that no agreement followed in time."""

    last_day: date
    """on which it stood"""
    shares: tuple[FundShare, ...]
    rulebook: str
    """by whose days"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMoney(State):
    funder_id: PartyId
    community_id: PartyId
    category: str
    title: str
    rulebook: str
    ceiling: Money
    phase: Phase
    attempt: int
    """how often money was asked for: pending transfers of an earlier attempt stay apart"""
    shares: tuple[FundShare, ...]
    """set aside and not released yet; in phase ASKED what the funder asked for"""
    contract_id: ContractId | None = None
    payee: Payee | None = None
    price: Money | None = None
    instalments: tuple[Instalment, ...] = ()
    grade: str | None = None
    factor_percent: int | None = None
    returned: Money = ZERO
    fee: Money | None = None
    """of work paid by the unit, once its units were accepted: the tranches together release no more"""
    holds: tuple[Hold, ...] = ()
    refunded: tuple[FundShare, ...] = ()
    """of what was paid, what the payee gave back, to the lots it came from"""
    terminated_due: Money | None = None
    """when the agreement was terminated: what is due in all"""
    lapses_at: datetime | None = None
    """when a reservation ends that no agreement follows; None where it was made before reservations ended"""
    payment_term: PaymentTerm | None = None
    """the agreement's own; without one the rulebook's applies"""
    opened: Mapping[Gate, date] = field(default_factory=dict)
    """when gates opened, by the day in China; see `is_open` for those that opened before this was kept"""
    mid_term: MidTermResult | None = None
    """the last judgement of it"""
    consequence: Consequence | None = None
    """of a failed mid-term"""
    judgement_due: datetime | None = None
    """exclusive: until when the accepted mid-term is to be judged; none where it need not be by a day"""
    deemed_passed: bool = False
    """by then nobody had judged it"""
    audit_opinion: AuditOpinion | None = None
    gates_close_at: datetime | None = None
    """set with the grade, when a tranche waits for what may come after it"""
    gates_closed: bool = False
    orders_before: int = 0
    """how often tranches of agreements that were cancelled were ordered or drawn up: each order has its own number"""
    lapsed: tuple[Lapsed, ...] = ()
    """reservations that nobody signed in time, also of earlier approvals; none from before this was kept"""

    def due(self) -> Mapping[str, datetime]:
        if self.phase is Phase.RESERVED and self.lapses_at is not None:
            return {LAPSE: self.lapses_at}
        if self.phase is Phase.COMMITTED and self.gates_close_at is not None and not self.gates_closed:
            return {GATES_CLOSE: self.gates_close_at}
        return {}

    def owed(self) -> tuple[Obligation, ...]:
        """The funder signs while money is reserved; its finance pays what is released, also late."""
        return (*self._to_sign(), *self._to_pay())

    def _to_sign(self) -> Iterator[Obligation]:
        if self.phase is Phase.RESERVED and self.lapses_at is not None:
            yield Obligation(
                duty=Duty.SIGN,
                name=LAPSE,
                party_id=self.funder_id,
                role=Role.FUNDER,
                until=self.lapses_at,
                project_id=ProjectId(self.id),
                rulebook=self.rulebook,
                rule=RESERVATION_DAYS,
            )

    def _to_pay(self) -> Iterator[Obligation]:
        for one in self.instalments:
            if one.clock is not None and one.step in (Step.RELEASED, Step.ORDERED) and one.left:
                yield Obligation(
                    duty=Duty.PAY,
                    name=f"pay.{one.number}",
                    party_id=self.funder_id,
                    role=Role.FINANCE,
                    until=end_of(one.clock.due_on),
                    project_id=ProjectId(self.id),
                    source=Source(one.clock.source),
                )

    def is_open(self, gate: Gate) -> bool:
        """Rows from before gates were remembered had one gate to a tranche: it opened what is no longer waiting. A
        termination opens none."""
        if gate in self.opened:
            return True
        closed = (Step.WAITING,) if self.terminated_due is None else (Step.WAITING, Step.NOTHING_DUE)
        return any(i.gates == (gate,) and i.step not in closed for i in self.instalments)

    @property
    def paid(self) -> Money:
        return sum_of(i.paid for i in self.instalments)

    @property
    def paid_shares(self) -> tuple[FundShare, ...]:
        """What each lot paid and did not get back, in the order of the tranches."""
        paid: tuple[FundShare, ...] = ()
        for instalment in self.instalments:
            left = () if instalment.step is Step.PAID else instalment.left_shares
            paid = plus(paid, less(instalment.shares, left))
        return less(paid, self.refunded)

    @property
    def expected_refund(self) -> Money:
        """What the payee got or will get beyond the settlement of a terminated agreement, and did not give back."""
        if self.terminated_due is None:
            return ZERO
        back = self.terminated_due.fen + sum(share.amount.fen for share in self.refunded)
        return Money(max(0, sum(i.amount.fen for i in self.instalments) - back))

    @property
    def set_aside(self) -> Money:
        """Reserved or committed, and not released yet."""
        asked = self.phase in (Phase.ASKED, Phase.REFUSED)
        return ZERO if asked else sum_of(share.amount for share in self.shares)

    @property
    def not_ordered(self) -> Money:
        """What the payee may still be ordered to be paid."""
        return sum_of(i.not_ordered for i in self.instalments)

    def payable(self, amount: Money) -> Money:
        """Of an amount that is to be released, what a fee by workload leaves of it after earlier tranches."""
        if self.fee is None:
            return amount
        released = sum_of(i.amount for i in self.instalments)
        return min(amount, self.fee - released) if released < self.fee else ZERO

    def held(self, today: date) -> Money:
        return sum_of(hold.amount for hold in self.holds if hold.binds(today))

    def pending_id(self, account_id: UUID) -> UUID:
        """The pending transfer that set this account's share aside: one for each attempt."""
        names = self.id.bytes + account_id.bytes + self.attempt.to_bytes(4)
        return UUID(bytes=blake2b(names, digest_size=16).digest())

    def instalment(self, number: int) -> Instalment | None:
        return next((i for i in self.instalments if i.number == number), None)

    def with_instalment(self, number: int, **changes: Any) -> "ProjectMoney":
        changed = (replace(i, **changes) if i.number == number else i for i in self.instalments)
        return replace(self, instalments=tuple(changed))


class ReservationLapsed(Note):
    """Beside `reservation.released`, which says the same of a tender that failed."""

    project_id: ProjectId
    lapsed: Lapsed


def lapsed(world: World, note: ReservationLapsed) -> tuple[State, ...]:
    money = world.get(ProjectMoney, note.project_id)
    return (replace(money, lapsed=(*money.lapsed, note.lapsed)),)


class ReservationDated(Note):
    """When the reservation lapses, if no agreement follows it; never under a rulebook that sets no days."""

    project_id: ProjectId
    lapses_at: datetime | None


def dated(world: World, note: ReservationDated) -> tuple[State, ...]:
    return (replace(world.get(ProjectMoney, note.project_id), lapses_at=note.lapses_at),)


def approved(world: World, fact: ProjectApproved) -> tuple[State, ...]:
    """A refused or returned project may be approved again; one whose money is set aside keeps it."""
    before = world.find(ProjectMoney, fact.project_id)
    if before is not None and before.phase not in (Phase.ASKED, Phase.REFUSED, Phase.RETURNED):
        return ()
    asked = ProjectMoney(
        id=fact.project_id,
        funder_id=fact.brief.funder_id,
        community_id=fact.brief.community_id,
        category=fact.brief.category,
        title=fact.brief.title,
        rulebook=fact.rulebook,
        ceiling=fact.ceiling,
        phase=Phase.ASKED,
        attempt=1 if before is None else before.attempt + 1,
        shares=fact.shares,
        lapsed=() if before is None else before.lapsed,
        orders_before=0 if before is None else before.orders_before,
    )
    return (asked,)


def signed(world: World, fact: ContractSigned) -> tuple[State, ...]:
    """Terms that the reservation does not cover are not taken up; the decision refuses them."""
    money = world.find(ProjectMoney, fact.project_id)
    if money is None or money.phase is not Phase.RESERVED or fact.price > money.set_aside:
        return ()
    party = world.find(Party, fact.provider_id)
    payee = Payee(
        id=fact.provider_id,
        name=party.name if party is not None else None,
        code=party.uscc if party is not None else None,
    )
    plan = _plan(fact.tranches, money.orders_before)
    signed = replace(money, contract_id=fact.contract_id, payee=payee, price=fact.price, instalments=plan)
    return (replace(signed, payment_term=fact.clauses.payment),)


def _plan(tranches: tuple[Tranche, ...], orders_before: int) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(
            number=t.number,
            planned=t.amount,
            gate=t.gate,
            also=t.also,
            grade_at_least=t.grade_at_least,
            orders_before=orders_before,
        )
        for t in tranches
    )


def clocked(world: World, note: PaymentClockSet) -> tuple[State, ...]:
    money = world.find(ProjectMoney, note.project_id)
    return () if money is None else (money.with_instalment(note.number, clock=note.clock),)


def money_after(money: ProjectMoney, fact: Fact) -> ProjectMoney:
    """The project's money after a fact about it; decisions that say several facts fold them with this."""
    change = _CHANGES.get(type(fact))
    return money if change is None else change(money, fact)


def _released(money: ProjectMoney, fact: TrancheReleased) -> ProjectMoney:
    step = Step.RELEASED if fact.amount else Step.NOTHING_DUE
    money = replace(money, shares=less(money.shares, fact.shares))
    return money.with_instalment(fact.number, step=step, amount=fact.amount, withheld=fact.withheld, shares=fact.shares)


def _returned(money: ProjectMoney, fact: PaymentReturned) -> ProjectMoney:
    """The order under way, the last one paid, or an earlier part; what was paid beside it stays paid."""
    before = money.instalment(fact.number)
    if before is None or fact.payment_id not in (before.payment_id, *before.paid_by):
        return money
    returns = before.returns + 1
    if fact.payment_id == before.payment_id:
        return money.with_instalment(fact.number, step=Step.RELEASED, payment_id=None, ordered=(), returns=returns)
    parts = tuple(part for part in before.parts if part.payment_id != fact.payment_id)
    if before.step is not Step.PAID or before.payment_id is None:
        return money.with_instalment(fact.number, parts=parts, returns=returns)
    last = Part(payment_id=before.payment_id, amount=before.left, shares=before.left_shares)
    return money.with_instalment(
        fact.number, step=Step.RELEASED, payment_id=None, ordered=(), parts=(*parts, last), returns=returns
    )


def _paid(money: ProjectMoney, fact: TranchePaid) -> ProjectMoney:
    before = money.instalment(fact.number)
    if before is None or before.left.fen <= fact.amount.fen:
        return money.with_instalment(fact.number, step=Step.PAID)
    part = Part(payment_id=fact.payment_id, amount=fact.amount, shares=before.ordered)
    parts = (*before.parts, part)
    return money.with_instalment(fact.number, step=Step.RELEASED, payment_id=None, ordered=(), parts=parts)


def _graded(money: ProjectMoney, fact: ProjectGraded) -> ProjectMoney:
    if money.phase is not Phase.COMMITTED or money.factor_percent is not None:
        return money
    return replace(money, grade=fact.grade, factor_percent=min(max(fact.factor_percent, 0), 100))


def _judged(money: ProjectMoney, fact: MidTermGraded) -> ProjectMoney:
    if money.phase is not Phase.COMMITTED:
        return money
    return replace(money, mid_term=fact.result, consequence=fact.consequence, judgement_due=None)


def _deemed(money: ProjectMoney, fact: MidTermDeemedPassed) -> ProjectMoney:
    if money.phase is not Phase.COMMITTED:
        return money
    return replace(money, mid_term=MidTermResult.PASSED, judgement_due=fact.judgement_due, deemed_passed=True)


def _held(money: ProjectMoney, fact: HoldPlaced) -> ProjectMoney:
    hold = Hold(id=fact.hold_id, amount=fact.amount, basis=fact.basis, until=fact.until, placed_by=fact.placed_by)
    return replace(money, holds=(*money.holds, hold))


def _terminated(money: ProjectMoney, fact: ContractTerminated) -> ProjectMoney:
    """What waited is replaced by one instalment: what is due and was not released."""
    if money.phase is not Phase.COMMITTED:
        return money
    plan = [replace(i, step=Step.NOTHING_DUE) if i.step is Step.WAITING else i for i in money.instalments]
    released_fen = sum(i.amount.fen for i in plan)
    left = Money(min(max(0, fact.due.fen - released_fen), money.set_aside.fen))
    if left:
        number = max(i.number for i in plan) + 1
        plan.append(Instalment(number=number, planned=left, gate=Gate.SIGNED, settles=True))
    return replace(money, instalments=tuple(plan), terminated_due=fact.due)


def _recommitted(money: ProjectMoney, fact: CommitmentChanged) -> ProjectMoney:
    """What was released stays as it is. Set aside anew, it has pending transfers of its own."""
    known = {i.number: i for i in money.instalments if i.step is not Step.WAITING}
    planned = _plan(fact.tranches, money.orders_before)
    money = replace(money, price=fact.price, instalments=tuple(known.get(i.number, i) for i in planned))
    return replace(money, shares=fact.after, attempt=money.attempt + 1) if fact.before else money


def _cancelled(money: ProjectMoney, fact: CommitmentCancelled) -> ProjectMoney:
    """As it was before the agreement; holds stay."""
    if money.phase is not Phase.COMMITTED:
        return money
    orders = max((i.orders_over + (i.drawn is not None) for i in money.instalments), default=money.orders_before)
    return replace(
        money,
        phase=Phase.RESERVED if fact.reserved else Phase.RETURNED,
        attempt=money.attempt + bool(fact.set_aside),
        shares=fact.set_aside,
        orders_before=orders,
        contract_id=None,
        payee=None,
        price=None,
        instalments=(),
        fee=None,
        payment_term=None,
        opened={},
        mid_term=None,
        consequence=None,
        judgement_due=None,
        deemed_passed=False,
        audit_opinion=None,
    )


_CHANGES: Mapping[type[Fact], Callable[[ProjectMoney, Any], ProjectMoney]] = {
    BudgetReserved: lambda money, fact: replace(money, phase=Phase.RESERVED, shares=fact.shares),
    BudgetRefused: lambda money, fact: replace(money, phase=Phase.REFUSED, shares=()),
    ReservationReleased: lambda money, fact: replace(money, phase=Phase.RETURNED, shares=()),
    FundsCommitted: lambda money, fact: replace(money, phase=Phase.COMMITTED, shares=fact.shares),
    TrancheReleased: _released,
    PaymentReturned: _returned,
    PaymentOrdered: lambda money, fact: money.with_instalment(
        fact.number, step=Step.ORDERED, payment_id=fact.payment_id, ordered=fact.shares, drawn=None
    ),
    TranchePaid: _paid,
    PaymentRefunded: lambda money, fact: replace(money, refunded=plus(money.refunded, fact.shares)),
    RefundCorrected: lambda money, fact: replace(money, refunded=less(money.refunded, fact.shares)),
    WorkAccepted: lambda money, fact: replace(money, fee=fact.fee),
    ProjectGraded: _graded,
    MidTermGraded: _judged,
    MidTermAwaited: lambda money, fact: replace(money, judgement_due=fact.judgement_due),
    MidTermDeemedPassed: _deemed,
    AuditReported: lambda money, fact: replace(money, audit_opinion=fact.opinion),
    ContractTerminated: _terminated,
    CommitmentChanged: _recommitted,
    CommitmentCancelled: _cancelled,
    HoldPlaced: _held,
    HoldLifted: lambda money, fact: replace(
        money, holds=tuple(replace(h, lifted=True) if h.id == fact.hold_id else h for h in money.holds)
    ),
    ProjectSettled: lambda money, fact: replace(money, phase=Phase.SETTLED, shares=(), returned=fact.returned),
}
