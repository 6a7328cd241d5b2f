"""Needs that are one: a person joins them, with a reason, and can part them again; every number stays alive."""

from uuid import UUID

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.ids import NeedId
from schemas.merging import NeedMerged, NeedSeparated
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.needs.rules.need import MOST_STEPS, Need, Text

MOST_JOINED = 200
"""needs in one"""


class MergeNeed(Command):
    need_id: NeedId
    into: NeedId
    reason: Text
    """public"""


class SeparateNeed(Command):
    need_id: NeedId
    parted_from: NeedId
    """the need it was merged into"""
    reason: Text
    """public"""


def merge_refs(command: MergeNeed, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id), (Need, command.into))


def separate_refs(command: SeparateNeed, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id), (Need, command.parted_from))


def merge(world: World, command: MergeNeed, context: Context) -> list[Fact]:
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    into = joinable(world, need.community_id, command.into, "into")
    if need.id == into.id:
        raise Refused("need_twice", status=422, field="into", need=need.tracking_number)
    need.must_be_free()
    if need.joined:
        raise Refused("need_has_joined", need=need.tracking_number, joined=len(need.joined))
    must_be_public(command.reason, "reason")
    merged = NeedMerged(
        community_id=need.community_id,
        need_id=command.need_id,
        into=command.into,
        on=context.today,
        reason=command.reason,
    )
    return [merged]


def joinable(world: World, community_id: UUID, id: NeedId, field: str) -> Need:
    """A need of this community that others may join, wherever it has come to."""
    into = world.find(Need, id)
    if into is None or into.community_id != community_id:
        raise Refused("need_unknown", status=422, field=field, need=str(id))
    if into.merged_into is not None:
        raise Refused("need_merged", field=field, need=into.tracking_number, into=str(into.merged_into))
    if len(into.joined) >= MOST_JOINED or len(into.steps) >= MOST_STEPS:
        raise Refused("too_many_steps", field=field, need=into.tracking_number, most=MOST_STEPS)
    return into


def separate(world: World, command: SeparateNeed, context: Context) -> list[Fact]:
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    if need.merged_into is None or need.merged_into != command.parted_from:
        raise Refused("need_not_merged", need=need.tracking_number)
    must_be_public(command.reason, "reason")
    separated = NeedSeparated(
        community_id=need.community_id,
        need_id=command.need_id,
        parted_from=command.parted_from,
        on=context.today,
        reason=command.reason,
    )
    return [separated]
