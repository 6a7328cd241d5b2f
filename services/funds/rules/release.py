"""Signing commits the price, gates release tranches, and what is never released goes back."""

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from schemas.contract import ContractSigned, Milestone, MilestoneAccepted
from schemas.deciding import Context, Ref, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact, Note
from schemas.fund import FundsCommitted, ProjectSettled, TrancheReleased
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party, known_party
from schemas.tranche import Gate
from services.funds.rules.clock import clock_set
from services.funds.rules.ledger import Booked, Transfer, TransferState
from services.funds.rules.moves import resolve
from services.funds.rules.project import Instalment, Phase, ProjectMoney, Step, money_after
from services.funds.rules.shares import divide

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

    def said(self) -> list[Model]:
        entry = [Booked(transfers=tuple(self.transfers))] if self.transfers else []
        return [*self.facts, *self.notes, *entry]


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
    _open(world, telling, Gate.SIGNED, 100, context)
    return telling.said()


def accept(world: World, fact: MilestoneAccepted, context: Context) -> Sequence[Model]:
    """An accepted mid-term opens its gate. The final acceptance opens none: the grade does."""
    if fact.milestone is not Milestone.MID_TERM:
        return ()
    telling = Telling(_committed(world.find(ProjectMoney, fact.project_id), context))
    _open(world, telling, Gate.MID_TERM_ACCEPTED, 100, context)
    return telling.said()


def grade(world: World, fact: ProjectGraded, context: Context) -> Sequence[Model]:
    """The grade opens the last gate at its factor; when nothing is left to pay, the project settles."""
    telling = Telling(_committed(world.find(ProjectMoney, fact.project_id), context))
    factor = telling.money.factor_percent
    _open(world, telling, Gate.FINAL_GRADED, 0 if factor is None else factor, context)
    settle_if_done(telling, context)
    return telling.said()


def settle_if_done(telling: Telling, context: Context) -> None:
    """Graded, and all that was released is paid: what was never released returns to its sources."""
    money = telling.money
    done = all(i.step not in (Step.RELEASED, Step.ORDERED) for i in money.instalments)
    if not done or money.factor_percent is None or money.phase is not Phase.COMMITTED:
        return
    telling.tell(
        ProjectSettled(
            project_id=ProjectId(money.id),
            paid=money.paid,
            returned=money.set_aside,
            shares_returned=money.shares,
        ),
        resolve(money, money.shares, TransferState.VOIDED, "never released", context),
    )


def _committed(money: ProjectMoney | None, context: Context) -> ProjectMoney:
    if money is not None and money.phase is Phase.COMMITTED:
        return money
    if money is None:
        raise Refused("gate_before_signing", NO_AGREEMENT)
    source = _source(context, money.rulebook, "funds.gates")
    raise Refused("project_settled" if money.phase is Phase.SETTLED else "gate_before_signing", source)


def _open(world: World, telling: Telling, gate: Gate, factor_percent: int, context: Context) -> None:
    """Release what waits behind the gate. What was released before stays as it is: a gate opens once."""
    for instalment in telling.money.instalments:
        if instalment.gate is gate and instalment.step is Step.WAITING:
            _release(world, telling, instalment, instalment.planned.portion(Fraction(factor_percent, 100)), context)


def _release(world: World, telling: Telling, instalment: Instalment, amount: Money, context: Context) -> None:
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
        telling.notes += clock_set(ProjectId(money.id), money.rulebook, instalment.number, context)


def _source(context: Context, rulebook: str, path: str) -> Source:
    return context.rulebooks.by_hash(rulebook).source(path)
