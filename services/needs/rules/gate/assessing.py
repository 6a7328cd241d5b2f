"""The second and third step (评估分析、确认公布): one officer assesses by the principles, another confirms."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact
from schemas.gate import (
    Check,
    ItemAdmitted,
    ItemApplied,
    ItemAssessed,
    ItemConverted,
    ItemHandedOver,
    ItemId,
    ItemRefused,
    ItemReturned,
    ListName,
    Outcome,
    Performer,
    Principle,
)
from schemas.ids import PartyId, ProjectId
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.needs.rules.gate.item import Item, ItemPhase, item_at, refs_of

Reason = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
LEVELS, PRINCIPLES, BUDGET, SEPARATION = "gate.basis_levels", "gate.principles", "gate.budget", "gate.separation"
LETS_IN = frozenset({ListName.DUTIES, ListName.ASSISTANCE, ListName.ENTRY})
"""An entry of one of these is a basis by itself."""


class AssessItem(Command):
    registrar_id: PartyId
    item_id: ItemId
    principles: Annotated[Mapping[Principle, Check], Field(min_length=3, max_length=3)]
    outcome: Outcome
    reason: Reason
    performer: Performer | None = None
    """of what is converted: the communities themselves, or organizations for them"""
    communities: Annotated[tuple[PartyId, ...], Field(max_length=50)] = ()


class ConfirmItem(Command):
    """Another officer: it is published as assessed."""

    registrar_id: PartyId
    item_id: ItemId


class ReturnItem(Command):
    """Another officer does not agree; it is assessed again."""

    registrar_id: PartyId
    item_id: ItemId
    reason: Reason


def assess_refs(command: AssessItem, cause: UUID) -> tuple[Ref, ...]:
    return (*refs_of(command, cause), *((Party, id) for id in command.communities))


def assess(world: World, command: AssessItem, context: Context) -> list[Fact]:
    context.by.must_be(command.registrar_id)
    item = item_at(world, command.registrar_id, command.item_id)
    item.must_be_in(ItemPhase.APPLIED)
    book = context.rulebooks.by_hash(item.told.rulebook)
    must_be_public(command.reason, "reason")
    must_be_public([check.reason for check in command.principles.values()], "principles")
    if command.outcome is Outcome.ADMIT:
        _may_be_admitted(item, command, book)
    if command.outcome is not Outcome.REFUSE and item.told.costing is None:
        raise Refused("not_costed", book.source(BUDGET), item=str(item.id))
    _check_performers(world, item, command)
    assessed = ItemAssessed(
        registrar_id=command.registrar_id,
        item_id=command.item_id,
        principles=dict(command.principles),
        outcome=command.outcome,
        reason=command.reason,
        performer=command.performer,
        communities=command.communities,
        assessed_by=PartyId(context.by.person_id),
    )
    return [assessed]


def _may_be_admitted(item: Item, command: AssessItem, book: Rulebook) -> None:
    """All three principles, and a basis: of the level the rulebook asks for, or an entry of the lists."""
    for principle, check in command.principles.items():
        if not check.holds:
            raise Refused("principle_fails", book.source(PRINCIPLES), item=str(item.id), principle=principle)
    listed = item.told.listed is not None and item.told.listed.list in LETS_IN
    if not listed and item.told.basis_level not in book.value(LEVELS):
        level = item.told.basis_level
        raise Refused("basis_too_low", book.source(LEVELS), item=str(item.id), level=level)


def _check_performers(world: World, item: Item, command: AssessItem) -> None:
    """Who performs it is said of what is converted, and only of that; each lies where it was applied for."""
    if (command.outcome is Outcome.CONVERT) != (command.performer is not None and bool(command.communities)):
        raise Refused("performers_unclear", status=422, field="communities")
    if len(set(command.communities)) < len(command.communities):
        raise Refused("performers_unclear", status=422, field="communities")
    for id in command.communities:
        community = party(world, id)
        community.must_stand()
        if community.kind is not PartyKind.COMMUNITY or not division.covers(item.told.scope, community.division):
            scope = item.told.scope
            raise Refused("community_elsewhere", status=422, field="communities", party=str(id), scope=scope)


def _second(world: World, command: ConfirmItem | ReturnItem, context: Context) -> Item:
    """Assessed, and not by the caller."""
    context.by.must_be(command.registrar_id)
    item = item_at(world, command.registrar_id, command.item_id)
    item.must_be_in(ItemPhase.ASSESSED)
    assert item.assessment is not None
    if item.assessment.assessed_by == context.by.person_id:
        book = context.rulebooks.by_hash(item.told.rulebook)
        raise Refused("assessor_confirms", book.source(SEPARATION), status=403, item=str(item.id))
    return item


def give_back(world: World, command: ReturnItem, context: Context) -> list[Fact]:
    item = _second(world, command, context)
    must_be_public(command.reason, "reason")
    return [
        ItemReturned(
            registrar_id=command.registrar_id,
            item_id=ItemId(item.id),
            reason=command.reason,
            returned_by=PartyId(context.by.person_id),
        )
    ]


def confirm_refs(command: ConfirmItem, cause: UUID) -> tuple[Ref, ...]:
    return refs_of(command, cause)


def confirm(world: World, command: ConfirmItem, context: Context) -> list[Fact]:
    item = _second(world, command, context)
    assessment, told = item.assessment, item.told
    assert assessment is not None
    by = PartyId(context.by.person_id)
    match assessment.outcome:
        case Outcome.ADMIT:
            return [_admitted(told, context.today, by)]
        case Outcome.REFUSE:
            return [_refused(told, assessment.reason, _source(item, context), context.today, by)]
        case Outcome.CONVERT:
            assert assessment.performer is not None
            return [
                _converted(told, assessment.performer, assessment.reason, context.today, by),
                *_handed_over(told, assessment.performer, assessment.communities),
            ]


def _admitted(told: ItemApplied, today: date, by: PartyId) -> Fact:
    assert told.costing is not None
    return ItemAdmitted(
        registrar_id=told.registrar_id,
        item_id=told.item_id,
        on=today,
        applicant_id=told.applicant_id,
        title=told.title,
        dimension=told.dimension,
        scope=told.scope,
        costing=told.costing,
        begins_on=told.begins_on,
        ends_on=told.ends_on,
        confirmed_by=by,
    )


def _refused(told: ItemApplied, reason: str, source: str, today: date, by: PartyId) -> Fact:
    return ItemRefused(
        registrar_id=told.registrar_id,
        item_id=told.item_id,
        on=today,
        title=told.title,
        dimension=told.dimension,
        scope=told.scope,
        code="assessed",
        matter=reason,
        source=source,
        rulebook=told.rulebook,
        confirmed_by=by,
    )


def _converted(told: ItemApplied, performer: Performer, reason: str, today: date, by: PartyId) -> Fact:
    return ItemConverted(
        registrar_id=told.registrar_id,
        item_id=told.item_id,
        on=today,
        title=told.title,
        dimension=told.dimension,
        scope=told.scope,
        performer=performer,
        reason=reason,
        confirmed_by=by,
    )


def _source(item: Item, context: Context) -> str:
    return context.rulebooks.by_hash(item.told.rulebook).source(PRINCIPLES).text


def _handed_over(told: ItemApplied, performer: Performer, communities: Iterable[PartyId]) -> list[Fact]:
    """A proposal per community; the department drafts it, or its community consents to it, as to any other."""
    assert told.costing is not None
    return [
        ItemHandedOver(
            registrar_id=told.registrar_id,
            item_id=told.item_id,
            project_id=ProjectId(new_id(told.item_id, f"project/{community_id}")),
            performer=performer,
            community_id=community_id,
            funder_id=told.applicant_id,
            requested_by=told.applied_by,
            title=told.title,
            request=told.description,
            category=told.category,
            beneficiaries=told.beneficiaries,
            division=told.scope,
            cost=told.costing.cost,
        )
        for community_id in communities
    ]
