"""What tenders remembers of a round: its call, its applications each for itself, and pairs that are like each other."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from schemas.deciding import Ref, State, World
from schemas.ids import ApplicationId, PartyId, RoundId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Actor
from schemas.round import Call, Likeness, Proposal
from schemas.rulebook import Rulebook
from schemas.solution import Certificate, Chosen
from services.tenders.rules.committee.seated import Draw


class RoundPhase(StrEnum):
    CALL_DRAFTED = "call_drafted"
    CALLED = "called"
    """applications come in until the deadline"""
    CLOSED = "closed"
    """applications are checked, compared and scored"""
    TOTALLED = "totalled"
    """scoring is closed; matching solves"""
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    """no choice keeps every rule, or the solver's limit came before the first"""
    PUBLICISED = "publicised"
    CONFIRMED = "confirmed"
    ROUND_VOIDED = "round_voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round(State):
    call: Call
    phase: RoundPhase
    rulebook: str
    agreement_rulebook: str
    drafted_by: PartyId
    approved_by: PartyId | None = None
    applications: int = 0
    """handed in and not withdrawn; told to nobody before the deadline"""
    evaluators: tuple[PartyId, ...] = ()
    paired: bool = False
    """matching has looked for similar applications"""
    chosen: tuple[Chosen, ...] = ()
    certificate: Certificate | None = None
    publicised_by: PartyId | None = None
    notice_ends_at: datetime | None = None
    confirmed_by: PartyId | None = None
    voided_because: str | None = None
    draw: Draw | None = None
    """of its experts, committed before the deadline; none: whoever is an evaluator scores"""
    seated: tuple[PartyId, ...] = ()
    recused: tuple[PartyId, ...] = ()

    def due(self) -> dict[str, datetime]:
        return {"close": self.call.closes_at} if self.phase is RoundPhase.CALLED else {}

    @property
    def round_id(self) -> RoundId:
        return RoundId(self.id)

    def must_be_in(self, *phases: RoundPhase) -> None:
        if self.phase not in phases:
            raise Refused("wrong_round_phase", round=str(self.id), phase=self.phase, needed=phases)

    def for_funder(self, by: Actor, *phases: RoundPhase) -> None:
        """A step of the funder: its own round, in the right phase."""
        by.must_be(self.call.funder_id)
        self.must_be_in(*phases)


class Entry(Model):
    """One expert's sum over the criteria."""

    evaluator_id: PartyId
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(State):
    """One row each: a round may have ten thousand."""

    round_id: RoundId
    organization_id: PartyId
    division: str
    proposal: Proposal
    withdrawn: bool = False
    complete: bool | None = None
    """None until somebody has looked it through"""
    reason: str | None = None
    entries: tuple[Entry, ...] = ()
    public: Decimal | None = None
    total: int | None = None

    @property
    def application_id(self) -> ApplicationId:
        return ApplicationId(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(State):
    """Two similar texts, and what a person decided on them."""

    round_id: RoundId
    likeness: Likeness
    same: bool | None = None
    reason: str | None = None
    decided_by: PartyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant(State):
    """How often an organization has handed in, in one round."""

    submitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket(State):
    """All applications and pairs of a round; its id is the round's. Loading it loads them; it is no row of its own."""


def round_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    return ((Round, message.round_id),)


def docket_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """Everything of the round: for the few steps that weigh all of it."""
    return ((Round, message.round_id), (Docket, message.round_id))


def entrant_of(round_id: RoundId, organization_id: PartyId) -> Ref:
    return (Entrant, uuid5(round_id, str(organization_id)))


def applications_of(world: World, round: Round) -> list[Application]:
    """Those that stand, in id order; only after a docket was loaded are these all."""
    return [one for one in world.each(Application) if one.round_id == round.id and not one.withdrawn]


def application(world: World, round: Round, id: ApplicationId, field: str) -> Application:
    """One that stands in this round, named at `field` of a request."""
    found = world.find(Application, id)
    if found is None or found.round_id != round.id or found.withdrawn:
        raise Refused("application_unknown", status=422, field=field, application=str(id))
    return found


RULES = frozenset(
    f"venture.{name}"
    for name in (
        *("call_days_least", "call_days_most", "amount_most_fen", "cofunding_percent_least", "per_organization_most"),
        *("applications_most", "public_percent_most", "evaluators_least", "recusal", "worker_hours_most"),
        *("upfront_percent_most", "similar_permille", "solver_limit", "notice_days"),
    )
)


def venture_rules(rulebook: Rulebook) -> Rulebook:
    """A rulebook that has all rules for ventures."""
    if not rulebook.rules.keys() >= RULES:
        raise Refused("no_venture_rules", status=422, field="rulebook", rulebook=rulebook.id)
    return rulebook
