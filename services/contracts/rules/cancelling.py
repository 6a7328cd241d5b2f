"""The finance department's decision finds the award void: what nothing was performed of is cancelled, else it stands.

Funds has the last word on whether a payment was ordered; meanwhile nothing is delivered, accepted or changed.
"""

from schemas.cancelled import (
    CancellationAsked,
    CommitmentCancelled,
    CommitmentStands,
    ContractCancelled,
    ContractStands,
    Performance,
)
from schemas.complaint import ComplaintDecided
from schemas.deciding import Context, World
from schemas.model import Model
from schemas.objection import Remedy
from services.contracts.rules.contract import Contract
from services.contracts.rules.life import Contested
from services.contracts.rules.step import Stage

CANCELS = "complaint.cancels_agreement"


def hear_decision(world: World, fact: ComplaintDecided, context: Context) -> list[Model]:
    """Of a signed one: what is only drafted is withdrawn with its award. Under an edition without the rule it stands,
    as tenders refuses such a decision then."""
    contract = world.find(Contract, fact.project_id)
    if contract is None or fact.remedy is Remedy.NONE or not contract.signed:
        return []
    if contract.cancelled or contract.being_cancelled:
        return []
    rulebook = context.rulebooks.by_hash(contract.agreement.rulebook)
    if CANCELS not in rulebook.rules:
        return []
    contested = Contested(complaint_id=fact.complaint_id, remedy=fact.remedy, source=rulebook.source(CANCELS))
    performed = _performed(contract)
    if performed is not None:
        return [_stands(contract, contested, performed)]
    asked = CancellationAsked(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        complaint_id=contested.complaint_id,
        remedy=contested.remedy,
        source=contested.source.text,
        rulebook=contract.agreement.rulebook,
    )
    return [asked]


def cancel(world: World, fact: CommitmentCancelled, context: Context) -> list[Model]:
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.contested is None or not contract.being_cancelled:
        return []
    cancelled = ContractCancelled(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        complaint_id=contract.contested.complaint_id,
        provider_id=contract.provider_id,
        remedy=contract.contested.remedy,
        reserved=fact.reserved,
        source=contract.contested.source.text,
        rulebook=contract.agreement.rulebook,
    )
    return [cancelled]


def stand(world: World, fact: CommitmentStands, context: Context) -> list[Model]:
    contract = world.find(Contract, fact.project_id)
    if contract is None or contract.contested is None or not contract.being_cancelled:
        return []
    return [_stands(contract, contract.contested, Performance.ORDERED)]


def _performed(contract: Contract) -> Performance | None:
    """As far as contracts knows."""
    if contract.ended or contract.published:
        return Performance.OVER
    accepted = any(one.stage is Stage.ACCEPTED for one in contract.deliveries.values())
    return Performance.ACCEPTED if accepted or contract.work.accepted else None


def _stands(contract: Contract, contested: Contested, performed: Performance) -> ContractStands:
    return ContractStands(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        complaint_id=contested.complaint_id,
        performed=performed,
        source=contested.source.text,
        rulebook=contract.agreement.rulebook,
    )
