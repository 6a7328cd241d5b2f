"""Agreements and papers as documents: one agreement per project."""

from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from services.contracts.rules import Contract, Paper
from services.kit.documents import Documents

_documents = Documents(contracts=Contract, papers=Paper)
load = _documents.load
save = _documents.save

_contract = TypeAdapter(Contract)
_paper = TypeAdapter(Paper)


async def contract_of(tx: Connection, project_id: UUID) -> tuple[Contract, int] | None:
    """The project's agreement with its version, if one was drafted."""
    row = await tx.fetchrow("SELECT state, version FROM contracts WHERE id = $1", project_id)
    return None if row is None else (_contract.validate_json(row["state"]), row["version"])


async def paper(tx: Connection, id: UUID) -> Paper | None:
    """One that was made."""
    state = await tx.fetchval("SELECT state FROM papers WHERE id = $1", id)
    return None if state is None else _paper.validate_json(state)
