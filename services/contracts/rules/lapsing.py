"""The reservation ended before the agreement's money was committed: the agreement ends with it, and says so.

Heard from funds, or from tenders, which voids the award: an agreement may be drafted after funds has said it.
"""

from schemas.deciding import Context, World
from schemas.fact import Fact
from schemas.fund import ReservationReleased
from schemas.tender import TenderVoided
from schemas.termination import ContractLapsed
from services.contracts.rules.contract import Contract


def lapse(world: World, fact: ReservationReleased | TenderVoided, context: Context) -> list[Fact]:
    """Signed or not: committed money has no reservation left that could end. Without an agreement there is none to,
    and one that was withdrawn or cancelled is over already."""
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.lapsed or contract.withdrawn or contract.cancelled or contract.being_cancelled:
        return []
    lapsed = ContractLapsed(
        project_id=contract.project_id, contract_id=contract.agreement.contract_id, was_signed=contract.signed
    )
    return [lapsed]
