"""Doors of deliberation (议事协商). Everything about it is public."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import World, new_id
from schemas.deliberation import (
    DeliberationId,
    DeliberationStopped,
    MeetingNoticed,
    ProcedureStep,
    StepHeld,
    StepPublished,
    UnitId,
    UnitKind,
)
from schemas.ids import BallotId, NeedId, PartyId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules.deliberation import proposing, stepping, supervising, unit
from services.needs.rules.deliberation.unit import Unit
from services.needs.rules.deliberation.walk import Deliberation, Opinion, Walking
from services.needs.store import deliberations as store

COMMUNITY = frozenset({Role.COMMUNITY})
PUBLIC: frozenset[Role] = frozenset()
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}


class UnitAnswer(Answer):
    id: UnitId
    community_id: PartyId
    kind: UnitKind
    name: str
    division: str
    number: str


class UnitsPage(Answer):
    units: tuple[UnitAnswer, ...]
    next: UUID | None


class StepAnswer(Model):
    """A step as the procedure has it, and what was done of it."""

    rule: ProcedureStep
    noticed: MeetingNoticed | None
    held: StepHeld | None
    published: StepPublished | None
    ended_on: date | None


class OpinionAnswer(Model):
    opinion_id: UUID
    step: str
    text: str
    answer: str | None
    """nothing goes on while there is none"""


class DeliberationAnswer(Answer):
    version: int | None
    id: DeliberationId
    community_id: PartyId
    unit_id: UnitId | None
    committee_id: PartyId
    procedure: str
    name: str
    source: str
    certainty: str
    title: str
    words: str
    need_id: NeedId | None
    ballot_id: BallotId | None
    proposed_on: date
    walking: Walking
    next_step: str | None
    """which is to be taken, or completed; none when it is over"""
    steps: tuple[StepAnswer, ...]
    opinions: tuple[OpinionAnswer, ...]
    stopped: DeliberationStopped | None
    """which quorum or majority was missed, and by how many"""
    finished_on: date | None
    rulebook: str


class DeliberationsPage(Answer):
    deliberations: tuple[DeliberationAnswer, ...]
    next: UUID | None


def _unit(one: Unit) -> UnitAnswer:
    told = one.told
    return UnitAnswer(
        id=told.unit_id,
        community_id=told.community_id,
        kind=told.kind,
        name=told.name,
        division=told.division,
        number=told.number,
    )


def _answer(walk: Deliberation, version: int | None = None) -> DeliberationAnswer:
    told, upcoming = walk.told, walk.next if walk.walking is Walking.OPEN else None
    return DeliberationAnswer(
        version=version,
        id=walk.deliberation_id,
        community_id=told.community_id,
        unit_id=told.unit_id,
        committee_id=told.committee_id,
        procedure=told.procedure,
        name=told.name,
        source=told.source,
        certainty=told.certainty,
        title=told.title,
        words=told.words,
        need_id=told.need_id,
        ballot_id=told.ballot_id,
        proposed_on=told.on,
        walking=walk.walking,
        next_step=upcoming.id if upcoming else None,
        steps=tuple(_step(walk, rule) for rule in told.steps),
        opinions=tuple(_opinion(one) for one in walk.opinions),
        stopped=walk.stopped,
        finished_on=walk.finished_on,
        rulebook=told.rulebook,
    )


def _step(walk: Deliberation, rule: ProcedureStep) -> StepAnswer:
    done = next((one for one in walk.taken if one.step == rule.id), None)
    return StepAnswer(
        rule=rule,
        noticed=done.noticed if done else None,
        held=done.held if done else None,
        published=done.published if done else None,
        ended_on=done.ended_on if done else None,
    )


def _opinion(one: Opinion) -> OpinionAnswer:
    opined = one.opined
    text = one.answered.text if one.answered else None
    return OpinionAnswer(opinion_id=opined.opinion_id, step=opined.step, text=opined.text, answer=text)


def _registered(world: World, command: unit.RegisterUnit, cause: UUID) -> UnitAnswer:
    return _unit(world.get(Unit, unit.unit_id(command)))


def _proposed(world: World, command: proposing.Propose, cause: UUID) -> DeliberationAnswer:
    return _answer(world.get(Deliberation, new_id(cause, "deliberation")))


def _done(world: World, command: Any, cause: UUID) -> DeliberationAnswer:
    return _answer(world.get(Deliberation, command.deliberation_id))


def _of(command: Any, cause: UUID) -> tuple[type[Deliberation], UUID]:
    return (Deliberation, command.deliberation_id)


async def _units(connection: Connection, asked: Asked) -> UnitsPage:
    found = await store.units_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return UnitsPage(units=tuple(map(_unit, found)), next=found[-1].id if len(found) == asked.limit else None)


async def _deliberations(connection: Connection, asked: Asked) -> DeliberationsPage:
    found = await store.deliberations_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return DeliberationsPage(
        deliberations=tuple(map(_answer, found)), next=found[-1].id if len(found) == asked.limit else None
    )


async def _deliberation(connection: Connection, asked: Asked) -> DeliberationAnswer:
    id = asked.id("deliberation_id")
    found = await store.deliberation(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Deliberation", id=str(id))
    return _answer(*found)


_ONE = "/v1/deliberations/{deliberation_id}"

ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/units",
        command=unit.RegisterUnit,
        roles=COMMUNITY,
        refs=unit.unit_refs,
        decide=unit.register_unit,
        subject=lambda command, cause: (Unit, unit.unit_id(command)),
        answer=_registered,
        summary="登记院落、楼宇、门栋、业主组织 · Register a unit below the community",
    ),
    Post(
        path="/v1/communities/{community_id}/deliberations",
        command=proposing.Propose,
        roles=COMMUNITY,
        refs=proposing.propose_refs,
        decide=proposing.propose,
        subject=lambda command, cause: (Deliberation, new_id(cause, "deliberation")),
        answer=_proposed,
        summary="按规则集的程序提出议题 · Propose a matter, by a procedure of the rulebook",
    ),
    Post(
        path=f"{_ONE}/notices",
        command=stepping.NoticeMeeting,
        roles=COMMUNITY,
        refs=stepping.walk_refs,
        decide=stepping.notice_meeting,
        subject=_of,
        answer=_done,
        summary="会议通知(改期须重新通知) · Notice of a meeting",
    ),
    Post(
        path=f"{_ONE}/steps",
        command=stepping.RecordStep,
        roles=COMMUNITY,
        refs=stepping.walk_refs,
        decide=stepping.record_step,
        subject=_of,
        answer=_done,
        summary="记录一步:应到、实到、赞成、反对、记录摘要 · Record a step: attendance, result, minutes by digest",
    ),
    Post(
        path=f"{_ONE}/publications",
        command=stepping.PublishStep,
        roles=COMMUNITY,
        refs=stepping.walk_refs,
        decide=stepping.publish_step,
        subject=_of,
        answer=_done,
        summary="公开(决议、实施结果),自今日起公示 · Publish, on notice from today",
    ),
    Post(
        path=f"{_ONE}/opinions",
        command=supervising.Opine,
        roles=frozenset({Role.SUPERVISOR}),
        refs=supervising.opine_refs,
        decide=supervising.opine,
        subject=_of,
        answer=_done,
        summary="监督委员会对某一步提出意见 · The supervision committee's opinion on a step",
    ),
    Post(
        path=f"{_ONE}/opinions/{{opinion_id}}/answers",
        command=supervising.AnswerOpinion,
        roles=COMMUNITY,
        refs=supervising.opine_refs,
        decide=supervising.answer,
        subject=_of,
        answer=_done,
        summary="答复监督意见(答复前不能进行下一步) · Answer it; nothing goes on before",
    ),
    Get(
        path="/v1/communities/{community_id}/units",
        roles=PUBLIC,
        handler=_units,
        answer=UnitsPage,
        summary="社区以下的单元 · Units below a community",
        query=PAGES,
    ),
    Get(
        path="/v1/communities/{community_id}/deliberations",
        roles=PUBLIC,
        handler=_deliberations,
        answer=DeliberationsPage,
        summary="社区的议事协商 · Deliberations of a community",
        query=PAGES,
    ),
    Get(
        path=_ONE,
        roles=PUBLIC,
        handler=_deliberation,
        answer=DeliberationAnswer,
        summary="一次议事的全过程 · One deliberation, step by step",
    ),
)
