"""Announcing a signed agreement, and reading what was announced: no account needed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import ContractId, ProjectId
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules, store
from services.contracts.api.acceptances import AcceptingParty, party_of
from services.contracts.rules import publicity
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class AnnouncedContract(Answer):
    """Parties, price, term and digest of what was signed; never a person."""

    project_id: ProjectId
    contract_id: ContractId
    title: str
    funder: AcceptingParty
    provider: AcceptingParty
    price: Money
    last_day: date | None
    digest: str
    announced_at: datetime


def _answer(contract: rules.Contract) -> AnnouncedContract:
    agreement = contract.agreement
    assert contract.announced_at is not None
    return AnnouncedContract(
        project_id=contract.project_id,
        contract_id=agreement.contract_id,
        title=agreement.brief.title,
        funder=party_of(contract, contract.funder_id),
        provider=party_of(contract, contract.provider_id),
        price=agreement.price,
        last_day=None if agreement.term is None else agreement.term.last_day,
        digest=contract.digest,
        announced_at=contract.announced_at,
    )


def _announced(world: World, command: publicity.AnnounceContract, cause: UUID) -> AnnouncedContract:
    return _answer(world.get(rules.Contract, command.project_id))


def _contract(command: Any, cause: UUID) -> Ref:
    return (rules.Contract, command.project_id)


async def _get(tx: Connection, asked: Asked) -> AnnouncedContract:
    found = await store.contract_of(tx, asked.id("project_id"))
    if found is None or found[0].announced_at is None:
        raise Refused("contract_not_announced", status=404, project=asked.path["project_id"])
    return _answer(found[0])


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/projects/{project_id}/contract/announcement",
        command=publicity.AnnounceContract,
        roles=frozenset({Role.FUNDER}),
        refs=lambda command, cause: (_contract(command, cause),),
        decide=publicity.announce,
        subject=_contract,
        answer=_announced,
        summary="公告已签订的协议 · Announce the signed agreement",
    ),
    Get(
        path="/v1/projects/{project_id}/contract/announcement",
        roles=frozenset(),
        handler=_get,
        answer=AnnouncedContract,
        summary="合同公告 · The announced agreement",
    ),
)
