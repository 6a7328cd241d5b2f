"""What matching remembers of a venture round: its call, its candidates each for itself, and what is paid elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from schemas.arranging import AwardArranged
from schemas.clarification import TenderAmended
from schemas.commission import ContractRetracted
from schemas.deciding import State, World
from schemas.ids import ApplicationId, PartyId, RoundId
from schemas.model import Model
from schemas.preferring import ApplicantsPreferred
from schemas.round import (
    AlternativesWeighed,
    ApplicationsChecked,
    ApplicationsTotalled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Call,
    PairDecided,
    PairsFound,
    Proposal,
    RoundCalled,
    RoundClosed,
    RoundScored,
    RoundSolved,
    RoundVoided,
)
from schemas.solution import Alternative, Certificate, Chosen
from schemas.tender import TenderOpened, TenderVoided


class VentureStage(StrEnum):
    WAITING = "waiting"
    COMPARING = "comparing"
    """closed: similar applications are to be found"""
    SOLVING = "solving"
    """scored: the best choice is to be found"""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Venture(State):
    """A round; `id` is the round's."""

    call: Call
    rulebook: str
    stage: VentureStage = VentureStage.WAITING
    limit: int = 0
    chosen: tuple[Chosen, ...] = ()
    certificate: Certificate | None = None

    @property
    def round_id(self) -> RoundId:
        return RoundId(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(State):
    """An application; `id` is its."""

    round_id: RoundId
    organization_id: PartyId
    division: str
    proposal: Proposal
    withdrawn: bool = False
    complete: bool = False
    total: int | None = None
    alternative: Alternative | None = None
    """why it was not chosen"""
    preferred: bool = False
    """of equals it comes first"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVerdict(State):
    """What a person decided on a pair; `id` is the pair's."""

    round_id: RoundId
    application_id: ApplicationId
    other_application_id: ApplicationId | None
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidWork(State):
    """A project that is paid, or up for tender, for comparing texts; `id` is the project's."""

    title: str
    text: str
    stands: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Slate(State):
    """All that one round is compared and solved with; `id` is the round's. Loading it loads that; it is no row."""

    stage: VentureStage
    closes_at: datetime

    def due(self) -> Mapping[str, datetime]:
        """At once: what is to be done has been due since the round closed."""
        working = self.stage in (VentureStage.COMPARING, VentureStage.SOLVING)
        return {str(self.stage): self.closes_at} if working else {}


def evolve_venture(world: World, fact: Model) -> Iterable[State]:
    match fact:
        case RoundCalled():
            return (Venture(id=fact.round_id, call=fact.call, rulebook=fact.rulebook),)
        case ApplicationSubmitted():
            return (_candidate(fact),)
        case ApplicationWithdrawn():
            return _candidates(world, {fact.application_id: {"withdrawn": True}})
        case ApplicationsChecked():
            return _candidates(world, {check.application_id: {"complete": check.complete} for check in fact.checks})
        case ApplicationsTotalled():
            return _candidates(world, {total.application_id: {"total": total.total} for total in fact.totals})
        case ApplicantsPreferred():
            return _candidates(world, {id: {"preferred": True} for id in fact.applications})
        case AlternativesWeighed():
            return _candidates(world, {one.application_id: {"alternative": one} for one in fact.alternatives})
        case PairDecided():
            return (_verdict(fact),)
        case TenderOpened():
            return (PaidWork(id=fact.project_id, title=fact.brief.title, text=fact.terms.requirements),)
        case AwardArranged():
            return (PaidWork(id=fact.project_id, title=fact.brief.title, text=fact.requirements),)
        case TenderAmended():
            work = world.find(PaidWork, fact.project_id)
            return () if work is None else (replace(work, text=fact.terms.requirements),)
        case TenderVoided() | ContractRetracted():
            work = world.find(PaidWork, fact.project_id)
            return () if work is None else (replace(work, stands=False),)
        case RoundClosed() | RoundScored() | RoundVoided() | PairsFound() | RoundSolved():
            venture = world.find(Venture, fact.round_id)
            return () if venture is None else _staged(_next(venture, fact))
        case _:
            return ()


def _next(venture: Venture, fact: Model) -> Venture:
    match fact:
        case RoundClosed():
            return replace(venture, stage=VentureStage.COMPARING)
        case PairsFound() if fact.last and venture.stage is VentureStage.COMPARING:
            return replace(venture, stage=VentureStage.WAITING)
        case RoundScored():
            return replace(venture, stage=VentureStage.SOLVING, limit=fact.limit)
        case RoundSolved():
            return replace(venture, stage=VentureStage.DONE, chosen=fact.chosen, certificate=fact.certificate)
        case RoundVoided():
            return replace(venture, stage=VentureStage.DONE)
        case _:
            return venture


def _staged(venture: Venture) -> tuple[State, ...]:
    return venture, Slate(id=venture.id, stage=venture.stage, closes_at=venture.call.closes_at)


def _candidate(fact: ApplicationSubmitted) -> Candidate:
    return Candidate(
        id=fact.application_id,
        round_id=fact.round_id,
        organization_id=fact.organization_id,
        division=fact.division,
        proposal=fact.proposal,
    )


def _verdict(fact: PairDecided) -> PairVerdict:
    return PairVerdict(
        id=fact.pair_id,
        round_id=fact.round_id,
        application_id=fact.application_id,
        other_application_id=fact.other_application_id,
        same=fact.same,
    )


def _candidates(world: World, changes: Mapping[UUID, dict[str, Any]]) -> Iterable[State]:
    found = ((world.find(Candidate, id), changed) for id, changed in changes.items())
    return tuple(replace(one, **changed) for one, changed in found if one is not None)
