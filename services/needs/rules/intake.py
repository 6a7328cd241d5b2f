"""Intake: a need is written down, gets its tracking number, and is routed in the same breath."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command
from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.need import NeedPosted, NeedRouted, Origin, Route
from schemas.negative_list import must_be_off_the_list
from schemas.personal import must_be_public, redacted
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party
from services.needs.rules.need import Need, StepsDated, tracking_number

RULEBOOK = "example/below-limit"
"""The rulebook whose `need.…` section intake reads."""

ROUTES_ZH = {
    Route.PROJECT: "项目",
    Route.ADMINISTRATIVE: "行政",
    Route.VOLUNTEER: "志愿",
    Route.MARKET: "市场",
}


class NeedDraft(Model):
    """What a community writes down. Title and description are public: no personal data."""

    origin: Origin
    category: Annotated[str, Field(min_length=1, max_length=50)]
    """one of the rulebook's `need.categories`"""
    division: Annotated[str, Field(max_length=20)]
    """where it is felt: a division code within the community's own"""
    beneficiaries: Annotated[int, Field(ge=1, le=1_000_000)]
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    description: Annotated[str, Field(min_length=1, max_length=5000, pattern=r"\S")]
    redact: bool = False
    """numbers of persons in title and description are taken out, each with a mark in its place, instead of refused"""


class PostNeed(NeedDraft, Command):
    """Community staff enter one need."""

    community_id: PartyId


class PostNeeds(Command):
    """Many needs at once: all of them or none."""

    community_id: PartyId
    needs: Annotated[tuple[NeedDraft, ...], Field(min_length=1, max_length=500)]


def post_refs(command: PostNeed, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.community_id), (Need, new_id(cause, "need")))


def batch_refs(command: PostNeeds, cause: UUID) -> tuple[Ref, ...]:
    needs = tuple((Need, batch_id(cause, index)) for index in range(len(command.needs)))
    return ((Party, command.community_id), *needs)


def batch_id(cause: UUID, index: int) -> NeedId:
    return NeedId(new_id(cause, f"need/{index}"))


def post_need(world: World, command: PostNeed, context: Context) -> list[Model]:
    context.by.must_be(command.community_id)
    community = world.get(Party, command.community_id)
    return posted(community, command, NeedId(context.new_id("need")), context, "")


def post_needs(world: World, command: PostNeeds, context: Context) -> list[Model]:
    context.by.must_be(command.community_id)
    community = world.get(Party, command.community_id)
    said: list[Model] = []
    for index, draft in enumerate(command.needs):
        said += posted(community, draft, batch_id(context.cause, index), context, f"needs.{index}.")
    return said


def posted(community: Party, draft: NeedDraft, id: NeedId, context: Context, at: str) -> list[Model]:
    """`at` says where in the body the draft stands, so that a refusal names the field."""
    rulebook = context.rulebooks.named(RULEBOOK)
    if draft.redact:
        plain = {"title": redacted(draft.title), "description": redacted(draft.description)}
        draft = draft.model_copy(update=plain)
    categories = rulebook.value("need.categories")
    if draft.category not in categories:
        source = rulebook.source("need.categories")
        known = ", ".join(f"{name} {zh}" for name, zh in categories.items())
        raise Refused("unknown_category", source, status=422, field=f"{at}category", known=known)
    _check_division(draft.division, community.division, f"{at}division")
    must_be_public(draft.title, f"{at}title")
    must_be_public(draft.description, f"{at}description")
    if draft.origin is Origin.DEPARTMENT:
        must_be_off_the_list(draft.title, rulebook, f"{at}title")
        must_be_off_the_list(draft.description, rulebook, f"{at}description")
    told = NeedPosted(
        community_id=PartyId(community.id),
        need_id=id,
        tracking_number=tracking_number(draft.division, id),
        origin=draft.origin,
        category=draft.category,
        division=draft.division,
        beneficiaries=draft.beneficiaries,
        title=draft.title,
        description=draft.description,
    )
    return [told, _routed(told, rulebook), StepsDated(need_id=id, on=context.today)]


def _check_division(code: str, community: str, field: str) -> None:
    if fault := division.check(code):
        raise fault.refused("division_wrong", field)
    if not division.within(code, community):
        raise Refused("division_elsewhere", status=422, field=field, division=code, community=community)


def _routed(posted: NeedPosted, rulebook: Rulebook) -> NeedRouted:
    """The default way by category; what a department may ask help with is bought as a service."""
    if posted.origin is Origin.DEPARTMENT:
        path, route = "need.department_route", Route(rulebook.value("need.department_route"))
        reason = f"部门事项不在负面清单内;需要社区协助的,按{ROUTES_ZH[route]}办理并保障经费"
    else:
        path, route = "need.routes", Route(rulebook.value("need.routes")[posted.category])
        reason = f"居民需求“{rulebook.value('need.categories')[posted.category]}”类默认按{ROUTES_ZH[route]}办理"
    return NeedRouted(
        community_id=posted.community_id,
        need_id=posted.need_id,
        route=route,
        reason=reason,
        source=rulebook.source(path).text,
    )
