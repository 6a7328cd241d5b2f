"""Whose a story is, so that auditors read what lies in their area: the parties behind the key of its events."""

from collections.abc import Iterator, Sequence
from typing import Any

from events.database import Connection
from events.envelope import Envelope
from schemas.fact import RULEBOOKS, Fact
from schemas.fund import FundAppropriated
from schemas.organization import GroupRegistered
from schemas.party import PartyRegistered
from schemas.project import ProjectProposed
from schemas.round import RoundCalled
from services.kit.areas import Places, within

_OWNERS = "SELECT party_id FROM owners WHERE key = "
PLACES: Places = {
    "project_id": f"{_OWNERS} $1::uuid::text",
    "source_id": f"{_OWNERS} $1::uuid::text",
    "transfer_id": f"""
        {_OWNERS} (
            SELECT key FROM movements WHERE transfer_id = $1
            UNION ALL SELECT key FROM events WHERE event_id = $1 LIMIT 1
        )
        """,
}


def in_area(key: str, prefix: int) -> str:
    """SQL: somebody in the area, whose codes begin with `$prefix`, owns what this key is of."""
    return f"""(
        ${prefix}::text IS NULL OR EXISTS (SELECT FROM owners o WHERE o.key = {key} AND {within("o.party_id", prefix)})
    )"""


def readable(prefix: int) -> str:
    """SQL: the row of `events` may be read in the area; rulebooks are everybody's."""
    return f"(stream = '{RULEBOOKS}' OR {in_area('events.key', prefix)})"


async def keep_owners(tx: Connection, envelopes: Sequence[Envelope[Any]]) -> None:
    found = {owner for e in envelopes for owner in _owners(e.key, e.data)}
    if found:
        await tx.executemany("INSERT INTO owners VALUES ($1, $2) ON CONFLICT DO NOTHING", sorted(found))


def _owners(key: str, fact: Fact) -> Iterator[tuple[str, str]]:
    """What begins a story says whose it is. A lot is asked for like an account."""
    match fact:
        case PartyRegistered() | GroupRegistered():
            yield key, str(fact.party_id)
        case ProjectProposed():
            yield key, str(fact.brief.funder_id)
            yield key, str(fact.brief.community_id)
        case RoundCalled():
            yield key, str(fact.call.funder_id)
        case FundAppropriated():
            yield key, str(fact.funder_id)
            yield str(fact.lot_id), str(fact.funder_id)
