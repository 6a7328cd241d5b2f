"""The end: once the money is settled and the grade is known, or none will come, the result is made public."""

from schemas.contract import ProjectPublished
from schemas.deciding import Context, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import ProjectSettled
from schemas.termination import NO_GRADE
from services.contracts.rules.contract import Contract


def publish(world: World, fact: ProjectGraded | ProjectSettled, context: Context) -> list[Fact]:
    """Said once, when the later of the two has come; without an agreement there is nothing to publish.

    What was terminated is not graded, and says so where the grade would stand.
    """
    contract = world.find(Contract, fact.project_id)
    return [] if contract is None else published(contract)


def published(contract: Contract) -> list[Fact]:
    """Nothing while something is still to come."""
    if contract.published:
        return []
    grade = NO_GRADE if contract.terminated else contract.grade
    if grade is None or contract.paid is None or contract.returned is None:
        return []
    result = ProjectPublished(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        provider_id=contract.provider_id,
        price=contract.agreement.price,
        paid=contract.paid,
        returned=contract.returned,
        grade=grade,
    )
    return [result]
