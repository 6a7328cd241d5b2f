"""An auditor stops money: a hold names amount, basis and expiry, and binds in the transaction of every payment.

It is decided here, under the lock of the project's money, and not by an event that may arrive after the payment left.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command
from schemas.fund import HoldLifted, HoldPlaced
from schemas.ids import HoldId, ProjectId
from schemas.model import Model
from schemas.money import Money, Positive
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.funds.rules.instalment import Instalment
from services.funds.rules.project import Phase, ProjectMoney

MOST_HOLDS = 20
"""on one project, lifted and expired ones included"""
LONGEST = timedelta(days=366)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class PlaceHold(Command):
    """Of what is not ordered yet, this much stays."""

    project_id: ProjectId
    amount: Positive
    basis: Words
    """the finding, statute or document it rests on"""
    until: date
    """the last day in China on which it binds"""


class LiftHold(Command):
    project_id: ProjectId
    hold_id: HoldId
    reason: Words


def hold_of(cause: UUID) -> HoldId:
    return HoldId(new_id(cause, "hold"))


def refs(command: PlaceHold | LiftHold, cause: UUID) -> list[Ref]:
    return [(ProjectMoney, command.project_id)]


def place(world: World, command: PlaceHold, context: Context) -> Sequence[Model]:
    """May be more than what is left: then nothing leaves."""
    money = world.get(ProjectMoney, command.project_id)
    if money.phase is not Phase.COMMITTED:
        raise Refused("nothing_to_hold", phase=money.phase)
    last = context.today + LONGEST
    if not context.today <= command.until <= last:
        raise Refused("hold_until_out_of_range", status=422, field="until", first=context.today, last=last)
    if len(money.holds) >= MOST_HOLDS:
        raise Refused("too_many_holds", most=MOST_HOLDS)
    must_be_public(command.basis, "basis")
    return [
        HoldPlaced(
            project_id=command.project_id,
            hold_id=hold_of(context.cause),
            amount=command.amount,
            basis=command.basis,
            until=command.until,
            placed_by=context.by.party_id,
        )
    ]


def lift(world: World, command: LiftHold, context: Context) -> Sequence[Model]:
    money = world.get(ProjectMoney, command.project_id)
    hold = next((hold for hold in money.holds if hold.id == command.hold_id), None)
    if hold is None:
        raise Refused("not_found", status=404, what="Hold", id=str(command.hold_id))
    context.by.must_be(hold.placed_by)
    if hold.lifted:
        raise Refused("hold_lifted_already", hold=hold.id)
    must_be_public(command.reason, "reason")
    return [
        HoldLifted(
            project_id=command.project_id,
            hold_id=command.hold_id,
            reason=command.reason,
            lifted_by=context.by.party_id,
        )
    ]


def undisputed(money: ProjectMoney, instalment: Instalment, today: date) -> Money:
    """Of what is left of a released instalment, what no hold keeps back."""
    free = max(0, money.not_ordered.fen - money.held(today).fen)
    return Money(min(instalment.left.fen, free))


def stopped(money: ProjectMoney, instalment: Instalment, today: date) -> Refused | None:
    """Why the instalment may not be ordered whole today, naming the hold that binds longest."""
    payable = undisputed(money, instalment, today)
    if payable == instalment.left:
        return None
    hold = max((h for h in money.holds if h.binds(today)), key=lambda h: h.until)
    return Refused(
        "money_on_hold",
        number=instalment.number,
        held=money.held(today),
        left=money.not_ordered,
        undisputed=payable,
        basis=hold.basis,
        until=hold.until,
    )
