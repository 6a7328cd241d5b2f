"""The term of an agreement (履约期限): fixed at drafting; when it is over, what was not delivered is told as overdue.

A late delivery is still a delivery: nothing is barred after the last day, and a change may move it.
"""

from enum import StrEnum

from schemas.contract import ContractOverdue
from schemas.deciding import Context, Due, World
from schemas.model import Model
from schemas.term import PlannedTerm, Term, usual_term
from services.contracts.rules.contract import TERM, Contract


class TermState(StrEnum):
    """How an agreement stands towards its term, in one word."""

    RUNNING = "running"
    OVERDUE = "overdue"
    DELIVERED = "delivered"
    ENDED = "ended"


def term_of(planned: PlannedTerm | None, rulebook: str, context: Context) -> Term | None:
    """From today on. What the terms do not say is as long as the rulebook usually allows, where it says so."""
    planned = planned or usual_term(context.rulebooks.by_hash(rulebook))
    return None if planned is None else planned.from_day(context.today)


def state_of_term(contract: Contract) -> TermState:
    if not contract.undelivered:
        return TermState.DELIVERED
    if contract.ended:
        return TermState.ENDED
    return TermState.OVERDUE if contract.is_overdue else TermState.RUNNING


def tell_overdue(world: World, due: Due, context: Context) -> list[Model]:
    """The term has ended as it stands now, and something is still to be delivered."""
    contract = world.find(Contract, due.ref[1])
    if contract is None or contract.due().get(TERM) != due.at or context.at < due.at:
        return []
    assert contract.agreement.term is not None  # or there would be no such timer
    overdue = ContractOverdue(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        last_day=contract.agreement.term.last_day,
        undelivered=contract.undelivered,
    )
    return [overdue]
