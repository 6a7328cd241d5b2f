"""Signing commits the price, gates release tranches, and what is never released goes back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from schemas.contract import ContractSigned, Milestone, MilestoneAccepted
from schemas.deciding import Context, Due, Ref, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact, Note
from schemas.fund import FundsCommitted, ProjectSettled, TrancheReleased
from schemas.ids import ProjectId
from schemas.judging import AuditReported, Consequence, MidTermDeemedPassed, MidTermGraded, MidTermResult
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party, known_party
from schemas.tranche import Gate
from services.funds.rules import gates
from services.funds.rules.clock import clock_set
from services.funds.rules.dating import dated
from services.funds.rules.instalment import Instalment, Step
from services.funds.rules.ledger import Booked, Transfer, TransferState
from services.funds.rules.moves import resolve
from services.funds.rules.project import Phase, ProjectMoney, money_after
from services.funds.rules.shares import divide

ACCEPTED: Mapping[Milestone, Gate] = {
    Milestone.MID_TERM: Gate.MID_TERM_ACCEPTED,
    Milestone.FINAL: Gate.FINAL_ACCEPTED,
}
NO_AGREEMENT = Source("项目协议书经双方签署后方可拨付", Certainty.COMMON)


class Telling:
    """Several facts of one decision: each changes the project's money that the next one starts from."""

    def __init__(self, money: ProjectMoney) -> None:
        self.money = money
        self.facts: list[Fact] = []
        self.transfers: list[Transfer] = []
        self.notes: list[Note] = []

    def tell(self, fact: Fact, transfers: Sequence[Transfer] = ()) -> None:
        self.money = money_after(self.money, fact)
        self.facts.append(fact)
        self.transfers.extend(transfers)

    def note(self, note: Note) -> None:
        """What opens or closes gates."""
        self.money = gates.after(self.money, note)
        self.notes.append(note)

    def said(self) -> list[Model]:
        entry = [Booked(transfers=tuple(self.transfers))] if self.transfers else []
        return [*self.facts, *dated(ProjectId(self.money.id), self.transfers), *self.notes, *entry]


def refs_of_signing(fact: ContractSigned, cause: UUID) -> list[Ref]:
    return [(ProjectMoney, fact.project_id), (Party, fact.provider_id)]


def commit(world: World, fact: ContractSigned, context: Context) -> Sequence[Model]:
    """The reservation shrinks to the price, each account in proportion; the rest is free at once."""
    known_party(world, fact.provider_id)
    money = world.find(ProjectMoney, fact.project_id)
    if money is None or money.phase is not Phase.RESERVED:
        raise Refused("nothing_reserved", _source(context, fact.rulebook, "funds.reservation"))
    if fact.price > money.set_aside:
        source = _source(context, fact.rulebook, "funds.reservation")
        raise Refused("price_above_reservation", source, price=fact.price, reserved=money.set_aside)
    telling = Telling(money)
    kept, freed = divide(world, money.shares, fact.price)
    telling.tell(
        FundsCommitted(project_id=fact.project_id, price=fact.price, shares=kept, released=freed),
        resolve(money, freed, TransferState.VOIDED, "price below reservation", context),
    )
    _open(world, telling, Gate.SIGNED, context)
    return telling.said()


def accept(world: World, fact: MilestoneAccepted, context: Context) -> Sequence[Model]:
    """An accepted milestone opens its gate."""
    telling = Telling(_committed(world.find(ProjectMoney, fact.project_id), context))
    _open(world, telling, ACCEPTED[fact.milestone], context)
    return telling.said()


def judge(world: World, fact: MidTermGraded, context: Context) -> Sequence[Model]:
    """A mid-term that passes opens its gate, and lets go what an earlier failure stopped; one that ends the agreement
    settles what is left."""
    telling = Telling(_in_time(_committed(world.find(ProjectMoney, fact.project_id), context), context))
    if fact.result is MidTermResult.PASSED:
        _open(world, telling, Gate.MID_TERM_PASSED, context)
    settle_if_done(telling, context)
    return telling.said()


def deem_passed(world: World, fact: MidTermDeemedPassed, context: Context) -> Sequence[Model]:
    """Nobody judged it in time: its gate opens as if it had passed."""
    telling = Telling(_in_time(_committed(world.find(ProjectMoney, fact.project_id), context), context))
    _open(world, telling, Gate.MID_TERM_PASSED, context)
    settle_if_done(telling, context)
    return telling.said()


def take_report(world: World, fact: AuditReported, context: Context) -> Sequence[Model]:
    """An adverse opinion, or none at all (disclaimer), opens nothing."""
    telling = Telling(_in_time(_committed(world.find(ProjectMoney, fact.project_id), context), context))
    if fact.opinion.opens:
        _open(world, telling, Gate.AUDIT_REPORTED, context)
    settle_if_done(telling, context)
    return telling.said()


def grade(world: World, fact: ProjectGraded, context: Context) -> Sequence[Model]:
    """The grade opens its gate; when nothing is left to pay or to wait for, the project settles."""
    money = world.find(ProjectMoney, fact.project_id)
    if money is not None and money.consequence is Consequence.ENDS:
        return ()  # follows from what ended it
    telling = Telling(_committed(money, context))
    _open(world, telling, Gate.FINAL_GRADED, context)
    close_at = gates.closing(telling.money, context)
    if close_at is not None and telling.money.gates_close_at is None:
        telling.note(gates.GatesDated(project_id=fact.project_id, close_at=close_at))
    settle_if_done(telling, context)
    return telling.said()


def close_gates(world: World, due: Due, context: Context) -> Sequence[Model]:
    """What did not come in the days after the grade comes too late."""
    money = world.find(ProjectMoney, due.ref[1])
    if money is None or money.due().get(due.name) != due.at:
        return ()
    telling = Telling(money)
    telling.note(gates.GatesClosed(project_id=ProjectId(money.id)))
    settle_if_done(telling, context)
    return telling.said()


def settle_if_done(telling: Telling, context: Context) -> None:
    """Nothing more will be released, and all that was is paid."""
    money = telling.money
    done = all(i.step not in (Step.RELEASED, Step.ORDERED) for i in money.instalments)
    if done and money.phase is Phase.COMMITTED and gates.is_over(money):
        settle_rest(telling, "never released", context)


def settle_rest(telling: Telling, why: str, context: Context) -> None:
    """What was never released returns to its sources."""
    money = telling.money
    telling.tell(
        ProjectSettled(
            project_id=ProjectId(money.id),
            paid=money.paid,
            returned=money.set_aside,
            shares_returned=money.shares,
        ),
        resolve(money, money.shares, TransferState.VOIDED, why, context),
    )


def _committed(money: ProjectMoney | None, context: Context) -> ProjectMoney:
    if money is not None and money.phase is Phase.COMMITTED:
        return money
    if money is None:
        raise Refused("gate_before_signing", NO_AGREEMENT)
    source = _source(context, money.rulebook, "funds.gates")
    raise Refused("project_settled" if money.phase is Phase.SETTLED else "gate_before_signing", source)


def _in_time(money: ProjectMoney, context: Context) -> ProjectMoney:
    """What follows the grade has its days."""
    if money.gates_closed:
        raise Refused("gates_closed", _source(context, money.rulebook, gates.CLOSE_DAYS), closed=money.gates_close_at)
    return money


def _open(world: World, telling: Telling, gate: Gate, context: Context) -> None:
    """Release what has no closed gate left. What was released before stays as it is: a gate opens once."""
    project_id = ProjectId(telling.money.id)
    if gate not in telling.money.opened:
        telling.note(gates.GateOpened(project_id=project_id, gate=gate, on=context.day_said))
    release_open(world, telling, context)


def release_open(world: World, telling: Telling, context: Context) -> None:
    """Every tranche that waits and has no closed gate left."""
    rulebook = context.rulebooks.by_hash(telling.money.rulebook)
    for instalment in telling.money.instalments:
        if instalment.step is Step.WAITING:
            amount = gates.due_of(telling.money, instalment, rulebook)
            if amount is not None:
                release(world, telling, instalment, telling.money.payable(amount), context)


def release(world: World, telling: Telling, instalment: Instalment, amount: Money, context: Context) -> None:
    money = telling.money
    assert money.payee is not None  # committed money has a payee
    taken, _ = divide(world, money.shares, amount)
    fact = TrancheReleased(
        project_id=ProjectId(money.id),
        number=instalment.number,
        amount=amount,
        withheld=instalment.planned - amount,
        payee_id=money.payee.id,
        shares=taken,
    )
    telling.tell(fact, resolve(money, taken, TransferState.POSTED, f"tranche {instalment.number} released", context))
    if amount:
        term = money.payment_term
        telling.notes += clock_set(ProjectId(money.id), money.rulebook, instalment.number, context, term)


def _source(context: Context, rulebook: str, path: str) -> Source:
    return context.rulebooks.by_hash(rulebook).source(path)
