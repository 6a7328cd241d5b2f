"""What the agreement's timer does: windows of acceptance that are over, opinions nobody answered in time."""

from schemas.deciding import Context, Due, World
from schemas.model import Model
from services.contracts.rules.contract import Contract
from services.contracts.rules.deeming import deem_accepted
from services.contracts.rules.opining import overdue


def ring(world: World, due: Due, context: Context) -> list[Model]:
    """All that is due by now, whichever of them rang."""
    contract = world.find(Contract, due.ref[1])
    late = [] if contract is None else overdue(contract, context.at)
    return [*late, *deem_accepted(world, due, context)]
