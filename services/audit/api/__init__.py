"""What auditors may ask of the archive; a published project's trace is for everyone."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from events.database import Connection
from schemas.contract import ProjectPublished
from schemas.finding import Finding
from schemas.ids import EventId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.audit import store
from services.audit.api.digests import DIGESTS
from services.audit.api.receipts import RECEIPTS
from services.audit.api.transfers import TRANSFERS
from services.audit.api.uses import USES
from services.audit.api.visits import VISITS
from services.audit.rules import (
    AboveNewLimit,
    HeadSpent,
    Moved,
    Names,
    SourceLine,
    Stage,
    Story,
    above_new_limits,
    actors_of,
    findings,
    moved,
    parties_in,
    sources_of,
    spent_by_head,
    tell,
)
from services.kit.asked import Answer, Asked
from services.kit.service import Get


class StepAnswer(Model):
    """One event of the story, with what it says to people."""

    event_id: EventId
    stream: str
    source: str
    key: str
    sequence: int
    type: str
    time: datetime
    stage: Stage
    zh: str
    en: str
    money: Money | None
    actors: dict[str, PartyId]
    """parties and persons, by the part they had; persons by id only"""
    caused_by: UUID


class TraceAnswer(Answer):
    """need → ballot → project → bids → award → contract → tranches → sources → ratings → grade."""

    project_id: ProjectId
    title: str | None
    published: bool
    findings: tuple[Finding, ...]
    """what is missing or does not add up so far; best none"""
    steps: tuple[StepAnswer, ...]
    money: Moved
    costs: tuple[HeadSpent, ...]
    """what the provider reported it spent, by cost head"""
    above_new_limits: tuple[AboveNewLimit, ...]
    """costs that a price lowered since left above its limits; no finding, but expected back"""
    sources: tuple[SourceLine, ...]
    """whose money, lot by lot: reserved = paid + returned once the project has ended"""


class EventAnswer(Model):
    event_id: EventId
    stream: str
    source: str
    key: str
    sequence: int
    type: str
    version: int
    time: datetime
    causation_id: UUID
    correlation_id: UUID
    rulebook: str | None
    data: dict[str, Any]


class EventsAnswer(Answer):
    """In the order of archiving; `next` is the cursor of the following page."""

    events: tuple[EventAnswer, ...]
    next: UUID | None


async def trace(connection: Connection, asked: Asked) -> TraceAnswer:
    id = asked.id("project_id")
    told = (await store.chapters(connection, [id])).get(id)
    if told is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    story = told.story()
    published = story.last(ProjectPublished) is not None
    if not published and (asked.by is None or asked.by.role is not Role.AUDITOR):
        raise Refused("trace_not_public", status=403, project=str(id))
    sources = sources_of(story)
    return TraceAnswer(
        project_id=ProjectId(id),
        title=story.brief.title if story.brief else None,
        published=published,
        findings=tuple(findings(story)),
        steps=await _steps(connection, told, story),
        money=moved(sources),
        costs=spent_by_head(story),
        above_new_limits=above_new_limits(story),
        sources=sources,
    )


async def _steps(connection: Connection, told: store.Chapters, story: Story) -> tuple[StepAnswer, ...]:
    events = (*told.needs, *told.funds, *told.project)
    facts = tuple(story)
    names = Names(await store.parties(connection, {id for fact in facts for id in parties_in(fact)}))
    steps = (_step(event, fact, names) for event, fact in zip(events, facts, strict=True))
    return tuple(step for step in steps if step is not None)


def _step(event: store.Archived, fact: Any, names: Names) -> StepAnswer | None:
    said = tell(fact, names)
    if said is None:
        return None
    return StepAnswer(
        event_id=EventId(event.event_id),
        stream=event.stream,
        source=event.source,
        key=event.key,
        sequence=event.sequence,
        type=event.type,
        time=event.time,
        stage=said.stage,
        zh=said.zh,
        en=said.en,
        money=said.money,
        actors=actors_of(fact),
        caused_by=event.causation,
    )


async def list_events(connection: Connection, asked: Asked) -> EventsAnswer:
    where = {name: value for name, value in asked.query.items() if name in store.FILTERS}
    found = await store.events(connection, asked.prefix, where, asked.cursor, asked.limit)
    return EventsAnswer(
        events=tuple(_event(event) for event in found),
        next=found[-1].event_id if len(found) == asked.limit else None,
    )


def _event(event: store.Archived) -> EventAnswer:
    return EventAnswer(
        event_id=EventId(event.event_id),
        stream=event.stream,
        source=event.source,
        key=event.key,
        sequence=event.sequence,
        type=event.type,
        version=event.version,
        time=event.time,
        causation_id=event.causation,
        correlation_id=event.correlation,
        rulebook=event.rulebook,
        data=orjson.loads(event.data),
    )


ROUTES = (
    Get(
        path="/v1/audit/projects/{project_id}/trace",
        roles=frozenset(),
        handler=trace,
        answer=TraceAnswer,
        summary="项目全程追溯(公开前仅限审计) · A project's story, and whose money it was",
    ),
    USES,
    VISITS,
    TRANSFERS,
    RECEIPTS,
    DIGESTS,
    Get(
        path="/v1/audit/events",
        roles=frozenset({Role.AUDITOR}),
        handler=list_events,
        answer=EventsAnswer,
        summary="全部事件 · Every event, as archived",
        query={
            "stream": "事件流,如 · of one stream, such as `sanshe.projects`",
            "type": "事件类型,如 · of one type, such as `contract.signed`",
            "key": "项目、社区、账户或主体的编号 · about one thing: the id of the project, community, account or party",
        },
    ),
)
