"""A round's experts: the draw anyone can run again, and how far they stand from each other."""

import secrets
from decimal import Decimal
from uuid import UUID

from events.database import Connection
from schemas.committee import PassedOver
from schemas.ids import ApplicationId, PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.tenders import store
from services.tenders.api.conducting import FORMULA, SECRET_BYTES, DeviationFigures, figures_of
from services.tenders.api.rounds import found_round, round_door
from services.tenders.rules.committee.lot import commitment_of
from services.tenders.rules.deviation import Deviation, deviations
from services.tenders.rules.rounds import drawing
from services.tenders.rules.rounds.round import RoundPhase

UNTIL_SCORED = (RoundPhase.CALL_DRAFTED, RoundPhase.CALLED, RoundPhase.CLOSED)


async def add_secret(
    connection: Connection, command: drawing.CommitRoundDraw, vault: Vault
) -> drawing.CommitRoundDrawWithSecret:
    """Randomness comes from outside the decision; from here on only its commitment is read before the draw."""
    secret, key = secrets.token_hex(SECRET_BYTES), vault.new_key()
    return drawing.CommitRoundDrawWithSecret(
        round_id=command.round_id,
        pool=command.pool,
        seats=command.seats,
        commitment=commitment_of(command.round_id, secret),
        key=key,
        sealed=vault.seal(key, secret.encode(), drawing.draw_place(command.round_id)),
    )


async def add_pool(
    connection: Connection, command: drawing.DrawRoundExperts, vault: Vault
) -> drawing.DrawRoundExpertsOf:
    """The committed pool never changes, and none is committed after the deadline: it may be read before the lock."""
    found = await store.round(connection, command.round_id)
    draw = None if found is None else found[0].draw
    return drawing.DrawRoundExpertsOf(round_id=command.round_id, evaluators=draw.pool if draw else ())


class RoundCommitteeAnswer(Answer):
    """Pool and commitment are public from the start; who was drawn for everybody once scoring is closed.

    Before that for the funder, auditors and the drawn themselves.
    """

    pool: tuple[PartyId, ...]
    seats: int | None
    """none: no draw was committed, every evaluator scores"""
    commitment: str | None
    drawn: int
    members: tuple[PartyId, ...] | None
    passed: tuple[PassedOver, ...] | None


class RoundDeviation(DeviationFigures):
    application_id: ApplicationId

    @classmethod
    def of(cls, one: Deviation) -> "RoundDeviation":
        return cls(application_id=ApplicationId(one.scored_id), **figures_of(one))


class RoundDeviations(Answer):
    """Of one page of applications. Shown to whoever answers for the scoring; no score is removed because of it."""

    formula: str
    deviations: tuple[RoundDeviation, ...]
    next: ApplicationId | None


async def show_round_committee(connection: Connection, asked: Asked) -> RoundCommitteeAnswer:
    round, _ = await found_round(connection, asked)
    draw, by = round.draw, asked.by
    inside = by is not None and (
        by.role is Role.AUDITOR or by.party_id == round.call.funder_id or by.party_id in round.seated
    )
    told = draw is not None and bool(round.seated) and (inside or round.phase not in UNTIL_SCORED)
    return RoundCommitteeAnswer(
        pool=draw.pool if draw else (),
        seats=draw.seats if draw else None,
        commitment=draw.commitment if draw else None,
        drawn=len(round.seated),
        members=round.seated if told else None,
        passed=draw.passed if draw and told else None,
    )


async def list_round_deviations(connection: Connection, asked: Asked) -> RoundDeviations:
    """Not while scores are entered: nobody is led by the others' points."""
    round, _ = await found_round(connection, asked)
    if asked.actor.role is not Role.AUDITOR:
        asked.actor.must_be(round.call.funder_id)
    if round.phase in UNTIL_SCORED:
        after = tuple(phase for phase in RoundPhase if phase not in UNTIL_SCORED)
        raise Refused("wrong_round_phase", round=str(round.id), phase=round.phase, needed=after)
    page = await store.applications_in(connection, round.id, asked.cursor, asked.limit)
    totals: dict[UUID, dict[PartyId, Decimal]] = {
        one.id: {entry.evaluator_id: entry.points for entry in one.entries} for one in page
    }
    return RoundDeviations(
        formula=FORMULA,
        deviations=tuple(RoundDeviation.of(one) for one in deviations(totals)),
        next=page[-1].application_id if len(page) == asked.limit else None,
    )


ROUND_COMMITTEE: tuple[Post | Get, ...] = (
    round_door(
        "committee/commitment",
        Role.FUNDER,
        drawing.CommitRoundDraw,
        drawing.commit_round_draw,
        "截止前公布专家名单和承诺值 · Publish the pool of experts and the commitment, before the deadline",
        prepare=add_secret,
    ),
    round_door(
        "committee/drawing",
        Role.FUNDER,
        drawing.DrawRoundExperts,
        drawing.draw_round_experts,
        "截止后抽取评审专家(任何人可复算) · Draw the experts, after the deadline; anyone can draw again",
        refs=drawing.draw_refs,
        prepare=add_pool,
    ),
    round_door(
        "committee/recusals",
        Role.EVALUATOR,
        drawing.RecuseFromRound,
        drawing.recuse_from_round,
        "评审专家申请回避 · An evaluator recuses from a round",
    ),
    Get(
        path="/v1/rounds/{round_id}/committee",
        roles=frozenset(),
        handler=show_round_committee,
        answer=RoundCommitteeAnswer,
        summary="本轮评审专家:名单、承诺值、抽取结果 · The experts of a round and the draw they come from",
    ),
    Get(
        path="/v1/rounds/{round_id}/scores",
        roles=frozenset({Role.FUNDER, Role.AUDITOR}),
        handler=list_round_deviations,
        answer=RoundDeviations,
        summary="各专家评分与其他专家的偏离(不剔除任何评分) · How far each expert's scores lie from the others'",
    ),
)
