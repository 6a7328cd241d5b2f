"""From the approval to the end of an agreement."""

from fractions import Fraction

from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.tranche import Gate, Tranche
from tests.services.funds.desk import a_grade, a_signing, an_acceptance, an_approval, declined, voided
from tests.services.funds.ending import a_change, a_termination
from tests.services.funds.model import agreements
from tests.services.funds.model.agreements import GATES, Plan
from tests.services.funds.model.dividing import total
from tests.services.funds.model.projects import ATranche
from tests.services.funds.moves.bodies import Lapsing
from tests.services.funds.moves.known import Known, Meant

GATE = dict(zip(GATES, (Gate.SIGNED, Gate.MID_TERM_ACCEPTED, Gate.FINAL_GRADED), strict=True))
MOST_TRANCHES = 7


def approve(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    shares = _shares(known, b, n)
    return an_approval(dict(shares), project_id=project), lambda m: agreements.approve(m, project, dict(shares))


def _shares(known: Known, b: int, n: int) -> dict[FundAccountId, int]:
    """Up to three accounts, each with a part of what is free, now and then a fen too much."""
    chosen = dict.fromkeys(known.accounts[(b + i * n) % len(known.accounts)] for i in range(1 + b % 3))
    free = known.model.accounts.free
    return {account: free(account) * (n % 70 + 31) // 100 + (n % 7 == 0) for account in chosen}


def end(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    return (voided, declined)[b % 2](project), lambda m: agreements.end(m, project)


def lapse(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    return Lapsing(project), lambda m: agreements.end(m, project)


def sign(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    project = known.in_phase("reserved", project, n)
    price = total(known.found(project).held) * (n % 110) // 100 + n % 2
    return a_signing(project, price), lambda m: agreements.sign(m, project, price)


def change(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """Mostly to what was agreed when it was proposed; now and then of another price or with a released tranche."""
    project = known.in_phase("committed", project, n)
    before = (known.found(project).price or 0) + (n % 23 == 22)
    plan = _plan(known.found(project).tranches, b, n)
    tranches = tuple(Tranche(number=i, amount=Money(f), gate=GATE[g]) for i, (f, g) in enumerate(plan, start=1))
    fact = a_change(project, before, 0, sum(fen for fen, _ in plan)).model_copy(update={"tranches": tranches})
    return fact, lambda m: agreements.change(m, project, before, plan)


def _plan(tranches: list[ATranche], b: int, n: int) -> Plan:
    """What waits becomes less or more, moves to another gate, is left out, or gets company."""
    plan = [
        (t.planned * (50 + n % 90) // 100 + n % 2 if t.amount is None or n % 19 == 18 else t.planned, t.gate)
        for t in tranches
    ]
    match b:
        case 0 if len(plan) < MOST_TRANCHES:
            plan.append((n % 90, GATES[n % 3]))
        case 1 if len(plan) > 1:
            plan.pop()
        case 2 if plan:
            plan[-1] = plan[-1][0], GATES[n % 3]
        case 3 if len(plan) > 1:  # the price stays
            plan[-1] = max(0, plan[-1][0] + sum(t.planned for t in tranches) - sum(fen for fen, _ in plan)), plan[-1][1]
    return plan or [(n % 90, "signed")]


def accept(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    project = known.in_phase("committed", project, n)
    return an_acceptance(project), lambda m: agreements.accept(m, project)


def grade(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    project = known.in_phase("committed", project, n)
    factor = (0, 33, 50, 90, 100, 100)[b]
    return a_grade(project, factor), lambda m: agreements.grade(m, project, factor)


def terminate(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """Nothing is due, a part of the price, all of it, now and then more than there is."""
    project = known.in_phase("committed", project, n)
    part = known.settlements.setdefault(project, Fraction(n % 125, 100))
    found = known.found(project)
    due = int((found.price or 0) * part) if found.due is None else found.due
    return a_termination(project, due), lambda m: agreements.terminate(m, project, due)
