"""Evaluations as documents; tokens, ratings and lists of lots as rows, read and written set-wise."""

from collections.abc import Collection
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import asyncpg

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.role import Role
from services.evaluation.rules import (
    Evaluation,
    Level,
    Listed,
    Rating,
    RatingBox,
    Remark,
    Token,
    TokenList,
    Withheld,
)
from services.evaluation.rules.governance import CommunityBook, GovernanceGrade
from services.evaluation.rules.reissued import ReissuedToken
from services.evaluation.rules.self_evaluation import SelfEvaluation, SelfEvaluationTable
from services.evaluation.rules.street_pair import StreetRatings
from services.evaluation.store.questions import community_book, rating_row
from services.kit.documents import Documents

_documents = Documents(
    evaluations=Evaluation,
    self_evaluations=SelfEvaluation,
    self_evaluation_tables=SelfEvaluationTable,
    street_ratings=StreetRatings,
    governance_grades=GovernanceGrade,
    reissued_tokens=ReissuedToken,
)
_RATING = ["id", "project_id", "milestone", "number", "token", "level", "salt", "comment", "entered_by", "at"]


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """The evaluation is locked, and with it the right to add rows; rows never change and need no lock.

    A rating box brings its evaluation, a reissued token the right that it stands for.
    """
    world = World(refs)
    boxes = sorted({id for kind, id in refs if kind is RatingBox})
    evaluations = [ref for ref in refs if ref[0] is Evaluation] + [(Evaluation, id) for id in boxes]
    world.ask(evaluations)
    await _documents.load_into(tx, world, [*evaluations, *refs])
    for id in boxes:
        await _load_box(tx, world, id)
    for id in sorted({id for kind, id in refs if kind is CommunityBook}):
        world.loaded(await community_book(tx, id))
    for id in sorted({id for kind, id in refs if kind is TokenList}):
        rows = await tx.fetch("SELECT digest, milestone FROM tokens WHERE project_id = $1 ORDER BY digest", id)
        world.loaded(_token_list(id, rows))
    borne = [ref for one in world.each(ReissuedToken) for ref in one.right]
    world.ask(borne)
    rights = {*refs, *borne}
    await _load_tokens(tx, world, [id for kind, id in rights if kind is Token])
    await _load_ratings(tx, world, [id for kind, id in rights if kind is Rating])
    await _load_remarks(tx, world, [id for kind, id in refs if kind is Remark])
    return world


async def _load_box(tx: Connection, world: World, id: UUID) -> None:
    evaluation = world.find(Evaluation, id)
    if evaluation is None or evaluation.closes_at is None:
        return
    counted = evaluation.counted
    rows = [] if counted else await tx.fetch(_ROWS, id)
    by_milestone = {
        Milestone(milestone): tuple(rating_row(row) for row in group)
        for milestone, group in groupby(rows, itemgetter(0))
    }
    rings_at = evaluation.count_awaits or evaluation.closes_at
    world.loaded(RatingBox(id=id, closes_at=rings_at, counted=counted, rows=by_milestone))


_ROWS = """
    SELECT milestone, number, at, level, entered_by <> 'resident' AS by_community, asked
    FROM ratings LEFT JOIN listed USING (project_id, milestone, token)
    WHERE project_id = $1 ORDER BY milestone, number
"""


def _token_list(id: UUID, rows: list[asyncpg.Record]) -> TokenList:
    def of(milestone: Milestone | None) -> tuple[str, ...]:
        return tuple(row["digest"].hex() for row in rows if row["milestone"] == milestone)

    return TokenList(id=id, digests=of(None), of_one={milestone: of(milestone) for milestone in Milestone})


async def _load_tokens(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    if not ids:
        return
    for row in await tx.fetch("SELECT id, project_id, digest, milestone FROM tokens WHERE id = ANY($1::uuid[])", ids):
        of = row["milestone"]
        token = Token(
            id=row["id"],
            project_id=row["project_id"],
            digest=row["digest"].hex(),
            milestone=None if of is None else Milestone(of),
        )
        world.loaded(token)


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


async def _load_remarks(tx: Connection, world: World, ids: Collection[UUID]) -> None:
    if not ids:
        return
    rows = await tx.fetch(
        """
        SELECT comment_id, project_id, published, reason, decided_by, decided_at
        FROM ratings LEFT JOIN moderations USING (comment_id)
        WHERE comment_id = ANY($1::uuid[]) AND comment IS NOT NULL
        """,
        ids,
    )
    for row in rows:
        remark = Remark(
            id=row["comment_id"],
            project_id=row["project_id"],
            published=row["published"],
            reason=None if row["reason"] is None else Withheld(row["reason"]),
            decided_by=row["decided_by"],
            decided_at=row["decided_at"],
        )
        world.loaded(remark)


async def save(tx: Connection, world: World) -> None:
    """A changed token, rating or listed token is a new one: the tables take no others, their keys refuse a second."""
    await _documents.save(tx, world)
    await _add_tokens(tx, world.changed(Token))
    await _add_ratings(tx, world.changed(Rating))
    await _add_listed(tx, world.changed(Listed))
    await _keep_moderated(tx, world.changed(Remark))


async def _add_tokens(tx: Connection, tokens: list[Token]) -> None:
    if tokens:
        rows = [(token.id, token.project_id, bytes.fromhex(token.digest), token.milestone) for token in tokens]
        await tx.copy_records_to_table("tokens", records=rows, columns=["id", "project_id", "digest", "milestone"])


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


async def _add_listed(tx: Connection, listed: list[Listed]) -> None:
    if listed:
        columns = ["id", "project_id", "milestone", "token", "place", "asked"]
        rows = [
            (one.id, one.project_id, one.milestone, bytes.fromhex(one.token), one.place, one.asked) for one in listed
        ]
        await tx.copy_records_to_table("listed", records=rows, columns=columns)


async def _keep_moderated(tx: Connection, remarks: list[Remark]) -> None:
    """The last decision stands."""
    await tx.executemany(
        """
        INSERT INTO moderations (comment_id, published, reason, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (comment_id) DO UPDATE SET published = excluded.published, reason = excluded.reason,
            decided_by = excluded.decided_by, decided_at = excluded.decided_at
        """,
        [(one.id, one.published, one.reason, one.decided_by, one.decided_at) for one in remarks],
    )
