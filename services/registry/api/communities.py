"""What is on record of communities, and who works there."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.community import BodyRecord, CommunityPost, FiguresRecord, PostRecord
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Party
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry import store
from services.registry.api.organizations import RecordAnswer, day_asked, known_answer, record_answer
from services.registry.api.parties import PUBLIC, REGISTRAR
from services.registry.rules import community, ending, recording
from services.registry.rules.record import Record
from services.registry.store import records as stored

WORKERS_SHOWN_TO = frozenset({Role.AUDITOR, Role.COMMUNITY})
WITH_POSTS = frozenset({Role.REGISTRAR, Role.AUDITOR})


class CommunityAnswer(Answer):
    """As was on record on the day, and held then."""

    id: PartyId
    name: str | None
    division: str
    as_of: date
    records: tuple[RecordAnswer, ...]
    """figures and bodies; to registrars and auditors posts too"""


class StaffLine(Answer):
    worker_id: PartyId
    post: CommunityPost
    full_time: bool
    employer: str
    valid_from: date
    valid_until: date | None
    record_id: UUID
    full_time_elsewhere: tuple[PartyId, ...]
    """other communities in which a full-time worker has a full-time post on the day: one at a time is possible"""


class StaffPage(Answer):
    staff: tuple[StaffLine, ...]
    next: UUID | None = None


async def community_asked(connection: Connection, id: UUID) -> Party:
    entry = await store.entry(connection, id)
    if entry is None or entry.party.kind is not PartyKind.COMMUNITY:
        raise Refused("not_found", status=404, what="Party", id=str(id))
    return entry.party


async def _one(connection: Connection, asked: Asked) -> CommunityAnswer:
    party = await community_asked(connection, asked.id("party_id"))
    day = day_asked(asked.query.get("as_of"), day_of(asked.at))
    posts = asked.by is not None and asked.by.role in WITH_POSTS
    known = await stored.as_of(connection, party.id, day)
    return CommunityAnswer(
        id=PartyId(party.id),
        name=party.name,
        division=party.division,
        as_of=day,
        records=tuple(known_answer(one, day) for one in known if posts or _is_public(one)),
    )


def _is_public(one: Record) -> bool:
    return isinstance(one.content, FiguresRecord | BodyRecord)


async def _staff(connection: Connection, asked: Asked) -> StaffPage:
    party = await community_asked(connection, asked.id("community_id"))
    if asked.actor.role is Role.COMMUNITY:
        asked.actor.must_be(PartyId(party.id))
    day = day_asked(asked.query.get("as_of"), day_of(asked.at))
    found = [one for one in await stored.as_of(connection, party.id, day) if isinstance(one.content, PostRecord)]
    workers = {one.content.worker_id for one in found if isinstance(one.content, PostRecord)}
    elsewhere = defaultdict(list)
    for one in await stored.posts_as_of(connection, workers, day):
        if isinstance(one.content, PostRecord) and one.content.full_time and one.party_id != party.id:
            elsewhere[one.content.worker_id].append(one.party_id)
    lines = (_staff_line(one, one.content, elsewhere) for one in found if isinstance(one.content, PostRecord))
    return StaffPage(staff=tuple(lines))


def _staff_line(one: Record, content: PostRecord, elsewhere: dict[PartyId, list[PartyId]]) -> StaffLine:
    return StaffLine(
        worker_id=content.worker_id,
        post=content.post,
        full_time=content.full_time,
        employer=content.employer,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        record_id=one.id,
        full_time_elsewhere=tuple(elsewhere[content.worker_id]) if content.full_time else (),
    )


def _entered(world: World, command: community.EnterCommunityRecord, cause: UUID) -> RecordAnswer:
    return record_answer(world.get(Record, recording.record_id(cause)))


def _changed(world: World, command: Any, cause: UUID) -> RecordAnswer:
    return record_answer(world.get(Record, command.record_id))


def _subject(command: Any, cause: UUID) -> Ref:
    return (Record, command.record_id)


def _on_record(noun: str, command: Any, refs: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/communities/{party_id}/records/{record_id}/" + noun,
        command=command,
        roles=REGISTRAR,
        refs=refs,
        decide=decide,
        subject=_subject,
        answer=_changed,
        summary=summary,
    )


AS_OF = {"as_of": "日期,默认今天 · a day, today unless said otherwise"}
ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{party_id}/records",
        command=community.EnterCommunityRecord,
        roles=REGISTRAR,
        refs=community.enter_refs,
        decide=community.enter_community_record,
        subject=lambda command, cause: (Record, recording.record_id(cause)),
        answer=_entered,
        summary="录入社区的记录:户数人口、居委会与工作站、岗位 · Enter a community's figures, bodies and posts",
    ),
    _on_record(
        "confirmations",
        recording.ConfirmRecord,
        recording.settle_refs,
        ending.confirm_record,
        "确认他人录入的社区记录或其终止 · Confirm a community's record, or its ending, that another person entered",
    ),
    _on_record(
        "rejections",
        recording.RejectRecord,
        recording.settle_refs,
        recording.reject_record,
        "不同意待确认的社区记录或其终止 · Turn down a community's record that waits to be confirmed",
    ),
    _on_record(
        "endings",
        ending.EndRecord,
        ending.end_refs,
        ending.end_record,
        "终止社区记录、离任(说明理由) · End a community's record or post, with the reason",
    ),
    Get(
        path="/v1/communities/{party_id}/records",
        roles=PUBLIC,
        handler=_one,
        answer=CommunityAnswer,
        summary="一个社区在某日的户数人口与机构 · A community's figures and bodies, as was on record on a day",
        query=AS_OF,
    ),
    Get(
        path="/v1/communities/{community_id}/staff",
        roles=WORKERS_SHOWN_TO,
        handler=_staff,
        answer=StaffPage,
        summary="一个社区在某日的工作人员(以编号) · A community's staff on a day, by id",
        query=AS_OF,
    ),
)
