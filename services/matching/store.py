"""Open tenders and rankings as documents; providers from the parties every service remembers."""

from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.standing import Party
from services.kit.documents import Documents
from services.matching.rules.ranking import Ranking
from services.matching.rules.recommending import PROVIDERS, Tender

_documents = Documents(tenders=Tender, rankings=Ranking)
load = _documents.load
save = _documents.save

_tender = TypeAdapter(Tender)
_ranking = TypeAdapter(Ranking)
_party = TypeAdapter(Party)


async def tender(connection: Connection, project_id: UUID) -> Tender | None:
    state = await connection.fetchval("SELECT state FROM tenders WHERE id = $1", project_id)
    return None if state is None else _tender.validate_json(state)


async def ranking(connection: Connection, project_id: UUID) -> Ranking | None:
    state = await connection.fetchval("SELECT state FROM rankings WHERE id = $1", project_id)
    return None if state is None else _ranking.validate_json(state)


async def providers_near(connection: Connection, division: str, limit: int) -> list[Party]:
    """Providers of the county of `division` that may act, those with the longest common code first."""
    rows = await connection.fetch(
        """
        SELECT state FROM parties
        WHERE left(state ->> 'division', 6) = left($1, 6)
          AND state ->> 'kind' = ANY($2::text[])
          AND (state ->> 'verified')::boolean AND NOT (state ->> 'suspended')::boolean
        ORDER BY left(state ->> 'division', 12) = left($1, 12) DESC,
                 left(state ->> 'division', 9) = left($1, 9) DESC, id
        LIMIT $3
        """,
        division,
        list(PROVIDERS),
        limit,
    )
    return [_party.validate_json(row["state"]) for row in rows]
