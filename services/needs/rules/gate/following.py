"""What is admitted has five follow-ups (会商、督查、指导、考核、退出); the last one, or its last day, ends it."""

from datetime import date
from typing import Annotated

from pydantic import Field

from schemas.deciding import Context, Due, World
from schemas.fact import Command, Fact
from schemas.gate import FollowUp, ItemFollowedUp, ItemId
from schemas.ids import PartyId
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.needs.rules.gate.item import Item, ItemPhase, item_at

LAPSED = "准入期限届满,自动退出"


class FollowUpItem(Command):
    registrar_id: PartyId
    item_id: ItemId
    kind: FollowUp
    on: date
    """not before it was admitted, not after today"""
    note: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
    """public: who met, what was found, what follows"""


def follow_up(world: World, command: FollowUpItem, context: Context) -> list[Fact]:
    context.by.must_be(command.registrar_id)
    item = item_at(world, command.registrar_id, command.item_id)
    item.must_be_in(ItemPhase.ADMITTED)
    since = item.decided_on or item.told.begins_on
    if not since <= command.on <= context.today:
        raise Refused("follow_up_day", status=422, field="on", since=since, today=context.today)
    if command.kind is FollowUp.EXIT and command.on != context.today:
        raise Refused("exit_is_today", status=422, field="on", today=context.today)
    must_be_public(command.note, "note")
    return [
        ItemFollowedUp(
            registrar_id=command.registrar_id,
            item_id=command.item_id,
            kind=command.kind,
            on=command.on,
            note=command.note,
            by=PartyId(context.by.person_id),
        )
    ]


def end(world: World, due: Due, context: Context) -> list[Fact]:
    """Its last day is over."""
    item = world.find(Item, due.ref[1])
    if item is None or item.phase is not ItemPhase.ADMITTED or context.at < item.due()[due.name]:
        return []
    told = item.told
    return [
        ItemFollowedUp(
            registrar_id=told.registrar_id,
            item_id=told.item_id,
            kind=FollowUp.EXIT,
            on=told.ends_on,
            note=LAPSED,
            by=None,
        )
    ]
