"""What needs remembers: needs and ballots as documents, votes as rows."""

from collections.abc import Collection, Iterable
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, World
from services.kit.documents import Documents
from services.needs.rules.ballot import Ballot
from services.needs.rules.count import BallotBox
from services.needs.rules.course import Course
from services.needs.rules.deliberation.unit import Unit
from services.needs.rules.deliberation.walk import Deliberation
from services.needs.rules.departments import Offices, offices_over
from services.needs.rules.election import Row
from services.needs.rules.gate.burden import Inventory, Relief
from services.needs.rules.gate.item import Item
from services.needs.rules.gate.stamps import Stamp
from services.needs.rules.grid import GridReport
from services.needs.rules.handling import Handling
from services.needs.rules.line import Line
from services.needs.rules.need import Need
from services.needs.rules.paper import PaperVote
from services.needs.rules.residents.importing import ResidentImport
from services.needs.rules.residents.register import Known, Register, Resident
from services.needs.rules.residents.token import TokenKey
from services.needs.rules.volunteers.certificate import VolunteerCertificate
from services.needs.rules.volunteers.resident_unit import ResidentUnit
from services.needs.rules.volunteers.resource import Resource
from services.needs.rules.volunteers.responsibility import UnitRating
from services.needs.rules.volunteers.task import VolunteerTask
from services.needs.rules.volunteers.volunteer import Volunteer
from services.needs.rules.vote import Vote
from services.needs.rules.voter import Voter
from services.needs.rules.window import Applicant
from services.needs.store.ballots import load_voters, load_votes, papers_left, save_voters, vote_in
from services.needs.store.residents import load_known

_documents = Documents(
    ballots=Ballot,
    needs=Need,
    items=Item,
    stamps=Stamp,
    inventories=Inventory,
    reliefs=Relief,
    applicants=Applicant,
    handlings=Handling,
    grid_reports=GridReport,
    offices=Offices,
    papers=PaperVote,
    lines=Line,
    units=Unit,
    deliberations=Deliberation,
    courses=Course,
    registers=Register,
    token_keys=TokenKey,
    residents=Resident,
    resident_imports=ResidentImport,
    resident_units=ResidentUnit,
    resources=Resource,
    unit_ratings=UnitRating,
    volunteers=Volunteer,
    volunteer_tasks=VolunteerTask,
    volunteer_certificates=VolunteerCertificate,
)
_OTHERS = {
    *(Item, Stamp, Inventory, Relief, Applicant, PaperVote, Line, Unit, Deliberation, Course),
    *(Handling, GridReport, Offices, Register, TokenKey, Resident, ResidentImport),
    *(ResidentUnit, UnitRating, Resource, Volunteer, VolunteerTask, VolunteerCertificate),
}
_need: TypeAdapter[Need] = TypeAdapter(Need)
_ballot: TypeAdapter[Ballot] = TypeAdapter(Ballot)


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """Ballots before needs. A ballot box brings its ballot, the needs in it and every vote.

    A handling brings its need, and the offices over the place of it.
    """
    world = World(refs)
    boxes = {id for kind, id in refs if kind is BallotBox}
    ballots = [(kind, id) for kind, id in refs if kind is Ballot] + [(Ballot, id) for id in boxes]
    world.ask(ballots)
    await _documents.load_into(tx, world, ballots)
    opened = [ballot for id in sorted(boxes) if (ballot := world.find(Ballot, id)) is not None]
    needs = [ref for ref in refs if ref[0] is Need] + _needs_in(opened)
    needs += [(Need, id) for kind, id in refs if kind is Handling]
    others = [ref for ref in refs if ref[0] in _OTHERS]
    world.ask([*needs, *others])
    await _documents.load_into(tx, world, [*needs, *others])
    await _offices_over(tx, world, [id for kind, id in refs if kind is Handling])
    await load_voters(tx, world, {id for kind, id in refs if kind is Voter})
    await load_votes(tx, world, {id for kind, id in refs if kind is Vote})
    await load_known(tx, world, {id for kind, id in refs if kind is Known})
    for ballot in opened:
        rows = await _rows(tx, ballot.id) if ballot.result is None else ()
        closed = ballot.result is not None
        left = 0 if closed else await papers_left(tx, ballot.id)
        box = BallotBox(id=ballot.id, closes_at=ballot.closes_at, closed=closed, rows=rows, papers_left=left)
        world.loaded(box)
    return world


async def _offices_over(tx: Connection, world: World, need_ids: Iterable[UUID]) -> None:
    """As they are, without holding them: they change seldom, and every hand-over of a street reads them."""
    needs = [need for id in need_ids if (need := world.find(Need, id)) is not None]
    offices = sorted({id for need in needs for id in offices_over(need.division)})
    refs: list[Ref] = [(Offices, id) for id in offices]
    world.ask(refs)
    await _documents.read_into(tx, world, refs)


def _needs_in(ballots: Iterable[Ballot]) -> list[Ref]:
    return [(Need, item.need_id) for ballot in ballots for item in ballot.items]


async def _rows(tx: Connection, ballot_id: UUID) -> tuple[Row, ...]:
    """All votes of a ballot, sorted by token."""
    rows = await tx.fetch("SELECT token, places, points FROM votes WHERE ballot_id = $1 ORDER BY token", ballot_id)
    return tuple((row["token"].hex(), tuple(row["places"]), tuple(row["points"])) for row in rows)


async def save(tx: Connection, world: World) -> None:
    """A vote is written over the one its token cast before."""
    await _documents.save(tx, world)
    voters = world.changed(Voter)
    if voters:
        await save_voters(tx, voters)
    votes = world.changed(Vote)
    if votes:
        await _save_votes(tx, votes)


async def _save_votes(tx: Connection, votes: list[Vote]) -> None:
    """Arrays of different lengths do not fit into one array, so they travel as text."""
    await tx.execute(
        """
        INSERT INTO votes (ballot_id, id, token, places, points)
        SELECT ballot_id, id, token, places::smallint[], points::integer[]
        FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[], $5::text[])
            AS cast_now (ballot_id, id, token, places, points)
        ON CONFLICT (ballot_id, id) DO UPDATE SET places = excluded.places, points = excluded.points
        """,
        [vote.ballot_id for vote in votes],
        [vote.id for vote in votes],
        [bytes.fromhex(vote.token) for vote in votes],
        [_array(vote.places) for vote in votes],
        [_array(vote.points) for vote in votes],
    )


def _array(numbers: tuple[int, ...]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


async def needs_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Need]:
    rows = await tx.fetch(
        """
        SELECT state FROM needs WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [_need.validate_json(row["state"]) for row in rows]


async def need_tracked_by(tx: Connection, tracking_number: str) -> tuple[Need, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM needs WHERE tracking_number = $1", tracking_number)
    return None if row is None else (_need.validate_json(row["state"]), row["version"])


async def ballots_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Ballot]:
    rows = await tx.fetch(
        """
        SELECT state FROM ballots WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        community_id,
        after,
        limit,
    )
    return [_ballot.validate_json(row["state"]) for row in rows]


async def ballot(tx: Connection, id: UUID) -> tuple[Ballot, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM ballots WHERE id = $1", id)
    return None if row is None else (_ballot.validate_json(row["state"]), row["version"])


async def votes_of(tx: Connection, ballot_id: UUID, after: UUID | None, limit: int) -> list[Vote]:
    rows = await tx.fetch(
        """
        SELECT id, ballot_id, token, places, points FROM votes
        WHERE ballot_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        ballot_id,
        after,
        limit,
    )
    return [vote_in(row) for row in rows]
