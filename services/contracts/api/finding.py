"""Whom an agreement concerns, and what hangs on it."""

from events.database import Connection
from schemas.contract import Milestone
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules, store
from services.kit.asked import Asked


async def found(tx: Connection, asked: Asked) -> tuple[rules.Contract, int]:
    """The agreement and its version; to a stranger an unpublished one does not exist."""
    contract = await store.contract_of(tx, asked.id("project_id"))
    if contract is None or not (contract[0].published or _involved(contract[0], asked)):
        raise _unknown(asked)
    return contract


async def own(tx: Connection, asked: Asked) -> rules.Contract:
    """The same for what is never published: to all but its parties and auditors it does not exist."""
    contract = await store.contract_of(tx, asked.id("project_id"))
    by = asked.actor
    if contract is None or not (by.role is Role.AUDITOR or by.party_id in contract[0].parties):
        raise _unknown(asked)
    return contract[0]


def _unknown(asked: Asked) -> Refused:
    return Refused("not_found", status=404, what="Contract", id=str(asked.id("project_id")))


def _involved(contract: rules.Contract, asked: Asked) -> bool:
    """Its parties, the supervision committee of its community, and auditors."""
    by = asked.by
    return by is not None and (by.role is Role.AUDITOR or by.party_id in {*contract.parties, contract.committee_id})


def milestone_in(asked: Asked) -> Milestone:
    name = asked.path["milestone"]
    if name not in set(Milestone):
        raise Refused("not_found", status=404, what="Milestone", id=name)
    return Milestone(name)
