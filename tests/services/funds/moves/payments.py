"""Holds, payments, and the lines of the bank about them."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from schemas.ids import HoldId, ProjectId
from schemas.money import Money
from services.funds.rules.holds import LiftHold, PlaceHold
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import reference_of
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import a_line
from tests.services.funds.model import payments
from tests.services.funds.model.projects import ATranche
from tests.services.funds.moves.bodies import Lifting
from tests.services.funds.moves.known import Known, Meant

DAY = timedelta(days=1)
LASTING = timedelta(days=60)
"""no hold of these stories ends by itself"""


def hold(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """On a part of what is not ordered, all of it, now and then more than that, or until yesterday."""
    project = known.with_one("released", project)
    fen = max(1, sum(t.not_ordered for t in known.found(project).tranches) * (n % 70) // 50)
    over = n % 17 == 16
    until = known.today - DAY if over else known.today + LASTING + b * DAY
    body = PlaceHold(project_id=project, amount=Money(fen), basis="审计报告〔2026〕3 号", until=until)
    return body, lambda m: payments.hold(m, project, fen, over=over)


def lift(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """The last that binds, mostly."""
    project = known.last(lambda p: p.kept_back > 0, project)
    holds = known.found(project).holds
    if not holds:
        return LiftHold(project_id=project, hold_id=HoldId(UUID(int=n)), reason="x"), lambda m: ["not_found"]
    binding = [i for i, (_, lifted) in enumerate(holds) if not lifted]
    place = binding[-1] if binding and b < 5 else n % len(holds)
    return Lifting(project, place), lambda m: payments.lift(m, project, place)


def order(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    project = project if n % 6 == 5 else known.with_one("released", project)
    number = known.number(project, "released", b)
    return OrderPayment(project_id=project, number=number), lambda m: payments.order(m, project, number)


def order_part(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    project = known.with_one("released", project)
    number = known.number(project, "released", b)
    body = OrderPayment(project_id=project, number=number, undisputed=True)
    return body, lambda m: payments.order(m, project, number, undisputed=True)


def receive(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    return _receive(known, project, b, lambda fen: fen)


def receive_wrong(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """A fen too much, or one half of it."""
    return _receive(known, project, b, lambda fen: (fen + 1, fen // 2, fen - fen // 2)[n % 3])


def _receive(known: Known, project: ProjectId, b: int, fen: Callable[[int], int]) -> Meant:
    project = known.with_one("ordered", project)
    number = known.number(project, "ordered", b)
    tranche = known.tranche(project, number)
    ordered = _ordered_on(known, tranche)
    day = (ordered, known.today, ordered, ordered - DAY)[len(known.lines) % 4]
    return _line(known, project, number, _last(tranche), max(1, fen(_amount(tranche))), f"L{len(known.lines)}", day)


def again(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """A line that is known."""
    return _line(known, *known.lines[n % len(known.lines)]) if known.lines else receive(known, project, b, n)


def _line(known: Known, project: ProjectId, number: int, place: int, fen: int, reference: str, day: date) -> Meant:
    known.lines.append((project, number, place, fen, reference, day))
    line = a_line(project, number, fen, reference).model_copy(
        update={"paid_on": day, "payment_reference": reference_of(project, number, place)}
    )
    return ImportReceipts(lines=(line,)), lambda m: payments.receive(m, reference, project, number, place, fen, day)


def send_back(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """What the bank refused or returned, now and then a fen too little, a day too early, or a known line."""
    step = ("paid", "released", "ordered")[n % 3]
    project = known.with_one(step, project)
    number = known.number(project, step, b)
    orders = known.tranche(project, number).payments
    place = n % len(orders) if orders else 0
    fen = max(1, (orders[place].amount if orders else 1) - (n % 11 == 10))
    first = orders[place].ordered_on if orders else known.today
    day = first - DAY if n % 7 == 6 else known.today
    known.sent_back += n % 5 != 4
    told = f"B{known.sent_back}/{project.hex[:8]}/{number}/{place}/{fen}/{day}"
    line = a_line(project, number, fen, told).model_copy(
        update={"paid_on": day, "payment_reference": reference_of(project, number, place), "returned": "退票"}
    )
    return ImportReceipts(lines=(line,)), lambda m: payments.send_back(m, told, project, number, place, fen, day)


def _last(tranche: ATranche) -> int:
    """The place of its last order; where there is none, of the one that may come."""
    return max(0, len(tranche.payments) - 1)


def _ordered_on(known: Known, tranche: ATranche) -> date:
    return tranche.payments[-1].ordered_on if tranche.payments else known.today


def _amount(tranche: ATranche) -> int:
    return tranche.payments[-1].amount if tranche.payments else tranche.amount or 1
