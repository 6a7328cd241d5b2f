"""Questions about applicants, always within one community."""

from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from services.needs.rules.window import Applicant

_applicant: TypeAdapter[Applicant] = TypeAdapter(Applicant)


async def applicant(tx: Connection, community_id: UUID, id: UUID) -> tuple[Applicant, int] | None:
    """With its version."""
    row = await tx.fetchrow(
        "SELECT state, version FROM applicants WHERE id = $1 AND community_id = $2", id, community_id
    )
    return None if row is None else (_applicant.validate_json(row["state"]), row["version"])


async def key_of(tx: Connection, community_id: UUID, id: UUID) -> bytes:
    """Wrapped; empty of somebody unknown or erased, which the decision then says."""
    found = await applicant(tx, community_id, id)
    return b"" if found is None else bytes.fromhex(found[0].key)
