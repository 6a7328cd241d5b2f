"""孵化 by the hub that runs it; public."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry import store
from services.registry.api.organizations import PAGES
from services.registry.api.parties import PUBLIC
from services.registry.rules import incubation
from services.registry.rules.incubation import Incubation
from services.registry.store import records as stored

PROVIDER = frozenset({Role.PROVIDER})


class IncubationAnswer(Answer):
    """`hours`: of all supports."""

    id: UUID
    hub_id: PartyId
    party_id: PartyId
    phase: incubation.IncubationPhase
    entered_on: date
    planned_until: date
    goal: str
    hours: int
    supports: tuple[incubation.Support, ...]
    ended_on: date | None
    outcome: str | None
    document: str | None
    became_id: PartyId | None


class IncubationLine(Answer):
    id: UUID
    hub_id: PartyId
    party_id: PartyId
    phase: incubation.IncubationPhase
    entered_on: date
    ended_on: date | None
    hours: int


class IncubationsPage(Answer):
    incubations: tuple[IncubationLine, ...]
    next: UUID | None


def _shown(one: Incubation) -> IncubationAnswer:
    return IncubationAnswer(
        id=one.id,
        hub_id=one.hub_id,
        party_id=one.party_id,
        phase=one.phase,
        entered_on=one.entered_on,
        planned_until=one.planned_until,
        goal=one.goal,
        hours=one.hours,
        supports=one.supports,
        ended_on=one.ended_on,
        outcome=one.outcome,
        document=one.document,
        became_id=one.became_id,
    )


def _line(one: Incubation) -> IncubationLine:
    return IncubationLine(
        id=one.id,
        hub_id=one.hub_id,
        party_id=one.party_id,
        phase=one.phase,
        entered_on=one.entered_on,
        ended_on=one.ended_on,
        hours=one.hours,
    )


def _entered(world: World, command: incubation.EnterIncubation, cause: UUID) -> IncubationAnswer:
    return _shown(world.get(Incubation, incubation.incubation_id(cause)))


def _changed(world: World, command: Any, cause: UUID) -> IncubationAnswer:
    return _shown(world.get(Incubation, command.incubation_id))


def _subject(command: Any, cause: UUID) -> Ref:
    return (Incubation, command.incubation_id)


async def _one(connection: Connection, asked: Asked) -> IncubationAnswer:
    party_id, id = asked.id("party_id"), asked.id("incubation_id")
    found = await stored.incubation(connection, id)
    if found is None or found.party_id != party_id:
        raise Refused("not_found", status=404, what="Incubation", id=str(id))
    return _shown(found)


async def _list(connection: Connection, asked: Asked) -> IncubationsPage:
    id = asked.id("party_id")
    if await store.entry(connection, id) is None:
        raise Refused("not_found", status=404, what="Party", id=str(id))
    found = await stored.incubations(connection, id, asked.cursor, asked.limit)
    return IncubationsPage(
        incubations=tuple(map(_line, found)), next=found[-1].id if len(found) == asked.limit else None
    )


def _step(noun: str, command: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/organizations/{party_id}/incubations/{incubation_id}/" + noun,
        command=command,
        roles=PROVIDER,
        refs=incubation.running_refs,
        decide=decide,
        subject=_subject,
        answer=_changed,
        summary=summary,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/organizations/{party_id}/incubations",
        command=incubation.EnterIncubation,
        roles=PROVIDER,
        refs=incubation.enter_refs,
        decide=incubation.enter_incubation,
        subject=lambda command, cause: (Incubation, incubation.incubation_id(cause)),
        answer=_entered,
        summary="枢纽组织接收入壳孵化 · A hub takes an organization into incubation",
    ),
    _step("supports", incubation.SupportIncubation, incubation.support, "记录一次孵化支持 · Note what was given"),
    _step("graduations", incubation.GraduateIncubation, incubation.graduate, "孵化出壳 · It graduates"),
    _step("exits", incubation.LeaveIncubation, incubation.leave, "未出壳而退出孵化 · It leaves without graduation"),
    Get(
        path="/v1/organizations/{party_id}/incubations",
        roles=PUBLIC,
        handler=_list,
        answer=IncubationsPage,
        summary="一个组织参加或承办的孵化 · Incubations of an organization, or that it runs",
        query=PAGES,
    ),
    Get(
        path="/v1/organizations/{party_id}/incubations/{incubation_id}",
        roles=PUBLIC,
        handler=_one,
        answer=IncubationAnswer,
        summary="一次孵化及其支持记录 · One incubation and what was given",
    ),
)
