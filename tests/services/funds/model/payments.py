"""What auditors keep back, what finance orders, and what the bank says of it."""

from datetime import date
from itertools import combinations
from uuid import UUID

from tests.services.funds.model.agreements import settle
from tests.services.funds.model.books import Model
from tests.services.funds.model.dividing import add, covers, minus
from tests.services.funds.model.projects import APayment, AProject

MOST_HOLDS = 20


def hold(m: Model, project: UUID, fen: int, *, over: bool) -> list[str]:
    """`over`: its last day is before today."""
    found = m.projects.get(project)
    if found is None:
        return ["not_found"]
    if found.phase != "committed":
        return ["nothing_to_hold"]
    if over:
        return ["hold_until_out_of_range"]
    if len(found.holds) == MOST_HOLDS:
        return ["too_many_holds"]
    found.holds.append((fen, False))
    return ["hold.placed"]


def lift(m: Model, project: UUID, place: int) -> list[str]:
    found = m.projects.get(project)
    if found is None or place >= len(found.holds):
        return ["not_found"]
    fen, lifted = found.holds[place]
    if lifted:
        return ["hold_lifted_already"]
    found.holds[place] = fen, True
    return ["hold.lifted"]


def order(m: Model, project: UUID, number: int, *, undisputed: bool = False) -> list[str]:
    """All that is left of the tranche; where a hold keeps some of it back, only the rest, and only if that is meant."""
    found = m.projects.get(project)
    if found is None:
        return ["not_found"]
    if number > len(found.tranches):
        return ["no_such_tranche"]
    tranche = found.tranches[number - 1]
    if tranche.step != "released":
        codes = {"waiting": "tranche_not_released", "nothing_due": "nothing_due"}
        return [codes.get(tranche.step, "payment_already_ordered")]
    amount = found.undisputed(tranche)
    if amount < tranche.left and not (undisputed and amount):
        return ["money_on_hold"]
    shares = minus(tranche.shares, tranche.paid)
    tranche.payments.append(APayment(amount, m.accounts.part(shares, amount), m.periods.today))
    return ["payment.ordered"]


def receive(m: Model, line: str, project: UUID, number: int, place: int, amount: int, day: date) -> list[str]:
    """A line pays what it names to the fen, alone or with others of less that name the same."""
    found, payment = _payment(m, line, project, number, place)
    if payment is None or payment.state != "ordered" or amount > payment.amount or day < payment.ordered_on:
        return []
    days = _made_whole(payment, amount, day)
    if not days:
        return []
    payment.state, payment.paid_on = "paid", max(days)
    m.payee += payment.amount
    m.periods.book(payment.paid_on)
    return ["tranche.paid", "receipts.matched", *settle(m, found), *m.periods.dated(payment.paid_on)]


def _made_whole(payment: APayment, amount: int, day: date) -> list[date]:
    """The days of the lines that pay it together; none while they do not, or while it is not sure which."""
    if amount == payment.amount:
        return [day]
    payment.part_lines.append((amount, day))
    lines = payment.part_lines
    if sum(fen for fen, _ in lines) == payment.amount:
        return [when for _, when in lines]
    sizes = range(1, len(lines)) if len(lines) <= 10 else ()
    whole = [some for n in sizes for some in combinations(lines, n) if sum(fen for fen, _ in some) == payment.amount]
    return [when for _, when in whole[0]] if len(whole) == 1 else []


def send_back(m: Model, line: str, project: UUID, number: int, place: int, amount: int, day: date) -> list[str]:
    """The bank's word on a payment: under way it is void; paid, it comes back, after the end to its sources."""
    found, payment = _payment(m, line, project, number, place)
    if payment is None or amount != payment.amount or day < payment.ordered_on:
        return []
    if payment.state == "ordered":
        payment.state = "void"
        return ["payment.returned", *m.periods.dated(day)]
    if payment.state != "paid" or payment.paid_on is None or day < payment.paid_on:
        return []
    if not covers(found.paid, payment.shares):
        return []
    m.payee -= amount
    if found.phase != "settled":
        found.mirrored += amount
        payment.state = "returned"
        return ["payment.returned", *m.periods.dated(day)]
    payment.state = "refunded"
    found.returned_lines.add(line)
    add(found.refunded, payment.shares)
    m.accounts.come_back(payment.shares)
    return ["payment.refunded", *m.periods.dated(day)]


def _payment(m: Model, line: str, project: UUID, number: int, place: int) -> tuple[AProject, APayment | None]:
    """What the line names, if the line is new: of the project, this tranche's order at this place."""
    found = m.projects.get(project) or AProject({})
    new = line not in m.lines
    m.lines.add(line)
    orders = found.tranches[number - 1].payments if number <= len(found.tranches) else []
    return found, orders[place] if new and place < len(orders) else None
