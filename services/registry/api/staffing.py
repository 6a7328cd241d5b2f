"""How many staff communities should have and have, with the arithmetic; and which body of a community signs what."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from events.database import Connection
from schemas import division
from schemas.community import BodyRecord, CommunityBody, FiguresRecord, PostRecord
from schemas.days import day_of
from schemas.ids import PartyId
from schemas.refused import Refused
from services.kit.adopted import shelf
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from services.registry.api.communities import AS_OF
from services.registry.api.organizations import day_asked
from services.registry.api.parties import PUBLIC
from services.registry.rules import staffing
from services.registry.store import records as stored
from services.registry.store.communities import Community, communities

MOST_COMMUNITIES = 5_000
"""of one question; a platform limit, no law: a county has far fewer"""


class StaffingLine(Answer):
    community_id: PartyId
    division: str
    name: str | None
    figures: FiguresRecord | None
    """none on record on the day"""
    has: int
    """full-time, in the posts that the rule counts"""
    staffing: staffing.Staffing | None
    """none without figures"""


class StaffingTotal(Answer):
    """Of all communities asked for; least, most, short and over of those with figures."""

    communities: int
    without_figures: int
    households: int
    floating: int
    has: int
    least: int
    most: int
    short: int
    over: int


class StaffingPage(Answer):
    division: str
    as_of: date
    rule: staffing.RuleAnswer
    total: StaffingTotal
    communities: tuple[StaffingLine, ...]
    next: UUID | None


class SignatoryLine(Answer):
    document: str
    zh: str
    en: str
    body: CommunityBody
    on_record: bool
    """does the community have that body, as is on record on the day"""


class SignatoriesAnswer(Answer):
    division: str
    as_of: date
    rule: staffing.RuleAnswer
    documents: tuple[SignatoryLine, ...]


async def _found(connection: Connection, asked: Asked) -> tuple[str, date, list[Community]]:
    code, day = asked.path["division"], day_asked(asked.query.get("as_of"), day_of(asked.at))
    found = [] if division.check(code) else await communities(connection, code, MOST_COMMUNITIES + 1)
    if not found:
        raise Refused("not_found", status=404, what="Division", id=code[:20])
    if len(found) > MOST_COMMUNITIES:
        raise Refused("too_many_communities", status=422, field="division", division=code, most=MOST_COMMUNITIES)
    return code, day, found


async def _staffing(connection: Connection, asked: Asked) -> StaffingPage:
    code, day, found = await _found(connection, asked)
    book = staffing.book_of(code, staffing.STAFFING, await shelf(connection), day)
    figures: dict[UUID, FiguresRecord] = {}
    posts: dict[UUID, list[PostRecord]] = defaultdict(list)
    for one in await stored.all_as_of(connection, [each.id for each in found], day):
        if isinstance(one.content, FiguresRecord):
            figures[one.party_id] = one.content
        elif isinstance(one.content, PostRecord):
            posts[one.party_id].append(one.content)
    lines = []
    for each in found:
        known, has = figures.get(each.id), staffing.counted(posts[each.id], book)
        lines.append(
            StaffingLine(
                community_id=PartyId(each.id),
                division=each.division,
                name=each.name,
                figures=known,
                has=has,
                staffing=None if known is None else staffing.staffing(known, has, book),
            )
        )
    page = [line for line in lines if asked.cursor is None or line.community_id > asked.cursor][: asked.limit]
    more = bool(page) and page[-1].community_id != lines[-1].community_id
    return StaffingPage(
        division=code,
        as_of=day,
        rule=staffing.shown(book, staffing.STAFFING),
        total=_total(lines),
        communities=tuple(page),
        next=page[-1].community_id if more else None,
    )


def _total(lines: list[StaffingLine]) -> StaffingTotal:
    figures = [line.figures for line in lines if line.figures is not None]
    due = [line.staffing for line in lines if line.staffing is not None]
    return StaffingTotal(
        communities=len(lines),
        without_figures=len(lines) - len(figures),
        households=sum(one.households for one in figures),
        floating=sum(one.floating for one in figures),
        has=sum(line.has for line in lines),
        least=sum(one.least for one in due),
        most=sum(one.most for one in due),
        short=sum(one.short for one in due),
        over=sum(one.over for one in due),
    )


async def _signatories(connection: Connection, asked: Asked) -> SignatoriesAnswer:
    code, day, found = await _found(connection, asked)
    if division.level(code) is not division.Level.COMMUNITY:
        raise Refused("not_found", status=404, what="Division", id=code)
    paths = (staffing.SIGNATORIES,)
    book = staffing.book_of(code, paths, await shelf(connection), day)
    known = await stored.all_as_of(connection, [one.id for one in found], day)
    bodies = {one.content.body for one in known if isinstance(one.content, BodyRecord)}
    lines = [
        SignatoryLine(
            document=document,
            zh=said["zh"],
            en=said["en"],
            body=CommunityBody(said["body"]),
            on_record=said["body"] in bodies,
        )
        for document, said in book.value(staffing.SIGNATORIES).items()
    ]
    return SignatoriesAnswer(division=code, as_of=day, rule=staffing.shown(book, paths), documents=tuple(lines))


PAGES = AS_OF | {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}
ROUTES = (
    Get(
        path="/v1/communities/{division}/staffing",
        roles=PUBLIC,
        handler=_staffing,
        answer=StaffingPage,
        summary="社区、街道、区县应配与实有工作人员 · Staff that communities should have and have, by division",
        query=PAGES,
    ),
    Get(
        path="/v1/communities/{division}/signatories",
        roles=PUBLIC,
        handler=_signatories,
        answer=SignatoriesAnswer,
        summary="社区的哪个机构签署哪类文书 · Which body of a community signs which document",
        query=AS_OF,
    ),
)
