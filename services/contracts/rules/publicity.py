"""The buyer announces the signed agreement within the rulebook's working days (政府采购法实施条例 第五十条)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from schemas.announced import ContractAnnounced
from schemas.deciding import Context, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.legal_term import term_ends
from schemas.model import Model
from schemas.refused import Refused
from services.contracts.rules.contract import CONTRACT_PUBLISHED, Contract


class AnnounceContract(Command):
    project_id: ProjectId


class PublicityAwaited(Note):
    """From the last signature on, where the rulebook has a term for it."""

    project_id: ProjectId
    until: datetime


class PublicityKept(Note):
    project_id: ProjectId
    at: datetime


def publicity_awaited(contract: Contract, context: Context) -> list[Model]:
    rulebook = context.rulebooks.by_hash(contract.agreement.rulebook)
    if CONTRACT_PUBLISHED not in rulebook.rules:
        return []
    until = term_ends(rulebook, CONTRACT_PUBLISHED, context.today).at
    return [PublicityAwaited(project_id=contract.project_id, until=until)]


def announce(world: World, command: AnnounceContract, context: Context) -> list[Model]:
    """Once, also late, also where no rulebook asks for it."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    if not contract.signed:
        raise Refused("contract_unsigned", contract=str(contract.agreement.contract_id))
    if contract.announced_at is not None:
        raise Refused("contract_announced_already", at=contract.announced_at)
    told = ContractAnnounced(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        funder_id=contract.funder_id,
        provider_id=contract.provider_id,
        price=contract.agreement.price,
        digest=contract.digest,
        announced_by=PartyId(context.by.person_id),
    )
    return [told, PublicityKept(project_id=contract.project_id, at=context.at)]


def with_announcement(contract: Contract, note: Any) -> Contract:
    if isinstance(note, PublicityKept):
        return replace(contract, announced_at=note.at, announce_due=None)
    return replace(contract, announce_due=note.until)
