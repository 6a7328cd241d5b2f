"""Work paid by the unit: what was reported, what was accepted of it, and the fee, to the fen, with its arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.clauses import Work
from schemas.contract import Agreement
from schemas.ids import PartyId, ProjectId
from schemas.money import Money, sum_of
from schemas.work import UnitsDone, WorkAccepted


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """`fee` and `accepted` are there once the buyer accepted units, and gone when the delivery went back."""

    reported: tuple[UnitsDone, ...] = ()
    reported_by: PartyId | None = None
    accepted: tuple[UnitsDone, ...] = ()
    fee: Money | None = None
    arithmetic: str = ""


NOTHING_DONE = WorkDone()


def by_item(units: Sequence[UnitsDone]) -> Mapping[str, int]:
    return {one.item: one.units for one in units}


def work_accepted(
    project_id: ProjectId, agreement: Agreement, work: Work, units: tuple[UnitsDone, ...], by: PartyId
) -> WorkAccepted:
    """Σ min(units, most units) × unit price, at most the price of the agreement."""
    counts = by_item(units)
    total = sum_of(item.fee(counts[item.id]) for item in work.items)
    fee = min(total, agreement.price)
    return WorkAccepted(
        project_id=project_id,
        contract_id=agreement.contract_id,
        units=units,
        fee=fee,
        arithmetic=_arithmetic(work, counts, total, agreement.price),
        accepted_by=by,
    )


def _arithmetic(work: Work, counts: Mapping[str, int], total: Money, price: Money) -> str:
    steps = []
    for item in work.items:
        units = counts[item.id]
        paid = min(units, item.most_units)
        capped = f"(核定 {units},上限 {item.most_units})" if paid < units else ""
        steps.append(f"{item.name} {paid} {item.unit}{capped} × {item.unit_price} = {item.fee(units)}")
    ends = f"合计 {total}" if total <= price else f"合计 {total},超过协议价款,按 {price}"
    return ";".join((*steps, ends))
