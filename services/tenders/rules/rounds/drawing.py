"""The draw of a round's experts: the pool and a digest before the deadline, the secret and the order after it.

The value nobody controls alone is what applicants hand in: the seed is made of the secret and of every application.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.canonical import digest_of
from schemas.committee import Ground, PassedOver
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.ids import ApplicationId, PartyId, RoundId
from schemas.model import Model
from schemas.refused import Refused
from schemas.round import Proposal
from schemas.round_committee import RoundDrawCommitted, RoundExpertRecused, RoundExpertsDrawn
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.tenders.rules.committee.lot import order_of, picked, seed_of
from services.tenders.rules.committee.recusing import must_be_recent
from services.tenders.rules.committee.rules import MOST, why_unfit
from services.tenders.rules.committee.seated import Draw
from services.tenders.rules.rounds.round import Application, Docket, Round, RoundPhase, applications_of

LEAST = "venture.evaluators_least"
RECUSAL = "venture.recusal"


class CommitRoundDraw(Command):
    """The pool experts are drawn from, published before anybody but themselves knows who applies."""

    round_id: RoundId
    pool: Annotated[tuple[PartyId, ...], Field(min_length=2, max_length=500)]
    seats: Annotated[int, Field(ge=1, le=MOST)]
    """how many experts are drawn"""


class CommitRoundDrawWithSecret(CommitRoundDraw):
    """With a fresh secret from outside, under the vault."""

    commitment: str
    key: bytes
    sealed: bytes


class DrawRoundExperts(Command):
    round_id: RoundId


class DrawRoundExpertsOf(Command):
    """`DrawRoundExperts` with whom the draw is about, so that their standing is at hand."""

    round_id: RoundId
    evaluators: tuple[PartyId, ...]


class RecuseFromRound(Command):
    round_id: RoundId
    evaluator_id: PartyId
    """the caller's own party"""
    ground: Ground
    ended_on: date | None = None
    """when the relation ended; none: it has not"""


class RoundDrawKept(Note):
    round_id: RoundId
    draw: Draw


def draw_place(round_id: RoundId) -> bytes:
    """The associated data of a sealed secret: it opens for this round's draw and nowhere else."""
    return f"round draw/{round_id}".encode()


def digest_of_application(id: ApplicationId, organization_id: PartyId, proposal: Proposal) -> str:
    """How an application enters the seed: SHA-256 of id, organization and proposal in canonical JSON."""
    told = {"application_id": str(id), "organization_id": str(organization_id)}
    return digest_of(told | {"proposal": proposal.model_dump(mode="json")})


def commit_round_draw(world: World, command: CommitRoundDrawWithSecret, context: Context) -> list[Model]:
    """Once, while applications can still come: whoever commits cannot read them, whoever applies has no secret."""
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CALLED)
    rulebook = context.rulebooks.by_hash(round.rulebook)
    if context.at >= round.call.closes_at:
        raise Refused("draw_after_deadline", closes_at=round.call.closes_at)
    if round.draw is not None:
        raise Refused("draw_committed_already", commitment=round.draw.commitment)
    if len(set(command.pool)) != len(command.pool):
        raise Refused("member_twice", status=422, field="pool")
    if len(command.pool) < command.seats:
        raise Refused("pool_too_small", status=422, field="pool", pool=len(command.pool), seats=command.seats)
    least = rulebook.integer(LEAST)
    if command.seats < least:
        raise Refused("too_few_seats", rulebook.source(LEAST), status=422, field="seats", least=least)
    draw = Draw(
        pool=command.pool,
        seats=command.seats,
        representative=None,
        commitment=command.commitment,
        key=command.key,
        sealed=command.sealed,
    )
    committed = RoundDrawCommitted(
        round_id=round.round_id,
        pool=draw.pool,
        seats=draw.seats,
        commitment=draw.commitment,
        committed_by=PartyId(context.by.person_id),
    )
    return [RoundDrawKept(round_id=round.round_id, draw=draw), committed]


def draw_refs(command: DrawRoundExpertsOf, cause: UUID) -> tuple[Ref, ...]:
    own: tuple[Ref, ...] = ((Round, command.round_id), (Docket, command.round_id))
    return (*own, *((Party, id) for id in command.evaluators))


def draw_round_experts(world: World, command: DrawRoundExpertsOf, context: Context) -> list[Fact]:
    """After the deadline, and once more for whoever recused since; recusal comes first, the order decides the rest."""
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CLOSED)
    source = context.rulebooks.by_hash(round.rulebook).source(RECUSAL)
    draw = round.draw
    if draw is None:
        raise Refused("no_draw_committed")
    if len(round.seated) == draw.seats:
        raise Refused("committee_stands", members=draw.seats)
    applications = applications_of(world, round)
    secret = context.vault.open(draw.key, draw.sealed, draw_place(round.round_id)).decode()
    seed = seed_of(round.id, secret, digests_of(applications))
    order = order_of(seed, draw.pool)
    passed = tuple(_passed_over(world, round, draw, applications))
    members = picked(order, (one.evaluator_id for one in passed), draw.seats)
    if len(members) < draw.seats:
        raise Refused("round_pool_exhausted", source, left=len(members), seats=draw.seats)
    drawn = RoundExpertsDrawn(
        round_id=round.round_id, secret=secret, seed=seed, order=order, passed=passed, members=members
    )
    return [drawn]


def digests_of(applications: Iterable[Application]) -> list[str]:
    return [digest_of_application(one.application_id, one.organization_id, one.proposal) for one in applications]


def _passed_over(world: World, round: Round, draw: Draw, applications: list[Application]) -> Iterable[PassedOver]:
    """Once passed over, always; who sits already is not asked again, for only its own recusal takes it out."""
    before = {one.evaluator_id: one for one in draw.passed}
    applicants = {one.organization_id for one in applications}
    decided = {round.drafted_by, round.approved_by}
    for id in draw.pool:
        if id in before:
            yield before[id]
        elif id not in round.seated and (why := why_unfit(party(world, id), applicants, round.recused, decided)):
            yield PassedOver(evaluator_id=id, why=why)


def recuse_from_round(world: World, command: RecuseFromRound, context: Context) -> list[Fact]:
    """Before having scored; what ended longer ago than the rulebook looks back is no ground."""
    round = world.get(Round, command.round_id)
    context.by.must_be(command.evaluator_id)
    round.must_be_in(RoundPhase.CALLED, RoundPhase.CLOSED)
    if round.draw is None or command.evaluator_id not in round.draw.pool:
        raise Refused("not_your_party", status=403)
    if command.evaluator_id in round.evaluators:
        raise Refused("already_scored", evaluator=str(command.evaluator_id))
    if command.evaluator_id in round.recused:
        raise Refused("recused_already", evaluator=str(command.evaluator_id))
    must_be_recent(command.ended_on, context.rulebooks.by_hash(round.rulebook), context)
    recused = RoundExpertRecused(
        round_id=round.round_id,
        evaluator_id=command.evaluator_id,
        ground=command.ground,
        ended_on=command.ended_on,
    )
    return [recused]


def must_sit_in_round(round: Round, evaluator_id: PartyId, rulebook: Rulebook) -> None:
    """Where a draw was committed nobody but the drawn scores."""
    if round.draw is None:
        return
    if evaluator_id in round.recused:
        raise Refused("recused_already", evaluator=str(evaluator_id))
    if not round.seated:
        raise Refused("committee_missing", rulebook.source(LEAST))
    if evaluator_id not in round.seated:
        raise Refused("not_in_committee", rulebook.source(LEAST), status=403, evaluator=str(evaluator_id))
