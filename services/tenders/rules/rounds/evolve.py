"""What each fact of a round leaves behind. Never refuses and never fails; what does not fit changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from schemas.deciding import State, World
from schemas.round import (
    ApplicationsChecked,
    ApplicationsScored,
    ApplicationsTotalled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    PairDecided,
    PairsFound,
    PublicScored,
    RoundCalled,
    RoundClosed,
    RoundConfirmed,
    RoundFact,
    RoundPublicised,
    RoundScored,
    RoundSolved,
    RoundVoided,
)
from schemas.round_committee import RoundExpertRecused, RoundExpertsDrawn
from schemas.solution import Proof
from services.tenders.rules.rounds.calling import CallDrafted
from services.tenders.rules.rounds.drawing import RoundDrawKept
from services.tenders.rules.rounds.round import Application, Entrant, Entry, Pair, Round, RoundPhase, entrant_of


def evolve_round(world: World, fact: RoundFact | CallDrafted | RoundDrawKept) -> Iterable[State]:
    if isinstance(fact, CallDrafted):
        return (_drafted(fact),)
    round = world.find(Round, fact.round_id)
    if round is None:
        return ()
    match fact:
        case ApplicationSubmitted():
            return (replace(round, applications=round.applications + 1), *_submitted(world, fact))
        case ApplicationWithdrawn():
            changed = _each(world, {fact.application_id: {"withdrawn": True}})
            return (replace(round, applications=round.applications - 1), *changed)
        case ApplicationsChecked():
            return _each(world, {c.application_id: {"complete": c.complete, "reason": c.reason} for c in fact.checks})
        case PairsFound():
            pairs = (Pair(id=one.pair_id, round_id=fact.round_id, likeness=one) for one in fact.pairs)
            return (replace(round, paired=round.paired or fact.last), *pairs)
        case PairDecided():
            pair = world.find(Pair, fact.pair_id)
            if pair is None:
                return ()
            return (replace(pair, same=fact.same, reason=fact.reason, decided_by=fact.decided_by),)
        case ApplicationsScored():
            evaluators = tuple(dict.fromkeys((*round.evaluators, fact.evaluator_id)))
            return (replace(round, evaluators=evaluators), *_scored(world, fact))
        case PublicScored():
            return _each(world, {score.application_id: {"public": score.points} for score in fact.scores})
        case ApplicationsTotalled():
            return _each(world, {total.application_id: {"total": total.total} for total in fact.totals})
        case _:
            return (_next(round, fact),)


def _next(round: Round, fact: RoundFact | RoundDrawKept) -> Round:
    """The round itself."""
    match fact:
        case RoundDrawKept():
            return replace(round, draw=fact.draw)
        case RoundExpertsDrawn():
            draw = round.draw and round.draw.model_copy(update={"passed": fact.passed})
            return replace(round, draw=draw, seated=fact.members)
        case RoundExpertRecused():
            left = tuple(id for id in round.seated if id != fact.evaluator_id)
            return replace(round, seated=left, recused=(*round.recused, fact.evaluator_id))
        case RoundCalled():
            return replace(round, phase=RoundPhase.CALLED, approved_by=fact.approved_by)
        case RoundClosed():
            return replace(round, phase=RoundPhase.CLOSED)
        case RoundScored():
            return replace(round, phase=RoundPhase.TOTALLED)
        case RoundSolved() if round.phase is RoundPhase.TOTALLED:
            nothing = fact.certificate.proof in (Proof.INFEASIBLE, Proof.UNKNOWN)
            phase = RoundPhase.UNSOLVED if nothing else RoundPhase.SOLVED
            return replace(round, phase=phase, chosen=fact.chosen, certificate=fact.certificate)
        case RoundPublicised():
            return replace(
                round, phase=RoundPhase.PUBLICISED, publicised_by=fact.publicised_by, notice_ends_at=fact.ends_at
            )
        case RoundConfirmed():
            return replace(round, phase=RoundPhase.CONFIRMED, confirmed_by=fact.confirmed_by)
        case RoundVoided():
            return replace(round, phase=RoundPhase.ROUND_VOIDED, voided_because=fact.reason)
        case _:
            return round


def _drafted(note: CallDrafted) -> Round:
    return Round(
        id=note.round_id,
        call=note.call,
        phase=RoundPhase.CALL_DRAFTED,
        rulebook=note.rulebook,
        agreement_rulebook=note.agreement_rulebook,
        drafted_by=note.drafted_by,
    )


def _submitted(world: World, fact: ApplicationSubmitted) -> Iterable[State]:
    id = entrant_of(fact.round_id, fact.organization_id)[1]
    before = world.find(Entrant, id)
    yield Entrant(id=id, submitted=1 if before is None else before.submitted + 1)
    yield Application(
        id=fact.application_id,
        round_id=fact.round_id,
        organization_id=fact.organization_id,
        division=fact.division,
        proposal=fact.proposal,
    )


def _each(world: World, changes: Mapping[UUID, dict[str, Any]]) -> Iterable[State]:
    return tuple(replace(one, **changes[one.id]) for one in world.each(Application) if one.id in changes)


def _scored(world: World, fact: ApplicationsScored) -> Iterable[State]:
    for score in fact.scores:
        one = world.find(Application, score.application_id)
        if one is not None:
            entry = Entry(evaluator_id=fact.evaluator_id, points=sum(score.points.values(), Decimal(0)))
            yield replace(one, entries=(*one.entries, entry))
