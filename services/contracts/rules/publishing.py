"""The end: once the money is settled and the grade is known, the result is made public."""

from schemas.contract import ProjectPublished
from schemas.deciding import Context, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import ProjectSettled
from services.contracts.rules.contract import Contract


def publish(world: World, fact: ProjectGraded | ProjectSettled, context: Context) -> list[Fact]:
    """Said once, when the later of the two has come; without an agreement there is nothing to publish."""
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.published:
        return []
    if contract.grade is None or contract.paid is None or contract.returned is None:
        return []
    published = ProjectPublished(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        provider_id=contract.provider_id,
        price=contract.agreement.price,
        paid=contract.paid,
        returned=contract.returned,
        grade=contract.grade,
    )
    return [published]
