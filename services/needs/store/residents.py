"""Questions about residents, always within one community."""

from collections.abc import Collection
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import World
from services.needs.rules.residents.importing import ResidentImport
from services.needs.rules.residents.register import Known, Resident
from services.needs.rules.residents.token import TokenKey

_resident: TypeAdapter[Resident] = TypeAdapter(Resident)
_import: TypeAdapter[ResidentImport] = TypeAdapter(ResidentImport)
_key: TypeAdapter[TokenKey] = TypeAdapter(TokenKey)


async def load_known(tx: Connection, world: World, identities: Collection[UUID]) -> None:
    """After the register was locked, so that nobody is entered meanwhile."""
    world.ask((Known, identity) for identity in identities)
    if identities:
        rows = await tx.fetch("SELECT identity, id FROM residents WHERE identity = ANY($1::uuid[])", [*identities])
        for row in rows:
            world.loaded(Known(id=row["identity"], resident_id=row["id"]))


async def resident(tx: Connection, community_id: UUID, id: UUID) -> tuple[Resident, int] | None:
    """With its version."""
    row = await tx.fetchrow(
        "SELECT state, version FROM residents WHERE id = $1 AND community_id = $2", id, community_id
    )
    return None if row is None else (_resident.validate_json(row["state"]), row["version"])


async def residents_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Resident]:
    """Who was not erased."""
    rows = await tx.fetch(
        """
        SELECT state FROM residents
        WHERE community_id = $1 AND identity IS NOT NULL AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [_resident.validate_json(row["state"]) for row in rows]


async def holders_of(
    tx: Connection, community_id: UUID, purpose_id: UUID, after: UUID | None, limit: int
) -> list[Resident]:
    """Who holds a token for it."""
    rows = await tx.fetch(
        """
        SELECT state FROM residents
        WHERE community_id = $1 AND state -> 'held' @> jsonb_build_array(jsonb_build_object('purpose_id', $2::text))
            AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
        """,
        community_id,
        str(purpose_id),
        after,
        limit,
    )
    return [_resident.validate_json(row["state"]) for row in rows]


async def token_key(tx: Connection, purpose_id: UUID) -> TokenKey | None:
    row = await tx.fetchrow("SELECT state FROM token_keys WHERE id = $1", purpose_id)
    return None if row is None else _key.validate_json(row["state"])


async def resident_import(tx: Connection, community_id: UUID, id: UUID) -> tuple[ResidentImport, int] | None:
    """With its version."""
    row = await tx.fetchrow(
        "SELECT state, version FROM resident_imports WHERE id = $1 AND community_id = $2", id, community_id
    )
    return None if row is None else (_import.validate_json(row["state"]), row["version"])


async def resident_imports(
    tx: Connection, community_id: UUID, after: UUID | None, limit: int
) -> list[tuple[ResidentImport, int]]:
    rows = await tx.fetch(
        """
        SELECT state, version FROM resident_imports
        WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [(_import.validate_json(row["state"]), row["version"]) for row in rows]
