"""Communities that were merged away."""

from pydantic import TypeAdapter

from events.database import Connection
from services.registry.rules.divisions import Succession, succession_of

_succession: TypeAdapter[Succession] = TypeAdapter(Succession)


async def succession(tx: Connection, code: str) -> Succession | None:
    state = await tx.fetchval("SELECT state FROM division_successions WHERE id = $1", succession_of(code))
    return None if state is None else _succession.validate_json(state)
