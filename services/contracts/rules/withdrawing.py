"""A commission is taken back before both have signed it: until then neither is bound, and the money goes back."""

from typing import Annotated

from pydantic import Field

from schemas.clauses import Instrument
from schemas.commission import ContractRetracted
from schemas.deciding import Context, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId, ProjectId
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.contracts.rules.contract import Contract
from services.contracts.rules.signing import SAME_TERMS


class WithdrawContract(Command):
    project_id: ProjectId
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public"""


def withdraw(world: World, command: WithdrawContract, context: Context) -> list[Fact]:
    """By either of the two who would sign; its own signature does not hold it back, the other's with it does."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    contract.must_go_on()
    if contract.agreement.instrument is not Instrument.COMMISSION:
        raise Refused("only_commissions_withdrawn", contract=str(contract.agreement.contract_id))
    if contract.signed:
        raise Refused("signed_before_withdrawal", SAME_TERMS, contract=str(contract.agreement.contract_id))
    must_be_public(command.reason, "reason")
    withdrawn = ContractRetracted(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        party_id=context.by.party_id,
        withdrawn_by=PartyId(context.by.person_id),
        reason=command.reason,
    )
    return [withdrawn]
