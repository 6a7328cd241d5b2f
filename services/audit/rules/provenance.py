"""Whose money it was: a project's fen by lot, from what arrived to what was paid and went back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.cancelled import CommitmentCancelled
from schemas.change import CommitmentChanged
from schemas.fact import Fact
from schemas.fund import (
    FundAppropriated,
    FundsCommitted,
    PaymentOrdered,
    ProjectSettled,
    ReservationReleased,
    SourceType,
    TranchePaid,
)
from schemas.ids import FundAccountId, LotId, PartyId, PaymentId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.payment import PaymentReturned
from schemas.project import BudgetReserved, FundShare
from services.audit.rules.story import Story


class SourceLine(Model):
    """One lot: what of it was set aside for the project, and what became of that."""

    account_id: FundAccountId
    lot_id: LotId
    funder_id: PartyId | None
    """none when the arrival of the lot is missing from the archive; then the story is not complete"""
    source_type: SourceType | None
    budget_line: str | None
    restricted_to: str | None
    reserved: Money
    paid: Money
    returned: Money
    """when the price was below the reservation, at settlement, or because no agreement came of it or stood"""

    @property
    def adds_up(self) -> bool:
        return self.reserved == self.paid + self.returned


class Moved(Model):
    """The same over all lots. What is neither paid nor returned is still set aside or on its way."""

    reserved: Money
    paid: Money
    returned: Money


@dataclass(slots=True)
class _Sides:
    reserved: Counter[tuple[FundAccountId, LotId]]
    paid: Counter[tuple[FundAccountId, LotId]]
    returned: Counter[tuple[FundAccountId, LotId]]


def sources_of(story: Story) -> tuple[SourceLine, ...]:
    """In the order of the lots' arrival; only lots that something was reserved from."""
    sides = _fold(story.project)
    lots = {fact.lot_id: fact for fact in story.all(FundAppropriated)}
    order = {lot_id: place for place, lot_id in enumerate(lots)}
    places = sorted(sides.reserved, key=lambda place: (order.get(place[1], len(order)), place))
    return tuple(_line(place, lots.get(place[1]), sides) for place in places)


def _line(place: tuple[FundAccountId, LotId], lot: FundAppropriated | None, sides: _Sides) -> SourceLine:
    return SourceLine(
        account_id=place[0],
        lot_id=place[1],
        funder_id=lot.funder_id if lot else None,
        source_type=lot.source_type if lot else None,
        budget_line=lot.budget_line if lot else None,
        restricted_to=lot.restricted_to if lot else None,
        reserved=Money(sides.reserved[place]),
        paid=Money(sides.paid[place]),
        returned=Money(sides.returned[place]),
    )


def moved(lines: Iterable[SourceLine]) -> Moved:
    lines = tuple(lines)
    return Moved(
        reserved=sum_of(line.reserved for line in lines),
        paid=sum_of(line.paid for line in lines),
        returned=sum_of(line.returned for line in lines),
    )


def _fold(facts: Iterable[Fact]) -> _Sides:
    sides = _Sides(Counter(), Counter(), Counter())
    ordered: dict[PaymentId, tuple[FundShare, ...]] = {}
    paid: set[PaymentId] = set()
    for fact in facts:
        match fact:
            case BudgetReserved():
                _add(sides.reserved, fact.shares)
            case FundsCommitted():
                _add(sides.returned, fact.released)
            case CommitmentChanged():
                _add(sides.reserved, fact.added)
                _add(sides.returned, fact.freed)
            case CommitmentCancelled():
                _add(sides.returned, (*fact.freed, *fact.taken_back))
                _add(sides.reserved, fact.set_aside)
            case ReservationReleased():
                _add(sides.returned, fact.shares)
            case ProjectSettled():
                _add(sides.returned, fact.shares_returned)
            case PaymentOrdered():
                ordered[fact.payment_id] = fact.shares
            case TranchePaid():
                _add(sides.paid, ordered.get(fact.payment_id, ()))
                paid.add(fact.payment_id)
            case PaymentReturned() if fact.payment_id in paid:
                _add(sides.paid, ordered.get(fact.payment_id, ()), -1)
    return sides


def _add(side: Counter[tuple[FundAccountId, LotId]], shares: Iterable[FundShare], sign: int = 1) -> None:
    for share in shares:
        for part in share.lots:
            side[share.account_id, part.lot_id] += sign * part.amount.fen
