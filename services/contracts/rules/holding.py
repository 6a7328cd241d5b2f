"""What becomes of a drafted or signed agreement when its award is objected to, complained of, or set aside."""

from schemas.awarding import AwardSetAside, ContractWithdrawn
from schemas.deciding import Context, World
from schemas.model import Model
from schemas.objection import SigningResumed, SigningSuspended
from services.contracts.rules.contract import Contract
from services.contracts.rules.held import Held, SigningHeld
from services.contracts.rules.suspending import later_by

SUSPENDS = "objection.suspends"
SUSPENSION = "deadline.suspension"


def hold(world: World, fact: SigningSuspended, context: Context) -> list[Model]:
    """Until tenders says that it goes on."""
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.ended or contract.held is not None:
        return []
    source = context.rulebooks.by_hash(fact.rulebook).source(SUSPENDS if fact.objections else SUSPENSION)
    return [SigningHeld(project_id=contract.project_id, held=Held(since=fact.suspended_at, source=source))]


def go_on(world: World, fact: SigningResumed, context: Context) -> list[Model]:
    """What is to be answered or judged waits longer, by the time it stood still."""
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.held is None:
        return []
    free = SigningHeld(project_id=contract.project_id, held=None)
    return [free, *later_by(contract, context.at - contract.held.since)]


def withdraw(world: World, fact: AwardSetAside, context: Context) -> list[Model]:
    """Its award no longer stands. One that both signed is not undone by this: it is terminated, or it stands."""
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.signed or contract.ended:
        return []
    return [ContractWithdrawn(project_id=contract.project_id, contract_id=contract.agreement.contract_id)]
