"""Evaluations as documents; tokens and ratings as rows, read and written set-wise."""

from collections.abc import Collection
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.role import Role
from services.evaluation.rules import Evaluation, Level, Rating, Token
from services.kit.documents import Documents

_documents = Documents(evaluations=Evaluation)
_evaluation = TypeAdapter(Evaluation)
_RATING = ["id", "project_id", "milestone", "number", "token", "level", "salt", "comment", "entered_by", "at"]


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """The evaluation is locked, and with it the right to add rows; rows never change and need no lock."""
    world = await _documents.load(tx, refs)
    await _load_tokens(tx, world, [id for kind, id in refs if kind is Token])
    await _load_ratings(tx, world, [id for kind, id in refs if kind is Rating])
    return world


async def _load_tokens(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    if not ids:
        return
    for row in await tx.fetch("SELECT id, project_id, digest FROM tokens WHERE id = ANY($1::uuid[])", ids):
        world.loaded(Token(id=row["id"], project_id=row["project_id"], digest=row["digest"].hex()))


async def _load_ratings(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    if not ids:
        return
    for row in await tx.fetch(f"SELECT {', '.join(_RATING)} FROM ratings WHERE id = ANY($1::uuid[])", ids):
        rating = Rating(
            id=row["id"],
            project_id=row["project_id"],
            milestone=Milestone(row["milestone"]),
            number=row["number"],
            token=row["token"].hex(),
            level=Level(row["level"]),
            salt=row["salt"],
            comment=row["comment"],
            entered_by=Role(row["entered_by"]),
            at=row["at"],
        )
        world.loaded(rating)


async def save(tx: Connection, world: World) -> None:
    """A changed token or rating is a new one: the tables take no others, and their keys refuse a second."""
    await _documents.save(tx, world)
    await _add_tokens(tx, world.changed(Token))
    await _add_ratings(tx, world.changed(Rating))


async def _add_tokens(tx: Connection, tokens: list[Token]) -> None:
    if tokens:
        rows = [(token.id, token.project_id, bytes.fromhex(token.digest)) for token in tokens]
        await tx.copy_records_to_table("tokens", records=rows, columns=["id", "project_id", "digest"])


async def _add_ratings(tx: Connection, ratings: list[Rating]) -> None:
    if ratings:
        rows = [
            (
                r.id,
                r.project_id,
                r.milestone,
                r.number,
                bytes.fromhex(r.token),
                r.level,
                r.salt,
                r.comment,
                r.entered_by,
                r.at,
            )
            for r in ratings
        ]
        await tx.copy_records_to_table("ratings", records=rows, columns=_RATING)


async def evaluation_of(tx: Connection, project_id: UUID) -> tuple[Evaluation, int] | None:
    """The project's evaluation with its version, once the agreement is signed."""
    row = await tx.fetchrow("SELECT state, version FROM evaluations WHERE id = $1", project_id)
    return None if row is None else (_evaluation.validate_json(row["state"]), row["version"])


async def comments_of(
    tx: Connection, project_id: UUID, milestone: str, after: UUID | None, limit: int
) -> list[tuple[UUID, str, str]]:
    """(random id, level, comment), in the order of the ids, which says nothing of who came when."""
    rows = await tx.fetch(
        """
        SELECT comment_id, level, comment FROM ratings
        WHERE project_id = $1 AND milestone = $2 AND comment IS NOT NULL AND ($3::uuid IS NULL OR comment_id > $3)
        ORDER BY comment_id LIMIT $4
        """,
        project_id,
        milestone,
        after,
        limit,
    )
    return [(row["comment_id"], row["level"], row["comment"]) for row in rows]
