"""A proposal begins to walk: by a procedure of the area's rulebook, in the community or a unit below it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World, new_id
from schemas.deliberation import DeliberationId, DeliberationProposed, ProcedureStep, UnitId
from schemas.fact import Command, Fact
from schemas.ids import BallotId, NeedId, PartyId
from schemas.legal_term import must_know
from schemas.party import committee_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party
from services.needs.rules.ballot import Ballot
from services.needs.rules.deliberation.unit import Unit
from services.needs.rules.deliberation.walk import Deliberation
from services.needs.rules.gate.lists import lists_of
from services.needs.rules.need import Need

PROCEDURES = "deliberation.procedures"


class Propose(Command):
    community_id: PartyId
    procedure: Annotated[str, Field(min_length=1, max_length=50)]
    """one of the rulebook's `deliberation.procedures`"""
    unit_id: UnitId | None = None
    """none: the whole community"""
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    words: Annotated[str, Field(min_length=1, max_length=5000, pattern=r"\S")]
    """what is proposed; public"""
    need_id: NeedId | None = None
    """what it is about, where it is about a need"""
    ballot_id: BallotId | None = None


def propose_refs(command: Propose, cause: UUID) -> tuple[Ref, ...]:
    about: list[Ref] = [(Party, command.community_id), (Deliberation, new_id(cause, "deliberation"))]
    if command.unit_id is not None:
        about.append((Unit, command.unit_id))
    if command.need_id is not None:
        about.append((Need, command.need_id))
    if command.ballot_id is not None:
        about.append((Ballot, command.ballot_id))
    return tuple(about)


def propose(world: World, command: Propose, context: Context) -> list[Fact]:
    context.by.must_be(command.community_id)
    community = world.get(Party, command.community_id)
    rulebook = lists_of(community.division, context)
    procedure = _procedure(command.procedure, rulebook)
    _check_about(world, command)
    must_be_public(command.title, "title")
    must_be_public(command.words, "words")
    proposed = DeliberationProposed(
        community_id=command.community_id,
        deliberation_id=DeliberationId(context.new_id("deliberation")),
        procedure=command.procedure,
        name=procedure["zh"],
        steps=tuple(ProcedureStep.model_validate(step) for step in procedure["steps"]),
        source=procedure["source"],
        certainty=procedure["certainty"],
        unit_id=command.unit_id,
        committee_id=committee_of(community.division),
        title=command.title,
        words=command.words,
        need_id=command.need_id,
        ballot_id=command.ballot_id,
        on=context.today,
        proposed_by=PartyId(context.by.person_id),
        rulebook=rulebook.hash,
    )
    return [proposed]


def _procedure(name: str, rulebook: Rulebook) -> Mapping[str, Any]:
    source = must_know(rulebook, PROCEDURES)
    procedures: Mapping[str, Any] = rulebook.value(PROCEDURES)
    if name not in procedures:
        known = ", ".join(f"{id} {one['zh']}" for id, one in procedures.items())
        raise Refused("unknown_procedure", source, status=422, field="procedure", known=known)
    found: Mapping[str, Any] = procedures[name]
    return found


def _check_about(world: World, command: Propose) -> None:
    """The unit, the need and the ballot are the community's own."""
    unit = None if command.unit_id is None else world.find(Unit, command.unit_id)
    if command.unit_id is not None and (unit is None or unit.told.community_id != command.community_id):
        raise Refused("unit_unknown", status=422, field="unit_id", unit=str(command.unit_id))
    need = None if command.need_id is None else world.find(Need, command.need_id)
    if command.need_id is not None and (need is None or need.community_id != command.community_id):
        raise Refused("need_unknown", status=422, field="need_id", need=str(command.need_id))
    ballot = None if command.ballot_id is None else world.find(Ballot, command.ballot_id)
    if command.ballot_id is not None and (ballot is None or ballot.community_id != command.community_id):
        raise Refused("ballot_unknown", status=422, field="ballot_id", ballot=str(command.ballot_id))
