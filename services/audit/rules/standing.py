"""Where the money of a lot stands in a project: what reached a stage of its way and not the next one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from schemas.cancelled import CommitmentCancelled
from schemas.change import CommitmentChanged
from schemas.fact import Fact
from schemas.fund import (
    FundsCommitted,
    PaymentOrdered,
    PaymentRefunded,
    ProjectSettled,
    ReservationReleased,
    TranchePaid,
    TrancheReleased,
)
from schemas.ids import LotId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import ZERO, Money
from schemas.payment import PaymentReturned
from schemas.project import BudgetReserved, FundShare
from schemas.refund import RefundCorrected
from services.audit.rules.movements import Entry

F = TypeVar("F", bound=Fact)


class Columns(Model):
    """Where money that was set aside stands now. Each fen stands in one column."""

    reserved: Money = ZERO
    """set aside, no agreement yet"""
    committed: Money = ZERO
    """by an agreement, behind a gate that is not open yet"""
    released: Money = ZERO
    """payable, and not ordered yet"""
    ordered: Money = ZERO
    """on its way, no receipt yet"""
    paid: Money = ZERO
    """and not refunded"""
    returned: Money = ZERO
    """went back to the lot, and is free there, or set aside again for something else"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One project's lines, in the order of their log."""

    id: ProjectId
    entries: tuple[Entry, ...]

    def all(self, kind: type[F]) -> list[F]:
        return [entry.fact for entry in self.entries if isinstance(entry.fact, kind)]

    def last(self, kind: type[F]) -> F | None:
        return next(reversed(self.all(kind)), None)

    @property
    def shares(self) -> Iterator[FundShare]:
        """What of which account and lot was ever named as set aside, committed, released, ordered or returned."""
        for entry in self.entries:
            for field in _FLOWS.get(type(entry.fact), ()):
                yield from getattr(entry.fact, field)

    @property
    def began(self) -> datetime:
        """When money was first set aside for it, as far as the archive tells."""
        return next(entry.at for entry in self.entries if type(entry.fact) in _FLOWS)


_FLOWS: Mapping[type[Fact], Mapping[str, str]] = {
    BudgetReserved: {"shares": "set_aside"},
    FundsCommitted: {"shares": "committed", "released": "back_unsigned"},
    CommitmentChanged: {"added": "supplemented", "freed": "back_signed"},
    CommitmentCancelled: {"freed": "back_signed", "taken_back": "back_released", "set_aside": "set_aside"},
    ReservationReleased: {"shares": "back_unsigned"},
    TrancheReleased: {"shares": "released"},
    PaymentOrdered: {"shares": "ordered"},
    ProjectSettled: {"shares_returned": "back_signed"},
    PaymentRefunded: {"shares": "refunded"},
    RefundCorrected: {"shares": "never_refunded"},
}
"""which stage of its way the shares in a field reached"""


def flows_of(project: Project, lot_id: LotId) -> Counter[str]:
    """How many fen of the lot ever reached each stage in this project."""
    flows: Counter[str] = Counter()
    orders: dict[PaymentId, int] = {}
    paid: set[PaymentId] = set()
    for entry in project.entries:
        fact = entry.fact
        for field, stage in _FLOWS.get(type(fact), {}).items():
            flows[stage] += of_lot(getattr(fact, field), lot_id)
        if isinstance(fact, PaymentOrdered):
            orders[fact.payment_id] = of_lot(fact.shares, lot_id)
        if isinstance(fact, TranchePaid):
            flows["paid"] += orders.get(fact.payment_id, 0)
            paid.add(fact.payment_id)
        if isinstance(fact, PaymentReturned):
            flows["ordered"] -= orders.get(fact.payment_id, 0)
            flows["paid"] -= orders.get(fact.payment_id, 0) if fact.payment_id in paid else 0
    return flows


def of_lot(shares: Iterable[FundShare], lot_id: LotId) -> int:
    return sum(part.amount.fen for share in shares for part in share.lots if part.lot_id == lot_id)


def standing_of(flows: Counter[str]) -> dict[str, int]:
    """What reached a stage and not the next one stands there. Below zero where the archive lacks a line."""
    refunded = flows["refunded"] - flows["never_refunded"]
    return {
        "reserved": flows["set_aside"] - flows["committed"] - flows["back_unsigned"],
        "committed": flows["committed"] + flows["supplemented"] - flows["released"] - flows["back_signed"],
        "released": flows["released"] - flows["ordered"] - flows["back_released"],
        "ordered": flows["ordered"] - flows["paid"],
        "paid": flows["paid"] - refunded,
        "returned": flows["back_unsigned"] + flows["back_signed"] + flows["back_released"] + refunded,
    }


def columns_of(standing: Mapping[str, int]) -> Columns:
    """A column below zero has a finding, and is shown empty."""
    return Columns(**{name: Money(max(0, fen)) for name, fen in standing.items()})
