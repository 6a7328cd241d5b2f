"""Questions about rolls, papers and what was cast alike."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import World
from schemas.need import VoterGround
from services.needs.rules.ballot import Ballot
from services.needs.rules.election import Cell
from services.needs.rules.paper import PaperVote
from services.needs.rules.vote import Vote
from services.needs.rules.voter import Voter

_paper: TypeAdapter[PaperVote] = TypeAdapter(PaperVote)


async def load_voters(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    """Of the loaded ballots that have a roll."""
    rolls = [ballot.id for ballot in world.each(Ballot) if ballot.by_roll]
    world.ask((Voter, id) for id in ids)
    if rolls and ids:
        rows = await tx.fetch(
            "SELECT ballot_id, id, ground, void FROM voters WHERE ballot_id = ANY($1::uuid[]) AND id = ANY($2::uuid[])",
            rolls,
            [*ids],
        )
        for row in rows:
            ground = VoterGround(row["ground"])
            world.loaded(Voter(id=row["id"], ballot_id=row["ballot_id"], ground=ground, void=row["void"]))


async def load_votes(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    """Of the loaded ballots."""
    world.ask((Vote, id) for id in ids)
    ballots = [ballot.id for ballot in world.each(Ballot)]
    if not ids:
        return
    rows = await tx.fetch(
        """
        SELECT id, ballot_id, token, places, points FROM votes
        WHERE ballot_id = ANY($1::uuid[]) AND id = ANY($2::uuid[])
        """,
        ballots,
        [*ids],
    )
    for row in rows:
        world.loaded(vote_in(row))


def vote_in(row: Any) -> Vote:
    return Vote(
        id=row["id"],
        ballot_id=row["ballot_id"],
        token=row["token"].hex(),
        places=tuple(row["places"]),
        points=tuple(row["points"]),
    )


async def save_voters(tx: Connection, voters: Collection[Voter]) -> None:
    await tx.execute(
        """
        INSERT INTO voters (ballot_id, id, ground, void)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[])
        ON CONFLICT (ballot_id, id) DO UPDATE SET void = excluded.void
        """,
        [voter.ballot_id for voter in voters],
        [voter.id for voter in voters],
        [voter.ground for voter in voters],
        [voter.void for voter in voters],
    )


async def cells_of(tx: Connection, ballot_id: UUID) -> Mapping[Cell, int]:
    """How many cast the same, as they wrote it."""
    rows = await tx.fetch(
        "SELECT places, points, count(*) AS voters FROM votes WHERE ballot_id = $1 GROUP BY places, points", ballot_id
    )
    return {(tuple(row["places"]), tuple(row["points"])): row["voters"] for row in rows}


async def papers_left(tx: Connection, ballot_id: UUID) -> int:
    """Entered, and not alike by two persons."""
    return int(await tx.fetchval("SELECT count(*) FROM papers WHERE ballot_id = $1 AND NOT counted", ballot_id))


async def papers_of(tx: Connection, ballot_id: UUID, after: UUID | None, limit: int) -> list[PaperVote]:
    """Those that do not count yet."""
    rows = await tx.fetch(
        """
        SELECT state FROM papers
        WHERE ballot_id = $1 AND NOT counted AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        ballot_id,
        after,
        limit,
    )
    return [_paper.validate_json(row["state"]) for row in rows]


async def titles_of(tx: Connection, ids: Collection[UUID]) -> dict[str, str]:
    """Of needs, by id."""
    rows = await tx.fetch("SELECT id, state ->> 'title' AS title FROM needs WHERE id = ANY($1::uuid[])", [*ids])
    return {str(row["id"]): row["title"] for row in rows}
