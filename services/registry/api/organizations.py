"""What is on record of an organization, as of a day and in order; entered by one registrar, confirmed by another."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.eligible import bidder_kind
from schemas.ids import PartyId
from schemas.narrowing import BidderKind
from schemas.organization import CreditList, EndCause, ListRecord
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Party
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry import store
from services.registry.api.organization_type import OrganizationType, type_of
from services.registry.api.parties import PUBLIC, REGISTRAR, PartyAnswer, registered_answer
from services.registry.rules import ending, group, record, recording
from services.registry.store import records as stored


class EndingAnswer(Answer):
    on: date
    cause: EndCause
    reason: str
    document: str | None
    recorded_on: date | None
    """none: it waits for another registrar"""


class RecordAnswer(Answer):
    """`valid_from` to `valid_until`: when it holds. `recorded_on`: since when it is known here; none: it waits."""

    id: UUID
    party_id: PartyId
    number: int
    content: record.AnyContent
    valid_from: date
    valid_until: date | None
    recorded_on: date | None
    entered_at: datetime
    ground: str
    document: str | None
    removable_from: date | None
    ending: EndingAnswer | None
    rejected: bool


class OrganizationAnswer(Answer):
    """As was on record on the day, and held then."""

    id: PartyId
    name: str | None
    uscc: str | None
    division: str
    type: OrganizationType | None
    bidder_kind: BidderKind | None
    hub_id: PartyId | None
    as_of: date
    standing: record.Standing | None
    """on that day; none: it was not verified yet"""
    lists: tuple[CreditList, ...]
    """the credit lists it stood on"""
    records: tuple[RecordAnswer, ...]


class RecordsPage(Answer):
    """What waits to be confirmed, and what was turned down, is for registrars."""

    records: tuple[RecordAnswer, ...]
    next: UUID | None


def record_answer(one: record.Record) -> RecordAnswer:
    end = one.ending
    return RecordAnswer(
        id=one.id,
        party_id=one.party_id,
        number=one.number,
        content=one.content,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        recorded_on=one.recorded_on,
        entered_at=one.entered.at,
        ground=one.ground,
        document=one.document,
        removable_from=one.removable_from,
        ending=None
        if end is None
        else EndingAnswer(
            on=end.on,
            cause=end.cause,
            reason=end.reason,
            document=end.document,
            recorded_on=end.entered.recorded_on,
        ),
        rejected=one.rejected,
    )


def known_answer(one: record.Record, day: date) -> RecordAnswer:
    """Without an ending that was not recorded yet on the day."""
    shown = record_answer(one)
    known = shown.ending is not None and shown.ending.recorded_on is not None and shown.ending.recorded_on <= day
    return shown if known else shown.model_copy(update={"ending": None})


async def _organization(connection: Connection, asked: Asked) -> Party:
    id = asked.id("party_id")
    entry = await store.entry(connection, id)
    if entry is None or entry.party.kind is not PartyKind.ORGANIZATION:
        raise Refused("not_found", status=404, what="Party", id=str(id))
    return entry.party


async def _as_of(connection: Connection, asked: Asked) -> OrganizationAnswer:
    party, today = await _organization(connection, asked), day_of(asked.at)
    day = day_asked(asked.query.get("as_of"), today)
    known = await stored.as_of(connection, party.id, day)
    contents = [one.content for one in known]
    standing = next((one.standing for one in contents if isinstance(one, record.StandingRecord)), None)
    return OrganizationAnswer(
        id=PartyId(party.id),
        name=party.name,
        uscc=party.uscc,
        division=party.division,
        type=type_of(party),
        bidder_kind=bidder_kind(party),
        hub_id=party.hub_id,
        as_of=day,
        standing=standing,
        lists=tuple(sorted(one.list for one in contents if isinstance(one, ListRecord))),
        records=tuple(known_answer(one, day) for one in known),
    )


def day_asked(text: str | None, today: date) -> date:
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("as_of_no_day", status=422, field="as_of") from None
    if day > today:
        raise Refused("as_of_ahead", status=422, field="as_of", day=day, today=today)
    return day


async def _history(connection: Connection, asked: Asked) -> RecordsPage:
    party = await _organization(connection, asked)
    registrar, today = asked.by is not None and asked.by.role is Role.REGISTRAR, day_of(asked.at)
    found = await stored.history(connection, party.id, registrar, asked.cursor, asked.limit)
    return RecordsPage(
        records=tuple(record_answer(one) if registrar else known_answer(one, today) for one in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


async def _waiting(connection: Connection, asked: Asked) -> RecordsPage:
    found = await stored.waiting(connection, asked.prefix, asked.cursor, asked.limit)
    return RecordsPage(
        records=tuple(map(record_answer, found)), next=found[-1].id if len(found) == asked.limit else None
    )


def _entered(world: World, command: recording.EnterRecord, cause: UUID) -> RecordAnswer:
    return record_answer(world.get(record.Record, recording.record_id(cause)))


def _changed(world: World, command: Any, cause: UUID) -> RecordAnswer:
    return record_answer(world.get(record.Record, command.record_id))


def _subject(command: Any, cause: UUID) -> Ref:
    return (record.Record, command.record_id)


def _group(world: World, command: group.RegisterGroup, cause: UUID) -> PartyAnswer:
    return registered_answer(world.get(Party, group.group_id(command)))


def _on_record(noun: str, command: Any, refs: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/organizations/{party_id}/records/{record_id}/" + noun,
        command=command,
        roles=REGISTRAR,
        refs=refs,
        decide=decide,
        subject=_subject,
        answer=_changed,
        summary=summary,
    )


PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}
ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/groups",
        command=group.RegisterGroup,
        roles=REGISTRAR,
        refs=group.group_refs,
        decide=group.register_group,
        subject=lambda command, cause: (Party, group.group_id(command)),
        answer=_group,
        summary="登记备案的社区社会组织(由枢纽组织承接并签约) · Register a group on record under its hub",
    ),
    Post(
        path="/v1/organizations/{party_id}/records",
        command=recording.EnterRecord,
        roles=REGISTRAR,
        refs=recording.enter_refs,
        decide=recording.enter_record,
        subject=lambda command, cause: (record.Record, recording.record_id(cause)),
        answer=_entered,
        summary="录入组织的记录:等级、信用名单、能力、人员、目录、文件 · Enter a record of an organization",
    ),
    _on_record(
        "confirmations",
        recording.ConfirmRecord,
        recording.settle_refs,
        ending.confirm_record,
        "确认他人录入的记录或其终止 · Confirm a record, or its ending, that another person entered",
    ),
    _on_record(
        "rejections",
        recording.RejectRecord,
        recording.settle_refs,
        recording.reject_record,
        "不同意待确认的记录或其终止 · Turn down what waits to be confirmed",
    ),
    _on_record(
        "endings",
        ending.EndRecord,
        ending.end_refs,
        ending.end_record,
        "终止记录、移出信用名单(说明理由) · End a record, take off a credit list, with the reason",
    ),
    Get(
        path="/v1/records/waiting",
        roles=REGISTRAR,
        handler=_waiting,
        answer=RecordsPage,
        summary="待另一登记员确认的记录 · What waits for another registrar to confirm",
        query=PAGES,
    ),
    Get(
        path="/v1/organizations/{party_id}",
        roles=PUBLIC,
        handler=_as_of,
        answer=OrganizationAnswer,
        summary="一个组织在某日的记录 · An organization, as was on record on a day",
        query={"as_of": "日期,默认今天 · a day, today unless said otherwise"},
    ),
    Get(
        path="/v1/organizations/{party_id}/history",
        roles=PUBLIC,
        handler=_history,
        answer=RecordsPage,
        summary="一个组织的全部记录,后录入的在前 · All that was recorded of an organization, latest first",
        query=PAGES,
    ),
)
