"""What the agreement's timer does: windows of acceptance that are over, opinions nobody answered and a mid-term nobody
judged in time, a suspension whose day has passed, a term that is over."""

from schemas.deciding import Context, Due, World
from schemas.model import Model
from services.contracts.rules.contract import RESUME, TERM, Contract
from services.contracts.rules.deeming import deem_accepted
from services.contracts.rules.opining import overdue
from services.contracts.rules.suspending import resume_on_its_day
from services.contracts.rules.term import tell_overdue
from services.contracts.rules.unjudged import deem_passed


def ring(world: World, due: Due, context: Context) -> list[Model]:
    """All that is due by now, whichever of them rang; while the agreement stands still only its going on."""
    if due.name == RESUME:
        return resume_on_its_day(world, due, context)
    if due.name == TERM:
        return tell_overdue(world, due, context)
    contract = world.find(Contract, due.ref[1])
    late = [] if contract is None or contract.stands_still else overdue(contract, context.at)
    unjudged = [] if contract is None or contract.stands_still else deem_passed(contract, context)
    return [*late, *unjudged, *deem_accepted(world, due, context)]
