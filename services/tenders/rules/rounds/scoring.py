"""Experts and the public score; when all is scored the totals are fixed and matching solves."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId, RoundId
from schemas.refused import Refused
from schemas.round import (
    ApplicationScore,
    ApplicationsScored,
    ApplicationsTotalled,
    Call,
    PublicScore,
    PublicScored,
    RoundScored,
    Total,
)
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.tenders.rules.rounds.checking import MOST_AT_ONCE
from services.tenders.rules.rounds.drawing import must_sit_in_round
from services.tenders.rules.rounds.grades import preferred
from services.tenders.rules.rounds.round import Application, Pair, Round, RoundPhase, application, applications_of

AT_ONCE = 1000
"""totals in one fact, so that none is too large for the broker"""
SOLVER_LIMIT = "venture.solver_limit"


class EnterApplicationScores(Command):
    """One expert's points, for as many applications as there are at hand."""

    round_id: RoundId
    evaluator_id: PartyId
    """the caller's own party"""
    scores: Annotated[tuple[ApplicationScore, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class EnterPublicScores(Command):
    """What the public jury or vote gave, of 100 points; entered again, the later counts."""

    round_id: RoundId
    scores: Annotated[tuple[PublicScore, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    record_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the record of the vote"""


class CloseRoundScoring(Command):
    round_id: RoundId


def enter_refs(command: EnterApplicationScores, cause: UUID) -> tuple[Ref, ...]:
    scored = ((Application, score.application_id) for score in command.scores)
    return ((Round, command.round_id), (Party, command.evaluator_id), *scored)


def enter_application_scores(world: World, command: EnterApplicationScores, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    context.by.must_be(command.evaluator_id)
    round.must_be_in(RoundPhase.CLOSED)
    evaluator = party(world, command.evaluator_id)
    evaluator.must_stand()
    rulebook = context.rulebooks.by_hash(round.rulebook)
    if {context.by.person_id, evaluator.id} & {round.drafted_by, round.approved_by}:
        raise Refused("evaluator_decided_call", rulebook.source("venture.recusal"), status=403)
    must_sit_in_round(round, command.evaluator_id, rulebook)
    if len({score.application_id for score in command.scores}) < len(command.scores):
        raise Refused("application_twice", status=422, field="scores")
    for place, score in enumerate(command.scores):
        field = f"scores.{place}"
        found = application(world, round, score.application_id, f"{field}.application_id")
        _check_application(found, evaluator, context.by.person_id, rulebook, field)
        _check_points(score, round.call, field)
    return [
        ApplicationsScored(round_id=round.round_id, evaluator_id=command.evaluator_id, scores=command.scores),
    ]


def _check_application(found: Application, evaluator: Party, person: UUID, rulebook: Rulebook, field: str) -> None:
    """Looked through and complete, of nobody the expert is tied to, and not scored by the same expert before."""
    if found.organization_id in evaluator.ties | {person, evaluator.id}:
        source = rulebook.source("venture.recusal")
        raise Refused("evaluator_tied_to_applicant", source, status=403, field=field, application=str(found.id))
    if found.complete is not True:
        raise Refused("application_not_complete", field=field, application=str(found.id))
    if any(entry.evaluator_id == evaluator.id for entry in found.entries):
        raise Refused("application_scored_already", field=field, application=str(found.id))


def _check_points(score: ApplicationScore, call: Call, field: str) -> None:
    most = {criterion.id: criterion.points for criterion in call.criteria}
    if score.points.keys() != most.keys():
        raise Refused("criteria_incomplete", status=422, field=f"{field}.points", criteria=", ".join(most))
    for criterion, points in score.points.items():
        if points > most[criterion]:
            raise Refused(
                "points_above_most", status=422, field=f"{field}.points", criterion=criterion, most=most[criterion]
            )


def public_refs(command: EnterPublicScores, cause: UUID) -> tuple[Ref, ...]:
    return ((Round, command.round_id), *((Application, score.application_id) for score in command.scores))


def enter_public_scores(world: World, command: EnterPublicScores, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CLOSED)
    if not round.call.public_percent:
        raise Refused("no_public_score", status=422, field="scores")
    for place, score in enumerate(command.scores):
        found = application(world, round, score.application_id, f"scores.{place}.application_id")
        if found.complete is not True:
            raise Refused("application_not_complete", field=f"scores.{place}", application=str(found.id))
    return [
        PublicScored(
            round_id=round.round_id,
            scores=command.scores,
            record_digest=command.record_digest,
            entered_by=PartyId(context.by.person_id),
        )
    ]


def close_round_scoring(world: World, command: CloseRoundScoring, context: Context) -> list[Fact]:
    """Everything looked through, every pair decided, every complete application scored by enough experts."""
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CLOSED)
    rulebook = context.rulebooks.by_hash(round.rulebook)
    applications = applications_of(world, round)
    _check_open_questions(world, round, applications)
    complete = [one for one in applications if one.complete]
    if not complete:
        raise Refused("nothing_to_solve", round=str(round.id))
    _check_scores(complete, round.call, rulebook)
    totals = [total_of(one, round.call) for one in complete]
    parts = [tuple(totals[start : start + AT_ONCE]) for start in range(0, len(totals), AT_ONCE)]
    return [
        *(ApplicationsTotalled(round_id=round.round_id, totals=part) for part in parts),
        *preferred(world, round.round_id, complete, rulebook),
        RoundScored(
            round_id=round.round_id,
            applications=len(complete),
            evaluators=len(round.evaluators),
            closed_by=PartyId(context.by.person_id),
            limit=rulebook.integer(SOLVER_LIMIT),
        ),
    ]


def _check_open_questions(world: World, round: Round, applications: list[Application]) -> None:
    if not round.paired:
        raise Refused("not_compared_yet", round=str(round.id))
    unchecked = [one.id for one in applications if one.complete is None]
    if unchecked:
        raise Refused("applications_unchecked", number=len(unchecked), first=str(unchecked[0]))
    complete = {one.id for one in applications if one.complete}
    undecided = [
        pair.id
        for pair in world.each(Pair)
        if pair.round_id == round.id
        and pair.same is None
        and pair.likeness.application_id in complete
        and (pair.likeness.other_round_id != round.id or pair.likeness.other_application_id in complete)
    ]
    if undecided:
        raise Refused("pairs_undecided", number=len(undecided), first=str(undecided[0]))


def _check_scores(complete: list[Application], call: Call, rulebook: Rulebook) -> None:
    needed = rulebook.integer("venture.evaluators_least")
    for one in complete:
        if len(one.entries) < needed:
            source = rulebook.source("venture.evaluators_least")
            entered = len(one.entries)
            raise Refused("too_few_scores", source, application=str(one.id), entered=entered, needed=needed)
        if call.public_percent and one.public is None:
            raise Refused("public_score_missing", application=str(one.id))


def total_of(one: Application, call: Call) -> Total:
    """The published rule, exact: (mean of the experts × (100 - w) + public × w) ÷ 100, to the hundredth, half up."""
    mean = sum((Fraction(entry.points) for entry in one.entries), Fraction(0)) / len(one.entries)
    public = one.public if call.public_percent else None
    weighed = mean * (100 - call.public_percent) + Fraction(public or 0) * call.public_percent
    return Total(
        application_id=one.application_id,
        expert=Decimal(_half_up(mean * 100)).scaleb(-2),
        public=public,
        total=_half_up(weighed),
    )


def _half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))
