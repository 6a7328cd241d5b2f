"""Parties, keys and adopted rulebooks in every service's own schema, kept from `sanshe.parties` and
`sanshe.rulebooks`; see `schemas.standing`.
"""

from typing import Any

from pydantic import TypeAdapter

from events.database import Connection
from schemas.adoption import AdoptedRulebook, RulebookAdopted, rulebook_id
from schemas.deciding import Ref, State, World
from schemas.fact import Fact
from schemas.party import KeyIssued, KeyRevoked, PartyFact
from schemas.standing import Key, Party
from services.kit.documents import Documents
from services.kit.service import Reaction, only_remember

KINDS: tuple[type[State], ...] = (Party, Key, AdoptedRulebook)
_documents = Documents(parties=Party, keys=Key, rulebooks=AdoptedRulebook)
_party: TypeAdapter[Party] = TypeAdapter(Party)
_key: TypeAdapter[Key] = TypeAdapter(Key)
load_into = _documents.load_into
read_into = _documents.read_into
save = _documents.save


def refs_of(fact: Any, cause: Any) -> tuple[Ref, ...]:
    """What a fact about a party or a rulebook touches."""
    if isinstance(fact, RulebookAdopted):
        return ((AdoptedRulebook, rulebook_id(fact.rulebook)),)
    if isinstance(fact, KeyIssued | KeyRevoked):
        return ((Key, fact.key_id),)
    return ((Party, fact.party_id),) if isinstance(fact, PartyFact) else ()


_KEPT: tuple[type[Fact], ...] = (*PartyFact.__subclasses__(), RulebookAdopted)
HEARS: dict[type[Fact], Reaction] = {fact: Reaction(refs=refs_of, decide=only_remember) for fact in _KEPT}


async def key_by_digest(connection: Connection, digest: str) -> tuple[Key, Party | None] | None:
    """The key with this SHA-256, and the party it acts for as far as this service has heard."""
    row = await connection.fetchrow(
        """
        SELECT k.state AS key, p.state AS party
        FROM keys k LEFT JOIN parties p ON p.id = (k.state ->> 'party_id')::uuid WHERE k.digest = $1
        """,
        digest,
    )
    if row is None:
        return None
    return _key.validate_json(row["key"]), _party.validate_json(row["party"]) if row["party"] else None


async def read(connection: Connection, refs: list[Ref]) -> World:
    """Parties and keys as they are, without holding them: standing is read by many and changed by few."""
    world = World(refs)
    await _documents.read_into(connection, world, refs)
    return world
