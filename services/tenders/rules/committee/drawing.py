"""Our own draw: the pool and a digest before the deadline, the secret and the order after the opening."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.committee import DrawCommitted, ExpertRecused, ExpertsDrawn, Ground, Member, PassedOver, Seat
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.standing import Party, party
from services.tenders.rules.committee.lot import order_of, picked, seed_of
from services.tenders.rules.committee.recusing import must_be_recent
from services.tenders.rules.committee.rules import (
    JUDGED_IN,
    MOST,
    check_composition,
    committee_rules,
    must_fit,
    must_keep_scorers,
    unfit,
)
from services.tenders.rules.committee.seated import Draw
from services.tenders.rules.project import Bid, Phase, Project, bids_of
from services.tenders.rules.scoring import RECUSAL


class CommitDraw(Command):
    """The pool experts are drawn from, published before anybody knows who bids."""

    project_id: ProjectId
    pool: Annotated[tuple[PartyId, ...], Field(min_length=2, max_length=500)]
    seats: Annotated[int, Field(ge=1, le=MOST)]
    """how many experts are drawn"""
    representative: PartyId | None = None
    """of the buyer: sits in the committee undrawn"""


class CommitDrawWithSecret(CommitDraw):
    """With a fresh secret from outside, under the vault."""

    commitment: str
    key: bytes
    sealed: bytes


class DrawExperts(Command):
    project_id: ProjectId


class DrawExpertsOf(Command):
    """`DrawExperts` with whom the draw is about, so that their standing is at hand."""

    project_id: ProjectId
    evaluators: tuple[PartyId, ...]


class Recuse(Command):
    project_id: ProjectId
    evaluator_id: PartyId
    """the caller's own party"""
    ground: Ground
    ended_on: date | None = None
    """when the relation ended; none: it has not"""


class DrawKept(Note):
    project_id: ProjectId
    draw: Draw


def draw_place(project_id: ProjectId) -> bytes:
    """The associated data of a sealed secret: it opens for this tender's draw and nowhere else."""
    return f"draw/{project_id}".encode()


def commit_refs(command: CommitDrawWithSecret, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id),)


def commit_draw(world: World, command: CommitDrawWithSecret, context: Context) -> list[Model]:
    """Once, while bids can still come: whoever commits does not know them, whoever bids does not know the secret."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.OPEN)
    rulebook = committee_rules(project, context, "draw")
    if project.closes_at is None or context.at >= project.closes_at:
        raise Refused("draw_after_deadline", closes_at=project.closes_at)
    if project.draw is not None:
        raise Refused("draw_committed_already", commitment=project.draw.commitment)
    if len(set(command.pool)) != len(command.pool) or command.representative in command.pool:
        raise Refused("member_twice", status=422, field="pool")
    if len(command.pool) < command.seats:
        raise Refused("pool_too_small", status=422, field="pool", pool=len(command.pool), seats=command.seats)
    draw = Draw(
        pool=command.pool,
        seats=command.seats,
        representative=command.representative,
        commitment=command.commitment,
        key=command.key,
        sealed=command.sealed,
    )
    check_composition(project, _members(draw, command.pool[: command.seats]), rulebook, "seats")
    committed = DrawCommitted(
        project_id=project.project_id,
        pool=draw.pool,
        seats=draw.seats,
        representative=draw.representative,
        commitment=draw.commitment,
        committed_by=PartyId(context.by.person_id),
    )
    return [DrawKept(project_id=project.project_id, draw=draw), committed]


def draw_refs(command: DrawExpertsOf, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), *((Party, id) for id in command.evaluators))


def draw_experts(world: World, command: DrawExpertsOf, context: Context) -> list[ExpertsDrawn]:
    """After the opening, and once more for whoever recused since; recusal comes first, the order decides the rest."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *JUDGED_IN)
    rulebook = committee_rules(project, context, "draw")
    draw = project.draw
    if draw is None:
        raise Refused("no_draw_committed")
    seated = project.committee
    if seated is not None and len(seated.members) == len(_members(draw, draw.pool[: draw.seats])):
        raise Refused("committee_stands", members=len(seated.members))
    bids = bids_of(world, project)
    if draw.representative is not None:
        must_fit(project, party(world, draw.representative), bids, RECUSAL, "representative")
    secret = context.vault.open(draw.key, draw.sealed, draw_place(project.project_id)).decode()
    digests = tuple(sorted(bid.digest for bid in bids))
    seed = seed_of(project.id, secret, digests)
    order = order_of(seed, draw.pool)
    passed = passed_over(world, project, draw, bids)
    chosen = picked(order, (one.evaluator_id for one in passed), draw.seats)
    if len(chosen) < draw.seats:
        raise Refused("pool_exhausted", RECUSAL, left=len(chosen), seats=draw.seats)
    members = _members(draw, chosen)
    check_composition(project, members, rulebook, "committee")
    must_keep_scorers(project, {member.evaluator_id for member in members})
    return [
        ExpertsDrawn(
            project_id=project.project_id,
            secret=secret,
            digests=digests,
            seed=seed,
            order=order,
            passed=passed,
            members=members,
        )
    ]


def passed_over(world: World, project: Project, draw: Draw, bids: list[Bid]) -> tuple[PassedOver, ...]:
    """Once passed over, always; who sits already is not asked again, for only its own recusal takes it out."""
    before = {one.evaluator_id: one for one in draw.passed}
    sitting = project.committee.ids if project.committee else frozenset()
    found: list[PassedOver] = []
    for id in draw.pool:
        if id in before:
            found.append(before[id])
        elif id not in sitting and (why := unfit(project, party(world, id), bids)) is not None:
            found.append(PassedOver(evaluator_id=id, why=why))
    return tuple(found)


def _members(draw: Draw, experts: tuple[PartyId, ...]) -> tuple[Member, ...]:
    drawn = tuple(Member(evaluator_id=id, seat=Seat.EXPERT) for id in experts)
    own = () if draw.representative is None else (Member(evaluator_id=draw.representative, seat=Seat.BUYER),)
    return (*drawn, *own)


def recuse(world: World, command: Recuse, context: Context) -> list[ExpertRecused]:
    """Before having scored; what ended longer ago than the rulebook looks back is no ground."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.evaluator_id)
    project.must_be_in(Phase.OPEN, *JUDGED_IN)
    named = {*(project.draw.pool if project.draw else ()), *(project.committee.ids if project.committee else ())}
    if project.draw is not None and project.draw.representative is not None:
        named.add(project.draw.representative)
    if command.evaluator_id not in named:
        raise Refused("not_your_party", status=403)
    if any(entry.evaluator_id == command.evaluator_id for entry in project.entries):
        raise Refused("already_scored", evaluator=str(command.evaluator_id))
    if command.evaluator_id in project.recused:
        raise Refused("recused_already", evaluator=str(command.evaluator_id))
    must_be_recent(command.ended_on, context.rulebooks.by_hash(project.agreed.rulebook), context)
    return [
        ExpertRecused(
            project_id=project.project_id,
            evaluator_id=command.evaluator_id,
            ground=command.ground,
            ended_on=command.ended_on,
        )
    ]
