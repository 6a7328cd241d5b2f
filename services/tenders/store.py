"""Projects and bids, rounds and applications as documents. A project is locked before its bids, which come with it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import ApplicationId, PartyId, ProjectId, RoundId, project_of_application
from schemas.money import Money
from services.kit.areas import A_PARTY, Places
from services.kit.documents import Documents
from services.tenders.rules.complaints.complaint import Complaint, ComplaintStatus
from services.tenders.rules.envelopes.kept import Keeper
from services.tenders.rules.framework.framework import Choices, Framework, User
from services.tenders.rules.project import Bid, Phase, Project
from services.tenders.rules.rounds.grades import GradedProject, ProviderRecord
from services.tenders.rules.rounds.round import Application, Docket, Entrant, Pair, Round, RoundPhase
from services.tenders.rules.single_source import Additions
from services.tenders.rules.splitting import NOT_BOUGHT, Alike, purchases_of

_documents = Documents(
    rounds=Round,
    applications=Application,
    pairs=Pair,
    entrants=Entrant,
    projects=Project,
    bids=Bid,
    complaints=Complaint,
    frameworks=Framework,
    framework_users=User,
    graded_projects=GradedProject,
    keepers=Keeper,
)

ONE_AWARD = "one_award_per_project"
_project = TypeAdapter(Project)
_bid = TypeAdapter(Bid)
_complaint = TypeAdapter(Complaint)
_keeper = TypeAdapter(Keeper)
_round = TypeAdapter(Round)
_framework = TypeAdapter(Framework)
_application = TypeAdapter(Application)
_pair = TypeAdapter(Pair)
_graded = TypeAdapter(GradedProject)


async def save(tx: Connection, world: World) -> None:
    """Of two awards that would both stand the later one fails, and is decided again on what the first left."""
    try:
        await _documents.save(tx, world)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != ONE_AWARD:
            raise
        raise asyncpg.SerializationError("another award of the project stands") from error


PLACES: Places = {
    "party_id": A_PARTY,
    "community_id": A_PARTY,
    "project_id": "SELECT unnest(ARRAY[funder_id, community_id]) FROM projects WHERE id = $1",
    "round_id": "SELECT funder_id FROM rounds WHERE id = $1",
}
"""whose the things are that the paths name"""


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """Lock the projects, then load all their bids: whether a party has bid already is decided on all of them.

    A docket brings every application and pair of its round.
    """
    world = await _documents.load(tx, refs)
    for id in sorted({id for kind, id in refs if kind is Docket}):
        await _load_docket(tx, world, id)
    await _load_records(tx, world, {id for kind, id in refs if kind is ProviderRecord})
    projects = [id for kind, id in refs if kind is Project]
    rows = await tx.fetch("SELECT id FROM bids WHERE project_id = ANY($1::uuid[])", projects)
    bids: list[Ref] = [(Bid, row["id"]) for row in rows]
    await _documents.load_into(tx, world, bids)
    for id in sorted({id for kind, id in refs if kind is Alike}, key=attrgetter("int")):
        if (one := world.find(Project, id)) is not None:
            world.loaded(await _alike(tx, one))
    if not any(kind is User for kind, _ in refs):
        for id in sorted({id for kind, id in refs if kind is Framework}):
            world.loaded(await _choices(tx, id))
    for id in sorted({id for kind, id in refs if kind is Additions}, key=attrgetter("int")):
        world.loaded(await _additions(tx, id))
    return world


async def _choices(tx: Connection, framework_id: UUID) -> Choices:
    """Counted where nobody chooses meanwhile: whoever does locks the framework."""
    rows = await tx.fetch(
        """
        SELECT choice, count(*) AS users FROM framework_users
        WHERE framework_id = $1 AND choice IS NOT NULL GROUP BY choice
        """,
        framework_id,
    )
    return Choices(id=framework_id, counts={PartyId(row["choice"]): row["users"] for row in rows})


async def framework(connection: Connection, id: UUID) -> Framework | None:
    state = await connection.fetchval("SELECT state FROM frameworks WHERE id = $1", id)
    return None if state is None else _framework.validate_json(state)


async def _additions(tx: Connection, original_id: UUID) -> Additions:
    """Whoever adds to a contract holds the lock on its project, and so waits for the other."""
    rows = await tx.fetch(
        """
        SELECT id, (state #>> '{draft,ceiling,fen}')::bigint AS fen FROM projects
        WHERE state #>> '{preparation,notice,original_project_id}' = $1 AND phase <> ALL($2::text[]) ORDER BY id
        """,
        str(original_id),
        [Phase.DECLINED, Phase.VOIDED],
    )
    return Additions(id=original_id, amounts=tuple((ProjectId(row["id"]), Money(row["fen"])) for row in rows))


async def _alike(tx: Connection, project: Project) -> Alike:
    """Whoever approves purchases of one funder and category waits for the other, and then sees what it approved."""
    brief = project.brief
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('sanshe purchases ' || $1::uuid || $2, 0))",
        brief.funder_id,
        brief.category,
    )
    rows = await tx.fetch(
        """
        SELECT state FROM projects
        WHERE funder_id = $1 AND state #>> '{brief,category}' = $2 AND id <> $3 AND phase <> ALL($4::text[])
        ORDER BY id
        """,
        brief.funder_id,
        brief.category,
        project.id,
        [*NOT_BOUGHT],
    )
    others = [_project.validate_json(row["state"]) for row in rows]
    return Alike(id=project.id, purchases=tuple(purchase for other in others for purchase in purchases_of(other)))


async def _load_docket(tx: Connection, world: World, round_id: UUID) -> None:
    applications = await tx.fetch("SELECT id FROM applications WHERE round_id = $1", round_id)
    pairs = await tx.fetch("SELECT id FROM pairs WHERE round_id = $1", round_id)
    known: list[Ref] = [*((Application, row["id"]) for row in applications), *((Pair, row["id"]) for row in pairs)]
    projects = [project_of_application(RoundId(round_id), ApplicationId(row["id"])) for row in applications]
    world.ask([*known, *((Project, id) for id in projects)])
    await _documents.load_into(tx, world, known)
    await _load_records(tx, world, {one.organization_id for one in world.each(Application) if one.round_id == round_id})
    world.loaded(Docket(id=round_id))


async def _load_records(tx: Connection, world: World, organization_ids: Collection[UUID]) -> None:
    """Not locked: a grade that arrives meanwhile counts from the next time on."""
    if organization_ids:
        rows = await tx.fetch(
            "SELECT state FROM graded_projects WHERE organization_id = ANY($1::uuid[]) ORDER BY id",
            list(organization_ids),
        )
        graded = defaultdict(list)
        for one in (_graded.validate_json(row["state"]) for row in rows):
            graded[one.organization_id].append(one)
        for id in organization_ids:
            world.loaded(ProviderRecord(id=id, projects=tuple(graded[PartyId(id)])))


async def project(connection: Connection, id: UUID) -> tuple[Project, int] | None:
    """The project and its version."""
    row = await connection.fetchrow("SELECT state, version FROM projects WHERE id = $1", id)
    return None if row is None else (_project.validate_json(row["state"]), row["version"])


async def keepers(connection: Connection, party_ids: Collection[UUID]) -> list[Keeper]:
    """The keys these parties keep shares with; of those that have one."""
    rows = await connection.fetch("SELECT state FROM keepers WHERE id = ANY($1::uuid[]) ORDER BY id", list(party_ids))
    return [_keeper.validate_json(row["state"]) for row in rows]


async def standing_bids(connection: Connection, project_id: UUID) -> list[Bid]:
    """The bids of the project's present run that were not withdrawn, in id order."""
    rows = await connection.fetch(
        """
        SELECT bids.state FROM bids JOIN projects ON projects.id = project_id AND projects.run = bids.run
        WHERE project_id = $1 AND NOT withdrawn ORDER BY bids.id
        """,
        project_id,
    )
    return [_bid.validate_json(row["state"]) for row in rows]


async def bidders_of(connection: Connection, project_id: UUID) -> tuple[PartyId, ...]:
    return tuple(bid.bidder_id for bid in await standing_bids(connection, project_id))


async def bids_by(connection: Connection, bidder_id: UUID, after: UUID | None, limit: int) -> list[Bid]:
    rows = await connection.fetch(
        """
        SELECT state FROM bids WHERE bidder_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        bidder_id,
        after,
        limit,
    )
    return [_bid.validate_json(row["state"]) for row in rows]


async def amended_at(connection: Connection, project_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the documents of these tenders were last amended; those that never were are not in it."""
    rows = await connection.fetch(
        """
        SELECT id, (state #>> '{amendments,-1,amended_at}')::timestamptz AS amended_at FROM projects
        WHERE id = ANY($1::uuid[]) AND state #> '{amendments,-1}' IS NOT NULL
        """,
        list(project_ids),
    )
    return {row["id"]: row["amended_at"] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which projects to list; None does not narrow."""

    phase: Phase | None
    funder_id: UUID | None
    community_id: UUID | None


async def projects(connection: Connection, wanted: Wanted, after: UUID | None, limit: int) -> Sequence[Project]:
    rows = await connection.fetch(
        """
        SELECT state FROM projects
        WHERE ($1::text IS NULL OR phase = $1)
          AND ($2::uuid IS NULL OR funder_id = $2)
          AND ($3::uuid IS NULL OR community_id = $3)
          AND ($4::uuid IS NULL OR id > $4)
        ORDER BY id LIMIT $5
        """,
        wanted.phase,
        wanted.funder_id,
        wanted.community_id,
        after,
        limit,
    )
    return [_project.validate_json(row["state"]) for row in rows]


async def round(connection: Connection, id: UUID) -> tuple[Round, int] | None:
    """The venture round and its version."""
    row = await connection.fetchrow("SELECT state, version FROM rounds WHERE id = $1", id)
    return None if row is None else (_round.validate_json(row["state"]), row["version"])


async def rounds(connection: Connection, after: UUID | None, limit: int) -> list[Round]:
    """Those that were published, in id order."""
    rows = await connection.fetch(
        """
        SELECT state FROM rounds WHERE phase <> $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        RoundPhase.CALL_DRAFTED,
        after,
        limit,
    )
    return [_round.validate_json(row["state"]) for row in rows]


async def chosen_in(connection: Connection, id: UUID) -> tuple[PartyId, ...]:
    """Organizations whose applications were chosen; of an unknown round nobody's."""
    found = await round(connection, id)
    return () if found is None else tuple(dict.fromkeys(one.organization_id for one in found[0].chosen))


async def applications_in(connection: Connection, round_id: UUID, after: UUID | None, limit: int) -> list[Application]:
    rows = await connection.fetch(
        """
        SELECT state FROM applications
        WHERE round_id = $1 AND NOT withdrawn AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        round_id,
        after,
        limit,
    )
    return [_application.validate_json(row["state"]) for row in rows]


async def applications_by(
    connection: Connection, organization_id: UUID, after: UUID | None, limit: int
) -> list[Application]:
    rows = await connection.fetch(
        """
        SELECT state FROM applications
        WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        organization_id,
        after,
        limit,
    )
    return [_application.validate_json(row["state"]) for row in rows]


async def pairs_in(connection: Connection, round_id: UUID, after: UUID | None, limit: int) -> list[Pair]:
    rows = await connection.fetch(
        "SELECT state FROM pairs WHERE round_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        round_id,
        after,
        limit,
    )
    return [_pair.validate_json(row["state"]) for row in rows]


async def complaints_about(connection: Connection, project_id: UUID, limit: int) -> list[Complaint]:
    """Of every run, the oldest first."""
    rows = await connection.fetch(
        "SELECT state FROM complaints WHERE project_id = $1 ORDER BY state ->> 'filed_at', id LIMIT $2",
        project_id,
        limit,
    )
    return [_complaint.validate_json(row["state"]) for row in rows]


async def complaint(connection: Connection, id: UUID) -> Complaint | None:
    state = await connection.fetchval("SELECT state FROM complaints WHERE id = $1", id)
    return None if state is None else _complaint.validate_json(state)


async def unfounded(connection: Connection, complainant_id: UUID, at: datetime, limit: int) -> list[Complaint]:
    """Of twelve months up to then: decided and not upheld, the latest first."""
    rows = await connection.fetch(
        """
        SELECT state FROM complaints
        WHERE complainant_id = $1 AND status = $2 AND NOT (state #>> '{decision,upheld}')::boolean
          AND (state #>> '{decision,decided_at}')::timestamptz > $3::timestamptz - interval '12 months'
        ORDER BY (state #>> '{decision,decided_at}')::timestamptz DESC, id LIMIT $4
        """,
        complainant_id,
        ComplaintStatus.DECIDED,
        at,
        limit,
    )
    return [_complaint.validate_json(row["state"]) for row in rows]
