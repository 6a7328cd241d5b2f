"""What registry remembers: registrations, persons, rulebooks handed in. The shell keeps standing and adoptions."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.adoption import AdoptedRulebook
from schemas.deciding import Ref, World
from schemas.standing import Party
from services.kit.documents import Documents
from services.registry.rules.appraisal import Appraisal
from services.registry.rules.divisions import Succession
from services.registry.rules.employment import Career
from services.registry.rules.importing import PartyImport
from services.registry.rules.incubation import Incubation
from services.registry.rules.record import Dossier, Record
from services.registry.rules.registration import Person, Registration
from services.registry.rules.rulebook import Editions, HandedRulebook
from services.registry.rules.vacancy import Board, Search
from services.registry.store.divisions import succession
from services.registry.store.imports import party_import, party_imports

__all__ = ["party_import", "party_imports", "succession"]

_documents = Documents(
    registrations=Registration,
    persons=Person,
    dossiers=Dossier,
    records=Record,
    incubations=Incubation,
    rulebook_editions=Editions,
    handed_in_rulebooks=HandedRulebook,
    party_imports=PartyImport,
    division_successions=Succession,
    careers=Career,
    boards=Board,
    searches=Search,
    appraisals=Appraisal,
)
_handed: TypeAdapter[HandedRulebook] = TypeAdapter(HandedRulebook)
_adopted: TypeAdapter[AdoptedRulebook] = TypeAdapter(AdoptedRulebook)
_registration: TypeAdapter[Registration] = TypeAdapter(Registration)
_party: TypeAdapter[Party] = TypeAdapter(Party)


@dataclass(frozen=True, slots=True)
class Entry:
    """A party as it stands, and how it was entered."""

    party: Party
    registration: Registration
    version: int
    """of its standing"""


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    return await _documents.load(tx, refs)


async def save(tx: Connection, world: World) -> None:
    await _documents.save(tx, world)


async def entry(tx: Connection, id: UUID) -> Entry | None:
    row = await tx.fetchrow(
        """
        SELECT party.state AS party, party.version, entered.state AS entered
        FROM registrations entered JOIN parties party USING (id) WHERE id = $1
        """,
        id,
    )
    return None if row is None else _entry(row)


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(_party.validate_json(row["party"]), _registration.validate_json(row["entered"]), row["version"])


async def entries(
    tx: Connection, kind: str | None, division: str | None, after: UUID | None, limit: int
) -> list[Entry]:
    """`division`: the leading digits of the codes wanted."""
    rows = await tx.fetch(
        """
        SELECT party.state AS party, party.version, entered.state AS entered
        FROM registrations entered JOIN parties party USING (id)
        WHERE ($1::text IS NULL OR kind = $1)
          AND ($2::text IS NULL OR starts_with(division, $2))
          AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id LIMIT $4
        """,
        kind,
        division,
        after,
        limit,
    )
    return [_entry(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A rulebook that was handed in, and its adoption, if there was one."""

    handed: HandedRulebook
    adopted: AdoptedRulebook | None


async def rulebook(tx: Connection, id: UUID) -> Submitted | None:
    row = await tx.fetchrow(
        """
        SELECT handed.state AS handed, adopted.state AS adopted
        FROM handed_in_rulebooks handed LEFT JOIN rulebooks adopted USING (id) WHERE id = $1
        """,
        id,
    )
    return None if row is None else _submitted(row)


async def rulebooks(tx: Connection, after: UUID | None, limit: int) -> list[Submitted]:
    rows = await tx.fetch(
        """
        SELECT handed.state AS handed, adopted.state AS adopted
        FROM handed_in_rulebooks handed LEFT JOIN rulebooks adopted USING (id)
        WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2
        """,
        after,
        limit,
    )
    return [_submitted(row) for row in rows]


def _submitted(row: asyncpg.Record) -> Submitted:
    adopted = None if row["adopted"] is None else _adopted.validate_json(row["adopted"])
    return Submitted(_handed.validate_json(row["handed"]), adopted)
