"""A person looks every application through, and says why; and decides on pairs that are like each other."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.eligible import must_be_unlisted
from schemas.fact import Command, Fact
from schemas.ids import PairId, PartyId, RoundId
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.round import ApplicationsChecked, Check, PairDecided
from schemas.standing import Party, party
from services.tenders.rules.rounds.round import Application, Pair, Round, RoundPhase, application

MOST_AT_ONCE = 500


class CheckApplications(Command):
    """As many as are looked through at once; looked through again, the later verdict counts."""

    round_id: RoundId
    checks: Annotated[tuple[Check, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class DecidePair(Command):
    """Whether it is the same work; the reason stays."""

    round_id: RoundId
    pair_id: PairId
    same: bool
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


def check_refs(command: CheckApplications, cause: UUID) -> tuple[Ref, ...]:
    applications = ((Application, check.application_id) for check in command.checks)
    parties = ((Party, check.organization_id) for check in command.checks)
    return ((Round, command.round_id), *applications, *parties)


def check_applications(world: World, command: CheckApplications, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CLOSED)
    must_be_public(command.checks, "checks")
    for place, check in enumerate(command.checks):
        found = application(world, round, check.application_id, f"checks.{place}.application_id")
        if found.organization_id != check.organization_id:
            field = f"checks.{place}.organization_id"
            raise Refused("applicant_unclear", status=422, field=field, application=str(found.id))
        if found.entries:
            raise Refused("already_being_scored", field=f"checks.{place}", application=str(found.id))
        if check.complete:
            applicant = party(world, found.organization_id)
            applicant.must_stand()
            must_be_unlisted(applicant, context.rulebooks.by_hash(round.rulebook))
    by = PartyId(context.by.person_id)
    return [ApplicationsChecked(round_id=round.round_id, checks=command.checks, checked_by=by)]


def pair_refs(command: DecidePair, cause: UUID) -> tuple[Ref, ...]:
    return ((Round, command.round_id), (Pair, command.pair_id))


def decide_pair(world: World, command: DecidePair, context: Context) -> list[Fact]:
    """Until scoring is closed it may be decided again; each decision is a fact of its own."""
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CLOSED)
    must_be_public(command.reason, "reason")
    pair = world.get(Pair, command.pair_id)
    if pair.round_id != round.id:
        raise Refused("not_found", status=404, what="Pair", id=str(pair.id))
    other = pair.likeness
    return [
        PairDecided(
            round_id=round.round_id,
            pair_id=other.pair_id,
            application_id=other.application_id,
            other_application_id=other.other_application_id if other.other_round_id == round.id else None,
            same=command.same,
            reason=command.reason,
            decided_by=PartyId(context.by.person_id),
        )
    ]
