"""A funder asks a community outside the lists for help (委托社区协助), in writing; the community accepts or declines.

It takes the place of the ballot. Where the area has a gate, this stands on the far side of it
(schemas.gate.ItemHandedOver). Nothing is drafted or reserved before the community has consented, and what it
consented to is a commission: performed by itself, paid by workload.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.commission import CommissionAccepted, CommissionDeclined, CommissionRequested, CommissionWithdrawn
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact
from schemas.ids import PartyId, ProjectId
from schemas.in_force import A_PROJECT, in_force, of_the_area
from schemas.money import Positive
from schemas.negative_list import must_be_off_the_list
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.project import Brief, ProjectProposed
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.tenders.rules.project import Phase, Project

CATEGORIES = "need.categories"
GATE = "gate.principles"


class RequestCommission(Command):
    """Public, as what comes of it: no personal data."""

    community_id: PartyId
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    request: Annotated[str, Field(min_length=1, max_length=5000, pattern=r"\S")]
    """what is to be done, and why the community's help is needed"""
    category: Annotated[str, Field(min_length=1, max_length=50)]
    """one of the rulebook's `need.categories`"""
    beneficiaries: Annotated[int, Field(ge=1, le=1_000_000)]
    cost: Positive
    """what the funder thinks it will come to"""
    rulebook: Annotated[str, Field(min_length=1, max_length=100)]
    """the name of a rulebook, such as `example/below-limit`"""


class AcceptCommission(Command):
    project_id: ProjectId


class DeclineCommission(Command):
    project_id: ProjectId
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public"""


class WithdrawCommission(Command):
    project_id: ProjectId
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """public"""


def project_asked_for(cause: UUID) -> ProjectId:
    return ProjectId(new_id(cause, "project"))


def request_refs(command: RequestCommission, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, project_asked_for(cause)), (Party, command.community_id))


def request(world: World, command: RequestCommission, context: Context) -> list[Fact]:
    """By any funder, of any community; where it lies is where the community does."""
    community = party(world, command.community_id)
    rulebook = in_force(command.rulebook, A_PROJECT, context, community.division)
    if community.kind is not PartyKind.COMMUNITY:
        raise Refused("cannot_be_commissioned", status=422, field="community_id", party=str(community.id))
    community.must_stand()
    gate = of_the_area("community", community.division, context.rulebooks, context.today)
    if gate is not None and GATE in gate.rules:
        raise Refused("asked_past_the_gate", gate.source(GATE), field="community_id", rulebook=gate.name)
    _check_words(command, rulebook)
    brief = Brief(
        community_id=command.community_id,
        funder_id=context.by.party_id,
        title=command.title,
        category=command.category,
        division=community.division,
        beneficiaries=command.beneficiaries,
        cost=command.cost,
    )
    requested = CommissionRequested(
        project_id=project_asked_for(context.cause),
        brief=brief,
        request=command.request,
        requested_by=PartyId(context.by.person_id),
    )
    return [requested]


def _check_words(command: RequestCommission, rulebook: Rulebook) -> None:
    categories = rulebook.value(CATEGORIES)
    if command.category not in categories:
        known = ", ".join(f"{name} {zh}" for name, zh in categories.items())
        raise Refused("unknown_category", rulebook.source(CATEGORIES), status=422, field="category", known=known)
    for field in ("title", "request"):
        must_be_public(getattr(command, field), field)
        must_be_off_the_list(getattr(command, field), rulebook, field)


def accept(world: World, command: AcceptCommission, context: Context) -> list[Fact]:
    """By the community's staff: from here on it is a proposal like another."""
    project = _asked(world, command, context)
    accepted = CommissionAccepted(project_id=project.project_id, accepted_by=PartyId(context.by.person_id))
    return [accepted, ProjectProposed(project_id=project.project_id, brief=project.brief)]


def decline(world: World, command: DeclineCommission, context: Context) -> list[Fact]:
    project = _asked(world, command, context)
    must_be_public(command.reason, "reason")
    declined = CommissionDeclined(
        project_id=project.project_id, declined_by=PartyId(context.by.person_id), reason=command.reason
    )
    return [declined]


def withdraw(world: World, command: WithdrawCommission, context: Context) -> list[Fact]:
    """By the funder that asked, while the community has not answered; a proposal it declines instead."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.REQUESTED)
    must_be_public(command.reason, "reason")
    person = PartyId(context.by.person_id)
    return [CommissionWithdrawn(project_id=project.project_id, withdrawn_by=person, reason=command.reason)]


def _asked(world: World, command: AcceptCommission | DeclineCommission, context: Context) -> Project:
    """Of the caller's own community, and not answered yet."""
    project = world.get(Project, command.project_id)
    context.by.must_be(project.brief.community_id)
    project.must_be_in(Phase.REQUESTED)
    return project
